"""The search for the best of very many stacks: the least of each decides what is simulated."""

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from math import prod
from typing import Any

from models.description.stack import Objectives
from models.prediction.choice_answer import Excuse, RejectedFamily, Why
from models.prediction.comparison_answer import Refused, Variant
from models.reading.variations import combinations
from sim.choosing.best import RESOLUTION, Best, cost_of, key_of, time_of
from sim.choosing.by_group import Families
from sim.choosing.candidates import Candidates, Entry, by_cost, by_time
from sim.choosing.descent import descend
from sim.choosing.excuses import Excuses
from sim.choosing.law_path import Judged
from sim.choosing.missed_objectives import DEADLINE, is_late, may_be_fine, why_missed, worst_miss
from sim.choosing.open_choices import Choice, Slack
from sim.choosing.seen_requests import SeenRequests
from sim.choosing.seen_runs import SeenRuns

BETWEEN = 6  # at most so many steps from the cheapest to the fastest, where they lie far apart
MOST_ASKED = 4000  # candidates, or families of them, that the laws are asked about one by one
_FAMILIES_TRIED = 60  # of which one may be cheaper than the stack as it is described
_MOST_MOVES = 16  # that are simulated on the way to a cheaper one

Changes = Mapping[str, Any]
Judge = Callable[[Sequence[Changes], Sequence[Choice]], list[Judged]]
Simulate = Callable[[Changes], Variant | Refused]


