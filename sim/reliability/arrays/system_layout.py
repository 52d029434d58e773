"""A system laid out in arrays: components, standby groups, clocks and the structure."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.laws.reliability.diagram import (
    Block,
    Diagram,
    Graph,
    Identical,
    KOfN,
    Series,
    leaves,
)
from sim.reliability.arrays.clocks import NONE, Clocks, ClocksOfRun
from sim.reliability.arrays.structure_builder import Structure, StructureBuilder
from sim.reliability.arrays.system_records import COMPONENT, GROUP
from sim.reliability.system_contract import System


@dataclass(frozen=True)
class Layout:
    """A system in arrays, for one run: the state of all of them moves on.

    Arguments:
        system: the description.
        places: of the units of each component among all units.
        components: the units, of type COMPONENT.
        groups: of units in standby, of type GROUP.
        clocks: that both refer to.
        structure: of the diagram.
        crews: repairs at the same time.
    """

    system: System
    places: dict[str, range]
    components: NDArray[np.void]
    groups: NDArray[np.void]
    clocks: Clocks
    structure: Structure
    crews: int


def lay_out(system: System, seed: np.random.SeedSequence) -> Layout:
    """A system in arrays.

    Arguments:
        system: the description.
        seed: of its clocks.

    Raises:
        ValueError: a law of lifetimes that can't be drawn from here.
    """
    places: dict[str, range] = {}
    for name, count in system.counts.items():
        start = sum(map(len, places.values()))
        places[name] = range(start, start + count)
    units = sum(map(len, places.values()))
    clocks = ClocksOfRun(seed)
    components, groups = _units(system, places, clocks)
    builder = StructureBuilder(units)
    top = _Signals(places, builder).signal(system.diagram)
    return Layout(
        system,
        places,
        np.array(components, COMPONENT),
        np.array(groups, GROUP),
        clocks.clocks(),
        builder.structure(top),
        units if system.crews is None else system.crews,
    )


def _units(
    system: System, places: dict[str, range], clocks: ClocksOfRun
) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]]]:
    """The rows of components and of groups."""
    components: list[tuple[float, ...]] = []
    groups: list[tuple[float, ...]] = []
    required = {}
    for leaf in _identical(system.diagram):
        required[leaf.name] = leaf.required
    for name, place in places.items():
        unit, group = system.units[name], NONE
        planned, standby = unit.maintenance, unit.standby
        if standby:
            switch = clocks.add_uniform(f"{name} switch")
            group = len(groups)
            groups.append((place.start, place.stop, required[name], 0, switch, standby.switching))
        for k in range(len(place)):
            components.append(
                (
                    clocks.add(f"{name} {k} life", unit.lifetime),
                    clocks.add(f"{name} {k} repair", unit.repair),
                    clocks.add(f"{name} {k} dormant", standby.dormant if standby else None),
                    clocks.add(f"{name} {k} stop", planned.duration if planned else None),
                    planned.age if planned else math.inf,
                    group,
                    0,
                    0,
                    0.0,
                    0.0,
                )
            )
    return components, groups


def _identical(diagram: Diagram) -> list[Identical]:
    return [leaf for leaf in leaves(diagram) if isinstance(leaf, Identical)]


class _Signals:
    """The signals of a diagram and of what is in it.

    Arguments:
        places: of the units of each component.
        builder: of the structure.
    """

    def __init__(self, places: dict[str, range], builder: StructureBuilder) -> None:
        self._places = places
        self._builder = builder

    def signal(self, diagram: Diagram) -> int:
        """Of a diagram; its gates are added to the structure."""
        if isinstance(diagram, Block):
            return self._places[diagram.name].start
        if isinstance(diagram, Identical):
            return self._builder.count(diagram.required, self._places[diagram.name])
        if isinstance(diagram, Graph):
            return self._network(diagram)
        inputs = [self.signal(part) for part in diagram.parts]
        if isinstance(diagram, KOfN):
            return self._builder.count(diagram.required, inputs)
        return self._builder.count(len(inputs) if isinstance(diagram, Series) else 1, inputs)

    def _network(self, graph: Graph) -> int:
        """An edge that may fail becomes a vertex on the way; one that never fails is an arc."""
        failing = dict(graph.nodes)
        nodes = list(dict.fromkeys(n for edge in graph.edges for n in (edge.tail, edge.head)))
        vertex = {node: k for k, node in enumerate(nodes)}
        signals = [self.signal(failing[n]) if n in failing else None for n in nodes]
        arcs: list[tuple[int, int]] = []
        for edge in graph.edges:
            way = [vertex[edge.tail], vertex[edge.head]]
            if edge.part is not None:
                way.insert(1, len(signals))
                signals.append(self.signal(edge.part))
            pairs = list(pairwise(way))
            arcs += pairs if graph.directed else [*pairs, *((b, a) for a, b in pairs)]
        return self._builder.network(signals, arcs, vertex[graph.source], vertex[graph.target])
