"""Redundant units and systems that are repaired: how long they are up and down together."""

import math
from collections.abc import Sequence

from models.laws.arguments import whole
from models.laws.redundancy import Redundancy
from models.laws.reliability.blocks import series
from models.laws.reliability.repairable import Repaired, RepairedGroup


def group_cycle(required: int, units: int, unit: Repaired) -> Repaired:
    """Identical units of which some must work, each repaired on its own.

    Arguments:
        required: units that must work, k.
        units: units there are, n.
        unit: times of one unit, exponential; it may never fail.

    Raises:
        ValueError: k is not between 1 and n.

    Source: Trivedi (2002), Probability and Statistics, section 8.2.2, with a crew for each unit.
    """
    spare = whole("units", units, whole("required", required, 1)) - required
    if math.isinf(unit.mean_up_time) or unit.mean_down_time == 0:
        # What is back at once is never down together with another.
        up = math.inf if spare else unit.mean_up_time / required
        return Repaired.of_times(up, unit.mean_down_time / (spare + 1))
    return RepairedGroup(required, units, 1 / unit.mean_up_time, 1 / unit.mean_down_time).long_run()


def series_cycle(parts: Sequence[Repaired]) -> Repaired:
    """Different parts that must all work, each repaired on its own.

    Arguments:
        parts: times of each.

    Raises:
        ValueError: there are none.

    Source: Trivedi (2002), section 8.2: while all work, any may fail: f = A sum of 1 / MTTF.
    """
    if not parts:
        raise ValueError("parts is empty; a series has one part or more")
    away = series(part.unavailability for part in parts)
    frequency = (1 - away) * math.fsum(1 / part.mean_up_time for part in parts)
    if frequency == 0:
        return Repaired.of_times(math.inf, max(part.mean_down_time for part in parts))
    return Repaired(away, frequency, (1 - away) / frequency, away / frequency)


def redundant_cycle(arrangement: Redundancy, needed: int, unit: Repaired) -> Repaired:
    """Systems of which one must work, each with N of its own units.

    Units of different systems do not help each other out: that is what keeps the systems apart.

    Arguments:
        arrangement: systems and spares.
        needed: units that carry the load, N.
        unit: times of one unit, exponential.

    Raises:
        ValueError: needed is less than 1, or the units are more than 1,000.

    Source: the k-of-n rule twice; of independent systems it needs no more than the mean times.
    """
    arrangement.units(needed)
    system = group_cycle(needed, needed + arrangement.spares, unit)
    return group_cycle(1, arrangement.systems, system)
