"""Fleets that fail so seldom as a few of all do, and of which simulated years see too few."""

import math
from collections.abc import Iterator

from models.parts.failure import Component
from models.parts.node_racks import NodeRacks
from models.parts.solve import SolvedStack
from models.prediction import Finding

_FEWEST = 10.0  # years; of fewer, an interval of a mean holds in less than nine of ten experiments
_PART = 0.1  # of the stack's down time, below which a component hardly moves the interval


def rare_fleets(solved: SolvedStack, years: int) -> Iterator[Finding]:
    """Components of which most down time comes of fleets that few simulated years are of.

    Arguments:
        solved: the stack.
        years: that are simulated.
    """
    least = _PART * solved.unavailability()
    for one in solved.components:
        if isinstance(one, NodeRacks) or not one.spreads() or one.result().unavailability < least:
            continue  # of racks the nodes tell
        seen = telling_years(one, years)
        if seen < _FEWEST:
            place = f"nodes.{one.name}" if one.name in solved.stack.nodes else one.name
            yield Finding(
                "note",
                place,
                "most of the time that too few work comes of rare fleets, which fail far more often"
                f" than typical ones: {years:,} simulated years tell as much of it as"
                f" {max(1.0, seen):.0f} would if all fleets were alike, so that the interval of the"
                " availability may not hold; the law does",
            )


def telling_years(component: Component, years: int) -> float:
    """Years in fleets all alike that tell as much of a mean down time as these do.

    Arguments:
        component: whose rates are uncertain.
        years: that are simulated.

    Source: Kish (1965), Survey Sampling: the effective size of a sample, (Σ w)² / Σ w².
    """
    shares = [(weight, away) for weight, away, _ in component.times_down()]
    mean = math.fsum(weight * away for weight, away in shares)
    square = math.fsum(weight * away * away for weight, away in shares)
    return years * mean * mean / square if square > 0 else math.inf
