"""Durability of objects as providers publish it: loss in periods, nines, objects lost a year."""

import math
from dataclasses import dataclass

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.reliability.blocks import k_of_n, nines
from models.laws.time_units import YEAR


@dataclass(frozen=True)
class Durability:
    """How likely an object is kept for a year; the loss is carried, so that many nines survive.

    Arguments:
        annual_loss: probability that an object is lost within a year.
    """

    annual_loss: float

    def __post_init__(self) -> None:
        probability("annual_loss", self.annual_loss)

    @property
    def durability(self) -> float:
        """Probability that an object is kept for a year; a double ends at 16 nines."""
        return 1 - self.annual_loss

    @property
    def nines(self) -> float:
        """How many nines the durability has: a loss of 1e-11 is 11."""
        return nines(self.annual_loss)

    def expected_losses(self, objects: float) -> float:
        """Mean number of objects lost in a year, however their losses hang together.

        Arguments:
            objects: how many are stored.

        Raises:
            ValueError: the number is out of range.
        """
        return non_negative("objects", objects) * self.annual_loss

    def loss_probability(self, objects: float) -> float:
        """Probability that one object or more is lost in a year, if each is lost by itself.

        Arguments:
            objects: how many are stored.

        Raises:
            ValueError: the number is out of range.
        """
        non_negative("objects", objects)
        if self.annual_loss == 1:
            return float(objects > 0)
        return -math.expm1(objects * math.log1p(-self.annual_loss))


@dataclass(frozen=True, kw_only=True)
class PeriodDurability(Durability):
    """Durability from periods in which each failed drive is replaced.

    Arguments:
        period_loss: probability that more drives fail in a period than are tolerated.
        one_too_many: probability that exactly one more fails.
        periods: in a year.
    """

    period_loss: float
    one_too_many: float
    periods: float


def period_durability(
    data: int, parity: int, annual_failure_rate: float, replacement: float
) -> PeriodDurability:
    """Durability of an erasure-coded object, as storage providers compute it.

    Arguments:
        data: drives whose worth of data a stripe holds.
        parity: further drives; as many may fail.
        annual_failure_rate: failures of a drive a year, each replaced.
        replacement: time in which a failed drive is replaced and rebuilt, s; at most a year.

    Raises:
        ValueError: an argument out of range.

    Source: Backblaze (2018), Erasure coding durability: the year is cut into periods of the
        replacement time, each losing data if more drives fail in it than there are parities.
    """
    drives = whole("data", data, 1) + whole("parity", parity, 0)
    if not 0 < replacement <= YEAR:
        raise ValueError(f"replacement is {replacement} s; it must be more than 0, at most a year")
    periods = YEAR / replacement
    failing = -math.expm1(-non_negative("annual_failure_rate", annual_failure_rate) / periods)
    lost = k_of_n(data, [failing] * drives)
    annual = 1.0 if lost == 1 else -math.expm1(periods * math.log1p(-lost))
    return PeriodDurability(
        annual,
        period_loss=lost,
        one_too_many=_binomial(drives, parity + 1, failing),
        periods=periods,
    )


def annual_failure_rate(mttf: float) -> float:
    """Failures of a drive a year, each replaced at once, as field data count them.

    Arguments:
        mttf: of a drive, s.

    Raises:
        ValueError: it is out of range.

    Source: Schroeder and Gibson (2007), Disk failures in the real world.
    """
    return YEAR / positive("mttf", mttf)


def _binomial(trials: int, count: int, chance: float) -> float:
    """Probability of so many successes among independent trials."""
    if chance in (0.0, 1.0):
        return float(count == trials * chance)
    rest = (trials - count) * math.log1p(-chance)
    return math.exp(math.log(math.comb(trials, count)) + count * math.log(chance) + rest)
