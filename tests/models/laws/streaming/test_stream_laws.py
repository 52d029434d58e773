"""Laws of streams: keys, shards, links, windows, backlogs, replicas."""

import math

import numpy as np
import pytest

from models.laws.streaming import backlogs, bursts, keys, replicas, shards, windows
from models.queueing.distributions import Deterministic, Exponential
from models.queueing.tails import survival


def test_shares_of_keys_follow_zipf() -> None:
    shares = keys.zipf_shares(4, 1.0)
    harmonic = 1 + 1 / 2 + 1 / 3 + 1 / 4
    assert shares.tolist() == pytest.approx([1 / k / harmonic for k in (1, 2, 3, 4)])
    assert keys.zipf_shares(5, 0.0).tolist() == pytest.approx([0.2] * 5)
    with pytest.raises(ValueError, match="keys is 0"):
        keys.zipf_shares(0, 1.0)


def test_one_key_one_partition_and_every_partition_has_some() -> None:
    placed = keys.places_of_keys(10_000, 12)
    assert (placed == keys.places_of_keys(20_000, 12)[:10_000]).all()  # whatever else there is
    counts = np.bincount(placed, minlength=12)
    assert counts.sum() == 10_000
    assert abs(counts - 10_000 / 12).max() < 5 * math.sqrt(10_000 / 12)  # as at random


def test_shards_of_the_worked_example() -> None:
    """3.5 MB/s and 2,500 records/s in, 9 MB/s by 12 reads/s out: max(4, 3, 5, 3) = 5."""
    found = shards.shards_needed(3.5e6, 2500, 9e6, 12)
    assert (found.written, found.records, found.read, found.reads) == (4, 3, 5, 3)
    assert found.most == 5
    assert found.limit == "bytes read"


def test_a_shard_that_is_just_full_suffices() -> None:
    assert shards.shards_needed(3e6, 3000, 6e6, 15).most == 3
    assert shards.shards_needed(0.0, 0.0, 0.0).most == 1


def test_records_are_billed_by_25_kb() -> None:
    assert [shards.payload_units(size) for size in (1, 25_000, 25_001, 50_000)] == [1, 1, 2, 2]


def test_a_log_saves_links() -> None:
    """6 producers and 5 consumers: 30 links become 11."""
    assert shards.links(6, 5) == 30
    assert shards.links_through_log(6, 5) == 11


def test_windows_of_the_worked_example() -> None:
    """Events at 1, 2, 7 and 20: fixed windows of 5 hold 2, 1, 0, 0, 1."""
    assert windows.window_counts((1, 2, 7, 20), 5) == (2, 1, 0, 0, 1)
    assert windows.sessions((1, 2, 7, 20), 6) == ((1, 2, 7), (20,))


def test_sliding_windows_hold_an_event_several_times() -> None:
    assert windows.window_starts(7.0, 10.0, 5.0) == (5.0, 0.0)
    assert windows.window_starts(5.0, 10.0, 5.0) == (5.0, 0.0)
    assert windows.window_starts(7.0, 5.0, 5.0) == (5.0,)
    assert windows.window_counts((7.0,), 10, 5) == (1, 1)


def test_an_event_a_gap_later_begins_a_session() -> None:
    assert windows.sessions((6.0, 0.0), 6) == ((0.0,), (6.0,))
    assert windows.sessions((5.9, 0.0), 6) == ((0.0, 5.9),)


def test_results_of_windows_and_sessions() -> None:
    one = np.array([0.1])
    assert windows.results_rate(one, 10.0, 10.0) == pytest.approx((1 - math.exp(-1)) / 10)
    assert windows.results_rate(one, 10.0, 5.0) == pytest.approx((1 - math.exp(-1)) / 5)
    assert windows.sessions_rate(one, 10.0) == pytest.approx(0.1 * math.exp(-1))
    many = np.full(3, 1e3)
    assert windows.results_rate(many, 10.0, 10.0) == pytest.approx(0.3)  # each key in each window


