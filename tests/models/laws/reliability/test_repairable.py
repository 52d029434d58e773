"""Repaired systems against published chains."""

import math
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability.blocks import k_of_n
from models.laws.reliability.markov_chain import steady_state
from models.laws.reliability.repairable import Repaired, RepairedGroup

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


def test_a_unit_that_is_back_at_once() -> None:
    assert Repaired.of_times(100.0, 0.0) == Repaired(0.0, 0.01, 100.0, 0.0)


def test_few_failures_of_many_units() -> None:
    # Hardly repaired: two of 100,000 have failed.
    group = RepairedGroup(99_999, 100_000, 1e-9, 1e-30)
    exact = k_of_n(99_999, [-math.expm1(-1e-7)] * 100_000)
    assert group.unreliability(100.0) == near(exact)


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
    for many in (RepairedGroup(1, 5000, 1.0, 1.0), RepairedGroup(1000, 100_000, 1e-6, 1.0, 1)):
        with pytest.raises(ValueError, match="states are more than 1,500"):
            many.unreliability(1.0)
        with pytest.raises(ValueError, match="states are more than 1,500"):
            many.unavailability(1.0)
