"""Stations with Poisson arrivals and exponential services."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from models.laws.arguments import non_negative, positive, whole
from models.laws.queueing.quantiles import Array, ErlangWait, ExponentialWait, unimodal
from models.laws.queueing.station_law import Queue, Unstable

MOST_STATES = 10_000_000
_FAR = 40.0  # roots of the offered load: that far below it, a server more hardly counts
_NOTHING = 1e-18  # of a sum


def spare_capacity(arrival_rate: float, service_rate: float, servers: int = 1) -> float:
    """What the servers could serve beyond what arrives, /s, without loss of digits near 0.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: nothing is spare.
    """
    load = offered_load(arrival_rate, service_rate)
    servers = whole("servers", servers, 1)
    spare = servers * Fraction(service_rate) - Fraction(arrival_rate)
    if spare <= 0:
        raise Unstable(max(1.0, load / servers), arrival_rate, servers * service_rate)
    return float(spare)


def offered_load(arrival_rate: float, service_rate: float) -> float:
    """Mean number of servers that the arrivals would keep busy, erlang.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.

    Raises:
        ValueError: an argument out of range.
    """
    positive("arrival_rate", arrival_rate)
    positive("service_rate", service_rate)
    return positive("arrival_rate / service_rate", arrival_rate / service_rate)


def erlang_b(servers: int, offered_load: float) -> float:
    """Probability that all servers are busy and an arrival is lost, in M/G/c/c.

    Arguments:
        servers: 0 or more.
        offered_load: arrival rate times mean service time, erlang.

    Raises:
        ValueError: an argument out of range.

    Source: Erlang (1917), by the recursion B(n) = aB(n-1)/(n + aB(n-1)); far below the load it
        begins at the sum 1/B(n) = 1 + n/a + n(n-1)/a^2 + ..., whose terms fade.
    """
    servers = whole("servers", servers, 0)
    non_negative("offered_load", offered_load)
    first = min(servers, max(0, int(offered_load - _FAR * math.sqrt(offered_load))))
    total = term = 1.0
    for n in range(first, 0, -1):
        term *= n / offered_load
        total += term
        if term < _NOTHING * total:
            break
    blocked = 1 / total
    for n in range(first + 1, servers + 1):
        carried = offered_load * blocked
        blocked = carried / (n + carried)
        if blocked == 0.0:  # and so for all that are more
            break
    return blocked


def erlang_c(servers: int, offered_load: float) -> float:
    """Probability that an arrival must wait, in M/M/c.

    Arguments:
        servers: 1 or more.
        offered_load: arrival rate times mean service time, erlang; less than servers.

    Raises:
        ValueError: an argument out of range.
        Unstable: the load is no less than the servers.

    Source: Erlang (1917), from his loss formula: cB/(c - a(1 - B)).
    """
    servers = whole("servers", servers, 1)
    if non_negative("offered_load", offered_load) >= servers:
        raise Unstable(offered_load / servers)
    blocked = erlang_b(servers, offered_load)
    return blocked / ((servers - offered_load) / servers + offered_load / servers * blocked)


def m_m_1(arrival_rate: float, service_rate: float) -> Queue:
    """One server.

    Arguments:
        arrival_rate: /s.
        service_rate: /s.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the service rate.

    Source: Kleinrock (1975), Queueing Systems 1, section 3.2.
    """
    return replace(m_m_c(arrival_rate, service_rate, 1), law="M/M/1")


def m_m_c(arrival_rate: float, service_rate: float, servers: int) -> Queue:
    """Several servers and one queue.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the capacity.

    Source: Erlang (1917); Gross and Harris (1998), Fundamentals of Queueing Theory, section 2.3.
    """
    spare = spare_capacity(arrival_rate, service_rate, servers)
    servers = int(servers)
    load, capacity = offered_load(arrival_rate, service_rate), servers * service_rate
    blocked = erlang_b(servers, load)
    scale = spare + arrival_rate * blocked
    wait, start = capacity * blocked / scale, spare * (1 - blocked) / scale
    waiting_time, service_time = wait / spare, 1 / service_rate
    variance = (2 - wait) * wait / spare / spare
    times = ExponentialWait(start, wait, spare, service_rate)
    ratio = arrival_rate / capacity
    log_ratio = math.log(ratio) if ratio < 0.5 else math.log1p(-spare / capacity)

    def number_law(n: int) -> float:
        if n >= servers:
            return wait * spare / capacity * math.exp((n - servers) * log_ratio)
        if blocked < 1e-290:
            return math.exp(n * math.log(load) - load - math.lgamma(n + 1))
        at_servers = math.log(wait * spare / capacity)
        ways = math.lgamma(servers + 1) - math.lgamma(n + 1)
        return math.exp(at_servers + ways - (servers - n) * math.log(load))

    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=arrival_rate / capacity,
        number=load + arrival_rate * waiting_time,
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=service_time + waiting_time,
        waiting_time_variance=variance,
        response_time_variance=variance + service_time * service_time,
        wait_probability=wait,
        law="M/M/c (Erlang C)",
        waiting_time_law=times.waiting_quantile,
        response_time_law=times.response_quantile,
        number_law=number_law,
    )


def m_m_c_k(arrival_rate: float, service_rate: float, servers: int, capacity: int) -> Queue:
    """Several servers and a limited room: who finds it full is lost.

    Arguments:
        arrival_rate: offered, /s.
        service_rate: of one server, /s.
        servers: 1 or more.
        capacity: most customers in the system, no fewer than the servers.

    Raises:
        ValueError: an argument out of range, or more than ten million states matter.

    Source: Gross and Harris (1998), section 2.4; M/M/c/c: Erlang (1917).
    """
    load = offered_load(arrival_rate, service_rate)
    servers = whole("servers", servers, 1)
    room = whole("capacity", capacity, servers)
    if load < servers:
        # What lies above has no probability that a double could hold.
        room = min(room, servers + int(750 / -math.log(load / servers)) + 1)
    check_states("capacity", capacity, room)
    probabilities = unimodal(load / np.minimum(np.arange(1.0, room + 1), servers))
    accepted = float(probabilities[:-1].sum())
    if room < capacity:
        probabilities, accepted = np.append(probabilities, 0.0), 1.0
    seen = probabilities[:-1] / accepted
    queue = _finite(arrival_rate * accepted, service_rate, servers, probabilities, seen)
    law = "M/M/c/c (Erlang B)" if servers == capacity else "M/M/c/K"
    return replace(
        queue,
        law=law,
        arrival_rate=arrival_rate,
        blocking_probability=float(probabilities[-1]),
    )


def m_g_c_c(arrival_rate: float, service_time: float, servers: int) -> Queue:
    """Several servers without a queue: who finds all of them busy is lost.

    Arguments:
        arrival_rate: offered, /s.
        service_time: mean of any distribution, s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.

    Source: Erlang (1917); insensitive to the distribution of service: Sevastyanov (1957).
    """
    positive("service_time", service_time)
    queue = m_m_c_k(arrival_rate, 1 / service_time, servers, servers)
    return replace(
        queue, law="M/G/c/c (Erlang B)", response_time_variance=None, response_time_law=None
    )


def m_m_infinity(arrival_rate: float, service_rate: float) -> Queue:
    """As many servers as customers.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.

    Raises:
        ValueError: an argument out of range.

    Source: Gross and Harris (1998), section 2.6.
    """
    load = offered_load(arrival_rate, service_rate)
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=0.0,
        number=load,
        waiting=0.0,
        waiting_time=0.0,
        response_time=1 / service_rate,
        waiting_time_variance=0.0,
        response_time_variance=1 / service_rate / service_rate,
        wait_probability=0.0,
        law="M/M/infinity",
        waiting_time_law=lambda p: 0.0,
        response_time_law=lambda p: -math.log1p(-p) / service_rate,
        number_law=lambda n: math.exp(n * math.log(load) - load - math.lgamma(n + 1)),
    )


def machine_repairman(machines: int, failure_rate: float, repair_rate: float, crews: int) -> Queue:
    """M/M/c//N: the broken ones among some machines queue for a crew; or clients who think.

    Arguments:
        machines: 1 or more.
        failure_rate: of one machine that works, /s.
        repair_rate: of one crew, /s.
        crews: 1 or more.

    Raises:
        ValueError: an argument out of range, or more than ten million machines.

    Source: Palm (1947); Gross and Harris (1998), section 2.7.
    """
    machines = whole("machines", machines, 1)
    check_states("machines", machines, machines)
    load = positive("failure_rate", failure_rate) / positive("repair_rate", repair_rate)
    crews = whole("crews", crews, 1)
    numbers = np.arange(machines + 1.0)
    probabilities = unimodal(load * (machines - numbers[:-1]) / np.minimum(numbers[1:], crews))
    working = (machines - numbers) * probabilities
    arrival_rate = failure_rate * float(working.sum())
    seen = working[:-1] / working.sum()
    queue = _finite(arrival_rate, repair_rate, crews, probabilities, seen)
    return replace(queue, law="M/M/c//N (machine repairman)")


def _finite(
    throughput: float, service_rate: float, servers: int, probabilities: Array, seen: Array
) -> Queue:
    """Queue from the probabilities of its states and from those that accepted arrivals find."""
    capacity = servers * service_rate
    start, weights = float(seen[:servers].sum()), seen[servers:]
    stages = np.arange(1.0, len(weights) + 1)
    waiting_time = float(weights @ stages) / capacity
    around = float(weights @ (stages / capacity - waiting_time) ** 2)
    variance = around + start * waiting_time * waiting_time + waiting_time / capacity
    service_time = 1 / service_rate
    times = ErlangWait(start, weights, capacity, service_rate)
    return Queue(
        arrival_rate=throughput,
        throughput=throughput,
        utilization=throughput / capacity,
        number=throughput * (waiting_time + service_time),
        waiting=throughput * waiting_time,
        waiting_time=waiting_time,
        response_time=waiting_time + service_time,
        waiting_time_variance=variance,
        response_time_variance=variance + service_time * service_time,
        wait_probability=min(1.0, float(weights.sum())),
        law="",
        waiting_time_law=times.waiting_quantile,
        response_time_law=times.response_quantile,
        number_law=lambda n: float(probabilities[n]) if n < len(probabilities) else 0.0,
    )


def check_states(name: str, value: float, states: float) -> None:
    """Refuse more states than fit into memory and time.

    Raises:
        ValueError: there are more than ten million.
    """
    if states > MOST_STATES:
        raise ValueError(f"{name} is {value}; {states:.3g} states are more than {MOST_STATES:,}")
