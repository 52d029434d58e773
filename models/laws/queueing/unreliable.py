"""Stations whose servers break down, when busy and when idle, and resume a service after repair."""

import numpy as np

from models.laws.arguments import positive, whole
from models.laws.queueing.markovian import spare_capacity
from models.laws.queueing.matrix_geometric import null_vector, rate_matrix
from models.laws.queueing.quantiles import Array, unimodal
from models.laws.queueing.station_law import Queue

MOST_SERVERS = 200


def working_servers(
    servers: int, failure_rate: float, repair_rate: float, crews: int | None = None
) -> list[float]:
    """Probability that 0, 1, ... servers work.

    Arguments:
        servers: 1 or more.
        failure_rate: of one server that works, /s.
        repair_rate: of one crew, /s.
        crews: repair one server each; as many as servers where not given.

    Raises:
        ValueError: an argument out of range.

    Source: Palm (1947), the machine repairman.
    """
    servers = whole("servers", servers, 1)
    crews = servers if crews is None else whole("crews", crews, 1)
    broken = np.arange(float(servers))
    ratio = positive("failure_rate", failure_rate) / positive("repair_rate", repair_rate)
    chances: list[float] = unimodal(ratio * (servers - broken) / np.minimum(broken + 1, crews))[
        ::-1
    ].tolist()
    return chances


def effective_capacity(
    service_rate: float,
    servers: int,
    failure_rate: float,
    repair_rate: float,
    crews: int | None = None,
) -> float:
    """What the servers that work can serve in the mean, /s.

    Arguments:
        service_rate: of one server that works, /s.
        servers: 1 or more.
        failure_rate: of one server that works, /s.
        repair_rate: of one crew, /s.
        crews: repair one server each; as many as servers where not given.

    Raises:
        ValueError: an argument out of range.
    """
    chances = working_servers(servers, failure_rate, repair_rate, crews)
    return positive("service_rate", service_rate) * sum(n * p for n, p in enumerate(chances))


def m_m_1_breakdowns(
    arrival_rate: float, service_rate: float, failure_rate: float, repair_rate: float
) -> Queue:
    """One server with breakdowns; its utilization is that of the time in which it works.

    Arguments:
        arrival_rate: /s.
        service_rate: while the server works, /s.
        failure_rate: while it works, /s.
        repair_rate: /s.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the effective capacity.

    Source: White and Christie (1958); Avi-Itzhak and Naor (1963).
    """
    capacity = effective_capacity(service_rate, 1, failure_rate, repair_rate)
    spare = spare_capacity(arrival_rate, capacity)
    broken = failure_rate / (failure_rate + repair_rate)
    number = (arrival_rate + arrival_rate * broken * capacity / repair_rate) / spare
    idle = spare / capacity * (1 - broken)
    return _queue(arrival_rate, service_rate, capacity, number, 1 - idle, "M/M/1 with breakdowns")


def m_m_c_breakdowns(
    arrival_rate: float,
    service_rate: float,
    servers: int,
    failure_rate: float,
    repair_rate: float,
    crews: int | None = None,
) -> Queue:
    """Several servers with breakdowns; the utilization is that of the servers that work.

    A service that a breakdown interrupts goes on at any other server that is free.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server that works, /s.
        servers: 1 to 200.
        failure_rate: of one server that works, /s.
        repair_rate: of one crew, /s.
        crews: repair one server each; as many as servers where not given.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the effective capacity.

    Source: Neuts and Lucantoni (1979), A Markovian queue with N servers subject to breakdowns and
        repairs.
    """
    capacity = effective_capacity(service_rate, servers, failure_rate, repair_rate, crews)
    spare = spare_capacity(arrival_rate, capacity)
    servers = int(servers)
    if servers > MOST_SERVERS:
        raise ValueError(f"servers is {servers}; the exact law takes at most {MOST_SERVERS}")
    crews = servers if crews is None else int(crews)
    working = np.arange(servers + 1.0)
    change = np.diag(working[1:] * failure_rate, -1)
    change += np.diag(np.minimum(servers - working[:-1], crews) * repair_rate, 1)
    levels = _levels(arrival_rate, service_rate, working, change)
    vector = null_vector(change + levels[0] * (np.minimum(1, working) * service_rate))
    unused = unused_moment = ready = delayed = 0.0
    relief = _relief(working * service_rate, change)
    for n, rate in enumerate(levels):
        free = np.maximum(working - n, 0)
        unused += float(vector @ free)
        unused_moment += float(vector @ (free * (n + relief)))
        ready += float(vector[working > n].sum())
        delayed += float(vector[working <= n].sum())
        vector = vector @ rate
    delayed += float((vector @ np.linalg.inv(np.eye(servers + 1) - levels[-1])).sum())
    # The servers' unused capacity is known, and so is the mean that the drift of
    # number (number / 2 + relief) leaves at 0; both keep their digits near full load.
    scale = spare / service_rate / unused
    chances = np.array(working_servers(servers, failure_rate, repair_rate, crews))
    phases = float((chances * relief) @ (arrival_rate - working * service_rate))
    number = (arrival_rate + phases + service_rate * scale * unused_moment) / spare
    wait = scale * delayed if scale * ready > 0.5 else 1 - scale * ready
    law = "M/M/c with breakdowns"
    return _queue(arrival_rate, service_rate, capacity, number, min(1.0, wait), law)


def _relief(rates: Array, change: Array) -> Array:
    """What a phase serves in the long run beyond the mean, counted from now on, in customers."""
    generator = change - np.diag(change.sum(axis=1))
    chances = null_vector(change)
    relief = np.linalg.solve(generator[:-1, :-1], rates[:-1] - chances @ rates)
    return np.append(relief, 0.0)


def _levels(arrival_rate: float, service_rate: float, working: Array, change: Array) -> list[Array]:
    """Matrices that take the probabilities of n customers to those of n + 1.

    Below the level of the servers each level has its own; from the last one on they repeat.
    """
    arrival = arrival_rate * np.eye(len(working))

    def down(n: int) -> Array:
        return np.diag(np.minimum(n, working) * service_rate)

    def local(n: int) -> Array:
        return change - np.diag(change.sum(axis=1)) - arrival - down(n)

    servers = len(working) - 1
    levels = [rate_matrix(arrival, local(servers), down(servers))]
    for n in range(servers - 2, -1, -1):
        stays = local(n + 1) + levels[0] @ down(n + 2)
        levels.insert(0, np.asarray(arrival @ np.linalg.inv(-stays)))
    return levels


def _queue(
    arrival_rate: float,
    service_rate: float,
    capacity: float,
    number: float,
    wait_probability: float,
    law: str,
) -> Queue:
    response_time = number / arrival_rate
    waiting_time = max(0.0, response_time - 1 / service_rate)
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=arrival_rate / capacity,
        number=number,
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=response_time,
        law=law,
        wait_probability=wait_probability,
    )
