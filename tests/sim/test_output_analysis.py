"""Warm-up, pairs and stopping: published answers and what must always hold."""

import math

import numpy as np
import pytest

from models.laws.intervals import student_quantile
from models.prediction import Estimate
from sim.experiment import mean_estimate, streams
from sim.output_analysis import (
    Halfwidth,
    compare,
    in_windows,
    mser5,
    of_sections,
    pair_means,
    relative_half_width,
    variance_reduction,
)


def test_mser5_minimizes_the_marginal_standard_error() -> None:
    # By the definition of White (1997), one cut after the other over means of five.
    series = streams(5, count=1)[0].normal(size=200) + np.exp(-np.arange(200) / 20) * 10
    batches = series.reshape(40, 5).mean(axis=1)
    errors = {}
    for cut in range(36):
        rest = batches[cut:]
        errors[5 * cut] = sum((rest - rest.mean()) ** 2) / len(rest) ** 2
    assert mser5(series.tolist()) == min(errors, key=lambda cut: errors[cut])


def test_mser5_cuts_a_step_where_it_is() -> None:
    random = streams(5, 1, count=1)[0]
    series = np.concatenate([np.full(100, 50.0), random.normal(size=400)])
    assert mser5(series.tolist()) == 100


def test_mser5_leaves_a_constant_whole_and_a_trend_undecided() -> None:
    assert mser5([2.0] * 100) == 0
    assert mser5(list(map(float, range(100)))) > 50


def test_mser5_seldom_cuts_a_series_that_is_steady() -> None:
    cuts = [mser5(random.normal(size=500).tolist()) for random in streams(6, count=200)]
    assert np.mean(np.array(cuts) > 250) < 0.1


def test_mser5_of_too_few() -> None:
    with pytest.raises(ValueError, match="29 values"):
        mser5([1.0] * 29)


def test_pairs_see_a_difference_that_independent_runs_hide() -> None:
    common = streams(9, count=1)[0].normal(size=20) * 10
    a, b = (common + 100).tolist(), (common + 101).tolist()
    b[0] += 0.5
    difference = compare(a, b)
    assert difference.low < 1 < difference.high < 1.1
    assert mean_estimate(a).high > mean_estimate(b).low
    assert variance_reduction(a, b) > 1000


def test_the_interval_of_a_difference_may_go_below_zero() -> None:
    assert compare([0.0, 0.0], [0.0, 1.0]).low < 0
    assert compare([1.0, 1.0], [2.0, 2.0]) == Estimate(1.0, 1.0, 1.0, 0.95, "simulation")


def test_variance_reduction_at_its_ends() -> None:
    assert variance_reduction([1.0, 2.0], [2.0, 3.0]) == math.inf
    assert variance_reduction([1.0, 1.0], [2.0, 2.0]) == 1
    assert variance_reduction([1.0, 2.0], [2.0, 1.0]) == pytest.approx(0.5)


def width(mean: float, half: float) -> Estimate:
    return Estimate(mean, mean - half, mean + half, 0.95, "simulation")


def test_stopping_looks_at_the_worst() -> None:
    goal = Halfwidth(0.01)
    assert goal.reached([])
    assert goal.reached([width(10, 0.1), width(0, 5)])
    assert not goal.reached([width(10, 0.1), width(1, 0.02)])
    assert goal.worst([width(10, 0.1), width(1, 0.02)]) == pytest.approx(0.02)
    assert relative_half_width(width(-2, 0.5)) == 0.25


def test_the_next_round_grows_with_the_square_of_what_is_missing() -> None:
    goal = Halfwidth(0.01)
    assert goal.replications(20, [width(1, 0.015)]) == math.ceil(20 * 1.1 * 2.25)
    assert goal.replications(20, [width(1, 0.9)]) == 80
    assert goal.replications(20, [width(1, 0.0096)]) > 20


@pytest.mark.parametrize("share", [0.0, -1.0, math.inf, math.nan])
def test_a_share_out_of_range(share: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        Halfwidth(share)


def test_pairs_are_averaged_and_an_odd_one_is_refused() -> None:
    assert pair_means([1.0, 3.0, 10.0, 20.0]) == [2.0, 15.0]
    with pytest.raises(ValueError, match="3 values are not pairs"):
        pair_means([1.0, 2.0, 3.0])


def test_sections_spread_about_the_centre_of_all_together() -> None:
    # Asmussen and Glynn (2007), section III.5a: 2 about a centre of 5 is S^2 = (9 + 1) / 1.
    estimate = of_sections([2.0, 6.0], 5.0)
    half = student_quantile(0.95, 1) * math.sqrt(10 / 2)
    assert estimate.mean == 5.0
    assert estimate.high == pytest.approx(5 + half)
    assert estimate.low == 0.0  # nothing that is measured is negative


def test_sections_that_are_alike_have_no_spread() -> None:
    estimate = of_sections([0.25, 0.25, 0.25], 0.25 + 1e-17)
    assert (estimate.mean, estimate.low, estimate.high) == (0.25, 0.25, 0.25)
    assert of_sections([3.0], 3.0).high == 3.0


def share_held(series: np.ndarray, mean: float) -> float:
    estimates = [in_windows(row.tolist(), float(row.mean())) for row in series]
    return float(np.mean([one.low <= mean <= one.high for one in estimates]))


def test_windows_that_hang_together_have_wider_intervals() -> None:
    # Of AR(1) with a correlation of 0.4, Student's interval holds in about 81 of 100.
    random = np.random.default_rng(3)
    noise = random.normal(size=(2000, 232)) * math.sqrt(1 - 0.4**2)
    series = np.zeros_like(noise)
    for k in range(1, noise.shape[1]):
        series[:, k] = 0.4 * series[:, k - 1] + noise[:, k]
    series = series[:, 200:] + 100
    student = [mean_estimate(row.tolist()) for row in series]
    assert np.mean([one.low <= 100 <= one.high for one in student]) < 0.85
    assert 0.90 < share_held(series, 100) < 0.97


def test_intervals_of_skewed_windows_lean_and_hold() -> None:
    # Of exponentials Student's interval holds in about 92 of 100, and misses above alone.
    random = np.random.default_rng(4)
    series = random.exponential(size=(4000, 16))
    row = in_windows(series[0].tolist(), float(series[0].mean()))
    assert row.high - row.mean > row.mean - row.low
    student = [mean_estimate(row.tolist()) for row in series]
    plain = float(np.mean([one.low <= 1 <= one.high for one in student]))
    assert plain < 0.925
    assert share_held(series, 1) > plain + 0.01


def test_few_windows_have_the_interval_of_sections() -> None:
    values = [1.0, 2.0, 4.0]
    assert in_windows(values, 2.5) == of_sections(values, 2.5)
