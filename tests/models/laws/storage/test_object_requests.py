"""Object stores: latency, ranges in parallel, limits a prefix."""

import math
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.object_requests import (
    parallel_bandwidth,
    request_rate,
    stream_bandwidth,
    streams_needed,
)

near = partial(pytest.approx, rel=1e-9)
MIB = 2.0**20


def test_one_stream_of_small_objects_waits_for_first_bytes() -> None:
    # 110 kB, 100 ms to the first byte, 90 MB/s after: hardly more than 1 MB/s.
    assert stream_bandwidth(110e3, 0.1, 90e6) == near(110e3 / (0.1 + 110e3 / 90e6))
    assert stream_bandwidth(110e3, 0.1, math.inf) == near(1.1e6)


def test_ranges_in_parallel_add_up_until_something_caps() -> None:
    one = stream_bandwidth(8 * MIB, 0.1, 90e6)
    assert parallel_bandwidth(4, 8 * MIB, 0.1, 90e6, 12.5e9) == near(4 * one)
    assert parallel_bandwidth(4000, 8 * MIB, 0.1, 90e6, 12.5e9) == near(12.5e9)
    # 5,500 GET/s of one prefix and small objects.
    assert parallel_bandwidth(4000, 110e3, 0.1, math.inf, 12.5e9, 5500) == near(605e6)


def test_requests_are_limited_a_prefix() -> None:
    assert request_rate(5500, 10) == near(55_000)
    assert request_rate(5500, 2, (0.5, 0.5)) == near(11_000)
    assert request_rate(5500, 2, (0.8, 0.2)) == near(6875)
    assert request_rate(math.inf, 1) == math.inf


@given(
    st.floats(1e6, 1e11), st.floats(1e3, 1e8), st.floats(1e-4, 1), st.floats(1e6, 1e10)
)  # fmt: skip
def test_streams_needed_are_enough_and_no_more(
    bandwidth: float, size: float, latency: float, limit: float
) -> None:
    streams = streams_needed(bandwidth, size, latency, limit)
    one = stream_bandwidth(size, latency, limit)
    assert streams * one >= bandwidth * (1 - 1e-9)
    assert streams == 1 or (streams - 1) * one < bandwidth


def test_streams_that_fit_exactly() -> None:
    assert streams_needed(3 * stream_bandwidth(1e6, 0.1, 90e6), 1e6, 0.1, 90e6) == 3


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: stream_bandwidth(0, 0.1, 90e6), "size is 0"),
        (lambda: stream_bandwidth(1e6, -0.1, 90e6), "latency is -0.1"),
        (lambda: stream_bandwidth(1e6, 0.1, 0), "stream_limit is 0"),
        (lambda: stream_bandwidth(1e6, 0, math.inf), "one of them must limit"),
        (lambda: parallel_bandwidth(0, 1e6, 0.1, 90e6, 1e9), "streams is 0"),
        (lambda: request_rate(0, 1), "limit is 0"),
        (lambda: request_rate(5500, 0), "prefixes is 0"),
        (lambda: request_rate(5500, 2, (0.5, 0.6)), "2 numbers of 0 or more that sum to 1"),
        (lambda: request_rate(5500, 2, (1.0,)), "2 numbers of 0 or more that sum to 1"),
    ],
)
def test_impossible_stores(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