@dataclass(frozen=True)
class Simulations:
    """How candidates are simulated.

    Arguments:
        steps: in few years, and in more where they may meet the objectives.
        confirm: in the years that count.
        calm: in few years in which hardly a node fails.
        most: candidates, at the most.
        years: that count.
    """

    steps: Sequence[Simulate]
    confirm: Simulate
    calm: Simulate
    most: int
    years: int


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
        spacing: share by which what lies between the cheapest and the fastest is told apart.
    """

    fine: tuple[Variant, ...]
    nearest: Variant | None
    rejected: tuple[RejectedFamily, ...]
    solved: int
    simulated: int
    complete: bool
    spacing: float


@dataclass
class Search:
    """A search, best first, in which only what may be better than all that was found is simulated.

    Arguments:
        choices: what is open.
        objectives: that the stack names.
        judge: candidates by laws, of which all are meant that differ in the choices beside them.
        seldom: whether the laws are sure that candidates are up too seldom, and why.
        simulations: how candidates are simulated.
        first: values of what is slack, by which families are judged.
        bystanders: paths of node groups that no run is on, and of stores that none names.
        families: of candidates, by cost, where their node groups are judged one by one.
        some: families with what the laws say of them, where these are not all.
        described: the stack as the file has it, where it is a candidate, in the years that count.
        told: after every step, how many candidates are settled.
    """

    choices: Sequence[Choice]
    objectives: Objectives
    judge: Judge
    seldom: Callable[[Changes], Excuse | None]
    simulations: Simulations
    first: dict[str, Any]
    bystanders: frozenset[str] = frozenset()
    families: Families | None = None
    some: Sequence[tuple[dict[str, Any], Judged]] | None = None
    described: tuple[Changes, Variant] | None = None
    told: Callable[[int], None] = lambda done: None
    solved: int = 0
    simulated: int = 0
    complete: bool = True
    cheapest_only: bool = True
    put_off: list[Candidates] = field(default_factory=list)
    missed: list[tuple[float, Variant]] = field(default_factory=list)
    taken: list[Changes] = field(default_factory=list)

    def __post_init__(self) -> None:
        slack = [one for one in self.choices if one.slack is not Slack.NONE]
        # What says how often nodes are up is chosen first: the laws may reject it at once.
        self.slack = tuple(sorted(slack, key=lambda one: one.section != "nodes"))
        self.hard = tuple(one for one in self.choices if one.slack is Slack.NONE)
        total = prod(len(one.axis.values) for one in self.choices)
        self.excuses = Excuses(total, self.hard or self.slack, self.told)
        self.best = Best()
        self.requests = SeenRequests(self.objectives)
        self.runs = SeenRuns(self.choices, self.bystanders)
        self.near: list[tuple[float, float, int, Candidates]] = []
        self.known: dict[str, tuple[int, Variant | Refused]] = {}  # and in how many steps
        self._order = count()

    def run(self) -> Found:
        """Search until nothing is left that may be better."""
        heap: list[Entry] = []
        if self.described is not None:
            self._begin(*self.described)
        if self.families is not None:
            for judged, number, changes in self.families.rejected:
                excuse = judged.excuse or _beaten_by(judged)
                whole = {**self.first, **changes}
                self.excuses.reject(whole, number, excuse, judged.shortfall)
        elif self.some is not None:
            for changes, judged in self.some:
                self._place(heap, Candidates(changes, self.slack, judged))
        else:
            families = [self.first | one for one in combinations([one.axis for one in self.hard])]
            self._push(heap, families, self.slack)
        self._cheapest_first(heap)
        self._fastest_first(heap)
        self._between(heap)
        if not self.best.fine:
            self._nearest_first()
        self._leave_the_rest()
        nearest = self._nearest() if self.missed and not self.best.fine else None
        return Found(
            tuple(self.best.fine),
            nearest,
            self.excuses.rejected(),
            self.solved,
            self.simulated,
            self.complete,
            self.best.spacing,
        )

    def _begin(self, changes: Changes, answer: Variant) -> None:
        """With the stack as it is described: what is no cheaper need not be looked at first."""
        if answer.unstable or answer.at_least:
            return
        if not answer.fine:
            self.missed.append((worst_miss(self.objectives, answer), answer))
            return
        self._take_up(changes, answer)
        if self.some is not None:
            self._descend(changes)

    def _take_up(self, changes: Changes, answer: Variant) -> None:
        """It is fine, and settled whatever comes to it again."""
        self.best.fine.append(answer)
        self.taken.append(changes)
        self.excuses.settle(1)

    def _descend(self, start: Changes) -> None:
        """Where not all is judged, to what is cheaper than the stack as it is described."""

        def least(changes: Changes) -> float:
            [one] = self._nodes([dict(changes)], ())
            return one.judged.cost if one.judged.excuse is None else math.inf

        def cost(changes: Changes) -> float:
            found = self._in_some_years(Candidates(dict(changes), (), Judged()))
            fine = isinstance(found, Variant) and may_be_fine(self.objectives, found)
            return cost_of(found) if isinstance(found, Variant) and fine else math.inf

        cheap = [each for each in self.some or () if each[1].excuse is None]
        cheap.sort(key=lambda each: each[1].cost)
        moves = [
            {one.axis.path: value}
            for one in self.slack
            for value in one.axis.values
            if value != start[one.axis.path]
        ]
        for changes, _ in cheap[:_FAMILIES_TRIED]:
            paths = [one.axis.path for one in self.hard]
            moves.append({path: changes[path] for path in paths if changes[path] != start[path]})
        best = descend(start, moves, least, cost, _MOST_MOVES)
        if best != start:
            answer = self.simulations.confirm(best)
            if isinstance(answer, Variant) and answer.fine and not answer.at_least:
                self._take_up(best, answer)

    def _nodes(
        self, all_of: Sequence[dict[str, Any]], left: tuple[Choice, ...]
    ) -> list[Candidates]:
        self.solved += len(all_of)
        judged = self.judge(all_of, left)
        return [Candidates(changes, left, one) for changes, one in zip(all_of, judged, strict=True)]

    def _push(
        self,
        heap: list[Entry],
        all_of: Sequence[dict[str, Any]],
        left: tuple[Choice, ...],
    ) -> None:
        """Ask the laws, and keep what they do not reject."""
        for one in self._nodes(all_of, left):
            self._place(heap, one)

    def _place(self, heap: list[Entry], one: Candidates) -> None:
        excuse = one.judged.excuse
        if excuse is None:
            heapq.heappush(heap, by_cost(one.judged.cost, next(self._order), one))
        elif not one.judged.of_all:  # each is asked in its turn, the first of all
            heapq.heappush(heap, (0.0, 0, next(self._order), replace(one, judged=Judged())))
        else:
            self._reject(one, excuse, one.judged.shortfall)
            self._keep_near(one)

    def _take(self, heap: list[Entry]) -> bool:
        """Put the next family among those that are judged, if it may come before them."""
        families = self.families
        if families is None or math.isinf(families.least) or self.solved >= MOST_ASKED:
            return False
        if heap and heap[0][0] < families.least:
            return False
        if self._done(families):
            return False
        self._push(heap, [{**self.first, **families.next()}], self.slack)
        return True

    def _done(self, families: Families) -> bool:
        """Nothing that families are made of may be better."""
        beaten = self._beaten(Judged(families.least, families.time))
        return math.isinf(families.least) or beaten or self._too_dear(families.least)

    def _too_dear(self, cost: float) -> bool:
        """A month of it costs more than is allowed."""
        most = self.objectives.monthly_cost
        return most is not None and cost > most.at_most

    def _keep_near(self, one: Candidates) -> None:
        if math.isfinite(one.judged.shortfall):
            entry = (one.judged.shortfall, one.judged.cost, next(self._order), one)
            self.near.append(entry)

    def _cheapest_first(self, heap: list[Entry]) -> None:
        """Until nothing that is left can be cheaper than what was found."""
        while self.simulated < self.simulations.most:
            least = min(heap[0][0] if heap else math.inf, self._least_left)
            if self.best.no_cheaper(least):
                break
            if self._take(heap):
                continue
            if not heap:
                break
            self._settle_one(heap, heapq.heappop(heap)[-1])
        self.cheapest_only = False
        for one in self.put_off:
            self._place(heap, one)

    def _fastest_first(self, heap: list[Entry]) -> None:
        """Of what is left that of which the laws know the least time, until none can be faster."""
        if not self.best.fine:
            return
        if self.families is not None and not self._done(self.families):
            ideal = self.families.ideal()
            if ideal is not None:
                [one] = self._nodes([{**self.first, **ideal}], self.slack)
                self._cheapest_of(one)
            return
        left = [by_time(*entry) for entry in heap]
        heapq.heapify(left)
        kept: list[Entry] = []
        while left:
            _, cost, order, one = heapq.heappop(left)
            soon = one.judged.time * (1 + RESOLUTION) < self.best.time
            if not soon or self.simulated >= self.simulations.most:
                kept.append(by_cost(cost, order, one))
                continue
            children: list[Entry] = []
            self._settle_one(children, one)
            for entry in children:
                heapq.heappush(left, by_time(*entry))
        heap[:] = kept
        heapq.heapify(heap)

    def _between(self, heap: list[Entry]) -> None:
        """What lies between the cheapest and the fastest, as far apart as is told."""
        self.best.set_spacing(BETWEEN)
        while True:
            if self.simulated >= self.simulations.most and (heap or self.families is not None):
                self._give_up([one for *_, one in heap])
                return
            if self._take(heap):
                continue
            if not heap:
                return
            self._settle_one(heap, heapq.heappop(heap)[-1])

    def _cheapest_of(self, one: Candidates) -> None:
        """Simulate what costs least of a family, for what it tells of others."""
        while one.left and math.isfinite(one.judged.shortfall):
            found = self._nodes(*one.children())
            one = min(found, key=lambda each: (math.isinf(each.judged.shortfall), each.judged.cost))
        if math.isfinite(one.judged.shortfall) and self.requests.missed(one.judged) is None:
            self._try(one, counts=False)

    @property
    def _least_left(self) -> float:
        """What a family costs at least that was not made yet, USD."""
        return math.inf if self.families is None else self.families.least

    def _settle_one(self, heap: list[Entry], one: Candidates) -> None:
        """Reject it, simulate it, or put what it is made of among the others."""
        if not one.left and self._taken_of(one):
            return
        if self._beaten(one.judged) or self._adds(one):
            self._reject(one, _beaten_by(one.judged), one.judged.cost)
        elif one.judged.runs and self.runs.late(one.changes, one.left):
            self._reject(one, Excuse(Why.MISSED, objectives=(DEADLINE,)), one.judged.cost)
        elif (seen := self.requests.missed(one.judged)) is not None:
            self._reject(one, seen.missed or _beaten_by(one.judged), seen.ratio)
            self._keep_near(replace(one, judged=replace(one.judged, shortfall=seen.ratio)))
        elif (excuse := self._too_seldom(one)) is not None:
            self._reject(one, excuse, 1.0)
            self._keep_near(replace(one, judged=replace(one.judged, shortfall=1.0)))
        elif one.left:
            self._push(heap, *one.children())
        else:
            self._try(one)

    def _taken_of(self, one: Candidates) -> int:
        """How many candidates of it are settled."""
        return sum(map(one.holds, self.taken))

    def _too_seldom(self, one: Candidates) -> Excuse | None:
        """An excuse that holds once all is chosen that says how often nodes are up."""
        if any(choice.section == "nodes" for choice in one.left) or not one.judged.of_all:
            return None
        return self.seldom(one.changes)

    def _beaten(self, one: Judged) -> bool:
        """Something found is as cheap and fast as it can be; what may be the cheapest never is."""
        return self.best.no_cheaper(one.cost) and self.best.beaten(
            one.cost, self.requests.least_time(one)
        )

    def _adds(self, one: Candidates) -> bool:
        """It differs from what was found in what costs no less, and does nothing for it.

        Spares may do something for a run; where the cheapest is known they are tried no more.
        """
        if one.left:
            return False
        bought = self.runs.bought(one.changes)
        return self.runs.adds_cost_alone(
            one.changes, spares_too=not self.cheapest_only
        ) or self.requests.adds_cost_alone(one.judged, bought)

    def _try(self, one: Candidates, counts: bool = True) -> None:
        """Simulate a candidate; one that only tells of others is still to be settled."""
        rough = self._in_some_years(one)
        answer = rough
        if isinstance(rough, Variant) and may_be_fine(self.objectives, rough):
            if counts and self._put_off(one, rough):
                return
            if rough.fine and one.judged.runs:
                self.runs.keep_fine(one.changes)
            seen_so = self._as_seen(one, rough)
            beaten = not self.cheapest_only and self._beaten(seen_so.judged)
            if counts and (beaten or self.best.no_better(rough)):
                self._reject(one, _beaten_by(seen_so.judged), cost_of(rough))
                return
            if counts and self.cheapest_only and self.best.dearer(rough):
                self.put_off.append(seen_so)
                return
            answer = self.simulations.confirm(one.changes)
        if isinstance(answer, Variant):
            bought = self.runs.bought(one.changes)
            self.requests.keep(one.judged, answer, bought, ideal=not counts)
        if isinstance(answer, Refused):
            if counts:
                excuse = Excuse(Why.IMPOSSIBLE, fault=answer.faults[0])
                self._reject(one, excuse, math.inf)
        elif answer.fine and not answer.at_least:
            self.best.fine.append(answer)
            if isinstance(rough, Variant):
                self.best.rough.append((rough, answer))
            self.excuses.settle(1 if counts else 0)
        elif counts:
            self._missed(one, answer)

    def _put_off(self, one: Candidates, rough: Variant) -> bool:
        """In some years it has cost so much that it is no better in all that count."""
        bounded = self._bounded(one, rough)
        if not self._no_better(bounded):
            return False
        if self.cheapest_only:
            self.put_off.append(replace(one, judged=bounded))
        else:
            self._reject(one, _beaten_by(bounded), cost_of(rough))
        return True

    def _bounded(self, one: Candidates, rough: Variant) -> Judged:
        """What the laws and some years say that it costs and takes at least."""
        cost = self.best.least_cost(rough, one.judged)
        time = self.best.least_time(rough, one.judged)
        return replace(one.judged, cost=cost, time=time)

    def _no_better(self, one: Judged) -> bool:
        """No cheaper than what was found, and where the cheapest is known, beaten."""
        return self.best.no_cheaper(one.cost) and (self.cheapest_only or self._beaten(one))

    def _in_some_years(self, one: Candidates) -> Variant | Refused:
        """A candidate in few years, and in more where it may meet its objectives in those."""
        key = key_of(one.changes)
        step, found = self.known.get(key, (0, None))
        self.simulated += found is None
        while found is None or (step < len(self.simulations.steps) and self._more(one, found)):
            found = self.simulations.steps[step](one.changes)
            step += 1
        self.known[key] = (step, found)
        return found

    def _more(self, one: Candidates, found: Variant | Refused) -> bool:
        """More years may say that it is better than what was found."""
        if isinstance(found, Refused) or not may_be_fine(self.objectives, found):
            return False
        return not self._no_better(self._bounded(one, found))

    def _as_seen(self, one: Candidates, rough: Variant) -> Candidates:
        """With what a few years say of it, where what is cheaper is known."""
        cost = max(one.judged.cost, min(map(cost_of, self.best.fine), default=0.0))
        time = max(one.judged.time, time_of(rough) * (1 - RESOLUTION / 2))
        return replace(one, judged=replace(one.judged, cost=cost, time=time))

    def _missed(self, node: Candidates, answer: Variant) -> None:
        worst = worst_miss(self.objectives, answer)
        self.missed.append((worst, answer))
        if node.judged.runs and any(
            one.name == DEADLINE and not one.met for one in answer.objectives
        ):
            self.runs.keep_late(node.changes)
        self._see_whether_too_slow(node, answer)
        self._reject(node, why_missed(self.objectives, answer), worst)

    def _see_whether_too_slow(self, node: Candidates, answer: Variant) -> None:
        """Where most spares do not keep a run within its deadline, nor does what is beside them.

        Where even one does not in which hardly a node fails, no way to buy them does.
        """
        runs = self.runs
        if not node.judged.runs or runs.asked_of_spares(node.changes) or not is_late(answer):
            return
        spared = replace(node, changes={**node.changes, **runs.most_spares})
        late = is_late(self._in_some_years(spared))
        runs.keep_spares(node.changes, late=late)
        if late and not runs.asked_if_calm(node.changes):
            self.simulated += 1
            runs.keep_calm(node.changes, late=is_late(self.simulations.calm(node.changes)))

    def _nearest_first(self) -> None:
        """Where nothing meets the objectives: what misses them by least."""
        heap = self.near
        heapq.heapify(heap)
        while self.simulated < self.simulations.most:
            self._add_dear(heap)
            if not heap:
                return
            least, _, _, one = heapq.heappop(heap)
            if least * (1 + RESOLUTION) >= min((r for r, _ in self.missed), default=math.inf):
                return
            if one.left:
                for child in self._nodes(*one.children()):
                    if math.isfinite(child.judged.shortfall):
                        entry = (child.judged.shortfall, child.judged.cost)
                        heapq.heappush(heap, (*entry, next(self._order), child))
                continue
            answer = self._in_some_years(one)
            if isinstance(answer, Variant) and may_be_fine(self.objectives, answer):
                answer = self.simulations.confirm(one.changes)
            if isinstance(answer, Variant) and answer.fine and not answer.at_least:
                self.best.fine.append(answer)
                return
            if isinstance(answer, Variant) and not answer.unstable:
                self.missed.append((worst_miss(self.objectives, answer), answer))
        if heap:
            self.complete = False

    def _nearest(self) -> Variant:
        """What misses the objectives by least, in the years that count."""
        found = min(self.missed, key=lambda one: one[0])[1]
        if found.replications == self.simulations.years:
            return found
        answer = self.simulations.confirm(dict(found.changes))
        return answer if isinstance(answer, Variant) else found

    def _give_up(self, left: Sequence[Candidates]) -> None:
        self.complete = False
        for one in left:
            excuse = replace(_beaten_by(one.judged), why=Why.NOT_REACHED)
            self._reject(one, excuse, one.judged.cost)

    def _reject(self, one: Candidates, excuse: Excuse, nearness: float) -> None:
        """Count rejected candidates, of which none is one that was taken before."""
        size = one.size - self._taken_of(one)
        if size > 0:
            self.excuses.reject(one.changes, size, excuse, nearness)

    def _add_dear(self, heap: list[tuple[float, float, int, Candidates]]) -> None:
        """Of families that are too dear, those that may be nearer than what is known."""
        most = self.objectives.monthly_cost
        families = self.families
        if families is None or most is None or most.at_most <= 0:
            return
        while self.solved < MOST_ASKED and math.isfinite(families.least):
            if heap and heap[0][0] < families.least / most.at_most:
                return
            for one in self._nodes([{**self.first, **families.next()}], self.slack):
                self._reject(one, one.judged.excuse or _beaten_by(one.judged), one.judged.shortfall)
                if math.isfinite(one.judged.shortfall):
                    entry = (one.judged.shortfall, one.judged.cost, next(self._order), one)
                    heapq.heappush(heap, entry)

    def _leave_the_rest(self) -> None:
        """What was never made into families, or is in none of those that were judged."""
        if self.excuses.settled >= self.excuses.total:
            return
        why = Why.DOMINATED
        if self.families is None or not self.complete:
            why = Why.NOT_REACHED
        elif math.isfinite(self.families.least):
            if self._beaten(Judged(self.families.least, self.families.time)):
                why = Why.BEATEN
            elif self._too_dear(self.families.least):
                why = Why.TOO_DEAR
            else:
                why = Why.NOT_REACHED
        if why is Why.NOT_REACHED:
            self.complete = False
        self.excuses.leave_the_rest(why)


def _beaten_by(one: Judged) -> Excuse:
    return Excuse(Why.BEATEN, least_time=one.time or None, least_cost=one.cost)
