"""The disks inside of the nodes on AWS: all of a node as one, joined anew after a stop."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Never

import pulumi

from infra.builders import Builder, Place, Plan
from infra.joined_disks import LEVELS, JoinedDisks
from models.description.stack import Stack
from models.parts.stores.local_disks import LocalDisks as Description

# Amazon EC2 user guide, "Instance store": what such a disk says that it is (2026-11-28). Images
# for deep learning put all of them under a logical volume of their own, which holds nothing yet.
FOUND = """\
disks() { lsblk -dnpo NAME,MODEL | awk '/Amazon EC2 NVMe Instance Storage/ { print $1 }'; }
if systemctl is-enabled --quiet dlami-nvme.service 2>/dev/null; then
    systemctl disable --now dlami-nvme.service
    ! mountpoint -q /opt/dlami/nvme || umount /opt/dlami/nvme
    for one in $(disks); do
        group=$(pvs --noheadings -o vg_name "$one" 2>/dev/null | tr -d ' ')
        [ -z "$group" ] || vgremove -fqy "$group"
        ! pvs "$one" >/dev/null 2>&1 || pvremove -fqy "$one"
    done
fi"""


@dataclass(frozen=True)
class LocalDisks:
    """The disks of each node of a group.

    Arguments:
        store: name of the store.
        disks: of each node; None where it is not known how many.
        level: of RAID.
    """

    store: str
    disks: int | None
    level: str

    def mappings(self) -> list[dict[str, Any]]:
        """What a launch template says of them: nothing, as they come with their node."""
        return []

    def mount(self) -> JoinedDisks:
        """How the node mounts them."""
        return JoinedDisks(self.store, self.disks, self.level, FOUND)


def plan(name: str, store: Description, place: Place) -> Plan[Any, Never, LocalDisks]:
    """The disks of each node, as its instance type has them.

    Arguments:
        name: of the store.
        store: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: a level that is not built.
    """
    if store.level not in LEVELS:
        raise pulumi.RunError(
            f"storage.{name}.level: '{store.level}' is not built of disks; one of"
            f" {', '.join(LEVELS)} is"
        )
    instance = str(place.stack.nodes[store.nodes].instance)
    known_of_it = place.facts.instance_storage(place.stack.cloud, instance)
    disks = known_of_it.local_disks if known_of_it is not None else 0
    return Plan(volumes={store.nodes: LocalDisks(name, disks or None, store.level)})


def refuse_of_services(stack: Stack, groups: Iterable[str]) -> None:
    """Stop where disks are in nodes that a service starts, with an image of its own.

    Arguments:
        stack: the description.
        groups: of nodes that services start.

    Raises:
        pulumi.RunError: nothing would join them.
    """
    of_services = set(groups)
    for name, store in stack.storage.items():
        if isinstance(store, Description) and store.nodes in of_services:
            raise pulumi.RunError(
                f"storage.{name}.nodes: nodes of '{store.nodes}' are started by a service, and"
                " nothing joins their disks; leave it out"
            )


BUILDER = Builder(plan)
