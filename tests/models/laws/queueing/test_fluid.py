"""Backlogs without chance, by hand."""

import math

import pytest

from models.laws.queueing.constant_times import d_d_c
from models.laws.queueing.fluid import periodic_backlog
from models.laws.queueing.station_law import Unstable

HOUR, DAY = 3600.0, 86400.0


def test_a_backfill_of_36_hours_at_three_consumers() -> None:
    """16.667/s are served. What builds up: 33 h at 81.2/s and 3 h at 450/s less that; then 1.5/s
    come, so that it takes 12.35 million / 15.167/s to drain."""
    starts, rates = (0.0, 16 * HOUR, 19 * HOUR, 36 * HOUR), (81.2, 450.0, 81.2, 1.5)
    found = periodic_backlog(starts, 30 * DAY, rates, (3.0,) * 4, 0.18)
    peak = 33 * HOUR * (81.2 - 3 / 0.18) + 3 * HOUR * (450 - 3 / 0.18)
    assert found.peak == pytest.approx(peak)
    assert found.peak == pytest.approx(12.3e6, rel=0.01)
    assert found.peak_time == 36 * HOUR
    assert found.drain_time == pytest.approx(peak / (3 / 0.18 - 1.5))
    assert found.drain_time / DAY == pytest.approx(9.4, abs=0.05)
    assert found.utilization == pytest.approx(0.4213, abs=1e-4)
    assert found.throughput == pytest.approx(7.02, abs=5e-3)
    assert found.waiting == pytest.approx(2.25e6, rel=2e-3)
    assert found.waiting_time == pytest.approx(found.waiting / found.throughput)


def test_two_hours_at_twice_what_ten_workers_do() -> None:
    """Two triangles: 72,000 jobs after 2 h, 9/s of which are gone after 8,000 s more."""
    found = periodic_backlog((0.0, 2 * HOUR), DAY, (20.0, 1.0), (10.0, 10.0), 1.0)
    assert (found.peak, found.peak_time) == (72_000, 2 * HOUR)
    assert found.drain_time == pytest.approx(8_000)
    assert found.waiting_time == pytest.approx(72_000 * (7_200 + 8_000) / 2 / 223_200)


def test_a_backlog_goes_over_the_end_of_the_period() -> None:
    """1 server of 1 s in the first half of 10 s; 1 comes in each of the last 4 s, and waits."""
    found = periodic_backlog((0.0, 5.0, 6.0), 10.0, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 1.0)
    assert (found.peak, found.peak_time) == (4.0, 0.0)
    assert found.drain_time == pytest.approx(4.0)
    assert found.waiting == pytest.approx((8 + 8) / 10)


def test_more_in_a_period_than_can_be_served_is_unstable() -> None:
    with pytest.raises(Unstable):
        periodic_backlog((0.0, 5.0), 10.0, (1.0, 1.0), (1.0, 0.5), 1.0)


def test_constant_times_make_nobody_wait_up_to_a_load_of_1() -> None:
    found = d_d_c(2.0, 0.8, 3)
    assert (found.waiting_time, found.utilization) == (0.0, pytest.approx(2 / 2.4))
    assert found.number == pytest.approx(2.5)
    assert found.number_probability(2) == pytest.approx(0.5)
    assert found.response_time_quantile(0.9) == 1.25
    assert d_d_c(1.0, 1.0, 1).utilization == 1
    with pytest.raises(Unstable):
        d_d_c(1.01, 1.0, 1)
    assert math.isclose(sum(found.number_probability(n) or 0 for n in range(9)), 1)
