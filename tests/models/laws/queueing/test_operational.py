"""Operational laws and bounds against textbook answers and exact mean-value analysis."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.queueing import operational as law
from models.laws.queueing.closed_networks import closed_network, exact

demands = st.lists(st.floats(0.01, 10), min_size=1, max_size=5)


def test_laws_on_a_disk() -> None:
    # Lazowska et al. (1984), section 3.2: 40 requests/s of 22.5 ms keep a disk busy 0.9 of the
    # time; 7.5 customers at 0.5/s stay 15 s.
    assert law.utilization(40, 0.0225) == pytest.approx(0.9, rel=1e-12)
    assert law.mean_number(0.5, 15) == pytest.approx(7.5, rel=1e-12)
    assert law.station_throughput(20, 2.0) == 40
    assert law.service_demand(20, 0.0225) == pytest.approx(0.45, rel=1e-12)
    assert law.measured_demand(0.9, 2.0) == pytest.approx(0.45, rel=1e-12)


def test_response_time_law() -> None:
    # 64 users who think 30 s, 2 interactions/s: 64/2 - 30.
    assert law.response_time(64, 2, 30) == 2


def test_asymptotic_bounds() -> None:
    bounds = law.asymptotic_bounds([5, 4, 3], 20, 15)
    assert bounds.throughput_high == pytest.approx(1 / 5)
    assert bounds.response_time_low == pytest.approx(20 * 5 - 15)
    assert bounds.throughput_low == pytest.approx(20 / (20 * 12 + 15))
    assert bounds.response_time_high == pytest.approx(20 * 12)
    assert law.asymptotic_bounds([5, 4, 3], 1, 15).throughput_high == pytest.approx(1 / 27)


def test_saturation_population() -> None:
    assert law.saturation_population([5, 4, 3], 15) == pytest.approx(27 / 5, rel=1e-12)


@settings(deadline=None)
@given(demands, st.integers(1, 40), st.floats(0, 50))
def test_the_exact_answer_lies_within_all_bounds(
    demand: list[float], population: int, think_time: float
) -> None:
    answer = exact(closed_network(demand, population, think_time))
    throughput, response_time = float(answer.throughput[0]), float(answer.response_time[0])
    wide = law.asymptotic_bounds(demand, population, think_time)
    tight = law.balanced_job_bounds(demand, population, think_time)
    slack = 1 + 1e-9
    for bounds in (wide, tight):
        assert bounds.throughput_low <= throughput * slack
        assert throughput <= bounds.throughput_high * slack
        assert bounds.response_time_low <= response_time * slack
        assert response_time <= bounds.response_time_high * slack
    assert tight.throughput_low >= wide.throughput_low / slack
    assert tight.throughput_high <= wide.throughput_high * slack


@given(st.floats(0.01, 10), st.integers(1, 6), st.integers(1, 40))
def test_balanced_bounds_meet_where_the_network_is_balanced(
    demand: float, stations: int, population: int
) -> None:
    bounds = law.balanced_job_bounds([demand] * stations, population)
    exact_answer = population / (demand * (stations + population - 1))
    assert bounds.throughput_low == pytest.approx(exact_answer, rel=1e-12)
    assert bounds.throughput_high == pytest.approx(exact_answer, rel=1e-12)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_out_of_range(bad: float) -> None:
    with pytest.raises(ValueError, match="throughput"):
        law.utilization(bad, 1)
    with pytest.raises(ValueError, match="service_time"):
        law.utilization(1, bad)
    with pytest.raises(ValueError, match="response_time"):
        law.mean_number(1, bad)
    with pytest.raises(ValueError, match="visits"):
        law.station_throughput(bad, 1)
    with pytest.raises(ValueError, match="think_time"):
        law.response_time(1, 1, bad)
    with pytest.raises(ValueError, match="visits"):
        law.service_demand(bad, 1)
    with pytest.raises(ValueError, match="utilization"):
        law.measured_demand(bad, 1)
    for bounds in (law.asymptotic_bounds, law.balanced_job_bounds):
        with pytest.raises(ValueError, match="demands"):
            bounds([1, bad], 1)
        with pytest.raises(ValueError, match="think_time"):
            bounds([1], 1, bad)
        with pytest.raises(ValueError, match="population"):
            bounds([1], bad)  # type: ignore[arg-type]


def test_impossible_measurements() -> None:
    with pytest.raises(ValueError, match="busy 2"):
        law.utilization(2, 1)
    with pytest.raises(ValueError, match="think_time is 30 s"):
        law.response_time(1, 1, 30)


@pytest.mark.parametrize("none", [[], [0.0, 0.0]])
def test_demands_of_nothing(none: list[float]) -> None:
    with pytest.raises(ValueError, match="demands are all zero"):
        law.asymptotic_bounds(none, 1)
    with pytest.raises(ValueError, match="demands are all zero"):
        law.saturation_population(none)


def test_no_population() -> None:
    with pytest.raises(ValueError, match="population"):
        law.asymptotic_bounds([1], 0)
