"""MapReduce and Spark over time: tasks wait for containers on the nodes of a stack, which fail."""

import functools
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from models.laws.list_scheduling import TaskSpread
from models.parts.solve import SolvedStack
from models.parts.workloads import batch_hdfs, batch_remedy
from models.parts.workloads.batch import BatchJob
from models.parts.workloads.batch_solution import BatchSolution, SolvedStep
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import Estimate
from models.prediction.batch_answer import (
    BatchGroup,
    BatchHdfs,
    BatchPrediction,
    BatchStageTimes,
    BatchSteps,
)
from sim.backends import Backend, run_all
from sim.batch.batch_contract import (
    NOWHERE,
    BatchOutcome,
    Cluster,
    Copying,
    Simulate,
    Stage,
    Workers,
    batch_on,
)
from sim.batch.batch_draws import draw_tasks, factors_of
from sim.batch.batch_occupancy import occupancy
from sim.cluster.cluster_contract import NoProgress, Run, YearResult
from sim.drawn_rates import drawn_rates, spreads_of
from sim.experiment import distribution, mean_estimate, rounded_up, share_estimate, streams
from sim.simulated_workload import Floats, Progress, Simulated, Years
from sim.stack_years import StackYears

_TASKS = 5_000_000  # of all replications together
_FEWEST = 20  # replications, whatever the number of tasks
_PARTS = (1.0, 0.75, 0.5, 0.25, 0.0)  # of the way from the typical rates to those of a year
_RECORD = 200_000  # attempts that are kept for the steps
_SEED = 32  # bytes


@dataclass(frozen=True)
class _Seen:
    """What is kept of a replication.

    Arguments:
        makespan: s.
        stages: time of each step from ready to complete, s.
        located: share of the tasks of each step that found their data on their node.
        utilization: share of the slots in use.
        throughput: tasks/s.
        copies: speculative.
        lost: tasks that failures stopped.
        recomputed: tasks whose results were lost.
        restarts: of the run.
        up: working time of the nodes of each group, s.
        given_up: it never ends at the rates of its year.
    """

    makespan: float
    stages: tuple[float, ...]
    located: tuple[float, ...]
    utilization: float
    throughput: float
    copies: int
    lost: int
    recomputed: int
    restarts: int
    up: tuple[float, ...]
    given_up: bool


_Case = tuple[bytes, bytes, float]  # seed of its tasks, seed of the year, start


@dataclass(frozen=True)
class _Asked:
    """What is simulated of a replication.

    Arguments:
        case: the replication.
        run: the workload.
        year: the stack.
    """

    case: _Case
    run: bool
    year: bool


@dataclass(frozen=True)
class _Outcome:
    """What is kept of all replications.

    Arguments:
        seen: one a replication.
        steps: of the first; None where too many tasks ran, or nobody looks at them.
    """

    seen: tuple[_Seen, ...]
    steps: BatchSteps | None


