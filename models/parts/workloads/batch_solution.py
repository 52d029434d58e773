"""What the laws say of MapReduce and Spark: waves of tasks, bounds of their schedule, memory."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.description.quantities import format_scaled
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
from models.laws.makespan import Bounds, equal_jobs
from models.laws.mapreduce import bytes_read, executor_memory
from models.parts.site import Site
from models.parts.workloads.batch import BatchJob
from models.parts.workloads.batch_runs import MeasuredRuns
from models.parts.workloads.batch_steps import BatchStep, steps_of
from models.parts.workloads.batch_times import (
    StepMoves,
    TaskTime,
    WorkerGroup,
    containers,
    moves_of,
    task_times,
)
from models.parts.workloads.workload_kind import Impossible
from models.prediction.batch_answer import ErnestAnswer


@dataclass(frozen=True)
class SolvedStep:
    """A step with what the laws say of it.

    Arguments:
        step: of the workload.
        moves: what all of its tasks move.
        times: of a task on a node of each group.
        bounds: of its time alone on all containers, s.
        most: that its time is with what runs beside it, s.
        work: of its tasks over the rate of all containers, s.
        shared: the same of a single task whose time no chance lengthens, s.
        soonest: such a task where it is fastest, s.
        waves: rounds in which its tasks run.
    """

    step: BatchStep
    moves: StepMoves
    times: tuple[TaskTime, ...]
    bounds: Bounds
    most: float
    work: float
    shared: float
    soonest: float
    waves: int


@dataclass(frozen=True)
class BatchSolution:
    """MapReduce or Spark with what the laws say of it.

    Arguments:
        name: of the workload.
        described: by the user.
        groups: that run tasks, the core nodes first.
        steps: its stages, with those of all iterations.
        cached: share of the input of each stage that stays in memory, by its name.
        spread: of the times of equal tasks.
        bounds: of the makespan, uninterrupted, s.
        makespan: by the law, where all tasks of a stage take equally long and stages follow one
            another; None elsewhere, s.
        law: how these were had, for people.
        measured: by Ernest's law of measured runs; None without.
    """

    name: str
    described: BatchJob
    groups: tuple[WorkerGroup, ...]
    steps: tuple[SolvedStep, ...]
    cached: Mapping[str, float]
    spread: TaskSpread
    bounds: Bounds
    makespan: float | None
    law: str
    measured: ErnestAnswer | None

    @property
    def containers(self) -> int:
        """That run side by side on all nodes."""
        return sum(one.count * one.slots for one in self.groups)

    @property
    def tasks(self) -> int:
        """Of all stages and iterations."""
        return sum(one.step.tasks for one in self.steps)

    def of(self, stage: str) -> tuple[SolvedStep, ...]:
        """The steps of a stage, one an iteration.

        Arguments:
            stage: its name.
        """
        return tuple(one for one in self.steps if one.step.stage == stage)

    def read(self, stage: str) -> float:
        """Bytes that all iterations of a stage read from where they are stored.

        Arguments:
            stage: its name.
        """
        data = self.described.stages[stage].input
        if data is None:
            return 0.0
        return bytes_read(data.size, len(self.of(stage)), self.cached.get(stage, 0.0))


def batch_solution(name: str, workload: BatchJob, site: Site) -> BatchSolution:
    """Apply the laws to MapReduce or Spark.

    Arguments:
        name: of the workload.
        workload: the description.
        site: that it runs on.

    Raises:
        Impossible: no container fits, too many tasks, a store that gives nothing.
    """
    groups = tuple(_groups(workload, site))
    steps = steps_of(workload)
    cached = _cached(workload, groups, steps)
    moves = moves_of(steps, workload, cached)
    spread = _spread(workload)
    # What moves as much in every iteration takes as long in each.
    known: dict[tuple[str, StepMoves], SolvedStep] = {}
    for step, moved in zip(steps, moves, strict=True):
        if (step.stage, moved) not in known:
            one = _solved(step, moved, groups, workload, site, spread)
            known[step.stage, moved] = one
    alone = [known[step.stage, moved] for step, moved in zip(steps, moves, strict=True)]
    most = _most(alone, [one.after for one in steps], groups, spread)
    solved = tuple(
        replace(one, step=step, most=longest)
        for one, step, longest in zip(alone, steps, most, strict=True)
    )
    whole = graph_bounds(
        [one.bounds for one in solved],
        [one.work for one in solved],
        [one.step.after for one in solved],
    )
    start = workload.startup
    exact = _exact(solved, groups, spread)
    law = "bounds of list scheduling (Graham)"
    if exact is not None:
        law = "sum of ceil(tasks / containers) waves of each stage"
    return BatchSolution(
        name=name,
        described=workload,
        groups=groups,
        steps=solved,
        cached=cached,
        spread=spread,
        bounds=Bounds(start + whole.low, start + whole.high),
        makespan=None if exact is None else start + exact,
        law=f"{law}, uninterrupted",
        measured=_measured(site.files.get(name), workload, groups),
    )


def _measured(
    runs: MeasuredRuns | None, workload: BatchJob, groups: tuple[WorkerGroup, ...]
) -> ErnestAnswer | None:
    """What Ernest's law says of as many machines and as much data as the job has."""
    if runs is None or workload.runs is None:
        return None
    counts, scale, law = workload.runs.counts, workload.runs.scale, runs.law
    machines = sum(one.count * (one.slots if counts == "containers" else 1) for one in groups)
    low, high = law.interval(machines, scale)
    return ErnestAnswer(
        runs=law.runs,
        counts=counts,
        machines=machines,
        scale=scale,
        time=law.time(machines, scale),
        low=low,
        high=high,
        error=law.error,
        serial=law.serial,
        parallel=law.parallel,
        tree=law.tree,
        each=law.each,
        fastest=law.fastest(scale),
        again=law.again,
        enough=law.enough(scale),
        extrapolated=not runs.covers(machines, scale),
    )


