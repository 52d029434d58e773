"""Histories of a repairable system: what fails, waits for a crew, is repaired, and takes over."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.rows import bits_of
from sim.kernels.streams import draw, uniform
from sim.reliability.arrays.clocks import NONE, Clocks, begin
from sim.reliability.arrays.structure import change, is_down, system_is_down
from sim.reliability.arrays.structure_builder import Structure
from sim.reliability.arrays.system_compilation import compiled, inlined, inner
from sim.reliability.arrays.system_records import (
    DORMANT,
    HISTORY,
    IN_REPAIR,
    LOST,
    NODE,
    RUN,
    WAITING,
    WORKING,
    component_at,
    group_at,
    node_at,
    number_at,
    run_at,
    stream_at,
    time_at,
)


@inlined
def _start(run, i):
    number_at(run.starts, run.starting).value = i
    run.starting += 1


@inlined
def _change(run, i, down):
    number_at(run.changes, run.changing).value = 2 * i + down
    run.changing += 1


@inner
def _renew(run):
    """All components are new, as many of each standby group at work as must be."""
    run.now = 0.0
    run.busy = run.head = run.waiting = run.starting = run.changing = 0
    for g in range(run.group_count):
        group_at(run.groups, g).working = 0
    for i in range(run.count):
        unit = component_at(run.components, i)
        unit.state = WORKING
        if unit.group != NONE:
            group = group_at(run.groups, unit.group)
            if group.working < group.required:
                group.working += 1
            else:
                unit.state = DORMANT
        dormant = np.int64(unit.state == DORMANT)
        if is_down(run.structure, i) != dormant:
            _change(run, i, dormant)
        _start(run, i)


@inlined
def _until(run, unit):
    """How long a component stays as it is, s."""
    clock = NONE
    if unit.state == WORKING:
        clock = unit.life
    elif unit.state == IN_REPAIR:
        clock = unit.maintenance if unit.planned else unit.repair
    elif unit.state == DORMANT:
        clock = unit.dormant_life
    until = np.inf
    if clock != NONE:
        until = time_at(run.shifts, clock).value + draw(stream_at(run.streams, clock))
    if unit.state == WORKING:
        unit.planned = until > unit.maintenance_age
        until = min(until, unit.maintenance_age)
    return until


@inlined
def _start_clocks(run):
    tree = run.tree
    for k in range(run.starting):
        i = number_at(run.starts, k).value
        unit = component_at(run.components, i)
        unit.until = run.now + _until(run, unit)
        bits, winner = bits_of(unit.until), i
        node = run.leaves + i
        node_at(tree, node).bits = bits
        while node > 1:
            other_bits, other = node_at(tree, node ^ 1).bits, node_at(tree, node ^ 1).component
            sooner = bits < other_bits + (node & 1 ^ 1)  # at one instant the first component
            node >>= 1
            bits = bits if sooner else other_bits
            winner = winner if sooner else other
            node_at(tree, node).bits = bits
            node_at(tree, node).component = winner
    run.starting = 0


@inlined
def _make_changes(run):
    for k in range(run.changing):
        changed = number_at(run.changes, k).value
        change(run.structure, changed >> 1, changed & 1)
    run.changing = 0


@inlined
def _seek_crew(run, i):
    """A component has failed."""
    unit = component_at(run.components, i)
    unit.down_since = run.now
    if unit.repair == NONE:
        unit.state = LOST
    elif run.busy < run.crews:
        run.busy += 1
        unit.state = IN_REPAIR
    else:
        unit.state = WAITING
        place = run.head + run.waiting
        number_at(run.queue, place if place < run.count else place - run.count).value = i
        run.waiting += 1
    _start(run, i)


@inner
def _take_over(run, g):
    """A dormant unit takes over where a working one has failed, if the switch works."""
    group = group_at(run.groups, g)
    group.working -= 1
    for spare in range(group.first, group.end):
        unit = component_at(run.components, spare)
        if unit.state == DORMANT:
            if uniform(stream_at(run.streams, group.switch)) < group.switching:
                unit.state = WORKING
                group.working += 1
                _change(run, spare, 0)
                _start(run, spare)
            return


@inlined
def _fail(run, i):
    unit = component_at(run.components, i)
    was_working = unit.state == WORKING
    _seek_crew(run, i)
    if was_working:
        if unit.group != NONE:
            _take_over(run, unit.group)
        _change(run, i, 1)  # after the spare has come up: the system does not see a gap


@inlined
def _return(run, i):
    """A repair or a maintenance ends."""
    unit = component_at(run.components, i)
    unit.planned = 0
    run.busy -= 1
    if run.waiting > 0:
        following = number_at(run.queue, run.head).value
        component_at(run.components, following).state = IN_REPAIR
        _start(run, following)
        run.head = run.head + 1 if run.head + 1 < run.count else 0
        run.waiting -= 1
        run.busy += 1
    unit.state = WORKING
    if unit.group != NONE:
        group = group_at(run.groups, unit.group)
        if group.working < group.required:
            group.working += 1
        else:
            unit.state = DORMANT
    if unit.state == WORKING:
        _change(run, i, 0)
    _start(run, i)


@inlined
def _record_system(run, history, was_down, since):
    """The state of the system and since when, its changes counted."""
    down = system_is_down(run.structure)
    if down == was_down:
        return down, since
    if down:
        history.failures += 1
        if history.failures == 1:
            history.first_failure = run.now
    else:
        history.downtime += run.now - since
    return down, run.now


@compiled
def _simulate(address, streams, seeds, first, horizon, histories, downtimes):
    run = run_at(address, 0)
    for h in range(histories.shape[0]):
        begin(streams, seeds, first + h)
        history = histories[h]
        history.first_failure = np.inf
        down, since = np.int64(0), 0.0
        _renew(run)
        while True:
            _make_changes(run)
            down, since = _record_system(run, history, down, since)
            _start_clocks(run)
            i = node_at(run.tree, 1).component
            unit = component_at(run.components, i)
            run.now = unit.until
            if run.now >= horizon:
                break
            history.events += 1
            if unit.state == IN_REPAIR:
                downtimes[h, i] += run.now - unit.down_since
                _return(run, i)
            else:
                _fail(run, i)
        if down:
            history.downtime += horizon - since
        for i in range(run.count):
            unit = component_at(run.components, i)
            if unit.state >= WAITING:
                downtimes[h, i] += horizon - unit.down_since


def simulate(
    components: NDArray[np.void],
    groups: NDArray[np.void],
    clocks: Clocks,
    structure: Structure,
    crews: int,
    horizon: float,
    first: int,
    count: int,
) -> tuple[NDArray[np.void], NDArray[np.float64]]:
    """Simulate histories until a horizon, all components new at first.

    A planned stop takes a crew as a repair does. A spare that takes over begins a new life.

    Arguments:
        components: of type COMPONENT.
        groups: of standby units, of type GROUP.
        clocks: that both refer to; the state of their streams moves on.
        structure: with the components' signals.
        crews: repairs at the same time, 1 or more.
        horizon: s.
        first: number of the first history.
        count: histories.

    Returns:
        A record of type HISTORY each, with an infinite first failure where there is none, and the
        downtimes of components, s; shape (histories, components).
    """
    number = len(components)
    leaves = 1 << (number - 1).bit_length()
    tree = np.zeros(2 * leaves, NODE)
    tree["bits"] = np.array(np.inf).view(np.int64)
    tree["component"][leaves:] = range(leaves)
    for node in range(leaves - 1, 0, -1):
        tree["component"][node] = tree["component"][2 * node]
    arrays: dict[str, NDArray[Any]] = {
        "components": components,
        "groups": groups,
        "streams": clocks.streams,
        "shifts": clocks.shifts,
        "tree": tree,
        "queue": np.zeros(number, np.int64),
        "starts": np.zeros(number + 1, np.int64),
        "changes": np.zeros(number + 1, np.int64),
    }
    run = np.zeros(1, RUN)
    for name, array in arrays.items():
        run[name] = array.ctypes.data
    run["structure"], run["crews"] = structure.address, crews
    run["count"], run["group_count"], run["leaves"] = number, len(groups), leaves
    histories, downtimes = np.zeros(count, HISTORY), np.zeros((count, number))
    _simulate(run.ctypes.data, clocks.streams, clocks.seeds, first, horizon, histories, downtimes)
    return histories, downtimes
