"""Operational laws: they hold for every system over every time in which as many leave as come."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.laws.arguments import non_negative, positive, probability, whole


def utilization(throughput: float, service_time: float) -> float:
    """Share of time that a server is busy, U = X S.

    Arguments:
        throughput: of the server, X, /s.
        service_time: mean, S, s.

    Raises:
        ValueError: an argument out of range, or more work than the server has time for.

    Source: Denning and Buzen (1978), The operational analysis of queueing network models.
    """
    busy = non_negative("throughput", throughput) * non_negative("service_time", service_time)
    if busy > 1:
        raise ValueError(
            f"throughput {throughput} /s and service_time {service_time} s keep a server busy "
            f"{busy} of the time; no more than 1 is possible"
        )
    return busy


def mean_number(throughput: float, response_time: float) -> float:
    """Mean number in a system, N = X R.

    Arguments:
        throughput: X, /s.
        response_time: mean time in the system, R, s.

    Raises:
        ValueError: an argument out of range.

    Source: Little (1961), A proof for the queuing formula L = lambda W.
    """
    return non_negative("throughput", throughput) * non_negative("response_time", response_time)


def station_throughput(visits: float, throughput: float) -> float:
    """Throughput of a station by the forced flow law, X_k = V_k X, /s.

    Arguments:
        visits: of a customer to the station, V_k.
        throughput: of the whole system, X, /s.

    Raises:
        ValueError: an argument out of range.

    Source: Denning and Buzen (1978).
    """
    return non_negative("visits", visits) * non_negative("throughput", throughput)


def response_time(population: float, throughput: float, think_time: float = 0.0) -> float:
    """Response time of an interactive system, R = N/X - Z, s.

    Arguments:
        population: customers, N.
        throughput: X, /s.
        think_time: mean, Z, s.

    Raises:
        ValueError: an argument out of range, or more thinking than the customers have time for.

    Source: Denning and Buzen (1978).
    """
    cycle = non_negative("population", population) / positive("throughput", throughput)
    if non_negative("think_time", think_time) > cycle:
        raise ValueError(f"think_time is {think_time} s; a whole cycle takes only {cycle} s")
    return cycle - think_time


def service_demand(visits: float, service_time: float) -> float:
    """Service that a customer needs of a station in all, D = V S, s.

    Arguments:
        visits: of a customer to the station, V.
        service_time: mean of one visit, S, s.

    Raises:
        ValueError: an argument out of range.

    Source: Denning and Buzen (1978).
    """
    return non_negative("visits", visits) * non_negative("service_time", service_time)


def measured_demand(utilization: float, throughput: float) -> float:
    """Service demand from what can be measured, D = U/X, s.

    Arguments:
        utilization: of the station's server, U, 0 to 1.
        throughput: of the whole system, X, /s.

    Raises:
        ValueError: an argument out of range.

    Source: Denning and Buzen (1978).
    """
    return probability("utilization", utilization) / positive("throughput", throughput)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Between which values throughput and response time of a closed system lie.

    Arguments:
        throughput_low: /s.
        throughput_high: /s.
        response_time_low: s.
        response_time_high: s.
    """

    throughput_low: float
    throughput_high: float
    response_time_low: float
    response_time_high: float


def asymptotic_bounds(demands: Sequence[float], population: int, think_time: float = 0.0) -> Bounds:
    """Bounds for any closed system of single servers.

    X <= min(1/D_max, N/(D+Z)) and R >= max(D, N D_max - Z) where nobody waits but at the
    bottleneck; X >= N/(N D + Z) and R <= N D where each waits for all others at every station.

    Arguments:
        demands: of a customer at each station, s.
        population: customers, N.
        think_time: mean, Z, s.

    Raises:
        ValueError: an argument out of range, or all demands zero.

    Source: Muntz and Wong (1974), Asymptotic properties of closed queueing network models;
        Lazowska et al. (1984), Quantitative System Performance, table 5.1.
    """
    total, largest = _total_and_largest(demands, think_time)
    customers = whole("population", population, 1)
    return Bounds(
        throughput_low=customers / (customers * total + think_time),
        throughput_high=min(1 / largest, customers / (total + think_time)),
        response_time_low=max(total, customers * largest - think_time),
        response_time_high=customers * total,
    )


def balanced_job_bounds(
    demands: Sequence[float], population: int, think_time: float = 0.0
) -> Bounds:
    """Tighter bounds for separable closed networks of single servers.

    The network lies between one with the same total demand spread evenly and one with as many
    stations of the largest demand as it holds.

    Arguments:
        demands: of a customer at each station, s; a station without demand counts for nothing.
        population: customers, N.
        think_time: mean, Z, s.

    Raises:
        ValueError: an argument out of range, or all demands zero.

    Source: Zahorjan, Sevcik, Eager and Galler (1982), Balanced job bound analysis of queueing
        networks; with think time Lazowska et al. (1984), table 5.2.
    """
    total, largest = _total_and_largest(demands, think_time)
    customers = whole("population", population, 1)
    average = total / sum(demand > 0 for demand in demands)
    others = customers - 1
    low = total + others * average / (1 + think_time / total)
    high = total + others * largest / (1 + think_time / (customers * total))
    return Bounds(
        throughput_low=customers / (think_time + high),
        throughput_high=min(1 / largest, customers / (think_time + low)),
        response_time_low=max(customers * largest - think_time, low),
        response_time_high=high,
    )


def saturation_population(demands: Sequence[float], think_time: float = 0.0) -> float:
    """Customers beyond which some must wait, N* = (D+Z)/D_max.

    Arguments:
        demands: of a customer at each station, s.
        think_time: mean, Z, s.

    Raises:
        ValueError: an argument out of range, or all demands zero.

    Source: Lazowska et al. (1984), section 5.2.
    """
    total, largest = _total_and_largest(demands, think_time)
    return (total + think_time) / largest


def _total_and_largest(demands: Sequence[float], think_time: float) -> tuple[float, float]:
    non_negative("think_time", think_time)
    largest = max((non_negative("demands", demand) for demand in demands), default=0.0)
    if largest == 0:
        raise ValueError("demands are all zero: nothing bounds the throughput")
    return sum(demands), largest
