"""In which order the elements of a graph are decided: the fewer nodes half done, the better."""

from collections.abc import Sequence

Line = tuple[str, str, int | None]  # (tail, head, element); None never fails
Turns = list[tuple[str, list[Line]]]  # each node in its turn, and the lines decided then

_GROWTH = 3.5  # states for a node more on the frontier, about


def frontier_order(lines: Sequence[Line], source: str, target: str) -> Turns:
    """Turns of an undirected graph: each line in the turn of the later of its nodes.

    Source and target are always there, so that they need no turn but for lines between them.

    Arguments:
        lines: the edges.
        source: a node.
        target: another node.
    """
    around = _neighbours(lines)
    inner = {
        node: [other for other in others if other not in (source, target)]
        for node, others in around.items()
        if node not in (source, target)
    }
    orders = [_narrowest(inner, around[source]), _narrowest(inner, around[target])]
    orders += [_breadth_first(inner, around[source]), _breadth_first(inner, around[target])]
    best = min(orders, key=lambda order: _cost(order, inner))
    turn = {node: k for k, node in enumerate([source, target, *best])}
    decided: dict[str, list[Line]] = {node: [] for node in (source, *best)}
    for line in lines:
        later = max(line[0], line[1], key=turn.__getitem__)
        decided[source if later == target else later].append(line)
    for own in decided.values():
        # Those that have waited longest first: they are likeliest to have no other line to come.
        own.sort(key=lambda line: min(turn[line[0]], turn[line[1]]))
    return [(node, own) for node, own in decided.items() if own or node != source]


def downstream_order(lines: Sequence[Line], source: str, target: str) -> Turns | None:
    """Turns of a directed graph: each node after all that lead to it; None where a cycle is.

    Arguments:
        lines: the edges, each on a path from source to target.
        source: a node.
        target: another node.
    """
    leaving: dict[str, list[Line]] = {}
    missing: dict[str, int] = {}
    for line in lines:
        leaving.setdefault(line[0], []).append(line)
        missing[line[1]] = missing.get(line[1], 0) + 1
    turns: Turns = []
    ready, reached = [source], {source}
    while ready:
        # The one that adds fewest nodes to those half done; the longest reached, among equals.
        added = [sum(line[1] not in reached for line in leaving[node]) for node in ready]
        node = ready.pop(added.index(min(added)))
        turns.append((node, leaving[node]))
        for _, head, _ in leaving[node]:
            reached.add(head)
            missing[head] -= 1
            if missing[head] == 0 and head != target:
                ready.append(head)
    return turns if len(turns) == len(leaving) else None


def breadth_first_order(lines: Sequence[Line], source: str) -> dict[str, int]:
    """How early each node is met from the source on, whatever the direction of the lines.

    Arguments:
        lines: the edges.
        source: a node.
    """
    order = [source, *_breadth_first(_neighbours(lines), [source])]
    return {node: k for k, node in enumerate(dict.fromkeys(order))}


def _neighbours(lines: Sequence[Line]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for tail, head, _ in lines:
        found.setdefault(tail, {})[head] = None
        found.setdefault(head, {})[tail] = None
    return {node: list(others) for node, others in found.items()}


def _breadth_first(inner: dict[str, list[str]], start: Sequence[str]) -> list[str]:
    order = dict.fromkeys(node for node in start if node in inner)
    waiting = list(order)
    for node in waiting:
        for other in inner[node]:
            if other not in order:
                order[other] = None
                waiting.append(other)
    return waiting


def _narrowest(inner: dict[str, list[str]], start: Sequence[str]) -> list[str]:
    """Always the node next that leaves the fewest half done; the longest seen, among equals."""
    left = {node: len(others) for node, others in inner.items()}
    seen = dict.fromkeys(node for node in start if node in inner)
    order: dict[str, None] = {}
    while seen:

        def growth(node: str) -> int:
            done = sum(other in order and left[other] == 1 for other in inner[node])
            return (left[node] > 0) - done

        node = min(seen, key=growth)
        del seen[node]
        order[node] = None
        for other in inner[node]:
            left[other] -= 1
            if other not in order:
                seen.setdefault(other)
    return list(order)


def _cost(order: Sequence[str], inner: dict[str, list[str]]) -> float:
    """States to come, about."""
    left = {node: len(others) for node, others in inner.items()}
    placed: set[str] = set()
    width, total = 0, 0.0
    for node in order:
        total += _GROWTH ** (width + 1)
        placed.add(node)
        width += left[node] > 0
        for other in inner[node]:
            left[other] -= 1
            width -= left[other] == 0 and other in placed
    return total
