"""Makespans by closed forms and bounds."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.makespan import (
    equal_jobs,
    graham_bounds,
    least_makespan,
    offered_load,
    shared_jobs,
)


@pytest.mark.parametrize(("at_once", "rounds"), [(1, 18), (4, 5), (5, 4), (18, 1), (100, 1)])
def test_18_equal_jobs_take_rounds(at_once: int, rounds: int) -> None:
    assert equal_jobs(18, at_once, 10.0) == rounds * 10.0


def test_jobs_that_share_take_n_t_over_k() -> None:
    assert shared_jobs(18, 4, 10.0) == pytest.approx(18 * 10 / 4)
    assert shared_jobs(3, 4, 10.0) == 10.0


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=30), st.integers(1, 10))
def test_the_bounds_are_in_order_and_tight_for_one_processor(
    times: list[float], processors: int
) -> None:
    bounds = graham_bounds(times, processors)
    assert bounds.low <= bounds.high * (1 + 1e-12)
    assert bounds.high <= (2 - 1 / processors) * bounds.low * (1 + 1e-12)  # Graham (1966)
    alone = graham_bounds(times, 1)
    assert alone.low == pytest.approx(alone.high)


def test_the_example_that_reaches_graham_s_bound() -> None:
    # k(k - 1) jobs of 1 and then one of k, on k processors, in this order: 2k - 1 against k.
    k = 4
    times = [1.0] * (k * (k - 1)) + [float(k)]
    ends = [0.0] * k
    for time in times:
        ends[ends.index(min(ends))] += time
    assert max(ends) == 2 * k - 1 == graham_bounds(times, k).high


def test_no_schedule_of_gangs_beats_the_longest_or_the_work() -> None:
    assert least_makespan([3.0, 1.0], [[1, 0], [1, 0]], [2, 0]) == 3.0
    assert least_makespan([3.0, 3.0, 3.0], [[2.0]] * 3, [2]) == 9.0
    # Every order of three jobs on four slots, by hand: 2 of 3 slots each never run side by side.
    times, needs = [2.0, 3.0, 4.0], [3, 3, 1]
    best = min(
        _list_schedule([times[i] for i in order], [needs[i] for i in order], 4)
        for order in itertools.permutations(range(3))
    )
    assert least_makespan(times, [[one] for one in needs], [4]) <= best == 5.0


def test_what_comes_late_can_not_be_done_before() -> None:
    # One slot: a job of 1 s at 0, one of 2 s at 10 s, one of 3 s at 11 s, which ends at 15 s.
    assert least_makespan([1.0, 2.0, 3.0], [[1]] * 3, [1], [0.0, 10.0, 11.0]) == 15.0
    assert least_makespan([1.0, 2.0, 9.0], [[1]] * 3, [2], [0.0, 10.0, 11.0]) == 20.0


def _list_schedule(times: list[float], needs: list[int], slots: int) -> float:
    """Start each in order as soon as it fits; first come, first served."""
    running: list[tuple[float, int]] = []
    now = 0.0
    for time, need in zip(times, needs, strict=True):
        while sum(n for end, n in running if end > now) + need > slots:
            now = min(end for end, _ in running if end > now)
        running.append((now + time, need))
    return max(end for end, _ in running)


def test_offered_load_of_jobs_of_1_and_7_of_10_slots() -> None:
    assert offered_load([1.0, 0.3], [2.0, 2.0], [1, 7], 10) == pytest.approx(0.62)


@pytest.mark.parametrize(
    ("law", "arguments", "message"),
    [
        (equal_jobs, (0, 1, 1.0), "jobs is 0"),
        (equal_jobs, (3, 0, 1.0), "at_once is 0"),
        (equal_jobs, (3, 1, -1.0), "run_time is -1.0"),
        (shared_jobs, (3, 0, 1.0), "processors is 0"),
        (graham_bounds, ([1.0], 0), "processors is 0"),
        (least_makespan, ([1.0], [[1.0]], [0.0]), "capacity is 0"),
        (offered_load, ([1.0], [1.0], [1.0], 0.0), "capacity is 0"),
    ],
)
def test_arguments_without_a_sense_are_refused(law, arguments, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        law(*arguments)
