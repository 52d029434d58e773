"""Closed and mixed networks: by mean-value analysis of what each customer needs of each station."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

import numpy as np

from models.laws.queueing.closed_first_come import closed_first_come
from models.laws.queueing.closed_networks import (
    SIZE_LIMIT,
    ClosedAnswer,
    closed_network,
    size,
    solve_closed,
)
from models.laws.queueing.markovian import machine_repairman
from models.laws.queueing.mixed_networks import open_number, speeds_beside_open
from models.laws.queueing.open_networks import open_demands
from models.queueing.disciplines import FCFS, Law
from models.queueing.distributions import is_exponential, mean
from models.queueing.network import Network
from models.queueing.shares import (
    UNKNOWN_LAW,
    Method,
    NoLaw,
    Share,
    Solution,
    time_laws,
    together,
)
from models.queueing.solve_chain import chain_of
from models.queueing.solve_open import not_poisson, not_product_form, refuse_inside
from models.queueing.solve_station import without_law
from models.queueing.traffic import Floats, Traffic


def _refuse_priorities(flows: Traffic) -> None:
    """Mean-value analysis knows no classes that come before others: it would be far off."""
    classes, what = flows.network.classes, "has closed classes, and serves"
    for name, station in flows.network.stations.items():
        here = {v.customer_class for v in flows.graph.visits if v.station == name}
        several = len({classes[owner].priority for owner in here}) > 1
        match station.discipline.law:
            case Law.IN_TURN | Law.SHARING:
                pass
            case Law.BY_PRIORITY:
                if several:
                    raise NoLaw(f"{what} some before others at station '{name}'")
            case Law.SHORTEST_REMAINING:
                if len(here) > 1:
                    raise NoLaw(f"{what} the shortest first at station '{name}'")
            case Law.NONE:
                raise NoLaw(f"station {name} {without_law(station)}")
            case other:
                assert_never(other)


def _where_nobody_waits(flows: Traffic) -> Network:
    """The same with infinitely many servers wherever there is one for each customer there is."""
    network, stations = flows.network, dict(flows.network.stations)
    for name, station in stations.items():
        here = [k for k, visit in enumerate(flows.graph.visits) if visit.station == name]
        come = [c for c, trips in flows.trips.items() if any(trips[k] > 0 for k in here)]
        most = sum(network.classes[c].population or 0 for c in come)
        closed = all(c in flows.graph.closed for c in come)
        single = all(flows.graph.visits[k].slots == 1 for k in here)
        if closed and single and station.servers != "infinite" and station.servers >= most:
            stations[name] = station.model_copy(update={"servers": "infinite"})
    return network.model_copy(update={"stations": stations})


def solve_with_closed(flows: Traffic) -> Solution:
    """The steady state of a network with closed classes, and perhaps open ones too.

    Arguments:
        flows: of the network, whose stations all keep up with the open classes.

    Raises:
        NoLaw: none covers it.

    Source: for open classes beside closed ones: Lazowska et al. (1984), Quantitative System
        Performance, section 7.5; with several servers: Bruell, Balbo and Afshari (1984).
    """
    refuse_inside(flows)
    flows = replace(flows, network=_where_nobody_waits(flows))
    _refuse_priorities(flows)
    mixed = bool(flows.open_rates)
    reasons = [*not_product_form(flows), *not_poisson(flows)]
    small = chain_of(flows) if reasons and not mixed else None
    if small is not None:
        return small
    names = list(flows.network.stations)
    servers = np.array([_servers(flows, name) for name in names])
    closed = [name for name in flows.graph.starts if name in flows.graph.closed]
    demands = _demands(flows, closed)
    try:
        answer, open_numbers = _closed(flows, closed, demands, servers)
    except ValueError as error:
        raise NoLaw(f"mean-value analysis does not take it: {error}") from None
    numbers = {
        (j, c): float(answer.number[j, k]) for k, c in enumerate(closed) for j in range(len(names))
    }
    trips = dict(zip(closed, map(float, answer.throughput), strict=True))
    if mixed:
        numbers |= open_numbers
        trips |= flows.open_rates
    law = answer.law if not mixed else f"{answer.law} beside open classes"
    notes = tuple(f"an approximation: {reason}" for reason in reasons)
    method: Method = "approximation" if reasons or answer.method == "approximation" else "exact"
    shares = _shares(flows, numbers, trips)
    if method == "exact":
        shares = _with_time_laws(flows, shares)
    responses = {
        name: math.fsum(n for (_, owner), n in numbers.items() if owner == name) / rate
        for name, rate in trips.items()
    }
    only = next(iter(shares.values())).response_law if len(shares) == 1 else UNKNOWN_LAW
    return Solution(
        law,
        method,
        shares,
        trips=trips,
        responses={name: (time, only) for name, time in responses.items()},
        notes=notes,
    )


def _servers(flows: Traffic, name: str) -> float:
    servers = flows.network.stations[name].servers
    return math.inf if servers == "infinite" else float(servers)


def _demands(flows: Traffic, classes: list[str]) -> Floats:
    """What a customer needs of each station in a trip, stations x classes, s."""
    names = list(flows.network.stations)
    table = np.zeros((len(names), len(classes)))
    for k, visit in enumerate(flows.graph.visits):
        for column, name in enumerate(classes):
            table[names.index(visit.station), column] += flows.trips[name][k] * mean(visit.service)
    return table


Numbers = dict[tuple[int, str], float]


def _closed(
    flows: Traffic, closed: list[str], demands: Floats, servers: Floats
) -> tuple[ClosedAnswer, Numbers]:
    """The closed classes beside the open ones, and the numbers of the open ones beside them."""
    loads = _demands(flows, list(flows.open_rates)) @ np.array(list(flows.open_rates.values()))
    occupied = np.where(np.isfinite(servers), loads / servers, 0.0)
    classes = [flows.network.classes[name] for name in closed]
    thinking = [mean(c.think_time) if c.think_time else 0.0 for c in classes]
    population = [c.population or 0 for c in classes]
    in_turn = np.array([_unequal(flows, name) for name in flows.network.stations], dtype=float)
    shared = (loads > 0) & np.isfinite(servers) & (servers > 1)
    if shared.any() and not in_turn.any():
        speeds = {
            int(j): speeds_beside_open(float(loads[j]), int(servers[j]), sum(population) + 1)
            for j in np.flatnonzero(shared)
        }
        slowed = demands / np.where(shared, 1.0, 1 - occupied)[:, None]
        one = np.where(shared, 1.0, servers).tolist()
        factors = {j: speed.tolist() for j, speed in speeds.items()}
        network = closed_network(slowed, population, thinking, one, factors)
        if size(network) <= SIZE_LIMIT:
            answer = solve_closed(network)
            return answer, _open(flows, servers, answer, speeds)
    slowed = demands / (1 - occupied)[:, None]
    network = closed_network(slowed, population, thinking, servers.tolist())
    if in_turn.any():
        answer = closed_first_come(network, _visits(flows, closed), _scvs(flows, closed), in_turn)
    else:
        answer = solve_closed(network)
        if shared.any():  # too many populations to tell apart
            answer = replace(answer, method="approximation")
    return answer, _open(flows, servers, answer, {})


def _visits(flows: Traffic, classes: list[str]) -> Floats:
    """Visits of a customer to each station in a trip, stations x classes."""
    names = list(flows.network.stations)
    table = np.zeros((len(names), len(classes)))
    for k, visit in enumerate(flows.graph.visits):
        for column, name in enumerate(classes):
            table[names.index(visit.station), column] += flows.trips[name][k]
    return table


def _scvs(flows: Traffic, classes: list[str]) -> Floats:
    """Squared variation of the services of a class at each station, stations x classes."""
    names = list(flows.network.stations)
    squares = np.zeros((len(names), len(classes)))
    for k, visit in enumerate(flows.graph.visits):
        for column, name in enumerate(classes):
            square = visit.service.moment(2)
            squares[names.index(visit.station), column] += flows.trips[name][k] * square
    visits, demands = _visits(flows, classes), _demands(flows, classes)
    known = demands > 0
    scvs = np.ones_like(squares)
    scvs[known] = np.maximum(squares[known] * visits[known] / demands[known] ** 2 - 1, 0.0)
    if not np.isfinite(scvs).all():
        raise NoLaw("it has closed classes whose services have no variance")
    return scvs


def _unequal(flows: Traffic, name: str) -> bool:
    """Whether a station serves in turn what is not exponential with one mean for all."""
    station = flows.network.stations[name]
    services = [visit.service for visit in flows.graph.visits if visit.station == name]
    if station.servers == "infinite" or station.discipline.law is Law.SHARING or not services:
        return False
    alike = all(math.isclose(mean(s), mean(services[0]), rel_tol=1e-9) for s in services)
    return not (alike and all(map(is_exponential, services)))


def _open(
    flows: Traffic, servers: Floats, answer: ClosedAnswer, speeds: Mapping[int, Floats]
) -> Numbers:
    """Mean numbers of the open classes, who find the closed ones in their way."""
    names = list(flows.open_rates)
    if not names:
        return {}
    rates = np.array([flows.open_rates[name] for name in names])
    demands = _demands(flows, names)
    alone = open_demands(rates.tolist(), demands, servers.tolist())
    finite = np.isfinite(servers)
    many = np.where(finite, servers, 1.0)
    spare = np.where(finite, many - demands @ rates, 1.0)
    slowed = np.where(finite, answer.number.sum(axis=1) / spare, 0.0)
    numbers = alone.number + (demands * slowed[:, None]) * rates
    for j, factors in speeds.items():
        loads = demands[j] * rates
        total = open_number(float(loads.sum()), factors, answer.distributions[j])
        numbers[j] = total * loads / loads.sum()
    return {
        (j, name): float(numbers[j, column])
        for column, name in enumerate(names) for j in range(len(servers))
    }  # fmt: skip


def _shares(
    flows: Traffic, numbers: Numbers, trips: dict[str, float]
) -> dict[tuple[str, str], Share]:
    """Each visit of a customer waits alike in turn, and elsewhere as long as its service asks."""
    names = list(flows.network.stations)
    needs, visits = _demands(flows, list(trips)), _visits(flows, list(trips))
    parts: dict[tuple[str, str], list[Share]] = {}
    for column, (origin, rate) in enumerate(trips.items()):
        for k, visit in enumerate(flows.graph.visits):
            flow = rate * float(flows.trips[origin][k])
            if flow == 0:
                continue
            j, service = names.index(visit.station), mean(visit.service)
            needed = rate * float(needs[j, column])
            if flows.network.stations[visit.station].discipline.law is Law.SHARING:
                wait = numbers[j, origin] / needed * service - service if needed else 0.0
            else:
                wait = (numbers[j, origin] - needed) / rate / float(visits[j, column])
            share = Share(flow, service, max(0.0, wait))
            parts.setdefault((visit.station, visit.customer_class), []).append(share)
    return {key: together(some) for key, some in parts.items()}


def _with_time_laws(
    flows: Traffic, shares: dict[tuple[str, str], Share]
) -> dict[tuple[str, str], Share]:
    """Clients who think and one station that serves them in turn: the machine repairman."""
    if len(shares) != 1 or len(flows.graph.visits) != 1 or flows.open_rates:
        return shares
    [(key, share)] = shares.items()
    station, customers = flows.network.stations[key[0]], flows.network.classes[key[1]]
    thinking = mean(customers.think_time) if customers.think_time else 0.0
    [visit] = flows.graph.visits
    fits = station.servers != "infinite" and station.discipline == FCFS and thinking > 0
    if not fits or station.servers == "infinite" or flows.exits(0) < 1:
        return shares
    if not is_exponential(visit.service):
        return shares
    queue = machine_repairman(
        customers.population or 0, 1 / thinking, 1 / mean(visit.service), station.servers
    )
    waits, responses = time_laws(queue)
    whole = Share(
        share.rate,
        share.service,
        share.waiting_time,
        waiting_law=waits,
        response_law=responses,
    )
    return {key: whole}
