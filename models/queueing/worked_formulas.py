"""The formula of the law of each station, with its numbers put in, as a student writes it down."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.laws.queueing.markovian import erlang_b, erlang_c
from models.queueing.demands import Demand, Input, Mixture
from models.queueing.disciplines import Law
from models.queueing.network import Network
from models.queueing.network_answer import NetworkAnswer
from models.queueing.solve_open import station_inputs
from models.queueing.solve_room import one_server_in_room
from models.queueing.stations import Station
from models.queueing.traffic import Traffic, traffic
from models.queueing.worked_networks import closed_formula, limited_formula
from models.queueing.worked_patience import impatient_formula
from models.queueing.worked_steps import Found
from models.queueing.worked_steps import number as _n
from models.queueing.worked_steps import seconds as _s

_SAME = 1e-6  # relative; a formula that gives another figure than the law is not that law


@dataclass(frozen=True)
class Worked:
    """The formula of one station, or of the whole network, worked out.

    Arguments:
        station: its name; empty for the network.
        law: what the formula is called; empty where none fits on a few lines.
        steps: one a line: a symbol, its formula, and the formula with its numbers.
        source: where it is from.
    """

    station: str
    law: str
    steps: tuple[str, ...]
    source: str


def worked(network: Network, answer: NetworkAnswer) -> tuple[Worked, ...]:
    """The formula of each station, or of a network that is solved as a whole.

    Of stations without a short one there is the name alone. A formula is only given where it gives
    the figure of the answer.

    Arguments:
        network: the description.
        answer: of the laws.
    """
    if not answer.stations or answer.unstable or network.horizon is not None:
        return ()
    flows = traffic(network)
    if network.pools or flows.graph.closed:
        return _of_network(flows, answer)
    responses = {
        one.station: one.response_time.mean
        for one in answer.stations
        if one.customer_class is None and one.response_time is not None
    }
    found = []
    for name, station, demands, comes in station_inputs(flows):
        fitting = [
            one
            for one in _formulas(station, demands, comes)
            if math.isclose(one.response, responses.get(name, math.nan), rel_tol=_SAME)
        ]
        one = fitting[0] if fitting else Found("", (), 0.0, "")
        found.append(Worked(name, one.law, one.steps, one.source))
    return tuple(found)


def _of_network(flows: Traffic, answer: NetworkAnswer) -> tuple[Worked, ...]:
    """The formula of a network whose stations can't be solved one by one."""
    responses = [one.response_time.mean for one in answer.classes if one.response_time is not None]
    found = limited_formula(flows) if flows.network.pools else closed_formula(flows)
    return tuple(
        Worked("", one.law, one.steps, one.source)
        for one in found
        if len(responses) == 1 and math.isclose(one.response, responses[0], rel_tol=_SAME)
    )


def _formulas(station: Station, demands: Sequence[Demand], comes: Input) -> Iterator[Found]:
    """What may be the law of a station, the plainest first."""
    mixed = Mixture(demands)
    if station.servers == "infinite":
        yield Found(
            "M/G/infinity", ("R = S", f"  = {_s(mixed.mean)}"), mixed.mean,
            "Gross and Harris (1998), section 2.6",
        )  # fmt: skip
        return
    servers, load = station.servers, mixed.rate * mixed.mean
    yield from impatient_formula(servers, mixed)
    if station.capacity is not None:
        yield from _limited(servers, station.capacity, mixed, load)
        shared = station.discipline.law is Law.SHARING
        if servers == 1 < station.capacity and not (mixed.exponential or shared):
            yield _general_room(station.capacity, mixed, load)
        return
    if load >= servers:
        return
    if servers == 1:
        yield _one_server(mixed, load, shared=station.discipline.law is Law.SHARING)
        if math.isfinite(mixed.moment(2)):
            yield _pollaczek(mixed, load)
    yield _erlang(mixed, servers, load)
    if len({demand.priority for demand in demands}) > 1 and servers == 1:
        yield _cobham(mixed)
    if math.isfinite(mixed.moment(2)):
        yield _allen_cunneen(mixed, servers, load, comes)


