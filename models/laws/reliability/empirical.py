"""Lifetimes as they were observed: a probability at each of some times."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from models.laws.arguments import non_negative, positive
from models.laws.arrays import Floats
from models.laws.reliability.lifetime import Lifetime, check_share


@dataclass(frozen=True)
class Empirical(Lifetime):
    """A lifetime that takes one of some values.

    Arguments:
        times: s, rising.
        probabilities: of failing at each; together 1.

    Raises:
        ValueError: the times don't rise, or the probabilities don't add up to 1.
    """

    times: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.times or len(self.times) != len(self.probabilities):
            raise ValueError(
                f"times has {len(self.times)} values and probabilities"
                f" {len(self.probabilities)}; there must be as many of both, 1 or more"
            )
        for time in self.times:
            non_negative("times", time)
        if any(after <= before for before, after in pairwise(self.times)):
            raise ValueError(f"times is {list(self.times)}; each must be later than the one before")
        for probability in self.probabilities:
            if not 0 < probability <= 1:
                raise ValueError(f"probabilities has {probability}; each must be more than 0")
        total = math.fsum(self.probabilities)
        if abs(total - 1) > 1e-9:
            raise ValueError(f"probabilities add up to {total}; they must add up to 1")
        positive("the last of times", self.times[-1])

    @classmethod
    def of(cls, sample: Sequence[float]) -> "Empirical":
        """The law that gives each observed lifetime the same weight.

        Arguments:
            sample: s, 1 or more lifetimes in any order.

        Raises:
            ValueError: the sample is empty, or a lifetime is out of range.
        """
        counts = sorted(Counter(sample).items())
        return cls(
            tuple(float(time) for time, _ in counts), tuple(n / len(sample) for _, n in counts)
        )

    @property
    def mttf(self) -> float:
        return math.fsum(p * time for p, time in self._pairs())

    @property
    def variance(self) -> float:
        mean = self.mttf
        return math.fsum(p * (time - mean) ** 2 for p, time in self._pairs())

    def reliability(self, time: float) -> float:
        return self._sum(time, late=True)

    def unreliability(self, time: float) -> float:
        return self._sum(time, late=False)

    def cumulative_hazard(self, time: float) -> float:
        failed, left = self.unreliability(time), self.reliability(time)
        if left == 0:
            return math.inf
        return -math.log1p(-failed) if failed < 0.5 else -math.log(left)

    def hazard(self, time: float) -> float:
        raise ValueError("an empirical lifetime has no hazard; it has no density")

    def mean_residual_life(self, age: float) -> float:
        self.hazard_between(age, 0.0)
        later = [(p, time - age) for p, time in self._pairs() if time > age]
        return math.fsum(p * left for p, left in later) / math.fsum(p for p, _ in later)

    def time_lost(self, interval: float) -> float:
        non_negative("interval", interval)
        return math.fsum(p * (interval - time) for p, time in self._pairs() if time < interval)

    def quantile(self, p: float) -> float:
        # A hair less, as sums of shares such as 1/3 round.
        enough = check_share(p) * (1 - 1e-12)
        totals = zip(accumulate(self.probabilities), self.times, strict=True)
        return next((time for total, time in totals if total >= enough), self.times[-1])

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        # Probabilities that add up to 1 within rounding: the last time takes the rest.
        bounds = np.cumsum(self.probabilities[:-1])
        return np.array(self.times)[np.searchsorted(bounds, random.random(size), side="right")]

    def _sum(self, time: float, *, late: bool) -> float:
        non_negative("time", time)
        return min(1.0, math.fsum(p for p, at in self._pairs() if (at > time) == late))

    def _pairs(self) -> Iterator[tuple[float, float]]:
        return zip(self.probabilities, self.times, strict=True)
