"""How a block diagram is written: nested series, parallel, k-of-n, and graphs over components.

    Series("feed", Parallel("disk a", "disk b"), Identical(14, 16, "node"))

A component is known by its name; wherever the name stands again, it is the same component and
fails in both places at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from models.laws.arguments import whole

MOST_DEPTH = 200


@dataclass(frozen=True)
class Block:
    """One component.

    Arguments:
        name: by which it is known.

    Raises:
        ValueError: it has no name.
    """

    name: str

    def __post_init__(self) -> None:
        _check_name(self.name)


@dataclass(frozen=True)
class Identical:
    """Units of one kind, alike and independent, of which some must work.

    Arguments:
        required: units that must work.
        units: units there are.
        name: of the kind; its figures are those of one unit.

    Raises:
        ValueError: it has no name, or required is not between 1 and the units.
    """

    required: int
    units: int
    name: str

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_required(self.required, whole("units", self.units, 1))


@dataclass(frozen=True, init=False)
class Series:
    """Parts that must all work.

    Arguments:
        parts: diagrams, or names of components.

    Raises:
        ValueError: there is no part.
    """

    parts: tuple["Diagram", ...]

    def __init__(self, *parts: "Diagram | str") -> None:
        object.__setattr__(self, "parts", _parts("Series", parts))


@dataclass(frozen=True, init=False)
class Parallel:
    """Parts of which one must work.

    Arguments:
        parts: diagrams, or names of components.

    Raises:
        ValueError: there is no part.
    """

    parts: tuple["Diagram", ...]

    def __init__(self, *parts: "Diagram | str") -> None:
        object.__setattr__(self, "parts", _parts("Parallel", parts))


@dataclass(frozen=True, init=False)
class KOfN:
    """Parts, different or not, of which some must work.

    Arguments:
        required: how many must work, k.
        parts: diagrams, or names of components, n of them.

    Raises:
        ValueError: there is no part, or k is not between 1 and n.
    """

    required: int
    parts: tuple["Diagram", ...]

    def __init__(self, required: int, *parts: "Diagram | str") -> None:
        object.__setattr__(self, "parts", _parts("KOfN", parts))
        object.__setattr__(self, "required", _check_required(required, len(parts)))


@dataclass(frozen=True)
class Edge:
    """A line of a graph.

    Arguments:
        tail: the node it leaves.
        head: the node it enters; an undirected graph treats both alike.
        part: what must work for it to carry; None never fails.
    """

    tail: str
    head: str
    part: "Diagram | None" = None


@dataclass(frozen=True, init=False)
class Graph:
    """A network that works while working edges and nodes join its source to its target.

    Arguments:
        edges: (tail, head), which never fails, or (tail, head, diagram or name of a component);
            several may join the same two nodes.
        source: a node.
        target: another node.
        directed: edges carry from tail to head alone.
        nodes: what must work for a node to carry; nodes left out never fail.

    Raises:
        ValueError: no edges, an edge from a node to itself, source or target unknown or the same,
            a node that no edge joins, or no path from the source to the target.
    """

    edges: tuple[Edge, ...]
    source: str
    target: str
    directed: bool
    nodes: tuple[tuple[str, "Diagram"], ...]

    def __init__(
        self,
        edges: "Iterable[Edge | tuple[str, str] | tuple[str, str, Diagram | str]]",
        source: str,
        target: str,
        directed: bool = False,
        nodes: "Mapping[str, Diagram | str] | None" = None,
    ) -> None:
        given = tuple(_edge(edge) for edge in edges)
        failing = tuple((node, _diagram(part)) for node, part in (nodes or {}).items())
        object.__setattr__(self, "edges", given)
        object.__setattr__(self, "source", source)
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "directed", directed)
        object.__setattr__(self, "nodes", failing)
        self._check()

    def _check(self) -> None:
        if not self.edges:
            raise ValueError("a Graph needs at least one edge")
        joined = {node for edge in self.edges for node in (edge.tail, edge.head)}
        ends = (("source", self.source), ("target", self.target))
        for what, node in (*ends, *(("node", node) for node, _ in self.nodes)):
            if node not in joined:
                raise ValueError(f"{what} {node!r} stands at no edge of the Graph")
        if self.source == self.target:
            raise ValueError(f"source and target are both {self.source!r}; they must differ")
        if self.target not in reached(self.edges, self.source, self.directed):
            raise ValueError(f"no path leads from source {self.source!r} to target {self.target!r}")


Leaf: TypeAlias = Block | Identical
Diagram: TypeAlias = Block | Identical | Series | Parallel | KOfN | Graph


def reached(edges: Iterable[Edge], start: str, directed: bool) -> set[str]:
    """Nodes to which a path leads, the start among them.

    Arguments:
        edges: of the graph.
        start: a node.
        directed: edges carry from tail to head alone.
    """
    following: dict[str, list[str]] = {}
    for edge in edges:
        following.setdefault(edge.tail, []).append(edge.head)
        if not directed:
            following.setdefault(edge.head, []).append(edge.tail)
    found, waiting = {start}, [start]
    while waiting:
        for node in following.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def inner(diagram: Diagram) -> tuple[Diagram, ...]:
    """The diagrams directly inside a diagram; a graph's edges come before its nodes.

    Arguments:
        diagram: any.
    """
    if isinstance(diagram, Leaf):
        return ()
    if isinstance(diagram, Graph):
        lines = tuple(edge.part for edge in diagram.edges if edge.part is not None)
        return (*lines, *(part for _, part in diagram.nodes))
    return diagram.parts


def leaves(diagram: Diagram) -> Iterator[Leaf]:
    """Every place where a component stands, in the order of the text.

    Arguments:
        diagram: any.

    Raises:
        ValueError: diagrams stand in each other more than 200 deep.
    """
    waiting = [(diagram, 0)]
    while waiting:
        here, depth = waiting.pop()
        if isinstance(here, Leaf):
            yield here
        elif depth == MOST_DEPTH:
            raise ValueError(f"the diagram is nested more than {MOST_DEPTH} deep; flatten it")
        else:
            waiting.extend((part, depth + 1) for part in reversed(inner(here)))


def _parts(kind: str, parts: "tuple[Diagram | str, ...]") -> "tuple[Diagram, ...]":
    if not parts:
        raise ValueError(f"{kind} needs at least one part")
    return tuple(_diagram(part) for part in parts)


def _diagram(part: "Diagram | str") -> "Diagram":
    if isinstance(part, str):
        return Block(part)
    if not isinstance(part, Diagram):
        raise ValueError(f"{part!r} is neither a diagram nor the name of a component")
    return part


def _edge(edge: "Edge | tuple[str, str] | tuple[str, str, Diagram | str]") -> Edge:
    tail, head, *part = (edge.tail, edge.head, edge.part) if isinstance(edge, Edge) else edge
    if tail == head:
        raise ValueError(f"an edge joins {tail!r} to itself")
    return Edge(tail, head, _diagram(part[0]) if part and part[0] is not None else None)


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name:
        raise ValueError(f"name is {name!r}; a component needs a name")


def _check_required(required: int, units: int) -> int:
    if whole("required", required, 1) > units:
        raise ValueError(f"required is {required}; there are only {units} to work")
    return required
