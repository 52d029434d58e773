"""Replications and their statistics."""

import math

import numpy as np
import pytest

from models.laws.intervals import quantile_positions
from sim.backends import in_processes
from sim.experiment import (
    distribution,
    grouped_quantile_estimate,
    mean_estimate,
    quantile_estimate,
    replicate,
    share_distribution,
    streams,
)


def draw(random: np.random.Generator) -> float:
    return float(random.exponential())


def test_where_replications_run_changes_nothing() -> None:
    alone = replicate(draw, streams(7, 0, count=40), jobs=1)
    assert in_processes(draw, streams(7, 0, count=40), 2) == alone


def test_streams_depend_on_seed_and_key_alone() -> None:
    first = [draw(r) for r in streams(1, 0, count=3)]
    assert first == [draw(r) for r in streams(1, 0, count=10)[:3]]
    assert first != [draw(r) for r in streams(1, 1, count=3)]
    assert first != [draw(r) for r in streams(2, 0, count=3)]


def test_progress_ends_complete() -> None:
    told: list[int] = []
    replicate(draw, streams(1, 0, count=50), told.append, jobs=1)
    assert told[-1] == 50
    assert told == sorted(told)


def test_student_interval_of_known_values() -> None:
    # Mean 3, standard deviation 1.5811, t(4, 0.975) = 2.776445: half-width 1.963243.
    estimate = mean_estimate([1.0, 2.0, 3.0, 4.0, 5.0])
    assert estimate.mean == 3.0
    assert estimate.high - 3.0 == pytest.approx(1.9632432, rel=1e-6)


def test_the_interval_of_the_mean_covers_it_as_often_as_it_says() -> None:
    covered, runs = 0, 1000
    for random in streams(3, 0, count=runs):
        estimate = mean_estimate(random.normal(1.0, 2.0, size=50).tolist())
        covered += estimate.low <= 1.0 <= estimate.high
    assert 0.93 <= covered / runs <= 0.97  # three standard errors of a binomial share


@pytest.mark.parametrize("probability", [0.5, 0.95])
def test_the_interval_of_a_quantile_covers_it_as_often_as_its_order_statistics_must(
    probability: float,
) -> None:
    count, runs = 200, 1000
    low, high = quantile_positions(count, probability, 0.95)
    must = sum(
        math.comb(count, k) * probability**k * (1 - probability) ** (count - k)
        for k in range(low + 1, high + 1)
    )
    assert must >= 0.95
    truth = -math.log(1 - probability)
    covered = 0
    for random in streams(3, 0, count=runs):
        estimate = quantile_estimate(random.exponential(size=count).tolist(), probability)
        covered += estimate.low <= truth <= estimate.high
    assert abs(covered / runs - must) < 3 * math.sqrt(must * (1 - must) / runs)


def test_constant_values_have_no_width() -> None:
    result = distribution([2.5] * 10)
    assert (result.mean.low, result.mean.high, result.p95.mean) == (2.5, 2.5, 2.5)


def test_a_quantile_of_groups_is_that_of_all_values_and_its_interval_holds() -> None:
    # Jobs of a replication share its delay: all values together are a normal of variance 2.
    random = np.random.default_rng(7)
    held = 0
    for _ in range(300):
        groups = [random.normal(delay, 1, 50) for delay in random.normal(size=100)]
        found = grouped_quantile_estimate(groups, 0.95)
        assert found.mean == np.quantile(np.concatenate(groups), 0.95)
        held += found.low <= 1.6448536 * 2**0.5 <= found.high
    assert 0.91 < held / 300 < 0.985  # 95 %, within three standard errors


def test_a_quantile_of_one_value_a_group_is_that_of_the_values() -> None:
    values = np.arange(1.0, 102.0)
    found = grouped_quantile_estimate([np.array([value]) for value in values], 0.5)
    assert found.mean == 51.0
    assert found.low < 51.0 < found.high
    alone = grouped_quantile_estimate([values], 0.5)
    assert (alone.low, alone.high) == (51.0, 51.0)


def test_no_share_of_few_is_beyond_one() -> None:
    found = share_distribution([0.2, 0.9, 1.0])
    assert (found.mean.low, found.mean.high) == (0.0, 1.0)
    assert found.p50.mean == 0.9
