"""Burst credits against published durations and a bucket that is filled step by step."""

import math
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.burst_credits import BurstBucket

near = partial(pytest.approx, rel=1e-9)
HOUR = 3600.0


@pytest.mark.parametrize(
    ("size", "duration"),
    [(1, 1862), (100, 2000), (250, 2400), (334, 2703), (500, 3600), (750, 7200)],
)
def test_general_purpose_volumes(size: int, duration: float) -> None:
    # AWS, Amazon EBS volume types, gp2: 5.4 million credits, 3,000 IOPS, 3 IOPS a GiB, at least
    # 100; its table of burst durations by size in GiB (recalled), rounded to a second.
    volume = BurstBucket(max(100.0, 3.0 * size), 3000.0, 5.4e6)
    assert volume.burst_duration() == pytest.approx(duration, abs=1)
    assert volume.refill_time() == near(5.4e6 / max(100, 3 * size))


def test_throughput_optimized_volume() -> None:
    # AWS, st1 of 1 TiB (recalled): 40 MiB/s, bursts to 250 MiB/s, credits for 1 TiB; a scan of
    # the whole volume takes 1.17 h, in a burst throughout.
    tib, mib = 2.0**40, 2.0**20
    volume = BurstBucket(40 * mib, 250 * mib, tib)
    assert volume.average(math.inf, tib / (250 * mib)) == near(250 * mib)
    assert tib / (250 * mib) / HOUR == pytest.approx(1.17, abs=0.005)


def test_file_system_that_bursts() -> None:
    # AWS, EFS of 100 GiB (recalled): 5 MiB/s, bursts to 100 MiB/s for 72 minutes a day.
    mib = 2.0**20
    baseline = 100 * 50 / 1024 * mib
    efs = BurstBucket(baseline, 100 * mib, 2.1 * 2.0**40)
    burst = 24 * HOUR * baseline / (100 * mib)
    assert burst / 60 == pytest.approx(72, rel=0.03)
    assert efs.sustained(math.inf, burst, 24 * HOUR - burst) == near(baseline)
    assert efs.sustained(100 * mib, 1.0, 24 * HOUR) < baseline


def test_throughput_over_time() -> None:
    bucket = BurstBucket(10.0, 50.0, 400.0)
    phases = bucket.throughput([(20.0, 60.0), (10.0, 0.0), (1.0, 30.0)])
    assert [(p.duration, p.throughput, p.credits) for p in phases] == [
        (10.0, 50.0, 0.0),
        (10.0, 10.0, 0.0),
        (10.0, 0.0, 100.0),
        (1.0, 30.0, 80.0),
    ]
    assert bucket.throughput([(5.0, 20.0)], credits=0.0)[0].throughput == 10.0


def test_a_bucket_does_not_overflow() -> None:
    bucket = BurstBucket(10.0, 50.0, 400.0)
    assert bucket.throughput([(1e6, 0.0)], credits=0.0)[-1].credits == 400.0
    assert bucket.refill_time(credits=100.0) == near(30.0)
    assert bucket.refill_time(10.0) == math.inf
    assert bucket.refill_time(10.0, 400.0) == 0.0
    assert bucket.sustained(50.0, 10.0, 1e6) == near(500 / (10 + 1e6))


def stepped(bucket: BurstBucket, demand: float, period: float, steps: int) -> float:
    """Units served by a bucket that is filled and emptied in small steps."""
    credits, served, step = bucket.capacity, 0.0, period / steps
    for _ in range(steps):
        rate = min(demand, bucket.burst)
        if rate > bucket.baseline:
            rate = min(rate, bucket.baseline + credits / step)
        credits = min(bucket.capacity, credits + (bucket.baseline - rate) * step)
        served += rate * step
    return served


@given(
    st.floats(1, 100), st.floats(1, 10), st.floats(0, 1e5), st.floats(0, 2000), st.floats(1, 1e4)
)
def test_average_by_small_steps_and_by_phases(
    baseline: float, factor: float, capacity: float, demand: float, period: float
) -> None:
    bucket = BurstBucket(baseline, baseline * factor, capacity)
    average = bucket.average(demand, period)
    assert average * period == pytest.approx(stepped(bucket, demand, period, 50), rel=1e-9)
    phases = bucket.throughput([(period, demand)])
    assert sum(phase.duration for phase in phases) == near(period)
    served = sum(phase.duration * phase.throughput for phase in phases)
    assert served == pytest.approx(average * period, rel=1e-9)
    assert all(0 <= phase.credits <= capacity for phase in phases)


@given(st.floats(1, 100), st.floats(1, 10), st.floats(0, 1e5), st.floats(1, 1e3), st.floats(0, 1e3))
def test_a_steady_cycle_by_repeating_it(
    baseline: float, factor: float, capacity: float, busy: float, idle: float
) -> None:
    bucket = BurstBucket(baseline, baseline * factor, capacity)
    credits, served = 0.0, 0.0
    for _ in range(3):
        phases = bucket.throughput([(idle, 0.0), (busy, 1e9)], credits)
        credits = phases[-1].credits
        served = sum(phase.duration * phase.throughput for phase in phases)
    assert served == pytest.approx(bucket.sustained(1e9, busy, idle) * (busy + idle), rel=1e-9)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: BurstBucket(0, 1, 1), "baseline is 0"),
        (lambda: BurstBucket(2, 1, 1), "burst is 1/s; it can't be less than the baseline, 2/s"),
        (lambda: BurstBucket(1, 2, -1), "capacity is -1"),
        (lambda: BurstBucket(1, 2, 3).burst_duration(math.nan), "demand is nan"),
        (lambda: BurstBucket(1, 2, 3).burst_duration(2, 4), "between 0 and 3"),
        (lambda: BurstBucket(1, 2, 3).average(1, 0), "period is 0"),
        (lambda: BurstBucket(1, 2, 3).throughput([(-1, 1)]), "duration is -1"),
        (lambda: BurstBucket(1, 2, 3).sustained(1, 0, 1), "busy is 0"),
    ],
)
def test_impossible_buckets(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
