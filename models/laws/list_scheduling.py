"""How long stages of tasks take on slots of unequal speed: waves, and bounds of list scheduling."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.makespan import Bounds

_NORMAL = 8.0  # standard deviations of the logarithm that an integral reaches to
_POINTS = 4001


@dataclass(frozen=True)
class Slots:
    """Slots on which a task takes equally long.

    Arguments:
        count: how many.
        time: of one task on each of them, s.
    """

    count: int
    time: float


def waves(tasks: int, slots: int) -> int:
    """Rounds in which equal tasks run on slots.

    Arguments:
        tasks: how many.
        slots: tasks that run side by side.

    Raises:
        ValueError: an argument out of range.

    Source: Dean and Ghemawat (2004), MapReduce, section 3.5, ceil(tasks / slots).
    """
    return -(-whole("tasks", tasks, 0) // whole("slots", slots, 1))


def task_rate(slots: Sequence[Slots]) -> float:
    """Tasks that slots complete in a second while none of them is idle, 1/s.

    Arguments:
        slots: one kind or more.

    Raises:
        ValueError: no slot, or a time that is not more than 0.

    Source: the work that a second takes off, summed over slots.
    """
    if not any(one.count for one in slots):
        raise ValueError("there are no slots")
    return math.fsum(one.count / positive("time", one.time) for one in slots if one.count)


def stage_bounds(
    tasks: int, slots: Sequence[Slots], longest: float = 1.0, shortest: float = 0.0
) -> Bounds:
    """Between which the time of a stage lies whose tasks all wait from its beginning on, s.

    No schedule beats the work over the rate of all slots, nor the fastest of them, nor as many
    rounds of the shortest task as there are waves: some slot has a task of each. As long as a
    task waits, no slot is idle: when the last one starts, at s, each slot has begun s / time tasks
    at least, so that s is (tasks - 1) / rate at the most; and each has ended one by the time that
    the longest takes, so that all waves are over after as many of these.

    Arguments:
        tasks: how many.
        slots: one kind or more, with the mean time of a task.
        longest: the longest of so many tasks over their mean, in the mean.
        shortest: what no task is shorter than, over their mean.

    Raises:
        ValueError: an argument out of range.

    Source: Graham (1966), Bounds for certain multiprocessing anomalies, theorem 1, with slots of
        unequal speed; Dean and Ghemawat (2004), section 3.5, for waves.
    """
    count = whole("tasks", tasks, 0)
    if count == 0:
        return Bounds(0.0, 0.0)
    rate, used = task_rate(slots), [one.time for one in slots if one.count]
    last = positive("longest", longest) * max(used)
    rounds = waves(count, sum(one.count for one in slots))
    least = rounds * non_negative("shortest", shortest) * min(used)
    low = max(count / rate, min(used), least)
    return Bounds(low, max(low, min((count - 1) / rate + last, rounds * last)))


@dataclass(frozen=True)
class StageTasks:
    """Tasks of a stage where they take longest.

    Arguments:
        count: how many.
        mean: time of one, s.
        longest: of so many, s.
    """

    count: int
    mean: float
    longest: float


def waits_for_others(
    stages: Sequence[StageTasks], slots: int, after: Sequence[Sequence[int]]
) -> tuple[float, ...]:
    """What stages that share all slots lengthen each other by at the most, s.

    A slot that becomes free takes a task of the first stage that has any. So a stage that is ready
    waits for all tasks of those before it that neither wait for it nor are waited for, and of
    those after it for what runs already.

    Arguments:
        stages: in order.
        slots: tasks that run side by side.
        after: positions of those that each waits for, all before it.

    Raises:
        ValueError: a stage that waits for one that is not before it.

    Source: as of `graph_bounds`: no slot is idle while a task waits.
    """
    before: list[frozenset[int]] = []
    for position, waits in enumerate(after):
        if any(not 0 <= one < position for one in waits):
            raise ValueError(f"stage {position} waits for one that is not before it")
        before.append(frozenset(waits).union(*(before[one] for one in waits)))
    work = [one.count * one.mean / slots for one in stages]
    return tuple(
        math.fsum(work[one] for one in range(position) if one not in waits)
        + math.fsum(
            min(work[one], stages[one].longest)
            for one in range(position + 1, len(before))
            if position not in before[one]
        )
        for position, waits in enumerate(before)
    )


def graph_bounds(
    stages: Sequence[Bounds], work: Sequence[float], after: Sequence[Sequence[int]]
) -> Bounds:
    """Between which the time of stages lies that wait for each other and share all slots, s.

    Arguments:
        stages: bounds of each alone on all slots.
        work: of each over the rate of all slots, s.
        after: positions of those that each waits for, all before it.

    Raises:
        ValueError: a stage that waits for one that is not before it.

    Source: Graham (1969), Bounds on multiprocessing timing anomalies: no sooner than the longest
        chain and than all work over all slots; no later than all stages one after the other.
    """
    ends: list[float] = []
    for position, one in enumerate(stages):
        if any(not 0 <= before < position for before in after[position]):
            raise ValueError(f"stage {position} waits for one that is not before it")
        start = max((ends[before] for before in after[position]), default=0.0)
        ends.append(start + non_negative("stages", one.low))
    low = max(*ends, math.fsum(work)) if ends else 0.0
    return Bounds(low, max(low, math.fsum(one.high for one in stages)))


@dataclass(frozen=True)
class TaskSpread:
    """How times of tasks of a stage differ from their mean.

    Arguments:
        variation: coefficient of variation of the log-normal factor of each.
        slow_share: probability that one is a straggler.
        slowdown: by which a straggler is slower than the others.
    """

    variation: float = 0.0
    slow_share: float = 0.0
    slowdown: float = 1.0

    def __post_init__(self) -> None:
        non_negative("variation", self.variation)
        probability("slow_share", self.slow_share)
        if not 1 <= self.slowdown < math.inf:
            raise ValueError(f"slowdown is {self.slowdown}; it must be 1 or more, and finite")

    @property
    def mean(self) -> float:
        """Of the factor by which a task takes longer than one without a straggler."""
        return 1 + self.slow_share * (self.slowdown - 1)

    @property
    def squared_variation(self) -> float:
        """Variance of the time of a task over the square of its mean."""
        square = (1 + self.variation**2) * (1 + self.slow_share * (self.slowdown**2 - 1))
        return square / self.mean**2 - 1


@functools.lru_cache(maxsize=64)  # iterations have the same stages
def longest_of(tasks: int, spread: TaskSpread) -> float:
    """The longest of so many tasks over the mean of one, in the mean.

    Arguments:
        tasks: how many.
        spread: of their times.

    Raises:
        ValueError: no task.

    Source: the mean of the largest of n, the integral of 1 - F(x)^n; David and Nagaraja (2003),
        Order Statistics, section 3.1.
    """
    count = whole("tasks", tasks, 1)
    sigma = math.sqrt(math.log1p(spread.variation**2))
    if sigma == 0:
        all_fast = (1 - spread.slow_share) ** count
        return (all_fast + (1 - all_fast) * spread.slowdown) / spread.mean
    most = spread.slowdown * math.exp(_NORMAL * sigma)
    x = np.exp(np.linspace(-_NORMAL * sigma, math.log(most), _POINTS))
    below = _log_normal(x, sigma)
    slow = _log_normal(x / spread.slowdown, sigma)
    share = (1 - spread.slow_share) * below + spread.slow_share * slow
    above = 1 - np.power(share, count)
    return float(x[0] + np.trapezoid(above, x)) / spread.mean


def _log_normal(x: "np.ndarray", sigma: float) -> "np.ndarray":
    """Distribution function of a log-normal variable of mean 1."""
    z = (np.log(x) + sigma**2 / 2) / sigma
    return np.array([math.erfc(-one / math.sqrt(2)) / 2 for one in z.tolist()])
