"""The search for the best of very many stacks: the least of each decides what is simulated."""

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from math import prod
from typing import Any

import numpy as np

from models.description.stack import Objectives
from models.parts.workloads.workload_kind import Likeness
from models.prediction.choice_answer import Changes, Excuse, RejectedFamily, Why
from models.prediction.comparison_answer import Refused, Variant
from models.reading.variations import combinations
from sim.choosing.by_group import Families
from sim.choosing.law_path import Judged
from sim.choosing.open_choices import Choice, Slack
from sim.choosing.seldom_up import surely_too_few
from sim.choosing.shortfall import of_variant

RESOLUTION = 0.05  # of cost and time: what lies closer to what was found is not told apart from it
BETWEEN = 6  # at most so many steps from the cheapest to the fastest, where they lie far apart
MOST_ASKED = 4000  # candidates, or families of them, that the laws are asked about one by one
_SURE = 4.0  # standard errors
_DEADLINE = "deadline"
_OF_REQUESTS = ("latency", "loss", "lag")  # objectives that know nothing of failures and prices

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
        spacing: share by which what lies between the cheapest and the fastest is told apart.
    """

    fine: tuple[Variant, ...]
    nearest: Variant | None
    rejected: tuple[RejectedFamily, ...]
    solved: int
    simulated: int
    complete: bool
    spacing: float


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


_Entry = tuple[float, int, int, "_Node"]  # cost, servers, order


@dataclass(frozen=True)
class _Seen:
    """What was simulated of requests.

    Arguments:
        alike: what it follows from.
        time: 95th percentile, s.
        least: that it is at least, as its interval has it.
        missed: objectives that it misses, whatever it costs and however often it is up, if any.
        ratio: by which it misses the worst of them, at the least.
        surely: so do those that are no faster.
        fine: all objectives are met.
        bound: USD that it costs at least, by the laws.
        bought: what was chosen, but for what adds to the cost alone.
        ideal: of the fastest of all parts: no candidate takes less time.
    """

    alike: tuple[Likeness, ...]
    time: float
    least: float
    missed: Excuse | None
    ratio: float
    surely: bool
    fine: bool
    bound: float
    bought: str = ""
    ideal: bool = False


@dataclass
class Search:
    """A search, best first, in which only what may be better than all that was found is simulated.

    Arguments:
        choices: what is open.
        objectives: that the stack names.
        judge: candidates by laws, of which all are meant that differ in the choices beside them.
        seldom: whether the laws are sure that candidates are up too seldom, and why.
        simulate: candidates, in few years and in more.
        confirm: candidates that may meet their objectives, in the years that count.
        most: simulations at the most.
        calm: candidates in few years in which hardly a node fails.
        families: of candidates, by cost, where their node groups are judged one by one.
        some: families with what the laws say of them, where these are not all.
        told: after every step, how many candidates are settled.
    """

    choices: Sequence[Choice]
    objectives: Objectives
    judge: Judge
    seldom: Callable[[Mapping[str, Any]], Excuse | None]
    simulate: Sequence[Simulate]
    confirm: Simulate
    most: int
    calm: Simulate
    families: Families | None = None
    some: Sequence[tuple[dict[str, Any], Judged]] | None = None
    told: Callable[[int], None] = lambda done: None
    fine: list[Variant] = field(default_factory=list)
    rough: list[tuple[Variant, Variant]] = field(default_factory=list)
    known: dict[str, Variant | Refused] = field(default_factory=dict)
    siblings: set[str] = field(default_factory=set)
    fine_as_bought: set[str] = field(default_factory=set)
    put_off: list[_Node] = field(default_factory=list)
    cheapest_only: bool = True
    missed: list[tuple[float, Variant]] = field(default_factory=list)
    solved: int = 0
    simulated: int = 0
    complete: bool = True
    spacing: float = RESOLUTION

    def __post_init__(self) -> None:
        slack = [one for one in self.choices if one.slack is not Slack.NONE]
        # What says how often nodes are up is chosen first: the laws may reject it at once.
        self.slack = tuple(sorted(slack, key=lambda one: one.section != "nodes"))
        self.hard = tuple(one for one in self.choices if one.slack is Slack.NONE)
        self.excuses: dict[tuple[str, Why], tuple[Changes, int, Excuse, float]] = {}
        self.near: list[tuple[float, float, int, _Node]] = []
        self.seen: list[_Seen] = []
        self.too_slow: dict[str, bool] = {}  # by what may make a run shorter, and how it is bought
        self.most_spares = {
            one.axis.path: max(one.axis.values)
            for one in self.slack
            if one.section == "nodes" and one.slack is Slack.MORE
        }
        self.first = {one.axis.path: one.axis.values[0] for one in self.slack}
        self._settled = 0
        self._order = count()

    def run(self) -> Found:
        """Search until nothing is left that may be better."""
        heap: list[_Entry] = []
        if self.families is not None:
            for judged, number, changes in self.families.rejected:
                node = _Node({**self.first, **changes}, (), judged)
                self._count(node, number, judged.excuse or _beaten_by(judged), judged.shortfall)
        elif self.some is not None:
            for changes, judged in self.some:
                self._place(heap, _Node(changes, self.slack, judged))
        else:
            families = [self.first | one for one in combinations([one.axis for one in self.hard])]
            self._push(heap, families, self.slack)
        self._cheapest_first(heap)
        self._fastest_first(heap)
        self._between(heap)
        if not self.fine:
            self._nearest_first()
        self._leave_the_rest()
        nearest = self._nearest() if self.missed and not self.fine else None
        return Found(
            tuple(self.fine),
            nearest,
            self._rejected(),
            self.solved,
            self.simulated,
            self.complete,
            self.spacing,
        )

    def _nodes(self, all_of: Sequence[dict[str, Any]], left: tuple[Choice, ...]) -> list[_Node]:
        self.solved += len(all_of)
        judged = self.judge(all_of, left)
        return [_Node(changes, left, one) for changes, one in zip(all_of, judged, strict=True)]

    def _push(
        self,
        heap: list[_Entry],
        all_of: Sequence[dict[str, Any]],
        left: tuple[Choice, ...],
    ) -> None:
        """Ask the laws, and keep what they do not reject."""
        for one in self._nodes(all_of, left):
            self._place(heap, one)

    def _place(self, heap: list[_Entry], one: _Node) -> None:
        excuse = one.judged.excuse
        if excuse is None:
            # Of what costs the same, that with most servers is tried first: it is the fastest.
            servers = sum(sum(each.servers) for each in one.judged.alike)
            heapq.heappush(heap, (one.judged.cost, -servers, next(self._order), one))
        elif not one.judged.of_all:  # each is asked in its turn, the first of all
            heapq.heappush(heap, (0.0, 0, next(self._order), replace(one, judged=Judged())))
        else:
            self._reject(one, excuse, one.judged.shortfall)
            self._keep_near(one)

    def _take(self, heap: list[_Entry]) -> bool:
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

    def _keep_near(self, one: _Node) -> None:
        if math.isfinite(one.judged.shortfall):
            entry = (one.judged.shortfall, one.judged.cost, next(self._order), one)
            self.near.append(entry)

    def _children(self, one: _Node) -> tuple[list[dict[str, Any]], tuple[Choice, ...]]:
        """The values of the first choice that is left."""
        first, *others = one.left
        values = first.axis.values
        return [{**one.changes, first.axis.path: value} for value in values], tuple(others)

    def _cheapest_first(self, heap: list[_Entry]) -> None:
        """Until nothing that is left can be cheaper than what was found."""
        while self.simulated < self.most:
            least = min(heap[0][0] if heap else math.inf, self._least_left)
            if self.fine and least >= min(map(cost_of, self.fine)):
                break
            if self._take(heap):
                continue
            if not heap:
                break
            self._settle_one(heap, heapq.heappop(heap)[-1])
        self.cheapest_only = False
        for one in self.put_off:
            self._place(heap, one)

    def _fastest_first(self, heap: list[_Entry]) -> None:
        """Of what is left that of which the laws know the least time, until none can be faster."""
        if not self.fine:
            return
        if self.families is not None and not self._done(self.families):
            ideal = self.families.ideal()
            if ideal is not None:
                [one] = self._nodes([{**self.first, **ideal}], self.slack)
                self._cheapest_of(one)
            return
        left = [_by_time(*entry) for entry in heap]
        heapq.heapify(left)
        kept: list[_Entry] = []
        while left:
            _, cost, order, one = heapq.heappop(left)
            soon = one.judged.time * (1 + RESOLUTION) < min(map(time_of, self.fine))
            if not soon or self.simulated >= self.most:
                kept.append(_by_cost(cost, order, one))
                continue
            children: list[_Entry] = []
            self._settle_one(children, one)
            for entry in children:
                heapq.heappush(left, _by_time(*entry))
        heap[:] = kept
        heapq.heapify(heap)

    def _between(self, heap: list[_Entry]) -> None:
        """What lies between the cheapest and the fastest, as far apart as is told."""
        if self.fine:
            slowest, fastest = max(map(time_of, self.fine)), min(map(time_of, self.fine))
            spread = (slowest / fastest) ** (1 / BETWEEN) - 1 if fastest > 0 else 0.0
            self.spacing = max(RESOLUTION, spread if math.isfinite(spread) else 0.0)
        while True:
            if self.simulated >= self.most and (heap or self.families is not None):
                self._give_up([one for *_, one in heap])
                return
            if self._take(heap):
                continue
            if not heap:
                return
            self._settle_one(heap, heapq.heappop(heap)[-1])

    def _cheapest_of(self, one: _Node) -> None:
        """Simulate what costs least of a family, for what it tells of others."""
        while one.left and math.isfinite(one.judged.shortfall):
            found = self._nodes(*self._children(one))
            one = min(found, key=lambda each: (math.isinf(each.judged.shortfall), each.judged.cost))
        if math.isfinite(one.judged.shortfall) and self._missed_before(one.judged) is None:
            self._try(one, counts=False)

    @property
    def _least_left(self) -> float:
        """What a family costs at least that was not made yet, USD."""
        return math.inf if self.families is None else self.families.least

    def _settle_one(self, heap: list[_Entry], one: _Node) -> None:
        """Reject it, simulate it, or put what it is made of among the others."""
        if self._beaten(one.judged) or self._adds(one):
            self._reject(one, _beaten_by(one.judged), one.judged.cost)
        elif self._too_slow(one):
            self._reject(one, Excuse(Why.MISSED, objectives=(_DEADLINE,)), one.judged.cost)
        elif (seen := self._missed_before(one.judged)) is not None:
            self._reject(one, seen.missed or _beaten_by(one.judged), seen.ratio)
            self._keep_near(replace(one, judged=replace(one.judged, shortfall=seen.ratio)))
        elif (excuse := self._too_seldom(one)) is not None:
            self._reject(one, excuse, 1.0)
            self._keep_near(replace(one, judged=replace(one.judged, shortfall=1.0)))
        elif one.left:
            self._push(heap, *self._children(one))
        else:
            self._try(one)

    def _too_seldom(self, one: _Node) -> Excuse | None:
        """An excuse that holds once all is chosen that says how often nodes are up."""
        if any(choice.section == "nodes" for choice in one.left) or not one.judged.of_all:
            return None
        return self.seldom(one.changes)

    def _beaten(self, one: Judged) -> bool:
        """Something found is as cheap and fast as it can be; what may be the cheapest never is."""
        if not self.fine or one.cost < min(cost_of(each) for each in self.fine):
            return False
        time = max([one.time, *(self._time(each, one) for each in self.seen)])
        near = 1 + self.spacing
        return any(
            cost_of(each) <= one.cost * near and time_of(each) <= time * near for each in self.fine
        )

    def _adds(self, one: _Node) -> bool:
        """It differs from what was found in what costs no less, and does nothing for requests.

        Nor for runs that meet all objectives: stores and zones are so seldom away that they change
        no mean of them. Spares may; where the cheapest is known they are tried no more.
        """
        if one.left:
            return False
        if str(self._but_for_more(one.changes)) in self.siblings:
            return True
        if not self.cheapest_only and self._bought(one.changes) in self.fine_as_bought:
            return True
        if not one.judged.alike or self.objectives.availability is not None:
            return False
        return any(
            seen.alike == one.judged.alike
            and seen.fine
            and seen.bound <= one.judged.cost
            and seen.bought == self._bought(one.changes)
            for seen in self.seen
        )

    def _but_for_more(self, changes: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """All but what nodes have nothing to do with, and what makes no run shorter."""
        of = {e.axis.path for e in self.slack if e.slack is Slack.MORE and e.section != "nodes"}
        return [(path, value) for path, value in changes.items() if path not in of]

    def _bought(self, changes: Mapping[str, Any]) -> str:
        """All but what adds to the cost."""
        adds = {each.axis.path for each in self.slack if each.slack is Slack.MORE}
        return str([(path, value) for path, value in changes.items() if path not in adds])

    def _time(self, seen: _Seen, one: Judged) -> float:
        """What its answers take at least, by what was simulated."""
        if seen.ideal:
            return seen.least
        if seen.alike == one.alike:
            return seen.time
        return seen.least if _no_faster(one.alike, seen.alike) else 0.0

    def _missed_before(self, one: Judged) -> _Seen | None:
        """What was simulated and shows that it misses an objective."""
        for seen in self.seen:
            if seen.missed is not None and (
                seen.alike == one.alike or (seen.surely and _no_faster(one.alike, seen.alike))
            ):
                return seen
        return None

    def _try(self, one: _Node, counts: bool = True) -> None:
        """Simulate a candidate; one that only tells of others is still to be settled."""
        rough = self._in_some_years(one.changes)
        answer = rough
        if isinstance(rough, Variant) and rough.fine and one.judged.runs:
            self.siblings.add(str(self._but_for_more(one.changes)))
            self.fine_as_bought.add(self._bought(one.changes))
        if isinstance(rough, Variant) and self._may_be_fine(rough):
            seen_so = self._as_seen(one, rough)
            beaten = not self.cheapest_only and self._beaten(seen_so.judged)
            if counts and (beaten or self._no_better(rough)):
                self._reject(one, _beaten_by(seen_so.judged), cost_of(rough))
                return
            if counts and self.cheapest_only and self._dearer(rough):
                self.put_off.append(seen_so)
                return
            answer = self.confirm(one.changes)
            if isinstance(answer, Variant):
                self.rough.append((rough, answer))
        if isinstance(answer, Variant) and one.judged.alike:
            seen = _seen(self.objectives, one.judged, answer)
            bought = self._bought(one.changes)
            self.seen.append(replace(seen, bought=bought, ideal=not counts))
        if isinstance(answer, Refused):
            if counts:
                self._reject(one, Excuse(Why.IMPOSSIBLE, fault=answer.faults[0]), math.inf)
        elif answer.fine and not answer.at_least:
            self.fine.append(answer)
            self._settle(1 if counts else 0)
        elif counts:
            self._missed(one, answer)

    def _in_some_years(self, changes: Mapping[str, Any]) -> Variant | Refused:
        """A candidate in few years, and in more where it may meet its objectives in those; once."""
        key = str(changes)
        if key not in self.known:
            self.simulated += 1
            found: Variant | Refused = Refused("", "", (), ())
            for simulate in self.simulate:
                found = simulate(changes)
                if isinstance(found, Refused) or not self._may_be_fine(found):
                    break
            self.known[key] = found
        return self.known[key]

    def _as_seen(self, one: _Node, rough: Variant) -> _Node:
        """With what a few years say of it, where what is cheaper is known."""
        cost = max(one.judged.cost, min(map(cost_of, self.fine), default=0.0))
        time = max(one.judged.time, time_of(rough) * (1 - RESOLUTION / 2))
        return replace(one, judged=replace(one.judged, cost=cost, time=time))

    def _dearer(self, one: Variant) -> bool:
        """In the same few years something found is surely no dearer."""
        return any(
            found in self.fine and _surely_no_dearer(rough, one) for rough, found in self.rough
        )

    def _no_better(self, one: Variant) -> bool:
        """In the same few years something found is surely no dearer, and in all no slower."""
        return any(
            found in self.fine
            and _surely_no_dearer(rough, one)
            and max(map(time_of, (rough, found))) <= time_of(one) * (1 + self.spacing / 2)
            for rough, found in self.rough
        )

    def _may_be_fine(self, one: Variant) -> bool:
        """Whether more years may say that all objectives are met."""
        if one.unstable or one.at_least:
            return False
        ratios = {each.objective: each.ratio for each in of_variant(self.objectives, one)}
        return not any(
            surely_too_few(each.probability, each.required, one.replications)
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
        self._see_whether_too_slow(node, answer)
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

    def _shape(self, one: _Node) -> str:
        """All that may make a run shorter."""
        return str([(each.axis.path, one.changes.get(each.axis.path)) for each in self.hard])

    def _too_slow(self, one: _Node) -> bool:
        """What is like it was seen to miss its deadline, whatever chance and spares do."""
        shape, bought = self._shape(one), self._bought(one.changes)
        return self.too_slow.get(shape, False) or (
            all(each.slack is Slack.MORE for each in one.left) and self.too_slow.get(bought, False)
        )

    def _see_whether_too_slow(self, node: _Node, answer: Variant) -> None:
        """Where most spares do not keep a run within its deadline, nor does what is beside them.

        Where even one does not in which hardly a node fails, no way to buy them does.
        """
        shape, bought = self._shape(node), self._bought(node.changes)
        if not node.judged.runs or bought in self.too_slow or not _late(answer):
            return
        self.too_slow[bought] = self._misses(self._in_some_years, self.most_spares, node)
        if self.too_slow[bought] and shape not in self.too_slow:
            self.simulated += 1
            self.too_slow[shape] = self._misses(self.calm, {}, node)

    def _misses(self, simulate: Simulate, more: Mapping[str, Any], node: _Node) -> bool:
        answer = simulate({**node.changes, **more})
        return isinstance(answer, Variant) and _late(answer)

    def _nearest_first(self) -> None:
        """Where nothing meets the objectives: what misses them by least."""
        heap = self.near
        heapq.heapify(heap)
        while self.simulated < self.most:
            self._add_dear(heap)
            if not heap:
                return
            least, _, _, one = heapq.heappop(heap)
            if least * (1 + RESOLUTION) >= min((r for r, _ in self.missed), default=math.inf):
                return
            if one.left:
                for child in self._nodes(*self._children(one)):
                    if math.isfinite(child.judged.shortfall):
                        entry = (child.judged.shortfall, child.judged.cost)
                        heapq.heappush(heap, (*entry, next(self._order), child))
                continue
            answer = self._in_some_years(one.changes)
            if isinstance(answer, Variant) and self._may_be_fine(answer):
                answer = self.confirm(one.changes)
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
        self._count(one, one.size, excuse, nearness)

    def _count(self, one: _Node, size: int, excuse: Excuse, nearness: float) -> None:
        self._settle(size)
        lead = [each for each in self.hard or self.slack if each.axis.path in one.changes][:1]
        family = tuple((each.axis.path, one.changes[each.axis.path]) for each in lead)
        key = (str(family), excuse.why)
        _, known, nearest, least = self.excuses.get(key, (family, 0, excuse, math.inf))
        if nearness < least:
            nearest, least = excuse, nearness
        self.excuses[key] = (family, known + size, nearest, least)

    def _add_dear(self, heap: list[tuple[float, float, int, _Node]]) -> None:
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
        left = prod(len(one.axis.values) for one in self.choices) - self._settled
        if left <= 0:
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
        self._settle(left)
        self.excuses[("", why)] = ((), left, Excuse(why), math.inf)

    def _settle(self, size: int) -> None:
        self._settled += size
        self.told(self._settled)

    def _rejected(self) -> tuple[RejectedFamily, ...]:
        return tuple(
            RejectedFamily(family, number, excuse)
            for family, number, excuse, _ in self.excuses.values()
        )


def _by_time(cost: float, servers: int, order: int, one: _Node) -> tuple[float, float, int, _Node]:
    """What is likely to be interrupted takes longer than the laws can say for sure."""
    return one.judged.time * (1 + one.judged.risk), cost, order, one


def _by_cost(cost: float, order: int, one: _Node) -> _Entry:
    servers = sum(sum(each.servers) for each in one.judged.alike)
    return cost, -servers, order, one


def _no_faster(one: Sequence[Likeness], other: Sequence[Likeness]) -> bool:
    return len(one) == len(other) > 0 and all(
        mine.no_faster_than(its) for mine, its in zip(one, other, strict=True)
    )


def _seen(wanted: Objectives, judged: Judged, one: Variant) -> _Seen:
    least = [each.time_p95.low for each in one.workloads if each.time_p95 is not None]
    missed = tuple(o.name for o in one.objectives if o.name in _OF_REQUESTS and not o.met)
    of = {each.name: each for each in one.workloads}
    ratios = [math.inf] if one.unstable else [0.0]
    if wanted.latency is not None:
        time = of[wanted.latency.workload].wanted_time
        ratios.append(math.inf if time is None else time.low / wanted.latency.at_most)
    if wanted.loss is not None:
        lost = of[wanted.loss.workload].loss
        share, most = 1.0 if lost is None else lost.low, wanted.loss.at_most
        ratios.append(share / most if most > 0 else math.inf if share > 0 else 0.0)
    ratio = max(ratios)
    return _Seen(
        judged.alike,
        time_of(one),
        max(least) if len(least) == len(one.workloads) else math.inf,
        Excuse(Why.MISSED, objectives=missed) if missed or one.unstable else None,
        ratio,
        ratio > 1,
        one.fine and not one.at_least,
        judged.cost,
    )


def _surely_no_dearer(one: Variant, other: Variant) -> bool:
    """By the differences of the same years, of which many standard errors are no doubt."""
    if len(one.cost.samples) != len(other.cost.samples):
        return False
    less = np.subtract(other.cost.samples, one.cost.samples)
    error = float(less.std(ddof=1)) / math.sqrt(len(less))
    return float(less.mean()) >= _SURE * error


def _late(answer: Variant) -> bool:
    """More years will not say that it keeps its deadline."""
    return any(
        surely_too_few(one.probability, one.required, answer.replications)
        for one in answer.objectives
        if one.name == _DEADLINE and not one.met
    )


def _beaten_by(one: Judged) -> Excuse:
    return Excuse(Why.BEATEN, least_time=one.time or None, least_cost=one.cost)


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
