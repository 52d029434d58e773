"""Graphs: random ones against every state and against RePyability, wide ones and refused ones."""

import math
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from repyability import Network, NonRepairableRBD
from surpyval import FixedEventProbability

from models.laws.reliability.diagram import Edge, Graph, Identical, KOfN, Parallel, Series, reached
from models.laws.reliability.diagram_compile import compile_diagram


def grid(rows: int, columns: int, nodes: bool = False) -> Graph:
    """Undirected, from corner to corner; every edge fails, and every node where asked."""
    across = [
        (f"{i},{j}", f"{i},{j + 1}", f"a{i},{j}") for i in range(rows) for j in range(columns - 1)
    ]
    down = [
        (f"{i},{j}", f"{i + 1},{j}", f"d{i},{j}") for i in range(rows - 1) for j in range(columns)
    ]
    failing = {f"{i},{j}": f"n{i},{j}" for i in range(rows) for j in range(columns)}
    return Graph(
        across + down, "0,0", f"{rows - 1},{columns - 1}", nodes=failing if nodes else None
    )


def mesh(width: int, depth: int) -> Graph:
    """Layers of nodes that fail, each joined to its neighbours in the next layer."""
    edges = [("in", f"0.{i}") for i in range(width)]
    edges += [(f"{depth - 1}.{i}", "out") for i in range(width)]
    edges += [
        (f"{j}.{i}", f"{j + 1}.{k}")
        for j in range(depth - 1)
        for i in range(width)
        for k in range(max(0, i - 1), min(width, i + 2))
    ]
    nodes = {f"{j}.{i}": f"{j}.{i}" for j in range(depth) for i in range(width)}
    return Graph(edges, "in", "out", True, nodes)


@st.composite
def random_graphs(draw: st.DrawFn) -> Graph:
    names = "sabcdt"
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda p: p[0] != p[1])
    lines = draw(st.lists(pairs, min_size=3, max_size=9))
    nodes = draw(
        st.sets(st.sampled_from(sorted({node for pair in lines for node in pair})), max_size=3)
    )
    directed = draw(st.booleans())
    edges = [Edge(*pair) for pair in lines]
    assume("t" in reached(edges, "s", directed))
    return Graph(
        [(*pair, f"e{k}") for k, pair in enumerate(lines)],
        "s",
        "t",
        directed,
        {node: f"n{node}" for node in sorted(nodes)},
    )


def brute_force(graph: Graph, values: dict[str, float]) -> float:
    """Probability that no path of working edges and nodes joins the terminals."""
    names = list(values)
    nodes = {node: part.name for node, part in graph.nodes if not isinstance(part, Graph)}
    found = []
    for state in product((False, True), repeat=len(names)):
        up = dict(zip(names, state, strict=True))
        stands = {
            n for e in graph.edges for n in (e.tail, e.head) if up.get(nodes.get(n, ""), True)
        }
        lines = [
            edge
            for edge in graph.edges
            if up[edge.part.name] and edge.tail in stands and edge.head in stands
        ]
        ends = {graph.source, graph.target} <= stands
        if not (ends and graph.target in reached(lines, graph.source, graph.directed)):
            found.append(math.prod(1 - values[n] if up[n] else values[n] for n in names))
    return math.fsum(found)


@settings(max_examples=100, deadline=None)
@given(random_graphs(), st.lists(st.floats(0.01, 0.99), min_size=12, max_size=12))
def test_random_graphs(graph: Graph, chances: list[float]) -> None:
    structure = compile_diagram(graph)
    values = dict(zip(structure.components, chances, strict=False))
    assert structure.unavailability(values) == pytest.approx(
        brute_force(graph, values), rel=1e-12, abs=1e-15
    )


