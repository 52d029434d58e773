"""The heap of pending events against a plain dictionary."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from models.queueing.network import Network
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.kernel.calendar import begin, cancel, schedule, settle
from sim.queueing.kernel.queue_records import ABSENT, COMPLETION
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


def empty() -> Arrays:
    exponential = {"distribution": "exponential", "mean": "1 s"}
    customers = {"population": 1, "service": {"it": exponential}, "route": ["it"]}
    described = {"name": "test", "stations": {"it": {}}, "classes": {"c": customers}}
    layout = lay_out(Network.model_validate(described), np.random.SeedSequence(1))
    return initial_state(layout, EVENTS, 0)


def assert_in_order(state: Arrays) -> None:
    """Every event knows its place, and none comes before the one above it."""
    size = int(state.world["pending"][0])
    entries = state.calendar[:size]
    numbers = entries["event"] & (COMPLETION - 1)
    assert state.calendar["place"][numbers].tolist() == list(range(size))
    assert (state.calendar["place"] != ABSENT).sum() == size
    order = list(zip(entries["time"].tolist(), (-entries["event"]).tolist(), strict=True))
    assert all(order[(place - 1) // 4] < order[place] for place in range(1, size))


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
        if not state.world["vacant"][0]:
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
    assert state.world["vacant"][0] == 1
    _schedule(run, 0, 4.5)
    assert state.world["vacant"][0] == 0
    assert [_next(run) for _ in range(5)] == [1, 2, 3, 4, 0]
