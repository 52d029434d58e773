"""From a network to what the laws say of it, and whether they are exact."""

import math
from collections.abc import Iterator
from dataclasses import replace

from models.description.quantities import format_duration
from models.laws.queueing.station_law import Unstable
from models.queueing.asked import NOTHING, Asked
from models.queueing.network import Network
from models.queueing.network_answer import (
    ClassMeasures,
    NetworkAnswer,
    StationMeasures,
    UnstableStation,
)
from models.queueing.shares import (
    UNKNOWN_LAW,
    NoLaw,
    Share,
    Solution,
    TimeLaw,
    class_measures,
    station_measures,
    together,
)
from models.queueing.solve_closed import solve_with_closed
from models.queueing.solve_open import single_station, solve_before_overload, solve_open
from models.queueing.solve_pools import solve_pools
from models.queueing.traffic import (
    Traffic,
    at_random,
    load_of,
    servers_in_the_mean,
    traffic,
    unstable,
)
from models.queueing.visits import Way


def solve(network: Network, asked: Asked = NOTHING) -> NetworkAnswer:
    """What the laws of queueing say about a network in the long run.

    The method of the answer is exact, approximation, or none where no law covers the network.

    Arguments:
        network: a checked description.
        asked: beside what every answer has.
    """
    if network.horizon is not None:
        until = format_duration(network.horizon)
        return _without_law(network, f"from empty to {until}, laws of the long run do not hold")
    flows = traffic(network)
    try:
        return _solved(flows, asked)
    except NoLaw as reason:
        answer = _without_law(network, str(reason))
        return replace(answer, notes=(*answer.notes, *_at_target(flows)))
    except (ValueError, ArithmeticError) as error:
        # Figures beyond what a law reckons with; whatever it says, it is not an answer.
        return _without_law(network, f"its figures are beyond the law: {error}")


def _without_law(network: Network, reason: str) -> NetworkAnswer:
    note = f"only the simulation answers: {reason}"
    return NetworkAnswer(network.name, "none", "no law covers this network", notes=(note,))


def _at_target(flows: Traffic) -> Iterator[str]:
    """How many replicas the mean load of a station that scales takes, by its target alone."""
    for name, station in flows.network.stations.items():
        visits = [(k, v) for k, v in enumerate(flows.graph.visits) if v.station == name]
        closed = any(flows.trips[owner][k] > 0 for owner in flows.graph.closed for k, _ in visits)
        if station.scaling is None or station.batch is not None or closed:
            continue
        load = load_of(flows, name)
        replicas = station.scaling.replicas_for(load)
        yield (
            f"Station {name}: the mean load keeps {load:.4g} servers busy, which takes {replicas} "
            f"replica{'s' * (replicas > 1)} at the target of {station.scaling.target:.4g}; with "
            "chance and change the mean number is another, mostly more."
        )


def _solved(flows: Traffic, asked: Asked) -> NetworkAnswer:
    network = flows.network
    overloaded = unstable(flows)
    if overloaded:
        return _overloaded(flows, overloaded, asked)
    try:
        solution = _solution(flows)
    except Unstable as error:
        if not at_random(flows):
            raise NoLaw("a station is busy all the time, and nothing is random") from None
        where = error.station or next(iter(network.pools or network.stations))
        return _overloaded(flows, (UnstableStation(where, error.utilization),), asked)
    return NetworkAnswer(
        network.name,
        solution.method,
        solution.law,
        stations=_stations(network, solution, asked),
        classes=_classes(flows, solution, asked),
        notes=solution.notes,
        arriving=_arriving(flows, solution, asked),
        pools=solution.pools,
    )


def _solution(flows: Traffic) -> Solution:
    if flows.network.pools:
        return solve_pools(flows)
    return solve_with_closed(flows) if flows.graph.closed else solve_open(flows)


def _overloaded(
    flows: Traffic, stations: tuple[UnstableStation, ...], asked: Asked
) -> NetworkAnswer:
    network, law = flows.network, "more work arrives than can be served"
    nothing = NetworkAnswer(network.name, "exact", law, unstable=stations)
    before = solve_before_overload(flows, [one.station for one in stations])
    if before is None:
        return nothing
    return replace(
        nothing,
        method=before.method,
        law=f"{law}; of the others: {before.law}",
        stations=_stations(network, before, asked),
        classes=_classes(flows, before, asked),
        notes=before.notes,
    )


