"""What is drawn of the tasks of a replication: how long each takes, and where its data are."""

import math

import numpy as np

from models.laws.list_scheduling import TaskSpread
from sim.batch.batch_contract import NOWHERE, Floats, Integers, Stage, TaskDraws


def draw_tasks(
    stages: tuple[Stage, ...],
    spread: TaskSpread,
    replication: int,
    nodes: int,
    random: np.random.Generator,
) -> TaskDraws:
    """Factors of the times of all tasks, and the nodes with the replicas of their blocks.

    Arguments:
        stages: of the run.
        spread: of the times of equal tasks.
        replication: replicas of each block, on different nodes.
        nodes: that hold them, the first of all.
        random: of the replication.

    Source of the places: Shvachko et al. (2010), The Hadoop distributed file system, section III:
        replicas are on different nodes at random; racks are left out.
    """
    tasks = sum(one.tasks for one in stages)
    first, again = factors_of(tasks, spread, random)
    placed = any(one.placed for one in stages)
    places = np.full((tasks, replication if placed else 1), NOWHERE, np.int64)
    begin = 0
    for position, one in enumerate(stages):
        if one.placed:
            # Iterations read the same blocks.
            source = one.first if one.first != NOWHERE else position
            if source == position:
                drawn = _places(one.tasks, replication, nodes, random)
            else:
                at = sum(other.tasks for other in stages[:source])
                drawn = places[at : at + one.tasks]
            places[begin : begin + one.tasks] = drawn
        begin += one.tasks
    return TaskDraws(first, again, places)


def factors_of(
    tasks: int, spread: TaskSpread, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Factors of the times of tasks at their first attempts and at all others.

    Arguments:
        tasks: of all stages.
        spread: of the times of equal tasks.
        random: of the replication, before anything else is drawn of it.
    """
    first, again = (_factors(tasks, spread, random) for _ in range(2))
    return first, again


def _factors(tasks: int, spread: TaskSpread, random: np.random.Generator) -> Floats:
    factors = np.ones(tasks)
    if spread.variation:
        sigma = math.sqrt(math.log1p(spread.variation**2))
        factors = random.lognormal(-(sigma**2) / 2, sigma, tasks)
    if spread.slow_share:
        factors = np.where(random.random(tasks) < spread.slow_share, spread.slowdown, 1) * factors
    return factors


def _places(tasks: int, replication: int, nodes: int, random: np.random.Generator) -> Integers:
    """Different nodes for the replicas of each block: Floyd's sample, for all blocks at once.

    Source: Bentley and Floyd (1987), Programming pearls: a sample of brilliance.
    """
    chosen = np.empty((tasks, replication), np.int64)
    for k in range(replication):
        most = nodes - replication + k
        drawn = random.integers(0, most + 1, tasks)
        taken = (chosen[:, :k] == drawn[:, np.newaxis]).any(axis=1)
        chosen[:, k] = np.where(taken, most, drawn)
    return chosen
