"""Families of candidates in the order of their cost, by node group: most are never made."""

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Protocol

from models.parts.place import provider_of
from models.parts.solve import SolvedStack
from models.parts.workloads.workload_kind import Likeness
from models.prediction.choice_answer import Why
from sim.choosing.law_path import Judged, LawPath, ways_of
from sim.choosing.least import of_a_node
from sim.choosing.open_choices import Choice, Slack

_NEVER = (Why.IMPOSSIBLE, Why.UNPRICED, Why.OVERLOADED)  # whatever the others are
_PASSES = 2  # over the groups, to find a stack that can be

Changes = dict[str, Any]


class JudgeOf(Protocol):
    """What the laws say of candidates, as `LawPath.judge`."""

    def __call__(
        self,
        changes: Sequence[Mapping[str, Any]],
        slack: Sequence[Choice],
        mends: Sequence[Choice] | None = None,
    ) -> list[Judged]:
        """Of each of them, in order."""


@dataclass(frozen=True)
class Part:
    """What is open of one node group, with the replicas on it, or of one function.

    Arguments:
        group: its name; None of a function.
        position: of the group in the stack.
        instance: what the laws are asked of once: the instance, and stores of its nodes.
        count: of its nodes; None where it is not open.
        servers: replicas of the stages on it.
        volumes: nodes have volumes, which cost by their number.
    """

    group: str | None
    position: int
    instance: tuple[Choice, ...]
    count: Choice | None
    servers: tuple[Choice, ...]
    volumes: bool

    @property
    def choices(self) -> tuple[Choice, ...]:
        """All that is open of it."""
        return (*self.instance, *(() if self.count is None else (self.count,)), *self.servers)

    @property
    def size(self) -> int:
        """How many options it has."""
        return math.prod(len(one.axis.values) for one in self.choices)

    def generous(self, of: Changes) -> Changes:
        """With most nodes and fewest replicas: what can't be so can't be at all.

        Arguments:
            of: instance.
        """
        most = {} if self.count is None else {self.count.axis.path: max(self.count.axis.values)}
        return {**of, **most, **{one.axis.path: min(one.axis.values) for one in self.servers}}


@dataclass(frozen=True)
class Option:
    """A part with all of its values chosen.

    Arguments:
        changes: path and value.
        instance: its number among those of the part.
        count: nodes, or 0 where they are not open.
        servers: replicas of each stage.
        cost: USD of a month, at least.
    """

    changes: Changes
    instance: int
    count: int
    servers: tuple[int, ...]
    cost: float


@dataclass
class Options:
    """Options of a part that no cheaper one is as good as, from the cheapest on.

    Arguments:
        part: of the stack.
        all_of: its options, by cost.
        shapes: of each instance, what the times follow from.
        times: that no answer takes less than with each, by the laws, s.
        counts: the number of nodes changes the times.
        prune: what costs more and does no more is left out.
        ask: what keeps an option from being, whatever the others are.
        alike: what the times of an option follow from.
    """

    part: Part
    all_of: Sequence[Option]
    shapes: Mapping[int, tuple[Likeness, ...]]
    times: Mapping[int, float]
    counts: bool
    prune: bool
    ask: Callable[[Changes], Why | None]
    alike: Callable[[Changes], tuple[Likeness, ...]]
    kept: list[Option] = field(default_factory=list)
    _next: int = 0
    _likenesses: dict[Any, tuple[Likeness, ...]] = field(default_factory=dict)
    _unfit: list[Option] = field(default_factory=list)
    _too_few: list[Option] = field(default_factory=list)

    def get(self, number: int) -> Option | None:
        """One of them; None where there are not so many.

        Arguments:
            number: of it, from 0 on.
        """
        while len(self.kept) <= number and self._next < len(self.all_of):
            one = self.all_of[self._next]
            self._next += 1
            if not self._known(one) and self._fits(one):
                self.kept.append(one)
        return self.kept[number] if number < len(self.kept) else None

    def ideal(self) -> Option | None:
        """Of the instance whose answers take least by the laws, with most servers that fit."""
        best = min(self.shapes, key=lambda k: (self.times[k], _services(self.shapes[k])))
        own = [one for one in self.all_of if one.instance == best]
        own.sort(key=lambda one: (sum(one.servers), one.count), reverse=True)
        return next((one for one in own if not self._unfit_known(one) and self._fits(one)), None)

    def _known(self, one: Option) -> bool:
        """No better than one that is kept, or sure not to fit, as one that did not."""
        if self.prune and any(self._as_good(other, one) for other in self.kept):
            return True
        return self._unfit_known(one) or any(
            one.instance == other.instance
            and (one.count == other.count or not self.counts)
            and _all_at_most(one.servers, other.servers)
            for other in self._too_few
        )

    def _unfit_known(self, one: Option) -> bool:
        return any(
            one.instance == other.instance
            and one.count <= other.count
            and _all_at_most(other.servers, one.servers)
            for other in self._unfit
        )

    def _as_good(self, kept: Option, one: Option) -> bool:
        if self.part.volumes and kept.count > one.count:
            return False
        ours, its = self._alike(one), self._alike(kept)
        return len(ours) == len(its) > 0 and all(
            mine.no_faster_than(others) for mine, others in zip(ours, its, strict=True)
        )

    def _alike(self, one: Option) -> tuple[Likeness, ...]:
        """What its times follow from: that of all instances which are alike is asked once."""
        count = one.count if self.counts else 0
        key = (self.shapes[one.instance], one.servers, count)
        if key not in self._likenesses:
            most = self.part.generous(one.changes)
            chosen = {each.axis.path for each in self.part.servers}
            if self.part.count is not None and self.counts:
                chosen.add(self.part.count.axis.path)
            own = {path: value for path, value in one.changes.items() if path in chosen}
            self._likenesses[key] = self.alike({**most, **own}) if key[0] else ()
        return self._likenesses[key]

    def _fits(self, one: Option) -> bool:
        why = self.ask(one.changes)
        if why is Why.OVERLOADED:
            self._too_few.append(one)
        elif why is not None:
            self._unfit.append(one)
        return why is None


