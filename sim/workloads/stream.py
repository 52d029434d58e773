"""A stream over time: its events through all stages, and its year of failures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.description.quantities import HOUR, MONTH
from models.parts.shared_nodes import shares_of_nodes
from models.parts.solve import SolvedStack
from models.parts.workloads.stream_cases import cases
from models.parts.workloads.stream_job import StreamJob
from models.parts.workloads.stream_remedy import remedy
from models.parts.workloads.stream_topics import topics
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import Estimate, Finding
from models.prediction.endpoint_answer import WantedLatency
from models.prediction.stream_answer import StreamPrediction, StreamWindow
from sim.backends import Backend
from sim.endless_years import endless_years
from sim.experiment import mean_estimate, share_estimate
from sim.simulated_workload import Floats, Progress, Simulated, Years
from sim.streaming import stream_runs
from sim.streaming.stream_measures import hours_of, recovery_of, sink_of, stage_of, window_of
from sim.streaming.stream_runs import HourlyRuns, SteadyRuns


@dataclass(frozen=True)
class _Outcome:
    """What is kept of a stream.

    Arguments:
        steady: under its highest load; None where it can't bear that.
        hourly: over the hours of its load; None where that is steady, and in overload.
        drain: time to catch up after a failure; None where nothing says how it restarts.
    """

    steady: SteadyRuns | None
    hourly: HourlyRuns | None
    drain: Estimate | None


def most_replications(workload: SolvedWorkload) -> int:
    """Replications of it that are worth their time: as many as anyone asks for.

    Arguments:
        workload: of this kind.
    """
    return 1_000_000


def least_time(workload: SolvedWorkload, seed: int, position: int, replications: int) -> Floats:
    """P95 of the slowest sink: no event takes less than what holds it on the shortest way there.

    Arguments:
        workload: of this kind.
        seed: of the experiment.
        position: of the workload in the stack.
        replications: how many.
    """
    job: StreamJob = workload.answer
    return np.full(replications, max(map(job.least, job.described.sinks), default=0.0))


def draw(workload: SolvedWorkload, random: np.random.Generator) -> None:
    """Nothing is uncertain of a stream for a whole replication.

    Arguments:
        workload: the stream.
        random: of the replication.
    """


def simulate(
    workload: SolvedWorkload,
    solved: SolvedStack,
    years: Years,
    starts: Floats,
    drawn: Sequence[None],
    progress: Progress | None,
) -> Simulated:
    """Its events through all stages, and what it needs in every year.

    Arguments:
        workload: the stream.
        solved: the stack.
        years: of the stack.
        starts: of the stream, s from the beginning of each year.
        drawn: nothing.
        progress: told how many years are complete.
    """
    job: StreamJob = workload.answer
    lived = endless_years(workload, years, starts, progress)
    like = workload.kind.alike(job)
    key = ("stream", like, job.beside, years.seed, years.engine, years.length)
    outcome = _Outcome(None, None, None)
    if workload.name not in years.unasked:
        if key not in years.remembered:
            years.remembered[key] = _outcome(job, years)
        outcome = years.remembered[key]
    groups = workload.kind.groups(workload.described)
    nodes = {name: solved.stack.nodes[name] for name in groups}
    held = {name: one.count + one.spares for name, one in nodes.items()}
    return lived.simulated(held, outcome, tuple(_findings(job, outcome)))


def _outcome(job: StreamJob, years: Years) -> _Outcome:
    told = (job, years.seed, years.length, Backend("threads", workers=years.jobs), years.engine)
    if job.unstable:
        return _Outcome(None, None, None)
    return _Outcome(
        steady=stream_runs.steady(*told) if job.keeps_up else None,
        hourly=stream_runs.hourly(*told) if job.hours else None,
        drain=stream_runs.recovery(*told) if job.downtime is not None and job.beside else None,
    )


def _findings(job: StreamJob, outcome: _Outcome) -> Iterator[Finding]:
    place = f"workloads.{job.name}"
    if outcome.steady is not None and not outcome.steady.results:
        text = "a window is longer than what can be simulated of so many events: its results are by"
        yield Finding("note", place, f"{text} the law alone")
    if outcome.steady is None and outcome.hourly is not None:
        text = "it falls behind in its busiest hours: latencies are of the events that wait then,"
        yield Finding("warning", place, f"{text} without the time of the other stages")


def answer(
    workload: SolvedWorkload, solved: SolvedStack, simulated: Simulated, head: Mapping[str, Any]
) -> StreamPrediction:
    """What is predicted of the stream.

    Arguments:
        workload: the stream.
        solved: the stack.
        simulated: its years and its events.
        head: what the predictions of all kinds share.
    """
    job: StreamJob = workload.answer
    outcome: _Outcome = simulated.outcome
    if job.unstable:  # it is not there for all events, whatever is up
        never = share_estimate([0.0] * len(simulated.available))
        head = {**head, "unavailability": 1.0, "available": never}
    seen = outcome.steady
    sinks = tuple(
        sink_of(job, number, seen)
        for number, law in enumerate(job.highest)
        if law.place.name in job.described.sinks
    )
    slowest = max(sinks, key=lambda one: -1.0 if one.p95 is None else one.p95.mean)
    p50, p95, p99 = (_percentile(job, outcome, slowest.name, one) for one in (0.5, 0.95, 0.99))
    windows = tuple(
        window_of(number, law, seen)
        for number, law in enumerate(job.highest)
        if law.flow.results is not None
    )
    loss = _loss(windows, job)
    taken = job.mean_rate - job.behind()
    hourly = _hourly(workload, solved)
    return StreamPrediction(
        **head,
        throughput=Estimate.exact(taken),
        arrival_rate=job.mean_rate,
        highest_rate=job.highest_rate,
        rate_unit=next(iter(job.described.sources.values())).unit,
        unstable=job.unstable,
        behind=job.behind(),
        bottleneck=job.bottleneck.place.name,
        remedy=remedy(job, solved.site),
        capacity=job.capacity,
        topics=topics(job),
        stages=tuple(stage_of(job, number, seen) for number in range(len(job.highest))),
        windows=windows,
        sinks=sinks,
        slowest=slowest.name,
        p50=p50,
        p95=p95,
        p99=p99,
        latency=_wanted(job, outcome, slowest.name),
        loss=loss,
        law_lag=job.lag(),
        lag=_lag(job, outcome),
        added=max(law.place.interval / 2 for law in job.highest),
        recovery=recovery_of(job, solved, outcome.drain),
        hours=tuple(hours_of(job, outcome.hourly)),
        cases=cases(job, solved.site),
        law=_LAW,
        simulation=_said(job, outcome),
        independent=0 if outcome.steady is None and outcome.hourly is None else stream_runs.RUNS,
        hourly=hourly,
        monthly=hourly * MONTH / HOUR,
        per_million=1e6 * hourly / (taken * HOUR) if taken > 0 else None,
    )


_LAW = "every instance a queue of its own, M/G/1; keys by Zipf's law and their hash"


def _said(job: StreamJob, outcome: _Outcome) -> str:
    if outcome.steady is not None:
        events = sum(sum(one.sent) for one in outcome.steady.runs)
        return f"{events:,} events through all stages at the highest load"
    if outcome.hourly is not None:
        return "the hours of three periods, of which the last counts, at the bottleneck"
    return "nothing is simulated in overload"


def _percentile(job: StreamJob, outcome: _Outcome, sink: str, share: float) -> Estimate | None:
    """Of the latency to a sink; where hours are too much for it, of the bottleneck over all."""
    if outcome.steady is not None:
        return outcome.steady.latency(_number(job, sink), share)
    if outcome.hourly is not None:
        return stream_runs.latency_quantile(outcome.hourly.runs, 0, share)
    return None


def _number(job: StreamJob, name: str) -> int:
    return next(k for k, law in enumerate(job.highest) if law.place.name == name)


def _wanted(job: StreamJob, outcome: _Outcome, sink: str) -> WantedLatency | None:
    if job.percentage is None or job.at_most is None:
        return None
    reached = _percentile(job, outcome, sink, job.percentage / 100)
    return WantedLatency(job.percentage, job.at_most, True, reached)


def _loss(windows: Sequence[StreamWindow], job: StreamJob) -> Estimate | None:
    """Share of its events that the operator drops which drops most; None in overload."""
    if job.unstable:
        return None
    late = [one.late for one in windows if one.late is not None]
    return max(late, key=lambda one: one.mean, default=Estimate.exact(0.0))


def _lag(job: StreamJob, outcome: _Outcome) -> Estimate | None:
    """Events that readers are not done with: a mean by Little's law, or the most of all hours."""
    if outcome.hourly is not None and not job.keeps_up:
        return mean_estimate(outcome.hourly.backlogs.max(axis=1).tolist())
    if outcome.steady is None:
        return None
    readers = [k for k, law in enumerate(job.highest) if job.reads(law.place)]
    return outcome.steady.rate(lambda one: sum(one.stages[k].response for k in readers))


def _hourly(workload: SolvedWorkload, solved: SolvedStack) -> float:
    """What its nodes, with their volumes, and its log cost an hour, USD/h."""
    groups = workload.kind.groups(workload.described)
    parts = {
        group: shares_of_nodes(group, solved.workloads, solved.site)[workload.name]
        for group in groups
    }
    own = 0.0
    for line in solved.cost_lines:
        group = line.node_group or line.volumes_of
        if group in parts:
            own += parts[group] * line.least_hourly
        elif line.workload == workload.name:
            own += line.least_hourly
    return own
