"""The formula of a whole network with its numbers: of closed customers, and of a limit."""

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from models.queueing.distributions import mean
from models.queueing.traffic import Traffic, as_number
from models.queueing.worked_steps import Found, number, seconds

_MOST = 500  # customers; of more, the constants are beyond the range of a double
_SHOWN = 4  # populations that are all shown, one a line
_NAMED = 5  # stations whose figures fit on a line

Station = tuple[str, float, float]  # its name, what a customer needs of it, s, its servers


def closed_formula(flows: Traffic) -> Iterator[Found]:
    """Of one class of customers who go round: mean-value analysis, or convolution.

    Arguments:
        flows: of the network.
    """
    [*closed] = flows.graph.closed
    if len(closed) != 1 or flows.open_rates:
        return
    customers = flows.network.classes[closed[0]]
    population = customers.population or 0
    if not 1 <= population <= _MOST:
        return
    think = 0.0 if customers.think_time is None else mean(customers.think_time)
    stations = _stations(flows, [float(times) for times in flows.trips[closed[0]]])
    if all(servers in (1, math.inf) for _, _, servers in stations):
        yield _mean_value_analysis(stations, population, think)
    else:
        found = _convolution(stations, population, think)
        if found is not None:
            yield found


def limited_formula(flows: Traffic) -> Iterator[Found]:
    """Of a network in which only so many may be at once: one server as fast as all of it.

    Arguments:
        flows: of the network.
    """
    network = flows.network
    if len(network.pools) != 1 or len(flows.graph.starts) != 1:
        return
    [pool] = network.pools.values()
    [owner] = flows.graph.starts
    customers = network.classes[owner]
    closed = owner in flows.graph.closed
    population = customers.population or 0
    if pool.limit > _MOST or population > _MOST or (closed and customers.think_time is None):
        return
    stations = _stations(flows, [float(times) for times in flows.trips[owner]])
    rates = _throughputs(stations, min(pool.limit, population) if closed else pool.limit)
    if rates is None:
        return
    if closed:
        assert customers.think_time is not None
        yield _clients(stations, rates, population, mean(customers.think_time), pool.limit)
        return
    rate = flows.open_rates[owner]
    if pool.when_full == "lose" or rate < rates[-1]:
        yield _from_outside(stations, rates, rate, pool.when_full == "lose")


def _stations(flows: Traffic, trips: Sequence[float]) -> list[Station]:
    found = []
    for name, station in flows.network.stations.items():
        demand = math.fsum(
            times * mean(visit.service)
            for visit, times in zip(flows.graph.visits, trips, strict=True)
            if visit.station == name
        )
        if demand > 0:
            found.append((name, demand, as_number(station.servers)))
    return found


def _given(stations: Sequence[Station]) -> str:
    if len(stations) > _NAMED:
        demands = math.fsum(demand for _, demand, _ in stations)
        return f"sum of D = {seconds(demands)} at {len(stations)} stations"
    return ", ".join(
        f"D({name}) = {seconds(demand)}" + _servers(servers) for name, demand, servers in stations
    )


def _servers(servers: float) -> str:
    if servers == 1:
        return ""
    return " (nobody waits)" if math.isinf(servers) else f" ({servers:.0f} servers)"


def _mean_value_analysis(stations: Sequence[Station], population: int, think: float) -> Found:
    numbers = [0.0] * len(stations)
    total, lines = 0.0, []
    for n in range(1, population + 1):
        waits = [0.0 if math.isinf(c) else before
                 for (*_, c), before in zip(stations, numbers, strict=True)]  # fmt: skip
        times = [d * (1 + w) for (_, d, _), w in zip(stations, waits, strict=True)]
        total = math.fsum(times)
        rate = n / (think + total)
        numbers = [rate * time for time in times]
        if population <= _SHOWN or n <= 2 or n == population:
            lines.append(_population(n, stations, waits, numbers, total, rate, think))
        elif n == 3:
            lines.append("and so on, to")
    most = [demand for _, demand, servers in stations if servers == 1]
    whole = think + math.fsum(demand for _, demand, _ in stations)
    steps = [
        f"N = {population}, Z = {seconds(think)}; {_given(stations)}",
        "R(k) = D(k) (1 + L(k) of one customer less); X = n / (Z + sum of R); L(k) = X R(k)",
        *lines,
    ]
    if most:
        steps += [
            "no more than min(1 / max D, N / (Z + sum of D))"
            f" = min({number(1 / max(most))}, {number(population / whole)})"
            f" = {number(min(1 / max(most), population / whole))}/s;"
            f" they cross at N* = (Z + sum of D) / max D = {number(whole / max(most))}"
        ]
    source = "Reiser and Lavenberg (1980); bounds: Lazowska et al. (1984), section 5.2"
    return Found("mean-value analysis", tuple(steps), total, source)