def _services(all_of: Sequence[Likeness]) -> float:
    """Times of an answer at all stages, as far as they are known, s."""
    return math.fsum(time for one in all_of for time in one.services)


def _all_at_most(few: Sequence[int], many: Sequence[int]) -> bool:
    return all(a <= b for a, b in zip(few, many, strict=True))


@dataclass
class Families:
    """Families of candidates, the cheapest first, each by the least that its node groups cost.

    Arguments:
        options: of each part.
        rejected: an excuse, how many candidates it is of, and a value of them.
        time: no answer of any takes less, s.
    """

    options: Sequence[Options]
    rejected: Sequence[tuple[Judged, int, Changes]]
    time: float

    def __post_init__(self) -> None:
        self._heap: list[tuple[float, tuple[int, ...]]] = []
        first = [one.get(0) for one in self.options]
        if all(one is not None for one in first):
            cost = math.fsum(one.cost for one in first if one is not None)
            self._heap.append((cost, (0,) * len(first)))

    @property
    def least(self) -> float:
        """What the next costs at least, USD; infinite where there is none."""
        return self._heap[0][0] if self._heap else math.inf

    def ideal(self) -> Changes | None:
        """What is nearest to the fastest of each part; None where its laws do not say which."""
        found = [one.ideal() for one in self.options]
        if any(one is None for one in found):
            return None
        return {p: v for one in found if one is not None for p, v in one.changes.items()}

    def next(self) -> Changes:
        """The changes of the next."""
        _, numbers = heapq.heappop(self._heap)
        # Each is made of the one before it in the last of its numbers that is not the first.
        last = max((k for k, number in enumerate(numbers) if number), default=0)
        for k in range(last, len(numbers)):
            others = (*numbers[:k], numbers[k] + 1, *numbers[k + 1 :])
            if self.options[k].get(others[k]) is not None:
                heapq.heappush(self._heap, (self._cost(others), others))
        return {p: v for one in self._chosen(numbers) for p, v in one.changes.items()}

    def _chosen(self, numbers: Sequence[int]) -> list[Option]:
        return [one.kept[number] for one, number in zip(self.options, numbers, strict=True)]

    def _cost(self, numbers: Sequence[int]) -> float:
        return math.fsum(one.cost for one in self._chosen(numbers))


def families_by_group(
    tree: Mapping[str, Any],
    choices: Sequence[Choice],
    laws: LawPath,
    judge: JudgeOf,
    first: Changes,
) -> Families | None:
    """The families of a stack whose node groups can be judged one by one; None of another.

    So are stacks in a cloud of which nothing ever ends, and whose kinds say so. A month of them
    costs what its groups cost: the order by cost is that of sums, of which only the next is made.

    Arguments:
        tree: of the stack file.
        choices: what is open.
        laws: of the stack.
        judge: candidates by the laws, of which all are meant that differ in the other choices.
        first: values of those.
    """
    parts = _parts(tree, [one for one in choices if one.slack is Slack.NONE])
    if parts is None:
        return None
    finder = _Finder(parts, laws, judge, [one for one in choices if one.slack is not Slack.NONE])
    return finder.families({**first, **finder.start(tree)})


