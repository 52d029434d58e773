"""Stages and nodes laid out for both engines, and owned by neither."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from sim.batch.batch_contract import Cluster, Copying, Stage
from sim.cluster.arrays.component_streams import component_streams
from sim.cluster.arrays.rack_layout import racked_groups

NO_GROUP = NO_RACK = -1


@dataclass(frozen=True, eq=False)
class BatchLayout:
    """What all replications of the same stages on the same nodes share.

    Arguments:
        stages: as described.
        cluster: as described.
        copying: as described.
        first_task: number of the first task of each stage, and of all tasks.
        first_node: number of the first node of each group, and of all nodes; spares come after the
            others of their group.
        rack: that each node stands in, or NO_RACK.
        racks: how many there are.
        fails: of each component, whether it ever does.
        components: those that do.
        group_of: of these, the position of the nodes that each is, or whose disks; or NO_GROUP.
        disk: of these, the bit of the disks of their nodes that each is; 0 for others.
        racks_group: of these, the position of the racks, or NO_GROUP.
    """

    stages: tuple[Stage, ...]
    cluster: Cluster
    copying: Copying
    first_task: tuple[int, ...]
    first_node: tuple[int, ...]
    rack: NDArray[np.int64]
    racks: int
    fails: NDArray[np.bool_]
    components: tuple[Component, ...]
    group_of: tuple[int, ...]
    disk: tuple[int, ...]
    racks_group: int

    @property
    def tasks(self) -> int:
        """Of all stages."""
        return self.first_task[-1]

    @property
    def nodes(self) -> int:
        """Of all groups, spares included."""
        return self.first_node[-1]

    @property
    def slots(self) -> int:
        """Of all nodes, spares included."""
        return sum((one.count + one.spares) * one.slots for one in self.cluster.groups)

    def free_slots(self) -> list[int]:
        """The nodes of free slots at the beginning: in turn, a slot of each, then another."""
        groups = list(zip(self.cluster.groups, self.first_node, strict=False))
        most = max(one.slots for one in self.cluster.groups)
        return [
            node
            for slot in range(most)
            for one, first in groups
            if slot < one.slots
            for node in range(first, first + one.count)
        ]

    def streams(self, seed: bytes) -> NDArray[np.void]:
        """The random streams of the components that fail.

        Arguments:
            seed: of the year, 32 bytes.
        """
        found: NDArray[np.void] = component_streams(self.cluster.components, seed)[self.fails]
        return found


def lay_out(stages: tuple[Stage, ...], cluster: Cluster, copying: Copying) -> BatchLayout:
    """What all replications share.

    Arguments:
        stages: checked.
        cluster: checked.
        copying: checked.
    """
    fails = [any(np.isfinite(c.mttf) for c in one.causes) for one in cluster.components]
    components = tuple(one for one, does in zip(cluster.components, fails, strict=True) if does)
    names = [one.name for one in cluster.groups]
    parts = {one.name: (g, 0) for g, one in enumerate(cluster.groups)}
    for g, one in enumerate(cluster.groups):
        parts |= {disks: (g, 1 << bit) for bit, disks in enumerate(one.disks)}
    sizes = [one.count + one.spares for one in cluster.groups]
    racked = racked_groups(components)
    rack = np.full(sum(sizes), NO_RACK, np.int64)
    first_node = (0, *np.cumsum(sizes).tolist())
    for name, first, end in zip(names, first_node, first_node[1:], strict=False):
        place = racked.first_place(name)
        if place != NO_GROUP:
            counts = racked.places[place : place + racked.count]
            rack[first:end] = np.repeat(np.arange(racked.count), counts)
    return BatchLayout(
        stages=stages,
        cluster=cluster,
        copying=copying,
        first_task=(0, *np.cumsum([one.tasks for one in stages]).tolist()),
        first_node=first_node,
        rack=rack,
        racks=racked.count,
        fails=np.array(fails, bool),
        components=components,
        group_of=tuple(parts.get(one.name, (NO_GROUP, 0))[0] for one in components),
        disk=tuple(parts.get(one.name, (NO_GROUP, 0))[1] for one in components),
        racks_group=racked.position,
    )
