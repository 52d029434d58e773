"""How far a stack is from its objectives, and what it would meet instead."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from models.description.stack import Objectives
from models.prediction.choice_answer import Concession
from models.prediction.comparison_answer import Variant
from sim.choosing.least import Least, within


@dataclass(frozen=True)
class Shortfall:
    """One objective against what is reached.

    Arguments:
        objective: its name.
        ratio: of what is reached to what is allowed; above 1 it is missed, infinite beyond reach.
        concession: the same with its figures.
    """

    objective: str
    ratio: float
    concession: Concession


def of_least(wanted: Objectives, known: Least) -> Iterator[Shortfall]:
    """Shortfalls that no simulation can be below, of the objectives that a least figure shows.

    Arguments:
        wanted: what the stack names.
        known: least time and cost.
    """
    if wanted.deadline is not None:
        deadline = wanted.deadline
        times = known.completion[deadline.workload]
        yield _time("deadline", deadline.within, within(times, deadline.probability))
    if wanted.budget is not None:
        usd = known.cost_within(wanted.budget.probability)
        yield _cost("budget", wanted.budget.at_most, usd)
    if wanted.monthly_cost is not None:
        monthly = known.mean_cost if not known.completion else known.monthly or 0.0
        yield _cost("monthly cost", wanted.monthly_cost.at_most, monthly)


def of_variant(wanted: Objectives, one: Variant) -> Iterator[Shortfall]:
    """Shortfalls of a stack that was simulated.

    Arguments:
        wanted: what the stack names.
        one: the stack.
    """
    of = {each.name: each for each in one.workloads}
    if wanted.deadline is not None:
        deadline = wanted.deadline
        run = of[deadline.workload].samples
        yield _time("deadline", deadline.within, within(run, deadline.probability))
    if wanted.budget is not None:
        usd = within(one.cost.samples, wanted.budget.probability)
        yield _cost("budget", wanted.budget.at_most, usd)
    if wanted.availability is not None:
        up = wanted.availability
        reached = -within([-each for each in one.availability.samples], up.probability)
        reached = 0.0 if one.never_available else reached
        ratio = _ratio(1 - reached, 1 - up.at_least)
        concession = Concession("availability", wanted_share=up.at_least, reached_share=reached)
        yield Shortfall("availability", ratio, concession)
    if wanted.latency is not None:
        latency = wanted.latency
        found = of[latency.workload].wanted_time
        yield _time("latency", latency.at_most, math.inf if found is None else found.high)
    if wanted.loss is not None:
        lost = of[wanted.loss.workload].loss
        share = 1.0 if lost is None else lost.high
        concession = Concession("loss", wanted_share=wanted.loss.at_most, reached_share=share)
        yield Shortfall("loss", _ratio(share, wanted.loss.at_most), concession)
    if wanted.lag is not None:
        behind = of[wanted.lag.workload].lag
        events = math.inf if behind is None else behind.high
        known = events if math.isfinite(events) else None
        concession = Concession("lag", wanted_count=wanted.lag.at_most, reached_count=known)
        yield Shortfall("lag", _ratio(events, wanted.lag.at_most), concession)
    if wanted.monthly_cost is not None:
        monthly = one.monthly if one.cost_of == "the run" else one.cost.mean.mean
        yield _cost("monthly cost", wanted.monthly_cost.at_most, monthly)


def _ratio(reached: float, wanted: float) -> float:
    if wanted > 0:
        return reached / wanted
    return math.inf if reached > 0 else 1.0


def _time(name: str, wanted: float, reached: float) -> Shortfall:
    known = reached if math.isfinite(reached) else None
    concession = Concession(name, wanted_time=wanted, reached_time=known)
    return Shortfall(name, _ratio(reached, wanted), concession)


def _cost(name: str, wanted: float, reached: float) -> Shortfall:
    concession = Concession(name, wanted_cost=wanted, reached_cost=reached)
    return Shortfall(name, _ratio(reached, wanted), concession)
