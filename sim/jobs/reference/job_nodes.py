"""Nodes and what is free on them, plainly: every question is answered by looking at all nodes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sim.jobs.arrays.job_layout import NO_RACK, JobLayout

Vector = list[int]
Placement = list[tuple[int, int]]  # a node and tasks on it


@dataclass
class Node:
    """A node.

    Arguments:
        free: whole parts of each resource.
        serving: in service; otherwise a spare, or away.
        up: not away, nor its rack.
        jobs: that have tasks on it.
        whole: not away itself.
        rack: that it stands in, or NO_RACK.
    """

    free: Vector
    serving: bool
    up: bool = True
    jobs: set[int] = field(default_factory=set)
    whole: bool = True
    rack: int = NO_RACK


class Nodes:
    """All nodes of a replication.

    Arguments:
        layout: of the replication.
    """

    def __init__(self, layout: JobLayout) -> None:
        pool = layout.pool
        self.capacity: Vector = layout.capacity.tolist()
        self.nodes = [
            Node(list(self.capacity), serving=k < pool.count, rack=rack)
            for k, rack in enumerate(layout.rack.tolist())
        ]
        self.racks_up = [True] * layout.racks
        self._needs: list[Vector] = layout.needs.tolist()
        self._must_fit: list[Vector] = layout.must_fit.tolist()
        self._tasks: list[int] = layout.tasks.tolist()
        self._share = layout.scheduling.share
        self._cursor = 0

    def first_fit(self, shape: int, free: list[Vector] | None = None) -> Placement | None:
        """Nodes for all tasks of a shape, each as full as it gets; None where they don't fit.

        Arguments:
            shape: of the job.
            free: what is free on each node, if not what is free now.
        """
        left, placement = self._tasks[shape], []
        for k, node in enumerate(self.nodes):
            if node.serving and left:
                here = self._fitting(shape, node.free if free is None else free[k], left)
                if here:
                    placement.append((k, here))
                    left -= here
        return None if left else placement

    def _fitting(self, shape: int, free: Vector, most: int) -> int:
        pairs = list(zip(free, self._must_fit[shape], strict=True))
        return min([most, *(has // needs for has, needs in pairs if needs)])

    def placed(self, shape: int) -> Placement | None:
        """Where a job of a shape would start now; None where it does not fit."""
        placement = self.first_fit(shape)
        return self._dealt(shape) if self._share and placement is not None else placement

    def _dealt(self, shape: int) -> Placement:
        """Jobs that share are dealt out over the nodes in turn, where memory allows."""
        free = [list(node.free) for node in self.nodes]
        placement = []
        for _ in range(self._tasks[shape]):
            in_turn = [*range(self._cursor, len(self.nodes)), *range(self._cursor)]
            node = next(
                k for k in in_turn if self.nodes[k].serving and self._fitting(shape, free[k], 1)
            )
            self.add(free, shape, [(node, -1)])
            placement.append((node, 1))
            self._cursor = node + 1
        return placement

    def add(self, free: list[Vector], shape: int, placement: Iterable[tuple[int, int]]) -> None:
        """Add what tasks use to what is free; a negative number of them takes it.

        Arguments:
            free: of each node; what jobs share is left out.
            shape: of the job.
            placement: nodes and tasks.
        """
        for node, tasks in placement:
            free[node] = [
                has + tasks * needs
                for has, needs in zip(free[node], self._must_fit[shape], strict=True)
            ]

    def occupy(self, job: int, shape: int, placement: Placement) -> None:
        """A job begins."""
        self._change(shape, [(node, -tasks) for node, tasks in placement])
        for node, _ in placement:
            self.nodes[node].jobs.add(job)

    def leave(self, job: int, shape: int, placement: Placement) -> None:
        """A job ends."""
        self._change(shape, placement)
        for node, _ in placement:
            self.nodes[node].jobs.discard(job)

    def _change(self, shape: int, placement: Placement) -> None:
        free = [node.free for node in self.nodes]
        self.add(free, shape, placement)
        for node, vector in zip(self.nodes, free, strict=True):
            node.free = vector

    def used(self, shapes: Iterable[int]) -> Vector:
        """Whole parts of each resource that running jobs use together.

        Arguments:
            shapes: of the jobs.
        """
        sums = [0] * len(self.capacity)
        for shape in shapes:
            for k, needs in enumerate(self._needs[shape]):
                sums[k] += self._tasks[shape] * needs
        return sums

    @property
    def in_service(self) -> int:
        """How many nodes jobs may use."""
        return sum(node.serving for node in self.nodes)

    def working(self) -> Iterator[int]:
        """The nodes that work: first those in service, then the spares; by number in racks."""
        if self.racks_up:
            yield from (k for k, node in enumerate(self.nodes) if node.whole)
            return
        for serving in (True, False):
            yield from (
                k for k, node in enumerate(self.nodes) if node.whole and node.serving == serving
            )

    def fail(self, node: int) -> None:
        """A node without jobs goes away; a spare takes over."""
        served, self.nodes[node].serving = self.nodes[node].serving, False
        self.nodes[node].up = False
        if served:
            spare = next((one for one in self.nodes if one.up and not one.serving), None)
            if spare:
                spare.serving = True

    def in_rack(self, rack: int) -> list[int]:
        """The nodes of a rack that are up, the spares first.

        Arguments:
            rack: its number.
        """
        there = [k for k, node in enumerate(self.nodes) if node.rack == rack and node.up]
        return sorted(there, key=lambda k: self.nodes[k].serving)

    def repaired(self, node: int, most: int) -> None:
        """A node is repaired; it is there once its rack is, too.

        Arguments:
            node: that was away.
            most: nodes in service.
        """
        self.nodes[node].whole = True
        rack = self.nodes[node].rack
        if rack == NO_RACK or self.racks_up[rack]:
            self._come_back(node, most)

    def rack_repaired(self, rack: int, most: int) -> None:
        """A rack is up again, with the nodes that did not fail themselves.

        Arguments:
            rack: that was away.
            most: nodes in service.
        """
        self.racks_up[rack] = True
        for k, node in enumerate(self.nodes):
            if node.rack == rack and node.whole:
                self._come_back(k, most)

    def _come_back(self, node: int, most: int) -> None:
        self.nodes[node].up = True
        self.nodes[node].serving = self.in_service < most
