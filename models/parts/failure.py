"""What can fail: a block of the availability diagram and why its units go away."""

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType

from models.catalog.records import FailureRate
from models.laws.intervals import normal_factor
from models.laws.reliability.blocks import mttf_of_series, unavailability
from models.laws.reliability.uncertain_rates import CONFIDENCE, factors, spread_of
from models.laws.spares import shortage_of_hot_spares
from models.prediction import Block, BlockResult

RECLAIM = "reclaim"  # cause of a spot node that goes away: the cloud has taken it back
_TYPICAL: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Cause:
    """One reason for a unit to be away, at a constant rate.

    Arguments:
        name: what happens.
        mttf: mean time until it happens to one unit, s; may be infinite.
        mttr: mean time until the unit is back, s.
        notice: warning time before it happens, s.
        rate: name of the rate, of which all units in a stack have the same; empty where it is
            certain.
        spread: standard deviation of the logarithm of the rate.
    """

    name: str
    mttf: float
    mttr: float
    notice: float = 0.0
    rate: str = ""
    spread: float = 0.0


def cause_of(
    name: str,
    rate: FailureRate,
    mttf: float | None = None,
    mttr: float | None = None,
    notice: float = 0.0,
) -> Cause:
    """A cause at a rate of the catalog, as uncertain as that is.

    Arguments:
        name: what happens.
        rate: how often.
        mttf: over that of the rate, and certain, s.
        mttr: over that of the rate, s.
        notice: warning time before it happens, s.
    """
    back = rate.mttr if mttr is None else mttr
    if mttf is not None or rate.mttf_low is None or rate.mttf_high is None:
        return Cause(name, rate.mttf if mttf is None else mttf, back, notice)
    spread = spread_of(rate.mttf_low, rate.mttf_high)
    return Cause(name, rate.mttf, back, notice, rate.component, spread)


def fleets_of(spreads: Mapping[str, float]) -> Iterator[tuple[float, dict[str, float]]]:
    """Factors of uncertain rates, by name, each time with the weight of fleets that have them.

    Arguments:
        spreads: standard deviation of the logarithm of each rate.
    """
    for cases in product(*(factors(spread) for spread in spreads.values())):
        weight = math.prod(weight for _, weight in cases)
        yield weight, dict(zip(spreads, (factor for factor, _ in cases), strict=True))


