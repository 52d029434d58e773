"""Structures as they are described: gates over components, laid out for compiled code."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.reliability.arrays.structure import (
    ARC,
    COUNT,
    GATE,
    NETWORK,
    SIGNAL,
    USE,
    VERTEX,
    WORLD,
    settle,
)


class Structure(NamedTuple):
    """A structure function and its state; signals below the number of components are theirs.

    Arguments:
        address: by which compiled code finds it.
        arrays: in which it is kept, which live as long as it does.
    """

    address: int
    arrays: tuple[NDArray[np.void], ...]


class StructureBuilder:
    """A structure as it is described, inputs before the gates that they enter.

    Arguments:
        components: how many; their signals are 0, 1, ...
    """

    def __init__(self, components: int) -> None:
        self._uses: list[list[tuple[int, int]]] = [[] for _ in range(components)]
        self._gates: list[tuple[int, ...]] = []
        self._vertices: list[list[int]] = []  # the vertices that each leads to

    def count(self, required: int, inputs: Sequence[int]) -> int:
        """A gate that is up while so many of its inputs are; gives its signal.

        Arguments:
            required: 1 to the number of inputs.
            inputs: signals; one may come twice.
        """
        for signal in inputs:
            self._uses[signal].append((len(self._gates), -1))
        return self._gate(COUNT, len(inputs) - required + 1, -1, -1)

    def network(
        self,
        signals: Sequence[int | None],
        arcs: Sequence[tuple[int, int]],
        source: int,
        target: int,
    ) -> int:
        """A gate that is up while working vertices lead from source to target; gives its signal.

        Arguments:
            signals: of the vertices; None for one that always works.
            arcs: pairs of vertices, each in the direction in which it leads.
            source: a vertex.
            target: another.
        """
        first = len(self._vertices)
        after: list[list[int]] = [[] for _ in signals]
        before: list[list[int]] = [[] for _ in signals]
        for a, b in arcs:
            after[a].append(b)
            before[b].append(a)
        far = _distances(target, before)
        for vertex, signal in enumerate(signals):
            # A search looks at the last arc first: nearest to the target.
            useful = sorted((b for b in after[vertex] if b in far), key=lambda b: -far[b])
            self._vertices.append([first + b for b in useful])
            if signal is not None:
                self._uses[signal].append((len(self._gates), first + vertex))
        return self._gate(NETWORK, 0, first + source, first + target)

    def _gate(self, kind: int, limit: int, source: int, target: int) -> int:
        self._gates.append((kind, len(self._uses), 0, limit, source, target, 0))
        self._uses.append([])
        return len(self._uses) - 1

    def structure(self, top: int) -> Structure:
        """The structure, all components up.

        Arguments:
            top: the signal of the system.
        """
        ends = np.cumsum([0, *map(len, self._uses)])
        arcs = np.cumsum([0, *map(len, self._vertices)])
        signals = [(ends[k], ends[k + 1], 0) for k in range(len(self._uses))]
        vertices = [(arcs[k], arcs[k + 1], 0, 0, -1, 0, -1, 0) for k in range(len(self._vertices))]
        arrays = (
            np.array(signals, SIGNAL),
            np.array([use for uses in self._uses for use in uses], USE),
            np.array(self._gates, GATE),
            np.array(vertices, VERTEX),
            np.array([b for after in self._vertices for b in after], ARC),
            np.zeros(len(signals) + len(vertices), ARC),
        )
        addresses = [array.ctypes.data for array in arrays]
        world = np.array([(*addresses, len(signals), top, len(self._gates))], WORLD)
        settle(world.ctypes.data)
        return Structure(world.ctypes.data, (world, *arrays))


def _distances(target: int, before: Sequence[Sequence[int]]) -> dict[int, int]:
    """Arcs to the target, for every vertex from which it can be reached."""
    far, reached = {target: 0}, [target]
    for b in reached:  # grows on the way
        for a in before[b]:
            if a not in far:
                far[a] = far[b] + 1
                reached.append(a)
    return far
