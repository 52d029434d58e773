"""What is simulated lies within the bounds of the laws, whatever the graph of stages."""

import numpy as np
import pytest

from models.laws.list_scheduling import (
    Slots,
    StageTasks,
    TaskSpread,
    graph_bounds,
    longest_of,
    stage_bounds,
    task_rate,
    waits_for_others,
)
from models.laws.makespan import Bounds
from sim.batch.batch_contract import Cluster, Copying, Stage, Workers, batch_on
from sim.batch.batch_draws import draw_tasks

CLUSTER = Cluster((Workers("core", 3, 2), Workers("task", 2, 3)))


def drawn_graph(random: np.random.Generator) -> tuple[Stage, ...]:
    stages = []
    for position in range(int(random.integers(1, 6))):
        after = tuple(k for k in range(position) if random.random() < 0.5)
        times = tuple(float(random.uniform(1, 10)) for _ in CLUSTER.groups)
        stages.append(Stage(int(random.integers(1, 60)), after, times, times))
    return tuple(stages)


def bounds_of(stages: tuple[Stage, ...], spread: TaskSpread) -> tuple[Bounds, list[Bounds]]:
    """Of the run, and of each stage from ready to complete."""
    each = [
        [
            Slots(group.count * group.slots, spread.mean * time)
            for group, time in zip(CLUSTER.groups, one.local, strict=True)
        ]
        for one in stages
    ]
    longest = [longest_of(one.tasks, spread) for one in stages]
    shortest = 0.0 if spread.variation else 1 / spread.mean
    alone = [
        stage_bounds(one.tasks, slots, most, shortest)
        for one, slots, most in zip(stages, each, longest, strict=True)
    ]
    work = [one.tasks / task_rate(slots) for one, slots in zip(stages, each, strict=True)]
    after = [one.after for one in stages]
    slowest = [max(one.time for one in slots) for slots in each]
    tasks = [
        StageTasks(one.tasks, time, time * most)
        for one, time, most in zip(stages, slowest, longest, strict=True)
    ]
    shared = [
        Bounds(
            one.low,
            one.high if not others else others + (most.count - 1) * most.mean / 12 + most.longest,
        )
        for one, others, most in zip(alone, waits_for_others(tasks, 12, after), tasks, strict=True)
    ]
    return graph_bounds(alone, work, after), shared


@pytest.mark.parametrize("seed", range(60))
def test_a_run_of_equal_tasks_is_within_them(seed: int) -> None:
    random = np.random.default_rng(seed)
    stages, spread = drawn_graph(random), TaskSpread()
    law, each = bounds_of(stages, spread)
    draws = draw_tasks(stages, spread, 1, 3, random)
    outcome = batch_on("compiled", stages, CLUSTER, Copying())(draws, bytes(32))
    assert law.low <= outcome.end * (1 + 1e-9)
    assert outcome.end <= law.high * (1 + 1e-9)
    for one, took in zip(each, outcome.ended - outcome.ready, strict=True):
        assert one.low <= took * (1 + 1e-9)
        assert took <= one.high * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("copying", [Copying(), Copying(0.75, 1.5)], ids=["alone", "copied"])
def test_the_mean_of_runs_whose_tasks_differ_is_within_them(seed: int, copying: Copying) -> None:
    random = np.random.default_rng(seed)
    stages, spread = drawn_graph(random), TaskSpread(0.4, 0.05, 4.0)
    law, each = bounds_of(stages, spread)
    simulate = batch_on("compiled", stages, CLUSTER, copying)
    runs = [simulate(draw_tasks(stages, spread, 1, 3, random), bytes(32)) for _ in range(400)]
    seen = np.array([[one.end, *(one.ended - one.ready)] for one in runs])
    error = 4 * np.std(seen, axis=0) / 20
    assert np.all([one.low for one in (law, *each)] <= np.mean(seen, axis=0) + error)
    assert np.all(np.mean(seen, axis=0) <= [one.high for one in (law, *each)] + error)


def test_without_components_that_fail_a_year_is_like_any_other() -> None:
    stage = (Stage(40, (), (5.0, 5.0), (5.0, 5.0)),)
    draws = draw_tasks(stage, TaskSpread(), 1, 3, np.random.default_rng(1))
    [quiet, again] = [
        batch_on("compiled", stage, CLUSTER, Copying())(draws, bytes([seed]) * 32)
        for seed in (1, 2)
    ]
    assert quiet.end == again.end == 20.0  # 40 tasks on 12 slots: four waves of 5 s
    assert (quiet.lost, quiet.restarts, quiet.recomputed) == (0, 0, 0)
