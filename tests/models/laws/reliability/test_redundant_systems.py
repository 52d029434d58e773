"""Redundant systems against hand calculation and the exact chain."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.redundancy import redundancy
from models.laws.reliability.blocks import k_of_n, parallel
from models.laws.reliability.redundant_systems import group_cycle, redundant_cycle, series_cycle
from models.laws.reliability.repairable import Repaired


def test_two_feeds_of_0_99_give_0_9999() -> None:
    feed = Repaired.of_times(99.0, 1.0)
    assert group_cycle(1, 2, feed).unavailability == pytest.approx(1e-4, rel=1e-12)
    assert parallel([feed.unavailability] * 2) == pytest.approx(1e-4, rel=1e-12)


def test_three_of_four_as_the_birth_death_chain() -> None:
    # Exact chain of 3 of 4, MTTF 5000 h, MTTR 24 h, unlimited crews.
    cycle = group_cycle(3, 4, Repaired.of_times(5000.0, 24.0))
    assert cycle.unavailability == pytest.approx(0.00013605183553635705, rel=1e-9)
    assert cycle.failure_frequency == pytest.approx(1.1301444940006496e-05, rel=1e-9)
    assert cycle.mean_up_time == pytest.approx(88472.22222222222, rel=1e-9)
    assert cycle.mean_down_time == pytest.approx(12.03844608, rel=1e-9)


def test_2n_keeps_its_systems_apart() -> None:
    # Two systems of two units: each is down with 1 - 0.99^2, both with its square; four units
    # in one system of which two suffice would be better, and are not what 2N is.
    module = Repaired.of_times(99.0, 1.0)
    both = redundant_cycle(redundancy("2N"), 2, module)
    assert both.unavailability == pytest.approx((1 - 0.99**2) ** 2, rel=1e-12)
    assert both.unavailability > group_cycle(2, 4, module).unavailability


@given(st.integers(1, 8), st.integers(0, 8), st.floats(1, 1e6), st.floats(0.01, 1e6))
def test_a_group_is_unavailable_as_k_of_n_is(
    required: int, more: int, up: float, down: float
) -> None:
    unit, units = Repaired.of_times(up, down), required + more
    lost = k_of_n(required, [unit.unavailability] * units)
    assert group_cycle(required, units, unit).unavailability == pytest.approx(lost, rel=1e-9)


def test_units_that_are_back_at_once_are_never_down_together() -> None:
    blink = Repaired.of_times(100.0, 0.0)
    assert group_cycle(2, 2, blink).failure_frequency == pytest.approx(2 / 100, rel=1e-12)
    assert group_cycle(2, 2, blink).unavailability == 0
    assert group_cycle(1, 2, blink).failure_frequency == 0


def test_two_parts_in_series_by_hand() -> None:
    # Each is up while the other is with 0.99 and 0.98; its failures only count then.
    one, other = Repaired.of_times(99.0, 1.0), Repaired.of_times(98.0, 2.0)
    both = series_cycle([one, other])
    assert both.unavailability == pytest.approx(1 - 0.99 * 0.98, rel=1e-12)
    assert both.failure_frequency == pytest.approx(0.01 * 0.98 + 0.01 * 0.99, rel=1e-12)
    assert both.mean_up_time == pytest.approx(1 / (1 / 99 + 1 / 98), rel=1e-12)


def test_what_never_fails_stays_up() -> None:
    never = Repaired.of_times(math.inf, 5.0)
    assert group_cycle(2, 3, never).unavailability == 0
    assert series_cycle([never, never]).mean_up_time == math.inf


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: series_cycle([]), "parts is empty"),
        (
            lambda: group_cycle(3, 2, Repaired.of_times(9.0, 1.0)),
            "units is 2; it must be a whole number, 3",
        ),
    ],
)
def test_nonsense_is_refused(wrong: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wrong()  # type: ignore[operator]
