"""Missions in phases: the same components, but each phase needs others of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import non_negative, positive, whole
from models.laws.arrays import Floats
from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.markov_chain import transient

MOST_COMPONENTS = 16
MOST_REPAIRED = 8

Works = Callable[[frozenset[int]], bool]


@dataclass(frozen=True)
class Phase:
    """A part of a mission.

    Arguments:
        duration: s.
        works: whether the system works while these components do, numbered from 0; a component
            more never hurts.

    Raises:
        ValueError: the duration is out of range.
    """

    duration: float
    works: Works

    def __post_init__(self) -> None:
        positive("duration", self.duration)


def at_least(required: int, components: Sequence[int]) -> Works:
    """Structure that needs some of its components.

    Arguments:
        required: how many must work.
        components: their numbers.

    Raises:
        ValueError: more are required than there are.
    """
    members = frozenset(components)
    if not 1 <= whole("required", required, 1) <= len(members):
        raise ValueError(f"required is {required}; it must be between 1 and {len(members)}")
    return lambda working: len(members & working) >= required


def mission_unreliability(phases: Sequence[Phase], lifetimes: Sequence[Lifetime]) -> float:
    """Probability that a mission fails whose components are not repaired.

    Arguments:
        phases: in order, 1 or more.
        lifetimes: of the components, all new at first; 1 to 16.

    Raises:
        ValueError: an argument is out of range, or a structure never works, or works better
            without a component.

    Source: Esary and Ziehms (1975), Reliability analysis of phased missions; carried from phase
        to phase over the sets of working components.
    """
    structures = _structures(phases, len(lifetimes), MOST_COMPONENTS)
    chances, lost, age = _all_working(len(lifetimes)), 0.0, 0.0
    for phase, works in zip(phases, structures, strict=True):
        for component, lifetime in enumerate(lifetimes):
            if lifetime.reliability(age) > 0:
                fails = lifetime.conditional_unreliability(age, phase.duration)
                sets = chances.reshape(-1, 2, 1 << component)
                sets[:, 0] += fails * sets[:, 1]
                sets[:, 1] *= lifetime.conditional_reliability(age, phase.duration)
        lost += float(chances[~works].sum())
        chances[~works] = 0.0
        age += phase.duration
    return min(1.0, lost)


def repaired_mission_unreliability(
    phases: Sequence[Phase], failure_rates: Sequence[float], repair_rates: Sequence[float]
) -> float:
    """Probability that a mission fails whose components are repaired while it goes on.

    Arguments:
        phases: in order, 1 or more.
        failure_rates: of the components, all working at first, /s; 1 to 8.
        repair_rates: of the components, each with a crew of its own, /s; 0 without repair.

    Raises:
        ValueError: an argument is out of range, or a structure never works, or works better
            without a component.

    Source: Smotherman and Zemoudeh (1989), A non-homogeneous Markov model for phased-mission
        reliability analysis; the mission is lost at the first moment the system does not work.
    """
    if len(failure_rates) != len(repair_rates):
        raise ValueError(
            f"there are {len(failure_rates)} failure_rates and {len(repair_rates)} repair_rates;"
            " each component needs both"
        )
    structures = _structures(phases, len(failure_rates), MOST_REPAIRED)
    states = np.arange(1 << len(failure_rates))
    rates = np.zeros((len(states) + 1, len(states) + 1))
    for component, (fails, mends) in enumerate(zip(failure_rates, repair_rates, strict=True)):
        working = states[states >> component & 1 == 1]
        broken = working ^ 1 << component
        rates[working, broken] = non_negative("failure_rates", fails)
        rates[broken, working] = non_negative("repair_rates", mends)
    chances = np.append(_all_working(len(failure_rates)), 0.0)
    for phase, works in zip(phases, structures, strict=True):
        chances[-1] += chances[:-1][~works].sum()
        chances[:-1][~works] = 0.0
        # All that does not work is one state, which is never left.
        alive = np.append(np.flatnonzero(works), len(states))
        chain = rates[np.ix_(alive, alive)]
        chain[:-1, -1] += rates[alive[:-1]][:, np.flatnonzero(~works)].sum(axis=1)
        chances[alive] = transient(chain, chances[alive] / math.fsum(chances), phase.duration)
    return min(1.0, float(chances[-1]))


def _structures(phases: Sequence[Phase], components: int, most: int) -> list[NDArray[np.bool_]]:
    """For each phase which sets of working components suffice; component i is bit i."""
    if not phases:
        raise ValueError("phases is empty; a mission has 1 or more")
    if not 1 <= components <= most:
        raise ValueError(f"there are {components} components; there must be 1 to {most}")
    sets = [
        frozenset(i for i in range(components) if number >> i & 1)
        for number in range(1 << components)
    ]
    structures = []
    for number, phase in enumerate(phases):
        works = np.array([bool(phase.works(working)) for working in sets])
        for component in range(components):
            pairs = works.reshape(-1, 2, 1 << component)
            if (pairs[:, 0] & ~pairs[:, 1]).any():
                raise ValueError(f"phase {number} works better without component {component}")
        if not works[-1]:
            raise ValueError(f"phase {number} does not work even while all components do")
        structures.append(works)
    return structures


def _all_working(components: int) -> Floats:
    chances = np.zeros(1 << components)
    chances[-1] = 1.0
    return chances