def _stations(network: Network, solution: Solution, asked: Asked) -> tuple[StationMeasures, ...]:
    rows = []
    for name, station in network.stations.items():
        servers = math.inf if station.servers == "infinite" else float(station.servers)
        if station.schedule is not None and not station.unlimited:
            servers = servers_in_the_mean(station)
        shares = {
            owner: share for (place, owner), share in solution.shares.items() if place == name
        }
        if not shares:
            continue
        whole = solution.whole.get(name) or together(list(shares.values()))
        parts: list[tuple[str | None, Share]] = [(None, whole)]
        hidden = any(name in network.classes[owner].service for owner in solution.overloaded)
        if hidden:
            parts = []  # who is not said anything of keeps the rest of the station busy
        if len(shares) > 1 or hidden:
            parts.extend(shares.items())
        rows += [
            station_measures(name, owner, servers, share, solution.method, asked)
            for owner, share in parts
            if share.waiting_time is not None
        ]
    return tuple(rows)


def _classes(flows: Traffic, solution: Solution, asked: Asked) -> tuple[ClassMeasures, ...]:
    """Each class by where it leaves; its time is known where all who leave in it entered alike."""
    rates = {
        name: _trips(flows, solution, name)
        for name in flows.graph.starts
        if name not in solution.overloaded
    }
    leaving: dict[str, dict[str, float]] = {}
    for origin, rate in rates.items():
        for k, visit in enumerate(flows.graph.visits):
            flow = rate * float(flows.trips[origin][k]) * flows.exits(k)
            if flow > 0:
                leaving.setdefault(visit.customer_class, {}).setdefault(origin, 0.0)
                leaving[visit.customer_class][origin] += flow
        start = flows.graph.starts[origin]
        if start.way is Way.FORK and start.then is None:
            leaving.setdefault(origin, {})[origin] = rate
    rows = []
    for name, origins in leaving.items():
        [origin, *others] = origins
        alone = not others and sum(origin in by for by in leaving.values()) == 1
        response, law = _response(flows, solution, origin) if alone else (None, UNKNOWN_LAW)
        loss = _loss(flows, solution, name) if alone else None
        rate = sum(origins.values())
        served = rate if loss is None else rate * (1 - loss)
        target = flows.network.classes[name].target
        percentiles = law.percentiles(asked.all_percentages)
        shares = {time: share * served / rate for time, share in law.shares(asked.times).items()}
        rows.append(
            class_measures(
                name,
                served,
                response,
                solution.method,
                percentiles,
                loss,
                target,
                law.shares([target]).get(target) if target else None,
                shares,
            )
        )
    return tuple(rows)


def _arriving(flows: Traffic, solution: Solution, asked: Asked) -> tuple[ClassMeasures, ...]:
    """Each class by who arrives in it, where customers change class on the way."""
    if not flows.graph.classes_change:
        return ()
    rows = []
    for name in flows.graph.starts:
        response, law = _response(flows, solution, name)
        rate = _trips(flows, solution, name)
        rows.append(
            class_measures(
                name,
                rate,
                response,
                solution.method,
                law.percentiles(asked.all_percentages),
                target=flows.network.classes[name].target,
                within_asked=law.shares(asked.times),
            )
        )
    return tuple(rows)


def _trips(flows: Traffic, solution: Solution, name: str) -> float:
    return solution.trips[name] if name in flows.graph.closed else flows.open_rates[name]


def _response(flows: Traffic, solution: Solution, origin: str) -> tuple[float | None, TimeLaw]:
    """Mean and law of the time from entering in a class to leaving."""
    if origin in solution.responses:
        return solution.responses[origin]
    way = [(k, float(times)) for k, times in enumerate(flows.trips[origin]) if times > 0]
    visits = [(flows.graph.visits[k], times) for k, times in way]
    if any(visit.destination is None for visit, _ in visits):
        return None, UNKNOWN_LAW  # the tasks of a fork overlap
    shares = [(solution.shares[v.station, v.customer_class], times) for v, times in visits]
    times = [None if s.response_time is None else n * s.response_time for s, n in shares]
    total = None if None in times else math.fsum(time for time in times if time is not None)
    once = len(shares) == 1 and math.isclose(shares[0][1], 1.0)
    if any(share.attempts is not None for share, _ in shares):
        return _with_retries(total, [share for share, _ in shares]), UNKNOWN_LAW
    return total, shares[0][0].response_law if once else UNKNOWN_LAW


def _with_retries(total: float | None, shares: list[Share]) -> float | None:
    """The time of those who come again until they are served, if all of them are."""
    if total is None or any(share.gone > 0 or share.abandoned > 0 for share in shares):
        return None
    return total + math.fsum((share.away or 0.0) / share.rate for share in shares)


def _loss(flows: Traffic, solution: Solution, name: str) -> float | None:
    """Share of a class that is lost or loses patience at the only station where that happens."""
    if name in solution.lost:
        return solution.lost[name]
    if not single_station(flows) or solution.pools:
        return None
    [share] = [share for (_, owner), share in solution.shares.items() if owner == name]
    if share.attempts is not None:
        return share.gone
    if share.loss is None and share.abandonment is None and share.balking is None:
        return None
    return 1 - share.served
