"""Checkpoint intervals and run times against published and derived answers."""

import math

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws import checkpointing as law


def test_young() -> None:
    # Young (1974): the square root of 2 x 300 s x 86,400 s.
    assert law.young_interval(300, 86_400) == pytest.approx(7200.0, rel=1e-12)


def test_64_nodes_that_fail_once_a_year_save_every_three_hours() -> None:
    # Acolyer (2015), The morning paper, 10 June: 64 nodes, MTBF 1 year, 2 min a checkpoint: 3 h.
    interval = law.young_interval(120.0, 8760 * 3600 / 64)
    assert interval / 3600 == pytest.approx(3.020761493398643, rel=1e-9)


@pytest.mark.parametrize(
    ("mttf", "young", "daly", "exact", "wall"),
    [
        # Daly (2006), abstract and figures: 117 min and 9.1 min, for 5 min a checkpoint.
        (1440.0, 120.0, 116.6898148148148, 116.69007332665845, 1.0957635649138544),
        (15.0, 12.24744871391589, 9.140919986395813, 9.166502820935701, 5.008318289871263),
    ],
)
def test_the_three_intervals_of_daly_s_examples(
    mttf: float, young: float, daly: float, exact: float, wall: float
) -> None:
    assert law.young_interval(5.0, mttf) == pytest.approx(young, rel=1e-9)
    assert law.daly_interval(5.0, mttf) == pytest.approx(daly, rel=1e-9)
    interval = law.optimal_interval(5.0, mttf)
    assert interval == pytest.approx(exact, rel=1e-9)
    assert law.expected_time(1.0, interval, 5.0, 10.0, mttf) == pytest.approx(wall, rel=1e-9)


@given(st.floats(1e-15, 1e3))
def test_optimum_is_lambert_s_function_to_a_billionth(delay: float) -> None:
    with mpmath.workdps(50):
        exact = 1 + mpmath.lambertw(-mpmath.exp(-mpmath.mpf(delay) - 1)).real
    assert law.optimal_interval(delay * 3600, 3600.0) / 3600 == pytest.approx(
        float(exact), rel=1e-9
    )


def test_a_run_that_nothing_interrupts_needs_no_checkpoint() -> None:
    assert law.optimal_interval(60.0, math.inf) == math.inf


@given(st.floats(1.0, 1e4), st.floats(1e2, 1e8), st.floats(0.0, 1e5))
def test_no_other_period_keeps_more_of_the_time(write: float, mttf: float, restart: float) -> None:
    def availability(period: float) -> float:
        return (1 - write / period) * mttf / (mttf + restart + period / 2)

    best = law.availability_optimal_period(write, mttf, restart)
    assert best > write
    for factor in (0.9, 0.999, 1.001, 1.1):
        assert availability(best * factor) <= availability(best) * (1 + 1e-12)


def test_period_of_a_known_cluster() -> None:
    # Saxena et al. (2024): w + sqrt(2 (M + R) w + w²), by hand for 60 s, 3.09 h and 10 min.
    assert law.availability_optimal_period(60.0, 11_124.0, 600.0) == pytest.approx(
        60 + math.sqrt(2 * 11_724 * 60 + 3600), rel=1e-12
    )


def test_a_run_that_failures_all_but_forbid_takes_forever() -> None:
    assert law.expected_time(1e6, 1e5, 10.0, 0.0, 1.0) == math.inf


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


def test_no_interval_takes_less_time_a_work_than_the_optimum() -> None:
    least = law.time_per_work(law.optimal_interval(40.0, 3600.0), 40.0, 3600.0)
    assert all(law.time_per_work(t, 40.0, 3600.0) >= least for t in (100.0, 400.0, 500.0, 2000.0))
    # 500 s of work and 40 s of writing at an MTTF of 1 h: 3600 (e^0.15 - 1)/500.
    assert law.time_per_work(500.0, 40.0, 3600.0) == pytest.approx(1.165207, rel=1e-6)
    assert law.time_per_work(1.0, 1e6, 1.0) == math.inf


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
    with pytest.raises(ValueError, match="must be"):
        law.availability_optimal_period(write, mttf, 0.0)


def test_a_negative_restart_is_refused() -> None:
    with pytest.raises(ValueError, match="restart is -1"):
        law.availability_optimal_period(60.0, 3600.0, -1.0)
