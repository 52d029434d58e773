"""The compiled engine and the SimPy reference go the same way, event by event."""

import dataclasses

import numpy as np
import pytest

from models.laws.list_scheduling import TaskSpread
from models.parts.failure import Cause, Component
from models.parts.node_racks import NAME, GroupInRacks, NodeRacks
from sim.batch.batch_contract import (
    NOWHERE,
    BatchOutcome,
    Cluster,
    Copying,
    Stage,
    Workers,
    batch_on,
)
from sim.batch.batch_draws import draw_tasks

Random = np.random.Generator


def drawn_stages(random: Random, groups: int) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    for position in range(int(random.integers(1, 7))):
        after = tuple(k for k in range(position) if random.random() < 0.4)
        # Rounded times, so that much happens at the same instant.
        local = tuple(float(np.round(random.exponential(4), 1)) for _ in range(groups))
        remote = tuple(time + float(random.choice([0, 1, 3])) for time in local)
        placed, first, tasks = random.random() < 0.5, NOWHERE, int(random.integers(1, 25))
        if stages and random.random() < 0.4:
            first = int(random.integers(0, position))
            if stages[first].first == NOWHERE:
                stages[first] = dataclasses.replace(stages[first], first=first)
            first = stages[first].first
            tasks, placed = stages[first].tasks, stages[first].placed
            last = max(k for k, one in enumerate(stages) if one.first == first)
            after = tuple(sorted({*after, last}))
        keeps = bool(random.random() < 0.6)
        stages.append(Stage(tasks, after, local, remote, placed, first, keeps))
    return tuple(stages)


def drawn_cluster(random: Random, fails: bool) -> Cluster:
    groups, components = [], []
    for name in ("core", "task")[: int(random.integers(1, 3))]:
        count, spares = int(random.integers(3, 6)), int(random.integers(0, 3))
        disks = (f"{name} disks", f"{name} volumes") if random.random() < 0.5 else ()
        groups.append(Workers(name, count, int(random.integers(1, 4)), spares, disks))
        causes = (
            Cause("failure", float(random.choice([150, 600])), 5.0),
            Cause("reclaim", float(random.choice([200, 1e9])), 3.0),
        )
        required = int(random.integers(1, count + 1))
        components.append(Component(name, required, count + spares, causes, True, "test"))
        for disk, units in zip(disks, (count, count + spares), strict=False):
            lost = (Cause("loss", float(random.choice([300, 900])), 4.0),)
            components.append(Component(disk, 1, units, lost, False, "test"))
    extra = [
        Component("store", 1, 2, (Cause("outage", 80.0, 5.0),), False, "test"),
        Component("master", 1, 1, (Cause("outage", 250.0, 5.0),), False, "test"),
    ]
    if random.random() < 0.5:
        units = components[0].units
        first = int(random.integers(1, units))
        placed = (GroupInRacks(components[0], (first, units - first)),)
        switch = (Cause("switch", float(random.choice([100, 300])), 4.0),)
        extra.append(NodeRacks(NAME, 1, 2, switch, True, "test", False, placed))
    needs = frozenset({"store", "master"}) if random.random() < 0.5 else frozenset({"core"})
    critical = "master" if random.random() < 0.5 else ""
    all_of_them = (*components, *extra) if fails else ()
    return Cluster(tuple(groups), all_of_them, needs, critical)


def assert_same(one: BatchOutcome, other: BatchOutcome) -> None:
    for field in dataclasses.fields(one):
        mine, its = getattr(one, field.name), getattr(other, field.name)
        if field.name == "attempts":
            assert mine.left_out == its.left_out == 0
            for column in ("stage", "task", "node", "start", "end", "complete"):
                np.testing.assert_array_equal(getattr(mine, column), getattr(its, column), column)
        else:
            np.testing.assert_array_equal(mine, its, field.name)


def outcomes(seed: int, fails: bool) -> tuple[Cluster, tuple[Stage, ...], list[BatchOutcome]]:
    random = np.random.default_rng([seed, fails])
    cluster = drawn_cluster(random, fails)
    stages = drawn_stages(random, len(cluster.groups))
    copying = Copying(float(random.choice([0.3, 0.75, 2.0])), float(random.choice([1.0, 1.5])))
    spread = TaskSpread(float(random.choice([0, 0.5])), float(random.choice([0, 0.2])), 4.0)
    draws = draw_tasks(stages, spread, 2, cluster.groups[0].count, random)
    start, startup = float(random.choice([0, 30])), float(random.choice([0, 2]))
    year = np.random.default_rng(seed).bytes(32)
    found = [
        batch_on(engine, stages, cluster, copying)(draws, year, start, startup, 20_000)
        for engine in ("compiled", "simpy")
    ]
    return cluster, stages, found


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_both_engines_give_the_same_sample_path(seed: int, fails: bool) -> None:
    _, _, found = outcomes(seed, fails)
    assert_same(*found)


@pytest.mark.parametrize("seed", range(15))
def test_containers_never_exceed_the_slots_of_a_node(seed: int) -> None:
    cluster, stages, (found, _) = outcomes(seed, fails=True)
    slots = [one.slots for one in cluster.groups for _ in range(one.count + one.spares)]
    seen = found.attempts
    for node, most in enumerate(slots):
        mine = seen.node == node
        times = np.concatenate([seen.start[mine], seen.end[mine]])
        change = np.concatenate([np.ones(mine.sum()), -np.ones(mine.sum())])
        # What ends at an instant makes room for what begins then.
        order = np.lexsort((change, times))
        assert change[order].cumsum().max(initial=0) <= most
    assert found.ran.tolist() >= [one.tasks for one in stages]
    for position, stage in enumerate(stages):
        for before in stage.after:
            assert found.ready[position] >= found.ended[before] or found.recomputed


def test_an_engine_that_is_none_is_refused() -> None:
    stage = Stage(1, (), (1.0,), (1.0,))
    with pytest.raises(ValueError, match="must be one of compiled, simpy"):
        batch_on("ns3", (stage,), Cluster((Workers("core", 1, 1),)), Copying())
