"""Random diagrams against every state of their units, gone through one by one."""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.laws.reliability.cut_sets import MinimalSet, minimal_cut_sets, minimal_path_sets
from models.laws.reliability.diagram import (
    Block,
    Diagram,
    Graph,
    Identical,
    KOfN,
    Parallel,
    Series,
    leaves,
)
from models.laws.reliability.diagram_compile import compile_diagram
from models.laws.reliability.importance import (
    fussell_vesely,
    importances,
    single_points_of_failure,
)
from models.laws.reliability.importance import given as given_state
from models.laws.reliability.structure import Structure

GROUPS = {"g": Identical(2, 3, "g"), "h": Identical(1, 2, "h")}
Units = dict[str, int]  # units of each component that work


def works(diagram: Diagram, up: Units) -> bool:
    """Whether the system works, by the meaning of the words."""
    if isinstance(diagram, Block):
        return up[diagram.name] > 0
    if isinstance(diagram, Identical):
        return up[diagram.name] >= diagram.required
    if isinstance(diagram, Graph):
        return joined(diagram, up)
    count = sum(works(part, up) for part in diagram.parts)
    if isinstance(diagram, KOfN):
        return count >= diagram.required
    return count == len(diagram.parts) if isinstance(diagram, Series) else count > 0


def joined(graph: Graph, up: Units) -> bool:
    nodes = dict(graph.nodes)

    def stands(node: str) -> bool:
        return node not in nodes or works(nodes[node], up)

    found = {graph.source} if stands(graph.source) else set()
    for _ in graph.edges:
        for edge in graph.edges:
            if edge.part is None or works(edge.part, up):
                if edge.tail in found and stands(edge.head):
                    found.add(edge.head)
                if not graph.directed and edge.head in found and stands(edge.tail):
                    found.add(edge.tail)
    return graph.target in found


def states(structure: Structure) -> Iterator[tuple[tuple[int, ...], Units]]:
    """Every state: 1 or 0 for each unit that works or not, and how many of each component work."""
    owners = [
        name
        for name, n in zip(structure.components, structure.units, strict=True)
        for _ in range(n)
    ]
    for state in product((0, 1), repeat=len(owners)):
        up = dict.fromkeys(structure.components, 0)
        for name, one in zip(owners, state, strict=True):
            up[name] += one
        yield state, up


def lost(diagram: Diagram, structure: Structure, values: dict[str, list[float]]) -> float:
    """Unavailability, with a value of its own for each unit."""
    flat = [value for name in structure.components for value in values[name]]
    return math.fsum(
        math.prod(1 - q if one else q for q, one in zip(flat, state, strict=True))
        for state, up in states(structure)
        if not works(diagram, up)
    )


def leaf(names: str) -> st.SearchStrategy[Diagram]:
    return st.sampled_from([GROUPS.get(name, Block(name)) for name in names])


@st.composite
def graphs(draw: st.DrawFn, parts: st.SearchStrategy[Diagram], names: str = "sabct") -> Graph:
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda p: p[0] != p[1])
    edges = draw(st.lists(st.tuples(pairs, st.none() | parts), min_size=2, max_size=8))
    nodes = draw(st.dictionaries(st.sampled_from(names), parts, max_size=3))
    assume(nodes.keys() <= {node for pair, _ in edges for node in pair})
    lines = [(*pair, part) for pair, part in edges]
    try:
        return Graph(lines, "s", "t", draw(st.booleans()), nodes)
    except ValueError:
        assume(False)
        raise


def diagrams(names: str) -> st.SearchStrategy[Diagram]:
    def nested(inside: st.SearchStrategy[Diagram]) -> st.SearchStrategy[Diagram]:
        some = st.lists(inside, min_size=1, max_size=4)
        return st.one_of(
            some.map(lambda parts: Series(*parts)),
            some.map(lambda parts: Parallel(*parts)),
            some.flatmap(lambda parts: st.integers(1, len(parts)).map(lambda k: KOfN(k, *parts))),
            graphs(inside),
        )

    return st.recursive(leaf(names), nested, max_leaves=10)


@st.composite
def cases(draw: st.DrawFn, names: str = "abcdefgh") -> tuple[Diagram, Structure, dict[str, float]]:
    diagram = draw(diagrams(names))
    assume(any(True for _ in leaves(diagram)))
    structure = compile_diagram(diagram)
    chances = st.floats(0.01, 0.99)
    values = {name: draw(chances) for name in structure.components}
    return diagram, structure, values


def spread(structure: Structure, values: dict[str, float]) -> dict[str, list[float]]:
    return {
        name: [values[name]] * units
        for name, units in zip(structure.components, structure.units, strict=True)
    }


@settings(max_examples=100, deadline=None)
@given(st.one_of(cases(), cases("abcdefijklmn")))
def test_unavailability_and_birnbaum(case: tuple[Diagram, Structure, dict[str, float]]) -> None:
    diagram, structure, values = case
    fail, work = structure.chances(values)
    each = spread(structure, values)
    assert fail == pytest.approx(lost(diagram, structure, each), rel=1e-12, abs=1e-15)
    assert fail + work == pytest.approx(1, rel=1e-12)
    for name, slope in structure.birnbaum(values).items():
        down = lost(diagram, structure, {**each, name: [1.0, *each[name][1:]]})
        up = lost(diagram, structure, {**each, name: [0.0, *each[name][1:]]})
        assert slope == pytest.approx(down - up, rel=1e-9, abs=1e-13)
        assert given_state(structure, values, name, False) == pytest.approx(down, abs=1e-13)
        assert given_state(structure, values, name, True) == pytest.approx(up, abs=1e-13)


