"""What a simulated candidate misses: whether more years may change it, by how much, and why."""

import math
from dataclasses import replace

from models.description.stack import Objectives
from models.prediction.choice_answer import Excuse, Why
from models.prediction.comparison_answer import Refused, Variant
from sim.choosing.best import RESOLUTION
from sim.choosing.seldom_up import surely_too_few
from sim.choosing.shortfall import of_variant

DEADLINE = "deadline"


def may_be_fine(objectives: Objectives, one: Variant) -> bool:
    """Whether more years may say that all objectives are met.

    Arguments:
        objectives: of the stack.
        one: a candidate, simulated in some years.
    """
    if one.unstable or one.at_least:
        return False
    ratios = {each.objective: each.ratio for each in of_variant(objectives, one)}
    return not any(
        surely_too_few(each.probability, each.required, one.replications)
        if each.of
        else ratios[each.name] > 1 + RESOLUTION
        for each in one.objectives
        if not each.met
    )


def worst_miss(objectives: Objectives, answer: Variant) -> float:
    """By which a stack misses the objective that it misses most.

    Arguments:
        objectives: of the stack.
        answer: of a candidate.
    """
    if answer.unstable:
        return math.inf
    return max((one.ratio for one in of_variant(objectives, answer)), default=1.0)


def why_missed(objectives: Objectives, answer: Variant) -> Excuse:
    """Which objectives a candidate misses, and what it reaches of them.

    Arguments:
        objectives: of the stack.
        answer: of the candidate.
    """
    if answer.unstable:
        return Excuse(Why.OVERLOADED, objectives=answer.unstable)
    names = tuple(one.name for one in answer.objectives if not one.met)
    excuse = Excuse(Why.MISSED, objectives=names)
    for one in of_variant(objectives, answer):
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
    return excuse


def is_late(answer: Variant | Refused) -> bool:
    """Whether a run misses its deadline, and more years will not say that it keeps it.

    Arguments:
        answer: of a candidate.
    """
    return isinstance(answer, Variant) and any(
        surely_too_few(one.probability, one.required, answer.replications)
        for one in answer.objectives
        if one.name == DEADLINE and not one.met
    )