def _groups(workload: BatchJob, site: Site) -> Iterator[WorkerGroup]:
    for role, name in (("core", workload.nodes.core), ("task", workload.nodes.task)):
        if name is None:
            continue
        group = site.groups[name]
        hardware = group.hardware
        slots = containers(workload, hardware.vcpus, hardware.memory)
        if slots == 0:
            asked = workload.container
            text = (
                f"of {asked.vcpus:g} vCPUs and {format_scaled(asked.memory, 'B')} fits on no node"
                f" of {name}, which has {hardware.vcpus:,} vCPUs and"
                f" {format_scaled(hardware.memory, 'B')}, a part of it reserved"
            )
            raise Impossible((("container",), text))
        scratch = _disks(_scratch(workload, name, site), name, site)
        held = workload.hdfs.store if workload.hdfs and role == "core" else None
        hdfs = _disks(held, name, site)
        yield WorkerGroup(
            name=name,
            count=group.described.count,
            slots=slots,
            speed=group.speed,
            network=hardware.network_bandwidth,
            scratch_read=scratch[0] or math.inf,
            scratch_write=scratch[1] or math.inf,
            hdfs_read=hdfs[0],
            hdfs_write=hdfs[1],
            shared=held is not None and held == _scratch(workload, name, site),
        )


def _scratch(workload: BatchJob, group: str, site: Site) -> str | None:
    """The store that holds what nodes of a group shuffle and spill."""
    return next(
        (one for one in workload.scratch if nodes_of(site.stores[one].described) == group), None
    )


def nodes_of(store: object) -> str | None:
    """The node group that disks are attached to; None for other stores.

    Arguments:
        store: the description.
    """
    found = getattr(store, "nodes", None)
    return found if isinstance(found, str) else None


