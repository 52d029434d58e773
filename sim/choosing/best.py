"""What a search has found so far, and what may still be better."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.prediction.comparison_answer import Variant
from sim.choosing.law_path import Judged
from sim.choosing.seldom_up import sure_quantile

RESOLUTION = 0.05  # of cost and time: what lies closer to what was found is not told apart from it
_SURE = 4.0  # standard errors
_ROUNDING = 1e-9


@dataclass
class Best:
    """Stacks that meet all objectives, and what a few years say of others beside them.

    Arguments:
        fine: simulated stacks that meet all objectives, in the order in which they were found.
        rough: what few years said of each, beside what the years that count say.
        spacing: share by which what lies between the cheapest and the fastest is told apart.
    """

    fine: list[Variant] = field(default_factory=list)
    rough: list[tuple[Variant, Variant]] = field(default_factory=list)
    spacing: float = RESOLUTION

    @property
    def cost(self) -> float:
        """What the cheapest costs, USD; infinite where there is none."""
        return min(map(cost_of, self.fine), default=math.inf)

    @property
    def time(self) -> float:
        """What the fastest takes, s; infinite where there is none."""
        return min(map(time_of, self.fine), default=math.inf)

    def no_cheaper(self, cost: float) -> bool:
        """Whether what costs so much at the least can't be cheaper than what was found.

        Arguments:
            cost: USD.
        """
        return bool(self.fine) and cost >= self.cost * (1 - _ROUNDING)

    def beaten(self, cost: float, time: float) -> bool:
        """Whether something found is as cheap and fast as it can be; never of what may be cheapest.

        Arguments:
            cost: USD that it costs at least.
            time: s that it takes at least.
        """
        if not self.no_cheaper(cost):
            return False
        near = 1 + self.spacing
        return any(cost_of(one) <= cost * near and time_of(one) <= time * near for one in self.fine)

    def dearer(self, one: Variant) -> bool:
        """Whether in the same few years something found is surely no dearer.

        Arguments:
            one: simulated in few years.
        """
        return any(_surely_no_dearer(rough, one) for rough, _ in self.rough)

    def no_better(self, one: Variant) -> bool:
        """Whether in the same few years something found is surely no dearer, and in all no slower.

        Arguments:
            one: simulated in few years.
        """
        return any(
            _surely_no_dearer(rough, one)
            and max(map(time_of, (rough, found))) <= time_of(one) * (1 + self.spacing / 2)
            for rough, found in self.rough
        )

    def least_cost(self, one: Variant, judged: Judged) -> float:
        """USD that a stack costs at least in the years that count, by its first years and by laws.

        Those years are the first of these, and no other costs less than the laws say.

        Arguments:
            one: simulated in few years.
            judged: what the laws say.
        """
        years = max(1, judged.years)
        seen = min(one.replications, years)
        rest = (years - seen) * judged.floor
        return max(judged.cost, (math.fsum(one.cost.samples[:seen]) + rest) / years)

    def least_time(self, one: Variant, judged: Judged) -> float:
        """The 95th percentile, s, that a stack surely is not below in the years that count.

        Arguments:
            one: simulated in few years.
            judged: what the laws say.
        """
        ends = [each for each in one.workloads if each.completes]
        if not ends:
            return judged.time
        return max(judged.time, *(sure_quantile(each.samples, 0.95) for each in ends))

    def set_spacing(self, steps: int) -> None:
        """Tell apart as many steps as there are from the cheapest to the fastest.

        Arguments:
            steps: at the most.
        """
        if not self.fine:
            return
        slowest, fastest = time_of(min(self.fine, key=cost_of)), self.time
        spread = (slowest / fastest) ** (1 / steps) - 1 if fastest > 0 else 0.0
        self.spacing = max(RESOLUTION, spread if math.isfinite(spread) else 0.0)


def key_of(changes: Mapping[str, Any]) -> str:
    """The same of the same candidate, in whatever order its values are.

    Arguments:
        changes: path and value of all that is chosen.
    """
    return str(sorted(changes.items()))


def _surely_no_dearer(one: Variant, other: Variant) -> bool:
    """By the differences of the same years, of which many standard errors are no doubt."""
    if len(one.cost.samples) != len(other.cost.samples):
        return False
    less = np.subtract(other.cost.samples, one.cost.samples)
    error = float(less.std(ddof=1)) / math.sqrt(len(less))
    return float(less.mean()) >= _SURE * error


def cost_of(one: Variant) -> float:
    """What a stack costs, USD: the mean of its run, or of its month.

    Arguments:
        one: the stack.
    """
    return one.cost.mean.mean


def time_of(one: Variant) -> float:
    """How long a stack takes, s: P95 until its last workload is complete, else of an answer.

    Arguments:
        one: the stack.
    """
    ends = [each for each in one.workloads if each.completes] or list(one.workloads)
    return max(math.inf if w.time_p95 is None else w.time_p95.mean for w in ends)
