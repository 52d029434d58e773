"""A training run over time: its step time is uncertain, failures interrupt it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from models.description.quantities import YEAR
from models.laws.checkpointing import failure_free_time, number_of_checkpoints
from models.laws.intervals import normal_factor
from models.laws.scaling import efficiency
from models.parts.solve import SolvedStack
from models.parts.workloads import training_job, training_remedy, transformer_job
from models.parts.workloads.training_job import TrainingJob
from models.parts.workloads.transformer_job import TransformerJob
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import Estimate
from models.prediction.training_answer import SynchronizationAnswer, TrainingPrediction
from sim.backends import Backend, run_all
from sim.cluster.cluster_contract import NoProgress, Run, YearResult
from sim.experiment import CONFIDENCE, distribution, rounded_up, share_distribution, streams
from sim.job_ends import job_ends
from sim.parameter_server import synchronized
from sim.pipeline import pipelined
from sim.simulated_workload import Floats, Progress, Simulated, Years
from sim.stack_years import StackYears


@dataclass(frozen=True)
class _Outcome:
    """What is kept of the years of a run.

    Arguments:
        run: at the step time of the laws.
        factors: of the step time, one a year.
        years: one a replication.
        synchronization: by parameter servers, where it has any.
    """

    run: Run
    factors: tuple[float, ...]
    years: tuple[YearResult, ...]
    synchronization: SynchronizationAnswer | None


def most_replications(workload: SolvedWorkload) -> int:
    """Replications of it that are worth their time: as many as anyone asks for.

    Arguments:
        workload: of this kind.
    """
    return 1_000_000


def least_time(workload: SolvedWorkload, seed: int, position: int, replications: int) -> Floats:
    """Duration of a run that no failure interrupts, of the step time that each replication draws.

    Arguments:
        workload: of this kind.
        seed: of the experiment.
        position: of the workload in the stack.
        replications: how many.
    """
    job: TrainingJob = workload.answer
    startup: float = workload.described.startup + job.loading
    if job.uncertainty == 0:
        return np.full(replications, startup + job.work)
    normals = _normals(seed, position, rounded_up(replications))[:replications]
    factors = np.exp(-(job.uncertainty**2) / 2 + job.uncertainty * normals)
    return startup + job.work * factors * (1 - 1e-12)  # rounding must not lift it


@lru_cache(maxsize=64)  # many candidates draw the same
def _normals(seed: int, position: int, replications: int) -> Floats:
    return np.array([one.normal() for one in streams(seed, position, count=replications)])


def draw(workload: SolvedWorkload, random: np.random.Generator) -> float:
    """The factor of the step time, of mean 1, the same for a whole run.

    Arguments:
        workload: the training run.
        random: of the replication.
    """
    uncertainty = workload.answer.uncertainty
    if uncertainty == 0:
        return 1.0
    return math.exp(random.normal(-(uncertainty**2) / 2, uncertainty))


def simulate(
    workload: SolvedWorkload,
    solved: SolvedStack,
    years: Years,
    starts: Floats,
    drawn: Sequence[float],
    progress: Progress | None,
) -> Simulated:
    """What the run goes through in every year.

    Arguments:
        workload: the training run.
        solved: the stack.
        years: of the stack.
        starts: of the run, s from the beginning of each year.
        drawn: factors of the step time.
        progress: told how many years are complete.

    Raises:
        NoProgress: failures never let it come to its end.
    """
    run = _run(workload, solved)
    one = partial(_year, run, years.of_stack)
    cases = list(zip(drawn, years.seeds, starts.tolist(), strict=True))
    results = run_all(one, cases, Backend(workers=years.jobs), progress)
    endless = [case for case, year in zip(cases, results, strict=True) if not year.complete]
    if 2 * len(endless) > len(cases):  # so that not even the median is known
        _simulated(run, years.of_stack, endless[0])
    return Simulated(
        duration=np.array([year.time_to_train for year in results]),
        worked=years.worked([year.unit_time for year in results]),
        available=np.array([year.needs_availability for year in results]),
        stack_available=np.array([year.availability for year in results]),
        outcome=_Outcome(
            run,
            tuple(drawn),
            tuple(results),
            _synchronization(workload, years.seeds[0]),
        ),
        given_up=len(endless),
    )


def _synchronization(workload: SolvedWorkload, seed: bytes) -> SynchronizationAnswer | None:
    job: TrainingJob = workload.answer
    if job.transformer is not None:
        return _slowest_pipeline(workload, job.transformer)
    if job.servers is None:
        return None
    servers, step = job.servers, replace(job.step, input_wait=0.0)
    found = synchronized(servers, seed)
    return SynchronizationAnswer(
        mode="asynchronous" if servers.asynchronous else "synchronous",
        workers=servers.workers,
        backup_workers=servers.backup_workers,
        servers=servers.servers,
        rate=job.batch / step.total,
        simulated_rate=found.rate,
        staleness=servers.staleness,
        simulated_staleness=found.staleness,
        staleness_p95=found.staleness_p95,
    )


def _slowest_pipeline(
    workload: SolvedWorkload, solved: TransformerJob
) -> SynchronizationAnswer | None:
    """Replicas of a transformer that wait for the one on slow nodes.

    None where there are no such nodes, and where stages have several parts, which nobody simulates.
    """
    layout, step = solved.chosen.layout, solved.chosen.step
    if not solved.slow_stages or layout.interleave > 1:
        return None
    computed = step.matrices + step.attention + step.memory
    passing = computed + step.host + step.tensor + step.boundaries + step.parameters
    slow = passing + (workload.described.slow_nodes.factor - 1) * computed
    alike = layout.pipeline - solved.slow_stages
    stages = [passing] * alike + [slow] * solved.slow_stages
    # A backward pass takes twice as long; how a slot is parted changes nothing in these places.
    forward = [each / layout.micro_batches / 3 for each in stages]
    took = pipelined(forward, [2 * each for each in forward], layout.micro_batches)
    after = step.gradients + step.optimizer + step.other
    return SynchronizationAnswer(
        mode="synchronous",
        workers=layout.data,
        backup_workers=0,
        servers=0,
        rate=layout.batch / step.total,
        simulated_rate=Estimate.exact(layout.batch / (took + after)),
        staleness=0.0,
        simulated_staleness=Estimate.exact(0.0),
        staleness_p95=0.0,
    )


def _year(run: Run, years: StackYears, case: tuple[float, bytes, float]) -> YearResult:
    """A year, of which some have such failure rates that the run never comes to its end."""
    try:
        return _simulated(run, years, case)
    except NoProgress as error:
        if error.so_far is None:
            raise
        return error.so_far


def _simulated(run: Run, years: StackYears, case: tuple[float, bytes, float]) -> YearResult:
    factor, seed, start = case
    return years(replace(run, work=run.work * factor), seed, start)


def _run(workload: SolvedWorkload, solved: SolvedStack) -> Run:
    job, described = workload.answer, workload.described
    rate = solved.interruption_rate(workload.name)
    return Run(
        work=job.work,
        interval=training_job.checkpoint_interval(job, described, rate),
        write_time=job.checkpoint.stall,
        startup=described.startup + job.loading,
        restart=described.startup + job.loading + job.checkpoint.read,
        detection=described.detection,
        needs=workload.needs,
        flush_time=job.checkpoint.flush,
    )


def answer(
    workload: SolvedWorkload, solved: SolvedStack, simulated: Simulated, head: Mapping[str, Any]
) -> TrainingPrediction:
    """What is predicted of the run.

    Arguments:
        workload: the training run.
        solved: the stack.
        simulated: its years.
        head: what the predictions of all kinds share.
    """
    job: TrainingJob = workload.answer
    outcome: _Outcome = simulated.outcome
    run, years = outcome.run, outcome.years
    spread = math.exp(normal_factor(CONFIDENCE) * job.uncertainty)
    rates = sorted(stage.rate for stage in job.stages)
    times = [year.time_to_train for year in years]
    goodput = [
        job.work * factor / time for factor, time in zip(outcome.factors, times, strict=True)
    ]
    share = efficiency(job.speedup, job.accelerators)
    return TrainingPrediction(
        **head,
        accelerators=job.accelerators,
        batch=job.batch,
        regime=str(job.regime),
        step_error=job.uncertainty,
        throughput=Estimate(
            job.throughput,
            job.throughput / spread,
            job.throughput * spread,
            CONFIDENCE,
            "approximation",
        ),
        step=job.step,
        stages=job.stages,
        bottleneck=job.bottleneck.name,
        remedy=training_remedy.remedy(job, workload.described, solved.site),
        headroom=rates[1] / rates[0] if len(rates) > 1 else math.inf,
        speedup=job.speedup,
        efficiency=share,
        memory=job.memory,
        work=job.work,
        checkpoint_interval=run.interval,
        checkpoint_size=job.checkpoint.size,
        checkpoint_write=job.checkpoint.write,
        checkpoint_stall=job.checkpoint.stall,
        checkpoint_read=job.checkpoint.read,
        checkpoints=number_of_checkpoints(job.work, run.interval),
        startup=run.startup,
        ideal_throughput=job.throughput / share if share > 0 else math.inf,
        ideal_time=job.samples / (job.single_rate * job.accelerators),
        failure_free_time=failure_free_time(
            run.work, run.interval, run.write_time, run.startup, run.flush_time
        ),
        time_to_train=distribution(times),
        goodput=share_distribution(goodput),
        restarts=distribution([float(year.restarts) for year in years]),
        yearly_goodput=share_distribution([year.yearly_productive / YEAR for year in years]),
        yearly_restarts=distribution([float(year.yearly_restarts) for year in years]),
        transformer=None
        if job.transformer is None
        else transformer_job.answer(job.transformer, job.throughput, job.uncertainty),
        synchronization=outcome.synchronization,
        ends=job_ends(workload.described.sagemaker, years),
    )
