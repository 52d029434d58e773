"""A graph as it is drawn together: series and parallel lines become one, dead ends go."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from models.laws.reliability.diagram_modules import AllOf, Module, OneOf
from models.laws.reliability.network_order import Line

Emit = Callable[[Module], int]  # adds a module to the structure; gives its number


@dataclass(frozen=True)
class Network:
    """A graph between two terminals, which never fail, with elements as numbers.

    Arguments:
        lines: the edges.
        nodes: elements of the nodes that can fail.
        source: a node.
        target: another node.
        directed: lines carry from tail to head alone.
    """

    lines: tuple[Line, ...]
    nodes: Mapping[str, int]
    source: str
    target: str
    directed: bool

    def elements(self) -> tuple[int, ...]:
        """All that can fail, once each."""
        found = dict.fromkeys(element for *_, element in self.lines if element is not None)
        return tuple(found | dict.fromkeys(self.nodes.values()))


class Drawing:
    """A network as it is drawn together: at most one line from a node to another.

    Arguments:
        network: at the start.
        emit: adds a module to the structure.
    """

    def __init__(self, network: Network, emit: Emit) -> None:
        self.network = network
        self.nodes = dict(network.nodes)
        self.emit = emit
        names = dict.fromkeys(name for tail, head, _ in network.lines for name in (tail, head))
        self.out: dict[str, dict[str, int | None]] = {name: {} for name in names}
        # In an undirected network every line stands in both directions.
        self.into = {name: {} for name in names} if network.directed else self.out
        for tail, head, element in network.lines:
            self._add(tail, head, element)
        # A path enters neither terminal twice.
        used = _reached(self.out, network.source, network.target)
        used &= _reached(self.into, network.target, network.source)
        for name in names:
            if name not in used:
                self._remove(name)
        self._drop_unused()

    def lines(self) -> Iterable[Line]:
        """The lines that are left."""
        seen = set()
        for tail, heads in self.out.items():
            seen.add(tail)
            for head, element in heads.items():
                if self.network.directed or head not in seen:
                    yield tail, head, element

    def draw_together(self) -> None:
        """Replace nodes that join two lines alone, until none is left."""
        waiting = list(self.out)
        while waiting:
            node = waiting.pop()
            if not self._inner(node):
                continue
            ways = [(tail, head) for tail in self.into[node] for head in self.out[node]]
            if self.network.directed:
                simple = len(ways) == 1
            else:
                simple = len(self.out[node]) == 2
                ways = [way for way in ways if way[0] != way[1]][:1]
            if simple:
                self._bridge(node, *ways[0])
                waiting.extend(ways[0])

    def _inner(self, node: str) -> bool:
        return node in self.out and node not in (self.network.source, self.network.target)

    def _bridge(self, node: str, tail: str, head: str) -> None:
        chain = (self.into[node][tail], self.nodes.get(node), self.out[node][head])
        self._remove(node)
        if tail != head:
            failing = tuple(element for element in chain if element is not None)
            element = self._together(AllOf, failing) if failing else None
            self._add(tail, head, element)
        self._drop_unused((tail, head))

    def _together(self, kind: type[AllOf] | type[OneOf], elements: tuple[int, ...]) -> int:
        return elements[0] if len(elements) == 1 else self.emit(kind(elements))

    def _add(self, tail: str, head: str, element: int | None) -> None:
        ends = (self.network.source, self.network.target)
        if self.network.directed and (head == ends[0] or tail == ends[1]):
            return
        if head in self.out[tail]:
            other = self.out[tail][head]
            both = None if element is None or other is None else (other, element)
            element = both and self._together(OneOf, both)
        self.out[tail][head] = element
        self.into[head][tail] = element

    def _remove(self, node: str) -> None:
        for head in self.out.pop(node):
            self.into[head].pop(node)
        if self.network.directed:
            for tail in self.into.pop(node):
                self.out[tail].pop(node)

    def _drop_unused(self, start: Iterable[str] | None = None) -> None:
        """Remove dead ends, and those that they leave behind."""
        waiting = list(self.out if start is None else start)
        while waiting:
            node = waiting.pop()
            if not self._inner(node):
                continue
            around = {*self.out[node], *self.into[node]}
            fewest = 1 if self.network.directed else 2
            if len(self.out[node]) < fewest or len(self.into[node]) < fewest:
                self._remove(node)
                waiting.extend(around)


def _reached(following: Mapping[str, Iterable[str]], start: str, end: str) -> set[str]:
    """Nodes to which a path leads that stops at the end."""
    found, waiting = {start, end}, [start]
    while waiting:
        new = [node for node in following[waiting.pop()] if node not in found]
        found.update(new)
        waiting += new
    return found