def _given(mixed: Mixture, servers: int) -> tuple[str, ...]:
    return (
        f"lambda = {_n(mixed.rate)}/s, S = {_s(mixed.mean)}, c = {servers}",
        f"a = lambda S = {_n(mixed.rate)} x {_n(mixed.mean)} = {_n(mixed.rate * mixed.mean)}",
    )


def _one_server(mixed: Mixture, load: float, shared: bool) -> Found:
    response = mixed.mean / (1 - load)
    return Found(
        "M/G/1-PS" if shared else "M/M/1",
        (
            *_given(mixed, 1)[:1],
            f"U = lambda S = {_n(mixed.rate)} x {_n(mixed.mean)} = {_n(load)}",
            f"R = S / (1 - U) = {_n(mixed.mean)} / (1 - {_n(load)}) = {_s(response)}",
            f"W = R - S = {_s(response - mixed.mean)}",
            f"L = lambda R = {_n(mixed.rate)} x {_n(response)} = {_n(mixed.rate * response)}"
            "  (Little)",
        ),
        response,
        "Kleinrock (1976), section 4.4" if shared else "Kleinrock (1975), section 3.2",
    )


def _pollaczek(mixed: Mixture, load: float) -> Found:
    second = mixed.moment(2)
    wait = mixed.rate * second / 2 / (1 - load)
    return Found(
        "M/G/1 (Pollaczek-Khinchine)",
        (
            f"lambda = {_n(mixed.rate)}/s, S = {_s(mixed.mean)}, E[S^2] = {_n(second)} s^2",
            f"U = lambda S = {_n(mixed.rate)} x {_n(mixed.mean)} = {_n(load)}",
            f"W = lambda E[S^2] / (2 (1 - U)) = {_n(mixed.rate)} x {_n(second)}"
            f" / (2 (1 - {_n(load)})) = {_s(wait)}",
            f"R = W + S = {_n(wait)} + {_n(mixed.mean)} = {_s(wait + mixed.mean)}",
        ),
        wait + mixed.mean,
        "Pollaczek (1930); Khinchine (1932); Kleinrock (1975), section 5.6",
    )


def _erlang(mixed: Mixture, servers: int, load: float) -> Found:
    waits = erlang_c(servers, load)
    wait = waits * mixed.mean / (servers - load)
    return Found(
        "M/M/c (Erlang C)",
        (
            *_given(mixed, servers),
            f"U = a / c = {_n(load)} / {servers} = {_n(load / servers)}",
            f"C = (a^c / c!) / ((1 - U) sum over k < c of a^k / k! + a^c / c!) = {_n(waits)}",
            f"W = C S / (c - a) = {_n(waits)} x {_n(mixed.mean)} / ({servers} - {_n(load)})"
            f" = {_s(wait)}",
            f"R = W + S = {_n(wait)} + {_n(mixed.mean)} = {_s(wait + mixed.mean)}",
        ),
        wait + mixed.mean,
        "Erlang (1917); Gross and Harris (1998), section 2.3",
    )


def _limited(servers: int, capacity: int, mixed: Mixture, load: float) -> Iterator[Found]:
    if capacity == servers:
        lost = erlang_b(servers, load)
        steps = (
            *_given(mixed, servers),
            f"B = (a^c / c!) / sum over k <= c of a^k / k! = {_n(lost)}",
            f"served: lambda (1 - B) = {_n(mixed.rate * (1 - lost))}/s; R = S = {_s(mixed.mean)}",
        )
        yield Found("M/G/c/c (Erlang B)", steps, mixed.mean, "Erlang (1917)")
        return
    weights = [1.0]
    for k in range(1, capacity + 1):
        weights.append(weights[-1] * load / min(k, servers))
    whole = math.fsum(weights)
    full = weights[-1] / whole
    number = math.fsum(k * weight for k, weight in enumerate(weights)) / whole
    served = mixed.rate * (1 - full)
    yield Found(
        "M/M/c/K",
        (
            *_given(mixed, servers),
            f"p(n) = p(0) a^n / n! up to c, then a / c times the one before, up to K = {capacity}",
            f"p(K) = {_n(full)} are lost; L = sum of n p(n) = {_n(number)}",
            f"R = L / (lambda (1 - p(K))) = {_n(number)} / {_n(served)} = {_s(number / served)}",
        ),
        number / served,
        "Gross and Harris (1998), section 2.4",
    )


