"""One station whose customers have priorities; the first class goes first.

A class that gets more work than the higher classes leave it has no steady state and answers with
Unstable; the first such class keeps the servers busy for ever, and the ones below get nothing. The
classes above it are stable all the same, and their answers hold for that busy server.
"""

from collections.abc import Sequence
from fractions import Fraction

from models.laws.arguments import positive, whole
from models.laws.queueing.general import check_moments
from models.laws.queueing.markovian import erlang_b
from models.laws.queueing.station_law import Queue, Unstable


def non_preemptive_m_g_1(
    arrival_rates: Sequence[float],
    service_times: Sequence[float],
    second_moments: Sequence[float],
    third_moments: Sequence[float] | None = None,
) -> list[Queue | Unstable]:
    """One server that ends each service before it turns to the highest class that waits.

    Arguments:
        arrival_rates: of each class, the highest first, /s.
        service_times: means, s.
        second_moments: of the service times, s^2.
        third_moments: of the service times, s^3; with them the answers know the variances.

    Raises:
        ValueError: an argument out of range.

    Source: Cobham (1954); variances from Conway, Maxwell and Miller (1967), section 8-6.
    """
    spare = _spare_shares(arrival_rates, service_times)
    thirds = third_moments if third_moments is not None else [None] * len(arrival_rates)
    _same_length(arrival_rates, second_moments, thirds)
    for moments in zip(service_times, second_moments, thirds, strict=True):
        check_moments(*moments)
    served = _served(arrival_rates, service_times, spare)
    residual = sum(map(_product, served, second_moments)) / 2
    busy = min(1.0, sum(map(_product, served, service_times)))
    answers: list[Queue | Unstable] = []
    for k, (rate, service_time) in enumerate(zip(arrival_rates, service_times, strict=True)):
        if spare[k + 1] <= 0:
            answers.append(_unstable(arrival_rates, service_times, k))
            continue
        above, here = spare[k], spare[k + 1]
        variance = None
        if third_moments is not None:
            higher = sum(map(_product, arrival_rates[:k], second_moments[:k]))
            higher_or_own = higher + rate * second_moments[k]
            square = sum(map(_product, served, third_moments)) / 3 / here
            square += residual * higher_or_own / here / here
            square = square / above / above + residual * higher / here / above / above / above
            waiting_time = residual / above / here
            variance = square - waiting_time * waiting_time
        answers.append(
            _class_of(
                rate,
                service_time,
                residual / above / here,
                law="M/G/1 non-preemptive priority (Cobham)",
                variance=variance,
                service_variance=max(0.0, second_moments[k] - service_time * service_time),
                wait_probability=busy,
            )
        )
    return answers


def non_preemptive_m_m_c(
    arrival_rates: Sequence[float], service_rate: float, servers: int
) -> list[Queue | Unstable]:
    """Several servers that end each service before they turn to the highest class that waits.

    Arguments:
        arrival_rates: of each class, the highest first, /s.
        service_rate: of one server, the same for all classes, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.

    Source: Davis (1966); Kella and Yechiali (1985), Waiting times in the non-preemptive priority
        M/M/c queue.
    """
    positive("service_rate", service_rate)
    servers = whole("servers", servers, 1)
    capacity = servers * service_rate
    service_times = [1 / service_rate] * len(arrival_rates)
    spare = _spare_shares(arrival_rates, service_times, servers)
    idle = max(0.0, spare[-1])
    blocked = erlang_b(servers, sum(arrival_rates) / service_rate)
    wait = blocked / (idle + (1 - idle) * blocked) if idle else 1.0
    answers: list[Queue | Unstable] = []
    for k, rate in enumerate(arrival_rates):
        if spare[k + 1] <= 0:
            answers.append(_unstable(arrival_rates, service_times, k, servers))
            continue
        above, here = spare[k], spare[k + 1]
        # The work in front of a customer is exponential; higher classes then prolong it.
        ahead = wait / capacity / here
        prolonged = 2 * sum(arrival_rates[:k]) / capacity / capacity
        square = 2 * ahead / capacity / here / above / above + ahead * prolonged / above**3
        answers.append(
            _class_of(
                rate,
                1 / service_rate,
                ahead / above,
                servers=servers,
                law="M/M/c non-preemptive priority (Davis)",
                variance=square - ahead / above * ahead / above,
                service_variance=1 / service_rate / service_rate,
                wait_probability=wait,
            )
        )
    return answers


