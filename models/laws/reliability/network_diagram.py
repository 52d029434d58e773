"""Compiles a graph: series and parallel lines drawn together, the rest decided by its states."""

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush

from models.laws.reliability.bdd import Decisions, decisions_of
from models.laws.reliability.bdd_nodes import FAILED, WORKS, Builder
from models.laws.reliability.diagram_modules import OneOf
from models.laws.reliability.network_drawing import Drawing, Emit, Network
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


def relevant(network: Network) -> Network:
    """The network without lines and nodes that no path from source to target can use.

    Arguments:
        network: any.
    """
    drawing = Drawing(network, lambda module: 0)
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


def reduce(network: Network, emit: Emit) -> int | None:
    """The module of a network whose elements share nothing; None where it always works.

    Arguments:
        network: any with a path.
        emit: adds a module to the structure.

    Raises:
        ValueError: the network is too wide.

    Source: Satyanarayana and Wood (1985), A linear-time algorithm for computing K-terminal
        reliability in series-parallel networks, for what is drawn together first.
    """
    drawing = Drawing(network, emit)
    drawing.draw_together()
    ends = {network.source, network.target}
    direct = [element for *line, element in drawing.lines() if set(line) == ends]
    if None in direct:
        return None
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
    return decisions_of(builder, reach[network.target], tuple(variables))


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