@settings(max_examples=40, deadline=None)
@given(random_graphs(), st.lists(st.floats(0.01, 0.99), min_size=12, max_size=12))
def test_random_graphs_against_repyability(graph: Graph, chances: list[float]) -> None:
    assume(not graph.directed)
    structure = compile_diagram(graph)
    values = dict(zip(structure.components, chances, strict=False))
    peer = Network(
        {e.part.name: (e.tail, e.head, values[e.part.name]) for e in graph.edges},
        graph.source,
        graph.target,
        {node: values[part.name] for node, part in graph.nodes if node not in values} or None,
    )
    assert structure.unavailability(values) == pytest.approx(peer.ff(), rel=1e-9)
    found = structure.birnbaum(values)
    for name, slope in peer.birnbaum_importance().items():
        # A node of the peer goes by its own name.
        assert found[name if name in found else f"n{name}"] == pytest.approx(slope, abs=1e-12)


@pytest.mark.parametrize("nodes", [False, True])
def test_grid_against_repyability(nodes: bool) -> None:
    graph = grid(4, 5, nodes)
    structure = compile_diagram(graph)
    values = {name: 0.01 + 0.004 * k for k, name in enumerate(structure.components)}
    peer = Network(
        {e.part.name: (e.tail, e.head, values[e.part.name]) for e in graph.edges},
        graph.source,
        graph.target,
        {node: values[part.name] for node, part in graph.nodes} or None,
    )
    assert structure.unavailability(values) == pytest.approx(peer.ff(), rel=1e-9)
    found = structure.birnbaum(values)
    for name, slope in peer.birnbaum_importance().items():
        assert found[name if name in found else f"n{name}"] == pytest.approx(slope, rel=1e-9)


def test_mesh_of_fifty_against_repyability() -> None:
    graph = mesh(5, 10)
    values = {name: 0.01 + 0.002 * k for k, (name, _) in enumerate(graph.nodes)}
    structure = compile_diagram(graph)
    peer = NonRepairableRBD(
        [(edge.tail, edge.head) for edge in graph.edges],
        {name: FixedEventProbability.from_params(q) for name, q in values.items()},
    )
    assert structure.unavailability(values) == pytest.approx(peer.ff(), rel=1e-9)
    assert structure.birnbaum(values) == pytest.approx(peer.birnbaum_importance(), rel=1e-8)


def test_grid_of_a_hundred_nodes() -> None:
    structure = compile_diagram(grid(10, 10))
    fail, work = structure.chances(dict.fromkeys(structure.components, 0.1))
    # As RePyability 0.15 finds it, in seconds.
    assert work == pytest.approx(0.9756616231415609, rel=1e-9)
    assert fail + work == pytest.approx(1, rel=1e-12)
    # Where edges seldom fail, two around one of both corners must; 4 more cuts have order 3.
    tiny = structure.unavailability(dict.fromkeys(structure.components, 1e-8))
    assert tiny == pytest.approx(2e-16, rel=1e-7)


def test_slopes_of_large_graphs_are_those_of_small_ones() -> None:
    structure = compile_diagram(grid(6, 6))
    values = dict.fromkeys(structure.components, 0.2)
    assert max(getattr(module, "size", 0) for module in structure.modules) > 4096
    found = structure.birnbaum(values)
    for name in ("a0,0", "d2,3", "a5,4"):
        down = structure.unavailability({**values, name: 1.0})
        up = structure.unavailability({**values, name: 0.0})
        assert found[name] == pytest.approx(down - up, rel=1e-9)
    # The grid is the same seen from the other corner, and mirrored.
    assert found["a0,0"] == pytest.approx(found["a5,4"], rel=1e-12)
    assert found["a0,0"] == pytest.approx(found["d0,0"], rel=1e-12)
    arrays = structure.unavailability({name: [0.2, 0.3] for name in values})
    assert arrays[0] == pytest.approx(structure.unavailability(values), rel=1e-13)


