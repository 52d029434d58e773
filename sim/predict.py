"""From a stack to a prediction: the laws, then a thousand years of it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from models.catalog.records import Catalog, Price
from models.laws.checkpointing import failure_free_time
from models.laws.intervals import normal_factor
from models.laws.reliability.blocks import nines
from models.laws.scaling import efficiency
from models.parts import node_group, training_job, whole
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.training_job import TrainingJob
from models.prediction import (
    AvailabilityPrediction,
    CostLine,
    CostPrediction,
    Distribution,
    Estimate,
    ObjectiveResult,
    Prediction,
    TrainingPrediction,
)
from models.quantities import HOUR, MONTH, YEAR, format_duration, format_money, format_percent
from models.read import StackFile
from models.stack import NodeGroup, Stack
from sim.experiment import CONFIDENCE, distribution, mean_estimate, replicate, streams
from sim.timeline.year import NoProgress, Run, YearResult, simulate_year

__all__ = ["NoProgress", "predict"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Replication:
    """One simulated year of a workload, with a step time drawn from its uncertainty."""

    run: Run
    components: tuple[Component, ...]
    uncertainty: float

    def __call__(self, random: np.random.Generator) -> tuple[float, YearResult]:
        factor = 1.0
        if self.uncertainty > 0:
            factor = math.exp(random.normal(-(self.uncertainty**2) / 2, self.uncertainty))
        run = Run(
            self.run.work * factor, self.run.interval, self.run.write_time, self.run.startup,
            self.run.restart, self.run.detection, self.run.needs,
        )  # fmt: skip
        return factor, simulate_year(run, self.components, random)


@dataclass(frozen=True)
class _Simulated:
    """A workload and what the simulated years saw of it."""

    job: TrainingJob
    run: Run
    factors: tuple[float, ...]
    years: tuple[YearResult, ...]


def predict(
    stack_file: StackFile,
    catalog: Catalog,
    *,
    seed: int = 1,
    replications: int = 1000,
    progress: Progress | None = None,
    jobs: int | None = None,
) -> Prediction:
    """Predict what a stack will do and cost, with error bars.

    Arguments:
        stack_file: the description as read.
        catalog: the facts.
        seed: of the simulation; the same seed gives the same prediction.
        replications: simulated years.
        progress: told how many replications of how many are complete.
        jobs: processes; by default as many as pay.

    Raises:
        ValueError: fewer than two replications.
        NoProgress: a run that failures never let come to its end.
    """
    if replications < 2:
        raise ValueError(f"replications is {replications}; an interval needs 2 or more")
    stack, facts = stack_file.stack, Facts(catalog)
    components = whole.components(stack, facts)
    trained = tuple(training_job.training_job(name, stack, facts) for name in stack.workloads)
    simulated = []
    for position, job in enumerate(trained):
        run = _run(job, stack, components, facts)
        done = _progress_of(progress, position, len(trained), replications)
        outcomes = replicate(
            _Replication(run, components, job.uncertainty),
            streams(seed, position, count=replications),
            done,
            jobs,
        )
        factors, years = zip(*outcomes, strict=True)
        simulated.append(_Simulated(job, run, factors, years))
    completion = _completion_times(stack, simulated)
    lines = whole.cost_lines(stack, trained, facts)
    costs = _run_costs(stack, simulated, completion, lines, facts, seed)
    workloads = tuple(_workload(one, costs.by_workload[i]) for i, one in enumerate(simulated))
    availability = _availability(components, simulated[0].years)
    cost = _cost(stack, lines, costs)
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
        objectives=_objectives(stack, completion, costs.total, simulated[0].years),
        assumptions=_assumptions(stack, trained),
        sources=facts.sources(),
    )


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


def _completion_times(stack: Stack, simulated: Sequence[_Simulated]) -> dict[str, np.ndarray]:
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


@dataclass(frozen=True)
class _RunCosts:
    """USD of one run in every replication: all, by line, and of each workload's nodes."""

    total: np.ndarray
    by_line: list[np.ndarray]
    by_workload: list[np.ndarray]


def _run_costs(
    stack: Stack,
    simulated: Sequence[_Simulated],
    completion: dict[str, np.ndarray],
    lines: Sequence[CostLine],
    facts: Facts,
    seed: int,
) -> _RunCosts:
    end = np.maximum.reduce(list(completion.values()))
    node_hours = {name: np.zeros(len(end)) for name in stack.nodes}
    by_workload = []
    prices = {
        name: _price_draws(group, stack, facts, seed, position, len(end))
        for position, (name, group) in enumerate(stack.nodes.items())
    }
    for one in simulated:
        group = stack.workloads[one.job.name].nodes
        hours = _billed_hours(one, group, stack)
        node_hours[group] = node_hours[group] + hours
        by_workload.append(hours * prices[group])
    by_line = []
    for line in lines:
        if line.unit == "nodes":
            by_line.append(node_hours[line.resource] * prices[line.resource])
        elif line.per_run:
            by_line.append(np.full(len(end), line.quantity * line.unit_price))
        else:
            by_line.append(line.hourly * end / HOUR)
    total = np.sum(by_line, axis=0) if by_line else np.zeros(len(end))
    return _RunCosts(total, by_line, by_workload)


