"""How many servers of a station are enough, whatever tells the shares."""

from collections.abc import Callable, Iterator

from models.prediction import Estimate
from models.queueing.asked import Asked
from models.queueing.network import Network
from models.queueing.network_answer import EnoughServers, NetworkAnswer
from models.queueing.solve import solve
from models.queueing.stations import Station
from models.queueing.traffic import load_of, traffic

MOST_SERVERS = 100_000  # that are tried
Answered = Callable[[Network], NetworkAnswer]


def can_be_staffed(network: Network) -> Iterator[str]:
    """The stations whose number of servers is theirs to choose.

    Arguments:
        network: the description.
    """
    for name, station in network.stations.items():
        fixed = (
            station.servers != "infinite" and station.schedule is None and station.speeds is None
        )
        if fixed and station.scaling is None:
            yield name


def by_law(network: Network, station: str, share: float, time: float) -> EnoughServers | None:
    """The fewest servers by the law of the network; None where no law tells the shares.

    Arguments:
        network: the description, checked.
        station: whose servers are asked for.
        share: of all who come who are to be served and wait no longer than the time; below 1.
        time: that they wait at most, s.
    """
    asked = Asked((time,))
    ample = with_servers(network, station, _least(network, station) + 1)
    known = _share(solve(ample, asked), station, time)
    if known is None:
        return None
    return fewest(network, station, share, time, lambda one: solve(one, asked))


def fewest(
    network: Network, station: str, share: float, time: float, answered: Answered
) -> EnoughServers:
    """The fewest servers, by doubling and bisection: more servers never let people wait longer.

    Arguments:
        network: the description, checked.
        station: whose servers are asked for.
        share: of all who come who are to be served and wait no longer than the time; below 1.
        time: that they wait at most, s.
        answered: by the law, or by the simulation, with the shares within the time.
    """
    known: dict[int, Estimate] = {}
    methods = set[str]()

    def enough(servers: int) -> bool:
        if servers not in known:
            answer = answered(with_servers(network, station, servers))
            reached = None if answer.unstable else _share(answer, station, time)
            known[servers] = reached or Estimate.exact(0.0)
            methods.add(answer.method)
        return known[servers].mean >= share

    low, high = 0, max(1, _least(network, station))
    step = 1
    while not enough(high):
        low, high, step = high, high + step, 2 * step
        if high > MOST_SERVERS:
            return _answer(station, share, time, None, known, methods)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    if high > 1:
        enough(high - 1)
    return _answer(station, share, time, high, known, methods)


def _answer(
    station: str,
    share: float,
    time: float,
    servers: int | None,
    known: dict[int, Estimate],
    methods: set[str],
) -> EnoughServers:
    reached = None if servers is None else known[servers]
    less = None if servers is None else known.get(servers - 1)
    method = next(name for name in ("simulation", "approximation", "exact") if name in methods)
    return EnoughServers(station, share, time, servers, reached, less, method)


def with_servers(network: Network, station: str, servers: int) -> Network:
    """The same network with another number of servers at a station, and as many waiting places.

    Arguments:
        network: the description.
        station: its name.
        servers: 1 or more.
    """
    described: Station = network.stations[station]
    changed: dict[str, object] = {"servers": servers}
    if described.capacity is not None:
        places = described.capacity - int(described.most_servers)
        changed["capacity"] = places + servers
    stations = network.stations | {station: described.model_copy(update=changed)}
    return network.model_copy(update={"stations": stations})


def _least(network: Network, station: str) -> int:
    """Servers that the load keeps busy; fewer are never enough, but where customers leave."""
    leaving = any(
        station in customers.patience or station in customers.balking
        for customers in network.classes.values()
    )
    if leaving or network.stations[station].capacity is not None:
        return 1
    return int(load_of(traffic(network), station)) or 1


def _share(answer: NetworkAnswer, station: str, time: float) -> Estimate | None:
    for one in answer.stations:
        if one.station == station and one.customer_class is None:
            return one.waiting_within.get(time)
    return None
