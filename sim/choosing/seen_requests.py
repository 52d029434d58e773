"""What was simulated of requests, which know nothing of failures and prices."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from models.description.stack import Objectives
from models.parts.workloads.workload_kind import Likeness
from models.prediction.choice_answer import Excuse, Why
from models.prediction.comparison_answer import Variant
from sim.choosing.best import time_of
from sim.choosing.law_path import Judged

_OF_REQUESTS = ("latency", "loss", "lag")  # objectives that know nothing of failures and prices


@dataclass(frozen=True)
class Seen:
    """What was simulated of requests once.

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
    bought: str
    ideal: bool

    def time_of(self, one: Judged) -> float:
        """What answers of a candidate take at least, s, as far as this tells.

        Arguments:
            one: the candidate.
        """
        if self.ideal:
            return self.least
        if self.alike == one.alike:
            return self.time
        return self.least if _no_faster(one.alike, self.alike) else 0.0


@dataclass
class SeenRequests:
    """All that was simulated of requests.

    Arguments:
        wanted: objectives of the stack.
        all_of: in the order in which they were simulated.
    """

    wanted: Objectives
    all_of: list[Seen] = field(default_factory=list)

    def keep(self, one: Judged, answer: Variant, bought: str, *, ideal: bool) -> None:
        """Remember what was simulated of a candidate.

        Arguments:
            one: by the laws.
            answer: as it was simulated.
            bought: what was chosen, but for what adds to the cost alone.
            ideal: no candidate takes less time.
        """
        if one.alike:
            self.all_of.append(_seen(self.wanted, one, answer, bought, ideal))

    def least_time(self, one: Judged) -> float:
        """What answers of a candidate take at least, s, by the laws and by what was simulated.

        Arguments:
            one: the candidate.
        """
        return max([one.time, *(seen.time_of(one) for seen in self.all_of)])

    def missed(self, one: Judged) -> Seen | None:
        """What was simulated and shows that a candidate misses an objective.

        Arguments:
            one: the candidate.
        """
        for seen in self.all_of:
            if seen.missed is not None and (
                seen.alike == one.alike or (seen.surely and _no_faster(one.alike, seen.alike))
            ):
                return seen
        return None

    def adds_cost_alone(self, one: Judged, bought: str) -> bool:
        """Whether a candidate has the times of one that is fine and costs no more.

        Arguments:
            one: the candidate.
            bought: what was chosen of it, but for what adds to the cost alone.
        """
        if not one.alike or self.wanted.availability is not None:
            return False
        return any(
            seen.alike == one.alike
            and seen.fine
            and seen.bound <= one.cost
            and seen.bought == bought
            for seen in self.all_of
        )


def _no_faster(one: Sequence[Likeness], other: Sequence[Likeness]) -> bool:
    return len(one) == len(other) > 0 and all(
        mine.no_faster_than(its) for mine, its in zip(one, other, strict=True)
    )


def _seen(wanted: Objectives, judged: Judged, one: Variant, bought: str, ideal: bool) -> Seen:
    least = [each.time_p95.low for each in one.workloads if each.time_p95 is not None]
    missed = tuple(o.name for o in one.objectives if o.name in _OF_REQUESTS and not o.met)
    ratio = max(_ratios(wanted, one))
    return Seen(
        judged.alike,
        time_of(one),
        max(least) if len(least) == len(one.workloads) else math.inf,
        Excuse(Why.MISSED, objectives=missed) if missed or one.unstable else None,
        ratio,
        ratio > 1,
        one.fine and not one.at_least,
        judged.cost,
        bought,
        ideal,
    )


def _ratios(wanted: Objectives, one: Variant) -> Iterator[float]:
    """Of what is reached to what is allowed, at the least."""
    of = {each.name: each for each in one.workloads}
    yield math.inf if one.unstable else 0.0
    if wanted.latency is not None:
        time = of[wanted.latency.workload].wanted_time
        yield math.inf if time is None else time.low / wanted.latency.at_most
    if wanted.loss is not None:
        lost = of[wanted.loss.workload].loss
        share, most = 1.0 if lost is None else lost.low, wanted.loss.at_most
        yield share / most if most > 0 else math.inf if share > 0 else 0.0
