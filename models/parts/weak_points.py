"""What weighs most in the downtime of a stack, what stops it, and what one more would buy."""

import math
from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType

from models.description.quantities import YEAR
from models.laws.reliability import blocks
from models.laws.reliability.diagram import Identical, Series
from models.parts.failure import Component
from models.parts.node_racks import NodeRacks
from models.parts.remedies import Remedy
from models.prediction import CutSets, Importance

MOST = 5  # that a reader can take in


def diagram(components: tuple[Component, ...]) -> tuple[Series | None, dict[str, float]]:
    """The block diagram of a stack, and the unavailability of one unit of each block.

    Arguments:
        components: of the stack; none of them gives no diagram.
    """
    units = {one.name: blocks.unavailability(one.mttf, one.mttr) for one in components}
    if not any(one.required for one in components):
        return None, units
    needed = [one for one in components if one.required]
    return Series(*(Identical(one.required, one.units, one.name) for one in needed)), units


def importances(
    components: tuple[Component, ...],
    remedies: Mapping[str, Remedy] = MappingProxyType({}),
    most: int = MOST,
) -> tuple[Importance, ...]:
    """The blocks that weigh most, the first of all first.

    Arguments:
        components: of the stack, independent and in series.
        remedies: what the stack can have more of, by name of the block.
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
    rows = []
    for one in found[:most]:
        remedy = remedies.get(one.component)
        rows.append(
            Importance(
                one.component,
                one.birnbaum,
                one.criticality,
                one.fussell_vesely,
                one.risk_achievement_worth,
                one.risk_reduction_worth,
                downtime=None if remedy is None else remedy.saved(components) * YEAR,
                remedy="" if remedy is None else remedy.what,
                remedy_hourly=None if remedy is None else remedy.hourly,
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

    racks = [one for one in components if isinstance(one, NodeRacks)]
    inside = {one.name for one in racks} | {
        group.nodes.name for one in racks for group in one.groups
    }
    drawn, away = diagram(tuple(one for one in components if one.name not in inside))
    units = {one.name: one.units for one in components}
    rows = [row for one in racks for row in _in_racks(one)]
    if drawn is None:
        return tuple(row for _, row in sorted(rows, key=lambda pair: -pair[0]))
    for cut in minimal_cut_sets(compile_diagram(drawn)).sets:
        [(name, order)] = cut.members  # a block in series is cut alone
        if away[name] == 0.0:
            continue
        of = name if units[name] == 1 else f"any {order} of {units[name]:,} {name}"
        together = math.log(cut.ways) + order * math.log(away[name])  # beyond what a float holds
        rows.append((together, CutSets(of, order, cut.ways, away[name] ** order)))
    return tuple(row for _, row in sorted(rows, key=lambda pair: -pair[0]))


def _in_racks(racks: NodeRacks) -> Iterator[tuple[float, CutSets]]:
    """Sets of racks, and of nodes beside them, that leave a group with one too few.

    Racks are alike that hold as many nodes of the group.
    """
    rack = blocks.unavailability(racks.mttf, racks.mttr)
    for group in racks.groups:
        nodes, enough = group.nodes, group.nodes.units - group.nodes.required + 1
        node = blocks.unavailability(nodes.mttf, nodes.mttr)
        there: dict[int, int] = {}
        for size in group.racks:
            there[size] = there.get(size, 0) + (size > 0)
        there.pop(0, None)
        choices = [range(min(many, -(-enough // size)) + 1) for size, many in there.items()]
        for taken in product(*choices):
            lost = sum(size * many for size, many in zip(there, taken, strict=True))
            smallest = min((s for s, many in zip(there, taken, strict=True) if many), default=0)
            beside = max(0, enough - lost)
            if lost - smallest >= enough or beside > nodes.units - lost:
                continue  # a rack of it is not needed, or there are no nodes left
            downs = sum(taken)
            if (rack == 0.0 and downs) or (node == 0.0 and beside):
                continue
            ways = math.comb(nodes.units - lost, beside)
            ways *= math.prod(math.comb(there[s], m) for s, m in zip(there, taken, strict=True))
            log = (downs * math.log(rack) if downs else 0.0) + (
                beside * math.log(node) if beside else 0.0
            )
            of = f"any {beside} of {nodes.units:,} {nodes.name}" if beside else ""
            if downs:
                sizes = [f"{m} of {s}" for s, m in zip(there, taken, strict=True) if m]
                some = f"any {downs} of {racks.units:,} {racks.name}"
                if len(there) > 1:
                    some += f" ({' and '.join(sizes)} {nodes.name})"
                of = f"{some} and {beside} other {nodes.name}" if beside else some
            yield math.log(ways) + log, CutSets(of, downs + beside, ways, math.exp(log))


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