def _population(
    n: int,
    stations: Sequence[Station],
    waits: Sequence[float],
    numbers: Sequence[float],
    total: float,
    rate: float,
    think: float,
) -> str:
    if len(stations) > _NAMED:
        return f"n = {n}: R = {seconds(total)}, X = {number(rate)}/s"
    terms = " + ".join(
        number(demand) if not wait else f"{number(demand)} (1 + {number(wait)})"
        for (_, demand, _), wait in zip(stations, waits, strict=True)
    )
    below = number(total) if not think else f"({number(think)} + {number(total)})"
    return (
        f"n = {n}: R = {terms} = {seconds(total)}, X = {n} / {below} = {number(rate)}/s,"
        f" L = {', '.join(map(number, numbers))}"
    )


def _convolution(stations: Sequence[Station], population: int, think: float) -> Found | None:
    thinking = [("thinking", think, math.inf)] if think else []
    rates = _throughputs([*stations, *thinking], population)
    if rates is None:
        return None
    rate = rates[-1]
    response = population / rate - think
    steps = (
        f"N = {population}, Z = {seconds(think)}; {_given(stations)}",
        "F(k, n) = product over i <= n of D(k) / min(i, servers);"
        " G = F(1) * F(2) * ..., all sums of n" + (", F of Z among them" if think else ""),
        f"X = G(N - 1) / G(N) = {number(rate)}/s",
        f"R = N / X - Z = {population} / {number(rate)} - {number(think)} = {seconds(response)}",
    )
    return Found("convolution", steps, response, "Buzen (1973), Computational algorithms for closed"
                 " queueing networks with exponential servers")  # fmt: skip


def _throughputs(stations: Sequence[Station], most: int) -> list[float] | None:
    """X(1), X(2), ..., X(most) with so many inside; None beyond the range of a double."""
    scale = max(demand for _, demand, _ in stations)
    constants = [1.0] + [0.0] * most
    for _, demand, servers in stations:
        weights = [1.0]
        for i in range(1, most + 1):
            weights.append(weights[-1] * demand / scale / min(i, servers))
        constants = [
            math.fsum(constants[n - i] * weights[i] for i in range(n + 1)) for n in range(most + 1)
        ]
    if not all(0 < one < math.inf for one in constants):
        return None
    return [before / after / scale for before, after in pairwise(constants)]


def _inside(stations: Sequence[Station], rates: Sequence[float]) -> tuple[str, str]:
    shown = sorted({1, min(2, len(rates)), len(rates)})
    return (
        f"X(n), what leaves with n inside, as of a closed network of {_given(stations)}",
        ", ".join(f"X({n}) = {number(rates[n - 1])}/s" for n in shown),
    )


def _from_outside(
    stations: Sequence[Station], rates: Sequence[float], rate: float, lost: bool
) -> Found:
    limit = len(rates)
    states = list(accumulate(rates, lambda before, speed: before * rate / speed, initial=1.0))
    ratio = rate / rates[-1]
    far = 1.0 if lost else 1 - ratio
    beyond = 0.0 if lost else states[-1] * ratio / far
    whole = math.fsum(states) + beyond
    inside = (math.fsum(n * one for n, one in enumerate(states)) + beyond * limit) / whole
    before = beyond / far / whole
    full = states[-1] / whole if lost else 0.0
    response = (inside + before) / (rate * (1 - full))
    given = f"lambda = {number(rate)}/s, limit K = {limit}"
    if lost:
        steps = (
            given,
            *_inside(stations, rates),
            "p(n) = p(n - 1) lambda / X(n), up to K",
            f"p(K) = {number(full)} are lost; L = sum of n p(n) = {number(inside)}",
            f"R = L / (lambda (1 - p(K))) = {number(inside)} / {number(rate * (1 - full))}"
            f" = {seconds(response)}",
        )
    else:
        steps = (
            given,
            *_inside(stations, rates),
            "p(n) = p(n - 1) lambda / X(min(n, K)), n who are inside or wait before it",
            f"inside: {number(inside)}; before it: {number(before)}",
            f"R = L / lambda = ({number(inside)} + {number(before)}) / {number(rate)}"
            f" = {seconds(response)}",
        )
    return Found("flow-equivalent server", steps, response, _LIMITED)


def _clients(
    stations: Sequence[Station], rates: Sequence[float], population: int, think: float, limit: int
) -> Found:
    speeds = [rates[min(n, len(rates)) - 1] for n in range(1, population + 1)]
    coming = [(population - n) / think for n in range(population)]
    steps_up = [come / leave for come, leave in zip(coming, speeds, strict=True)]
    states = list(accumulate(steps_up, lambda before, step: before * step, initial=1.0))
    whole = math.fsum(states)
    there = math.fsum(n * one for n, one in enumerate(states)) / whole
    rate = (population - there) / think
    steps = (
        f"N = {population}, Z = {seconds(think)}, limit K = {limit}",
        *_inside(stations, rates),
        "p(n) = p(n - 1) (N - n + 1) / Z / X(min(n, K)), n who do not think",
        f"L = sum of n p(n) = {number(there)}; X = (N - L) / Z = {number(rate)}/s",
        f"R = L / X = {number(there)} / {number(rate)} = {seconds(there / rate)}",
    )
    return Found("flow-equivalent server", steps, there / rate, _LIMITED)


_LIMITED = (
    "Chandy, Herzog and Woo (1975); Lazowska et al. (1984), Quantitative System Performance,"
    " chapter 9"
)