def _parts(tree: Mapping[str, Any], hard: Sequence[Choice]) -> list[Part] | None:
    found: dict[str, list[Choice]] = {}
    groups = list(tree.get("nodes") or ())
    for one in hard:
        owner = _owner(tree, one)
        if owner is None:
            return None
        found.setdefault(owner, []).append(one)
    return [_part(tree, owner, mine, groups) for owner, mine in found.items()]


def _part(tree: Mapping[str, Any], owner: str, mine: Sequence[Choice], groups: list[str]) -> Part:
    counts = [one for one in mine if one.axis.path == f"nodes.{owner}.count"]
    servers = [one for one in mine if one.axis.path.startswith("workloads.")]
    others = tuple(one for one in mine if one not in counts and one not in servers)
    stores = tree.get("storage") or {}
    return Part(
        owner if owner in groups else None,
        groups.index(owner) if owner in groups else 0,
        others,
        counts[0] if counts else None,
        tuple(servers),
        any(isinstance(one, dict) and one.get("nodes") == owner for one in stores.values()),
    )


def _owner(tree: Mapping[str, Any], one: Choice) -> str | None:
    """The node group that a choice is of, or its own path; None where it may be of several."""
    kind, *keys = one.axis.path.split(".")
    match kind, *keys:
        case ("nodes", group, "instance" | "count"):
            return group
        case ("storage", name, "service"):
            nodes = tree["storage"][name].get("nodes")
            return one.axis.path if nodes is None and len(one.axis.values) == 1 else nodes
        case ("workloads", name, "stages", stage, "replicas"):
            return str(tree["workloads"][name]["stages"][stage]["nodes"])
        case ("workloads", _, "stages", _, "function", "concurrency"):
            return one.axis.path
    return None


