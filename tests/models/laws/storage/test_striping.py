"""Files striped over servers: large ones, small ones, many of them."""

import math
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.striping import (
    busiest_share,
    file_rate,
    file_time,
    striped_bandwidth,
)

near = partial(pytest.approx, rel=1e-9)
MIB = 2.0**20


def test_servers_add_up_until_the_network_card_caps() -> None:
    found = [striped_bandwidth(servers, 500e6, 1, 3e9) for servers in (1, 2, 4, 6, 8, 64)]
    assert found == near([0.5e9, 1e9, 2e9, 3e9, 3e9, 3e9])
    assert striped_bandwidth(8, 500e6, 4, 3e9) == near(4e9)


def test_small_files_use_one_server() -> None:
    assert busiest_share(0.5 * MIB, MIB, 8) == near(0.5 * MIB)
    assert busiest_share(8 * MIB, MIB, 8) == near(MIB)
    assert busiest_share(17.25 * MIB, MIB, 8) == near(3 * MIB)
    assert busiest_share(16.25 * MIB, MIB, 8) == near(2.25 * MIB)
    assert busiest_share(0, MIB, 8) == 0
    one, many = (file_time(MIB, MIB, count, 500e6, 3e9, 1e-3) for count in (1, 64))
    assert one == many == near(1e-3 + MIB / 500e6)


def test_large_files_come_close_to_the_sum_of_servers() -> None:
    size = 1000 * 4 * MIB
    assert size / file_time(size, MIB, 4, 500e6, 12.5e9) == near(2e9)
    assert size / file_time(size, MIB, 4, 500e6, 1.25e9) == near(1.25e9)


def dealt(stripes: int, rest: float, stripe: float, count: int) -> float:
    """Most bytes on one server, dealing stripe after stripe."""
    servers = [0.0] * count
    for i in range(stripes):
        servers[i % count] += stripe
    servers[stripes % count] += rest
    return max(servers)


@given(st.integers(0, 60), st.floats(0, 0.999), st.integers(1, 12))
def test_busiest_server_by_dealing(stripes: int, part: float, count: int) -> None:
    size = (stripes + part) * MIB
    dealt_most = dealt(stripes, size - stripes * MIB, MIB, count)
    assert busiest_share(size, MIB, count) == pytest.approx(dealt_most, rel=1e-9, abs=1e-6)


def test_many_small_files_wait_for_metadata() -> None:
    # 110 kB images: a client alone 0.3 ms + 0.22 ms; 64 clients would read 123,077/s.
    time = file_time(110e3, MIB, 1, 500e6, 12.5e9, 0.3e-3)
    assert file_rate(110e3, time, 1, 4, 500e6) == near(1 / 0.52e-3)
    assert file_rate(110e3, time, 64, 4, 500e6) == near(2e9 / 110e3)
    assert file_rate(110e3, time, 64, 400, 500e6, 50_000) == near(50_000)
    assert file_rate(110e3, time, 64, 400, 500e6) == near(64 / 0.52e-3)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: striped_bandwidth(0, 1e9, 1, 1e9), "servers is 0"),
        (lambda: striped_bandwidth(1, 1e9, 1, 0), "client_bandwidth is 0"),
        (lambda: busiest_share(1e6, 0, 4), "stripe_size is 0"),
        (lambda: busiest_share(-1, 1e6, 4), "size is -1"),
        (lambda: busiest_share(1e6, 1e6, 0), "stripe_count is 0"),
        (lambda: file_time(1e6, 1e6, 1, 1e9, 1e9, math.nan), "latency is nan"),
        (lambda: file_rate(1e6, 0, 1, 1, 1e9), "time is 0"),
        (lambda: file_rate(1e6, 1, 1, 1, 1e9, 0), "metadata_rate is 0"),
    ],
)
def test_impossible_file_systems(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