def test_parallel_and_series_lines_need_no_decisions() -> None:
    # Two lines of three in parallel, one of them with a failing node, and a dead end.
    graph = Graph(
        [("s", "a", "1"), ("a", "t", "2"), ("s", "b", "3"), ("b", "t", "4"), ("b", "x", "5")],
        "s",
        "t",
        nodes={"a": "n", "s": "feed"},
    )
    structure = compile_diagram(graph)
    assert not any(hasattr(module, "levels") for module in structure.modules)
    values = {"1": 0.1, "2": 0.2, "3": 0.3, "4": 0.4, "5": 0.5, "n": 0.6, "feed": 0.7}
    left, right = 1 - 0.9 * 0.8 * 0.4, 1 - 0.7 * 0.6
    assert structure.unavailability(values) == pytest.approx(1 - 0.3 * (1 - left * right))
    assert structure.birnbaum(values)["5"] == 0


def test_graph_that_always_works() -> None:
    structure = compile_diagram(Series("a", Graph([("s", "t"), ("s", "t", "b")], "s", "t")))
    assert structure.unavailability({"a": 0.1, "b": 0.9}) == pytest.approx(0.1)
    assert structure.birnbaum({"a": 0.1, "b": 0.9}) == {"a": 1.0, "b": 0.0}


def test_shared_part_that_does_not_matter() -> None:
    # The first graph works whatever "b" does, which is left to the others.
    sure = Graph([("s", "t"), ("s", "t", "b")], "s", "t")
    structure = compile_diagram(Series("a", Parallel(sure, "b", "a"), KOfN(2, sure, "b", "c")))
    values = {"a": 0.1, "b": 0.3, "c": 0.2}
    assert structure.unavailability(values) == pytest.approx(1 - 0.9 * (1 - 0.3 * 0.2))


def test_units_on_an_edge() -> None:
    structure = compile_diagram(Graph([("s", "t", Identical(2, 3, "link"))], "s", "t"))
    # Trivedi (2002), section 1.10: 2 of 3 at 0.9.
    assert structure.chances({"link": 0.1}).work == pytest.approx(0.972, rel=1e-12)


def test_cycles_of_directed_lines() -> None:
    lines = [("s", "a", "1"), ("a", "b", "2"), ("b", "a", "3"), ("a", "t", "4"), ("b", "t", "5")]
    lines += [("s", "b", "6")]
    graph = Graph(lines, "s", "t", directed=True)
    values = {str(k): 0.05 * k for k in range(1, 7)}
    assert compile_diagram(graph).unavailability(values) == pytest.approx(
        brute_force(graph, values), rel=1e-12
    )


@pytest.mark.parametrize(
    ("edges", "source", "target", "message"),
    [
        ([], "s", "t", "at least one edge"),
        ([("s", "s", "a")], "s", "t", "'s' to itself"),
        ([("s", "a", "x"), ("b", "t", "y")], "s", "t", "no path leads from source 's' to target"),
        ([("s", "a", "x")], "s", "t", "target 't' stands at no edge"),
        ([("s", "a", "x")], "q", "a", "source 'q' stands at no edge"),
        ([("s", "a", "x")], "s", "s", "both 's'"),
        ([("s", "a", 3)], "s", "a", "3 is neither a diagram nor the name"),
    ],
)
def test_nonsense(edges: list, source: str, target: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Graph(edges, source, target)


def test_path_against_the_direction() -> None:
    with pytest.raises(ValueError, match="no path"):
        Graph([("t", "s", "a")], "s", "t", directed=True)
    assert compile_diagram(Graph([("t", "s", "a")], "s", "t")).unavailability({"a": 0.5}) == 0.5


def test_node_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="node 'x' stands at no edge"):
        Graph([("s", "t", "a")], "s", "t", nodes={"x": "b"})


def test_graphs_that_are_too_wide() -> None:
    names = [str(k) for k in range(18)]
    lines = [(a, b, f"{a}-{b}") for a in names for b in names if a < b]
    with pytest.raises(ValueError, match="too wide for an exact answer"):
        compile_diagram(Graph(lines, "0", "9"))
