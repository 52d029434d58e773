"""Small closed networks of exponential services, whatever their means, state by state."""

import numpy as np

from models.laws.queueing.closed_chain import ChainClass, ChainStation, ChainVisit, closed_chain
from models.queueing.disciplines import FCFS, Law
from models.queueing.distributions import is_exponential, mean
from models.queueing.shares import UNKNOWN_LAW, NoLaw, Share, Solution, together
from models.queueing.traffic import Traffic
from models.queueing.visits import Destination, Way

MOST_CUSTOMERS = 60  # more have too many states in any network


def chain_of(flows: Traffic) -> Solution | None:
    """The steady state of a closed network by its chain; None where it has too many states.

    Exact but for times to think that are not exponential, which are taken to be: where stations
    share their servers or serve all alike, only their means count, and elsewhere little else does.

    Arguments:
        flows: of a network whose classes are all closed.

    Raises:
        NoLaw: the long run hangs on the beginning.
    """
    used = [k for k in range(len(flows.graph.visits)) if _owners(flows, k)]
    if not _fits(flows, used):
        return None
    visits, closed = flows.graph.visits, list(flows.graph.starts)
    numbering = {k: n for n, k in enumerate(used)}
    places = {name: j for j, name in enumerate(flows.network.stations)}
    stations = [
        ChainStation(
            None if station.servers == "infinite" else station.servers,
            station.discipline.law is not Law.SHARING,
        )
        for station in flows.network.stations.values()
    ]
    owners = [closed.index(_owners(flows, k)[0]) for k in used]
    chain_visits = [
        ChainVisit(
            places[visits[k].station],
            owner,
            1 / mean(visits[k].service),
            _towards(visits[k].destination, numbering),
        )
        for k, owner in zip(used, owners, strict=True)
    ]
    classes = []
    for name in closed:
        customers = flows.network.classes[name]
        think = mean(customers.think_time) if customers.think_time else 0.0
        start = _towards(flows.graph.starts[name], numbering)
        classes.append(ChainClass(customers.population or 0, 1 / think if think else None, start))
    try:
        answer = closed_chain(stations, chain_visits, classes)
    except ArithmeticError:
        raise NoLaw("some of its states are never left: the beginning decides") from None
    if answer is None:
        return None
    parts: dict[tuple[str, str], list[Share]] = {}
    for k, n in numbering.items():
        service, flow = mean(visits[k].service), float(answer.flows[n])
        wait = max(0.0, float(answer.numbers[n]) / flow - service) if flow else 0.0
        key = (visits[k].station, visits[k].customer_class)
        parts.setdefault(key, []).append(Share(flow, service, wait))
    inside = np.bincount(owners, weights=answer.numbers, minlength=len(closed))
    trips = dict(zip(closed, map(float, answer.throughput), strict=True))
    taken = [name for name in closed if not _thinks_exponentially(flows, name)]
    names = " and ".join([", ".join(taken[:-1]), *taken[-1:]] if len(taken) > 1 else taken)
    return Solution(
        "Markov chain of all states",
        "approximation" if taken else "exact",
        {key: together(some) for key, some in parts.items()},
        trips=trips,
        notes=(f"an approximation: the think time of {names} is taken to be exponential",)
        * bool(taken),
        responses={n: (float(inside[c]) / trips[n], UNKNOWN_LAW) for c, n in enumerate(closed)},
    )


def _owners(flows: Traffic, visit: int) -> list[str]:
    return [name for name, trips in flows.trips.items() if trips[visit] > 0]


def _thinks_exponentially(flows: Traffic, name: str) -> bool:
    time = flows.network.classes[name].think_time
    return time is None or mean(time) == 0 or is_exponential(time)


def _fits(flows: Traffic, used: list[int]) -> bool:
    network, graph = flows.network, flows.graph
    customers = [network.classes[name] for name in graph.starts]
    if sum(c.population or 0 for c in customers) > MOST_CUSTOMERS:
        return False
    ways = [*graph.starts.values(), *(graph.visits[k].destination for k in used)]
    return (
        all(len(_owners(flows, k)) == 1 for k in used)
        and all(one is not None and one.way is Way.SPLIT for one in ways)
        and all(is_exponential(graph.visits[k].service) for k in used)
        and all(
            station.servers == "infinite"
            or station.discipline == FCFS
            or station.discipline.law is Law.SHARING
            for station in network.stations.values()
        )
    )


def _towards(
    destination: Destination | None, numbering: dict[int, int]
) -> tuple[tuple[int, float], ...]:
    """Chances of the visits that follow; those of the outside are left out."""
    if destination is None:
        return ()
    pairs = zip(destination.visits, destination.probabilities, strict=True)
    return tuple((numbering[k], chance) for k, chance in pairs if k is not None and chance > 0)
