"""Overlap of gradients by buckets, event by event."""

import pytest

from models.laws.gradient_buckets import exposed_sums


def at_rate_one(size: float) -> float:
    return size


def test_one_bucket_is_never_hidden() -> None:
    assert exposed_sums(10.0, 4.0, 4.0, at_rate_one) == pytest.approx((4.0, 4.0))


def test_of_many_buckets_the_last_is_seen() -> None:
    # Four buckets of 1 s are ready at 2.5, 5, 7.5 and 10 s.
    assert exposed_sums(10.0, 4.0, 1.0, at_rate_one) == pytest.approx((4.0, 1.0))


def test_a_slow_link_is_busy_from_the_first_bucket_on() -> None:
    # Four of 5 s, the first of which is ready at 2.5 s: done at 22.5 s.
    assert exposed_sums(10.0, 20.0, 5.0, at_rate_one) == pytest.approx((20.0, 12.5))


def test_layer_by_layer_all_but_what_is_longer_than_the_pass_is_hidden() -> None:
    assert exposed_sums(10.0, 4.0, 0.0, at_rate_one) == pytest.approx((4.0, 0.0))
    assert exposed_sums(3.0, 4.0, 0.0, at_rate_one) == pytest.approx((4.0, 1.0))


def test_what_is_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 0 or more"):
        exposed_sums(-1.0, 4.0, 1.0, at_rate_one)
