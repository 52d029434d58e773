"""Where customers can go: faults that only the graph of visits shows."""

import math
from collections.abc import Callable, Iterable, Iterator

from models.queueing.distributions import mean
from models.queueing.network import CustomerClass, Network
from models.queueing.visits import Destination, Graph, Way, graph
from models.reading.faults import Fault, PathInFile

OUTSIDE = -1


def ways(network: Network) -> Iterator[Fault]:
    """Every fault of where customers can go.

    Arguments:
        network: whose names all lead somewhere.
    """
    visits = graph(network)
    edges = {k: _next(visit.destination) for k, visit in enumerate(visits.visits)}
    starts = {name: _next(start) for name, start in visits.starts.items()}
    reached = _closure((k for start in starts.values() for k in start), edges.__getitem__)
    faults = [*_unused(network, visits, reached), *_endless(visits, edges, starts)]
    faults += _idle_loops(network, visits, edges, starts)
    faults += _restless(network, visits, edges, starts)
    yield from faults or _deadlocks(network, visits, edges, reached)


def beside_arrivals(network: Network, recorded: Iterable[str]) -> Iterator[Fault]:
    """Faults of what is recorded beside arrivals, but asked of customers who came otherwise.

    Arguments:
        network: whose names all lead somewhere.
        recorded: class/station, and class/station/slots.
    """
    visits = graph(network)
    edges = {k: _next(visit.destination) for k, visit in enumerate(visits.visits)}
    reached = {
        name: _closure(_next(start), edges.__getitem__) for name, start in visits.starts.items()
    }
    for name in recorded:
        owner, station, *slots = name.split("/")
        here = {
            k
            for k, visit in enumerate(visits.visits)
            if (visit.customer_class, visit.station) == (owner, station)
        }
        others = [other for other in reached if other != owner and reached[other] & here]
        if others:
            message = f"is recorded beside the arrivals of '{owner}', but '{others[0]}' comes too"
            hint = f"let '{others[0]}' come there as a class of its own"
            yield Fault(("classes", owner, *(slots or ["service"]), station), message, hint)


def _next(destination: Destination | None, possible: bool = True) -> set[int]:
    """Visits that may follow; -1 is the outside. A fork leads to its tasks and beyond the join."""
    if destination is None:
        return set()
    chances = destination.probabilities or (1.0,) * len(destination.visits)
    following = [
        visit for visit, chance in zip(destination.visits, chances, strict=True)
        if chance > 0 or not possible
    ]  # fmt: skip
    if destination.way is Way.FORK:
        following.append(destination.then)
    return {OUTSIDE if visit is None else visit for visit in following}


def _closure(first: Iterable[int], following: Callable[[int], set[int]]) -> set[int]:
    found: set[int] = set()
    waiting = list(first)
    while waiting:
        visit = waiting.pop()
        if visit not in found:
            found.add(visit)
            waiting.extend(following(visit) if visit != OUTSIDE else ())
    return found


def _unused(network: Network, visits: Graph, reached: set[int]) -> Iterator[Fault]:
    # A probability of 0 still leads there: it may be changed.
    possible = {k: _next(visit.destination, False) for k, visit in enumerate(visits.visits)}
    first = [k for start in visits.starts.values() for k in _next(start, False)]
    reached = _closure(first, possible.__getitem__) | reached
    pairs = {(visits.visits[k].customer_class, visits.visits[k].station) for k in reached - {-1}}
    used = {name for name, _ in pairs} | set(visits.starts)
    for name, customers in network.classes.items():
        path: PathInFile = ("classes", name)
        if name not in used:
            message = "has neither arrivals nor a population, and no other class changes into it"
            yield Fault(path, message)
            continue
        for key in ("service", "patience", "balking", "retries", "slots", "routing"):
            for station in getattr(customers, key):
                if station in network.stations and (name, station) not in pairs:
                    message = f"is for a station that class '{name}' never visits"
                    yield Fault((*path, key, station), message)
    for station in network.stations:
        if station not in {place for _, place in pairs}:
            yield Fault(("stations", station), "is visited by no class")


