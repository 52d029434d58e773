"""Repaired systems against published chains."""

import math
from fractions import Fraction
from functools import partial
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability.blocks import k_of_n
from models.laws.reliability.markov_chain import steady_state
from models.laws.reliability.repairable import Repaired, RepairedGroup, system_in_the_long_run

near = partial(pytest.approx, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("group", "unavailability", "frequency", "up", "down"),
    [
        # Units of 5,000 h, repaired in 24 h; birth-death chain, equal to RePyability 0.15.
        (
            RepairedGroup(3, 4, 1 / 5000, 1 / 24),
            0.00013605183553635705, 1.1301444940006496e-05, 88472.22222222222, 12.03844608,
        ),
        (
            RepairedGroup(3, 4, 1 / 5000, 1 / 24, crews=1),
            0.0002738132987163336, 1.12998878245671e-05, 88472.22222222222, 24.23150592,
        ),
        # The same by the birth-death chain alone.
        (
            RepairedGroup(8, 10, 1 / 5000, 1 / 24, crews=1),
            7.844607962209639e-05, 3.1593021048571003e-06, 316500.77160493826, 24.830192561038608,
        ),
    ],
)  # fmt: skip
def test_known_groups(
    group: RepairedGroup, unavailability: float, frequency: float, up: float, down: float
) -> None:
    found = group.long_run()
    assert (found.unavailability, found.failure_frequency) == near((unavailability, frequency))
    assert (found.mean_up_time, found.mean_down_time) == near((up, down))


def test_mean_time_to_data_loss_under_both_repair_conventions() -> None:
    # 16 disks of 500,000 h, two of which may fail, 72 h to repair; exact chain to 50 digits.
    assert RepairedGroup(14, 16, 1 / 5e5, 1 / 72).mttf() == near(14400407102.439741)
    assert RepairedGroup(14, 16, 1 / 5e5, 1 / 72, crews=1).mttf() == near(7207487496.325691)


groups = st.builds(
    lambda units, required, failure, repair, crews, going_on: RepairedGroup(
        min(required, units), units, 10**failure, 10**repair, crews, going_on
    ),
    st.integers(1, 8),
    st.integers(1, 8),
    st.floats(-9, 0),
    st.floats(-3, 3),
    st.none() | st.integers(1, 3),
    st.booleans(),
)


@settings(deadline=None)
@given(groups)
def test_long_run_is_the_chain(group: RepairedGroup) -> None:
    chances = steady_state(group._chain())
    down = float(chances[group.tolerated + 1 :].sum())
    found = group.long_run()
    assert found.unavailability == near(down)
    frequency = chances[group.tolerated] * group.required * group.failure_rate
    assert found.failure_frequency == near(float(frequency))
    cycle = found.mean_up_time + found.mean_down_time
    assert found.mean_down_time / cycle == near(found.unavailability)


@settings(deadline=None)
@given(st.integers(1, 10), st.data())
def test_a_crew_each_makes_units_independent(units: int, data: st.DataObject) -> None:
    required = data.draw(st.integers(1, units))
    group = RepairedGroup(required, units, 1e-6, 1e-2)
    unit = 1e-6 / (1e-2 + 1e-6)
    assert group.long_run().unavailability == near(k_of_n(required, [unit] * units))


@settings(deadline=None)
@given(groups, st.floats(-2, 4))
def test_over_a_mission(group: RepairedGroup, exponent: float) -> None:
    time = 10**exponent / group.repair_rate
    point, interval = group.unavailability(time), group.interval_unavailability(time)
    long_run = group.long_run().unavailability
    # From all units up the group is down more and more often.
    assert 0 <= interval <= point * (1 + 1e-9)
    assert point <= long_run * (1 + 1e-9)
    assert interval <= group.unreliability(time) * (1 + 1e-9)
    later = 100 * time + 1e4 / group.repair_rate + 1e4 / group.failure_rate
    assert group.unavailability(later) == near(long_run)


