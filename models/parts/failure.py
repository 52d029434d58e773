"""What can fail: a block of the availability diagram and why its units go away."""

import math
from dataclasses import dataclass

from models.laws.reliability.blocks import k_of_n, mttf_of_series, unavailability
from models.prediction import Block, BlockResult


@dataclass(frozen=True)
class Cause:
    """One reason for a unit to be away, at a constant rate.

    Arguments:
        name: what happens.
        mttf: mean time until it happens to one unit, s; may be infinite.
        mttr: mean time until the unit is back, s.
        notice: warning time before it happens, s.
    """

    name: str
    mttf: float
    mttr: float
    notice: float = 0.0


@dataclass(frozen=True)
class Component:
    """Identical units of which some must work.

    Arguments:
        name: what it is.
        required: units that must work.
        units: units there are.
        causes: reasons for a unit to be away.
        carries_work: a unit in use that fails interrupts the work even where another can take over.
        source: where the figures come from.
    """

    name: str
    required: int
    units: int
    causes: tuple[Cause, ...]
    carries_work: bool
    source: str

    @property
    def mttf(self) -> float:
        """Mean time until one unit goes away for any cause, s."""
        return mttf_of_series(cause.mttf for cause in self.causes)

    @property
    def mttr(self) -> float:
        """Mean time that one unit is away, over its causes, s."""
        rates = [1 / cause.mttf for cause in self.causes]
        total = sum(rates)
        away = sum(rate * cause.mttr for rate, cause in zip(rates, self.causes, strict=True))
        return away / total if total > 0 else 0.0

    def result(self) -> BlockResult:
        """The block and its unavailability by the k-of-n rule: independent units, each repaired."""
        unit = unavailability(self.mttf, self.mttr)
        block = Block(self.name, self.required, self.units, self.mttf, self.mttr, self.source)
        value = k_of_n(self.required, [unit] * self.units)
        return BlockResult(block, value, single_point=self.units == self.required)

    def failure_frequency(self) -> float:
        """How often the block goes down, with one unit fewer than it needs, 1/s.

        f = k λ P(exactly k work), where units that are too many fail while the block is up alone.

        Source: Trivedi (2002), section 8.2; Ross (2014), Introduction to Probability Models, 11th
            edition, section 9.6, with the Birnbaum importance of a k-of-n system.
        """
        unit = unavailability(self.mttf, self.mttr)
        tolerated = self.units - self.required
        if unit == 1.0 or (unit == 0.0 and tolerated):
            return 0.0
        logs = math.lgamma(self.units + 1) - math.lgamma(self.required + 1)
        logs -= math.lgamma(tolerated + 1)  # the binomial coefficient would overflow
        logs += self.required * math.log1p(-unit) + (tolerated * math.log(unit) if tolerated else 0)
        return self.required / self.mttf * math.exp(logs)

    def interruption_rate(self) -> float:
        """How often work that uses the component is interrupted, 1/s.

        Any unit in use interrupts work that it carries; otherwise only the loss of one unit too
        many does.
        """
        if self.carries_work or self.units == self.required:
            return self.required / self.mttf
        return self.failure_frequency()
