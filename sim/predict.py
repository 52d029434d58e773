"""From a stack to a prediction: the laws, then a thousand years of it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from models.catalog.records import Catalog
from models.description.quantities import YEAR
from models.description.stack import Stack
from models.laws.checkpointing import failure_free_time
from models.laws.intervals import normal_factor
from models.laws.reliability.blocks import nines
from models.laws.scaling import efficiency
from models.parts import store, weak_points, whole
from models.parts.degraded import degraded
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.read_stack import StackFile
from models.parts.workloads import training_job
from models.parts.workloads.training_job import TrainingJob
from models.prediction import (
    AvailabilityPrediction,
    Estimate,
    Prediction,
    StoreDurability,
    TrainingPrediction,
)
from sim.cluster.cluster_contract import NoProgress, Run, YearResult, simulator
from sim.costs import cost_prediction, run_costs
from sim.energy import energy_prediction
from sim.experiment import CONFIDENCE, distribution, mean_estimate, replicate, streams
from sim.objectives import objective_results
from sim.workload import SimulatedWorkload

__all__ = ["NoProgress", "predict"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Replication:
    """One simulated year of a workload, with a step time drawn from its uncertainty."""

    run: Run
    components: tuple[Component, ...]
    uncertainty: float
    engine: str

    def __call__(self, random: np.random.Generator) -> tuple[float, YearResult]:
        factor = 1.0
        if self.uncertainty > 0:
            factor = math.exp(random.normal(-(self.uncertainty**2) / 2, self.uncertainty))
        run = Run(
            self.run.work * factor, self.run.interval, self.run.write_time, self.run.startup,
            self.run.restart, self.run.detection, self.run.needs,
        )  # fmt: skip
        return factor, simulator(self.engine)(run, self.components, random)


def predict(
    stack_file: StackFile,
    catalog: Catalog,
    *,
    seed: int = 1,
    replications: int = 1000,
    progress: Progress | None = None,
    jobs: int | None = None,
    engine: str = "compiled",
) -> Prediction:
    """Predict what a stack will do and cost, with error bars.

    Arguments:
        stack_file: the description as read.
        catalog: the facts.
        seed: of the simulation; the same seed gives the same prediction.
        replications: simulated years.
        progress: told how many replications of how many are complete.
        jobs: processes; by default as many as pay.
        engine: compiled, or simpy to check it; both give the same prediction.

    Raises:
        ValueError: fewer than two replications, or a name that is no engine.
        NoProgress: a run that failures never let come to its end.
    """
    if replications < 2:
        raise ValueError(f"replications is {replications}; an interval needs 2 or more")
    stack = stack_file.stack
    facts = Facts(catalog, stack.failure_rates)
    components = whole.components(stack, facts)
    trained = tuple(training_job.training_job(name, stack, facts) for name in stack.workloads)
    simulated = [
        _simulate(
            stack_file.name,
            job,
            _Replication(_run(job, stack, components, facts), components, job.uncertainty, engine),
            streams(seed, position, count=replications),
            _progress_of(progress, position, len(trained), replications),
            jobs,
        )
        for position, job in enumerate(trained)
    ]
    completion = _completion_times(stack, simulated)
    lines = whole.cost_lines(stack, trained, facts)
    costs = run_costs(stack, simulated, completion, lines, facts, seed)
    workloads = tuple(_workload(one, costs.by_workload[i]) for i, one in enumerate(simulated))
    availability = _availability(components, simulated[0].years)
    cost = cost_prediction(stack, lines, costs)
    end = np.maximum.reduce(list(completion.values()))
    energy = energy_prediction(stack, end, facts)
    return Prediction(
        stack=stack.name,
        version=version("windtunnel"),
        stack_hash=stack_file.digest,
        catalog_hash=catalog.digest,
        seed=seed,
        replications=replications,
        workloads=workloads,
        availability=availability,
        cost=cost,
        objectives=objective_results(stack, completion, costs.total, simulated[0].years),
        assumptions=_assumptions(stack, trained),
        durability=_durability(stack, facts),
        degraded=degraded(stack, facts),
        energy=energy,
        sources=facts.sources(),  # the last: all figures have been looked up
    )


def _simulate(
    file: str,
    job: TrainingJob,
    replication: _Replication,
    random: Sequence[np.random.Generator],
    progress: Callable[[int], None] | None,
    jobs: int | None,
) -> SimulatedWorkload:
    try:
        factors, years = zip(*replicate(replication, random, progress, jobs), strict=True)
    except NoProgress as error:
        raise NoProgress(f"{file}: workloads.{job.name}: {error}") from None
    return SimulatedWorkload(job, replication.run, factors, years)


def _progress_of(
    progress: Progress | None, position: int, workloads: int, replications: int
) -> Callable[[int], None] | None:
    if progress is None:
        return None
    return lambda done: progress(position * replications + done, workloads * replications)


def _run(job: TrainingJob, stack: Stack, components: tuple[Component, ...], facts: Facts) -> Run:
    workload = stack.workloads[job.name]
    needed = whole.needs(job.name, stack, facts)
    rate = whole.interruption_rate(components, needed)
    return Run(
        work=job.work,
        interval=training_job.checkpoint_interval(job, workload, rate),
        write_time=job.checkpoint_write,
        startup=workload.startup,
        restart=workload.startup + job.checkpoint_read,
        detection=workload.detection,
        needs=needed,
    )


def _completion_times(
    stack: Stack, simulated: Sequence[SimulatedWorkload]
) -> dict[str, np.ndarray]:
    """When each workload is complete, s from the start of the first, in every replication."""
    own = {one.job.name: np.array([year.time_to_train for year in one.years]) for one in simulated}
    completion: dict[str, np.ndarray] = {}

    def complete(name: str) -> np.ndarray:
        if name not in completion:
            before = [complete(earlier) for earlier in stack.workloads[name].after]
            start = np.maximum.reduce(before) if before else 0.0
            completion[name] = start + own[name]
        return completion[name]

    for name in own:
        complete(name)
    return completion


def _workload(one: SimulatedWorkload, cost: np.ndarray) -> TrainingPrediction:
    job, run = one.job, one.run
    spread = math.exp(normal_factor(CONFIDENCE) * job.uncertainty)
    rates = sorted(stage.rate for stage in job.stages)
    times = [year.time_to_train for year in one.years]
    restarts = [float(year.restarts) for year in one.years]
    goodput = [job.work * factor / time for factor, time in zip(one.factors, times, strict=True)]
    return TrainingPrediction(
        name=job.name,
        accelerators=job.accelerators,
        throughput=Estimate(
            job.throughput,
            job.throughput / spread,
            job.throughput * spread,
            CONFIDENCE,
            "approximation",
        ),
        step=job.step,
        stages=job.stages,
        bottleneck=min(job.stages, key=lambda stage: stage.rate).name,
        headroom=rates[1] / rates[0] if len(rates) > 1 else math.inf,
        speedup=job.speedup,
        efficiency=efficiency(job.speedup, job.accelerators),
        memory=job.memory,
        work=job.work,
        checkpoint_interval=run.interval,
        checkpoint_write=run.write_time,
        ideal_time=job.samples / (job.single_rate * job.accelerators),
        failure_free_time=failure_free_time(run.work, run.interval, run.write_time, run.startup),
        time_to_train=distribution(times),
        goodput=distribution(goodput),
        restarts=distribution(restarts),
        yearly_goodput=distribution([year.yearly_productive / YEAR for year in one.years]),
        yearly_restarts=distribution([float(year.yearly_restarts) for year in one.years]),
        cost=distribution(cost.tolist()),
    )


def _availability(
    components: tuple[Component, ...], years: Sequence[YearResult]
) -> AvailabilityPrediction:
    results = tuple(component.result() for component in components)
    away = whole.unavailability(components)
    rate = weak_points.failures(components)
    return AvailabilityPrediction(
        blocks=results,
        unavailability=away,
        simulated=mean_estimate([year.availability for year in years]),
        downtime=away * YEAR,
        nines=nines(away),
        single_points=tuple(result.block.name for result in results if result.single_point),
        failures=rate * YEAR,
        mean_down_time=away / rate if rate else 0.0,
        importances=weak_points.importances(components),
        cut_sets=weak_points.cut_sets(components),
    )


def _durability(stack: Stack, facts: Facts) -> tuple[StoreDurability, ...]:
    found = (store.durability(name, one, stack, facts) for name, one in stack.storage.items())
    return tuple(one for one in found if one is not None)


def _assumptions(stack: Stack, jobs: Sequence[TrainingJob]) -> tuple[str, ...]:
    general = [
        "Units fail and return at constant rates, independently, and are repaired all at once.",
        "A workload uses its nodes alone; traffic of other tenants is not modelled.",
        "A simulated year begins with everything up; the laws give the long run.",
        "A run is billed for the storage only while it lasts.",
    ]
    if any(group.purchase == "spot" for group in stack.nodes.values()):
        general.append("Spot prices move between the lowest and the highest of the region's zones.")
    own = [
        text for job in jobs for text in training_job.assumptions(job, stack.workloads[job.name])
    ]
    return (*own, *general)
