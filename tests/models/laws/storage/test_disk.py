"""Mechanical disks against worked examples, and what must hold of any."""

import math
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.queueing.station_law import Unstable
from models.laws.storage.disk import (
    formatted_capacity,
    mean_zoned_rate,
    rotation_period,
    service_time,
    track_rate,
    zoned_rate,
)

near = partial(pytest.approx, rel=1e-9)
MS = 1e-3


def test_textbook_disk() -> None:
    # 8 ms + half a turn at 7200 rpm + 4 KiB at 100 MiB/s + 0.2 ms of controller: 12.406 ms.
    time = service_time(4096, 100 * 2**20, 8 * MS, 7200, 0.2 * MS)
    assert time.mean == pytest.approx(12.406 * MS, abs=0.5e-6)
    assert time.rate == pytest.approx(80.6, abs=0.05)
    assert time.rotation == near(30 / 7200)


def test_disks_of_a_textbook_on_operating_systems() -> None:
    # Operating Systems: Three Easy Pieces, chapter 37: random reads of 4 KB on a fast and a large
    # disk; it prints 6 ms and 13.2 ms, 0.66 MB/s and 0.31 MB/s.
    fast = service_time(4096, 125e6, 4 * MS, 15_000)
    large = service_time(4096, 105e6, 9 * MS, 7200)
    assert (fast.mean, large.mean) == near((6.032768 * MS, 13.205676190476192 * MS))
    assert 4096 * fast.rate == near(0.6789586471748955e6)
    assert 4096 * large.rate == near(0.3101696528765408e6)


def test_one_sector_of_a_track() -> None:
    # Bryant and O'Hallaron, Computer Systems, section 6.1: 7200 rpm, 9 ms, 400 sectors a track.
    rate = track_rate(7200, 400, 512)
    assert service_time(512, rate, 9 * MS, 7200).mean == near(13.1875 * MS)


def test_a_solid_state_disk_neither_seeks_nor_turns() -> None:
    time = service_time(4096, 3.5e9, controller=20e-6)
    assert (time.seek, time.rotation, time.variance) == (0, 0, 0)
    assert time.mean == near(20e-6 + 4096 / 3.5e9)
    assert rotation_period(0) == 0
    assert service_time(0, 1e9).rate == math.inf


def test_local_requests_need_neither_seek_nor_turn() -> None:
    far = service_time(4096, 100e6, 8 * MS, 7200, 0.2 * MS)
    near_by = service_time(4096, 100e6, 8 * MS, 7200, 0.2 * MS, locality=1.0)
    half = service_time(4096, 100e6, 8 * MS, 7200, 0.2 * MS, locality=0.5)
    assert near_by.mean == near(0.2 * MS + 4096 / 100e6)
    assert near_by.variance == 0
    assert half.mean == near((far.mean + near_by.mean) / 2)
    # The mixture's second moment is the mean of the two.
    assert half.second_moment == near((far.second_moment + near_by.second_moment) / 2)


def test_the_disk_is_a_station() -> None:
    time = service_time(4096, 100e6, 8 * MS, 7200, 0.2 * MS, seek_variance=9e-6)
    assert time.variance == near(9e-6 + (60 / 7200) ** 2 / 12)
    queue = time.response(0.8 * time.rate)
    assert queue.utilization == near(0.8)
    # Pollaczek-Khinchine, by hand.
    assert queue.waiting_time == near(0.8 * time.rate * time.second_moment / 2 / 0.2)
    with pytest.raises(Unstable):
        time.response(1.01 * time.rate)


def test_tracks_in_sequence_lose_the_switch() -> None:
    assert track_rate(7200, 500, 512) == near(500 * 512 * 120)
    assert track_rate(7200, 500, 512, 1 * MS) == near(500 * 512 / (1 / 120 + 1 * MS))


def test_whole_zoned_disk_is_read_at_the_mean_of_its_ends() -> None:
    # Adding up the time of many thin zones.
    parts = 20_000
    time = math.fsum(1 / zoned_rate(260e6, 130e6, (i + 0.5) / parts) / parts for i in range(parts))
    assert 1 / time == pytest.approx(mean_zoned_rate(260e6, 130e6), rel=1e-8)
    assert zoned_rate(260e6, 130e6, 0.0) == near(260e6)
    assert zoned_rate(260e6, 130e6, 1.0) == near(130e6)


@given(
    st.floats(0, 1e8), st.floats(1e3, 1e10), st.floats(0, 0.1), st.floats(1, 2e4), st.floats(0, 1)
)
def test_more_locality_never_slows(
    size: float, rate: float, seek: float, rpm: float, locality: float
) -> None:
    time = service_time(size, rate, seek, rpm, locality=locality)
    assert time.mean <= service_time(size, rate, seek, rpm).mean * (1 + 1e-12)
    assert time.variance >= 0
    assert math.isfinite(time.second_moment)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"size": -1}, "size is -1"),
        ({"transfer_rate": 0}, "transfer_rate is 0"),
        ({"seek": math.nan}, "seek is nan"),
        ({"rotation_rpm": -7200}, "rotation_rpm is -7200"),
        ({"controller": math.inf}, "controller is inf"),
        ({"locality": 1.2}, "locality is 1.2"),
        ({"seek_variance": -1}, "seek_variance is -1"),
    ],
)
def test_impossible_disks(arguments: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        service_time(**({"size": 4096, "transfer_rate": 1e8} | arguments))


def test_inner_tracks_are_not_faster() -> None:
    with pytest.raises(ValueError, match="can't be the faster"):
        zoned_rate(130e6, 260e6, 0.5)
    with pytest.raises(ValueError, match="position is 2"):
        zoned_rate(260e6, 130e6, 2)
    with pytest.raises(ValueError, match="sectors_per_track is 0"):
        track_rate(7200, 0, 512)
    with pytest.raises(ValueError, match="tracks is 0"):
        formatted_capacity(2, 0, 20, 512)
