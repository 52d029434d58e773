"""What both engines of MapReduce and Spark take and give."""

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from sim.cluster.cluster_contract import NoProgress

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_FAILURES = 300_000  # in one replication
NOWHERE = -1
_STOPPED = 100  # attempts of a task, in the mean, beyond which a run makes no progress
_FEW_TASKS = 1000

ENGINES = {  # loaded when asked for: compiled code is heavy
    "compiled": "sim.batch.kernel.compiled_batch",
    "simpy": "sim.batch.reference.simpy_batch",
}


@dataclass(frozen=True)
class Stage:
    """Equal tasks that may run side by side.

    Arguments:
        tasks: how many.
        after: positions of the stages that must be complete before, all before it.
        local: time of a task on a node of each group that has its data, s.
        remote: where other nodes or a store have them, s.
        placed: its tasks have places, of the blocks of HDFS.
        first: position of the stage of its first iteration, whose input stays in the memory of the
            node that has read it; its own in that, NOWHERE without. Each waits for the last before.
        keeps: what it has written is on the node of each task, and is lost with it.
    """

    tasks: int
    after: tuple[int, ...]
    local: tuple[float, ...]
    remote: tuple[float, ...]
    placed: bool = False
    first: int = NOWHERE
    keeps: bool = False


@dataclass(frozen=True)
class Workers:
    """Nodes of one group.

    Arguments:
        name: of the component that they are; without one of that name they never fail.
        count: nodes that run tasks.
        slots: tasks that each runs at once.
        spares: further nodes that take over from failed ones.
        disks: names of the components that are disks of these nodes, one of each; a node without
            its disk is away as a whole.
    """

    name: str
    count: int
    slots: int
    spares: int = 0
    disks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cluster:
    """The nodes, and what else must be up.

    Arguments:
        groups: nodes that run tasks.
        components: of the stack that fail; those of the same seed fail at the same times whatever
            the tasks do.
        needs: names of the components without which no task runs.
        critical: of these, the one with whose loss the run begins anew; empty for none.
    """

    groups: tuple[Workers, ...]
    components: tuple[Component, ...] = ()
    needs: frozenset[str] = frozenset()
    critical: str = ""


@dataclass(frozen=True)
class Copying:
    """When tasks that take long are copied.

    Arguments:
        quantile: share of a stage that must be complete before, 0 to 1; more than 1 for never.
        multiplier: times the median of those that are complete then.
    """

    quantile: float = 2.0
    multiplier: float = 1.0


@dataclass(frozen=True, eq=False)
class TaskDraws:
    """What is drawn of the tasks of one replication.

    Arguments:
        first: factor of the time of each task, at its first attempt.
        again: at all others.
        places: nodes with its data, by task; NOWHERE where there are fewer. Shape (tasks, places).
    """

    first: Floats
    again: Floats
    places: Integers


@dataclass(frozen=True, eq=False)
class TaskAttempts:
    """Tasks that ran, by their start: the first that were recorded.

    Arguments:
        stage: position.
        task: of all tasks.
        node: of all nodes.
        start: s.
        end: s.
        complete: whether its result counts.
        left_out: attempts that found no room in the record.
    """

    stage: Integers
    task: Integers
    node: Integers
    start: Floats
    end: Floats
    complete: NDArray[np.bool_]
    left_out: int


@dataclass(frozen=True, eq=False)
class BatchOutcome:
    """What one replication saw.

    Arguments:
        end: of the last stage, s.
        ready: when each stage first could begin, s.
        ended: when it was last complete, s.
        ran: attempts of each stage that came to their end and count.
        local: of these, those that found their data on their node.
        copies: attempts of tasks that ran elsewhere at that time.
        lost: attempts that failures stopped.
        recomputed: tasks that were complete and had to run again.
        restarts: of the whole run.
        busy: slots in use, summed over time, s.
        up: working time of the nodes of each group, s.
        attempts: as many as were asked for.
    """

    end: float
    ready: Floats
    ended: Floats
    ran: Integers
    local: Integers
    copies: int
    lost: int
    recomputed: int
    restarts: int
    busy: float
    up: Floats
    attempts: TaskAttempts


