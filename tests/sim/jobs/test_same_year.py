"""Nodes fail for jobs at the times at which they fail for whatever else lives through the year."""

import math

import numpy as np
import pytest

from models.description.quantities import YEAR
from models.parts.failure import Cause, Component
from models.parts.workloads.job_resources import Resources
from sim.cluster.cluster_contract import Run, YearResult
from sim.cluster.cluster_contract import simulator as year_simulator
from sim.jobs.jobs_contract import JobsOutcome, NodePool, simulator
from tests.sim.jobs.job_sets import jobs, rule

HOUR = 3600.0
SEEDS = (1, 2, 3)


def outcomes(
    components: tuple[Component, ...], nodes: int, seed: int, engine: str, start: float = 0.0
) -> tuple[JobsOutcome, YearResult]:
    """A year of jobs of two hours that fill a node each, enough of them to leave none idle."""
    needs = frozenset(one.name for one in components) - {"nodes"}
    pool = NodePool(Resources(slots=1.0), nodes, components=components, needs=needs)
    count, draws = 5000 * nodes, bytes([seed]) * 32
    work = jobs([2 * HOUR] * count, submitted=[start] * count)
    seen = simulator(engine)(work, pool, rule(), draws, (start, start + YEAR), 3 * count)
    endless = Run(math.inf, math.inf, 0.0, 0.0, 0.0, 0.0, needs | {"nodes"})
    return seen, year_simulator(engine)(endless, components, draws, start=start)


def worked(outcome: JobsOutcome, start: float) -> float:
    attempts = outcome.attempts
    assert attempts.left_out == 0
    inside = np.minimum(attempts.end, start + YEAR) - np.minimum(attempts.start, start + YEAR)
    return float(inside.sum())


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
@pytest.mark.parametrize("seed", SEEDS)
def test_nodes_work_for_jobs_as_long_as_they_are_up_in_the_year(seed: int, engine: str) -> None:
    causes = (
        Cause("failure", 300 * HOUR, 10 * HOUR),
        Cause("reclaim", 500 * HOUR, 1 * HOUR, notice=120.0),
    )
    nodes = Component("nodes", 3, 3, causes, True, "test")
    outcome, _ = outcomes((nodes,), 3, seed, engine)
    # A run of a year that needs none of them sees how long they are up, all together.
    run = Run(YEAR, math.inf, 0.0, 0.0, 0.0, 0.0, frozenset())
    [up] = year_simulator(engine)(run, (nodes,), bytes([seed]) * 32).unit_time
    assert worked(outcome, 0.0) == pytest.approx(up, rel=1e-9)
    assert 0.9 * 3 * YEAR < up < 3 * YEAR


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
@pytest.mark.parametrize("start", [0.0, 1000 * HOUR])
def test_one_node_works_for_jobs_while_all_that_it_needs_is_up(start: float, engine: str) -> None:
    components = (
        Component("nodes", 1, 1, (Cause("failure", 300 * HOUR, 10 * HOUR),), True, "test"),
        Component("store", 1, 2, (Cause("outage", 100 * HOUR, 20 * HOUR),), False, "test"),
        Component("zone", 1, 1, (Cause("outage", 900 * HOUR, 5 * HOUR),), False, "test"),
    )
    outcome, year = outcomes(components, 1, SEEDS[0], engine, start)
    assert 0.8 < year.needs_availability < 0.97
    assert worked(outcome, start) == pytest.approx(year.needs_availability * YEAR, rel=1e-9)