@dataclass(frozen=True)
class Component:
    """Identical units of which some must work.

    Arguments:
        name: what it is.
        required: units that must work; 0 where work goes on without any.
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

    def among(self, names: frozenset[str]) -> "Component":
        """The block as those see it who need some components alone: the same.

        Arguments:
            names: of components that are needed.
        """
        return self

    def mttfs(self, rates: Mapping[str, float] = _TYPICAL) -> list[float]:
        """Mean time until one unit goes away for each cause, s.

        Arguments:
            rates: factors of the typical rates, by name; those that are not named are typical.
        """
        return [
            cause.mttf / rates[cause.rate] if cause.rate in rates else cause.mttf
            for cause in self.causes
        ]

    @property
    def mttf(self) -> float:
        """Mean time until one unit goes away for any cause, at typical rates, s."""
        return mttf_of_series(cause.mttf for cause in self.causes)

    @property
    def mttr(self) -> float:
        """Mean time that one unit is away, over its causes, s."""
        rates = [1 / cause.mttf for cause in self.causes]
        total = sum(rates)
        away = sum(rate * cause.mttr for rate, cause in zip(rates, self.causes, strict=True))
        return away / total if total > 0 else 0.0

    def mttf_interval(self) -> tuple[float, float] | None:
        """Ends of the 95 % interval of the mean time to failure of one unit, s; None if certain.

        The variances of the rates add, as of a sum that is log-normal, too.
        """
        if not self.spreads():
            return None
        shares = [self.mttf / cause.mttf * cause.spread for cause in self.causes]
        factor = math.exp(normal_factor(CONFIDENCE) * math.hypot(*shares))
        return self.mttf / factor, self.mttf * factor

    def spreads(self) -> dict[str, float]:
        """Rates that are uncertain, by name, with their spread."""
        return {cause.rate: cause.spread for cause in self.causes if cause.spread}

    def at(self, rates: Mapping[str, float]) -> "Component":
        """The same where the uncertain rates are certain.

        Arguments:
            rates: factors of the typical rates, by name; those that are not named stay uncertain.
        """
        causes = tuple(
            replace(cause, mttf=cause.mttf / rates[cause.rate], rate="", spread=0.0)
            if cause.rate in rates
            else cause
            for cause in self.causes
        )
        return replace(self, causes=causes)

    def typical(self) -> "Component":
        """The same at its typical rates, as if they were certain."""
        return self.at(dict.fromkeys(self.spreads(), 1.0))

    def fleets(self) -> Iterator[tuple[float, "Component"]]:
        """The same at certain rates, each time with the weight of such fleets."""
        for weight, rates in fleets_of(self.spreads()):
            yield weight, self.at(rates)

    def result(self) -> BlockResult:
        """The block and its unavailability: independent units, each repaired, in every fleet."""
        return BlockResult(self.block(), self._away, single_point=self.units == self.required)

    def of_a_unit(self) -> tuple[float, float]:
        """Share of time that a unit is away, and how often one fails while it is up, 1/s."""
        return _of_a_unit(self.causes)

    def times_down(self) -> Iterator[tuple[float, float, float]]:
        """Weight of each fleet, the share of time that the block is down in it, and how often.

        The last in 1/s.
        """
        for weight, *unit in _units_of_fleets(self.causes):
            yield weight, self._shortage(*unit), self._downs(*unit)

    @functools.cached_property  # each of the many fleets is asked, and whoever wants it asks again
    def _away(self) -> float:
        fleets = _units_of_fleets(self.causes)
        return min(1.0, math.fsum(weight * self._shortage(*unit) for weight, *unit in fleets))

    def block(self) -> Block:
        """What the block is made of."""
        low, high = self.mttf_interval() or (None, None)
        of_units = self.required, self.units, self.mttf, self.mttr
        return Block(self.name, *of_units, self.source, low, high, self._reclaimed())

    def _reclaimed(self) -> float:
        """Of the time that a unit is away, the share in which the cloud took it back."""
        away = {cause.name: cause.mttr / cause.mttf for cause in self.causes}
        return away.get(RECLAIM, 0.0) / sum(away.values()) if RECLAIM in away else 0.0

    def away(self) -> float:
        """Share of time in which too few units work, at typical rates."""
        return self._shortage(self.mttf, self.mttr)

    def _shortage(self, mttf: float, mttr: float) -> float:
        if self.required == 0:
            return 0.0
        return shortage_of_hot_spares(self.required, self.units - self.required, 1 / mttf, mttr)

    def failure_frequency(self) -> float:
        """How often the block goes down, with one unit fewer than it needs, 1/s.

        f = k λ P(exactly k work), where units that are too many fail while the block is up alone.

        Source: Trivedi (2002), section 8.2; Ross (2014), Introduction to Probability Models, 11th
            edition, section 9.6, with the Birnbaum importance of a k-of-n system.
        """
        return self._frequency

    @functools.cached_property
    def _frequency(self) -> float:
        fleets = _units_of_fleets(self.causes)
        return math.fsum(weight * self._downs(*unit) for weight, *unit in fleets)

    def downs(self) -> float:
        """How often the block goes down at typical rates, 1/s."""
        return self._downs(self.mttf, self.mttr)

    def _downs(self, mttf: float, mttr: float) -> float:
        unit = unavailability(mttf, mttr)
        tolerated = self.units - self.required
        if self.required == 0 or unit == 1.0 or (unit == 0.0 and tolerated):
            return 0.0
        logs = math.lgamma(self.units + 1) - math.lgamma(self.required + 1)
        logs -= math.lgamma(tolerated + 1)  # the binomial coefficient would overflow
        logs += self.required * math.log1p(-unit) + (tolerated * math.log(unit) if tolerated else 0)
        return self.required / mttf * math.exp(logs)

    def failures(self) -> float:
        """How often units fail in the long run, at typical rates, 1/s."""
        return 0.0 if math.isinf(self.mttf) else self.units / (self.mttf + self.mttr)

    def interruption_rate(self) -> float:
        """How often work that uses the component is interrupted, 1/s.

        Any unit in use interrupts work that it carries; otherwise only the loss of one unit too
        many does.
        """
        if self.carries_work or self.units == self.required:
            return self.required / self.mttf
        return self.failure_frequency()


@functools.lru_cache(maxsize=512)  # groups of different sizes have the same units
def _of_a_unit(causes: tuple[Cause, ...]) -> tuple[float, float]:
    """Share of time that it is away, and how often it fails while it is up, 1/s, of all fleets."""
    fleets = _units_of_fleets(causes)
    away = math.fsum(weight * unavailability(mttf, mttr) for weight, mttf, mttr in fleets)
    return away, math.fsum(weight / mttf for weight, mttf, _ in fleets)


@functools.lru_cache(maxsize=512)
def _units_of_fleets(causes: tuple[Cause, ...]) -> tuple[tuple[float, float, float], ...]:
    """Weight of each fleet, and mean times to failure and repair of its units, s."""
    unit = Component("unit", 1, 1, causes, carries_work=False, source="")
    return tuple((weight, one.mttf, one.mttr) for weight, one in unit.fleets())
