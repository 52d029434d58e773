"""Records lost with brokers: known answers, and a simulation of brokers with their logs."""

import heapq
import itertools

import numpy as np
import pytest

from models.laws.streaming.record_loss import lost_with_leaders, lost_with_unclean_elections

MTTF, MTTR = 10.0, 3.0


def simulated(copies: int, least: int, lag: float, seed: int) -> tuple[float, float]:
    """Records lost in a second of one record/s: with leaders that fail, and by unclean elections.

    Only the leader is written; those that are up follow it at once, or a lag behind.
    """
    draw = np.random.default_rng(seed)
    up = dict.fromkeys(range(copies), True)
    length = dict.fromkeys(up, 0.0)  # of the log of each
    events = [(draw.exponential(MTTF), one) for one in up]
    heapq.heapify(events)
    leader, now, with_leaders, by_elections = 0, 0.0, 0.0, 0.0
    for _ in range(200_000):
        time, one = heapq.heappop(events)
        alive = [each for each in up if up[each]]
        if alive and len(alive) >= least:
            for each in alive:
                length[each] += time - now
        now = time
        if up[one]:
            up[one] = False
            others = [each for each in up if up[each]]
            if one == leader and others:
                leader = others[0]
                with_leaders += lag  # what no follower has yet
            heapq.heappush(events, (now + draw.exponential(MTTR), one))
            continue
        if any(up.values()):
            length[one] = length[leader]
        else:
            by_elections += max(length.values()) - length[one]
            leader = one
            length = {each: min(length[each], length[one]) for each in up}
        up[one] = True
        heapq.heappush(events, (now + draw.exponential(MTTF), one))
    return with_leaders / now, by_elections / now


def test_two_replicas_lose_what_the_last_wrote_alone() -> None:
    # The leader is alone for 1 / (f + b) on average before either event, f to fail and b for the
    # other to be back; one time in two it is itself the first back, and goes on alone.
    f, b = 1 / MTTF, 1 / MTTR
    alone = 2 * f * b / (f + b) ** 2
    until = 1 / (f + b) / (1 - f / (f + b) / 2)
    known = alone * f * until / 2
    assert lost_with_unclean_elections(1.0, 2, 1, MTTF, MTTR) == pytest.approx(known)


@pytest.mark.parametrize("copies", [1, 2, 3, 5, 10])
def test_nothing_is_lost_where_all_must_have_a_record(copies: int) -> None:
    assert lost_with_unclean_elections(1000.0, copies, copies, MTTF, MTTR) == pytest.approx(0)


def test_one_replica_loses_nothing_while_its_disk_survives() -> None:
    assert lost_with_unclean_elections(1.0, 1, 1, MTTF, MTTR) == 0
    assert lost_with_leaders(1.0, 0.01, 1, MTTF, MTTR) == 0


@pytest.mark.parametrize(("copies", "least"), [(2, 1), (3, 1), (3, 2), (4, 2), (4, 3)])
def test_unclean_elections_lose_what_a_simulation_loses(copies: int, least: int) -> None:
    law = lost_with_unclean_elections(1.0, copies, least, MTTF, MTTR)
    found = [simulated(copies, least, 0.0, seed)[1] for seed in range(4)]
    error = np.std(found, ddof=1) / len(found) ** 0.5
    assert abs(np.mean(found) - law) < 5 * error + 1e-12
    assert np.mean(found) == pytest.approx(law, rel=0.1)


@pytest.mark.parametrize("copies", [2, 3])
def test_leaders_lose_their_last_records(copies: int) -> None:
    # Of two, both are up for (10 / 13)^2 of the time, and the one that leads fails every 10 s.
    law = lost_with_leaders(1.0, 0.01, copies, MTTF, MTTR)
    if copies == 2:
        assert law == pytest.approx(0.01 / 10 * (10 / 13) ** 2)
    found = np.mean([simulated(copies, 1, 0.01, seed)[0] for seed in range(2)])
    assert found == pytest.approx(law, rel=0.02)


def test_more_replicas_and_more_in_sync_lose_less() -> None:
    day = 86_400.0
    losses = [lost_with_unclean_elections(1.0, n, 1, 30 * day, 1800.0) for n in range(2, 8)]
    assert all(less < more / 100 for more, less in itertools.pairwise(losses))
    losses = [lost_with_unclean_elections(1.0, 4, m, 30 * day, 1800.0) for m in range(1, 5)]
    assert all(less < more for more, less in itertools.pairwise(losses))


def test_bad_figures_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 2 replicas"):
        lost_with_unclean_elections(1.0, 2, 3, MTTF, MTTR)
    with pytest.raises(ValueError, match="mttf"):
        lost_with_leaders(1.0, 0.01, 2, 0.0, MTTR)
