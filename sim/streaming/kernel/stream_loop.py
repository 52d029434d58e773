"""The event loop: events come, are appended to the log, are read, and leave stage after stage."""

import math

from sim.kernels.streams import draw, uniform
from sim.streaming.arrays.stream_records import FINISHED, GROW, NONE
from sim.streaming.kernel.departing import leave, take_first, wait_for
from sim.streaming.kernel.open_windows import gather
from sim.streaming.kernel.stream_access import (
    event_at,
    instance_at,
    key_at,
    lag_at,
    leaf_at,
    output_at,
    partition_at,
    place_at,
    profile_at,
    read_at,
    source_at,
    stage_at,
    stream_at,
    tree_at,
    world,
)
from sim.streaming.kernel.stream_compilation import inlined, inner

_BY_PARTITION, _BY_KEY = 0, 1  # Route, which compiled code takes as numbers


@inner
def simulate(run):
    """Simulate a stream until its horizon.

    Arguments:
        run: address of its record.

    Returns why it came back; after GROW it goes on where it was.
    """
    total = world(run)
    if not total.begun:
        total.begun = 1
        for number in range(total.sources_count):
            wait_for(run, number, next_arrival(run, number, 0.0))
    while True:
        leaf = tree_at(run, 1).value
        now = leaf_at(run, leaf).time
        if now > total.horizon:
            return FINISHED
        # Every window that is open may give its result at once.
        enough = total.unused_events >= total.used_panes + total.most_panes + total.most_events
        if total.unused_panes < total.most_panes or not enough:
            return GROW
        if leaf < total.sources_count:
            _come(run, leaf, now)
        else:
            _go_on(run, leaf, now)


@inner
def _come(run, number, now):
    """An event comes from a source."""
    source = source_at(run, number)
    key = NONE
    if source.keys > 0:
        drawn = uniform(stream_at(run, source.key_stream))
        key = key_at(run, source.first_key + math.floor(drawn * source.keys)).guide
        while key_at(run, source.first_key + key).cumulative <= drawn:
            key += 1
    partition = source.partition
    if partition == NONE:
        if key != NONE:
            partition = place_at(run, source.first_place + key).value
        else:
            partition = source.turn
            source.turn += 1
            if source.turn == source.partitions:
                source.turn = 0
    partition += source.first_partition
    partition_at(run, partition).value += 1
    source.sent += 1
    time = now - draw(stream_at(run, source.delay_stream))
    arrive(run, source.stage, key, partition, time, now, now)
    wait_for(run, number, next_arrival(run, number, now))


@inner
def next_arrival(run, number, now):
    """When the next event of a source comes, s."""
    source = source_at(run, number)
    if source.recorded != NONE:
        if source.interval == source.recorded:
            return math.inf
        source.interval += 1
        return profile_at(run, source.profile + source.interval - 1).end
    left = draw(stream_at(run, source.gap_stream))
    while True:
        row = profile_at(run, source.profile + source.interval)
        if math.isinf(row.end):
            return now + left / row.rate if row.rate > 0.0 else math.inf
        if left <= row.rate * (row.end - now):
            return now + left / row.rate
        left -= row.rate * (row.end - now)
        now = row.end
        source.interval += 1


@inner
def _go_on(run, leaf, now):
    """An event leaves an instance for all stages behind it."""
    row = leaf_at(run, leaf)
    stage = stage_at(run, row.stage)
    event = event_at(run, take_first(run, row.instance))
    # Its row is free, and may be taken by what it becomes.
    key, partition, time, born = event.key, event.partition, event.time, event.born
    for k in range(stage.outputs):
        to = output_at(run, stage.first_output + k).value
        arrive(run, to, key, partition, time, born, now)


@inlined
def _instance_of(run, stage, key, partition):
    if stage.route == _BY_PARTITION:
        return stage.first + partition % stage.instances
    if stage.route == _BY_KEY:
        return stage.first + place_at(run, stage.first_place + key).value
    taken = stage.turn
    stage.turn += 1
    if stage.turn == stage.instances:
        stage.turn = 0
    return stage.first + taken


@inner
def arrive(run, stage_number, key, partition, time, born, now):
    """An event comes to a stage, whose instance will be done with it after all before it."""
    total, stage = world(run), stage_at(run, stage_number)
    number = _instance_of(run, stage, key, partition)
    instance = instance_at(run, number)
    ready = now + stage.hold
    if stage.reader != NONE:
        if now >= total.blocked_to and math.isinf(instance.drained) and instance.free <= now:
            instance.drained = max(total.blocked_to, instance.free)
        if now >= total.blocked_from and now < total.blocked_to:
            ready = max(ready, total.blocked_to)
    if stage.interval > 0.0:
        phase = 0.0
        if stage.staggered:
            phase = stage.interval * (number - stage.first) / stage.instances
        ready = phase + (math.floor((ready - phase) / stage.interval) + 1.0) * stage.interval
    start = max(ready, instance.free)
    end = start + draw(stream_at(run, stage.service_stream))
    instance.free = end
    instance.arrivals += 1
    instance.busy += max(0.0, min(end, total.horizon) - max(start, total.warmup))
    stage.came += 1
    if end <= total.horizon:
        stage.done += 1
        if end >= total.warmup:
            stage.counted += 1
            stage.waiting += start - now
            stage.response += end - now
    if stage.reader != NONE:
        if end <= total.horizon:
            read_at(run, stage.reader * total.all_partitions + partition).value += 1
        if total.lag_every > 0.0:
            look = math.floor(now / total.lag_every) + 1
            while look * total.lag_every < min(start, total.horizon):
                lag_at(run, stage.first_lag + look).value += 1
                look += 1
    if stage.window != 0:
        gather(run, stage_number, number, key, time, end)
        return
    copies = stage.emits_whole
    if stage.emit_stream != NONE and uniform(stream_at(run, stage.emit_stream)) < stage.emits_part:
        copies += 1
    for _ in range(copies):
        leave(run, stage_number, number, key, partition, time, born, end)
