"""What weighs most in the downtime of a stack, and what a second one of it would buy."""

import math
from dataclasses import replace

from models.laws.reliability import blocks
from models.laws.reliability.diagram import Identical, Series
from models.parts.failure import Component
from models.prediction import CutSets, Importance
from models.quantities import YEAR

MOST = 5  # that a reader can take in


def diagram(components: tuple[Component, ...]) -> tuple[Series | None, dict[str, float]]:
    """The block diagram of a stack, and the unavailability of one unit of each block.

    Arguments:
        components: of the stack; none of them gives no diagram.
    """
    units = {one.name: blocks.unavailability(one.mttf, one.mttr) for one in components}
    if not components:
        return None, units
    return Series(*(Identical(one.required, one.units, one.name) for one in components)), units


def importances(components: tuple[Component, ...], most: int = MOST) -> tuple[Importance, ...]:
    """The blocks that weigh most, the first of all first.

    Arguments:
        components: of the stack, independent and in series.
        most: how many to name; those that are never down are left out.

    Source: Rausand, Barros and Hoyland (2021), System Reliability Theory, 3rd edition, chapter 7,
        for blocks in series: I_B = dU/dU_i is the availability of all others, criticality
        I_B U_i / U, and the only minimal cut set of a block is the block, so that Fussell-Vesely
        is U_i / U.
    """
    results = [one.result().unavailability for one in components]
    whole = blocks.series(results)
    rows = []
    for position, (component, away) in enumerate(zip(components, results, strict=True)):
        if away == 0.0:
            continue
        others = [*results[:position], *results[position + 1 :]]
        without = blocks.series(others)
        another = replace(component, units=component.units + 1).result().unavailability
        rows.append(
            Importance(
                component.name,
                birnbaum=1 - without,
                criticality=(1 - without) * away / whole,
                fussell_vesely=away / whole,
                risk_achievement_worth=1 / whole,
                risk_reduction_worth=whole / without if without else math.inf,
                downtime=(whole - blocks.series([*others, another])) * YEAR,
            )
        )
    return tuple(sorted(rows, key=lambda row: -row.criticality)[:most])


def cut_sets(components: tuple[Component, ...]) -> tuple[CutSets, ...]:
    """Minimal sets of units that stop the stack together, the likeliest first.

    Arguments:
        components: of the stack, in series: each of k of n units is cut by any n - k + 1 of them.

    Source: Barlow and Proschan (1975), Statistical Theory of Reliability and Life Testing,
        section 1.3.
    """
    rows: list[tuple[float, CutSets]] = []
    for one in components:
        away = blocks.unavailability(one.mttf, one.mttr)
        if away == 0.0:
            continue
        order = one.units - one.required + 1
        of = one.name if one.units == 1 else f"any {order} of {one.units:,} {one.name}"
        number = math.comb(one.units, order)
        together = math.log(number) + order * math.log(away)  # beyond what a float holds
        rows.append((together, CutSets(of, order, number, away**order)))
    return tuple(row for _, row in sorted(rows, key=lambda pair: -pair[0]))


def failures(components: tuple[Component, ...]) -> float:
    """How often the stack goes down, 1/s.

    Arguments:
        components: of the stack, independent and in series.

    Source: Trivedi (2002), section 8.2: of each block how often it goes down, while all others
        are up.
    """
    results = [one.result().unavailability for one in components]
    return math.fsum(
        one.failure_frequency()
        * (1 - blocks.series([*results[:position], *results[position + 1 :]]))
        for position, one in enumerate(components)
    )
