"""A diagram over time: availability, failure frequency, mission reliability and mean life."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from models.laws.arguments import positive
from models.laws.arrays import Floats
from models.laws.quadrature import integral
from models.laws.reliability.bdd_nodes import Whole
from models.laws.reliability.blocks import unavailability
from models.laws.reliability.diagram_modules import AlikeUnits, AllOf
from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.repairable import Repaired
from models.laws.reliability.structure import Chances, Structure

_MOST_STATES = 5000  # gone through one by one


def repaired(structure: Structure, times: Mapping[str, tuple[float, float]]) -> Repaired:
    """Availability and failure frequency, each unit being repaired on its own at once.

    Arguments:
        structure: of the system.
        times: (mttf, mttr) of a unit of each component, s; mttf may be infinite.

    Raises:
        ValueError: a component is unknown or missing, or a time is out of range.

    Source: Birolini (2017), Reliability Engineering, 8th edition, section 6.8; the frequency by
        Birnbaum's importance, Schneeweiss (1981), Computing failure frequency, MTBF and MTTF.
    """
    down = {name: unavailability(mttf, mttr) for name, (mttf, mttr) in times.items()}
    lost, works = structure.chances(down)
    slopes = structure.birnbaum(down)
    frequency = math.fsum(
        units * float(slopes[name]) / (times[name][0] + times[name][1])
        for name, units in zip(structure.components, structure.units, strict=True)
    )
    if frequency == 0:
        return Repaired(float(lost), 0.0, math.inf, 0.0)
    return Repaired(float(lost), frequency, float(works) / frequency, float(lost) / frequency)


def mission(
    structure: Structure, lifetimes: Mapping[str, Lifetime], times: float | Sequence[float] | Floats
) -> Chances:
    """Probabilities that the system has failed by a time, and that it has not, without repair.

    Arguments:
        structure: of the system.
        lifetimes: of a unit of each component.
        times: one or more, s.

    Raises:
        ValueError: a component is unknown or missing, or a time is out of range.
    """
    if isinstance(times, int | float):
        fail = {name: life.unreliability(times) for name, life in lifetimes.items()}
        work = {name: life.reliability(times) for name, life in lifetimes.items()}
        return structure.chances(fail, work)
    at = [float(time) for time in times]
    return structure.chances(
        {name: np.array([life.unreliability(t) for t in at]) for name, life in lifetimes.items()},
        {name: np.array([life.reliability(t) for t in at]) for name, life in lifetimes.items()},
    )


def mttf(
    structure: Structure, lifetimes: Mapping[str, Lifetime], tolerance: float = 1e-10
) -> float:
    """Mean time to failure of the system without repair, by quadrature of its reliability, s.

    Arguments:
        structure: of the system.
        lifetimes: of a unit of each component.
        tolerance: of the integral, relative, 1e-14 to 0.01.

    Raises:
        ValueError: a component is unknown or missing, or the tolerance is out of range.

    Source: Rausand and Høyland (2004), System Reliability Theory, 2nd edition, equation 2.11.
    """
    if not 1e-14 <= tolerance <= 1e-2:
        raise ValueError(f"tolerance is {tolerance}; it must lie between 1e-14 and 0.01")
    if structure.unavailability(dict.fromkeys(structure.components, 1.0)) == 0:
        return math.inf

    def reliability(times: Floats) -> Floats:
        return np.asarray(mission(structure, lifetimes, times).work)

    end = min(life.mttf for life in lifetimes.values())
    found = integral(reliability, 0.0, end, tolerance)
    while True:
        start, end = end, 2 * end
        found += integral(reliability, start, end, tolerance)
        # Panels double: what is beyond is no more where reliability falls faster than 1/t^2.
        if end * reliability(np.array([end]))[0] <= tolerance / 100 * found:
            return found


def mttf_at_constant_rates(structure: Structure, failure_rates: Mapping[str, float]) -> float:
    """Mean time to failure of a small system of exponential lifetimes without repair, exact, s.

    Arguments:
        structure: of the system; the product of units + 1 over the components is 5,000 at most,
            as for 12 different ones.
        failure_rates: of a unit of each component, /s.

    Raises:
        ValueError: a component is unknown or missing, a rate is out of range, or there are too
            many states.

    Source: Trivedi (2002), Probability and Statistics, 2nd edition, section 8.5: mean time spent
        in each working state of the chain, a sum of what is positive.
    """
    structure.parts(dict.fromkeys(failure_rates, 0.0))
    rates = [
        positive(f"failure rate of {name!r}", failure_rates[name]) for name in structure.components
    ]
    states = math.prod(units + 1 for units in structure.units)
    if states > _MOST_STATES:
        raise ValueError(f"the system has {states:,} states; mttf takes more than {_MOST_STATES:,}")
    strides = [math.prod(n + 1 for n in structure.units[:k]) for k in range(len(rates))]
    failed = [
        np.arange(states) // stride % (units + 1)
        for stride, units in zip(strides, structure.units, strict=True)
    ]
    works = working(structure, failed)
    reach, total = [1.0] + [0.0] * (states - 1), 0.0
    for state in range(states):
        if not works[state] or reach[state] == 0:
            continue
        left = [
            (units - int(down[state])) * rate
            for units, down, rate in zip(structure.units, failed, rates, strict=True)
        ]
        leaving = math.fsum(left)
        if leaving == 0:
            return math.inf
        total += reach[state] / leaving
        for rate, stride in zip(left, strides, strict=True):
            if rate > 0:
                reach[state + stride] += reach[state] * rate / leaving
    return total


def working(structure: Structure, failed: Sequence[Whole]) -> Floats:
    """Where the system works, 1, and where it does not, 0.

    Arguments:
        structure: of the system.
        failed: how many units of each component have failed, in cases; as long as there are
            components, each of shape (cases,).
    """
    spare = [0] * len(failed)
    modules = []
    for module in structure.modules:
        if isinstance(module, AlikeUnits):
            spare[module.children[0]] = module.units - module.required
        modules.append(AllOf(module.children) if isinstance(module, AlikeUnits) else module)
    down = {
        name: np.asarray(count > most, dtype=np.float64)
        for name, count, most in zip(structure.components, failed, spare, strict=True)
    }
    return np.asarray(replace(structure, modules=tuple(modules)).chances(down).work)
