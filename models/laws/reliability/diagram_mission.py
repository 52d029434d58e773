"""A diagram of repaired and unrepaired units over a mission, all of them new at first."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.laws.arguments import positive
from models.laws.arrays import Floats
from models.laws.quadrature import integral
from models.laws.reliability.diagram_times import working
from models.laws.reliability.markov_chain import absorption_time, transient
from models.laws.reliability.structure import Structure

Rates = Mapping[str, tuple[float, float]]  # of failure and of repair, /s; repair 0 is none
_TOLERANCE = 1e-10
MOST_CHAIN = 500  # states


@dataclass(frozen=True)
class Mission:
    """What a mission of a system is expected to be.

    Arguments:
        unavailability: share of the mission in which the system is down.
        failures: of the system, in the mission.
    """

    unavailability: float
    failures: float


def over_mission(structure: Structure, rates: Rates, time: float) -> Mission:
    """Expected share of a mission that a system is down, and its failures, each unit by itself.

    Arguments:
        structure: of the system.
        rates: of failure and repair of a unit of each component, /s; each has a crew of its own,
            and none that has no repair.
        time: of the mission, s.

    Raises:
        ValueError: a component is unknown or missing, or an argument is out of range.

    Source: the point unavailability of a unit, Trivedi (2002), Probability and Statistics, 2nd
        edition, chapter 8; the rate of failures of the system from it: Vesely (1970), A
        time-dependent methodology for fault tree evaluation.
    """
    end = positive("time", time)

    def down(times: Floats) -> dict[str, Floats]:
        return {
            name: fails / (fails + mends) * -np.expm1(-(fails + mends) * times)
            for name, (fails, mends) in rates.items()
        }

    def lost(times: Floats) -> Floats:
        return np.asarray(structure.unavailability(down(times)))

    def failing(times: Floats) -> Floats:
        chances = down(times)
        slopes = structure.birnbaum(chances)
        units = dict(zip(structure.components, structure.units, strict=True))
        return np.asarray(sum(units[n] * rates[n][0] * (1 - chances[n]) * slopes[n] for n in rates))

    # What settles within repairs is a small part of a mission: the panels begin with it.
    quickest = 1 / max(fails + mends for fails, mends in rates.values())
    ends = [end]
    while ends[-1] > quickest:
        ends.append(ends[-1] / 4)
    pieces = list(zip([0.0, *reversed(ends[1:])], reversed(ends), strict=True))
    share = math.fsum(integral(lost, low, high, _TOLERANCE) for low, high in pieces) / end
    failures = math.fsum(integral(failing, low, high, _TOLERANCE) for low, high in pieces)
    return Mission(share, failures)


class FirstFailure:
    """The Markov chain of a small system until it fails for the first time, all working at first.

    Arguments:
        structure: of the system; the product of units + 1 over the components is 500 at most.
        rates: of failure and repair of a unit of each component, /s.

    Raises:
        ValueError: a component is unknown or missing, or there are too many states.

    Source: Trivedi (2002), chapter 8, of the chain without what follows a failure.
    """

    def __init__(self, structure: Structure, rates: Rates) -> None:
        structure.parts(dict.fromkeys(rates, 0.0))
        shape = [units + 1 for units in structure.units]
        states = math.prod(shape)
        if states > MOST_CHAIN:
            raise ValueError(f"the system has {states:,} states; more than {MOST_CHAIN}")
        failed = np.indices(shape).reshape(len(shape), states)
        works = working(structure, list(failed)) > 0
        number = np.cumsum(works) - 1  # of the states that work, in the chain
        size = int(works.sum()) + 1
        chain = np.zeros((size, size))
        strides = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
        for state in np.flatnonzero(works):
            here = number[state]
            for k, name in enumerate(structure.components):
                (fails, mends), down = rates[name], int(failed[k, state])
                if down < structure.units[k]:
                    after = state + strides[k]
                    there = number[after] if works[after] else size - 1
                    chain[here, there] += (structure.units[k] - down) * fails
                if down and mends:  # what is repaired works on, as it fails no other way
                    chain[here, number[state - strides[k]]] += down * mends
        self._chain, self._size = chain, size

    def unreliability(self, time: float) -> float:
        """Probability that the system fails within a time.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range.
        """
        return float(transient(self._chain, self._start, time)[-1])

    def mttf(self) -> float:
        """Mean time to the first failure, s.

        Raises:
            ValueError: the system may never fail.
        """
        return absorption_time(self._chain, self._start, [self._size - 1])

    @property
    def _start(self) -> Floats:
        start = np.zeros(self._size)
        start[0] = 1.0
        return start
