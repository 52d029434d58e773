"""Stations with general services or arrivals."""

import math
from dataclasses import replace
from fractions import Fraction

from models.laws.arguments import non_negative, positive, whole
from models.laws.queueing.markovian import m_m_c, offered_load
from models.laws.queueing.station_law import Queue, Unstable


def spare_share(arrival_rate: float, service_time: float) -> float:
    """Share of the time in which the server idles, without loss of digits near 0.

    Arguments:
        arrival_rate: /s.
        service_time: mean, s.

    Raises:
        ValueError: an argument out of range.
        Unstable: it never idles.
    """
    positive("arrival_rate", arrival_rate)
    positive("service_time", service_time)
    idle = 1 - Fraction(arrival_rate) * Fraction(service_time)
    if idle <= 0:
        utilization = arrival_rate * service_time
        raise Unstable(max(1.0, utilization), arrival_rate, 1 / service_time)
    return float(idle)


def m_g_1(
    arrival_rate: float,
    service_time: float,
    second_moment: float,
    third_moment: float | None = None,
) -> Queue:
    """One server with any service; first come, first served.

    Arguments:
        arrival_rate: /s.
        service_time: mean, s.
        second_moment: of the service time, s^2.
        third_moment: of the service time, s^3; with it the answer knows the variances.

    Raises:
        ValueError: an argument out of range, or no distribution has these moments.
        Unstable: the server can't keep up.

    Source: Pollaczek (1930) and Khinchine (1932); the second moment of the wait from Takacs (1962).
    """
    idle = spare_share(arrival_rate, service_time)
    check_moments(service_time, second_moment, third_moment)
    waiting_time = arrival_rate * second_moment / 2 / idle
    queue = _one_server(arrival_rate, service_time, waiting_time)
    queue = replace(queue, wait_probability=queue.utilization, law="M/G/1 (Pollaczek-Khinchine)")
    if third_moment is None:
        return queue
    variance = waiting_time * waiting_time + arrival_rate * third_moment / 3 / idle
    service_variance = max(0.0, second_moment - service_time * service_time)
    return replace(
        queue, waiting_time_variance=variance, response_time_variance=variance + service_variance
    )


def check_moments(mean: float, second_moment: float, third_moment: float | None) -> None:
    """Refuse moments that no time has.

    Raises:
        ValueError: a moment is out of range, or too small beside the lower ones.
    """
    positive("second_moment", second_moment)
    if second_moment < mean * mean * (1 - 1e-12):
        raise ValueError(f"second_moment is {second_moment}; a mean of {mean} has more")
    if third_moment is None:
        return
    positive("third_moment", third_moment)
    if third_moment * mean < second_moment * second_moment * (1 - 1e-12):
        raise ValueError(f"third_moment is {third_moment}; these lower moments have more")


def m_g_1_processor_sharing(arrival_rate: float, service_time: float) -> Queue:
    """One server that all customers share evenly; any service with this mean.

    Arguments:
        arrival_rate: /s.
        service_time: mean, alone on the server, s.

    Raises:
        ValueError: an argument out of range.
        Unstable: the server can't keep up.

    Source: Kleinrock (1976), Queueing Systems 2, section 4.4.
    """
    idle = spare_share(arrival_rate, service_time)
    utilization = arrival_rate * service_time
    queue = _one_server(arrival_rate, service_time, utilization * service_time / idle)
    return replace(queue, law="M/G/1-PS", number_law=lambda n: idle * utilization**n)


def processor_sharing_response(arrival_rate: float, service_time: float, own: float) -> float:
    """Mean time in a shared server of a customer whose service time is known, s.

    Arguments:
        arrival_rate: /s.
        service_time: mean of all customers, s.
        own: service time of this one, s.

    Raises:
        ValueError: an argument out of range.
        Unstable: the server can't keep up.

    Source: Kleinrock (1976), equation 4.17.
    """
    return non_negative("own", own) / spare_share(arrival_rate, service_time)


def kingman_bound(
    arrival_rate: float, service_time: float, arrival_variance: float, service_variance: float
) -> float:
    """No first-come first-served G/G/1 queue has a longer mean wait, s.

    Arguments:
        arrival_rate: /s.
        service_time: mean, s.
        arrival_variance: of the time between two arrivals, s^2.
        service_variance: of the service time, s^2.

    Raises:
        ValueError: an argument out of range.
        Unstable: the server can't keep up.

    Source: Kingman (1962), Some inequalities for the queue GI/G/1.
    """
    idle = spare_share(arrival_rate, service_time)
    non_negative("arrival_variance", arrival_variance)
    non_negative("service_variance", service_variance)
    return arrival_rate * (arrival_variance + service_variance) / 2 / idle


