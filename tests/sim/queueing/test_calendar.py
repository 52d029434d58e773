"""The tournaments of pending events against a plain dictionary."""

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from models.queueing.network import Network
from sim.kernels.rows import number_of
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.kernel.calendar import (
    begin,
    cancel,
    expect,
    next_arrival_time,
    next_source,
    schedule,
    settle,
)
from sim.queueing.kernel.compiled_run import CompiledRun
from sim.queueing.kernel.queue_records import ABSENT, COMPLETION, NEVER, NONE
from sim.queueing.kernel.state import Arrays, initial_state

EVENTS = 24


@njit
def _schedule(run: int, event: int, time: float) -> None:
    schedule(run, event, time)


@njit
def _cancel(run: int, event: int) -> None:
    cancel(run, event)


@njit
def _next(run: int) -> Any:
    settle(run)
    return begin(run)


@njit
def _settle(run: int) -> None:
    settle(run)


def empty(sources: int = 0) -> Arrays:
    exponential = {"distribution": "exponential", "mean": "1 s"}
    customers = {"service": {"it": exponential}, "route": ["it"]}
    come: dict[str, object] = {"arrivals": {"kind": "poisson", "rate": "1/s"}}
    classes = {f"c{k}": customers | come for k in range(sources)}
    if not classes:
        classes = {"c": customers | {"population": 1}}
    described = {"name": "test", "stations": {"it": {"servers": 99}}, "classes": classes}
    layout = lay_out(Network.model_validate(described), np.random.SeedSequence(1))
    return initial_state(layout, EVENTS, 0)


def assert_in_order(state: Arrays) -> None:
    """Every event knows its slot, and every node the first of those below it."""
    slots = {int(slot): event for event, slot in enumerate(state.calendar["place"]) if slot >= 0}
    assert len(slots) == int(state.world["pending"][0])
    codes = state.calendar["event"]
    assert all(codes[slot] & (COMPLETION - 1) == event for slot, event in slots.items())
    leaves, free = int(state.world["leaves"][0]), int(state.world["free_slot"][0])
    unused = set()
    while free != NONE:
        unused.add(free)
        free = int(codes[free])
    assert unused == set(range(leaves)) - slots.keys()
    times = state.nodes["time"]
    assert all(times[leaves + slot] == NEVER for slot in unused)

    def rank(slot: int) -> tuple[int, int]:
        return int(times[leaves + slot]), -int(codes[slot])

    for place in range(1, leaves):
        below = [place]
        while below[0] < leaves:
            below = [child for one in below for child in (2 * one, 2 * one + 1)]
        some = [one - leaves for one in below if one - leaves in slots]
        if some:
            first = min(some, key=rank)
            assert state.nodes[place].tolist() == (times[leaves + first], first)
        else:
            assert times[place] == NEVER


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["schedule", "schedule", "schedule", "cancel", "next", "next"]),
        st.integers(0, EVENTS - 1),
        st.integers(0, 6),  # times often meet
        st.booleans(),
    ),
    max_size=200,
)


@settings(max_examples=150, deadline=None)
@given(OPERATIONS)
def test_events_happen_in_their_order_however_they_are_moved(
    operations: list[tuple[str, int, int, bool]],
) -> None:
    state, pending, now = empty(), {}, 0.0
    run = state.address
    for what, event, later, completes in operations:
        if what == "schedule":
            code = event + COMPLETION * completes
            _schedule(run, code, now + later)
            pending[event] = (now + later, -code)
        elif what == "cancel":
            _cancel(run, event)
            pending.pop(event, None)
        elif pending:
            now, code = min(pending.values())
            assert _next(run) == -code
            assert state.world["now"][0] == now
            del pending[-code & (COMPLETION - 1)]
        if state.world["vacant"][0] == NONE:
            assert_in_order(state)
            assert state.world["pending"][0] == len(pending)
    while pending:
        now, code = min(pending.values())
        assert _next(run) == -code
        del pending[-code & (COMPLETION - 1)]
    _settle(run)
    assert state.world["pending"][0] == 0
    assert (state.calendar["place"] == ABSENT).all()


def test_the_first_event_scheduled_takes_the_place_of_the_one_that_happened() -> None:
    state = empty()
    run = state.address
    for event in range(10):
        _schedule(run, event, float(event))
    assert _next(run) == 0
    assert state.world["vacant"][0] >= 0
    _schedule(run, 0, 4.5)
    assert state.world["vacant"][0] == NONE
    assert [_next(run) for _ in range(5)] == [1, 2, 3, 4, 0]


@njit
def _expect(run: int, source: int, time: float) -> None:
    expect(run, source, time)


@njit
def _next_source(run: int, later: float) -> Any:
    source, time = next_source(run), number_of(next_arrival_time(run))
    expect(run, source, later)
    return source, time


def next_arrival_bits(state: Arrays) -> int:
    return int(state.arrivals["time"][1])


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=9),  # first arrivals, which often meet
    st.lists(st.sampled_from([0.0, 1.0, 2.0, math.inf]), max_size=40),
)
@settings(max_examples=100, deadline=None)
def test_sources_come_in_the_order_of_their_times_the_last_of_equal_ones_first(
    firsts: list[int], gaps: list[float]
) -> None:
    state = empty(sources=len(firsts))
    run = state.address
    expected = {}
    for source, first in enumerate(firsts):
        _expect(run, source, float(first))
        expected[source] = float(first)
    for gap in gaps:
        time, source = min((time, -source) for source, time in expected.items())
        if time == math.inf:  # nobody comes any more
            assert next_arrival_bits(state) == NEVER
            return
        assert _next_source(run, time + gap) == (-source, time)
        expected[-source] = time + gap


def test_what_is_no_arrival_comes_before_an_arrival_at_the_same_time() -> None:
    """Customers come every second and need two: who leaves makes room for who comes then."""
    two = {"distribution": "deterministic", "value": "2 s"}
    one = {"kind": "renewal", "interarrival": {"distribution": "deterministic", "value": "1 s"}}
    customers = {"arrivals": one, "service": {"it": two}, "route": ["it"]}
    station = {"servers": 2, "capacity": 2}
    described = {"name": "test", "stations": {"it": station}, "classes": {"c": customers}}
    run = CompiledRun(lay_out(Network.model_validate(described), np.random.SeedSequence(1)))
    run.advance(1000)
    flow = run.tally().flows[0]
    assert (flow["departures"], flow["lost"], flow["waited"]) == (1000, 0, 0)
