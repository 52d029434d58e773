"""All-reduce and parameter servers against worked answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.collectives import (
    hierarchical_all_reduce,
    parameter_server_synchronization,
    ring_all_reduce,
)


def test_ring_of_four_with_100_mb_over_1_gb_per_second_takes_0_15_s() -> None:
    # 2(n-1)/n S/B = 1.5 x 0.1 s.
    assert ring_all_reduce(4, 100e6, 1e9) == pytest.approx(0.150, rel=1e-12)


def test_half_precision_halves_it() -> None:
    assert ring_all_reduce(4, 50e6, 1e9) == pytest.approx(0.075, rel=1e-12)


def test_latency_is_paid_twice_a_hop() -> None:
    assert ring_all_reduce(8, 0.0, 1e9, 5e-6) == pytest.approx(14 * 5e-6, rel=1e-12)


def test_one_member_has_nothing_to_do() -> None:
    assert ring_all_reduce(1, 1e9, 1e9, 1.0) == 0.0


def test_hierarchy_adds_the_ring_inside_and_the_ring_between() -> None:
    inside, between = hierarchical_all_reduce(8, 128, 51e6, 10e9, 6e9, 5e-6, 14e-6)
    assert inside == pytest.approx(ring_all_reduce(8, 51e6, 10e9, 5e-6), rel=1e-12)
    assert between == pytest.approx(ring_all_reduce(128, 51e6, 6e9, 14e-6), rel=1e-12)


def test_parameter_server_doubles_with_its_workers() -> None:
    one = parameter_server_synchronization(8, 100e6, 1e9, 10e9)
    assert parameter_server_synchronization(16, 100e6, 1e9, 10e9) == pytest.approx(2 * one)


@given(st.integers(2, 4096), st.floats(1, 1e12), st.floats(1e6, 1e12))
def test_ring_stays_below_two_transfers_and_grows_with_members(
    members: int, size: float, bandwidth: float
) -> None:
    duration = ring_all_reduce(members, size, bandwidth)
    assert duration < 2 * size / bandwidth
    assert ring_all_reduce(members + 1, size, bandwidth) > duration


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0, 1.0, 1.0), "members"),
        ((2, -1.0, 1.0), "size"),
        ((2, 1.0, 0.0), "bandwidth"),
        ((2, 1.0, 1.0, -1.0), "latency"),
        ((2, 1.0, float("nan")), "bandwidth"),
    ],
)
def test_out_of_range_names_the_argument(arguments: tuple[float, ...], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        ring_all_reduce(*arguments)  # type: ignore[arg-type]
