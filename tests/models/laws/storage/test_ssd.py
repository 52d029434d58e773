"""Rates of solid-state disks against arithmetic and the bounds of a closed network."""

import math
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage import ssd

near = partial(pytest.approx, rel=1e-9)


FLASH = ssd.Flash(
    32, 4096, 256, read_time=60e-6, program_time=600e-6, erase_time=3e-3, interface_bandwidth=3.5e9
)


def test_one_request_at_a_time_waits_for_its_page() -> None:
    assert FLASH.rate(4096, 1) == near(1 / 60e-6)
    assert FLASH.rate(512, 1) == near(1 / 60e-6)
    slow = ssd.Flash(32, 4096, 256, 60e-6, 600e-6, 3e-3, 3.5e9, overhead=20e-6)
    assert slow.rate(4096, 1) == near(1 / 80e-6)


def test_deep_queues_keep_the_dies_busy() -> None:
    # A balanced closed network: N jobs on K stations keep N/(N + K - 1) of each busy.
    assert FLASH.rate(4096, 32) == near(32 / 60e-6 * 32 / 63)
    assert FLASH.rate(4096, 10_000) == pytest.approx(32 / 60e-6, rel=4e-3)


def test_many_dies_fill_the_interface() -> None:
    wide = ssd.Flash(128, 4096, 256, 60e-6, 600e-6, 3e-3, 3.5e9)
    assert wide.bandwidth(2**20, 64) == near(3.5e9)
    assert wide.rate(2**20, 64) == near(3.5e9 / 2**20)


def test_writes_pay_for_amplification() -> None:
    # Each page: 3 programs, 2 copies read, 3/256 of an erase.
    assert FLASH.page_time(0.0, 3.0) == near(3 * 600e-6 + 2 * 60e-6 + 3 / 256 * 3e-3)
    assert FLASH.page_time(0.75) == near(0.75 * 60e-6 + 0.25 * (600e-6 + 3e-3 / 256))


@given(
    st.floats(512, 1e7), st.integers(1, 1000), st.floats(0, 1), st.floats(1, 10),
    st.floats(0, 1e-3),
)  # fmt: skip
def test_rates_stay_within_their_bounds(
    size: float, depth: int, reads: float, amplification: float, overhead: float
) -> None:
    disk = ssd.Flash(16, 4096, 128, 50e-6, 500e-6, 2e-3, 2e9, overhead)
    rate = disk.rate(size, depth, reads, amplification)
    pages = math.ceil(size / 4096)
    assert 0 < rate <= 16 / disk.page_time(reads, amplification) / pages * (1 + 1e-12)
    assert rate * size <= 2e9 * (1 + 1e-12)
    assert disk.rate(size, depth + 1, reads, amplification) >= rate * (1 - 1e-12)
    assert disk.rate(size, depth, reads, amplification + 1) <= rate * (1 + 1e-12)


def test_rates_of_a_data_sheet() -> None:
    # Three reads at 840,000/s and one write at 285,000/s.
    assert ssd.mixed_rate(840e3, 285e3, 0.75) == near(4 / (3 / 840e3 + 1 / 285e3))
    assert ssd.mixed_rate(840e3, 285e3, 1.0) == near(840e3)
    assert ssd.size_limited_rate(840e3, 3.5e9, 4096, 4096) == near(840e3)
    assert ssd.size_limited_rate(840e3, 3.5e9, 512, 4096) == near(840e3)
    assert ssd.size_limited_rate(840e3, 3.5e9, 128 * 1024, 4096) == near(3.5e9 / 131072)
    assert ssd.size_limited_rate(840e3, 3.5e9, 4097, 4096) == near(3.5e9 / 8192)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: ssd.mixed_rate(1e5, 1e4, -0.1), "read_share is -0.1"),
        (lambda: ssd.Flash(0, 4096, 256, 1, 1, 1, 1), "dies is 0"),
        (lambda: ssd.Flash(1, 4096, 256, 0, 1, 1, 1), "read_time is 0"),
        (lambda: FLASH.rate(0, 1), "size is 0"),
        (lambda: FLASH.rate(4096, 0), "queue_depth is 0"),
    ],
)
def test_impossible_flash(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
