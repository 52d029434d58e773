"""The event loop: tasks start and end; nodes fail and return."""

import math

from sim.batch.arrays.batch_records import (
    FAILS_TOO_OFTEN,
    FINISHED,
    STOPPED_TOO_OFTEN,
    STUCK,
)
from sim.batch.kernel.batch_access import repair_at, running_at, stream_at, workers_at, world
from sim.batch.kernel.batch_compilation import inner
from sim.batch.kernel.node_losses import await_failure, come_back, fail, first_failure
from sim.batch.kernel.task_lives import end_next, open_stages
from sim.batch.kernel.task_starts import start_tasks
from sim.kernels.streams import unit_exponential


@inner
def simulate(run, most_failures, most_stopped):
    """Simulate one replication until the last stage is complete.

    Arguments:
        run: address of its record.
        most_failures: of all units.
        most_stopped: attempts that failures stop.

    Returns why it came back.
    """
    total = world(run)
    for g in range(total.groups_count):
        await_failure(run, g, unit_exponential(stream_at(run, g)))
    while True:
        time = _next_time(run)
        if math.isinf(time):
            return STUCK
        _count(run, time)
        total.now = time
        _happen(run)
        if total.failures > most_failures:
            return FAILS_TOO_OFTEN
        if total.lost > most_stopped:
            return STOPPED_TOO_OFTEN
        if total.begun and total.complete_count == total.stages_count:
            return FINISHED
        start_tasks(run)


@inner
def _next_time(run):
    """When something happens next, s."""
    total = world(run)
    time = min(total.alarm, first_failure(run)[1])
    if not total.begun:
        time = min(time, total.start_at)
    if total.running > 0:
        time = min(time, running_at(run, 0).time)
    if total.repairs_count > 0:
        time = min(time, repair_at(run, 0).time)
    return time


@inner
def _happen(run):
    """All that happens at this instant, but for the starts."""
    total = world(run)
    while total.running > 0 and running_at(run, 0).time <= total.now:
        end_next(run)
    while total.repairs_count > 0 and repair_at(run, 0).time <= total.now:
        come_back(run)
    failing, time = first_failure(run)
    while time <= total.now:
        fail(run, failing)
        failing, time = first_failure(run)
    if not total.begun and total.start_at <= total.now:
        total.begun = 1
        open_stages(run)


@inner
def _count(run, until):
    """Count what is in use until an instant, as far as it lies in the run."""
    total = world(run)
    time = until - max(total.now, total.counted_from)
    if time <= 0.0:
        return
    total.busy += time * total.running
    for group in range(total.workers_count):
        of = workers_at(run, group)
        of.up_time += time * of.up