def attempts_of(
    stage: Integers,
    task: Integers,
    node: Integers,
    start: Floats,
    end: Floats,
    complete: Integers,
    left_out: int,
) -> TaskAttempts:
    """Attempts by start, task and node, from the order in which they ended.

    Arguments:
        stage: position.
        task: of all tasks.
        node: of all nodes.
        start: s.
        end: s.
        complete: 1 where its result counts.
        left_out: attempts that were not recorded.
    """
    order = np.lexsort((end, node, task, start))
    return TaskAttempts(
        stage[order].copy(),
        task[order].copy(),
        node[order].copy(),
        start[order].copy(),
        end[order].copy(),
        complete[order].astype(bool),
        left_out,
    )


def stopped_too_often(tasks: int) -> NoProgress:
    """What is raised where tasks only ever begin anew.

    Arguments:
        tasks: how many there are.
    """
    return NoProgress(
        f"failures stop tasks {most_stopped(tasks):,} times without the run coming to its end; it"
        " needs fewer failures, or shorter tasks and stages"
    )


def most_stopped(tasks: int) -> int:
    """Attempts that failures stop beyond which a run makes no progress.

    Arguments:
        tasks: how many there are.
    """
    return _STOPPED * max(tasks, _FEW_TASKS)


def check_batch(stages: tuple[Stage, ...], cluster: Cluster, copying: Copying) -> None:
    """Refuse what can't be simulated.

    Arguments:
        stages: in an order in which each stands after those that it waits for.
        cluster: the nodes.
        copying: of tasks that take long.

    Raises:
        ValueError: stages, nodes or components without a sense.
    """
    if not stages:
        raise ValueError("there are no stages")
    readers: dict[int, int] = {}
    earlier: list[int] = []  # a bit for each stage that one waits for, directly or through others
    for position, one in enumerate(stages):
        if one.tasks < 1 or any(not 0 <= before < position for before in one.after):
            raise ValueError(
                f"stage {position} has no task, or waits for one that is not before it"
            )
        times = (*one.local, *one.remote)
        if len(times) != 2 * len(cluster.groups) or not all(0 <= t < math.inf for t in times):
            raise ValueError(f"stage {position} needs a finite time for each group, 0 s or more")
        before = 0
        for other in one.after:
            before |= earlier[other] | 1 << other
        earlier.append(before)
        last = readers.get(one.first, NOWHERE)  # of what it may find in memory
        if one.first not in (NOWHERE, position) and (
            last == NOWHERE or not before >> last & 1 or stages[last].tasks != one.tasks
        ):
            text = f"stage {position} finds in memory what a stage has read that is not before it"
            raise ValueError(text)
        readers[one.first] = position
    if not any(one.count * one.slots for one in cluster.groups):
        raise ValueError("there are no slots")
    if any(one.count < 1 or one.slots < 0 or one.spares < 0 for one in cluster.groups):
        raise ValueError("a group has one node or more, and slots and spares, 0 or more")
    if not (copying.quantile > 0 and copying.multiplier > 0):
        raise ValueError("quantile and multiplier must be more than 0")
    _check_components(cluster)


def _check_components(cluster: Cluster) -> None:
    names = [one.name for one in cluster.components]
    if len(set(names)) < len(names):
        raise ValueError(f"two components have one name: {', '.join(names)}")
    units = {one.name: one.count + one.spares for one in cluster.groups}
    for one in cluster.components:
        if not 0 <= one.required <= one.units:
            raise ValueError(f"{one.name} requires {one.required} of {one.units} units")
        if units.get(one.name, one.units) != one.units:
            raise ValueError(f"{one.name} has {one.units} units and {units[one.name]} nodes")
        if any(one.name in of.disks and one.units > units[of.name] for of in cluster.groups):
            raise ValueError(f"{one.name} has {one.units} units, more than there are nodes")
        for cause in one.causes:
            if not (cause.mttf > 0 and 0 <= cause.mttr < math.inf):
                raise ValueError(
                    f"{one.name}: mttf is {cause.mttf} s and mttr {cause.mttr} s; they must be more"
                    " than 0, and 0 or more and finite"
                )


Simulate = Callable[..., BatchOutcome]


def batch_on(
    engine: str, stages: tuple[Stage, ...], cluster: Cluster, copying: Copying
) -> Simulate:
    """What simulates replications of the same stages on the same nodes, an engine's `BatchOn`.

    Arguments:
        engine: compiled or simpy.
        stages: of the run.
        cluster: the nodes.
        copying: of tasks that take long.

    Raises:
        ValueError: a name that is no engine, or what can't be simulated.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine is {engine!r}; it must be one of {', '.join(ENGINES)}")
    check_batch(stages, cluster, copying)
    module: Any = importlib.import_module(ENGINES[engine])
    found: Simulate = module.BatchOn(stages, cluster, copying)
    return found
