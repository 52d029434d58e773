"""Approximate laws of closed networks: their cost does not grow with the population.

A customer who arrives finds what others see with one customer of its class less. Both laws guess
that from the full population: the fraction of each class that is at a station stays the same
(Bard and Schweitzer), or changes as between the full population and one less (Linearizer).
A station with c servers counts as one c times as fast, and a delay for the rest of the service.
"""

import math
from dataclasses import dataclass

import numpy as np

from models.laws.arrays import Floats
from models.laws.queueing.closed_capacity import within_capacity
from models.laws.queueing.closed_description import (
    ClosedAnswer,
    ClosedNetwork,
    answer,
)

_STEPS = 500
_GROWTH = 4
_REFINEMENTS = 2

_FAST_SERVER = "; several servers as one fast one and a delay (Seidmann et al. 1987)"


def bard_schweitzer(network: ClosedNetwork) -> ClosedAnswer:
    """Approximate steady state, the fastest; throughput mostly within a few per cent.

    Arguments:
        network: the network; no station with speeds.

    Raises:
        ValueError: a station has speeds.
        ArithmeticError: the fixed point was not found.

    Source: Schweitzer (1979), Approximate analysis of multiclass closed networks of queues;
        several servers by Seidmann, Schweitzer and Shalev-Oren (1987), Computerized closed
        queueing network models of flexible manufacturing systems.
    """
    core = _Core.of(network)
    return core.answer(network, *core.unchanged(), "Bard-Schweitzer")


def linearizer(network: ClosedNetwork) -> ClosedAnswer:
    """Approximate steady state; throughput mostly within a few tenths of a per cent.

    Arguments:
        network: the network; no station with speeds.

    Raises:
        ValueError: a station has speeds.
        ArithmeticError: the fixed point was not found.

    Source: Chandy and Neuse (1982), Linearizer: a heuristic algorithm for queueing network models
        of computing systems; several servers by Seidmann, Schweitzer and Shalev-Oren (1987).
    """
    core = _Core.of(network)
    changes = core.no_change()
    rates, fractions = core.unchanged()
    for _ in range(_REFINEMENTS):
        one_less = [core.population - taken_out for taken_out in np.eye(core.population.size)]
        changes = np.stack([core.settled(rates, some, changes)[1] for some in one_less]) - fractions
        rates, fractions = core.settled(rates, core.population, changes)
    return core.answer(network, rates, fractions, "Linearizer")


@dataclass(frozen=True)
class _Core:
    """A network of single servers and delays; arrays are classes x stations.

    `changes` is classes x classes x stations: by how much the fraction of the second class at a
    station changes when a customer of the first is taken out.
    """

    demands: Floats
    at_once: Floats
    delay: Floats
    population: Floats

    @classmethod
    def of(cls, network: ClosedNetwork) -> "_Core":
        if network.speeds:
            raise ValueError(
                f"station {min(network.speeds)} has speeds: only the exact law knows them"
            )
        demands = network.demands.T
        at_once = demands * (1 - 1 / network.servers)
        return cls(
            demands=demands / network.servers,
            at_once=at_once,
            delay=network.think_time + at_once.sum(axis=1),
            population=network.population.astype(float),
        )

    def unchanged(self) -> tuple[Floats, Floats]:
        """Rates and fractions if the fractions stay the same with one customer less.

        Next to saturation Newton's method crawls unless it starts nearby: the population grows by
        steps, and each starts where the last one has led.
        """
        changes = self.no_change()
        rates = 1 / (self.delay + self.demands.sum(axis=1))
        stages = math.ceil(math.log(self.population.sum(), _GROWTH)) + 1
        for stage in range(stages, -1, -1):
            rates, fractions = self.settled(
                rates / _GROWTH, self.population / _GROWTH**stage, changes
            )
        return rates, fractions

    def no_change(self) -> Floats:
        return np.zeros((self.population.size, *self.demands.shape))

    def settled(self, rates: Floats, population: Floats, changes: Floats) -> tuple[Floats, Floats]:
        """Rates at which a customer goes round, and fractions of each class at each station.

        Where an arrival finds number - fraction + gain, fraction = rate demand (1 + number -
        fraction + gain). All follows from the rates; they are such that the fractions and the rest
        of the cycle add up to 1, by Newton's method relative to them, from the given ones on.
        """
        gain = np.asarray(population @ changes - np.einsum("cck->ck", changes))
        customers = self.population.sum()
        guess = self.guess(rates, population, gain)
        for _ in range(_STEPS):
            assert guess is not None
            fractions, excess, slopes = guess
            error = np.abs(excess).max()
            # Next to saturation rounding is amplified by the number of customers.
            if error < min(1e-13 * (100 + customers), 1e-6):
                return rates, fractions
            step = -np.linalg.solve(slopes, excess)
            # The potential behind is all but self-concordant (Nesterov and Nemirovskii 1994): a
            # step shortened by its decrement approaches a pole without passing it.
            decrement = math.sqrt(abs(population * excess @ step))
            step /= 1 + decrement if decrement > 0.25 else 1
            while True:
                ahead = rates * (1 + step)
                guess = self.guess(ahead, population, gain)
                if guess is not None:
                    break
                step /= 2
                if np.abs(step).max() < 1e-16:
                    raise ArithmeticError("the approximation did not settle: no step stays stable")
            rates = ahead
        raise ArithmeticError(f"the approximation did not settle in {_STEPS} steps")

    def guess(
        self, rates: Floats, population: Floats, gain: Floats
    ) -> tuple[Floats, Floats, Floats] | None:
        """Fractions, by how much they make a cycle too long, and its slopes; None if unstable."""
        service = rates[:, None] * self.demands
        share = service / (1 + service)
        idle = 1 - population @ share
        if idle.min() <= 0 or rates.min() <= 0:
            return None
        found = 1 + population @ (share * (1 + gain)) / idle + gain
        own = share * (1 - share) * found
        slopes = np.diag(own.sum(axis=1) + rates * self.delay)
        slopes += share @ (population[:, None] * own / idle).T
        fractions = share * found
        return fractions, fractions.sum(axis=1) + rates * self.delay - 1, slopes

    def answer(
        self, network: ClosedNetwork, rates: Floats, fractions: Floats, law: str
    ) -> ClosedAnswer:
        work = np.where(np.isfinite(network.servers), self.demands, 0.0).T
        residence_time = within_capacity(
            (fractions / rates[:, None] + self.at_once).T,
            work,
            work,
            self.population,
            network.think_time,
        )
        throughput = self.population / (residence_time.sum(axis=0) + network.think_time)
        if (network.servers[network.waits] > 1).any():
            law += _FAST_SERVER
        return answer(network, throughput, residence_time, "approximation", law)