def _billed_hours(one: _Simulated, group: str, stack: Stack) -> np.ndarray:
    """Node-hours of a workload: a cloud bills nodes that are up, on premises all are paid for."""
    described = stack.nodes[group]
    if stack.cloud == "on-premises":
        units = described.count + described.spares
        return np.array([units * year.time_to_train / HOUR for year in one.years])
    position = list(stack.nodes).index(group)
    return np.array([year.unit_time[position] / HOUR for year in one.years])


def _price_draws(
    group: NodeGroup, stack: Stack, facts: Facts, seed: int, position: int, count: int
) -> np.ndarray:
    """Price of one node in every replication: a spot price moves between its low and its high."""
    price = node_group.hourly_price(group, stack, facts)
    if not isinstance(price, Price):
        return np.full(count, price)
    if price.low == price.high:
        return np.full(count, price.usd)
    (random,) = streams(seed, 10_000, position, count=1)
    return random.triangular(price.low, price.usd, price.high, count)


def _workload(one: _Simulated, cost: np.ndarray) -> TrainingPrediction:
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
    return AvailabilityPrediction(
        blocks=results,
        unavailability=away,
        simulated=mean_estimate([year.availability for year in years]),
        downtime=away * YEAR,
        nines=nines(away),
        single_points=tuple(result.block.name for result in results if result.single_point),
    )


def _cost(stack: Stack, lines: tuple[CostLine, ...], costs: _RunCosts) -> CostPrediction:
    hourly = math.fsum(line.hourly for line in lines)
    changed = [line for line in lines if line.alternative is not None]
    other = None
    if changed:
        other = hourly + math.fsum(float(line.alternative or 0) - line.hourly for line in changed)
    spot = any(group.purchase == "spot" for group in stack.nodes.values())
    return CostPrediction(
        lines=lines,
        hourly=hourly,
        monthly=hourly * MONTH / HOUR,
        run=distribution(costs.total.tolist()),
        run_lines=tuple(float(np.mean(values)) for values in costs.by_line),
        alternative_hourly=other,
        alternative="on-demand" if spot else "spot",
    )


def _objectives(
    stack: Stack, completion: dict[str, np.ndarray], cost: np.ndarray, years: Sequence[YearResult]
) -> tuple[ObjectiveResult, ...]:
    results, wanted = [], stack.objectives
    if wanted.deadline is not None:
        times = completion[wanted.deadline.workload]
        results.append(
            ObjectiveResult(
                "deadline",
                f"{wanted.deadline.workload} within {format_duration(wanted.deadline.within)}",
                _quoted(distribution(times.tolist()), format_duration),
                float(np.mean(times <= wanted.deadline.within)),
                wanted.deadline.probability,
            )
        )
    if wanted.budget is not None:
        results.append(
            ObjectiveResult(
                "budget",
                f"at most {format_money(wanted.budget.at_most)}",
                _quoted(distribution(cost.tolist()), format_money),
                float(np.mean(cost <= wanted.budget.at_most)),
                wanted.budget.probability,
            )
        )
    if wanted.availability is not None:
        observed = np.array([year.availability for year in years])
        results.append(
            ObjectiveResult(
                "availability",
                f"at least {format_percent(wanted.availability.at_least, 3)} of a year",
                f"P50 {format_percent(float(np.quantile(observed, 0.5)), 3)},"
                f" P5 {format_percent(float(np.quantile(observed, 0.05)), 3)}",
                float(np.mean(observed >= wanted.availability.at_least)),
                wanted.availability.probability,
            )
        )
    return tuple(results)


def _quoted(values: Distribution, write: Callable[[float], str]) -> str:
    return f"P50 {write(values.p50.mean)}, P95 {write(values.p95.mean)}"


def _assumptions(stack: Stack, jobs: Sequence[TrainingJob]) -> tuple[str, ...]:
    general = [
        "Units fail and return at constant rates, independently, and are repaired all at once.",
        "A workload uses its nodes alone; traffic of other tenants is not modelled.",
        "A run is billed for the storage only while it lasts.",
    ]
    if any(group.purchase == "spot" for group in stack.nodes.values()):
        general.append("Spot prices move between the lowest and the highest of the region's zones.")
    own = [
        text for job in jobs for text in training_job.assumptions(job, stack.workloads[job.name])
    ]
    return (*own, *general)
