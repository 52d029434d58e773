"""Systems that fail and are repaired for ever: how often, for how long, and how much is down."""

from dataclasses import dataclass

import numpy as np

from models.laws.arguments import positive, whole
from models.laws.arrays import Floats
from models.laws.reliability.markov_chain import MOST_STATES, occupancy, transient


@dataclass(frozen=True)
class Repaired:
    """Long-run behaviour of a repaired system.

    Arguments:
        unavailability: fraction of time that it is down.
        failure_frequency: failures of the system, /s.
        mean_up_time: from a repair of the system to its next failure, s.
        mean_down_time: from a failure of the system to its repair, s.
    """

    unavailability: float
    failure_frequency: float
    mean_up_time: float
    mean_down_time: float

    @classmethod
    def of_times(cls, mean_up_time: float, mean_down_time: float) -> "Repaired":
        """The behaviour that follows from the two mean times.

        Arguments:
            mean_up_time: s, more than 0; may be infinite.
            mean_down_time: s, 0 or more.

        Source: Rausand and Høyland (2004), chapter 6.
        """
        if mean_down_time == 0:
            return cls(0.0, 1 / mean_up_time, mean_up_time, mean_down_time)
        return cls(
            1 / (1 + mean_up_time / mean_down_time),
            1 / (mean_up_time + mean_down_time),
            mean_up_time,
            mean_down_time,
        )


@dataclass(frozen=True)
class RepairedGroup:
    """Identical units of which some must work, repaired by a number of crews.

    Arguments:
        required: how many must work, k.
        units: how many there are, n.
        failure_rate: of one unit that works, /s.
        repair_rate: of one crew, /s.
        crews: repair one unit each; as many as units where not given.
        fails_while_down: whether units go on failing while too few of them work.

    Raises:
        ValueError: an argument is out of range.

    Source: birth-death chain of the failed units, Trivedi (2002), chapter 8; Rausand and
        Høyland (2004), chapter 8.
    """

    required: int
    units: int
    failure_rate: float
    repair_rate: float
    crews: int | None = None
    fails_while_down: bool = True

    def __post_init__(self) -> None:
        if whole("required", self.required, 1) > whole("units", self.units, 1):
            raise ValueError(f"required is {self.required}; it must be between 1 and {self.units}")
        positive("failure_rate", self.failure_rate)
        positive("repair_rate", self.repair_rate)
        if self.crews is not None:
            whole("crews", self.crews, 1)

    @property
    def tolerated(self) -> int:
        """How many failed units the system bears."""
        return self.units - self.required

    def long_run(self) -> Repaired:
        """Unavailability, failure frequency, mean up and down time in the long run."""
        failures, repairs = self._rates()
        ratios = failures / repairs
        # Times are those of the last state that is up, times what the others weigh against it.
        with np.errstate(over="ignore"):
            above = np.cumprod(1 / ratios[: self.tolerated][::-1]).sum()
            below = np.cumprod(ratios[self.tolerated :]).sum()
        breaking = self.required * self.failure_rate
        return Repaired.of_times(float(1 + above) / breaking, float(below) / breaking)

    def mttf(self) -> float:
        """Mean time to the first failure of the system, all units working at first, s."""
        failures, repairs = self._rates()
        total = step = 1 / float(failures[0])
        for failed in range(1, self.tolerated + 1):
            step = (1 + float(repairs[failed - 1]) * step) / float(failures[failed])
            total += step
        return total

    def unreliability(self, time: float) -> float:
        """Probability that the system fails within a time, all units working at first.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range, or the units tolerated are too many.
        """
        chain = self._chain(self.tolerated + 2)
        chain[-1] = 0.0
        return float(transient(chain, _first(len(chain)), time)[-1])

    def unavailability(self, time: float) -> float:
        """Probability that the system is down at a time, all units working at first.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range, or the units are too many.
        """
        chain = self._chain()
        return float(transient(chain, _first(len(chain)), time)[self.tolerated + 1 :].sum())

    def interval_unavailability(self, time: float) -> float:
        """Expected share of a time that the system is down, all units working at first.

        Arguments:
            time: s, more than 0.

        Raises:
            ValueError: the time is out of range, or the units are too many.
        """
        chain = self._chain()
        spent = occupancy(chain, _first(len(chain)), positive("time", time))
        return float(spent[self.tolerated + 1 :].sum()) / time

    @property
    def _states(self) -> int:
        """How many states there are, by the number of failed units."""
        return 1 + (self.units if self.fails_while_down else self.tolerated + 1)

    def _rates(self) -> tuple[Floats, Floats]:
        """Rates from j to j + 1 failed units and back, shape (states - 1,)."""
        failed = np.arange(float(self._states - 1))
        crews = self.units if self.crews is None else self.crews
        return (
            (self.units - failed) * self.failure_rate,
            np.minimum(failed + 1, crews) * self.repair_rate,
        )

    def _chain(self, first: int | None = None) -> Floats:
        """Rates among the first states, or all."""
        states = self._states if first is None else first
        if states > MOST_STATES:
            raise ValueError(
                f"units is {self.units}; {states:,} states are more than {MOST_STATES:,}"
            )
        failures, repairs = self._rates()
        return np.diag(failures[: states - 1], 1) + np.diag(repairs[: states - 1], -1)


def _first(states: int) -> Floats:
    start = np.zeros(states)
    start[0] = 1.0
    return start
