"""Equal stations beside each other, to which arrivals are dispatched or forked."""

from models.laws.queueing.parallel import MOST_SERVERS, fork_join, join_shortest_queue, round_robin
from models.laws.queueing.station_law import Queue
from models.queueing.distributions import is_exponential, mean
from models.queueing.network import Poisson
from models.queueing.shares import UNKNOWN_LAW, Share, Solution, TimeLaw, time_laws
from models.queueing.stations import Station
from models.queueing.traffic import Traffic
from models.queueing.visits import Way


def solve_parallel(flows: Traffic) -> Solution | None:
    """The law of equal exponential servers behind one dispatcher; None where it does not fit.

    Arguments:
        flows: of an open network.
    """
    if not _fits(flows):
        return None
    [(name, start)] = flows.graph.starts.items()
    [rate] = flows.open_rates.values()
    service = mean(flows.graph.visits[0].service)
    servers = len(start.visits)
    if start.way is Way.FORK:
        return _forked(flows, name, rate, service)
    if start.way is Way.ROUND_ROBIN:
        queue = round_robin(rate, 1 / service, servers)
    elif start.way is Way.SHORTEST_QUEUE and servers <= MOST_SERVERS:
        queue = join_shortest_queue(rate, 1 / service, servers)
    else:
        return None
    waits, responses = time_laws(queue)
    share = Share(
        rate / servers,
        service,
        queue.waiting_time,
        waiting_law=waits,
        response_law=responses,
    )
    return _solution(flows, name, queue, share, (queue.response_time, responses))


def _fits(flows: Traffic) -> bool:
    visits = flows.graph.visits
    if len(flows.graph.starts) != 1 or flows.graph.closed:
        return False
    [(name, start)] = flows.graph.starts.items()
    customers = flows.network.classes[name]
    services = [visit.service for visit in visits]
    return (
        isinstance(customers.arrivals, Poisson)
        and customers.arrival_batch is None
        and start.way is not Way.SPLIT
        and start.then is None
        and sorted(v for v in start.visits if v is not None) == list(range(len(visits)))
        and all(flows.exits(k) == 1 or visit.destination is None for k, visit in enumerate(visits))
        and all(not visit.loses and visit.customer_class == name for visit in visits)
        and all(is_exponential(service) for service in services)
        and len({mean(service) for service in services}) == 1
        and all(_plain(flows.network.stations[visit.station]) for visit in visits)
    )


def _plain(station: Station) -> bool:
    return station == Station(servers=1)


def _forked(flows: Traffic, name: str, rate: float, service: float) -> Solution:
    queue = fork_join(rate, 1 / service, len(flows.graph.visits))
    one = fork_join(rate, 1 / service, 1)  # each station alone sees Poisson arrivals
    share = Share(rate, service, one.waiting_time)
    return _solution(flows, name, queue, share, (queue.response_time, UNKNOWN_LAW))


def _solution(
    flows: Traffic,
    name: str,
    queue: Queue,
    share: Share,
    response: tuple[float, TimeLaw],
) -> Solution:
    stations = [visit.station for visit in flows.graph.visits]
    shares = {(station, name): share for station in stations}
    return Solution(queue.law, queue.method, shares, responses={name: response})