@dataclass
class _Finder:
    """Asks the laws about each part, while the others are such that the stack can be."""

    parts: Sequence[Part]
    laws: LawPath
    judge: JudgeOf
    slack: Sequence[Choice]

    def start(self, tree: Mapping[str, Any]) -> Changes:
        """The values of the file where it has some, else the most generous."""
        found: Changes = {}
        for part in self.parts:
            found |= part.generous({one.axis.path: one.axis.values[0] for one in part.instance})
        for path in found:
            value: Any = tree
            for key in path.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            if value in _axis(self.parts, path):
                found[path] = value
        return found

    def families(self, start: Changes) -> Families | None:
        whole = self._whole(start)
        solved = None if whole is None else self.laws.solved(whole)
        if whole is None or solved is None or not _apart(solved):
            return None
        total = math.prod(part.size for part in self.parts)
        slack = math.prod(len(one.axis.values) for one in self.slack)
        rejected: list[tuple[Judged, int, Changes]] = []
        options, fastest, left = [], dict(whole), total
        for part in self.parts:
            instances = list(_instances(part))
            found = self._ask([{**whole, **part.generous(one)} for one in instances], part)
            each = left // len(instances)
            out = [_never(one) and not _by_more(part, one) for one in found]
            rejected += [(one, each * slack, instances[k]) for k, one in enumerate(found) if out[k]]
            fine = [k for k in range(len(found)) if not out[k]]
            left = each * len(fine)
            if not fine:
                return None
            fastest |= part.generous(instances[min(fine, key=lambda k: found[k].time)])
            shapes = {k: found[k].alike for k in fine}
            times = {k: found[k].time for k in fine}
            options.append(self._options(part, instances, shapes, times, solved, whole))
        [best] = self._ask([fastest])
        return Families(options, rejected, 0.0 if _never(best) else best.time)

    def _options(
        self,
        part: Part,
        instances: Sequence[Changes],
        shapes: Mapping[int, tuple[Likeness, ...]],
        times: Mapping[int, float],
        solved: SolvedStack,
        whole: Changes,
    ) -> Options:
        all_of = [
            Option({**instances[k], **dict(zip(paths, values, strict=True))}, k, *numbers, cost)
            for k in shapes
            for paths, values, numbers, cost in self._numbers(part, instances[k], solved, whole)
        ]
        all_of.sort(key=lambda one: (one.cost, [-number for number in one.servers]))
        return Options(
            part,
            all_of,
            shapes,
            times,
            self._counts(part, instances, shapes, whole),
            solved.stack.objectives.availability is None,
            lambda changes: self._why({**whole, **changes}, part),
            lambda changes: self._ask([{**whole, **changes}], part)[0].alike,
        )

    def _numbers(
        self, part: Part, instance: Changes, solved: SolvedStack, whole: Changes
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, ...], tuple[int, tuple[int, ...]], float]]:
        """Nodes and replicas: their paths and values, the numbers of both, and what they cost."""
        price, spares, held = self._price(part, instance, solved, whole)
        counts = (0,) if part.count is None else part.count.axis.values
        paths = tuple(one.axis.path for one in part.choices[len(part.instance) :])
        for count in counts:
            now = 0 if part.group is None else solved.stack.nodes[part.group].count
            nodes = (now if part.count is None else count) * held + spares
            for servers in product(*(one.axis.values for one in part.servers)):
                values = servers if part.count is None else (count, *servers)
                yield paths, values, (count, tuple(servers)), nodes * price

    def _price(
        self, part: Part, instance: Changes, solved: SolvedStack, whole: Changes
    ) -> tuple[float, int, float]:
        """USD of a node in a month, its spares, and the share of its nodes that is there."""
        if part.group is None:
            return 0.0, 0, 0.0
        group = solved.stack.nodes[part.group]
        ways = ways_of(self.slack).get(part.group, (group.purchase,))
        name = instance.get(f"nodes.{part.group}.instance", group.instance)
        now = group.model_copy(update={"instance": name})
        laws = self.laws
        price = of_a_node(solved, now, ways, laws.seed, part.position, laws.replications)
        spared = any(one.axis.path == f"nodes.{part.group}.spares" for one in self.slack)
        return (
            price or 0.0,
            0 if spared else group.spares,
            self._share(part, instance, solved, whole),
        )

    def _share(self, part: Part, instance: Changes, solved: SolvedStack, whole: Changes) -> float:
        """Of its nodes that is there at the least: less of faster ones, where it goes by load."""
        group = str(part.group)
        if not any(one.kind.scales(one.described, group) for one in solved.workloads.values()):
            return 1.0
        own = self.laws.solved({**whole, **part.generous(instance)})
        if own is None:
            return 0.0
        return min(
            one.kind.least_share(one.answer, group)
            for one in own.workloads.values()
            if one.kind.scales(one.described, group)
        )

    def _counts(
        self,
        part: Part,
        instances: Sequence[Changes],
        shapes: Mapping[int, tuple[Likeness, ...]],
        whole: Changes,
    ) -> bool:
        """Whether the times follow from the number of nodes."""
        if part.count is None:
            return False
        first = next(iter(shapes))
        path, values = part.count.axis.path, sorted(part.count.axis.values)
        fewer = [{**whole, **part.generous(instances[first]), path: n} for n in values[-2:]]
        found = [one.alike for one in self._ask(fewer, part)]
        return found[0] != found[-1]

    def _ask(self, changes: Sequence[Changes], part: Part | None = None) -> list[Judged]:
        """What is wrong with a node group alone may be mended by how its own nodes are held."""
        if part is None:
            return self.judge(changes, self.slack)
        own = [one for one in self.slack if one.axis.path.split(".")[:2] == ["nodes", part.group]]
        return self.judge(changes, self.slack, own)

    def _why(self, changes: Changes, part: Part) -> Why | None:
        [found] = self._ask([changes], part)
        return found.excuse.why if _never(found) and found.excuse is not None else None

    def _whole(self, start: Changes) -> Changes | None:
        """A stack that can be: each part in turn is such that it is not in the way."""
        found = dict(start)
        for _ in range(_PASSES):
            for part in self.parts:
                [now] = self._ask([found])
                if not _never(now):
                    return found
                others = [{**found, **part.generous(one)} for one in _instances(part)]
                answers = self._ask(others, part)
                for other, answer in zip(others, answers, strict=True):
                    if not _never(answer) or answer.faults != now.faults:
                        found = other
                        break
        [now] = self._ask([found])
        return None if _never(now) else found


def _axis(parts: Sequence[Part], path: str) -> Sequence[Any]:
    return next(one.axis.values for part in parts for one in part.choices if one.axis.path == path)


def _instances(part: Part) -> Iterator[Changes]:
    paths = [one.axis.path for one in part.instance]
    for values in product(*(one.axis.values for one in part.instance)):
        yield dict(zip(paths, values, strict=True))


def _apart(solved: SolvedStack) -> bool:
    stack = solved.stack
    return not provider_of(stack).owned and all(
        one.kind.apart and not one.kind.completes(one.described)
        for one in solved.workloads.values()
    )


def _by_more(part: Part, one: Judged) -> bool:
    """More replicas may bear what so few do not."""
    return bool(part.servers) and one.excuse is not None and one.excuse.why is Why.OVERLOADED


def _never(one: Judged) -> bool:
    """It can't be; what other values of the other choices may mend is left open."""
    return one.excuse is not None and one.of_all and one.excuse.why in _NEVER
