"""Warm-up, pairs and stopping: published answers and what must always hold."""

import math

import numpy as np
import pytest

from models.prediction import Estimate
from sim.experiment import mean_estimate, streams
from sim.output_analysis import (
    Halfwidth,
    compare,
    mser5,
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
