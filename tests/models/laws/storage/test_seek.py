"""Seeks against worked examples, brute force and simulated arms."""

import bisect
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.disk import formatted_capacity, rotation_period, service_time, track_rate
from models.laws.storage.seek import (
    SeekCurve,
    ThreePointSeek,
    mean_distance,
    mean_distance_from_edge,
    scheduled_share,
    seek_moments,
)

near = partial(pytest.approx, rel=1e-9)
MS = 1e-3
# Ruemmler and Wilkes (1994): the HP 97560 of 1962 cylinders.
HP_97560 = SeekCurve(3.24 * MS, 0.400 * MS, 8.00 * MS, 0.008 * MS, 383)


def line(start: float, a_cylinder: float) -> SeekCurve:
    return SeekCurve(0.0, 0.0, start, a_cylinder)


def test_mean_distance_is_a_third_of_the_stroke() -> None:
    assert mean_distance(1000) == near(333.333)
    assert mean_distance(1) == 0
    pairs = np.abs(np.subtract.outer(np.arange(57), np.arange(57)))
    assert mean_distance(57) == near(pairs.mean())


def test_arm_that_starts_slowly_and_then_keeps_its_speed() -> None:
    # A textbook exercise: 0.5 ms + 0.05 ms a track, 500 tracks of 20 sectors of 1,024 B at
    # 7200 rpm; start-up only if the arm moves. Best 0.4167, worst 34.2, mean 13.4156 ms.
    arm, turn = line(0.5 * MS, 0.05 * MS), rotation_period(7200)
    rate = track_rate(7200, 20, 1024)
    seek, variance = seek_moments(arm, 500)
    time = service_time(1024, rate, seek, 7200, seek_variance=variance)
    assert time.mean == near(13.415633333333332 * MS)
    assert time.transfer == near(0.4166666666666667 * MS)
    assert float(arm.time(499)) + turn + time.transfer == near(34.2 * MS)
    assert formatted_capacity(2, 500, 20, 1024) == 20_480_000


def test_arm_that_starts_at_the_edge() -> None:
    # A textbook exercise: 30,000 tracks, 1 ms for 100 of them, 600 sectors of 512 B, four heads.
    arm = line(0.0, 0.01 * MS)
    seek = float(arm.time(mean_distance_from_edge(30_000)))
    time = service_time(512, track_rate(7200, 600, 512), seek, 7200)
    assert seek == pytest.approx(150 * MS, rel=1e-4)
    assert time.mean == pytest.approx(154.18055555555554 * MS, rel=1e-4)
    assert time.transfer == near(0.01388888888888889 * MS)
    assert formatted_capacity(4, 30_000, 600, 512) == 36_864_000_000


@pytest.mark.parametrize("cylinders", [1, 2, 40, 500])
def test_moments_of_random_pairs_by_brute_force(cylinders: int) -> None:
    pairs = np.abs(np.subtract.outer(np.arange(cylinders), np.arange(cylinders)))
    times = HP_97560.time(pairs.astype(float))
    mean, variance = seek_moments(HP_97560, cylinders)
    assert mean == near(float(times.mean()))
    assert variance == near(float(times.var()))
    # A queue of one leaves nothing to choose.
    assert seek_moments(HP_97560, cylinders, "scan", 1) == near((mean, variance))


def test_curve_of_two_pieces() -> None:
    times = HP_97560.time(np.array([0.0, 1.0, 382.0, 383.0, 1961.0]))
    expected = (0.0, 3.64, 3.24 + 0.4 * 382**0.5, 11.064, 23.688)
    assert tuple(times / MS) == near(expected)


def test_curve_through_the_data_sheet() -> None:
    curve = ThreePointSeek(0.6 * MS, 8.5 * MS, 16 * MS, 100_000)
    assert float(curve.time(1)) == near(0.6 * MS)
    assert float(curve.time(100_000)) == pytest.approx(16 * MS, rel=1e-4)
    assert seek_moments(curve, 100_000)[0] == pytest.approx(8.5 * MS, rel=1e-4)
    assert float(curve.time(0)) == 0


@given(
    st.floats(0.1 * MS, 2 * MS), st.floats(2 * MS, 10 * MS), st.floats(10 * MS, 30 * MS),
    st.integers(2, 5000),
)  # fmt: skip
def test_data_sheet_curves_rise_or_are_refused(
    shortest: float, average: float, longest: float, cylinders: int
) -> None:
    try:
        curve = ThreePointSeek(shortest, average, longest, cylinders)
    except ValueError:
        return
    times = curve.time(np.arange(float(cylinders)))
    assert np.all(np.diff(times) >= -1e-12)


def simulated(policy: str, depth: int, served: int = 100_000) -> float:
    """Mean distance of an arm that chooses from a queue kept full with random places."""
    places = np.random.default_rng(depth).random(served + depth).tolist()
    pending, arm, upwards, total = sorted(places[:depth]), 0.5, True, 0.0
    for i in range(served):
        above = bisect.bisect(pending, arm)
        if above in (0, len(pending)):
            upwards = above == 0
        chosen = above if upwards else above - 1
        if policy == "sstf" and 0 < above < len(pending):
            closer_above = pending[above] - arm < arm - pending[above - 1]
            chosen = above if closer_above else above - 1
        if i >= served // 10:
            total += abs(pending[chosen] - arm)
        arm = pending.pop(chosen)
        bisect.insort(pending, places[depth + i])
    return total / (served - served // 10)


@pytest.mark.parametrize("depth", [1, 2, 4, 16, 64])
def test_approximations_are_as_close_as_they_say(depth: int) -> None:
    # Simulated to 1 % itself.
    assert 0.99 < simulated("scan", depth) / scheduled_share("scan", depth) < 1.08
    assert 0.98 < simulated("sstf", depth) / scheduled_share("sstf", depth) < 1.10


def test_a_longer_queue_saves_seeks() -> None:
    times = [seek_moments(HP_97560, 1962, "scan", depth)[0] for depth in (1, 2, 4, 8, 16, 32)]
    assert times == sorted(times, reverse=True)
    assert seek_moments(HP_97560, 1962, "fcfs", 32)[0] == near(times[0])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: mean_distance(0), "cylinders is 0"),
        (lambda: mean_distance(2.5), "cylinders is 2.5"),
        (lambda: SeekCurve(-1, 0, 0, 0), "short_constant is -1"),
        (lambda: ThreePointSeek(2, 1, 3, 100), "must rise in this order"),
        (lambda: ThreePointSeek(0, 1, 3, 100), "shortest is 0"),
        (lambda: ThreePointSeek(1, 1.1, 30, 100), "no rising curve"),
        (lambda: scheduled_share("sptf", 4), "policy is 'sptf'; it must be one of fcfs"),
        (lambda: scheduled_share("scan", 0), "queue_depth is 0"),
        (lambda: seek_moments(HP_97560, 10**9), "cylinders is 1000000000"),
    ],
)
def test_impossible_arms(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
