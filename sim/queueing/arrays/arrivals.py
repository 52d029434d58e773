"""When the next customers come, for every kind of arrivals, in compiled code."""

import math

import numpy as np

from sim.kernels.rows import row_of
from sim.kernels.streams import STREAM, draw, uniform, unit_exponential, value_at
from sim.queueing.arrays.queue_compilation import compiled, inner

POISSON_OR_RENEWAL, MARKOV_MODULATED, TIME_VARYING, TRACE = range(4)

stream_at = row_of(STREAM)
SOURCE = np.dtype(
    [
        ("kind", "i8"),
        ("customer_class", "i8"),
        ("destination", "i8"),  # where customers enter
        ("stream", "i8"),  # of the times between arrivals
        ("state_stream", "i8"),  # of the hidden state, if modulated
        ("size_stream", "i8"),  # of how many come together; -1 for one
        ("offset", "i8"),  # into the profile: rates, then holding times or starts; or the trace
        ("count", "i8"),
        ("state", "i8"),  # hidden state, interval, or position in the trace
        ("until", "f8"),  # the end of that state or interval
        ("period", "f8"),
        ("streams", "i8"),  # address of all streams
        ("profile", "i8"),  # address of the profile
    ],
    align=True,
)


@compiled
def next_arrival(source, now):
    """The time of the next arrival of a source, s; infinite when there is none any more.

    Arguments:
        source: a record of the array of sources; its state moves on.
        now: the time of the last arrival, s.
    """
    if source.kind == POISSON_OR_RENEWAL:
        return now + draw(stream_at(source.streams, source.stream))
    if source.kind == TRACE:
        if source.state == source.count:
            return math.inf
        source.state += 1
        return value_at(source.profile, source.offset + source.state - 1).value
    # A step function of time or of a hidden state: each step uses up a part of a unit exponential.
    left = unit_exponential(stream_at(source.streams, source.stream))
    while True:
        rate = value_at(source.profile, source.offset + source.state).value
        if left <= rate * (source.until - now):
            return now + left / rate
        left -= rate * (source.until - now)
        now = source.until
        _next_step(source)


@inner
def _duration(source):
    return value_at(source.profile, source.offset + source.count + source.state).value


@inner
def _next_step(source):
    if source.kind == MARKOV_MODULATED:
        # Any of the other states alike.
        hidden = stream_at(source.streams, source.state_stream)
        if source.count == 2:
            source.state = 1 - source.state
        else:
            other = min(np.int64(uniform(hidden) * (source.count - 1)), source.count - 2)
            source.state = other + 1 if other >= source.state else other
        source.until += _duration(source) * unit_exponential(hidden)
    else:
        source.state = (source.state + 1) % source.count
        source.until += _duration(source)
