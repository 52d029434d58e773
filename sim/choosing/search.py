"""The search for the best of very many stacks: the least of each decides what is simulated."""

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from math import prod
from typing import Any

from models.description.stack import Objectives
from models.prediction.choice_answer import Changes, Excuse, RejectedFamily, Why
from models.prediction.comparison_answer import Refused, Variant
from models.reading.variations import combinations
from sim.choosing.law_path import Judged
from sim.choosing.open_choices import Choice, Slack
from sim.choosing.seldom_up import surely_too_few
from sim.choosing.shortfall import of_variant

RESOLUTION = 0.05  # of cost and time: what lies closer to what was found is not told apart from it

Judge = Callable[[Sequence[Mapping[str, Any]], Sequence[Choice]], list[Judged]]
Simulate = Callable[[Mapping[str, Any]], Variant | Refused]


@dataclass(frozen=True)
class Found:
    """What a search found.

    Arguments:
        fine: simulated stacks that meet all objectives, in the order in which they were found.
        nearest: where there are none: the one that misses them by least.
        rejected: all other candidates.
        solved: how often the laws were asked.
        simulated: how many were simulated.
        complete: nothing was left out for want of time.
    """

    fine: tuple[Variant, ...]
    nearest: Variant | None
    rejected: tuple[RejectedFamily, ...]
    solved: int
    simulated: int
    complete: bool


@dataclass(frozen=True)
class _Node:
    """Candidates that are alike but for the choices that are left; with none left, one candidate.

    Arguments:
        changes: of one of them.
        left: choices in which they differ.
        judged: what the laws say of all of them.
    """

    changes: dict[str, Any]
    left: tuple[Choice, ...]
    judged: Judged

    @property
    def size(self) -> int:
        """How many candidates there are."""
        return prod(len(one.axis.values) for one in self.left)