def test_late_events() -> None:
    """Exponential delays of mean m: P(D > w + r), r uniform over the window."""
    delay, size, slack = Exponential.model_construct(mean=2.0), 5.0, 1.0
    many = windows.late_share(lambda t: survival(delay, t), 1e9, size, size, slack)
    exact = 2.0 / size * math.exp(-slack / 2) * (1 - math.exp(-size / 2))
    assert many == pytest.approx(exact, rel=1e-4)
    # Of few events the latest is some time ago: about sqrt(pi m / (2 rate)), 0.079 s.
    few = windows.late_share(lambda t: survival(delay, t), 500.0, size, size, slack)
    assert few == pytest.approx(exact * math.exp(-0.0793 / 2), rel=0.01)
    sure = Deterministic.model_construct(value=3.0)  # all are as late, so that none is
    assert windows.late_share(lambda t: survival(sure, t), 1e3, size, size, 0.0) == 0


def test_a_backlog_drains_at_what_is_left_of_the_capacity() -> None:
    assert backlogs.drain_time(1000, 60, 100) == 25
    assert backlogs.drain_time(1000, 100, 100) == math.inf
    assert backlogs.drain_time(0, 200, 100) == 0


def test_a_backlog_by_the_hour() -> None:
    assert backlogs.backlogs((50, 150, 150, 50), 100, 10) == (0, 500, 1000, 500)
    # It comes again: what is left of a day is there the next morning.
    assert backlogs.periodic_backlogs((50, 150, 150, 50), 100, 10) == (0, 500, 1000, 500)
    assert backlogs.periodic_backlogs((150, 50, 50), 100, 10) == (500, 0, 0)
    assert backlogs.periodic_backlogs((50, 50, 150), 100, 10) == (0, 0, 500)
    assert backlogs.periodic_backlogs((150, 60), 100, 10) is None


def test_a_batch_of_two_seconds_adds_one() -> None:
    assert backlogs.tick_wait(2.0) == 1.0
    assert backlogs.tick_wait(0.0) == 0.0


def test_two_replicas_survive_one_broker() -> None:
    assert replicas.partitions_lost(12, 3, 2, 1) == 0
    assert replicas.partitions_lost(12, 3, 2, 2) == 4  # whose two are just these
    assert replicas.partitions_lost(12, 3, 2, 3) == 12
    assert replicas.partitions_lost(12, 4, 1, 1) == 3
    assert replicas.brokers_to_spare(3, 2) == 1
    with pytest.raises(ValueError, match="can't hold 4 replicas"):
        replicas.partitions_lost(12, 3, 4, 1)


@pytest.mark.parametrize("brokers", [1, 2, 3, 5])
@pytest.mark.parametrize("partitions", [1, 4, 7])
def test_partitions_lost_are_the_worst_neighbours(brokers: int, partitions: int) -> None:
    for copies in range(1, brokers + 1):
        held = [{(p + j) % brokers for j in range(copies)} for p in range(partitions)]
        for down in range(brokers + 1):
            worst = max(
                sum(one <= {(first + j) % brokers for j in range(down)} for one in held)
                for first in range(brokers)
            )
            assert replicas.partitions_lost(partitions, brokers, copies, down) == worst


def test_a_burst_beyond_what_is_served_waits_as_a_fluid() -> None:
    # 3 s of work a second for 2 s: what comes last waits 4 s, and half of that in the mean.
    assert bursts.burst_wait(2.0, 3.0, 0.0) == pytest.approx(2.0)
    assert bursts.burst_wait(2.0, 0.5, 0.0) == 0.0


def test_a_long_burst_that_is_served_waits_as_at_an_m_g_1() -> None:
    # Exponential services of 1 s, one every 2 s: rho/(mu - lambda) = 1 s.
    rate, service = 0.5, 1.0
    wait = bursts.burst_wait(1e6, rate * service, rate * 2 * service**2)
    assert wait == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize(("load", "close"), [(0.7, 0.2), (1.0, 0.12), (1.3, 0.1), (3.0, 0.02)])
def test_waits_in_a_burst_are_those_of_a_simulation(load: float, close: float) -> None:
    random, length, waits = np.random.default_rng(1), 100.0, []
    for _ in range(300):
        times = np.sort(random.uniform(0, length, random.poisson(load * length)))
        services = random.exponential(1.0, len(times))
        free = 0.0
        for time, service in zip(times.tolist(), services.tolist(), strict=True):
            waits.append(max(0.0, free - time))
            free = max(free, time) + service
    assert bursts.burst_wait(length, load, 2 * load) == pytest.approx(np.mean(waits), rel=close)
