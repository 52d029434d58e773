"""Jobs that hold several servers at once, first come, first served."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from models.laws.arguments import positive, whole
from models.laws.queueing.matrix_geometric import null_vector
from models.laws.queueing.quantiles import Array
from models.laws.queueing.station_law import Unstable

MOST_PHASES = 400  # beyond which the chain takes longer than a simulation
_MOST_STEPS = 100_000
_Running = tuple[int, ...]  # jobs of each class


@dataclass(frozen=True)
class ServerJobs:
    """Jobs of one class.

    Arguments:
        rate: of their Poisson arrivals, 1/s.
        run_time: mean of the exponential run times, s.
        servers: that each holds while it runs.
    """

    rate: float
    run_time: float
    servers: int


@dataclass(frozen=True)
class ServerQueue:
    """What the chain says.

    Arguments:
        waiting: mean time in the queue of each class, s.
        queue: mean number of jobs that wait.
        highest_rate: arrivals of all classes together, in the same mix, from which on the queue
            grows without end, 1/s.
    """

    waiting: tuple[float, ...]
    queue: float
    highest_rate: float


def multiserver_jobs(servers: int, classes: Sequence[ServerJobs]) -> ServerQueue:
    """Poisson jobs of several classes that hold a number of servers each, exponential run times.

    The first in the queue holds back all others. Behind it nobody's class matters until it is
    first, so that the chain needs to know who runs, the class of the first in the queue, and how
    many wait; a completion may start several of them.

    Arguments:
        servers: how many.
        classes: none of which holds more than there are.

    Raises:
        ValueError: an argument out of range, or more than 400 phases.
        Unstable: the queue grows without end.

    Source: Brill and Green (1984), Queues in which customers receive simultaneous service from a
        random number of servers; Neuts (1981), Matrix-Geometric Solutions in Stochastic Models,
        chapter 1 (chains of the type G/M/1); waits by Little's law, as all wait alike until they
        are first.
    """
    count = whole("servers", servers, 1)
    for one in classes:
        positive("rate", one.rate)
        positive("run_time", one.run_time)
        if whole("servers of a job", one.servers, 1) > count:
            raise ValueError(f"a job holds {one.servers} servers of {count}; it would never start")
    chain = _Chain(count, tuple(classes))
    highest = chain.highest_rate()
    if chain.rate >= highest:
        raise Unstable(chain.rate / highest, chain.rate, highest)
    return chain.solve(highest)


class _Chain:
    def __init__(self, servers: int, classes: tuple[ServerJobs, ...]) -> None:
        self._classes, self._servers = classes, servers
        self.rate = sum(one.rate for one in classes)
        self._mix = [one.rate / self.rate for one in classes]
        ranges = [range(servers // one.servers + 1) for one in classes]
        free = [a for a in product(*ranges) if self._free(a) >= 0]
        blocked = [
            (a, h) for a in free for h, one in enumerate(classes) if one.servers > self._free(a)
        ]
        if len(free) + len(blocked) > MOST_PHASES:
            raise ValueError(f"the chain has more than {MOST_PHASES} phases; simulate it")
        self._empty = {a: k for k, a in enumerate(free)}  # phases where nobody waits
        self._full = {one: k for k, one in enumerate(blocked)}  # who runs, and who is first
        self._build()

    def _free(self, running: _Running) -> int:
        used = sum(a * one.servers for a, one in zip(running, self._classes, strict=True))
        return self._servers - used

    def _build(self) -> None:
        empty, full, most = len(self._empty), len(self._full), self._servers
        self._down = np.zeros((most + 1, full, full))  # so many levels, by one completion
        self._out = np.zeros((most + 1, full, empty))  # from the level of that number to the empty
        for (running, first), row in self._full.items():
            for after, rate in self._completions(running):
                self._starts(row, after, first, rate)
        leaving = self._down.sum(axis=(0, 2))  # the same whatever the level
        self._local = self._down[0] - np.diag(leaving + self.rate)
        self._inside = np.zeros((empty, empty))
        self._enter = np.zeros((empty, full))
        for running, row in self._empty.items():
            for after, rate in self._completions(running):
                self._inside[row, self._empty[after]] += rate
            for c, one in enumerate(self._classes):
                if one.servers <= self._free(running):
                    self._inside[row, self._empty[_more(running, c)]] += one.rate
                else:
                    self._enter[row, self._full[running, c]] += one.rate
        self._inside -= np.diag(self._inside.sum(axis=1) + self._enter.sum(axis=1))

    def _completions(self, running: _Running) -> list[tuple[_Running, float]]:
        return [
            (_more(running, c, -1), number / self._classes[c].run_time)
            for c, number in enumerate(running)
            if number
        ]

    def _starts(self, row: int, running: _Running, first: int, rate: float) -> None:
        """Who starts after a completion: the first, and those behind it, as far as they fit."""
        reached = {running: rate}  # with as many started
        heads = [1.0 if c == first else 0.0 for c in range(len(self._classes))]
        for started in range(self._servers + 1):
            for after, weight in reached.items():
                if started:  # nobody else may wait
                    self._out[started, row, self._empty[after]] += weight
            then: dict[_Running, float] = {}
            for after, weight in reached.items():
                for c, chance in enumerate(heads):
                    if chance == 0:
                        continue
                    if self._classes[c].servers > self._free(after):
                        self._down[started, row, self._full[after, c]] += weight * chance
                    else:
                        more = _more(after, c)
                        then[more] = then.get(more, 0.0) + weight * chance
            reached, heads = then, self._mix

    def highest_rate(self) -> float:
        """Jobs that would start while the queue never ends, 1/s.

        Source: Neuts (1981), theorem 1.7.1: the mean drift of the levels.
        """
        generator = self._down.sum(axis=0)
        phases = null_vector(generator)
        levels = np.arange(len(self._down))
        return float(levels @ (self._down.sum(axis=2) @ phases))

    def solve(self, highest: float) -> ServerQueue:
        ratio = self._ratio()
        identity = np.eye(len(ratio))
        # Balance of the phases where nobody waits, and of those where one does.
        powers = identity
        to_empty, to_full = np.zeros_like(self._out[0]), self._local.copy()
        for k in range(1, len(self._down)):
            to_empty += powers @ self._out[k]
            powers = powers @ ratio
            to_full += powers @ self._down[k]
        matrix = np.block([[self._inside, self._enter], [to_empty, to_full]])
        levels = np.linalg.inv(identity - ratio)
        mass = np.concatenate([np.ones(len(self._inside)), levels.sum(axis=1)])
        matrix[:, 0] = mass  # in place of one balance, which the others imply
        right = np.zeros(len(matrix))
        right[0] = 1.0
        first = np.linalg.solve(matrix.T, right)[len(self._inside) :]
        waiting = first @ levels  # somebody waits, by phase
        queue = float((waiting @ levels).sum())
        behind = (queue - float(waiting.sum())) / self.rate
        at_head = [0.0] * len(self._classes)
        for (_, c), row in self._full.items():
            at_head[c] += float(waiting[row])
        waits = (
            behind + share / one.rate for share, one in zip(at_head, self._classes, strict=True)
        )
        return ServerQueue(tuple(waits), queue, highest)

    def _ratio(self) -> Array:
        """Matrix by which each level's probabilities follow from those of the level below."""
        inverse = np.linalg.inv(-self._local)
        ratio: Array = np.zeros_like(self._local)
        up = self.rate * np.eye(len(ratio))
        for _ in range(_MOST_STEPS):
            sums = np.zeros_like(ratio)
            for down in self._down[:0:-1]:
                sums = ratio @ (sums + down)
            new: Array = (up + ratio @ sums) @ inverse
            step = float(np.abs(new - ratio).max())
            ratio = new
            if step < 1e-15:
                break
        return ratio


def _more(running: _Running, job_class: int, by: int = 1) -> _Running:
    return tuple(a + by * (c == job_class) for c, a in enumerate(running))
