"""Where a message is worked on sooner, and what a link that comes and goes loses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.edge_or_cloud import cloud_response, turning_bandwidth, turning_round_trip
from models.laws.intermittent_link import drain_time, lost_share
from sim import intermittent_link

seconds = st.floats(1e-4, 10)
sizes = st.floats(1e3, 1e8)
bandwidths = st.floats(1e5, 1e9)


def test_a_message_of_a_megabyte_by_ten_megabytes_a_second() -> None:
    assert cloud_response(0.02, 0.05, 1e6, 1e7) == pytest.approx(0.17)
    # An edge of 170 ms is as fast; a tenth slower, the cloud is sooner by a link a little slower.
    assert turning_bandwidth(0.17, 0.02, 0.05, 1e6) == pytest.approx(1e7)
    assert turning_round_trip(0.17, 0.02, 1e6, 1e7) == pytest.approx(0.05)


def test_an_edge_faster_than_cloud_and_way_is_sooner_by_any_link() -> None:
    assert turning_bandwidth(0.06, 0.02, 0.05, 1e6) == math.inf
    assert turning_round_trip(0.1, 0.02, 1e6, 1e7) == 0.0


@given(edge=seconds, cloud=seconds, round_trip=seconds, size=sizes, bandwidth=bandwidths)
def test_it_turns_where_both_are_equal(
    edge: float, cloud: float, round_trip: float, size: float, bandwidth: float
) -> None:
    wins = edge < cloud_response(cloud, round_trip, size, bandwidth)
    turn = turning_bandwidth(edge, cloud, round_trip, size)
    if not math.isclose(turn, bandwidth, rel_tol=1e-9):
        assert wins == (bandwidth < turn)
    way = turning_round_trip(edge, cloud, size, bandwidth)
    if not math.isclose(way, round_trip, rel_tol=1e-9):
        assert wins == (round_trip > way)


def test_without_a_buffer_all_that_comes_in_an_outage_is_lost() -> None:
    assert lost_share(1e6, 2e6, 0.0, 900.0, 100.0) == pytest.approx(0.1)


def test_by_a_link_that_drains_at_once_the_buffer_is_empty_before_each_outage() -> None:
    # Of an outage of mean 100 s, what is beyond the 50 s that the buffer takes: e^-0.5 of it.
    share = lost_share(1e6, 1e15, 50e6, 900.0, 100.0)
    assert share == pytest.approx(0.1 * math.exp(-0.5), rel=1e-6)


def test_a_link_that_never_catches_up_loses_what_it_can_not_carry() -> None:
    # Half of the time 1.2 of 1 flows out: 0.4 is lost however large the buffer is.
    assert lost_share(1e6, 1.2e6, 1e15, 100.0, 100.0) == pytest.approx(0.4, rel=1e-3)


def test_where_the_density_is_even_nothing_is_divided_by_zero() -> None:
    even = lost_share(1e6, 2e6, 50e6, 100.0, 100.0)
    near = lost_share(1e6, 2e6, 50e6, 100.0, 100.0001)
    assert even == pytest.approx(near, rel=1e-4)
    # empty 100 s, full 100 s, and between 2 x 50 s.
    assert even == pytest.approx(1 / 3)


@pytest.mark.parametrize("buffer", [0.0, 2e7, 1e8])
@pytest.mark.parametrize("bandwidth", [1.3e6, 5e6])
def test_the_simulation_loses_what_the_law_says(buffer: float, bandwidth: float) -> None:
    seen = intermittent_link.lost_share(1e6, bandwidth, buffer, 600.0, 60.0, seed=3)
    law = lost_share(1e6, bandwidth, buffer, 600.0, 60.0)
    half = seen.high - seen.mean
    assert abs(law - seen.mean) < 2 * half


def test_a_backlog_is_sent_by_what_is_left_of_the_link() -> None:
    assert drain_time(1e6, 3e6, 1e12, 100.0) == pytest.approx(50.0)
    assert drain_time(1e6, 3e6, 40e6, 100.0) == pytest.approx(20.0)
    assert drain_time(1e6, 1e6, 40e6, 100.0) == math.inf
    assert drain_time(1e6, 3e6, 0.0, 100.0) == 0.0


def test_a_flow_that_fills_the_link_has_no_steady_state() -> None:
    with pytest.raises(ValueError, match="inflow"):
        lost_share(2e6, 2e6, 1.0, 1.0, 1.0)