def test_one_unit() -> None:
    # Trivedi (2002), chapter 8.
    unit, total = RepairedGroup(1, 1, 1e-9, 1e-2), 1e-2 + 1e-9
    shrink = -math.expm1(-total * 50)
    assert unit.unavailability(50.0) == near(1e-9 / total * shrink)
    exact = 1e-9 / total * (1 - shrink / (total * 50))
    assert unit.interval_unavailability(50.0) == pytest.approx(exact, rel=1e-8)
    assert unit.unreliability(50.0) == near(-math.expm1(-5e-8))
    assert unit.mttf() == near(1e9)
    assert unit.long_run().mean_up_time == near(1e9)


def test_units_that_stop_failing_while_the_system_is_down() -> None:
    # Two states of 2-of-2 with one crew: down times are one repair.
    stopping = RepairedGroup(2, 2, 0.01, 1.0, crews=1, fails_while_down=False).long_run()
    assert stopping.mean_down_time == near(1.0)
    assert stopping.unavailability == near(0.02 / 1.02)
    assert RepairedGroup(2, 2, 0.01, 1.0, crews=1).long_run().mean_down_time > 1.0


def test_many_units_of_many_nines() -> None:
    found = RepairedGroup(1, 12, 1e-9, 1e-2).long_run()
    assert found.unavailability == near((1e-9 / (1e-2 + 1e-9)) ** 12)
    # A group that never fails within what a double can hold is no error.
    rare = RepairedGroup(1, 60, 1e-9, 1.0).long_run()
    assert (rare.unavailability, rare.mean_up_time) == (0.0, math.inf)
    assert rare.mean_down_time == near(1 / 60)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 20)), min_size=3, max_size=3))
def test_different_components(times: list[tuple[int, int]]) -> None:
    # Two of three, by enumeration of the states and the rates that leave those that are up.
    mttfs, mttrs = [Fraction(a) for a, _ in times], [Fraction(b) for _, b in times]
    down, frequency = Fraction(0), Fraction(0)
    for state in product((0, 1), repeat=3):
        chance = math.prod(
            (f if works else r) / (f + r) for works, f, r in zip(state, mttfs, mttrs, strict=True)
        )
        if sum(state) < 2:
            down += chance
        elif sum(state) == 2:
            leaving = sum(1 / f for works, f in zip(state, mttfs, strict=True) if works)
            frequency += chance * leaving
    parts = [r / (f + r) for f, r in zip(mttfs, mttrs, strict=True)]
    pairs = [(parts[1], parts[2]), (parts[0], parts[2]), (parts[0], parts[1])]
    importances = [float(a + b - 2 * a * b) for a, b in pairs]
    found = system_in_the_long_run(
        float(down), importances, [float(f) for f in mttfs], [float(r) for r in mttrs]
    )
    assert found.failure_frequency == near(float(frequency))
    assert found.mean_down_time == near(float(down / frequency))
    assert found.mean_up_time == near(float((1 - down) / frequency))


def test_components_that_never_fail() -> None:
    found = system_in_the_long_run(0.0, [1.0], [math.inf], [10.0])
    assert found == Repaired(0.0, 0.0, math.inf, 0.0)
    assert Repaired.of_times(100.0, 0.0) == Repaired(0.0, 0.01, 100.0, 0.0)


def test_nonsense_is_refused() -> None:
    for arguments, message in (
        ((5, 4, 1.0, 1.0), "required is 5; it must be between 1 and 4"),
        ((0, 4, 1.0, 1.0), "required is 0"),
        ((1, 4, 0.0, 1.0), r"failure_rate is 0\.0"),
        ((1, 4, 1.0, math.nan), "repair_rate is nan"),
        ((1, 4, 1.0, 1.0, 0), "crews is 0"),
    ):
        with pytest.raises(ValueError, match=message):
            RepairedGroup(*arguments)
    with pytest.raises(ValueError, match="time is 0"):
        RepairedGroup(1, 1, 1.0, 1.0).interval_unavailability(0.0)
    with pytest.raises(ValueError, match="2 importances"):
        system_in_the_long_run(0.1, [1.0, 1.0], [1.0], [1.0])
    with pytest.raises(ValueError, match=r"importances is 1\.5"):
        system_in_the_long_run(0.1, [1.5], [1.0], [1.0])