@dataclass
class Search:
    """A search, best first, in which only what may be better than all that was found is simulated.

    Arguments:
        choices: what is open.
        objectives: that the stack names.
        judge: candidates by laws, of which all are meant that differ in the choices beside them.
        seldom: whether the laws are sure that candidates are up too seldom, and why.
        simulate: candidates, in some years.
        years: how many.
        confirm: candidates that may meet their objectives, in the years that count.
        most: simulations at the most.
        told: after every step, how many candidates are settled.
    """

    choices: Sequence[Choice]
    objectives: Objectives
    judge: Judge
    seldom: Callable[[Mapping[str, Any]], Excuse | None]
    simulate: Simulate
    years: int
    confirm: Simulate
    most: int
    told: Callable[[int], None] = lambda done: None
    fine: list[Variant] = field(default_factory=list)
    missed: list[tuple[float, Variant]] = field(default_factory=list)
    solved: int = 0
    simulated: int = 0
    complete: bool = True

    def __post_init__(self) -> None:
        slack = [one for one in self.choices if one.slack is not Slack.NONE]
        # What says how often nodes are up is chosen first: the laws may reject it at once.
        self.slack = tuple(sorted(slack, key=lambda one: not _of_nodes(one)))
        self.hard = tuple(one for one in self.choices if one.slack is Slack.NONE)
        self.excuses: dict[tuple[str, Why], tuple[Changes, int, Excuse, float]] = {}
        self.near: list[tuple[float, float, int, _Node]] = []
        self._settled = 0
        self._order = count()

    def run(self) -> Found:
        """Search until nothing is left that may be better."""
        first = {one.axis.path: one.axis.values[0] for one in self.slack}
        families = [first | one for one in combinations([one.axis for one in self.hard])]
        heap: list[tuple[float, int, _Node]] = []
        self._push(heap, families, self.slack)
        self._cheapest_first(heap)
        if not self.fine:
            self._nearest_first()
        nearest = self._nearest() if self.missed and not self.fine else None
        return Found(
            tuple(self.fine),
            nearest,
            self._rejected(),
            self.solved,
            self.simulated,
            self.complete,
        )

    def _nodes(self, all_of: Sequence[dict[str, Any]], left: tuple[Choice, ...]) -> list[_Node]:
        self.solved += len(all_of)
        judged = self.judge(all_of, left)
        return [_Node(changes, left, one) for changes, one in zip(all_of, judged, strict=True)]

    def _push(
        self,
        heap: list[tuple[float, int, _Node]],
        all_of: Sequence[dict[str, Any]],
        left: tuple[Choice, ...],
    ) -> None:
        """Ask the laws, and keep what they do not reject."""
        for one in self._nodes(all_of, left):
            excuse = one.judged.excuse
            if excuse is None:
                heapq.heappush(heap, (one.judged.cost, next(self._order), one))
            elif not one.judged.of_all:  # each is asked in its turn, the first of all
                heapq.heappush(heap, (0.0, next(self._order), replace(one, judged=Judged())))
            else:
                self._reject(one, excuse, one.judged.shortfall)
                self._keep_near(one)

    def _keep_near(self, one: _Node) -> None:
        if math.isfinite(one.judged.shortfall):
            entry = (one.judged.shortfall, one.judged.cost, next(self._order), one)
            self.near.append(entry)

    def _children(self, one: _Node) -> tuple[list[dict[str, Any]], tuple[Choice, ...]]:
        """The values of the first choice that is left."""
        first, *others = one.left
        values = first.axis.values
        return [{**one.changes, first.axis.path: value} for value in values], tuple(others)

    def _cheapest_first(self, heap: list[tuple[float, int, _Node]]) -> None:
        while heap:
            if self.simulated >= self.most:
                self._give_up([one for _, _, one in heap])
                return
            _, _, one = heapq.heappop(heap)
            if self._beaten(one.judged):
                self._reject(one, _beaten_by(one.judged), one.judged.cost)
            elif (excuse := self._too_seldom(one)) is not None:
                self._reject(one, excuse, 1.0)
                self._keep_near(replace(one, judged=replace(one.judged, shortfall=1.0)))
            elif one.left:
                self._push(heap, *self._children(one))
            else:
                self._try(one)

    def _too_seldom(self, one: _Node) -> Excuse | None:
        """An excuse that holds once all is chosen that says how often nodes are up."""
        if any(_of_nodes(choice) for choice in one.left) or not one.judged.of_all:
            return None
        return self.seldom(one.changes)

    def _beaten(self, one: Judged) -> bool:
        """Something found is as cheap and fast as it can be; what may be the cheapest never is."""
        if not self.fine or one.cost < min(cost_of(each) for each in self.fine):
            return False
        return any(
            cost_of(each) <= one.cost * (1 + RESOLUTION)
            and time_of(each) <= one.time * (1 + RESOLUTION)
            for each in self.fine
        )

    def _try(self, one: _Node) -> None:
        answer = self._simulated(one.changes)
        if isinstance(answer, Refused):
            self._reject(one, Excuse(Why.IMPOSSIBLE, fault=answer.faults[0]), math.inf)
        elif answer.fine and not answer.at_least:
            self.fine.append(answer)
            self._settle(1)
        else:
            self._missed(one, answer)

    def _simulated(self, changes: Mapping[str, Any]) -> Variant | Refused:
        """A candidate in some years; in all that count unless these are sure that it misses."""
        self.simulated += 1
        answer = self.simulate(changes)
        if isinstance(answer, Refused) or not self._may_be_fine(answer):
            return answer
        return self.confirm(changes)

    def _may_be_fine(self, one: Variant) -> bool:
        """Whether more years may say that all objectives are met."""
        if one.unstable or one.at_least:
            return False
        ratios = {each.objective: each.ratio for each in of_variant(self.objectives, one)}
        return not any(
            surely_too_few(each.probability, each.required, self.years)
            if each.of
            else ratios[each.name] > 1 + RESOLUTION
            for each in one.objectives
            if not each.met
        )

    def _missed(self, node: _Node, answer: Variant) -> None:
        shortfalls = list(of_variant(self.objectives, answer))
        worst = max((one.ratio for one in shortfalls), default=1.0)
        worst = math.inf if answer.unstable else worst
        self.missed.append((worst, answer))
        if answer.unstable:
            excuse = Excuse(Why.OVERLOADED, objectives=answer.unstable)
        else:
            names = tuple(one.name for one in answer.objectives if not one.met)
            excuse = Excuse(Why.MISSED, objectives=names)
            for one in shortfalls:
                if one.ratio > 1 and one.concession.reached_time is not None:
                    excuse = replace(
                        excuse,
                        least_time=one.concession.reached_time,
                        wanted_time=one.concession.wanted_time,
                    )
                if one.ratio > 1 and one.concession.reached_cost is not None:
                    excuse = replace(
                        excuse,
                        least_cost=one.concession.reached_cost,
                        wanted_cost=one.concession.wanted_cost,
                    )
        self._reject(node, excuse, worst)

    def _nearest_first(self) -> None:
        """Where nothing meets the objectives: what misses them by least."""
        heap = self.near
        heapq.heapify(heap)
        while heap and self.simulated < self.most:
            least, _, _, one = heapq.heappop(heap)
            if least * (1 + RESOLUTION) >= min((r for r, _ in self.missed), default=math.inf):
                return
            if one.left:
                for child in self._nodes(*self._children(one)):
                    if math.isfinite(child.judged.shortfall):
                        entry = (child.judged.shortfall, child.judged.cost)
                        heapq.heappush(heap, (*entry, next(self._order), child))
                continue
            answer = self._simulated(one.changes)
            if isinstance(answer, Variant) and answer.fine and not answer.at_least:
                self.fine.append(answer)
                return
            if isinstance(answer, Variant) and not answer.unstable:
                ratios = [each.ratio for each in of_variant(self.objectives, answer)]
                self.missed.append((max(ratios, default=1.0), answer))
        if heap:
            self.complete = False

    def _nearest(self) -> Variant:
        """What misses the objectives by least, in the years that count."""
        found = min(self.missed, key=lambda one: one[0])[1]
        answer = self.confirm(dict(found.changes))
        return answer if isinstance(answer, Variant) else found

    def _give_up(self, left: Sequence[_Node]) -> None:
        self.complete = False
        for one in left:
            excuse = replace(_beaten_by(one.judged), why=Why.NOT_REACHED)
            self._reject(one, excuse, one.judged.cost)

    def _reject(self, one: _Node, excuse: Excuse, nearness: float) -> None:
        """Count rejected candidates with their family, whose excuse is that of the nearest."""
        self._settle(one.size)
        lead = (self.hard or self.slack)[:1]
        family = tuple((each.axis.path, one.changes[each.axis.path]) for each in lead)
        key = (str(family), excuse.why)
        _, known, nearest, least = self.excuses.get(key, (family, 0, excuse, math.inf))
        if nearness < least:
            nearest, least = excuse, nearness
        self.excuses[key] = (family, known + one.size, nearest, least)

    def _settle(self, size: int) -> None:
        self._settled += size
        self.told(self._settled)

    def _rejected(self) -> tuple[RejectedFamily, ...]:
        return tuple(
            RejectedFamily(family, number, excuse)
            for family, number, excuse, _ in self.excuses.values()
        )


def _beaten_by(one: Judged) -> Excuse:
    return Excuse(Why.BEATEN, least_time=one.time or None, least_cost=one.cost)


def _of_nodes(choice: Choice) -> bool:
    """Whether it says how often nodes are up."""
    return choice.axis.path.split(".")[0] == "nodes"


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
