"""Checkpoint intervals and run times against published and derived answers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws import checkpointing as law


def test_young() -> None:
    # Young (1974): the square root of 2 x 300 s x 86,400 s.
    assert law.young_interval(300, 86_400) == pytest.approx(7200.0, rel=1e-12)


def test_daly_is_young_with_two_more_terms() -> None:
    x = math.sqrt(300 / (2 * 86_400))
    assert law.daly_interval(300, 86_400) == pytest.approx(7200 * (1 + x / 3 + x * x / 9) - 300)


def test_daly_gives_up_where_writing_takes_twice_the_mttf() -> None:
    assert law.daly_interval(200.0, 100.0) == 100.0


@given(st.floats(1e-3, 1e4), st.floats(1e2, 1e8))
def test_optimum_is_where_the_derivative_of_the_expected_time_vanishes(
    write: float, mttf: float
) -> None:
    interval = law.optimal_interval(write, mttf)
    assert 0 < interval < max(mttf, law.young_interval(write, mttf)) * (1 + 1e-9)
    here = law.expected_time(1e6, interval, write, 0.0, mttf)
    for other in (interval * 0.9, interval * 1.1):
        assert law.expected_time(1e6, other, write, 0.0, mttf) >= here * (1 - 1e-12)


def test_optimum_satisfies_its_equation() -> None:
    # d/dt (e^((t+w)/M) - 1)/t = 0 means t/M = 1 - e^(-(t+w)/M).
    write, mttf = 120.0, 18_000.0
    interval = law.optimal_interval(write, mttf)
    assert interval / mttf == pytest.approx(-math.expm1(-(interval + write) / mttf), rel=1e-9)


def test_expected_time_without_failures_is_the_failure_free_time() -> None:
    assert law.expected_time(9000, 900, 10, 60, 1e15) == pytest.approx(
        law.failure_free_time(9000, 900, 10, 0), rel=1e-6
    )


@pytest.mark.parametrize(
    ("work", "interval", "count"),
    [(1000, 400, 3), (1200, 400, 3), (1200.0000000001, 400, 3), (100, 400, 1), (0.3, 0.1, 3)],
)
def test_number_of_checkpoints(work: float, interval: float, count: int) -> None:
    assert law.number_of_checkpoints(work, interval) == count


def test_only_the_end_is_saved_where_the_interval_is_infinite() -> None:
    assert law.failure_free_time(1000, math.inf, 7, 20) == 1027


@pytest.mark.parametrize(("write", "mttf"), [(0.0, 1.0), (1.0, 0.0), (math.inf, 1.0)])
def test_out_of_range(write: float, mttf: float) -> None:
    for function in (law.young_interval, law.daly_interval, law.optimal_interval):
        with pytest.raises(ValueError, match="must be"):
            function(write, mttf)
