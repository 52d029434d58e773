"""One station that gets too much for a part of its period: by what builds up and drains later."""

import math
from bisect import bisect_right

from models.description.quantities import format_duration
from models.laws.queueing.fluid import Backlog, periodic_backlog
from models.laws.queueing.station_law import Unstable
from models.queueing.disciplines import FCFS
from models.queueing.distributions import mean
from models.queueing.network import Poisson, TimeVarying
from models.queueing.periods import intervals_of
from models.queueing.shares import Share, Solution
from models.queueing.stations import Station
from models.queueing.traffic import Traffic, as_number, mean_size, servers_in_the_mean

_MOST_STEPS = 100_000  # of arrivals and servers in a period, which take a second
_CHANCE = 10.0  # times as much as chance makes: what a backlog must be to say more than it


def solve_fluid(flows: Traffic) -> Solution | None:
    """The backlog of a station whose arrivals or servers follow a period; None where none builds
    up that is far above what chance makes.

    Arguments:
        flows: of an open network of a single station.
    """
    [(name, station)] = flows.network.stations.items()
    [*classes] = flows.graph.starts
    if len(classes) != 1 or len(flows.graph.visits) != 1:
        return None
    customers = flows.network.classes[classes[0]]
    [visit] = flows.graph.visits
    plain = station.discipline == FCFS and not station.batch and station.capacity is None
    plain = plain and not station.scaling and not station.breakdowns and not station.setup
    arrivals, intervals = customers.arrivals, intervals_of(flows.network)
    if (
        not plain
        or visit.loses
        or visit.slots > 1
        or not isinstance(arrivals, (Poisson, TimeVarying))
    ):
        return None
    if intervals is None or station.unlimited or station.speeds:
        return None
    starts = _starts(intervals.period, station, arrivals)
    if starts is None:
        return None
    size = mean_size(customers.arrival_batch)
    rates = [size * _rate(arrivals, start) for start in starts]
    servers = [_servers(station, start) for start in starts]
    try:
        found = periodic_backlog(starts, intervals.period, rates, servers, mean(visit.service))
    except Unstable:
        return None
    if found.peak < _CHANCE * max(found.chance, max(servers)):
        return None
    share = Share(found.throughput, mean(visit.service), found.waiting_time)
    return Solution(
        "fluid (what builds up and drains, without chance)",
        "approximation",
        {(name, classes[0]): share},
        notes=(_note(name, found),),
    )


def _note(name: str, found: Backlog) -> str:
    drained = "somebody always waits"
    if math.isfinite(found.drain_time):
        drained = f"nobody waits {format_duration(found.drain_time)} later"
    return (
        f"Station {name}: without chance the backlog grows to {found.peak:,.0f} customers, "
        f"{format_duration(found.peak_time)} after the start of the period; {drained}."
    )


def _starts(period: float, station: Station, arrivals: Poisson | TimeVarying) -> list[float] | None:
    """Of the steps of both, over a period that both have in common, s; None of too many."""
    followed: list[tuple[float, list[float]]] = []
    if station.schedule:
        shifts = [shift.start for shift in station.schedule.shifts]
        followed.append((station.schedule.period, shifts))
    if isinstance(arrivals, TimeVarying):
        followed.append((arrivals.period, [interval.start for interval in arrivals.intervals]))
    if sum(round(period / each) * len(starts) for each, starts in followed) > _MOST_STEPS:
        return None
    own = {0.0}
    for each, starts in followed:
        own |= {start + k * each for k in range(round(period / each)) for start in starts}
    return sorted(own)


def _rate(arrivals: Poisson | TimeVarying, time: float) -> float:
    if isinstance(arrivals, Poisson):
        return arrivals.rate
    starts = [interval.start for interval in arrivals.intervals]
    return arrivals.intervals[_place(starts, time % arrivals.period)].rate


def _servers(station: Station, time: float) -> float:
    if station.schedule is None:
        return servers_in_the_mean(station)
    starts = [shift.start for shift in station.schedule.shifts]
    return as_number(
        station.schedule.shifts[_place(starts, time % station.schedule.period)].servers
    )


def _place(starts: list[float], time: float) -> int:
    return max(0, bisect_right(starts, time * (1 + 1e-12) + 1e-12) - 1)
