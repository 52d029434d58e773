"""A structure that is kept up to date agrees with one that is evaluated anew."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from models.laws.reliability.diagram import (
    Block,
    Diagram,
    Graph,
    Identical,
    KOfN,
    Parallel,
    Series,
    leaves,
    reached,
)
from models.laws.reliability.lifetimes import Exponential
from sim.reliability.arrays.structure import change, system_is_down
from sim.reliability.arrays.system_layout import Layout, lay_out
from sim.reliability.system_contract import System, Unit

NAMES = "abcdef"
ALWAYS = Unit(Exponential(1.0), Exponential(1.0))


@njit
def _change(address: int, signal: int, down: int) -> int:
    change(address, signal, down)
    return int(system_is_down(address))


def works(diagram: Diagram, up: Sequence[bool], layout: Layout) -> bool:
    """The structure function as it is defined."""
    if isinstance(diagram, Block | Identical):
        required = diagram.required if isinstance(diagram, Identical) else 1
        return sum(up[k] for k in layout.places[diagram.name]) >= required
    if isinstance(diagram, Graph):
        lost = {node for node, part in diagram.nodes if not works(part, up, layout)}
        edges = [
            edge
            for edge in diagram.edges
            if not {edge.tail, edge.head} & lost
            and (edge.part is None or works(edge.part, up, layout))
        ]
        found = reached(edges, diagram.source, diagram.directed)
        return diagram.source not in lost and diagram.target in found
    count = sum(works(part, up, layout) for part in diagram.parts)
    if isinstance(diagram, Series | Parallel):
        return count >= (len(diagram.parts) if isinstance(diagram, Series) else 1)
    return count >= diagram.required


def check(diagram: Diagram, changes: Sequence[int]) -> None:
    names = {leaf.name for leaf in leaves(diagram)}
    layout = lay_out(System(diagram, dict.fromkeys(names, ALWAYS)), np.random.SeedSequence(1))
    up = [True] * len(layout.components)
    for number in changes:
        k = number % len(up)
        up[k] = not up[k]
        down = _change(layout.structure.address, k, int(not up[k]))
        assert bool(down) != works(diagram, up, layout)


leaf = st.one_of(
    st.sampled_from(NAMES).map(Block),
    st.sampled_from(["two", "many"]).map(lambda n: Identical(2, 3 if n == "two" else 5, n)),
)


@st.composite
def graphs(draw: st.DrawFn, parts: st.SearchStrategy[Diagram]) -> Diagram:
    nodes = [f"n{k}" for k in range(draw(st.integers(2, 5)))]
    line = [(a, b, draw(parts)) for a, b in pairwise(nodes)]
    pairs = st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)).filter(lambda p: p[0] != p[1])
    more = [
        (a, b, draw(parts)) if draw(st.booleans()) else (a, b)
        for a, b in draw(st.lists(pairs, max_size=5))
    ]
    failing = {node: draw(parts) for node in nodes if draw(st.integers(0, 3)) == 0}
    return Graph([*line, *more], nodes[0], nodes[-1], draw(st.booleans()), failing)


def nested(parts: st.SearchStrategy[Diagram]) -> st.SearchStrategy[Diagram]:
    several = st.lists(parts, min_size=1, max_size=4)
    return st.one_of(
        several.map(lambda some: Series(*some)),
        several.map(lambda some: Parallel(*some)),
        several.flatmap(lambda some: st.integers(1, len(some)).map(lambda k: KOfN(k, *some))),
        graphs(parts),
    )


@settings(deadline=None, max_examples=150)
@given(st.recursive(leaf, nested, max_leaves=12), st.lists(st.integers(0, 1000), max_size=80))
def test_any_changes_of_any_diagram(diagram: Diagram, changes: list[int]) -> None:
    check(diagram, changes)


def test_a_mesh_through_many_changes() -> None:
    edges = [
        (f"{a},{b}", f"{c},{d}", f"{a}{b}-{c}{d}")
        for a in range(4)
        for b in range(4)
        for c, d in ((a + 1, b), (a, b + 1))
        if c < 4 and d < 4
    ]
    random = np.random.default_rng(3)
    check(Graph(edges, "0,0", "3,3"), random.integers(0, 24, 3000).tolist())