def preemptive_m_g_1(
    arrival_rates: Sequence[float], service_times: Sequence[float], second_moments: Sequence[float]
) -> list[Queue | Unstable]:
    """One server that leaves a customer at once for a higher one, and later resumes the service.

    Arguments:
        arrival_rates: of each class, the highest first, /s.
        service_times: means, s.
        second_moments: of the service times, s^2.

    Raises:
        ValueError: an argument out of range.

    Source: Gross and Harris (1998), section 3.4; Conway, Maxwell and Miller (1967), section 8-7.
    """
    spare = _spare_shares(arrival_rates, service_times)
    _same_length(arrival_rates, second_moments)
    for mean, second_moment in zip(service_times, second_moments, strict=True):
        check_moments(mean, second_moment, None)
    residual = 0.0
    answers: list[Queue | Unstable] = []
    for k, (rate, service_time) in enumerate(zip(arrival_rates, service_times, strict=True)):
        if spare[k + 1] <= 0:
            answers.append(_unstable(arrival_rates, service_times, k))
            continue
        residual += rate * second_moments[k] / 2
        interrupted = service_time * (1 - spare[k]) / spare[k]
        waiting_time = interrupted + residual / spare[k] / spare[k + 1]
        law = "M/G/1 preemptive-resume priority"
        answers.append(_class_of(rate, service_time, waiting_time, law=law))
    return answers


def preemptive_m_m_1(
    arrival_rates: Sequence[float], service_rates: Sequence[float]
) -> list[Queue | Unstable]:
    """One exponential server that leaves a customer at once for a higher one.

    Arguments:
        arrival_rates: of each class, the highest first, /s.
        service_rates: of each class, /s.

    Raises:
        ValueError: an argument out of range.

    Source: White and Christie (1958), Queuing with preemptive priorities or with breakdown.
    """
    times = [1 / positive("service_rates", rate) for rate in service_rates]
    return preemptive_m_g_1(arrival_rates, times, [2 * time * time for time in times])


def _class_of(
    arrival_rate: float,
    service_time: float,
    waiting_time: float,
    law: str,
    servers: int = 1,
    variance: float | None = None,
    service_variance: float = 0.0,
    wait_probability: float | None = None,
) -> Queue:
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=arrival_rate * service_time / servers,
        number=arrival_rate * (waiting_time + service_time),
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=waiting_time + service_time,
        law=law,
        waiting_time_variance=variance,
        response_time_variance=None if variance is None else variance + service_variance,
        wait_probability=wait_probability,
    )


def _spare_shares(
    arrival_rates: Sequence[float], service_times: Sequence[float], servers: int = 1
) -> list[float]:
    """Share of the capacity that the first 0, 1, 2, ... classes leave, without loss of digits."""
    _same_length(arrival_rates, service_times)
    left, shares = Fraction(servers), [1.0]
    for rate, time in zip(arrival_rates, service_times, strict=True):
        positive("arrival_rates", rate)
        positive("service_times", time)
        left -= Fraction(rate) * Fraction(time)
        shares.append(float(left / servers))
    return shares


def _served(
    arrival_rates: Sequence[float], service_times: Sequence[float], spare: Sequence[float]
) -> list[float]:
    """Throughput of each class, /s: the first unstable one takes all that is left."""
    return [
        rate if after > 0 else max(0.0, before) / time
        for rate, time, before, after in zip(
            arrival_rates, service_times, spare[:-1], spare[1:], strict=True
        )
    ]


def _unstable(
    arrival_rates: Sequence[float], service_times: Sequence[float], k: int, servers: int = 1
) -> Unstable:
    load = sum(map(_product, arrival_rates[: k + 1], service_times[: k + 1]))
    return Unstable(max(1.0, load / servers))


def _product(a: float, b: float) -> float:
    return a * b


def _same_length(*arguments: Sequence[object]) -> None:
    lengths = [len(argument) for argument in arguments]
    if not lengths[0] or len(set(lengths)) > 1:
        raise ValueError(f"arguments have the lengths {lengths}; each class needs one of each")
