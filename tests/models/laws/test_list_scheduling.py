"""Waves of tasks, bounds of their schedules, the longest of many."""

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.list_scheduling import (
    Slots,
    StageTasks,
    TaskSpread,
    graph_bounds,
    longest_of,
    stage_bounds,
    task_rate,
    waits_for_others,
    waves,
)
from models.laws.makespan import Bounds


@pytest.mark.parametrize(("tasks", "slots", "rounds"), [(0, 4, 0), (1, 4, 1), (9, 4, 3), (8, 4, 2)])
def test_equal_tasks_run_in_waves(tasks: int, slots: int, rounds: int) -> None:
    assert waves(tasks, slots) == rounds


def test_equal_tasks_on_equal_slots_are_within_their_bounds() -> None:
    # 10 tasks of 6 s on 4 slots: 15 s of work each, three waves, 13.5 + 6 s at the most.
    assert stage_bounds(10, [Slots(4, 6.0)]) == Bounds(15.0, 18.0)
    assert stage_bounds(10, [Slots(4, 6.0)], longest=2.0) == Bounds(15.0, 25.5)
    assert stage_bounds(10, [Slots(4, 6.0)], shortest=1.0) == Bounds(18.0, 18.0)
    # Where each task has a slot, the longest of them is the last.
    assert stage_bounds(4, [Slots(4, 6.0)], longest=1.5) == Bounds(6.0, 9.0)


def test_stages_that_share_slots_wait_for_those_before_and_for_what_runs() -> None:
    # Orders and users, which join; audit waits for orders alone.
    after = [(), (), (0, 1), (0,)]
    stages = [
        StageTasks(60, 8.0, 12.0),
        StageTasks(20, 4.0, 40.0),
        StageTasks(5, 20.0, 20.0),
        StageTasks(9, 4.0, 6.0),
    ]
    # On 4 slots they are 120, 20, 25 and 9 s of work.
    assert waits_for_others(stages, 4, after) == (20.0, 126.0, 6.0, 45.0)
    with pytest.raises(ValueError, match="stage 0 waits for one that is not before it"):
        waits_for_others(stages[:1], 4, [(0,)])


def test_slots_of_unequal_speed_share_the_work() -> None:
    assert task_rate([Slots(2, 4.0), Slots(1, 2.0)]) == pytest.approx(1.0)
    assert stage_bounds(1, [Slots(2, 4.0), Slots(1, 2.0)]) == Bounds(2.0, 4.0)


@given(
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(1, 4), st.floats(0.1, 50)), min_size=1, max_size=3),
)
def test_no_list_schedule_leaves_the_bounds(tasks: int, kinds: list[tuple[int, float]]) -> None:
    slots = [Slots(*one) for one in kinds]
    bounds = stage_bounds(tasks, slots)
    free = [(0.0, number, one.time) for one in slots for number in range(one.count)]
    heapq.heapify(free)
    ends = []
    for _ in range(tasks):
        start, number, time = heapq.heappop(free)
        ends.append(start + time)
        heapq.heappush(free, (start + time, number, time))
    assert bounds.low <= max(ends) * (1 + 1e-9)
    assert max(ends) <= bounds.high * (1 + 1e-9)


def test_stages_that_wait_for_each_other_add_up_and_others_share_the_slots() -> None:
    one, two, three = Bounds(3.0, 4.0), Bounds(5.0, 6.0), Bounds(2.0, 2.0)
    chain = graph_bounds([one, two, three], [2.0, 4.0, 1.0], [(), (0,), (1,)])
    assert chain == Bounds(10.0, 12.0)
    # Two branches: no sooner than the longer, nor than the work of both.
    assert graph_bounds([one, two], [3.0, 4.0], [(), ()]) == Bounds(7.0, 10.0)
    assert graph_bounds([], [], []) == Bounds(0.0, 0.0)
    with pytest.raises(ValueError, match="stage 0 waits for one that is not before it"):
        graph_bounds([one], [1.0], [(0,)])


@pytest.mark.parametrize(("variation", "share", "slowdown"), [(0.5, 0.0, 1.0), (0.3, 0.05, 4.0)])
@pytest.mark.parametrize("tasks", [1, 10, 500])
def test_the_longest_of_many_is_that_of_a_simulation(
    variation: float, share: float, slowdown: float, tasks: int
) -> None:
    random = np.random.default_rng(1)
    sigma = math.sqrt(math.log1p(variation**2))
    drawn = random.lognormal(-(sigma**2) / 2, sigma, (4000, tasks))
    drawn *= np.where(random.random((4000, tasks)) < share, slowdown, 1.0)
    spread = TaskSpread(variation, share, slowdown)
    seen = drawn.max(axis=1).mean() / spread.mean
    assert longest_of(tasks, spread) == pytest.approx(seen, rel=0.02)


def test_of_stragglers_alone_the_longest_is_one_of_them_as_often_as_there_is_one() -> None:
    spread = TaskSpread(0.0, 0.1, 5.0)
    none = 0.9**8
    assert longest_of(8, spread) * spread.mean == pytest.approx(none + 5 * (1 - none))
    assert longest_of(8, TaskSpread()) == 1


@pytest.mark.parametrize("wrong", [{"slowdown": 0.5}, {"slow_share": 1.5}, {"variation": -1.0}])
def test_a_spread_without_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TaskSpread(**wrong)


def test_no_slots_are_refused() -> None:
    with pytest.raises(ValueError, match="there are no slots"):
        stage_bounds(3, [Slots(0, 1.0)])


def test_the_variation_of_a_task_is_that_of_its_draws() -> None:
    random = np.random.default_rng(2)
    sigma = math.sqrt(math.log1p(0.3**2))
    drawn = random.lognormal(-(sigma**2) / 2, sigma, 400_000)
    drawn *= np.where(random.random(len(drawn)) < 0.1, 3.0, 1.0)
    spread = TaskSpread(0.3, 0.1, 3.0)
    assert drawn.mean() == pytest.approx(spread.mean, rel=0.01)
    assert drawn.var() / drawn.mean() ** 2 == pytest.approx(spread.squared_variation, rel=0.02)
