"""Compiles a diagram: parts that share nothing become modules, the others a decision diagram."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from models.laws.reliability.bdd import Decisions, decisions_of
from models.laws.reliability.bdd_nodes import FAILED, WORKS, Builder
from models.laws.reliability.diagram import (
    Diagram,
    Graph,
    Identical,
    KOfN,
    Leaf,
    Parallel,
    Series,
    inner,
    leaves,
    reached,
)
from models.laws.reliability.diagram_modules import AlikeUnits, AllOf, Module, OneOf, SomeOf
from models.laws.reliability.network_diagram import decide, reduce, relevant
from models.laws.reliability.network_drawing import Network
from models.laws.reliability.structure import Structure


@dataclass(frozen=True)
class _Open:
    """A part that shares components with what is outside it.

    Arguments:
        kind: how its pieces work together.
        pieces: modules by number, or open parts.
        shared: how often each component that is also outside stands inside.
    """

    kind: Diagram
    pieces: tuple["_Piece", ...]
    shared: Counter[str]


_Piece: TypeAlias = int | _Open | None  # None always works


def compile_diagram(diagram: Diagram) -> Structure:
    """Works a diagram out once, so that it can be evaluated many times.

    Arguments:
        diagram: any.

    Raises:
        ValueError: there is no component, a name is that of different groups or of a group and a
            block, or too much is shared for an exact answer.

    Source: Dutuit and Rauzy (1996), A linear-time algorithm to find modules of fault trees, for
        the parts that share nothing; Bryant (1986) for the others.
    """
    return _Compiler(diagram).structure(diagram)


class _Compiler:
    def __init__(self, diagram: Diagram) -> None:
        kinds: dict[str, Leaf] = {}
        self._places: dict[str, int] = {}
        for leaf in leaves(diagram):
            known = kinds.setdefault(leaf.name, leaf)
            if known is not leaf and known != leaf:
                raise ValueError(
                    f"{leaf.name!r} stands as {kinds[leaf.name]} and as {leaf}; units of one group "
                    "that stand in different places must be written out as blocks"
                )
            self._places[leaf.name] = self._places.get(leaf.name, 0) + 1
        if not kinds:
            raise ValueError("the diagram has no component that could fail")
        self._number = {name: k for k, name in enumerate(kinds)}
        self._units = tuple(
            leaf.units if isinstance(leaf, Identical) else 1 for leaf in kinds.values()
        )
        self._groups: dict[str, int] = {}
        self._modules: list[Module] = []

    def structure(self, diagram: Diagram) -> Structure:
        root = self._compile(diagram)
        if root is None:
            root = self._emit(AllOf(()))
        assert isinstance(root, int)
        return Structure(tuple(self._number), self._units, tuple(self._modules), root)

    def _emit(self, module: Module) -> int:
        self._modules.append(module)
        return len(self._number) + len(self._modules) - 1

    def _compile(self, diagram: Diagram) -> _Piece:
        if isinstance(diagram, Leaf):
            return self._leaf(diagram)
        pieces = tuple([self._compile(part) for part in inner(diagram)])
        if isinstance(diagram, Graph):
            if _always_joined(diagram, pieces):
                self._drop(pieces)
                return None
        elif None in pieces:
            rest = self._without_sure(diagram, pieces)
            if rest is None:
                return None
            diagram, pieces = rest
        shared = Counter[str]()
        for piece in pieces:
            if isinstance(piece, _Open):
                shared += piece.shared
        if not shared:
            return self._module(diagram, pieces)
        if isinstance(diagram, Series | Parallel):
            pieces = self._grouped(diagram, pieces)
            if all(isinstance(piece, int) for piece in pieces):
                return self._module(diagram, pieces)
        return self._closed(_Open(diagram, pieces, shared))

    def _leaf(self, leaf: Leaf) -> _Piece:
        number = self._number[leaf.name]
        if isinstance(leaf, Identical):
            if leaf.name not in self._groups:
                group = AlikeUnits(leaf.required, leaf.units, (number,))
                self._groups[leaf.name] = self._emit(group)
            number = self._groups[leaf.name]
        if self._places[leaf.name] == 1:
            return number
        return _Open(leaf, (number,), Counter({leaf.name: 1}))

    def _without_sure(
        self, diagram: Diagram, pieces: Sequence[_Piece]
    ) -> tuple[Diagram, tuple[_Piece, ...]] | None:
        """The diagram without pieces that always work; None where it always works with them."""
        left = [k for k, piece in enumerate(pieces) if piece is not None]
        parts = [inner(diagram)[k] for k in left]
        required = diagram.required if isinstance(diagram, KOfN) else 1
        needed = len(parts) if isinstance(diagram, Series) else required - len(pieces) + len(left)
        if needed > 0:
            return KOfN(needed, *parts), tuple(pieces[k] for k in left)
        self._drop(pieces)
        return None

    def _drop(self, pieces: Sequence[_Piece]) -> None:
        """Count what stands here no more among the places of its components."""
        for piece in pieces:
            for name, count in piece.shared.items() if isinstance(piece, _Open) else ():
                self._places[name] -= count

    def _module(self, diagram: Diagram, pieces: Sequence[_Piece]) -> int | None:
        """The module of pieces that share nothing; None where it always works."""
        numbers = tuple(piece for piece in pieces if isinstance(piece, int))
        if isinstance(diagram, Graph):
            modules = [piece if isinstance(piece, int) else None for piece in pieces]
            inside = reduce(_network(diagram, modules), self._emit)
            all_needed = (inside, *(modules[k] for k in _ends(diagram)))
            numbers = tuple(number for number in all_needed if number is not None)
            if not numbers:
                return None
            return numbers[0] if len(numbers) == 1 else self._emit(AllOf(numbers))
        if len(numbers) == 1:
            return numbers[0]
        if isinstance(diagram, KOfN):
            return self._emit(SomeOf(diagram.required, numbers))
        return self._emit(AllOf(numbers) if isinstance(diagram, Series) else OneOf(numbers))

    def _grouped(self, diagram: Diagram, pieces: Sequence[_Piece]) -> tuple[_Piece, ...]:
        """The pieces, those that share among themselves drawn together, the modules in one."""
        modules: tuple[_Piece, ...] = tuple(piece for piece in pieces if isinstance(piece, int))
        groups: list[_Open] = []
        for piece in pieces:
            if isinstance(piece, _Open):
                alike = [group for group in groups if group.shared.keys() & piece.shared.keys()]
                groups = [group for group in groups if group not in alike]
                together = [piece for group in alike for piece in group.pieces]
                shared = sum((group.shared for group in alike), Counter(piece.shared))
                groups.append(_Open(diagram, (*together, piece), shared))
        if modules:
            modules = (self._module(diagram, modules),)
        return (*modules, *(self._closed(group) for group in groups))

    def _closed(self, part: _Open) -> _Piece:
        """The part, as a module where all places of its components are inside it."""
        shared = Counter(
            {name: count for name, count in part.shared.items() if count < self._places[name]}
        )
        if shared:
            return _Open(part.kind, part.pieces, shared)
        variables = tuple(dict.fromkeys(_numbers(part)))
        builder = Builder()
        order = {number: k for k, number in enumerate(variables)}
        return self._emit(decisions_of(builder, _decisions(part, builder, order), variables))


def _numbers(piece: _Piece) -> list[int]:
    """The modules in a piece, in an order that is good to decide them in."""
    if piece is None:
        return []
    if isinstance(piece, int):
        return [piece]
    pieces: Sequence[_Piece] = piece.pieces
    if isinstance(piece.kind, Graph):
        states = _states(piece.kind, [inside is None for inside in pieces])
        first = [states.children[position] for position, _, _ in states.levels]
        pieces = [pieces[k] for k in dict.fromkeys((*first, *range(len(pieces))))]
    return [number for inside in pieces for number in _numbers(inside)]


def _decisions(piece: _Piece, builder: Builder, order: dict[int, int]) -> int:
    """The decision node of a piece, over variables in an order."""
    if piece is None:
        return WORKS
    if isinstance(piece, int):
        return builder.node(order[piece], FAILED, WORKS)
    nodes = [_decisions(inside, builder, order) for inside in piece.pieces]
    if isinstance(piece.kind, Graph):
        return _graph_decisions(piece.kind, nodes, builder)
    if isinstance(piece.kind, KOfN):
        return builder.some_of(piece.kind.required, nodes)
    return builder.some_of(1 if isinstance(piece.kind, Parallel) else len(nodes), nodes)


def _graph_decisions(graph: Graph, nodes: Sequence[int], builder: Builder) -> int:
    states = _states(graph, [node == WORKS for node in nodes])
    found = [FAILED, WORKS, *([FAILED] * (states.size - 2))]
    for position, start, end in reversed(states.levels):
        for state in range(start, end):
            low, high = found[states.low[state]], found[states.high[state]]
            found[state] = builder.choose(nodes[states.children[position]], high, low)
    ends = [nodes[k] for k in _ends(graph)]
    return builder.some_of(len(ends) + 1, [found[states.root], *ends])


def _always_joined(graph: Graph, pieces: Sequence[_Piece]) -> bool:
    """Whether a path from source to target never fails."""
    last = len(pieces) - len(graph.nodes)
    failing = {
        node
        for (node, _), piece in zip(graph.nodes, pieces[last:], strict=True)
        if piece is not None
    }
    parts = iter(pieces)
    sure = [edge for edge in graph.edges if edge.part is None or next(parts) is None]
    lines = [edge for edge in sure if not {edge.tail, edge.head} & failing]
    return graph.target in reached(lines, graph.source, graph.directed)


def _states(graph: Graph, sure: Sequence[bool]) -> Decisions:
    """Decisions on the inner diagrams of a graph, by their numbers in it."""
    numbers = [None if certain else k for k, certain in enumerate(sure)]
    network = relevant(_network(graph, numbers))
    return decide(network)


def _ends(graph: Graph) -> list[int]:
    """Which of the inner diagrams are those of source and target."""
    lines = sum(edge.part is not None for edge in graph.edges)
    ends = (graph.source, graph.target)
    return [lines + k for k, (node, _) in enumerate(graph.nodes) if node in ends]


def _network(graph: Graph, numbers: Sequence[int | None]) -> Network:
    """The graph over the numbers of its inner diagrams, without those of source and target."""
    numbered = iter(numbers)
    lines = tuple(
        (edge.tail, edge.head, None if edge.part is None else next(numbered))
        for edge in graph.edges
    )
    nodes = {node: next(numbered) for node, _ in graph.nodes}
    inside = {
        node: number
        for node, number in nodes.items()
        if number is not None and node not in (graph.source, graph.target)
    }
    return Network(lines, inside, graph.source, graph.target, graph.directed)
