"""One station whose customers do not all join, lose patience, and may come again."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import positive, probability, whole
from models.laws.queueing.station_law import Unstable

Array = NDArray[np.float64]
_MOST_STATES = 3_000  # of a station
_MOST_WORK = 4e9  # multiplications
_TAIL = 1e-13  # probability that is left out


@dataclass(frozen=True)
class ReluctantQueue:
    """The steady state of a station whose customers may go without service.

    Arguments:
        throughput: of served customers, /s.
        number: mean, at the station.
        waiting: mean number, not in service.
        away: mean number of those who will come again.
        waiting_time: mean, of the served at the station in the end, s.
        attempts: mean times that a customer comes.
        turned_away: share of the attempts that find the station full.
        balked: share of the attempts that do not join.
        abandoned: share of the attempts that join and lose patience.
        waited: share of the attempts that are not served at once.
        law: its name.
    """

    throughput: float
    number: float
    waiting: float
    away: float
    waiting_time: float
    attempts: float
    turned_away: float
    balked: float
    abandoned: float
    waited: float
    law: str


def m_g_1_retrial(
    arrival_rate: float, service_mean: float, service_second_moment: float, retry_rate: float
) -> ReluctantQueue:
    """One server without a queue: whoever finds it busy comes again, until it is free.

    Arguments:
        arrival_rate: of new customers, /s.
        service_mean: s.
        service_second_moment: s².
        retry_rate: of one customer who will come again, /s.

    Raises:
        Unstable: more comes than can be served.
        ValueError: an argument out of range.

    Source: Falin and Templeton (1997), Retrial Queues, (1.22) and section 1.2: the mean number of
        those who will come again; Keilson, Cozzolino and Young (1968).
    """
    rate, mean = positive("arrival_rate", arrival_rate), positive("service_mean", service_mean)
    retry_rate = positive("retry_rate", retry_rate)
    load = rate * mean
    if load >= 1:
        raise Unstable(load, rate, 1 / mean)
    squares = rate * rate * service_second_moment / 2
    away = (squares + load * rate / retry_rate) / (1 - load)
    attempts = 1 + retry_rate * away / rate
    turned_away = 1 - 1 / attempts
    return ReluctantQueue(
        rate, load, 0.0, away, 0.0, attempts, turned_away, 0.0, 0.0, turned_away,
        "M/G/1 with retries",
    )  # fmt: skip


def m_m_c_reluctant(
    arrival_rate: float,
    service_rate: float,
    servers: int,
    capacity: int | None = None,
    joins: Callable[[int], float] | None = None,
    patience_rate: float = 0.0,
    retry_rate: float = 0.0,
    retry_probability: float = 0.0,
) -> ReluctantQueue:
    """Several servers, a queue that not everybody joins or stays in, and customers who come again.

    The number at the station and the number of those who will come again are a Markov chain, which
    is eliminated level by level of the latter.

    Arguments:
        arrival_rate: of new customers, /s.
        service_rate: of one server, /s.
        servers: 1 or more.
        capacity: most customers at the station; None where only the queue keeps them away.
        joins: probability of joining by the number who wait, where all servers are busy; all join
            unless given.
        patience_rate: of one waiting customer, /s.
        retry_rate: of one customer who will come again, /s.
        retry_probability: that one who was not served does.

    Raises:
        Unstable: more comes than can be served.
        ValueError: an argument out of range, or more states matter than can be solved.

    Source: birth and death: Gross and Harris (1998), 2.10; retries: Falin and Templeton (1997),
        chapter 2; levels: Bright and Taylor (1995).
    """
    positive("arrival_rate", arrival_rate)
    positive("service_rate", service_rate)
    whole("servers", servers, 1)
    probability("retry_probability", retry_probability)
    join = joins or (lambda waiting: 1.0)
    load = arrival_rate / (servers * service_rate)
    if retry_probability == 1 and load >= 1:
        raise Unstable(load, arrival_rate, servers * service_rate)
    station = _Station(arrival_rate, service_rate, servers, capacity, join, patience_rate)
    if retry_probability > 0 and retry_rate > 0:
        states, away = station.with_retries(retry_rate, retry_probability)
    else:
        states, away = station.without_retries(), None
    return station.measured(states, away, retry_rate)


class _Station:
    def __init__(
        self,
        rate: float,
        service_rate: float,
        servers: int,
        capacity: int | None,
        join: Callable[[int], float],
        patience_rate: float,
    ) -> None:
        self.rate, self.servers, self.patience_rate = rate, servers, patience_rate
        self.full = capacity
        most = self._most(rate, service_rate, servers, capacity, join, patience_rate)
        numbers = np.arange(most + 1.0)
        self.busy = np.minimum(numbers, servers)
        self.queue = np.maximum(numbers - servers, 0.0)
        self.deaths = self.busy * service_rate
        self.leaves = self.queue * patience_rate
        self.service_rate = service_rate
        self.join = np.array([1.0 if n < servers else join(n - servers) for n in range(most + 1)])
        self.enters = self.join.copy()
        if capacity is not None:
            self.enters[most] = 0.0

    @staticmethod
    def _most(
        rate: float,
        service_rate: float,
        servers: int,
        capacity: int | None,
        join: Callable[[int], float],
        patience_rate: float,
    ) -> int:
        """The largest number at the station that matters: the first that nobody goes beyond."""
        weight = total = 1.0
        number, past_servers = 0, False
        while capacity is None or number < capacity:
            chance = 1.0 if number < servers else join(number - servers)
            leaving = min(number + 1, servers) * service_rate
            leaving += max(0, number + 1 - servers) * patience_rate
            weight *= rate * chance / leaving
            if weight == 0 or (past_servers and weight < _TAIL * total and rate * chance < leaving):
                break
            number, total = number + 1, total + weight
            past_servers = number > servers
            if number > _MOST_STATES:
                raise ValueError("more states matter than can be solved")
        return number

    def without_retries(self) -> Array:
        ratios = self.rate * self.enters[:-1] / (self.deaths + self.leaves)[1:]
        logs = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(ratios, 1e-300)))])
        states = np.exp(logs - logs.max())
        return np.asarray(states / states.sum())

    def with_retries(self, retry_rate: float, again: float) -> tuple[Array, Array]:
        """Probabilities of the numbers at the station, and those times the number away."""
        levels = 32
        while True:
            states = len(self.enters)
            if states**3 * levels > _MOST_WORK:
                raise ValueError("more states matter than can be solved")
            table = self._solved(levels, retry_rate, again)
            if table[-1].sum() < _TAIL * 100:
                break
            levels *= 2
        numbers = np.arange(len(table))
        return np.asarray(table.sum(axis=0)), np.asarray(numbers @ table)

    def _solved(self, levels: int, retry_rate: float, again: float) -> Array:
        """Probabilities by number away and number at the station."""
        size = len(self.enters)
        up = np.diag(self.rate * (1 - self.enters) * again)
        up += np.diag(self.leaves[1:] * again, -1)
        stay = np.diag(self.rate * self.enters[:-1], 1)
        stay += np.diag(self.deaths[1:] + self.leaves[1:] * (1 - again), -1)
        one_less = np.diag(self.enters[:-1], 1) + np.diag((1 - self.enters) * (1 - again))
        steps: list[Any] = []  # numpy widens the type of a solution
        above = np.zeros((size, size))  # from a level up, and back to it
        for level in range(levels, 0, -1):
            down = level * retry_rate * one_less
            out = (stay + down).sum(axis=1)
            if level < levels:
                out += up.sum(axis=1)
            # Time above, by the state below from which one went up.
            step = np.linalg.solve((np.diag(out) - stay - above).T, up.T).T
            steps.append(step)
            above = step @ down
        steps.reverse()
        first = stay + above
        np.fill_diagonal(first, first.diagonal() - stay.sum(axis=1) - up.sum(axis=1))
        rows = [_stationary(first)]
        for step in steps:
            rows.append(rows[-1] @ step)
        table = np.maximum(np.array(rows), 0.0)
        return np.asarray(table / table.sum())

    def measured(self, states: Array, away: Array | None, retry_rate: float) -> ReluctantQueue:
        """The figures of a station from its states."""
        comes = self.rate * states + (0.0 if away is None else retry_rate * away)
        attempts, enters = float(comes.sum()), comes * self.enters
        full = np.zeros(len(states))
        if self.full is not None and len(states) > self.full:
            full[-1] = comes[-1]
        served = self.service_rate * float(states @ self.busy)
        waiting = float(states @ self.queue)
        at_once = float(enters[: self.servers].sum())
        return ReluctantQueue(
            throughput=served,
            number=waiting + served / self.service_rate,
            waiting=waiting,
            away=0.0 if away is None else float(away.sum()),
            waiting_time=self._waited(enters[self.servers :]) / served,
            attempts=attempts / self.rate,
            turned_away=float(full.sum()) / attempts,
            balked=max(0.0, attempts - float(full.sum()) - float(enters.sum())) / attempts,
            abandoned=self.patience_rate * waiting / attempts,
            waited=max(0.0, 1 - at_once / attempts),
            law="birth and death" if away is None else "Markov chain of a station with retries",
        )

    def _waited(self, joining: Array) -> float:
        """Waits of those who are served, by the number whom they find waiting, in a time.

        Who finds k waiting is served with probability cm/(cm + (k + 1)a), and then waits for the
        sum of k + 1 stages of rates cm + a, ..., cm + (k + 1)a.
        """
        capacity = self.servers * self.service_rate
        place = np.arange(1.0, len(joining) + 1)
        stages = capacity + place * self.patience_rate
        return float(joining @ (capacity / stages * np.cumsum(1 / stages)))


def _stationary(rates: Array) -> Array:
    """What a chain of these rates settles at, up to a factor."""
    system = rates.T.copy()
    system[-1] = 1.0
    right = np.zeros(len(rates))
    right[-1] = 1.0
    found = np.linalg.solve(system, right)
    if not math.isfinite(float(found.sum())):
        raise ValueError("the chain can't be solved")
    return np.asarray(found)
