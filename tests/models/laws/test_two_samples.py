"""Drift: a shift of one standard deviation is found, and none where there is none."""

import math

import numpy as np
import pytest

from models.laws.sample_means import batches, standard_error
from models.laws.two_samples import kolmogorov, kolmogorov_smirnov


def test_a_shift_of_one_sigma_is_found_with_500_samples() -> None:
    random = np.random.default_rng(1)
    for _ in range(20):
        before, after = random.normal(10, 2, 500), random.normal(12, 2, 500)
        assert kolmogorov_smirnov(before, after) < 1e-9


def test_one_distribution_is_seldom_taken_for_two() -> None:
    random = np.random.default_rng(2)
    found = [kolmogorov_smirnov(*random.normal(size=(2, 500))) for _ in range(400)]
    # Uniform but for the steps of the statistic: 5 % below 5 %, within four standard errors.
    assert abs(np.mean(np.array(found) < 0.05) - 0.05) < 4 * math.sqrt(0.05 * 0.95 / 400)


def test_a_sample_of_the_assumed_distribution_is_like_it_and_another_is_not() -> None:
    values = np.random.default_rng(3).exponential(2.0, 500)
    assert kolmogorov(values, lambda time: 1 - math.exp(-time / 2)) > 0.01
    assert kolmogorov(values, lambda time: 1 - math.exp(-time / 3)) < 1e-6


def test_the_statistic_of_a_published_table() -> None:
    # All of one sample below all of the other, 8 and 8: 2 of the C(16, 8) orders are as far apart.
    first, second = range(8), range(10, 18)
    assert kolmogorov_smirnov(first, second) == pytest.approx(2 / math.comb(16, 8))


def test_few_values_and_what_is_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        kolmogorov_smirnov([1, 2], range(10))
    with pytest.raises(ValueError, match="finite"):
        kolmogorov_smirnov([math.nan] * 10, range(10))


def test_values_that_hang_together_have_a_larger_error() -> None:
    random = np.random.default_rng(4)
    alone = random.normal(size=4000)
    together = np.repeat(random.normal(size=400), 10)  # ten alike: a tenth as many that count
    assert standard_error(alone) == pytest.approx(1 / math.sqrt(4000), rel=0.4)
    assert standard_error(together) == pytest.approx(1 / math.sqrt(400), rel=0.4)
    assert len(batches(range(399))) == 399
    assert standard_error([3.0]) is None
