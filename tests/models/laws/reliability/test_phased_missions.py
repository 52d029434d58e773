"""Phased missions against enumeration of when each component fails."""

import math
from functools import partial
from itertools import product

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.lifetimes import Deterministic, Exponential, Weibull
from models.laws.reliability.phased_missions import (
    Phase,
    at_least,
    mission_unreliability,
    repaired_mission_unreliability,
)

near = partial(pytest.approx, rel=1e-9, abs=0)
ANY, BOTH = at_least(1, [0, 1]), at_least(2, [0, 1])
RATES = st.lists(st.floats(-9, -2), min_size=1, max_size=3)


def enumerated(phases: list[Phase], lifetimes: list[Lifetime]) -> mpmath.mpf:
    """Over the phase in which each component fails, the last standing for never."""
    mpmath.mp.dps = 50
    ends = [sum(phase.duration for phase in phases[:n]) for n in range(len(phases) + 1)]
    hazards = [[mpmath.mpf(law.cumulative_hazard(end)) for end in ends] for law in lifetimes]
    total = mpmath.mpf(0)
    for fails in product(range(len(phases) + 1), repeat=len(lifetimes)):
        chance = mpmath.mpf(1)
        for hazard, phase in zip(hazards, fails, strict=True):
            later = mpmath.exp(-hazard[phase + 1]) if phase < len(phases) else 0
            chance *= mpmath.exp(-hazard[phase]) - later
        working = [
            frozenset(i for i, phase in enumerate(fails) if phase > n) for n in range(len(phases))
        ]
        if not all(phase.works(alive) for phase, alive in zip(phases, working, strict=True)):
            total += chance
    return total


def test_parallel_then_series_is_series_over_the_whole_mission() -> None:
    units = [Exponential(1e-4), Exponential(2e-4)]
    found = mission_unreliability([Phase(100.0, ANY), Phase(300.0, BOTH)], units)
    assert found == near(-math.expm1(-3e-4 * 400))


def test_series_then_parallel() -> None:
    # Both survive the first phase, and not both fail in the second.
    found = mission_unreliability([Phase(100.0, BOTH), Phase(300.0, ANY)], [Exponential(1e-3)] * 2)
    assert found == near(1 - math.exp(-0.2) * (1 - (1 - math.exp(-0.3)) ** 2))


def test_a_mission_cut_into_phases_is_one_phase() -> None:
    units = [Weibull(1.7, 800.0), Weibull(0.6, 5000.0), Weibull(3.0, 400.0)]
    works = at_least(2, [0, 1, 2])
    whole = mission_unreliability([Phase(600.0, works)], units)
    cut = mission_unreliability([Phase(x, works) for x in (10.0, 90.0, 500.0)], units)
    assert cut == near(whole)


@settings(max_examples=30, deadline=None)
@given(RATES, st.lists(st.tuples(st.floats(1, 50), st.integers(1, 3)), min_size=1, max_size=3))
def test_missions_are_the_enumeration(
    exponents: list[float], plan: list[tuple[float, int]]
) -> None:
    units: list[Lifetime] = [Exponential(10**e) for e in exponents]
    members = range(len(units))
    phases = [Phase(length, at_least(min(k, len(units)), members)) for length, k in plan]
    found = mission_unreliability(phases, units)
    assert found == pytest.approx(float(enumerated(phases, units)), rel=1e-8, abs=0)
    # Without repair the chain says the same.
    rates = [10**e for e in exponents]
    assert repaired_mission_unreliability(phases, rates, [0.0] * len(rates)) == near(found)


def test_fifteen_nines_survive() -> None:
    found = mission_unreliability([Phase(1.0, at_least(1, [0, 1, 2]))], [Exponential(1e-5)] * 3)
    assert found == pytest.approx(1e-15, rel=1e-4)


def test_a_life_that_ends_within_the_mission() -> None:
    units = [Deterministic(150.0), Exponential(1e-3)]
    assert mission_unreliability([Phase(100.0, BOTH)] * 2, units) == near(1.0)
    found = mission_unreliability([Phase(100.0, ANY)] * 3, units)
    assert found == near(-math.expm1(-0.3))


def test_repair_between_and_in_phases() -> None:
    # One unit of two suffices: the chain 0, 1, lost, exponentiated to thirty digits.
    mpmath.mp.dps = 30
    fails, mends = 0.01, 0.3
    chain = mpmath.matrix([[-2 * fails, 2 * fails, 0], [mends, -mends - fails, fails], [0, 0, 0]])
    exact = mpmath.expm(chain * 50)[0, 2]
    phases = [Phase(20.0, ANY), Phase(30.0, ANY)]
    found = repaired_mission_unreliability(phases, [fails] * 2, [mends] * 2)
    assert found == near(float(exact))
    # A second phase that needs both is lost at once where one is down at its start.
    start = mpmath.expm(chain * 20)
    exact = 1 - start[0, 0] * mpmath.exp(-2 * fails * 30)
    phases = [Phase(20.0, ANY), Phase(30.0, BOTH)]
    assert repaired_mission_unreliability(phases, [fails] * 2, [mends] * 2) == near(float(exact))


def test_nonsense_is_refused() -> None:
    unit = [Exponential(1.0)]
    with pytest.raises(ValueError, match="phases is empty"):
        mission_unreliability([], unit)
    with pytest.raises(ValueError, match="duration is 0"):
        Phase(0.0, ANY)
    with pytest.raises(ValueError, match="required is 3; it must be between 1 and 2"):
        at_least(3, [0, 1])
    with pytest.raises(ValueError, match="0 components"):
        mission_unreliability([Phase(1.0, ANY)], [])
    with pytest.raises(ValueError, match="17 components; there must be 1 to 16"):
        mission_unreliability([Phase(1.0, ANY)], unit * 17)
    with pytest.raises(ValueError, match="phase 0 works better without component 0"):
        mission_unreliability([Phase(1.0, lambda working: 0 not in working)], unit)
    with pytest.raises(ValueError, match="phase 1 does not work even while all components do"):
        mission_unreliability([Phase(1.0, ANY), Phase(1.0, at_least(1, [5]))], unit)
    with pytest.raises(ValueError, match="2 failure_rates and 1 repair_rates"):
        repaired_mission_unreliability([Phase(1.0, ANY)], [1.0, 1.0], [1.0])
    with pytest.raises(ValueError, match="repair_rates is -1"):
        repaired_mission_unreliability([Phase(1.0, ANY)], [1.0], [-1.0])