def _disks(store: str | None, group: str, site: Site) -> tuple[float, float]:
    """What the disks of one node read and write, bytes/s."""
    if store is None:
        return 0.0, 0.0
    speed = site.speed(store, group, 1)
    return speed.read, speed.write


def _cached(
    workload: BatchJob, groups: tuple[WorkerGroup, ...], steps: tuple[BatchStep, ...]
) -> dict[str, float]:
    """Share of the input of each stage that stays in the memory of all executors.

    All that is cached shares their memory in proportion, as the least recently used goes first.
    """
    if workload.engine != "spark":
        return {}
    again = {one.stage for position, one in enumerate(steps) if one.first != position}
    sizes = {
        name: stage.input.size
        for name, stage in workload.stages.items()
        if stage.cache and stage.input is not None and name in again
    }
    total = math.fsum(sizes.values())
    room = executor_memory(workload.container.memory) * sum(one.count * one.slots for one in groups)
    return {name: min(1.0, room / total) for name in sizes}


def _spread(workload: BatchJob) -> TaskSpread:
    slow = workload.stragglers
    if slow is None:
        return TaskSpread(workload.variation)
    return TaskSpread(workload.variation, slow.share, slow.slowdown)


def _solved(
    step: BatchStep,
    moves: StepMoves,
    groups: tuple[WorkerGroup, ...],
    workload: BatchJob,
    site: Site,
    spread: TaskSpread,
) -> SolvedStep:
    times = task_times(step, moves, groups, workload, site)
    best, worst = (
        [
            Slots(one.count * one.slots, spread.mean * chosen(time.local, time.remote))
            for one, time in zip(groups, times, strict=True)
        ]
        for chosen in (min, max)
    )
    low, high, work, shared = 0.0, 0.0, 0.0, 0.0
    if all(one.time for one in best):
        shortest = 0.0 if spread.variation else 1 / spread.mean
        low, work = stage_bounds(step.tasks, best, 1.0, shortest).low, step.tasks / task_rate(best)
        shared = 1 / task_rate(best) / spread.mean
    if all(one.time for one in worst):
        high = stage_bounds(step.tasks, worst, longest_of(step.tasks, spread)).high
    return SolvedStep(
        step=step,
        moves=moves,
        times=times,
        bounds=Bounds(low, high),
        most=high,
        work=work,
        shared=shared,
        soonest=min(one.time for one in best) / spread.mean,
        waves=waves(step.tasks, _all(groups)),
    )


def _most(
    steps: Sequence[SolvedStep],
    after: Sequence[Sequence[int]],
    groups: tuple[WorkerGroup, ...],
    spread: TaskSpread,
) -> Iterator[float]:
    """The most that the time of each step is with what runs beside it, s."""
    slots, stages = _all(groups), []
    for one in steps:
        mean = spread.mean * max(max(time.local, time.remote) for time in one.times)
        longest = mean * longest_of(one.step.tasks, spread)
        stages.append(StageTasks(one.step.tasks, mean, longest))
    for one, tasks, others in zip(
        steps, stages, waits_for_others(stages, slots, after), strict=True
    ):
        # Beside others its tasks may all be on the slowest nodes.
        beside = (tasks.count - 1) * tasks.mean / slots + tasks.longest + others
        yield beside if others else one.bounds.high


def _all(groups: tuple[WorkerGroup, ...]) -> int:
    return sum(one.count * one.slots for one in groups)


def _exact(
    steps: tuple[SolvedStep, ...], groups: tuple[WorkerGroup, ...], spread: TaskSpread
) -> float | None:
    """Where stages follow one another, and tasks of each take equally long wherever they run."""
    if spread.variation or spread.slow_share:
        return None
    total = 0.0
    for position, one in enumerate(steps):
        if position and position - 1 not in one.step.after:
            return None
        times: set[float] = {time for of in one.times for time in (of.local, of.remote)}
        if len(times) > 1:
            return None
        total += equal_jobs(one.step.tasks, _all(groups), times.pop())
    return total