def lighter_traffic(
    utilization: float, arrival_scv: float, service_scv: float, servers: int = 1
) -> float:
    """Factor on a wait that is right in heavy traffic, for less than that.

    Arguments:
        utilization: 0 to 1.
        arrival_scv: variance of the time between two arrivals over its squared mean.
        service_scv: variance of the service time over its squared mean.
        servers: 1 or more.

    Source: one server: Kraemer and Langenbach-Belz (1976), Approximate formulae for the delay in
        the queueing system GI/G/1, for regular arrivals alone, as in Whitt (1983); several: Whitt
        (1993), Approximations for the GI/G/m queue, equations 2.22 to 2.25.
    """
    if arrival_scv + service_scv == 0:
        return 1.0  # nobody waits where nothing varies
    deterministic = math.exp(-2 * (1 - utilization) / (3 * utilization))  # of D/M/1
    if servers == 1:
        irregular = max(0.0, 1 - arrival_scv) ** 2 / (arrival_scv + service_scv)
        return float(deterministic**irregular)
    some = (1 - utilization) * (servers - 1) * (math.sqrt(4 + 5 * servers) - 2)
    gain = min(0.24, some / (16 * servers * utilization))
    regular_services, regular_arrivals = 1 + gain, (1 - 4 * gain) * deterministic
    both = min(1.0, (regular_services + regular_arrivals) / 2)
    alike = both ** (2 * max(0.0, 1 - (arrival_scv + service_scv) / 2))
    if arrival_scv >= service_scv:
        whole_part = 4 * arrival_scv - 3 * service_scv
        part = 4 * (arrival_scv - service_scv) / whole_part
        return float(part * regular_services + (1 - part) * alike)
    part = (service_scv - arrival_scv) / 2 / (arrival_scv + service_scv)
    return float(part * regular_arrivals + (1 - part) * alike)


def g_g_1(
    arrival_rate: float, service_time: float, arrival_scv: float, service_scv: float
) -> Queue:
    """One server with any arrivals and services: an approximation, good in heavy traffic.

    Arguments:
        arrival_rate: /s.
        service_time: mean, s.
        arrival_scv: variance of the time between two arrivals over its squared mean.
        service_scv: variance of the service time over its squared mean.

    Raises:
        ValueError: an argument out of range.
        Unstable: the server can't keep up.

    Source: Kingman (1961), The single server queue in heavy traffic, corrected by Kraemer and
        Langenbach-Belz (1976); M/G/1 is met exactly.
    """
    idle = spare_share(arrival_rate, service_time)
    variation = non_negative("arrival_scv", arrival_scv) + non_negative("service_scv", service_scv)
    load = arrival_rate * service_time
    factor = lighter_traffic(load, arrival_scv, service_scv)
    waiting_time = variation / 2 * factor * load * service_time / idle
    queue = _one_server(arrival_rate, service_time, waiting_time)
    return replace(queue, method="approximation", law="G/G/1 (Kraemer and Langenbach-Belz)")


def g_g_c(
    arrival_rate: float,
    service_time: float,
    servers: int,
    arrival_scv: float,
    service_scv: float,
) -> Queue:
    """Several servers with any arrivals and services: an approximation.

    Arguments:
        arrival_rate: /s.
        service_time: mean, s.
        servers: 1 or more.
        arrival_scv: variance of the time between two arrivals over its squared mean.
        service_scv: variance of the service time over its squared mean.

    Raises:
        ValueError: an argument out of range.
        Unstable: the servers can't keep up.

    Source: Allen (1990), Probability, Statistics and Queueing Theory, section 5.4: the wait of
        M/M/c times the mean of both squared coefficients of variation; in less than heavy traffic
        corrected by Whitt (1993).
    """
    positive("service_time", service_time)
    markovian = m_m_c(arrival_rate, positive("1 / service_time", 1 / service_time), servers)
    variation = non_negative("arrival_scv", arrival_scv) + non_negative("service_scv", service_scv)
    factor = lighter_traffic(markovian.utilization, arrival_scv, service_scv, servers)
    waiting_time = markovian.waiting_time * variation / 2 * factor
    load = offered_load(arrival_rate, 1 / service_time)
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=load / whole("servers", servers, 1),
        number=load + arrival_rate * waiting_time,
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=service_time + waiting_time,
        method="approximation",
        law="G/G/c (Allen-Cunneen, Whitt)",
    )


def _one_server(arrival_rate: float, service_time: float, waiting_time: float) -> Queue:
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=arrival_rate * service_time,
        number=arrival_rate * (waiting_time + service_time),
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=waiting_time + service_time,
        law="",
    )