def _endless(
    visits: Graph, edges: dict[int, set[int]], starts: dict[str, set[int]]
) -> Iterator[Fault]:
    """From everywhere on the way of a class some path must lead outside."""
    leaving = {OUTSIDE} | {k for k, visit in enumerate(visits.visits) if visit.destination is None}
    more = True
    while more:
        new = {k for k, following in edges.items() if k not in leaving and following & leaving}
        new = {k for k in new if _leaves(visits.visits[k].destination, leaving)}
        leaving |= new
        more = bool(new)
    for name, start in starts.items():
        stuck = sorted(_closure(start, edges.__getitem__) - leaving)
        if stuck or not _leaves(visits.starts[name], leaving):
            where = f" once they are at '{visits.visits[stuck[0]].station}'" if stuck else ""
            what = "trips never end" if name in visits.closed else "customers never leave"
            hint = "let the routing lead to 'exit' somewhere"
            if name in visits.closed:
                hint += "; the customer comes back at 'start'"
            yield Fault(("classes", name, "routing"), f"{what}{where}", hint)


def _leaves(destination: Destination | None, leaving: set[int]) -> bool:
    if destination is not None and destination.way is Way.FORK:
        return (OUTSIDE if destination.then is None else destination.then) in leaving
    return destination is None or bool(_next(destination) & leaving)


def _idle_loops(
    network: Network, visits: Graph, edges: dict[int, set[int]], starts: dict[str, set[int]]
) -> Iterator[Fault]:
    """A way that comes back to where it began without any time in between is never done."""
    instant = {k for k, visit in enumerate(visits.visits) if mean(visit.service) == 0}

    def at_once(visit: int) -> set[int]:
        return {k for k in edges[visit] if k in instant}

    for visit in sorted(instant):
        if visit in _closure(at_once(visit), at_once):
            station = visits.visits[visit].station
            path = ("classes", visits.visits[visit].customer_class, "service", station)
            yield Fault(path, "takes no time, nor does the rest of the way back to it")
            return
    for name in visits.closed:
        passed = _closure(starts[name] & (instant | {OUTSIDE}), lambda k: edges[k] & instant)
        done = OUTSIDE in starts[name] or any(OUTSIDE in edges[k] for k in passed - {OUTSIDE})
        if done and not _thinks(network.classes[name]):
            message = "makes trips that take no time, without end"
            yield Fault(("classes", name), message, "give it a think_time")


def _restless(
    network: Network, visits: Graph, edges: dict[int, set[int]], starts: dict[str, set[int]]
) -> Iterator[Fault]:
    """A closed customer who is lost starts again; at once, it would be lost at once, and so on."""
    instant = {k for k, visit in enumerate(visits.visits) if mean(visit.service) == 0}
    for name in sorted(visits.closed):
        if _thinks(network.classes[name]):
            continue
        ahead = starts[name] - {OUTSIDE}
        ahead |= {k for first in _closure(ahead & instant, lambda k: edges[k] & instant)
                  for k in edges[first] - {OUTSIDE}}  # fmt: skip
        for visit in (visits.visits[k] for k in sorted(ahead)):
            capacity = network.stations[visit.station].capacity
            if visit.retries is not None and visit.retries.for_ever:
                continue
            full = capacity is not None and capacity < _most(network, visits)
            full = full or visit.balking is not None
            impatient = visit.patience is not None and mean(visit.patience) == 0
            if full or impatient:
                message = f"is lost at '{visit.station}' and starts again at once, without end"
                yield Fault(("classes", name), message, "give it a think_time")
                break


def _thinks(customers: CustomerClass) -> bool:
    return customers.think_time is not None and mean(customers.think_time) > 0


def _most(network: Network, visits: Graph) -> float:
    """Most customers that can be in the network."""
    if len(visits.closed) < len(visits.starts):
        return math.inf
    return sum(customers.population or 0 for customers in network.classes.values())


def _deadlocks(
    network: Network, visits: Graph, edges: dict[int, set[int]], reached: set[int]
) -> Iterator[Fault]:
    """Full stations that wait for each other in a circle would wait for ever."""
    after: dict[str, set[str]] = {}
    for k in reached - {OUTSIDE}:
        here = visits.visits[k].station
        for following in edges[k] - {OUTSIDE}:
            there = visits.visits[following].station
            if there != here and network.stations[there].when_full == "block":
                after.setdefault(here, set()).add(there)
    for station, described in network.stations.items():
        if described.when_full != "block":
            continue
        circle = _circle(station, after)
        room = sum(network.stations[name].capacity or 0 for name in circle)
        if circle and _most(network, visits) >= room:
            message = f"can wait for ever: {' -> '.join([*circle, station])}, all full, all blocked"
            yield Fault(("stations", station, "when_full"), message)
            return


def _circle(station: str, after: dict[str, set[str]]) -> list[str]:
    """The shortest way from a station back to it, or nothing."""
    paths = [[station]]
    seen: set[str] = set()
    while paths:
        path = paths.pop(0)
        for following in sorted(after.get(path[-1], ())):
            if following == station:
                return path
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return []
