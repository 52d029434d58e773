"""Compiles a graph: series and parallel lines drawn together, the rest decided by its states."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from models.laws.reliability.bdd import FAILED, WORKS, Builder, Decisions
from models.laws.reliability.diagram_modules import AllOf, Module, OneOf
from models.laws.reliability.network_order import (
    Line,
    Turns,
    breadth_first_order,
    downstream_order,
    frontier_order,
)
from models.laws.reliability.network_states import (
    BITS,
    PLACES,
    Joints,
    Step,
    carry,
    explore,
    pass_by,
    survive,
)

Emit = Callable[[Module], int]  # adds a module to the structure; gives its number

_PERFECT = AllOf(())


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


def relevant(network: Network) -> Network:
    """The network without lines and nodes that no path from source to target can use.

    Arguments:
        network: any.
    """
    drawing = _Drawing(network, lambda module: 0)
    kept = drawing.out.keys()
    lines = tuple(
        line
        for line in network.lines
        if line[0] in kept
        and line[1] in kept
        and not (network.directed and (line[1] == network.source or line[0] == network.target))
    )
    nodes = {node: element for node, element in network.nodes.items() if node in kept}
    return Network(lines, nodes, network.source, network.target, network.directed)


def reduce(network: Network, emit: Emit) -> int:
    """The module of a network whose elements share nothing.

    Arguments:
        network: any with a path.
        emit: adds a module to the structure.

    Raises:
        ValueError: the network is too wide.

    Source: Satyanarayana and Wood (1985), A linear-time algorithm for computing K-terminal
        reliability in series-parallel networks, for what is drawn together first.
    """
    drawing = _Drawing(network, emit)
    drawing.draw_together()
    ends = {network.source, network.target}
    direct = [element for *line, element in drawing.lines() if set(line) == ends]
    if None in direct:
        return emit(_PERFECT)
    ways = [element for element in direct if element is not None]
    lines = tuple(line for line in drawing.lines() if {*line[:2]} != ends)
    if lines:
        nodes = {node: element for node, element in drawing.nodes.items() if node in drawing.out}
        rest = Network(lines, nodes, network.source, network.target, network.directed)
        ways.append(emit(decide(rest)))
    return ways[0] if len(ways) == 1 else emit(OneOf(tuple(ways)))


def decide(network: Network) -> Decisions:
    """The decision diagram of a network over its elements, each of which counts once.

    Arguments:
        network: any with a path, none of whose lines and nodes is without use.

    Raises:
        ValueError: the network is too wide.
    """
    if not network.directed:
        return _explored(network, *_undirected(network))
    turns = downstream_order(network.lines, network.source, network.target)
    if turns is None:
        return _rounds(network)
    return _explored(network, *_directed(network, turns))


def _explored(network: Network, steps: Sequence[Step], start: int, bits: int) -> Decisions:
    children = network.elements()
    position = {element: k for k, element in enumerate(children)}
    numbered = [
        Step(step.works, step.fails, None if step.element is None else position[step.element])
        for step in steps
    ]
    return explore(numbered, start, bits, children)


def _rounds(network: Network) -> Decisions:
    """Decisions of a directed network with cycles: what reaches each node, until none gains."""
    leaving: dict[str, list[Line]] = {}
    for line in network.lines:
        leaving.setdefault(line[0], []).append(line)
    near = breadth_first_order(network.lines, network.source)
    ordered = sorted(network.lines, key=lambda line: near[line[0]] + near[line[1]])
    variables: dict[int, int] = {}
    for tail, head, element in ordered:
        for one in (network.nodes.get(tail), element, network.nodes.get(head)):
            if one is not None:
                variables.setdefault(one, len(variables))
    builder = Builder()

    def works(element: int | None) -> int:
        return WORKS if element is None else builder.node(variables[element], FAILED, WORKS)

    reach = dict.fromkeys(near, FAILED) | {network.source: WORKS}
    waiting = deque([network.source])
    while waiting:
        tail = waiting.popleft()
        for _, head, element in leaving.get(tail, ()):
            way = builder.choose(works(element), reach[tail], FAILED)
            way = builder.choose(works(network.nodes.get(head)), way, FAILED)
            now = builder.choose(reach[head], WORKS, way)
            if now != reach[head]:
                reach[head] = now
                waiting.append(head)
    return builder.finish(reach[network.target], tuple(variables))


class _Drawing:
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


def _undirected(network: Network) -> tuple[list[Step], int, int]:
    turns = frontier_order(network.lines, network.source, network.target)
    places, most = _placed(turns, network)
    joints = Joints(most)
    left = _ends(network)
    ends = (network.source, network.target)
    steps = []
    for node, lines in turns:
        if places[node] >= 0:
            steps.append(joints.enter(places[node], network.nodes.get(node)))
        for tail, head, element in lines:
            steps.append(joints.join(places[tail], places[head], element))
            for end in (tail, head):
                left[end] -= 1
                if left[end] == 0 and places[end] >= 0:
                    steps.append(joints.leave(places[end]))
                # Without nodes that fail the two are told apart anyway.
                if left[end] == 1 and places[end] >= 0 and network.nodes:
                    steps.append(joints.fade(places[end]))
        steps += [joints.part(k) for k, end in enumerate(ends) if not left[end]]
    return steps, joints.start, 4 * most


def _placed(turns: Turns, network: Network) -> tuple[dict[str, int], int]:
    """Places of the nodes while lines of theirs are to come, and how many places these are."""
    places = {network.source: -1, network.target: -2}
    left = _ends(network)
    free = list(range(PLACES))
    for node, lines in turns:
        if node not in places:
            places[node] = _take(free, "undirected", PLACES)
        for *line, _ in lines:
            for end in line:
                left[end] -= 1
                if left[end] == 0 and places[end] >= 0:
                    heappush(free, places[end])
    return places, 1 + max(0, *places.values())


def _directed(network: Network, turns: Turns) -> tuple[list[Step], int, int]:
    places = {network.source: 0, network.target: -2}
    free = list(range(1, BITS))
    steps = []
    for node, lines in turns:
        for _, head, _ in lines:
            if head not in places:
                places[head] = _take(free, "directed", BITS)
        if node in network.nodes:
            steps.append(survive(places[node], network.nodes[node]))
        sure = [places[head] for _, head, element in lines if element is None]
        if sure:
            steps.append(carry(places[node], sure, None))
        for _, head, element in lines:
            if element is not None:
                steps.append(carry(places[node], [places[head]], element))
        steps.append(pass_by(places[node]))
        heappush(free, places[node])
    return steps, 1, 1 + max(places.values())


def _ends(network: Network) -> dict[str, int]:
    """How many lines end at each node."""
    found: dict[str, int] = {}
    for tail, head, _ in network.lines:
        found[tail] = found.get(tail, 0) + 1
        found[head] = found.get(head, 0) + 1
    return found


def _take(free: list[int], kind: str, most: int) -> int:
    if not free:
        raise ValueError(
            f"the {kind} graph is too wide for an exact answer: more than {most} nodes have edges "
            "both decided and to come, in the best order found"
        )
    return heappop(free)
