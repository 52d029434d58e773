"""Stages, windows, sinks and hours of a stream, from its simulated runs beside the laws."""

import math
from collections.abc import Iterator

from models.description.quantities import HOUR, MONTH
from models.parts.solve import SolvedStack
from models.parts.workloads.stream import Operator
from models.parts.workloads.stream_job import StageLaw, StreamJob
from models.prediction import Estimate
from models.prediction.stream_answer import (
    StreamHour,
    StreamRecovery,
    StreamSink,
    StreamStage,
    StreamWindow,
)
from sim.experiment import mean_estimate
from sim.streaming.stream_contract import StageOutcome, StreamOutcome
from sim.streaming.stream_runs import HourlyRuns, SteadyRuns


def stage_of(job: StreamJob, number: int, seen: SteadyRuns | None) -> StreamStage:
    """A stage at the highest load.

    Arguments:
        job: the stream.
        number: of the stage.
        seen: its simulation, if any.
    """
    law = job.highest[number]
    place, response = law.place, law.response().mean
    known = place.step is None or all(map(job.lawful, place.step.inputs))
    lawful = math.isfinite(response) and known
    busiest = int(law.busy.argmax())

    def mine(run: StreamOutcome) -> StageOutcome:
        return run.stages[number]

    def each(name: str) -> Estimate | None:
        """Mean of a time over the events that were done with."""
        if seen is None:
            return None
        return seen.share(lambda run: getattr(mine(run), name), lambda run: mine(run).counted)

    busy = None if seen is None else seen.rate(lambda run: float(mine(run).busy[busiest]))
    return StreamStage(
        name=place.name,
        role=place.role,
        place=place.place,
        instances=place.instances,
        rate=law.flow.rate,
        capacity=law.capacity,
        utilization=law.utilization,
        mean_utilization=float(law.busy.mean()),
        simulated_utilization=busy,
        law_response=response if lawful else None,
        response=each("response"),
        waiting=each("waiting"),
    )


def window_of(number: int, law: StageLaw, seen: SteadyRuns | None) -> StreamWindow:
    """What the windows of an operator give at the highest load.

    Arguments:
        number: of the operator among the stages.
        law: of it.
        seen: its simulation, if any.
    """
    step = law.place.step
    assert isinstance(step, Operator)
    assert step.window is not None
    results = updates = late = None
    if seen is not None:
        late = seen.share(
            lambda run: run.stages[number].late, lambda run: run.stages[number].counted
        )
    if seen is not None and seen.results:
        results = seen.rate(lambda run: run.stages[number].results)
        updates = seen.rate(lambda run: run.stages[number].updates)
    return StreamWindow(
        operator=law.place.name,
        window=step.window.said,
        law_results=law.flow.results or 0.0,
        results=results,
        law_late=law.flow.late,
        late=late,
        updates=updates,
    )


def sink_of(job: StreamJob, number: int, seen: SteadyRuns | None) -> StreamSink:
    """How long events take to a sink at the highest load.

    Arguments:
        job: the stream.
        number: of the sink among the stages.
        seen: its simulation, if any.
    """
    name = job.highest[number].place.name
    law = job.latency(name)
    rate = latency = p50 = p95 = p99 = None
    if seen is not None:
        if seen.results or not job.windowed(name):
            rate = seen.rate(lambda run: run.stages[number].given)
        latency = seen.share(
            lambda run: run.stages[number].latency_sum, lambda run: run.stages[number].given
        )
        p50, p95, p99 = (seen.latency(number, share) for share in (0.5, 0.95, 0.99))
    return StreamSink(
        name=name,
        rate=rate,
        windowed=job.windowed(name),
        law_latency=None if law is None else law.mean,
        law_p50=None if law is None else law.quantile(0.5),
        law_p95=None if law is None else law.quantile(0.95),
        law_p99=None if law is None else law.quantile(0.99),
        latency=latency,
        p50=p50,
        p95=p95,
        p99=p99,
    )


def recovery_of(
    job: StreamJob, solved: SolvedStack, drain: Estimate | None
) -> StreamRecovery | None:
    """How it goes on after a failure; None where no checkpoints are described.

    Arguments:
        job: the stream.
        solved: the stack.
        drain: simulated time to catch up, s.
    """
    checkpoint = job.described.checkpoint
    if checkpoint is None or job.downtime is None:
        return None
    return StreamRecovery(
        interval=checkpoint.interval,
        downtime=job.downtime,
        replayed=job.highest_rate * checkpoint.interval / 2,
        backlog=job.highest_rate * job.outage(),
        law_drain=job.drain(),
        drain=drain,
        interruptions=solved.interruption_rate(job.name) * MONTH,
    )


def hours_of(job: StreamJob, seen: HourlyRuns | None) -> Iterator[StreamHour]:
    """The hours of the load, with what waits at their end.

    Arguments:
        job: the stream.
        seen: their simulation, if any.
    """
    law = job.backlogs()
    busy = job.bottleneck.utilization / job.highest_rate
    for hour, rate in enumerate(job.hourly_rates):
        yield StreamHour(
            start=hour * HOUR,
            rate=rate,
            utilization=rate * busy,
            law_backlog=law[hour] if law else None,
            backlog=None if seen is None else mean_estimate(seen.backlogs[:, hour].tolist()),
        )
