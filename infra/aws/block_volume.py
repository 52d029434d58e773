"""Network block volumes on AWS: encrypted EBS volumes of each node, in its launch template."""

import math
from dataclasses import dataclass
from typing import Any, Never

import pulumi

from infra.builders import Builder, Place, Plan
from infra.joined_disks import JoinedDisks
from infra.startup import Mount
from models.catalog.records import BilledBeside, StorageService
from models.parts.stores.block_volume import BlockVolume as Description
from models.parts.stores.block_volume import bought

FIRST_DEVICE = ord("f")  # AWS recommends /dev/sdf to /dev/sdp for data volumes
MOST_VOLUMES = 11
# TiB of a volume (Amazon EBS user guide, "Amazon EBS volume types", 2026-11-28).
LARGEST = {"gp2": 16, "gp3": 64, "io2": 64, "st1": 16}
BOOT = "gp3"  # what nodes boot from


# Which device of a node is the volume that was attached as sdf is what the device itself tells:
# /dev/nvme1n1 may be any (Amazon EBS user guide, "Amazon EBS volumes and NVMe", 2026-11-28).
FOUND = """\
attached_as() {
    local name
    name=$(ebsnvme-id -b "$1" 2>/dev/null)
    [ -n "$name" ] || name=$(nvme id-ctrl --raw-binary "$1" 2>/dev/null | cut -c3073-3104 \\
        | tr -d '\\0 ')
    name=${name:-$1}
    name=${name#/dev/}
    echo "${name/#xvd/sd}"  # as it is called where volumes are no NVMe
}
disks() {
    local one
    for one in $(lsblk -dnpo NAME); do
        case " NAMES " in *" $(attached_as "$one") "*) echo "$one" ;; esac
    done
}"""


@dataclass(frozen=True)
class BlockVolume:
    """A volume that each node of a group gets, or several that it joins into one.

    Arguments:
        store: name of the store.
        service: the storage service of the catalog, as bought.
        size: capacity of each, bytes.
        number: which volume of the node is the first, from 0.
        volumes: of a node.
        level: of RAID.
    """

    store: str
    service: StorageService
    size: float
    number: int
    volumes: int = 1
    level: str = "0"

    @property
    def devices(self) -> list[str]:
        """The names of the devices; Amazon Linux links each to the NVMe device that it is."""
        numbers = range(self.number, self.number + self.volumes)
        return [f"/dev/sd{chr(FIRST_DEVICE + number)}" for number in numbers]

    def mappings(self) -> list[dict[str, Any]]:
        """The volumes in the words of a launch template."""
        kind = self.service.type
        return [
            {
                "device_name": device,
                "ebs": {**encrypted_volume(self.size, kind), **performance(self.service)},
            }
            for device in self.devices
        ]

    def mount(self) -> Mount | JoinedDisks:
        """How the node mounts it."""
        if self.volumes == 1:
            return Mount(self.store, self.devices[0], "ext4", "defaults,nofail", blank=True)
        names = " ".join(one.removeprefix("/dev/") for one in self.devices)
        return JoinedDisks(self.store, self.volumes, self.level, FOUND.replace("NAMES", names))


def encrypted_volume(size: float, kind: str = BOOT) -> dict[str, Any]:
    """A volume that is encrypted with EBS's own key and ends with its node.

    Arguments:
        size: capacity, bytes.
        kind: what EBS calls it.
    """
    return {
        "volume_type": kind,
        "volume_size": math.ceil(size / 2**30),
        "encrypted": "true",
        "delete_on_termination": "true",
    }


def performance(service: StorageService) -> dict[str, int]:
    """The rate and the bandwidth that are bought, as far as EBS lets one choose them.

    Arguments:
        service: the storage service of the catalog, as bought.
    """
    chosen: dict[str, int] = {}
    if BilledBeside.IOPS in service.bills:
        chosen["iops"] = int(service.get_rate_limit)
    if BilledBeside.THROUGHPUT in service.bills:
        chosen["throughput"] = int(service.base_bandwidth / 2**20)
    return chosen


def plan(name: str, store: Description, place: Place) -> Plan[Any, Never, BlockVolume]:
    """A volume of each node, after those of the stores that are described before it.

    Arguments:
        name: of the store.
        store: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: a node would have more volumes than device names, or one would be larger
            than EBS sells.
    """
    beside = {
        one: other.volumes
        for one, other in place.stack.storage.items()
        if isinstance(other, Description) and other.nodes == store.nodes
    }
    if sum(beside.values()) > MOST_VOLUMES:
        raise pulumi.RunError(
            f"nodes.{store.nodes}: {sum(beside.values())} volumes a node, {MOST_VOLUMES} at most"
        )
    before = list(beside)[: list(beside).index(name)]
    number = sum(beside[one] for one in before)
    service, size = bought(store, place.service(store.service)), store.size_of_each
    largest = LARGEST.get(service.type, math.inf)
    if size > largest * 2**40:
        raise pulumi.RunError(
            f"storage.{name}.size: is {size / 2**40:,.4g} TiB for a volume, and EBS sells"
            f" {largest:g} TiB of {service.type} at most; give it more `volumes`, which nodes join"
        )
    volume = BlockVolume(name, service, size, number, store.volumes, store.level)
    return Plan(volumes={store.nodes: volume})


BUILDER = Builder(plan)
