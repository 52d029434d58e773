"""The state of a system from the states of its components, kept up to date change by change.

Components and gates give signals, up or down. A gate of a number k counts its inputs that are
down; a network gate has vertices between a source and a target, and remembers a path of working
vertices: only when one of these goes down is a way round it searched for. Everything is monotone:
what goes down takes nothing up, so that a change passes every gate once at most.
"""

import numpy as np

from sim.kernels.rows import row_of
from sim.reliability.arrays.system_compilation import compiled, inlined, inner

COUNT, NETWORK = range(2)

SIGNAL = np.dtype([("first", "i8"), ("end", "i8"), ("down", "i8")], align=True)
USE = np.dtype([("gate", "i8"), ("vertex", "i8")], align=True)
GATE = np.dtype(
    [
        ("kind", "i8"),
        ("signal", "i8"),
        ("down", "i8"),  # inputs
        ("limit", "i8"),  # so many inputs down take it down
        ("source", "i8"),
        ("target", "i8"),
        ("search", "i8"),  # number of the last one
    ],
    align=True,
)
VERTEX = np.dtype(
    [
        ("first", "i8"),  # of the arcs that leave it
        ("end", "i8"),
        ("down", "i8"),
        ("seen", "i8"),  # by which search
        ("before", "i8"),  # where that search came from
        ("on_path", "i8"),
        ("after", "i8"),  # on the path; -1 at its end
        ("ahead", "i8"),  # which search looks for it
    ],
    align=True,
)


ARC = np.dtype([("vertex", "i8")])
WORLD = np.dtype(
    [
        ("signals", "i8"),  # addresses
        ("uses", "i8"),
        ("gates", "i8"),
        ("vertices", "i8"),
        ("arcs", "i8"),
        ("stack", "i8"),  # room for signals that change, then for a search
        ("room", "i8"),  # where that for a search begins
        ("top", "i8"),  # the signal of the system
        ("gate_count", "i8"),
    ],
    align=True,
)
_signal_at, _use_at, _gate_at = row_of(SIGNAL), row_of(USE), row_of(GATE)
_vertex_at, _arc_at, _world_at = row_of(VERTEX), row_of(ARC), row_of(WORLD)


@inner
def _reach(world, number, height):
    """From the vertices on the stack to one that is looked for; -1 if there is no way."""
    vertices, arcs, stack, room = world.vertices, world.arcs, world.stack, world.room
    while height > 0:
        height -= 1
        at = _arc_at(stack, room + height).vertex
        for place in range(_vertex_at(vertices, at).first, _vertex_at(vertices, at).end):
            reached = _arc_at(arcs, place).vertex
            to = _vertex_at(vertices, reached)
            if to.down == 0 and to.seen != number:
                to.seen = number
                to.before = at
                if to.ahead == number:
                    return reached
                _arc_at(stack, room + height).vertex = reached
                height += 1
    return -1


@inner
def _leave(world, first, end):
    """A part of the path is not on it any more, up to a vertex that is."""
    while first != end:
        vertex = _vertex_at(world.vertices, first)
        vertex.on_path = 0
        first = vertex.after


@inner
def _join(world, at):
    """The way by which a vertex was reached belongs to the path; gives where it left the path."""
    while True:
        following, at = at, _vertex_at(world.vertices, at).before
        vertex = _vertex_at(world.vertices, at)
        if vertex.on_path != 0:
            return at, following
        vertex.on_path = 1
        vertex.after = following


@inner
def _find_path(world, gate):
    """Whether working vertices lead from source to target; they are the path from now on."""
    gate.search += 1
    source, target = (
        _vertex_at(world.vertices, gate.source),
        _vertex_at(world.vertices, gate.target),
    )
    if source.down != 0 or target.down != 0:
        return False
    source.seen = target.ahead = gate.search
    _arc_at(world.stack, world.room).vertex = gate.source
    if _reach(world, gate.search, 1) < 0:
        return False
    source.on_path = target.on_path = 1
    target.after = -1
    at, following = _join(world, gate.target)
    _vertex_at(world.vertices, at).after = following
    return True


@inner
def _go_round(world, gate, failed):
    """Whether working vertices lead round one of the path; if not, there is no path."""
    gate.search += 1
    number, vertices = gate.search, world.vertices
    behind = _vertex_at(vertices, failed).after
    found, height, at = -1, 0, gate.source
    if failed != gate.source and failed != gate.target:
        while at != failed:
            _vertex_at(vertices, at).seen = number
            _arc_at(world.stack, world.room + height).vertex = at
            height += 1
            at = _vertex_at(vertices, at).after
        at = behind
        while at >= 0:
            _vertex_at(vertices, at).ahead = number
            at = _vertex_at(vertices, at).after
        found = _reach(world, number, height)
    if found < 0:
        _leave(world, gate.source, -1)
        return False
    _leave(world, failed, found)
    at, following = _join(world, found)
    _leave(world, _vertex_at(vertices, at).after, failed)
    _vertex_at(vertices, at).after = following
    return True


@inner
def change(address, signal, down):
    """A signal goes down (1) or up (0), and with it all that it decides.

    Arguments:
        address: of the structure.
        signal: of a component whose state is another.
        down: its new state.
    """
    world = _world_at(address, 0)
    signals, uses, gates, stack = world.signals, world.uses, world.gates, world.stack
    _arc_at(stack, 0).vertex = signal
    _signal_at(signals, signal).down = down
    height = 1
    while height > 0:
        height -= 1
        changed = _signal_at(signals, _arc_at(stack, height).vertex)
        for place in range(changed.first, changed.end):
            use = _use_at(uses, place)
            gate = _gate_at(gates, use.gate)
            if gate.kind == COUNT:
                gate.down += 2 * down - 1
                turned = gate.down == gate.limit - 1 + down
            else:
                vertex = _vertex_at(world.vertices, use.vertex)
                vertex.down = down
                if _signal_at(signals, gate.signal).down == down:
                    continue
                if down == 0:
                    turned = _find_path(world, gate)
                else:
                    turned = vertex.on_path != 0 and not _go_round(world, gate, use.vertex)
            if turned:
                _signal_at(signals, gate.signal).down = down
                _arc_at(stack, height).vertex = gate.signal
                height += 1


@inlined
def is_down(address, signal):
    """Whether a signal is down (1) or up (0).

    Arguments:
        address: of the structure.
        signal: of a component.
    """
    return _signal_at(_world_at(address, 0).signals, signal).down


@inlined
def system_is_down(address):
    """Whether the system is down (1) or up (0).

    Arguments:
        address: of the structure.
    """
    world = _world_at(address, 0)
    return _signal_at(world.signals, world.top).down


@compiled
def settle(address):
    """Find the first path of every network gate, all components up.

    Arguments:
        address: of the structure.
    """
    world = _world_at(address, 0)
    for g in range(world.gate_count):
        if _gate_at(world.gates, g).kind == NETWORK:
            _find_path(world, _gate_at(world.gates, g))
