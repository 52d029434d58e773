"""Intervals of rare counts."""

import math

import numpy as np
import pytest
from scipy.stats import binom, poisson

from sim.reliability.rare_counts import count_estimate, share_estimate, time_share_estimates


def test_share_none_seen_has_an_upper_bound() -> None:
    estimate = share_estimate(0, 1000)
    assert (estimate.mean, estimate.low) == (0.0, 0.0)
    assert estimate.high == pytest.approx(1 - 0.025 ** (1 / 1000), rel=1e-9)


def test_share_all_seen_has_a_lower_bound() -> None:
    estimate = share_estimate(1000, 1000)
    assert (estimate.mean, estimate.high) == (1.0, 1.0)
    assert estimate.low == pytest.approx(0.025 ** (1 / 1000), rel=1e-9)


@pytest.mark.parametrize(("hits", "trials"), [(1, 20), (7, 50), (400, 1000), (3, 1_000_000)])
def test_share_ends_leave_half_of_the_rest_on_each_side(hits: int, trials: int) -> None:
    estimate = share_estimate(hits, trials)
    assert binom.sf(hits - 1, trials, estimate.low) == pytest.approx(0.025, rel=1e-6)
    assert binom.cdf(hits, trials, estimate.high) == pytest.approx(0.025, rel=1e-6)


def test_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="hits is 3; it must lie between 0 and trials"):
        share_estimate(3, 2)
    with pytest.raises(ValueError, match="trials"):
        share_estimate(0, 0)


def test_counts_none_seen_have_an_upper_bound() -> None:
    estimate = count_estimate(np.zeros(1000, int))
    assert (estimate.mean, estimate.low) == (0.0, 0.0)
    assert estimate.high == pytest.approx(-math.log(0.025) / 1000, rel=1e-9)


def test_few_counts_have_poisson_ends() -> None:
    counts = np.zeros(1000, int)
    counts[:6] = 1
    estimate = count_estimate(counts)
    assert poisson.sf(5, estimate.low * 1000) == pytest.approx(0.025, rel=1e-6)
    assert poisson.cdf(6, estimate.high * 1000) == pytest.approx(0.025, rel=1e-6)


def test_counts_in_clusters_have_a_wider_interval() -> None:
    apart, together = np.zeros(1000, int), np.zeros(1000, int)
    apart[:20], together[:2] = 1, 10
    alone, clustered = count_estimate(apart), count_estimate(together)
    assert alone.mean == clustered.mean
    assert clustered.high - clustered.low > 2 * (alone.high - alone.low)


def test_many_counts_have_a_student_interval() -> None:
    counts = np.random.default_rng(1).poisson(2.0, 1000)
    estimate = count_estimate(counts)
    half = 1.9623 * counts.std(ddof=1) / math.sqrt(1000)
    assert estimate.high - estimate.mean == pytest.approx(half, rel=1e-4)


def test_poisson_intervals_cover() -> None:
    random = np.random.default_rng(2)
    covered = 0
    for _ in range(500):
        estimate = count_estimate(random.poisson(0.004, 1000))
        covered += estimate.low <= 0.004 <= estimate.high
    assert covered >= 465  # of 475 expected at least; the binomial error is 5


def test_shares_of_time() -> None:
    values = np.random.default_rng(1).random((50, 2)) / 2
    values[:, 1] = 0.0
    some, none = time_share_estimates(values)
    half = 2.009575 * values[:, 0].std(ddof=1) / math.sqrt(50)
    assert some.mean == pytest.approx(values[:, 0].mean())
    assert some.high - some.mean == pytest.approx(half, rel=1e-6)
    assert none == share_estimate(0, 50)
