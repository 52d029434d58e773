"""What weighs most in the downtime of a stack, and what a second one of it would buy."""

import math
from dataclasses import replace

from models.description.quantities import YEAR
from models.laws.reliability import blocks
from models.laws.reliability.diagram import Identical, Series
from models.parts.failure import Component
from models.prediction import CutSets, Importance

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

    Source: `models.laws.reliability.importance`, of the blocks in series.
    """
    from models.laws.reliability import importance  # brings numpy, which only predictions need
    from models.laws.reliability.diagram_compile import compile_diagram

    away = {one.name: one.result().unavailability for one in components}
    if not any(away.values()):
        return ()
    structure = compile_diagram(Series(*away))
    found = [one for one in importance.importances(structure, away) if away[one.component] > 0]
    by_name = {one.name: one for one in components}
    rows = []
    for one in found[:most]:
        block = by_name[one.component]
        another = replace(block, units=block.units + 1).result().unavailability
        rows.append(
            Importance(
                one.component,
                one.birnbaum,
                one.criticality,
                one.fussell_vesely,
                one.risk_achievement_worth,
                one.risk_reduction_worth,
                # Another unit changes its own block alone, of which the whole is linear.
                downtime=one.birnbaum * (away[one.component] - another) * YEAR,
            )
        )
    return tuple(rows)


def cut_sets(components: tuple[Component, ...]) -> tuple[CutSets, ...]:
    """Minimal sets of units that stop the stack together, the likeliest first.

    Arguments:
        components: of the stack, in series; those that are never down are left out.

    Source: `models.laws.reliability.cut_sets`.
    """
    from models.laws.reliability.cut_sets import minimal_cut_sets  # as above
    from models.laws.reliability.diagram_compile import compile_diagram

    drawn, away = diagram(components)
    if drawn is None:
        return ()
    units = {one.name: one.units for one in components}
    rows: list[tuple[float, CutSets]] = []
    for cut in minimal_cut_sets(compile_diagram(drawn)).sets:
        [(name, order)] = cut.members  # a block in series is cut alone
        if away[name] == 0.0:
            continue
        of = name if units[name] == 1 else f"any {order} of {units[name]:,} {name}"
        together = math.log(cut.ways) + order * math.log(away[name])  # beyond what a float holds
        rows.append((together, CutSets(of, order, cut.ways, away[name] ** order)))
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
