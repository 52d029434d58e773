"""Stations whose times between arrivals and services are made of exponential phases: PH/PH/c."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from models.laws.arguments import positive, probability, whole
from models.laws.queueing.matrix_geometric import null_vector, rate_matrix
from models.laws.queueing.quantiles import Array
from models.laws.queueing.station_law import Queue, Unstable


@dataclass(frozen=True)
class PhaseType:
    """A time that passes through exponential phases; `phase_type` makes one and checks it.

    Arguments:
        start: probability of each first phase; shape (phases,).
        moves: rates from phase to phase, /s; shape (phases, phases), zeros on the diagonal.
        ends: rates at which the time ends from each phase, /s; shape (phases,).
    """

    start: Array
    moves: Array
    ends: Array

    @property
    def mean(self) -> float:
        """Mean time, s."""
        leaving = np.diag(self.moves.sum(axis=1) + self.ends) - self.moves
        return float(self.start @ np.linalg.solve(leaving, np.ones(len(self.start))))


def branches(shares: Sequence[float], stages: Sequence[int], rates: Sequence[float]) -> PhaseType:
    """A time that is drawn from several, each of which is a number of equal stages.

    One branch of one stage is exponential, of several stages Erlang's distribution; branches of
    one stage each are hyperexponential.

    Arguments:
        shares: probability of each branch; they sum to 1.
        stages: of each branch, 1 or more.
        rates: of one stage of each branch, /s.

    Raises:
        ValueError: an argument out of range.
    """
    if not shares or not len(shares) == len(stages) == len(rates):
        raise ValueError(f"shares is {shares}; each needs stages and a rate")
    if abs(math.fsum(probability("shares", share) for share in shares) - 1) > 1e-9:
        raise ValueError(f"shares is {shares}; they must sum to 1")
    counts = [whole("stages", count, 1) for count in stages]
    phases = sum(counts)
    start, ends, moves = np.zeros(phases), np.zeros(phases), np.zeros((phases, phases))
    first = 0
    for share, count, rate in zip(shares, counts, rates, strict=True):
        positive("rates", rate)
        start[first] = share
        for phase in range(first, first + count - 1):
            moves[phase, phase + 1] = rate
        first += count
        ends[first - 1] = rate
    return PhaseType(start, moves, ends)


def mixture(shares: Sequence[float], times: Sequence[PhaseType]) -> PhaseType:
    """A time that is one of several, drawn at random.

    Arguments:
        shares: probability of each; they sum to 1.
        times: the times.
    """
    phases = sum(len(time.start) for time in times)
    moves, first = np.zeros((phases, phases)), 0
    for time in times:
        last = first + len(time.start)
        moves[first:last, first:last] = time.moves
        first = last
    start = np.concatenate([share * one.start for share, one in zip(shares, times, strict=True)])
    return PhaseType(start, moves, np.concatenate([time.ends for time in times]))


def phases_of(interarrival: PhaseType, service: PhaseType, servers: int) -> int:
    """Size of the blocks with which `ph_ph_c` reckons; its cost grows with their cube.

    Arguments:
        interarrival: time between two arrivals.
        service: of a customer.
        servers: 1 or more.
    """
    kinds = len(service.start)
    return len(interarrival.start) * math.comb(servers + kinds - 1, kinds - 1)


def ph_ph_c(interarrival: PhaseType, service: PhaseType, servers: int) -> Queue:
    """Several servers, first come first served, with times between arrivals and services in phases.

    Arguments:
        interarrival: time between two arrivals, s.
        service: of a customer, s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the servers can't keep up.

    Source: Neuts (1981), Matrix-Geometric Solutions in Stochastic Models, sections 4.2 and 6.2;
        the levels with idle servers by elimination: Gaver, Jacobs and Latouche (1984), Finite
        birth-and-death models in randomly changing environments.
    """
    servers = whole("servers", servers, 1)
    rate, service_time = 1 / interarrival.mean, service.mean
    utilization = rate * service_time / servers
    if utilization >= 1:
        raise Unstable(utilization, rate, servers / service_time)
    chain = _Chain(interarrival, service, servers)
    identity = np.eye(phases_of(interarrival, service, servers))
    # Censored on all levels below, each level is a chain of its own.
    seen = [chain.local(0)]
    for n in range(servers):
        back = np.linalg.solve(-seen[n], chain.up(n))
        seen.append(chain.local(n + 1) + chain.down(n + 1) @ back)
    up, local, down = chain.up(servers), chain.local(servers), chain.down(servers + 1)
    ratio = rate_matrix(up, local, down)
    levels = [null_vector(seen[servers] + ratio @ down)]
    for n in range(servers - 1, -1, -1):
        level = np.linalg.solve(-seen[n].T, chain.down(n + 1).T @ levels[-1])
        levels.append(np.asarray(level, dtype=np.float64))
    beyond = np.linalg.inv(identity - ratio)
    full = levels[0] @ beyond
    total = float(full.sum()) + math.fsum(float(level.sum()) for level in levels[1:])
    waiting = float((levels[0] @ ratio @ beyond @ beyond).sum()) / total
    arriving = np.repeat(interarrival.ends, len(identity) // len(interarrival.ends))
    waiting_time = waiting / rate
    return Queue(
        arrival_rate=rate,
        throughput=rate,
        utilization=utilization,
        number=waiting + rate * service_time,
        waiting=waiting,
        waiting_time=waiting_time,
        response_time=waiting_time + service_time,
        wait_probability=min(1.0, float(full @ arriving) / total / rate),
        law="PH/PH/c (matrix-geometric)",
    )


class _Chain:
    """Levels of so many customers; in each the phase of the next arrival and of the servers.

    Arguments:
        interarrival: time between two arrivals.
        service: of a customer.
        servers: 1 or more.
    """

    def __init__(self, interarrival: PhaseType, service: PhaseType, servers: int) -> None:
        self.interarrival, self.service, self.servers = interarrival, service, servers
        kinds = range(len(service.start))
        self.busy = [list(combinations_with_replacement(kinds, n)) for n in range(servers + 1)]
        self.place = [{phases: n for n, phases in enumerate(level)} for level in self.busy]

    def up(self, level: int) -> Array:
        """Rates to one customer more, /s."""
        arrival = np.outer(self.interarrival.ends, self.interarrival.start)
        if level >= self.servers:
            return np.asarray(np.kron(arrival, np.eye(len(self.busy[-1]))))
        begins = np.zeros((len(self.busy[level]), len(self.busy[level + 1])))
        for n, phases in enumerate(self.busy[level]):
            for kind, share in enumerate(self.service.start):
                begins[n, self.place[level + 1][tuple(sorted((*phases, kind)))]] += share
        return np.asarray(np.kron(arrival, begins))

    def down(self, level: int) -> Array:
        """Rates to one customer fewer, /s."""
        busy = min(level, self.servers)
        after = busy if level > self.servers else busy - 1
        ends = np.zeros((len(self.busy[busy]), len(self.busy[after])))
        for n, phases in enumerate(self.busy[busy]):
            for k, kind in enumerate(phases):
                rest = (*phases[:k], *phases[k + 1 :])
                if level <= self.servers:
                    ends[n, self.place[after][rest]] += self.service.ends[kind]
                    continue
                for following, share in enumerate(self.service.start):
                    target = self.place[after][tuple(sorted((*rest, following)))]
                    ends[n, target] += self.service.ends[kind] * share
        return np.asarray(np.kron(np.eye(len(self.interarrival.start)), ends))

    def local(self, level: int) -> Array:
        """Rates without a change of the number, /s; the diagonal makes all rows sum to 0."""
        busy = min(level, self.servers)
        size = len(self.busy[busy])
        moves = np.zeros((size, size))
        for n, phases in enumerate(self.busy[busy]):
            for k, kind in enumerate(phases):
                for following, rate in enumerate(self.service.moves[kind]):
                    changed = (*phases[:k], following, *phases[k + 1 :])
                    moves[n, self.place[busy][tuple(sorted(changed))]] += rate
        rates = np.kron(self.interarrival.moves, np.eye(size))
        rates += np.kron(np.eye(len(self.interarrival.start)), moves)
        leaving = rates.sum(axis=1) + self.up(level).sum(axis=1)
        if level:
            leaving += self.down(level).sum(axis=1)
        return np.asarray(rates - np.diag(leaving))
