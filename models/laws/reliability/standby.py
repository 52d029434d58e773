"""Units on duty and spares that take over: cold, warm or hot, by a switch that may fail."""

from dataclasses import dataclass

import numpy as np

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.arrays import Floats
from models.laws.reliability.markov_chain import (
    absorption_time,
    rate_matrix,
    steady_state,
    transient,
)
from models.laws.reliability.repairable import Repaired

_State = tuple[str, int]  # "up", "stuck" behind a failed switch or "down", and the failed units


@dataclass(frozen=True)
class Standby:
    """Equal units, some on duty and the others in standby.

    A switch that fails leaves the system down until the switch is repaired or a repaired unit
    goes on duty. Nothing fails while the system is down.

    Arguments:
        failure_rate: of one unit on duty, /s.
        spares: units in standby, 0 or more.
        duty: units that must work, 1 or more.
        dormant_rate: failure rate of a spare, /s: 0 is cold standby, `failure_rate` is hot.
        switching: probability that a spare takes over when a unit on duty fails.
        repair_rate: of one crew, /s; 0 without repair.
        crews: repair one unit each; as many as units where not given.
        switch_repair_rate: of a switch that failed, /s; 0 without repair.

    Raises:
        ValueError: an argument is out of range.

    Source: Rausand and Høyland (2004), chapters 4 and 8; imperfect switching: Trivedi (2002),
        chapter 8.
    """

    failure_rate: float
    spares: int
    duty: int = 1
    dormant_rate: float = 0.0
    switching: float = 1.0
    repair_rate: float = 0.0
    crews: int | None = None
    switch_repair_rate: float = 0.0

    def __post_init__(self) -> None:
        positive("failure_rate", self.failure_rate)
        whole("spares", self.spares, 0)
        whole("duty", self.duty, 1)
        non_negative("dormant_rate", self.dormant_rate)
        probability("switching", self.switching)
        non_negative("repair_rate", self.repair_rate)
        non_negative("switch_repair_rate", self.switch_repair_rate)
        if self.crews is not None:
            whole("crews", self.crews, 1)

    def mttf(self) -> float:
        """Mean time to the first failure of the system, all units working at first, s."""
        chain, start, down = self._chain()
        return absorption_time(chain, start, down)

    def unreliability(self, time: float) -> float:
        """Probability that the system fails within a time, all units working at first.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range, or the spares are too many.
        """
        chain, start, down = self._chain()
        chain[down] = 0.0
        return float(transient(chain, start, time)[down].sum())

    def unavailability(self, time: float) -> float:
        """Probability that the system is down at a time, all units working at first.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range, or the spares are too many.
        """
        chain, start, down = self._chain()
        return float(transient(chain, start, time)[down].sum())

    def long_run(self) -> Repaired:
        """Unavailability, failure frequency, mean up and down time in the long run.

        Raises:
            ValueError: nothing is repaired, or the spares are too many.
        """
        positive("repair_rate", self.repair_rate)
        chain, start, down = self._chain()
        chances = steady_state(chain)
        up = [state for state in range(len(start)) if state not in down]
        frequency = float(chances[up] @ chain[np.ix_(up, down)].sum(axis=1))
        if frequency == 0:
            raise ValueError(f"spares is {self.spares}; failures are too rare for a double to hold")
        unavailability, available = float(chances[down].sum()), float(chances[up].sum())
        return Repaired(
            unavailability, frequency, available / frequency, unavailability / frequency
        )

    def _chain(self) -> tuple[Floats, Floats, list[int]]:
        """Rates, the first state and the states that are down."""
        transitions: dict[tuple[_State, _State], float] = {}
        units, crews = self.duty + self.spares, self.crews
        breaking = self.duty * self.failure_rate
        for failed in range(self.spares + 1):
            here, last = ("up", failed), failed == self.spares
            mending = self.repair_rate * min(failed + 1, units if crews is None else crews)
            if last:
                transitions[here, ("down", failed + 1)] = breaking
                transitions[("down", failed + 1), here] = mending
                continue
            dormant = (self.spares - failed) * self.dormant_rate
            transitions[here, ("up", failed + 1)] = breaking * self.switching + dormant
            transitions[here, ("stuck", failed + 1)] = breaking * (1 - self.switching)
            transitions[("up", failed + 1), here] = mending
            transitions[("stuck", failed + 1), here] = mending
            transitions[("stuck", failed + 1), ("up", failed + 1)] = self.switch_repair_rate
        states, chain = rate_matrix(transitions)
        down = [number for number, (condition, _) in enumerate(states) if condition != "up"]
        return chain, np.eye(1, len(states))[0], down