def most_replications(workload: SolvedWorkload) -> int:
    """Replications of so many tasks that are worth their time.

    Arguments:
        workload: of this kind.
    """
    solution: BatchSolution = workload.answer
    return max(_FEWEST, _TASKS // solution.tasks)


def least_time(workload: SolvedWorkload, seed: int, position: int, replications: int) -> Floats:
    """Makespan that no schedule of the tasks of each replication beats, s.

    Arguments:
        workload: of this kind.
        seed: of the experiment.
        position: of the workload in the stack.
        replications: how many.
    """
    solution: BatchSolution = workload.answer
    steps = solution.steps
    drawn = _drawn(
        tuple(one.step.tasks for one in steps),
        solution.spread,
        workload.described.speculation is not None,
        seed,
        position,
        rounded_up(replications),
    )
    ends: list[Floats] = []
    for k, one in enumerate(steps):
        start = np.maximum.reduce([np.zeros(replications), *(ends[b] for b in one.step.after)])
        own, longest = drawn.work[:replications, k], drawn.longest[:replications, k]
        alone = np.maximum(one.shared * own, one.soonest * longest)
        ends.append(start + alone)
    work = drawn.work[:replications] @ np.array([one.shared for one in steps])
    startup: float = workload.described.startup
    least: Floats = startup + np.maximum.reduce([work, *ends]) * (1 - 1e-9)  # but for rounding
    return least


@dataclass(frozen=True)
class _Drawn:
    """What is drawn of the tasks of all replications, one row each, by step.

    Arguments:
        work: sum of the factors of their times.
        longest: the largest of them.
    """

    work: Floats
    longest: Floats


@lru_cache(maxsize=8)  # many candidates draw the same
def _drawn(
    tasks: tuple[int, ...],
    spread: TaskSpread,
    copied: bool,
    seed: int,
    position: int,
    replications: int,
) -> _Drawn:
    """The least that a task takes: of its factors the smaller one where it may be tried again."""
    begins = np.cumsum([0, *tasks[:-1]])
    work, longest = [], []
    for one in streams(seed, position, count=replications):
        first, again = factors_of(sum(tasks), spread, _random(one.bytes(_SEED)))
        fewest = np.minimum(first, again)
        work.append(np.add.reduceat(fewest if copied else first, begins))
        longest.append(np.maximum.reduceat(fewest, begins))
    return _Drawn(np.array(work), np.array(longest))


def draw(workload: SolvedWorkload, random: np.random.Generator) -> bytes:
    """The seed of its tasks.

    Arguments:
        workload: of this kind.
        random: of the replication.
    """
    return random.bytes(_SEED)


@dataclass(frozen=True)
class _Replication:
    """A workload on its nodes, to be called with the seeds of a replication.

    Arguments:
        solution: of the laws.
        cluster: its nodes.
        engine: compiled or simpy.
    """

    solution: BatchSolution
    cluster: Cluster
    engine: str

    @functools.cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Its steps, as engines see them."""
        return tuple(_stage(one, self.solution) for one in self.solution.steps)

    @functools.cached_property
    def key(self) -> Hashable:
        """All that its runs follow from: parts of the stack that it knows nothing of do not."""
        solution, cluster = self.solution, self.cluster
        described = solution.described
        disks = {disk for group in cluster.groups for disk in group.disks}
        mine = cluster.needs | {group.name for group in cluster.groups} | disks
        return (
            "batch",
            self.engine,
            self.stages,
            solution.spread,
            described.speculation,
            described.hdfs.replication if described.hdfs else 1,
            described.startup,
            replace(
                cluster, components=tuple(one for one in cluster.components if one.name in mine)
            ),
        )

    @functools.cached_property
    def run(self) -> Simulate:
        """What simulates it."""
        described = self.solution.described.speculation
        copying = Copying()
        if described is not None:
            copying = Copying(described.quantile, described.multiplier)
        return batch_on(self.engine, self.stages, self.cluster, copying)

    @functools.cached_property
    def spreads(self) -> dict[str, float]:
        """Failure rates of the stack that are uncertain, by name, with their spread."""
        return spreads_of(self.cluster.components)

    def __call__(
        self, own: bytes, seed: bytes, start: float, record: int
    ) -> tuple[BatchOutcome, bool]:
        """A run, of which some have such failure rates that it never comes to its end.

        They count as at the nearest rates on the way to the typical ones at which it does.
        """
        solution = self.solution
        random = _random(own)
        hdfs, core = solution.described.hdfs, solution.groups[0]
        replication = hdfs.replication if hdfs else 1
        draws = draw_tasks(self.stages, solution.spread, replication, core.count, random)
        startup = solution.described.startup
        for part in _PARTS:
            rates = drawn_rates(self.spreads, seed, part)
            try:
                outcome = self.run(draws, seed, start, startup, record, rates)
            except NoProgress:
                if part == _PARTS[-1] or not rates:
                    raise
            else:
                return outcome, part < 1.0
        raise AssertionError  # the last of them returns or raises


def _random(own: bytes) -> np.random.Generator:
    seed = np.random.SeedSequence(int.from_bytes(own, "little"))
    return np.random.Generator(np.random.PCG64(seed))


def _stage(one: SolvedStep, solution: BatchSolution) -> Stage:
    step, hdfs = one.step, solution.described.hdfs
    described = step.described.input
    cached = step.stage in solution.cached
    return Stage(
        tasks=step.tasks,
        after=step.after,
        local=tuple(time.local for time in one.times),
        remote=tuple(time.remote for time in one.times),
        placed=hdfs is not None and described is not None and described.store == hdfs.store,
        first=step.first if cached else NOWHERE,
        keeps=one.moves.shuffled > 0,
    )


def _replication(workload: SolvedWorkload, solved: SolvedStack, years: Years) -> _Replication:
    solution: BatchSolution = workload.answer
    described: BatchJob = workload.described
    disks = [*described.scratch]
    if described.hdfs is not None and described.hdfs.store not in disks:
        disks.append(described.hdfs.store)
    attached = {one: getattr(solved.stack.storage[one], "nodes", "") for one in disks}
    groups = tuple(
        Workers(
            one.name,
            one.count,
            one.slots,
            solved.stack.nodes[one.name].spares,
            tuple(store for store, nodes in attached.items() if nodes == one.name),
        )
        for one in solution.groups
    )
    # Tasks go on without the nodes that run tasks alone.
    needs = workload.needs - {described.nodes.task}
    critical = described.nodes.master or ""
    return _Replication(solution, Cluster(groups, solved.components, needs, critical), years.engine)


def simulate(
    workload: SolvedWorkload,
    solved: SolvedStack,
    years: Years,
    starts: Floats,
    drawn: Sequence[bytes],
    progress: Progress | None,
) -> Simulated:
    """What it goes through in every year, from its submission on.

    Arguments:
        workload: of this kind.
        solved: the stack.
        years: of the stack.
        starts: of the submission, s from the beginning of each year.
        drawn: seeds of its tasks.
        progress: told how many years are complete.

    Raises:
        NoProgress: failures never let it come to its end.
    """
    replication = _replication(workload, solved, years)
    cases = list(zip(drawn, years.seeds, starts.tolist(), strict=True))
    seen, lived = _lives(replication, workload.needs, years, cases, progress)
    duration = np.array([each.makespan for each in seen])
    worked = {
        group.name: np.array([each.up[position] for each in seen])
        for position, group in enumerate(replication.solution.groups)
    }
    if (master := workload.described.nodes.master) is not None:
        units = solved.stack.nodes[master]
        worked[master] = duration * (units.count + units.spares)
    return Simulated(
        duration=duration,
        worked=worked,
        available=lived[0],
        stack_available=lived[1],
        outcome=_Outcome(seen, _picture(replication, cases[0]) if years.beside else None),
        given_up=sum(each.given_up for each in seen),
    )


def _lives(
    replication: _Replication,
    needs: frozenset[str],
    years: Years,
    cases: Sequence[_Case],
    progress: Progress | None,
) -> tuple[tuple[_Seen, ...], Floats]:
    """Its runs, and the shares of the years in which what it needs, and the stack, are up.

    Those that are remembered are not simulated again.
    """
    runs: dict[_Case, _Seen] = years.remembered.setdefault(replication.key, {})
    key = ("year", years.engine, years.components, needs)
    lived: dict[_Case, YearResult] = years.remembered.setdefault(key, {})
    new = [_Asked(case, case not in runs, years.lived and case not in lived) for case in cases]
    new = [one for one in new if one.run or one.year]
    task = partial(_life, replication, needs, years.of_stack)
    found = run_all(task, new, Backend(workers=years.jobs), progress)
    for one, (run, year) in zip(new, found, strict=True):
        if run is not None:
            runs[one.case] = run
        if year is not None:
            lived[one.case] = year
    up = np.full((2, len(cases)), np.nan)
    if years.lived:
        seen = [lived[case] for case in cases]
        up = np.array([[one.needs_availability, one.availability] for one in seen]).T
    return tuple(runs[case] for case in cases), up


def _life(
    replication: _Replication, needs: frozenset[str], years: StackYears, asked: _Asked
) -> tuple[_Seen | None, YearResult | None]:
    _, seed, start = asked.case
    endless = Run(math.inf, math.inf, 0.0, 0.0, 0.0, 0.0, needs)
    return (
        _run(replication, asked.case) if asked.run else None,
        years(endless, seed, start) if asked.year else None,
    )


def _run(replication: _Replication, case: _Case) -> _Seen:
    own, seed, start = case
    outcome, given_up = replication(own, seed, start, 0)
    solution, makespan = replication.solution, outcome.end - start
    ran = np.maximum(outcome.ran, 1)
    return _Seen(
        makespan=makespan,
        stages=tuple((outcome.ended - outcome.ready).tolist()),
        located=tuple((outcome.local / ran).tolist()),
        utilization=outcome.busy / (solution.containers * makespan) if makespan > 0 else 0.0,
        throughput=solution.tasks / makespan if makespan > 0 else 0.0,
        copies=outcome.copies,
        lost=outcome.lost,
        recomputed=outcome.recomputed,
        restarts=outcome.restarts,
        up=tuple(outcome.up.tolist()),
        given_up=given_up,
    )


def _picture(replication: _Replication, case: _Case) -> BatchSteps | None:
    own, seed, start = case
    outcome, _ = replication(own, seed, start, _RECORD)
    if outcome.attempts.left_out:
        return None
    solution = replication.solution
    names = list(solution.described.stages)
    rows = [names.index(one.step.stage) for one in solution.steps]
    return occupancy(outcome.attempts, names, rows, solution.containers)


def answer(
    workload: SolvedWorkload, solved: SolvedStack, simulated: Simulated, head: Mapping[str, Any]
) -> BatchPrediction:
    """What is predicted of it.

    Arguments:
        workload: of this kind.
        solved: the stack.
        simulated: its years.
        head: what the predictions of all kinds share.
    """
    solution: BatchSolution = workload.answer
    outcome: _Outcome = simulated.outcome
    seen = outcome.seen
    stages = tuple(_times(name, solution, seen) for name in solution.described.stages)
    makespan = distribution([one.makespan for one in seen])
    found = BatchPrediction(
        **head,
        throughput=_mean(one.throughput for one in seen),
        engine=solution.described.engine,
        makespan=makespan,
        law_makespan=solution.makespan,
        least_makespan=solution.bounds.low,
        most_makespan=solution.bounds.high,
        law=solution.law,
        containers=solution.containers,
        groups=tuple(
            BatchGroup(one.name, role, one.count, one.slots)
            for one, role in zip(solution.groups, ("core", "task"), strict=False)
        ),
        tasks=solution.tasks,
        stages=stages,
        bottleneck=max(stages, key=lambda one: _own_time(one, solution)).name,
        utilization=share_estimate([one.utilization for one in seen]),
        local=_local(solution, range(len(solution.steps)), seen),
        copies=_mean(one.copies for one in seen),
        lost=_mean(one.lost for one in seen),
        recomputed=_mean(one.recomputed for one in seen),
        restarts=_mean(one.restarts for one in seen),
        hdfs=_hdfs(solution, solved, makespan.p50.mean),
        measured=solution.measured,
        steps=outcome.steps,
    )
    return replace(found, remedy=batch_remedy.remedy(solution, found, solved.site))


def _own_time(stage: BatchStageTimes, solution: BatchSolution) -> float:
    """Time of a stage without what it waits for others to leave their containers."""
    alone = math.fsum(one.bounds.high for one in solution.of(stage.name))
    return min(stage.time.mean, alone)


def _mean(values: Iterable[float]) -> Estimate:
    return mean_estimate([float(value) for value in values])


def _hdfs(solution: BatchSolution, solved: SolvedStack, duration: float) -> BatchHdfs | None:
    hdfs = solution.described.hdfs
    if hdfs is None:
        return None
    return BatchHdfs(
        replication=hdfs.replication,
        nodes=solution.groups[0].count,
        borne=hdfs.replication - 1,
        block_loss=batch_hdfs.block_loss(solution, solved.site, duration),
    )


def _local(solution: BatchSolution, steps: Iterable[int], seen: Sequence[_Seen]) -> Estimate | None:
    """Share of the tasks that could find their data on their node and did."""
    weights = {
        position: solution.steps[position].step.tasks
        for position in steps
        if _located(position, solution)
    }
    total = sum(weights.values())
    if not total:
        return None
    return share_estimate(
        [sum(weight * one.located[k] for k, weight in weights.items()) / total for one in seen]
    )


def _located(position: int, solution: BatchSolution) -> bool:
    stage = _stage(solution.steps[position], solution)
    return stage.placed or stage.first not in (NOWHERE, position)


def _times(name: str, solution: BatchSolution, seen: Sequence[_Seen]) -> BatchStageTimes:
    positions = [k for k, one in enumerate(solution.steps) if one.step.stage == name]
    steps = [solution.steps[k] for k in positions]
    last = steps[-1]  # finds in memory what the first left there
    core = last.times[0]
    return BatchStageTimes(
        name=name,
        iterations=len(steps),
        tasks=last.step.tasks,
        waves=last.waves,
        task_time=core.local,
        remote_task_time=core.remote,
        limit=core.links[0].name,
        links=core.links,
        least_time=math.fsum(one.bounds.low for one in steps),
        most_time=math.fsum(one.most for one in steps),
        time=_mean(math.fsum(one.stages[k] for k in positions) for one in seen),
        read=solution.read(name),
        shuffled=last.moves.shuffled,
        pairs=last.moves.pairs,
        spilled=last.moves.spilled,
        cached=solution.cached.get(name),
        local=_local(solution, positions, seen),
    )
