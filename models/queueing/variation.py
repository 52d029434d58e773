"""How irregular the arrivals at each station of an open network are."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from models.queueing.disciplines import Law
from models.queueing.distributions import mean
from models.queueing.shares import NoLaw
from models.queueing.solve_station import without_law
from models.queueing.traffic import Floats, Traffic, arrival_scv
from models.queueing.visits import Destination, Way


@dataclass(frozen=True)
class _Stream:
    """What goes from a class or a station to a station.

    Arguments:
        to: station, by position.
        rate: /s.
        share: of all that leaves the origin.
        origin: station, by position; None for a class that enters.
        scv: squared variation of a class that enters.
        in_turn: every so-many-th customer is in it, not one at random.
    """

    to: int
    rate: float
    share: float
    origin: int | None
    scv: float
    in_turn: bool

    def variation(self, before: float) -> float:
        """Squared variation of the stream, by that of all that leaves the origin."""
        if self.in_turn:
            return before * self.share
        return self.share * before + 1 - self.share


def variations(flows: Traffic) -> Floats:
    """Squared coefficients of variation of the arrivals at each station.

    Arguments:
        flows: of an open network with Poisson or renewal arrivals.

    Raises:
        NoLaw: times between arrivals, or services, have no variance.

    Source: Whitt (1983), The queueing network analyzer: superposition, departure and splitting.
    """
    stations = list(flows.network.stations)
    streams = list(_streams(flows, stations))
    if any(math.isinf(stream.scv) for stream in streams):
        raise NoLaw("times between arrivals have no variance, and there are several stations")
    loads = [_load(flows, name) for name in stations]
    departures = [_departures(flows, *pair) for pair in zip(stations, loads, strict=True)]
    for name, (_, rest) in zip(stations, departures, strict=True):
        if math.isinf(rest):
            raise NoLaw(f"the services at station {name} have no variance")
    arriving = np.ones(len(stations))
    for _ in range(500):
        leaving = [
            slope * scv + rest for scv, (slope, rest) in zip(arriving, departures, strict=True)
        ]
        new = np.ones(len(stations))
        for j, load in enumerate(loads):
            here = [stream for stream in streams if stream.to == j]
            if here:
                scvs = [s.variation(s.scv if s.origin is None else leaving[s.origin]) for s in here]
                new[j] = superposed(np.array([s.rate for s in here]), np.array(scvs), load)
        settled = float(np.abs(new - arriving).max()) < 1e-12
        arriving = new
        if settled:
            break
    return arriving


def superposed(rates: Floats, scvs: Floats, utilization: float) -> float:
    """Squared coefficient of variation of several streams together.

    Arguments:
        rates: of the streams, /s.
        scvs: of the streams.
        utilization: of the station to which they go.

    Source: Whitt (1983), The queueing network analyzer, section 4.3.
    """
    shares = rates / rates.sum()
    streams = 1 / float(shares @ shares)
    weight = 1 / (1 + 4 * (1 - utilization) ** 2 * (streams - 1))
    return float(weight * (shares @ scvs) + 1 - weight)


def _streams(flows: Traffic, stations: list[str]) -> Iterator[_Stream]:
    visits, rates = flows.graph.visits, flows.rates
    place = {name: j for j, name in enumerate(stations)}
    through = np.zeros(len(stations))
    for k, visit in enumerate(visits):
        if visit.destination is not None:
            through[place[visit.station]] += rates[k]
    for name, rate in flows.open_rates.items():
        scv = arrival_scv(flows.network.classes[name])
        for to, chance, in_turn in _targets(flows, flows.graph.starts[name]):
            yield _Stream(place[to], rate * chance, chance, None, scv, in_turn)
    for k, visit in enumerate(visits):
        if visit.destination is None or rates[k] == 0:
            continue
        here = place[visit.station]
        for to, chance, in_turn in _targets(flows, visit.destination):
            flow = float(rates[k]) * chance
            share = min(1.0, flow / float(through[here]))
            yield _Stream(place[to], flow, share, here, 0.0, in_turn and share == chance)


def _targets(flows: Traffic, destination: Destination) -> Iterator[tuple[str, float, bool]]:
    visits, several = flows.graph.visits, len(destination.visits)
    alike = 1.0 if destination.way is Way.FORK else 1 / several
    chances = destination.probabilities or (alike,) * several
    for visit, chance in zip(destination.visits, chances, strict=True):
        if visit is not None and chance > 0:
            yield visits[visit].station, chance, destination.way is Way.ROUND_ROBIN
    if destination.way is Way.FORK and destination.then is not None:
        yield visits[destination.then].station, 1.0, False


def _load(flows: Traffic, name: str) -> float:
    servers = flows.network.stations[name].servers
    if servers == "infinite":
        return 0.0
    visits = zip(flows.graph.visits, flows.rates, strict=True)
    return sum(float(r) * mean(v.service) for v, r in visits if v.station == name) / servers


def _departures(flows: Traffic, name: str, load: float) -> tuple[float, float]:
    """Slope and rest of the squared variation of departures in that of the arrivals."""
    station = flows.network.stations[name]
    if station.servers == "infinite":
        return 1.0, 0.0
    here = [
        (float(rate), visit.service)
        for rate, visit in zip(flows.rates, flows.graph.visits, strict=True)
        if visit.station == name and rate > 0
    ]
    first = sum(rate * service.moment(1) for rate, service in here)
    second = sum(rate * service.moment(2) for rate, service in here)
    total = sum(rate for rate, _ in here)
    variation = total * second / first**2 - 1 if first else 0.0
    match station.discipline.law:
        case Law.SHARING:
            variation = 1.0  # what leaves is as what comes, whatever the service
        case Law.IN_TURN | Law.BY_PRIORITY | Law.SHORTEST_REMAINING:
            pass
        case Law.NONE:
            raise NoLaw(f"station {name} {without_law(station)}")
        case other:
            assert_never(other)
    rest = load**2 * (1 + (max(variation, 0.2) - 1) / math.sqrt(station.servers))
    return 1 - load**2, rest
