"""The nodes of a cluster of EMR as planned, and what EMR can't have of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from infra.access import granted_by, identity_of
from infra.aws.block_volume import BlockVolume, performance
from infra.aws.block_volume import plan as plan_volume
from infra.builders import Place
from models.catalog.records import BilledBeside
from models.description.stack import NodeGroup
from models.parts.stores.block_volume import BlockVolume as DescribedVolume
from models.parts.workloads.batch import BatchJob


@dataclass(frozen=True)
class EmrGroup:
    """Nodes of a cluster.

    Arguments:
        name: of the group.
        description: the node group as described.
        volumes: of each.
        bid: what is bid for a spot node, USD/h; None for those on demand.
    """

    name: str
    description: NodeGroup
    volumes: Sequence[BlockVolume]
    bid: float | None

    @property
    def boot_disk(self) -> int:
        """Size of the volume that a node boots from, GiB."""
        return math.ceil(self.description.boot_disk / 2**30)

    def instances(self, speed: bool = True) -> dict[str, Any]:
        """The group in the words of a cluster.

        Arguments:
            speed: its volumes take a bandwidth; those of task nodes take the usual one.
        """
        return {
            "name": self.name,
            "instance_type": self.description.instance,
            "instance_count": self.description.count + self.description.spares,
            "bid_price": None if self.bid is None else f"{self.bid:g}",
            "ebs_configs": [
                {
                    "type": one.service.type,
                    "size": math.ceil(one.size / 2**30),
                    "volumes_per_instance": 1,
                    **{
                        key: value
                        for key, value in performance(one.service).items()
                        if speed or key != "throughput"
                    },
                }
                for one in self.volumes
            ],
        }


def plan_groups(name: str, batch: BatchJob, place: Place) -> dict[str, EmrGroup]:
    """The nodes of a cluster, by the name of the group.

    Arguments:
        name: of the workload.
        batch: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: EMR has no such nodes.
    """
    nodes = batch.nodes
    named = [one for one in (nodes.master, nodes.core, nodes.task) if one is not None]
    _refuse_other_rights(name, nodes.core, named, place)
    return {one: _group(one, one == nodes.task, place) for one in named}


def _group(name: str, task: bool, place: Place) -> EmrGroup:
    description = place.stack.nodes[name]
    if description.placement != "none":
        raise pulumi.RunError(
            f"nodes.{name}.placement: EMR places the nodes of a cluster itself; leave it out"
        )
    volumes = [
        plan_volume(store, one, place).volumes[name]
        for store, one in place.stack.storage.items()
        if isinstance(one, DescribedVolume) and one.nodes == name
    ]
    for volume in volumes:
        if volume.volumes > 1:
            raise pulumi.RunError(
                f"storage.{volume.store}.volumes: EMR joins no volumes of its nodes; leave it out,"
                " and describe a store for each"
            )
        bought = BilledBeside.THROUGHPUT in volume.service.bills
        if task and bought and volume.service.base_bandwidth > volume.service.included_bandwidth:
            raise pulumi.RunError(
                f"storage.{volume.store}.bandwidth: EMR gives the volumes of task nodes what their"
                " price includes; leave it out"
            )
    return EmrGroup(name, description, volumes, _bid(name, description, place))


def _bid(name: str, description: NodeGroup, place: Place) -> float | None:
    """What the stack file says, or the price on demand, above which nobody should pay."""
    if description.purchase != "spot":
        return None
    if description.price is not None:
        return description.price
    instance, region = str(description.instance), place.region
    try:
        return place.facts.price(place.stack.cloud, "ec2", instance, region).usd
    except LookupError as error:
        raise pulumi.RunError(f"nodes.{name}.price: say what you bid; {error}") from None


def _refuse_other_rights(workload: str, core: str, groups: Sequence[str], place: Place) -> None:
    """All nodes of a cluster have one role, so that they may do the same."""
    stack = place.stack
    rights = {one: granted_by(identity_of(stack, one).permissions, stack) for one in groups}
    described = {one.nodes for one in stack.identities.values()}
    for one in groups:
        if one in described and rights[one] != rights[core]:
            raise pulumi.RunError(
                f"workloads.{workload}.nodes: EMR gives all nodes of a cluster one role, that of"
                f" '{core}'; let the identity of '{one}' have the same permissions"
            )
