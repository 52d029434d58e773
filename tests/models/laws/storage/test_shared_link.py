"""Disks in nodes, behind one link, behind a network."""

import math
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.disk import service_time
from models.laws.storage.shared_link import (
    direct_attached,
    fair_shares,
    network_attached,
    storage_network,
)

near = partial(pytest.approx, rel=1e-9)
bandwidths = st.floats(1e3, 1e12)
DISK = service_time(4096, 100 * 2**20, 8e-3, 7200, 0.2e-3)


def test_disks_in_the_nodes_add_up() -> None:
    assert direct_attached(4, 500e6) == near(2000e6)


def test_four_clients_share_one_link() -> None:
    assert network_attached(1e9, 4, 3e9) / 4 == near(250e6)
    assert network_attached(1e9, 4, 0.1e9) / 4 == near(0.1e9)
    assert network_attached(math.inf, 4, 0.1e9) == near(0.4e9)


def test_a_hop_adds_its_latency() -> None:
    direct = storage_network(DISK, 50e-6, 0, 4096, 1.25e9)
    assert direct == near(DISK.mean)
    assert storage_network(DISK, 50e-6, 1, 4096, 1.25e9) - direct == near(50e-6)
    assert storage_network(DISK, 50e-6, 3, 4096, 1.25e9) - direct == near(150e-6)
    # A link slower than the disk takes the place of the disk's transfer.
    slow = storage_network(DISK, 0.0, 1, 4096, 1e6)
    assert slow == near(DISK.mean - DISK.transfer + 4096 / 1e6)


def test_shares_are_fair() -> None:
    # Small demands first, the rest equally: 2 and 2.6 leave 5.4 for two.
    assert fair_shares(10.0, [2.0, 2.6, 4.0, 5.0]) == near((2.0, 2.6, 2.7, 2.7))
    assert fair_shares(1e9, [3e9] * 4) == near((250e6,) * 4)
    assert fair_shares(1e9, []) == ()


@given(bandwidths, st.lists(st.floats(0, 1e12), min_size=1, max_size=8))
def test_shares_waste_nothing(bandwidth: float, demands: list[float]) -> None:
    shares = fair_shares(bandwidth, demands)
    assert sum(shares) == near(min(bandwidth, sum(demands)))
    most = max(shares)
    for share, demand in zip(shares, demands, strict=True):
        # Who got less than the most wanted no more.
        assert share <= demand
        assert share >= most * (1 - 1e-9) or share == demand


@given(bandwidths, st.integers(1, 1000), bandwidths)
def test_equal_clients_get_fair_shares(bandwidth: float, clients: int, own: float) -> None:
    together = network_attached(bandwidth, clients, own)
    assert together == near(sum(fair_shares(bandwidth, [own] * clients)))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: direct_attached(0, 1e9), "nodes is 0"),
        (lambda: network_attached(1e9, 0, 1e9), "clients is 0"),
        (lambda: network_attached(0, 1, 1e9), "bandwidth is 0"),
        (lambda: network_attached(1e9, 1, math.nan), "client_bandwidth is nan"),
        (lambda: fair_shares(1e9, [1.0, -2.0]), r"demands\[1\] is -2"),
        (lambda: fair_shares(0.0, [1.0]), "bandwidth is 0"),
        (lambda: storage_network(DISK, -1e-6, 1, 4096, 1e9), "hop_latency is -1e-06"),
        (lambda: storage_network(DISK, 1e-6, -1, 4096, 1e9), "hops is -1"),
    ],
)
def test_impossible_links(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
