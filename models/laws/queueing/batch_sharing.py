"""One server that all customers share at once, to which they come in batches."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.laws.arguments import positive
from models.laws.arrays import Floats
from models.laws.queueing.batch_arrivals import Batches
from models.laws.queueing.station_law import Unstable

_UNIFORM = 600  # cells up to so many means
_MEANS = 6.0
_GROWTH = 1.04  # of cells beyond, up to where a tail adds next to nothing
_NOTHING = 1e-9  # of the mean
_MOST_CELLS = 1000
_FINE = 4  # pieces of a cell, between which integrated tails are straight


@dataclass(frozen=True)
class Need:
    """How much service a customer needs.

    Arguments:
        mean: s.
        longer: probability that it is longer than a time, s.
        jumps: times above 0 at which that probability jumps or bends, s.
    """

    mean: float
    longer: Callable[[float], float]
    jumps: Sequence[float] = ()


def batch_m_g_1_sharing(arriving: Sequence[Batches], needs: Sequence[Need]) -> list[float]:
    """Mean response time of each class at one shared server to which Poisson batches come, s.

    A customer that has got a service of x goes on the slower the more others there are: those of
    its own batch, those whom it found, and those who came since. What its time grows by with x is
    the solution of a linear integral equation, here on cells of service.

    Arguments:
        arriving: batches of each class.
        needs: of a customer of each class.

    Raises:
        ValueError: an argument out of range.
        Unstable: the server can't keep up.

    Source: Kleinrock, Muntz and Rodemich (1971), The processor-sharing queueing model for
        time-shared systems with bulk arrivals, Networks 1.
    """
    means = [positive("mean", need.mean) for need in needs]
    load = math.fsum(one.customers * mean for one, mean in zip(arriving, means, strict=True))
    if load >= 1:
        raise Unstable(load)
    edges = _edges(needs)
    middles = (edges[:-1] + edges[1:]) / 2
    served = [_Served(need, edges) for need in needs]
    rates = [one.customers for one in arriving]
    ahead = edges[None, :] + middles[:, None]  # service of who was found, when one has got x
    behind = np.maximum(middles[:, None] - edges[None, :], 0.0)  # of who came meanwhile
    found = [rate * np.diff(one.upto(ahead)) for rate, one in zip(rates, served, strict=True)]
    came = sum(
        (-rate * np.diff(one.upto(behind)) for rate, one in zip(rates, served, strict=True)),
        start=np.zeros((len(middles), len(middles))),
    )
    alone = np.linalg.inv(np.eye(len(middles)) - came)  # of what a customer brings about itself
    # Whoever has got more than all cells is slowed down as a stretch of 1/(1 - load).
    far = math.fsum(rate * one.beyond for rate, one in zip(rates, served, strict=True)) / (1 - load)
    own = [
        1 + far + 2 * b.before * one.longer(middles)
        for b, one in zip(arriving, served, strict=True)
    ]
    through = [part @ alone for part in found]
    common = np.linalg.solve(
        np.eye(len(middles)) - sum(through, start=np.zeros_like(came)),
        sum((part @ mine for part, mine in zip(through, own, strict=True)), start=np.zeros(1)),
    )
    return [
        float((alone @ (mine + common)) @ np.diff(one.upto(edges))) + one.beyond / (1 - load)
        for mine, one in zip(own, served, strict=True)
    ]


def alone_with_batch(batch: Batches, need: Need, servers: int) -> float:
    """By how much a batch alone at shared servers waits longer than one of exponential needs, s.

    With one server the wait of a customer grows with the lesser of two needs. With several it is
    known of exponential needs and of equal ones, and taken in proportion between them; what is
    left when the former is scaled by the lesser of two needs is this.

    Arguments:
        batch: of a class.
        need: of a customer, of one server; what is asked grows with its mean.
        servers: 1 or more.

    Source: composed here; departures of a batch whose needs are exponential, one after the other.
    """
    served = _Served(need, _edges([need]))
    lesser = served.lesser() / need.mean
    customers, longer = batch.moment(1), 0.0
    for size, chance in zip(batch.sizes, batch.probabilities, strict=True):
        ends = np.cumsum([1 / min(left, servers) for left in range(size, 0, -1)])
        exponential, equal = float(ends.mean()) - 1, max(size / servers, 1.0) - 1
        between = exponential + (equal - exponential) * max(0.0, 2 * lesser - 1)
        scaled = 2 * lesser * exponential
        longer += chance * size * (between - scaled if lesser > 0.5 else 0.0)
    return need.mean * longer / customers


class _Served:
    """Of a class, how much of its service lies below a time."""

    def __init__(self, need: Need, edges: Floats) -> None:
        steps = np.arange(_FINE) / _FINE
        fine = np.append((edges[:-1, None] + np.diff(edges)[:, None] * steps).ravel(), edges[-1])
        nodes, weights = np.polynomial.legendre.leggauss(4)
        width = np.diff(fine)
        times = (fine[:-1] + fine[1:])[:, None] / 2 + nodes * width[:, None] / 2
        longer = np.array([need.longer(float(time)) for time in times.ravel()])
        parts = (longer.reshape(times.shape) @ weights) * width / 2
        self._fine, self._sums = fine, np.concatenate([[0.0], np.cumsum(parts)])
        self._need = need
        self.beyond = max(0.0, need.mean - float(self._sums[-1]))

    def upto(self, times: Floats) -> Floats:
        """E[min(service, time)], s."""
        return np.asarray(np.interp(times, self._fine, self._sums))

    def lesser(self) -> float:
        """Mean of the lesser of two services, s."""
        width = np.diff(self._fine)
        return float((np.diff(self._sums) ** 2 / width).sum())

    def longer(self, times: Floats) -> Floats:
        """Probability of a longer service."""
        return np.array([self._need.longer(float(time)) for time in times])


def _edges(needs: Sequence[Need]) -> Floats:
    """Of the cells: equal ones where most services end, then ever longer ones."""
    typical = min(need.mean for need in needs)
    largest = max(need.mean for need in needs)
    step = _MEANS * typical / _UNIFORM
    edges = [step * k for k in range(_UNIFORM + 1)]
    while len(edges) < _MOST_CELLS:
        last = edges[-1]
        if all(last * need.longer(last) < _NOTHING * largest for need in needs):
            break
        step *= _GROWTH
        edges.append(last + step)
    jumps = {jump for need in needs for jump in need.jumps if jump < edges[-1]}
    return np.array(sorted({*edges, *jumps}))
