"""What a network takes long for, and the state in which it has settled under a steady load."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from models.queueing.distributions import mean
from models.queueing.network import Network, TimeVarying, Trace
from models.queueing.stations import Station
from models.queueing.traffic import Traffic, load_of, loses, servers_in_the_mean, traffic


@dataclass(frozen=True)
class Start:
    """What a station begins with.

    Arguments:
        replicas: that serve, where their number follows the load.
        warm: idle servers that need no setup for now.
    """

    replicas: int
    warm: int


def slowest_time(network: Network) -> float:
    """The longest mean time after which a network has changed its state, s.

    Of a replica: from the need to the decision, to the service, and to the end of the cooldown; of
    an idle server: its setup and the time that it stays warm; of one that fails: until it is
    repaired; until a customer comes again; and services.

    Arguments:
        network: the description.
    """
    times = [time for station in network.stations.values() for time in _times(station)]
    services = (each for one in network.classes.values() for each in one.service.values())
    times += map(mean, services)
    retries = (each for one in network.classes.values() for each in one.retries.values())
    times += (mean(one.delay) for one in retries)
    return max((time for time in times if math.isfinite(time)), default=0.0)


def _times(station: Station) -> Iterator[float]:
    if station.scaling is not None:
        startup = station.scaling.startup
        starts = 0.0 if startup is None else mean(startup)
        yield station.scaling.interval + starts + station.scaling.cooldown
    if station.setup is not None:
        yield mean(station.setup) + (station.keep_warm or 0.0)
    if station.breakdowns is not None:
        yield mean(station.breakdowns.time_to_failure) + mean(station.breakdowns.time_to_repair)


def shortest_service(network: Network) -> float:
    """The shortest mean service that takes time at all, s; infinite where none does.

    Arguments:
        network: the description.
    """
    services = (mean(each) for one in network.classes.values() for each in one.service.values())
    return min((time for time in services if time > 0), default=math.inf)


def services_in(network: Network, time: float) -> float:
    """Mean number of services to customers from outside in a time.

    Arguments:
        network: the description.
        time: s.
    """
    return float(traffic(network).rates.sum()) * time


def services_to_forget(network: Network, times: float) -> float:
    """Services after which the queues nearest to their limit have forgotten their past so often.

    That of a single server forgets in the order of 1/(1 - utilization)^2 services; that of several
    sooner. Infinite where one is at its limit in the mean.

    Arguments:
        network: the description.
        times: how often.

    Source: Whitt (1989), Planning queueing simulations, section 2.
    """
    flows = traffic(network)
    visits = flows.graph.visits
    loads = [
        load_of(flows, name) / servers_in_the_mean(station)
        for name, station in network.stations.items()
        if not all(loses(network, visit) for visit in visits if visit.station == name)
    ]
    idle = 1 - max(loads, default=0.0)
    return times / idle**2 if idle > 0 else math.inf


def settled(network: Network) -> dict[str, Start]:
    """What each station begins with so that a steady load finds it as in the long run.

    Replicas are those that the target asks for at the mean load. Warm are the servers that chance
    needs once in the time that they stay warm: the mean load, and the greatest of as many normal
    deviations as services fit into that time. Empty where nothing is steady, as with a trace.

    Arguments:
        network: the description, checked.

    Source: Leadbetter, Lindgren and Rootzen (1983), Extremes, theorem 1.5.3: the greatest of n
        normal deviations is about sqrt(2 ln n).
    """
    moving = (TimeVarying, Trace)
    if any(isinstance(one.arrivals, moving) for one in network.classes.values()):
        return {}
    follow = [n for n, one in network.stations.items() if one.scaling or one.setup]
    flows = traffic(network) if follow else None
    return {name: _start(flows, name) for name in follow} if flows else {}


def _start(flows: Traffic, name: str) -> Start:
    station, load = flows.network.stations[name], load_of(flows, name)
    replicas = station.scaling.replicas_for(load) if station.scaling else 0
    if station.setup is None or not station.keep_warm or not load:
        return Start(replicas, 0)
    arrivals = load_of(flows, name, each=1.0)
    spells = max(1.0, station.keep_warm * arrivals / load)
    needed = math.ceil(load + math.sqrt(2 * load * math.log(spells)))
    return Start(replicas, int(min(needed, station.most_servers)))
