"""The compiled engine and the SimPy reference go the same way, event by event."""

import dataclasses
import math

import numpy as np
import pytest

from models.parts.failure import Cause, Component
from models.parts.node_racks import NAME, GroupInRacks, NodeRacks
from models.parts.workloads.job_discipline import DISCIPLINES, DisciplineName
from models.parts.workloads.job_resources import JobShape, Resources
from sim.jobs.jobs_contract import JobSet, JobsOutcome, NodePool, Scheduling, simulator

Random = np.random.Generator
TIMES = ("started", "ended", "waited", "interruptions", "lost")


def drawn_jobs(random: Random) -> JobSet:
    count, kinds = int(random.integers(1, 120)), int(random.integers(1, 6))
    shapes = tuple(
        JobShape(
            Resources(
                slots=float(random.integers(0, 2)),
                vcpus=float(random.integers(1, 9)),
                memory=float(random.integers(0, 5)) * 1e9,
                accelerators=float(random.integers(0, 3)),
            ),
            int(random.integers(1, 5)),
        )
        for _ in range(kinds)
    )
    # Rounded times, so that much happens at the same instant.
    gaps = random.exponential(1, count).cumsum() * random.choice([0, 0.3, 1, 3])
    run_time = np.round(random.exponential(10, count), int(random.integers(0, 4)))
    estimate = run_time * random.choice([1, 1.5, 3]) + random.choice([0.0, 2.0])
    return JobSet(
        ("a", "b"),
        shapes,
        np.sort(np.round(gaps, int(random.integers(0, 3)))),
        run_time,
        estimate,
        random.integers(0, kinds, count),
        random.integers(0, 2, count),
        random.integers(0, 3, count),
    )


def drawn_pool(random: Random, fails: bool) -> NodePool:
    count, spares = int(random.integers(3, 7)), int(random.integers(0, 3))
    causes = (
        Cause("failure", float(random.choice([60, 300])), 5.0),
        Cause("reclaim", float(random.choice([90, 1e9])), 3.0, notice=2.0),
    )
    nodes = Component("nodes", count, count + spares, causes, True, "test")
    components: tuple[Component, ...] = (
        nodes,
        Component("store", 1, 2, (Cause("outage", 40.0, 5.0),), False, "test"),
    )
    if random.random() < 0.5:
        first = int(random.integers(1, count + spares))
        placed = (GroupInRacks(nodes, (first, count + spares - first)),)
        switch = (Cause("switch", float(random.choice([50, 200])), 4.0),)
        components += (NodeRacks(NAME, 1, 2, switch, True, "test", False, placed),)
    needs = frozenset({"store"}) if random.random() < 0.5 else frozenset[str]()
    node = Resources(slots=4, vcpus=16, memory=16e9, accelerators=4)
    return NodePool(node, count, spares, components if fails else (), "nodes", needs)


def assert_same(one: JobsOutcome, other: JobsOutcome) -> None:
    for name in TIMES:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    assert one.integrals == other.integrals
    assert one.attempts.left_out == other.attempts.left_out == 0
    for field in dataclasses.fields(one.attempts):
        mine, its = getattr(one.attempts, field.name), getattr(other.attempts, field.name)
        np.testing.assert_array_equal(mine, its, field.name)


RULES = [(name, False) for name in DISCIPLINES]
RULES += [("fcfs", True), ("shortest-job-first", True), ("priority", True)]


@pytest.mark.parametrize(("name", "share"), RULES)
@pytest.mark.parametrize("fails", [False, True])
def test_both_engines_give_the_same_sample_path(
    name: DisciplineName, share: bool, fails: bool
) -> None:
    for seed in range(12):
        random = np.random.default_rng([seed, fails, share])
        described = drawn_jobs(random), drawn_pool(random, fails)
        scheduling = Scheduling(
            DISCIPLINES[name],
            share,
            startup=float(random.choice([0, 0.5])),
            checkpoint_interval=float(random.choice([math.inf, 3])),
            checkpoint_write=float(random.choice([0, 0.1])),
        )
        counted = (float(random.choice([0, 5])), float(random.choice([math.inf, 30])))
        outcomes = [
            simulator(engine)(
                *described,
                scheduling,
                np.random.default_rng(seed).bytes(32),
                counted,
                record=20_000,
            )
            for engine in ("compiled", "simpy")
        ]
        assert_same(*outcomes)


def test_the_same_seed_gives_the_same_outcome_and_leaves_the_jobs_as_they_were() -> None:
    random = np.random.default_rng(5)
    described = drawn_jobs(random), drawn_pool(random, fails=True)
    before = described[0].run_time.copy()
    scheduling = Scheduling(DISCIPLINES["backfill"])
    one, other = (
        simulator("compiled")(
            *described, scheduling, np.random.default_rng(1).bytes(32), record=20_000
        )
        for _ in range(2)
    )
    assert_same(one, other)
    np.testing.assert_array_equal(described[0].run_time, before)


def test_an_engine_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="must be one of compiled, simpy"):
        simulator("ns3")