@settings(max_examples=80, deadline=None)
@given(cases(), st.integers(2, 5))
def test_many_values_at_once(case: tuple[Diagram, Structure, dict[str, float]], count: int) -> None:
    _, structure, values = case
    arrays = {name: np.linspace(value, 1.0, count) for name, value in values.items()}
    fails, works_ = structure.chances(arrays)
    slopes = structure.birnbaum(arrays)
    for k in range(count):
        one = {name: float(array[k]) for name, array in arrays.items()}
        assert structure.chances(one) == pytest.approx((fails[k], works_[k]), rel=1e-13)
        for name, slope in structure.birnbaum(one).items():
            assert slope == pytest.approx(np.broadcast_to(slopes[name], count)[k], abs=1e-14)


def minimal(structure: Structure, decisive: list[frozenset[int]]) -> set[frozenset[int]]:
    return {one for one in decisive if not any(other < one for other in decisive)}


def merged(
    structure: Structure, sets: set[frozenset[int]]
) -> dict[tuple[tuple[str, int], ...], int]:
    """Sets of units as sets of components with counts, and how many of each."""
    owners = [
        name
        for name, n in zip(structure.components, structure.units, strict=True)
        for _ in range(n)
    ]
    found: dict[tuple[tuple[str, int], ...], int] = {}
    for one in sets:
        names = [owners[k] for k in one]
        key = tuple(sorted((name, names.count(name)) for name in set(names)))
        found[key] = found.get(key, 0) + 1
    return found


def decisive(diagram: Diagram, structure: Structure, cuts: bool) -> list[frozenset[int]]:
    wanted = 0 if cuts else 1
    return [
        frozenset(k for k, one in enumerate(state) if one == wanted)
        for state, up in states(structure)
        if works(diagram, up) != cuts
    ]


@settings(max_examples=80, deadline=None)
@given(cases("abcdeg"), st.booleans(), st.integers(1, 4))
def test_minimal_sets(
    case: tuple[Diagram, Structure, dict[str, float]], cuts: bool, order: int
) -> None:
    diagram, structure, _ = case
    ask = minimal_cut_sets if cuts else minimal_path_sets
    expected = merged(structure, minimal(structure, decisive(diagram, structure, cuts)))
    found = ask(structure)
    assert found.complete
    assert {one.members: one.ways for one in found.sets} == expected
    assert len(found.sets) == len(expected)
    small = ask(structure, max_order=order)
    assert small.sets == tuple(one for one in found.sets if one.order <= order)
    if len(small.sets) < len(found.sets):
        assert not small.complete
    if cuts:
        singles = {one.members[0][0] for one in found.sets if one.order == 1}
        assert set(single_points_of_failure(structure)) == singles


@settings(max_examples=80, deadline=None)
@given(cases("abcdeg"))
def test_measures(case: tuple[Diagram, Structure, dict[str, float]]) -> None:
    diagram, structure, values = case
    whole = float(structure.unavailability(values))
    if whole == 0:
        with pytest.raises(ValueError, match="nothing is important"):
            importances(structure, values)
        return
    owners = [
        name
        for name, n in zip(structure.components, structure.units, strict=True)
        for _ in range(n)
    ]
    cut_sets = minimal(structure, decisive(diagram, structure, True))
    vesely = fussell_vesely(structure, values)
    for name in structure.components:
        unit = owners.index(name)
        own = [one for one in cut_sets if unit in one]
        fails = 0.0
        for state, _ in states(structure):
            down = {k for k, one in enumerate(state) if not one}
            if any(one <= down for one in own):
                fails += math.prod(
                    1 - values[owner] if one else values[owner]
                    for owner, one in zip(owners, state, strict=True)
                )
        assert vesely[name] == pytest.approx(fails / whole, rel=1e-9, abs=1e-13)
    each = spread(structure, values)
    for measure in importances(structure, values):
        name = measure.component
        down = lost(diagram, structure, {**each, name: [1.0, *each[name][1:]]})
        up = lost(diagram, structure, {**each, name: [0.0, *each[name][1:]]})
        assert measure.criticality == pytest.approx((down - up) * values[name] / whole, abs=1e-12)
        assert measure.risk_achievement_worth == pytest.approx(down / whole, rel=1e-9)
        if up > 1e-12:
            assert measure.risk_reduction_worth == pytest.approx(whole / up, rel=1e-9)
        assert measure.fussell_vesely == vesely[name]
        assert 0 <= measure.criticality <= measure.fussell_vesely + 1e-12


def test_bound_of_cut_sets() -> None:
    structure = compile_diagram(Series("a", Identical(2, 4, "g")))
    found = minimal_cut_sets(structure)
    assert found.sets == (MinimalSet((("a", 1),), 1), MinimalSet((("g", 3),), 4))
    assert [str(one) for one in found.sets] == ["a", "3 x g"]
    values = {"a": 1e-6, "g": 1e-3}
    assert [one.probability(values) for one in found.sets] == pytest.approx([1e-6, 4e-9])
    assert [one.order for one in found.sets] == [1, 3]
