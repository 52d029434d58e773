"""Waiting rooms of compiled code against lists of Python."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from models.queueing.network import Network
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.kernel.queue_records import NONE
from sim.queueing.kernel.queues import (
    append,
    bag_insert,
    bag_remove,
    heap_insert,
    heap_remove,
    prepend,
    unlink,
)
from sim.queueing.kernel.state import Arrays, initial_state

CUSTOMERS = 20


@njit
def _append(run: int, s: int, c: int) -> None:
    append(run, s, c)


@njit
def _prepend(run: int, s: int, c: int) -> None:
    prepend(run, s, c)


@njit
def _unlink(run: int, s: int, c: int) -> None:
    unlink(run, s, c)


@njit
def _heap_insert(run: int, root: int, c: int) -> Any:
    return heap_insert(run, root, c)


@njit
def _heap_remove(run: int, root: int, c: int) -> Any:
    return heap_remove(run, root, c)


@njit
def _bag_insert(run: int, s: int, c: int) -> None:
    bag_insert(run, s, c)


@njit
def _bag_remove(run: int, s: int, c: int) -> None:
    bag_remove(run, s, c)


def empty() -> Arrays:
    exponential = {"distribution": "exponential", "mean": "1 s"}
    stations = {"one": {"discipline": "random"}, "two": {"discipline": "random"}}
    service = {"one": exponential, "two": exponential}
    customers = {"population": 1, "service": service, "route": ["one", "two"]}
    described = {"name": "test", "stations": stations, "classes": {"c": customers}}
    layout = lay_out(Network.model_validate(described), np.random.SeedSequence(1))
    return initial_state(layout, CUSTOMERS, 0)


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["in", "in", "front", "out", "first"]),
        st.integers(0, 1),  # of two stations
        st.integers(0, CUSTOMERS - 1),
        st.integers(0, 5),
    ),
    max_size=120,
)
Operations = list[tuple[str, int, int, int]]


@settings(max_examples=100, deadline=None)
@given(OPERATIONS)
def test_lists(operations: Operations) -> None:
    state, rooms, free = empty(), ([], []), set(range(CUSTOMERS))
    run = state.address
    for what, s, pick, _ in operations:
        room: list[int] = rooms[s]
        if what in ("in", "front") and pick in free:
            insert: Callable[..., None] = _append if what == "in" else _prepend
            insert(run, s, pick)
            room.insert(len(room) if what == "in" else 0, pick)
            free.remove(pick)
        elif what in ("out", "first") and room:
            c = room[pick % len(room)] if what == "out" else room[0]
            _unlink(run, s, c)
            room.remove(c)
            free.add(c)
        forwards = walk(state, int(state.stations["head"][s]), "next")
        backwards = walk(state, int(state.stations["tail"][s]), "previous")
        assert forwards == backwards[::-1] == room


def walk(state: Arrays, c: int, link: str) -> list[int]:
    found = []
    while c != NONE:
        found.append(c)
        c = int(state.customers[link][c])
    return found


@settings(max_examples=200, deadline=None)
@given(OPERATIONS)
def test_heaps(operations: Operations) -> None:
    state, free = empty(), set(range(CUSTOMERS))
    heaps: tuple[dict[int, tuple[int, int]], ...] = ({}, {})
    roots = [NONE, NONE]
    run = state.address
    for order, (what, s, pick, key) in enumerate(operations):
        heap = heaps[s]
        if what in ("in", "front") and pick in free:
            state.customers["key"][pick] = key
            state.customers["order"][pick] = order if what == "in" else -order
            roots[s] = _heap_insert(run, roots[s], pick)
            heap[pick] = (key, order if what == "in" else -order)
            free.remove(pick)
        elif what in ("out", "first") and heap:
            c = sorted(heap)[pick % len(heap)] if what == "out" else roots[s]
            roots[s] = _heap_remove(run, roots[s], c)
            del heap[c]
            free.add(c)
        assert roots[s] == (min(heap, key=heap.__getitem__) if heap else NONE)
    for s, heap in enumerate(heaps):
        taken = []
        while roots[s] != NONE:
            taken.append(roots[s])
            roots[s] = _heap_remove(run, roots[s], roots[s])
        assert taken == sorted(heap, key=heap.__getitem__)


@settings(max_examples=100, deadline=None)
@given(OPERATIONS)
def test_bags(operations: Operations) -> None:
    state, bags, free = empty(), ([], []), set(range(CUSTOMERS))
    run = state.address
    for what, s, pick, _ in operations:
        bag: list[int] = bags[s]
        if what in ("in", "front") and pick in free:
            _bag_insert(run, s, pick)
            bag.append(pick)
            free.remove(pick)
        elif what in ("out", "first") and bag:
            place = pick % len(bag)
            c = bag[place]
            _bag_remove(run, s, c)
            bag[place] = bag[-1]
            bag.pop()
            free.add(c)
        state.stations["waiting"][s] = len(bag)
        assert state.bags[s, : len(bag)].tolist() == bag
        assert state.customers["place"][bag].tolist() == list(range(len(bag)))
