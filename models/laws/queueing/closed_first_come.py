"""Closed networks whose stations serve in turn, for longer some customers than others."""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np

from models.laws.arguments import non_negative
from models.laws.arrays import Floats, array
from models.laws.queueing.closed_capacity import within_capacity
from models.laws.queueing.closed_description import ClosedAnswer, ClosedNetwork, answer

MOST_POPULATIONS = 20_000  # visited one by one; beyond, the numbers are taken to scale
_STEPS = 10_000


def closed_first_come(
    network: ClosedNetwork, visits: Floats, service_scv: Floats, in_turn: Floats
) -> ClosedAnswer:
    """A closed network some of whose stations serve in turn with different services: approximate.

    An arriving customer waits for the rest of the services under way and for all of those before
    it in the queue, each for its own time; of several servers, each station is taken as one as
    fast as all, followed by a delay, whose queue is the rarer the more servers share its load.
    Nobody is let through faster than a station can serve.

    Arguments:
        network: the network, without stations whose speed depends on their number.
        visits: of a customer to each station in a cycle; shape (stations, classes).
        service_scv: squared coefficients of variation of services; shape (stations, classes).
        in_turn: 1 for stations that serve in turn, 0 for those whose mean service alone matters;
            shape (stations,).

    Raises:
        ValueError: an argument out of range.
        ArithmeticError: the approximation did not settle.

    Source: Reiser (1979), A queueing network analysis of computer communication networks with
        window flow control; with several servers: Seidmann, Schweitzer and Shalev-Oren (1987),
        Sakasegawa (1977), An approximation formula L = a b^r/(1 - r); large populations:
        Schweitzer (1979).
    """
    if network.speeds:
        raise ValueError("speeds are given; the law knows stations of constant speed only")
    shape = network.demands.shape
    model = _Model(
        network,
        array("visits", visits, shape),
        array("service_scv", service_scv, shape),
        array("in_turn", in_turn, shape[:1]),
    )
    populations = math.prod(int(n) + 1 for n in network.population)
    if populations <= MOST_POPULATIONS:
        throughput, residence = model.step_by_step()
    else:
        throughput, residence = model.at_once()
    law = "mean-value analysis in turn (Reiser)"
    return answer(network, throughput, residence, "approximation", law)


class _Model:
    def __init__(
        self, network: ClosedNetwork, visits: Floats, service_scv: Floats, in_turn: Floats
    ) -> None:
        self.population, self.think_time = network.population.astype(float), network.think_time
        waits = np.isfinite(network.servers)[:, None]
        servers = np.where(waits, network.servers[:, None], 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            service = np.where(visits > 0, network.demands / visits, 0.0)
        self.visits = visits
        self.fast = np.where(waits, service / servers, 0.0)  # of one server as fast as all
        self.delay = np.where(waits, service * (servers - 1) / servers, service)
        self.rest = self.fast * (1 + service_scv) / 2
        self.in_turn = in_turn[:, None] > 0
        many = np.where(waits, network.servers[:, None], 1.0)[:, 0]
        self.spared = np.sqrt(2 * (many + 1)) - 2  # power of the load; 0 for one server

    def residence(self, numbers: Floats, busy: Floats) -> Floats:
        """Time of one class at each station in a cycle, by what it finds; for all classes at once.

        Arguments:
            numbers: that a customer of each class finds of each class; (class, stations, classes).
            busy: probability of each class in service; (class, stations, classes).
        """
        queued = np.maximum(numbers - busy, 0.0)
        ahead = np.einsum("sj,ksj->sk", self.fast, queued)
        ahead += np.einsum("sj,ksj->sk", self.rest, busy)
        shared = self.fast * numbers.sum(axis=2).T
        ahead *= (np.minimum(busy.sum(axis=2), 1.0) ** self.spared).T
        found = np.where(self.in_turn, ahead, shared)
        return np.asarray(self.visits * (self.fast + found + self.delay))

    def held_back(self, residence: Floats, population: Floats) -> Floats:
        """The same with what keeps each station within its capacity."""
        work = self.visits * self.fast
        alike = np.where(self.in_turn, self.visits, work)
        return within_capacity(residence, work, alike, population, self.think_time)

    def step_by_step(self) -> tuple[Floats, Floats]:
        """Throughput and residence times by one customer more at a time, as the theorem wants."""
        stations, classes = self.visits.shape
        nothing = np.zeros((stations, classes))
        known: dict[tuple[int, ...], tuple[Floats, Floats]] = {(0,) * classes: (nothing, nothing)}
        throughput, residence = np.zeros(classes), nothing
        for population in self._populations():
            numbers, busy = np.zeros((2, classes, stations, classes))
            for k in range(classes):
                if population[k]:
                    fewer = (*population[:k], population[k] - 1, *population[k + 1 :])
                    numbers[k], busy[k] = known[fewer]
            customers = np.array(population, dtype=float)
            residence = self.held_back(self.residence(numbers, busy), customers)
            throughput = customers / (residence.sum(axis=0) + self.think_time)
            queue = residence - self.visits * self.delay  # the delay holds nobody up
            known[population] = (queue * throughput, self._busy(throughput))
        return throughput, residence

    def _busy(self, throughput: Floats) -> Floats:
        busy = self.visits * self.fast * throughput
        total = busy.sum(axis=1, keepdims=True)
        return np.asarray(busy / np.maximum(total, 1.0))

    def _populations(self) -> Iterator[tuple[int, ...]]:
        ranges = [range(int(n) + 1) for n in self.population]
        return (population for population in product(*ranges) if any(population))

    def at_once(self) -> tuple[Floats, Floats]:
        """Throughput and residence times, as if numbers grew in proportion to the population."""
        classes = len(self.population)
        share = np.ones((classes, classes)) - np.diag(1 / self.population)  # one of its own fewer
        residence = self.visits * (self.fast + self.delay)
        throughput = self.population / (residence.sum(axis=0) + self.think_time)
        for _ in range(_STEPS):
            queue = (residence - self.visits * self.delay) * throughput
            numbers = queue[None] * share[:, None, :]
            busy = self._busy(throughput)[None] * share[:, None, :]
            found = self.held_back(self.residence(numbers, busy), self.population)
            after = (residence + found) / 2  # halved steps settle
            throughput = self.population / (after.sum(axis=0) + self.think_time)
            change = np.abs(after - residence).max() / non_negative("time", float(after.max()))
            residence = after
            if change < 1e-13:
                return throughput, residence
        raise ArithmeticError(f"the approximation did not settle in {_STEPS} steps")
