"""Many jobs over time: they wait for room on the nodes of a stack, which fail in its years."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from models.description.quantities import MONTH
from models.laws.makespan import least_on_slots
from models.parts.solve import SolvedStack
from models.parts.workloads import job_remedy
from models.parts.workloads.job_durations import all_alone
from models.parts.workloads.job_resources import RESOURCES, Resources, capacity
from models.parts.workloads.jobs import Jobs, KindOfJob
from models.parts.workloads.jobs_solution import JobsSolution
from models.parts.workloads.workload_kind import SolvedWorkload
from models.parts.zones import with_their_nodes
from models.prediction import Estimate
from models.prediction.jobs_answer import JobBar, JobsPrediction, JobSteps, JobTimes, ResourceUse
from models.queueing.distributions import Deterministic
from sim.backends import Backend, run_all
from sim.cluster.cluster_contract import NoProgress, Run
from sim.drawn_rates import drawn_rates
from sim.experiment import (
    distribution,
    grouped_quantile_estimate,
    mean_estimate,
    rounded_up,
    streams,
)
from sim.jobs.job_draws import batch_of_jobs, stream_of_jobs
from sim.jobs.job_measures import (
    JobMeasures,
    MeasuredJobs,
    Spread,
    grows,
    measure,
    settled,
    whole,
)
from sim.jobs.job_replication import JobReplication
from sim.jobs.jobs_contract import JobSet, JobsOutcome, NodePool
from sim.jobs.occupancy import bars, occupancy
from sim.simulated_workload import Floats, Progress, Simulated, Years
from sim.stack_years import StackYears

_JOBS = 1_500_000  # of all replications together
_FEWEST = 20  # replications, whatever the number of jobs
_ENDLESS = 20_000  # jobs of a replication that come without end
_BARS = 400  # attempts in a picture
_PARTS = (1.0, 0.75, 0.5, 0.25, 0.0)  # of the way from the typical rates to those of a year
_RECORD = 20_000  # attempts that are kept for the steps
_SEED = 32  # bytes
_ENDLESS_RUNS = 10  # of which the least time of an answer is taken
_UNSURE = 0.95  # of it: many standard errors of a percentile of so many jobs


@dataclass(frozen=True)
class _Outcome:
    """What is kept of jobs.

    Arguments:
        measures: one a year.
        bars: of the first year; none where nobody looks at them.
        steps: of the first year; None where too many attempts were made, or nobody looks at them.
    """

    measures: tuple[JobMeasures, ...]
    bars: tuple[JobBar, ...]
    steps: JobSteps | None


def most_replications(workload: SolvedWorkload) -> int:
    """Replications of so many jobs that are worth their time.

    Arguments:
        workload: the jobs.
    """
    return max(_FEWEST, _JOBS // (workload.answer.count or _ENDLESS))


def least_time(workload: SolvedWorkload, seed: int, position: int, replications: int) -> Floats:
    """Makespan that no schedule of the jobs of each replication beats, else P95 of a job alone.

    Arguments:
        workload: of this kind.
        seed: of the experiment.
        position: of the workload in the stack.
        replications: how many.
    """
    solution: JobsSolution = workload.answer
    jobs: Jobs = workload.described
    if jobs.endless:
        alone = all_alone(jobs, _run_times(solution, seed, position, _ENDLESS_RUNS).ravel())
        return np.full(replications, _UNSURE * float(np.quantile(alone, 0.95)))
    if solution.trace is not None or _fixed(solution.kinds):
        return np.full(replications, _scheduled(solution))
    times = all_alone(jobs, _run_times(solution, seed, position, replications))
    counts = [kind.count or 0 for kind in solution.kinds]
    needs = np.repeat([kind.shape.parts for kind in solution.kinds], counts, axis=0)
    has = capacity(solution.node, solution.nodes)
    work = times @ needs
    bounds = [work[:, k] / one for k, one in enumerate(has) if one > 0]
    if solution.at_once and not jobs.share:
        bounds.append(least_on_slots(times, int(solution.at_once)))
    least: Floats = np.maximum.reduce([times.max(axis=1), *bounds])
    return least * (1 - 1e-12)  # but for rounding


def _run_times(solution: JobsSolution, seed: int, position: int, replications: int) -> Floats:
    """Run times of the jobs of each replication, one row each, s."""
    kinds = solution.kinds
    alone = tuple(replace(one, least_time=0.0) for one in kinds)
    drawn = _drawn(alone, seed, position, rounded_up(replications))[:replications]
    if solution.described.endless:
        return np.maximum(drawn, min(one.least_time for one in kinds))
    counts = [one.count or 0 for one in kinds]
    times: Floats = np.maximum(drawn, np.repeat([one.least_time for one in kinds], counts))
    return times


def _fixed(kinds: Sequence[KindOfJob]) -> bool:
    return all(isinstance(one.run_time, Deterministic) for one in kinds)


def _scheduled(solution: JobsSolution) -> float:
    """Of jobs whose times are certain: exact where a law gives it, else a bound of all orders."""
    return solution.makespan or solution.least_makespan or 0.0


@lru_cache(maxsize=8)  # the jobs of many candidates are the same
def _drawn(kinds: tuple[KindOfJob, ...], seed: int, position: int, replications: int) -> Floats:
    """Run times of the jobs of each replication, one row each, s."""
    random = streams(seed, position, count=replications)
    seeds = [_seed(one.bytes(_SEED)) for one in random]
    if kinds[0].rate is not None:
        all_of = [stream_of_jobs(kinds, _ENDLESS, one).run_time for one in seeds]
        return np.concatenate(all_of)[np.newaxis]
    return np.array([batch_of_jobs(kinds, one).run_time for one in seeds])


def draw(workload: SolvedWorkload, random: np.random.Generator) -> bytes:
    """The seed of its jobs.

    Arguments:
        workload: the jobs.
        random: of the replication.
    """
    return random.bytes(_SEED)


def simulate(
    workload: SolvedWorkload,
    solved: SolvedStack,
    years: Years,
    starts: Floats,
    drawn: Sequence[bytes],
    progress: Progress | None,
) -> Simulated:
    """What becomes of the jobs in every year, from their submission on.

    Arguments:
        workload: the jobs.
        solved: the stack.
        years: of the stack.
        starts: of the submission, s from the beginning of each year.
        drawn: seeds of the jobs.
        progress: told how many years are complete.

    Raises:
        NoProgress: the jobs are interrupted more often than they advance.
    """
    replication = _replication(workload, solved, years)
    one = partial(_year, replication, workload.needs, years.of_stack if years.lived else None)
    cases = list(zip(drawn, years.seeds, starts.tolist(), strict=True))
    results = run_all(one, cases, Backend(workers=years.jobs), progress)
    measures = tuple(result[0] for result in results)
    up = np.array([result[1] for result in results]).T
    given_up = sum(result[2] for result in results)
    ends = workload.kind.completes(workload.described)
    group = workload.described.nodes
    held = np.array([measured.held_node_time for measured in measures])
    if not ends:
        units = solved.stack.nodes[group]
        held = np.full(years.count, (units.count + units.spares) * MONTH)
    picture: tuple[tuple[JobBar, ...], JobSteps | None] = ((), None)
    if years.beside:
        picture = _picture(replication, cases[0], workload.answer)
    return Simulated(
        duration=np.array([measured.makespan for measured in measures]) if ends else None,
        worked={group: held},
        available=up[0],
        stack_available=up[1],
        outcome=_Outcome(measures, *picture),
        given_up=given_up,
    )


def _replication(workload: SolvedWorkload, solved: SolvedStack, years: Years) -> JobReplication:
    solution: JobsSolution = workload.answer
    group = solved.stack.nodes[workload.described.nodes]
    pool = NodePool(
        node=solution.node,
        count=group.count,
        spares=group.spares,
        components=with_their_nodes(solved.site, solved.components),
        name=workload.described.nodes,
        needs=workload.needs - {workload.described.nodes},
    )
    return JobReplication(
        workload.described,
        pool,
        solution.trace,
        years.engine,
        endless=_ENDLESS,
        kinds=solution.kinds,
    )


def _year(
    replication: JobReplication,
    needs: frozenset[str],
    years: StackYears | None,
    case: tuple[bytes, bytes, float],
) -> tuple[JobMeasures, tuple[float, float], bool]:
    """A year, with the shares of it in which what they need and the stack are up.

    Some have such failure rates that the jobs never come to their end.

    They count as at the nearest rates on the way to the typical ones at which the jobs do.
    """
    own, seed, start = case
    jobs, outcome, given_up = _run(replication, own, seed, start, 0)
    counted = _counted(replication, jobs)
    up = math.nan, math.nan
    if years is not None:
        year = years(Run(math.inf, math.inf, 0.0, 0.0, 0.0, 0.0, needs), seed, start)
        up = year.needs_availability, year.availability
    return measure(jobs, replication.pool, outcome, counted), up, given_up


def _counted(replication: JobReplication, jobs: JobSet) -> tuple[float, float]:
    return settled(jobs) if replication.jobs.endless else whole(jobs)


def _run(
    replication: JobReplication, own: bytes, seed: bytes, start: float, record: int
) -> tuple[JobSet, JobsOutcome, bool]:
    jobs = replication.draw(_seed(own))
    if start:
        jobs = replace(jobs, submitted=jobs.submitted + start)
    counted = _counted(replication, jobs)
    for part in _PARTS:
        rates = drawn_rates(replication.spreads, seed, part)
        try:
            outcome = replication.run(jobs, seed, counted, record, rates)
        except NoProgress:
            if part == _PARTS[-1] or not rates:
                raise
        else:
            return jobs, outcome, part < 1.0
    raise AssertionError  # the last of them returns or raises


def _seed(own: bytes) -> np.random.SeedSequence:
    return np.random.SeedSequence(int.from_bytes(own, "little"))


def _picture(
    replication: JobReplication, case: tuple[bytes, bytes, float], solution: JobsSolution
) -> tuple[tuple[JobBar, ...], JobSteps | None]:
    own, seed, start = case
    jobs, outcome, _ = _run(replication, own, seed, start, _RECORD)
    shown = tuple(
        JobBar(bar.job, bar.name, bar.start, bar.end, bar.complete, bar.nodes[0][0])
        for bar in bars(jobs, outcome.attempts, _BARS)
    )
    if outcome.attempts.left_out:
        return shown, None
    resource = _shown(jobs, solution.node)
    capacity = replication.pool.count * getattr(solution.node, resource)
    seen = occupancy(jobs, outcome.attempts, resource, most=500)
    return shown, JobSteps(resource, capacity, seen.times, seen.in_use, seen.waiting)


def _shown(jobs: JobSet, node: Resources) -> str:
    """The resource of which the jobs ask for the largest share of a node."""
    shares = [
        max((shape.needs.parts[k] / has for shape in jobs.shapes), default=0.0) if has else 0.0
        for k, has in enumerate(node.parts)
    ]
    return RESOURCES[int(np.argmax(shares))]


def answer(
    workload: SolvedWorkload, solved: SolvedStack, simulated: Simulated, head: Mapping[str, Any]
) -> JobsPrediction:
    """What is predicted of the jobs.

    Arguments:
        workload: the jobs.
        solved: the stack.
        simulated: their years.
        head: what the predictions of all kinds share.
    """
    solution: JobsSolution = workload.answer
    outcome: _Outcome = simulated.outcome
    measures = outcome.measures
    ends = simulated.duration is not None
    # A rare class may have no jobs in some replications, and then says nothing there.
    names = list(dict.fromkeys(one.name for measured in measures for one in measured.classes))
    waiting = dict(solution.waiting)
    # What a law knows a mean of has one.
    unstable = solution.unstable or (not solution.waiting and grows(measures))
    kinds = tuple(
        _times(name, _of(name, measures), unstable, waiting.get(name))
        for name in names
        if len(names) > 1
    )
    alone = waiting.get(names[0]) if len(names) == 1 else None
    found = JobsPrediction(
        **head,
        throughput=_mean(one.throughput for one in measures),
        jobs=_times("", [one.jobs for one in measures], unstable, alone),
        kinds=kinds,
        makespan=distribution([one.makespan for one in measures]) if ends else None,
        law_makespan=solution.makespan,
        least_makespan=solution.least_makespan,
        at_once=solution.at_once,
        resources=tuple(
            ResourceUse(name, _mean(one.utilization[name] for one in measures))
            for name in measures[0].utilization
        ),
        transfers=solution.transfers,
        load=solution.load,
        unstable=unstable,
        law=solution.law,
        discipline=workload.described.discipline,
        bars=outcome.bars,
        steps=outcome.steps,
    )
    return replace(found, remedy=job_remedy.remedy(solution, found, solved.site))


def _of(name: str, measures: Sequence[JobMeasures]) -> list[MeasuredJobs]:
    return [one for measured in measures for one in measured.classes if one.name == name]


def _mean(values: Any) -> Estimate:
    return mean_estimate([float(value) for value in values])


def _times(
    name: str, all_of: Sequence[MeasuredJobs], unstable: bool, law: float | None
) -> JobTimes:
    def steady(values: Iterable[float]) -> Estimate | None:
        return None if unstable else _mean(values)

    def of_all(spreads: Sequence[Spread], share: float) -> Estimate | None:
        """A percentile of the jobs of all replications together."""
        if unstable:
            return None
        return grouped_quantile_estimate([one.ranked for one in spreads], share)

    waits, turnarounds = [one.waiting for one in all_of], [one.turnaround for one in all_of]
    return JobTimes(
        name=name,
        count=float(np.mean([one.count for one in all_of])),
        waiting=steady(one.mean for one in waits),
        waiting_p50=of_all(waits, 0.5),
        waiting_p95=of_all(waits, 0.95),
        turnaround=steady(one.mean for one in turnarounds),
        turnaround_p50=of_all(turnarounds, 0.5),
        turnaround_p95=of_all(turnarounds, 0.95),
        slowdown=steady(one.slowdown for one in all_of),
        interruptions=_mean(one.interruptions / max(1, one.count) for one in all_of),
        lost=_mean(one.lost / max(1, one.count) for one in all_of),
        law_waiting=law,
    )
