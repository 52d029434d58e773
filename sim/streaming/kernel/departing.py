"""What leaves a stage: it goes on to others in order, or out of a sink."""

import math

from sim.kernels.rows import bits_of
from sim.streaming.arrays.latency_bins import BINS, FIRST, SHIFT
from sim.streaming.arrays.stream_records import NONE
from sim.streaming.kernel.stream_access import (
    event_at,
    instance_at,
    latency_at,
    leaf_at,
    stage_at,
    tree_at,
    world,
)
from sim.streaming.kernel.stream_compilation import inlined, inner


@inner
def wait_for(run, leaf, time):
    """What is next at a leaf of the tree happens at a time; of equal times, the first leaf's."""
    total = world(run)
    leaf_at(run, leaf).time = time
    place = (leaf + total.leaves_count) >> 1
    while place > 0:
        left, right = tree_at(run, 2 * place).value, tree_at(run, 2 * place + 1).value
        winner = right if leaf_at(run, right).time < leaf_at(run, left).time else left
        tree_at(run, place).value = winner
        place >>= 1


@inlined
def bin_of(latency):
    """As `latency_bins.bin_of_latency`."""
    if latency <= 0.0:
        return 0
    found = (bits_of(latency) >> SHIFT) - FIRST
    return min(max(found, 0), BINS - 1)


@inner
def leave(run, stage_number, instance_number, key, partition, time, born, at):
    """One event, or result, leaves a stage at a time, which may lie ahead."""
    total, stage = world(run), stage_at(run, stage_number)
    if at <= total.horizon and at >= total.warmup:
        stage.given += 1
        if stage.latency != NONE:
            stage.latency_sum += at - born
            latency_at(run, stage.latency + bin_of(at - born)).value += 1
    if stage.outputs == 0:
        return
    number = total.unused_event
    event, instance = event_at(run, number), instance_at(run, instance_number)
    total.unused_event = event.next
    total.unused_events -= 1
    event.key, event.partition = key, partition
    event.time, event.born, event.at = time, born, at
    event.next = NONE
    if instance.head == NONE:
        instance.head = number
        wait_for(run, instance.leaf, at)
    else:
        event_at(run, instance.tail).next = number
    instance.tail = number


@inner
def take_first(run, instance_number):
    """The first of what an instance is done with; its row is free for the next."""
    total, instance = world(run), instance_at(run, instance_number)
    number = instance.head
    event = event_at(run, number)
    instance.head = event.next
    wait_for(
        run,
        instance.leaf,
        math.inf if instance.head == NONE else event_at(run, instance.head).at,
    )
    event.next = total.unused_event
    total.unused_event = number
    total.unused_events += 1
    return number