def _general_room(capacity: int, mixed: Mixture, load: float) -> Found:
    queue = one_server_in_room(mixed, capacity)
    lost, served = queue.blocking_probability, queue.throughput
    empty = queue.number_probability(0) or 0.0
    left = load * empty / (1 - empty)
    return Found(
        "M/G/1/K",
        (
            f"lambda = {_n(mixed.rate)}/s, S = {_s(mixed.mean)}, K = {capacity}",
            f"a = lambda S = {_n(mixed.rate)} x {_n(mixed.mean)} = {_n(load)}",
            "A(j): chance that more than j come during a service, a(0) that nobody does",
            f"q(n): n < {capacity} are left behind by a departure:"
            " q(n + 1) a(0) = q(0) A(n) + sum of q(i) A(n + 1 - i) from i = 1 to n",
            f"q(0) = {_n(left)}; p(n) = q(n) / (q(0) + a); p(K) = 1 - 1 / (q(0) + a)"
            f" = {_n(lost)} are lost",
            f"L = sum of n p(n) = {_n(queue.number)}",
            f"R = L / (lambda (1 - p(K))) = {_n(queue.number)} / {_n(served)}"
            f" = {_s(queue.response_time)}",
        ),
        queue.response_time,
        "Keilson (1966); Takagi (1993), section 1.1",
    )


def _cobham(mixed: Mixture) -> Found:
    """One server by priority that ends what it began."""
    residual = mixed.rate * mixed.moment(2) / 2
    steps = [f"W0 = sum of lambda E[S^2] / 2 = {_s(residual)}"]
    below, total = 0.0, 0.0
    for rank in sorted({demand.priority for demand in mixed.demands}):
        mine = [demand for demand in mixed.demands if demand.priority == rank]
        load = math.fsum(demand.rate * demand.service.moment(1) for demand in mine)
        wait = residual / (1 - below) / (1 - below - load)
        steps.append(
            f"priority {rank}: W = W0 / ((1 - {_n(below)}) (1 - {_n(below + load)})) = {_s(wait)}"
        )
        total += math.fsum(demand.rate for demand in mine) * wait
        below += load
    wait = total / mixed.rate
    steps.append(f"over all: W = {_s(wait)}, R = W + S = {_s(wait + mixed.mean)}")
    source = "Cobham (1954), Priority assignment in waiting line problems"
    return Found("M/G/1 by priority (Cobham)", tuple(steps), wait + mixed.mean, source)


def _allen_cunneen(mixed: Mixture, servers: int, load: float, comes: Input) -> Found:
    from models.laws.queueing.general import g_g_c

    queue = g_g_c(mixed.rate, mixed.mean, servers, comes.scv, mixed.scv)
    waits = erlang_c(servers, load)
    markovian = waits * mixed.mean / (servers - load)
    half = (comes.scv + mixed.scv) / 2
    factor = queue.waiting_time / (markovian * half) if markovian * half > 0 else 1.0
    return Found(
        "G/G/c (Allen-Cunneen, Whitt)",
        (
            *_given(mixed, servers),
            f"Ca^2 = {_n(comes.scv)}, Cs^2 = {_n(mixed.scv)}: squared coefficients of variation",
            f"W(M/M/c) = C S / (c - a) = {_s(markovian)}, with C = {_n(waits)}",
            f"W = W(M/M/c) (Ca^2 + Cs^2) / 2 = {_n(markovian)} x {_n(half)}"
            + (f" x {_n(factor)} (Whitt)" if not math.isclose(factor, 1.0) else "")
            + f" = {_s(queue.waiting_time)}",
            f"R = W + S = {_s(queue.response_time)}",
        ),
        queue.response_time,
        "Allen (1990), section 5.4; Whitt (1993)",
    )
