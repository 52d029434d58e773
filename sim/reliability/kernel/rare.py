"""Rare failures of Markovian systems: cycles and missions in which failures are made frequent.

Only the order of the events is changed, and its likelihood kept. Times are drawn, or their means
counted, as they are. Some paths are biased at each event, some at a quarter of them, some at none,
and a path weighs what all three ways together make of it: where components fail hardly less often
than they are repaired, a path biased throughout could weigh without limit.

Source: Shahabuddin (1994), Importance sampling for the simulation of highly reliable Markovian
systems (balanced failure biasing); Goyal et al. (1992), A unified framework for simulating
Markovian models of highly dependable systems (each measure by its own runs, biased until the first
failure of the system; forced first events in missions); Veach and Guibas (1995), Optimally
combining sampling techniques for Monte Carlo rendering (the balance heuristic of the ways).
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.rows import row_of
from sim.kernels.streams import STREAM, uniform
from sim.reliability.arrays.structure import change, system_is_down
from sim.reliability.arrays.system_compilation import compiled, inlined, inner

BIAS = 0.5  # probability of a failure, where something is in repair
GENTLE = 0.25  # share of the events that are biased on a path that is biased gently
STRONG = 0.5  # share of the biased paths that are biased at each event
CYCLES_BIASED = 0.9  # share of the cycles
MOST_EVENTS = 1_000_000  # of one cycle

COMPONENT = np.dtype(
    [("failure_rate", "f8"), ("repair_rate", "f8"), ("is_down", "i8"), ("failed", "i8")], align=True
)  # `failed` is a list beside: who is down, in the order of failure
CYCLES = np.dtype(
    [
        ("cycles", "i8"),
        ("hits", "i8"),  # cycles in which the system failed
        ("time", "f8"),  # sums over cycles, then of their squares
        ("before", "f8"),  # until the first failure of the system
        ("downtime", "f8"),
        ("failures", "f8"),
        ("hit", "f8"),
        ("time_squares", "f8"),
        ("before_squares", "f8"),
        ("downtime_squares", "f8"),
        ("failures_squares", "f8"),
        ("hit_squares", "f8"),
    ],
    align=True,
)
WORLD = np.dtype(
    [
        ("structure", "i8"),  # addresses
        ("components", "i8"),
        ("stream", "i8"),
        ("count", "i8"),
        ("crews", "i8"),
        ("down", "i8"),  # components
        ("failing", "i8"),  # components that can fail
        ("failure_rate", "f8"),  # of these together
        ("repair_rate", "f8"),  # of those in repair together
        ("ratio", "f8"),  # of the likelihoods of a path, biased at each event over natural
        ("gentle_ratio", "f8"),  # biased gently over natural
        ("bias", "f8"),  # share of its events that are biased
    ],
    align=True,
)
_world_at, _component_at, _stream_at = row_of(WORLD), row_of(COMPONENT), row_of(STREAM)


@inlined
def _uniform(world):
    return uniform(_stream_at(world.stream, 0))


@inner
def _look(world):
    """The rates at which something happens."""
    world.failing = 0
    world.failure_rate = world.repair_rate = 0.0
    for i in range(world.count):
        component = _component_at(world.components, i)
        if component.is_down == 0 and component.failure_rate > 0:
            world.failing += 1
            world.failure_rate += component.failure_rate
    for k in range(min(world.down, world.crews)):
        failed = _component_at(world.components, k).failed
        world.repair_rate += _component_at(world.components, failed).repair_rate


@inner
def _who_fails(world, biased):
    left = _uniform(world) * (world.failing if biased else world.failure_rate)
    chosen = -1
    for i in range(world.count):
        component = _component_at(world.components, i)
        if component.is_down == 0 and component.failure_rate > 0:
            chosen = i
            left -= 1.0 if biased else component.failure_rate
            if left < 0:
                break
    return chosen


@inner
def _repair_one(world):
    """The first crew whose repair ends; who waited longest comes next."""
    left = _uniform(world) * world.repair_rate
    chosen = min(world.down, world.crews) - 1
    for k in range(chosen):
        failed = _component_at(world.components, k).failed
        left -= _component_at(world.components, failed).repair_rate
        if left < 0:
            chosen = k
            break
    repaired = _component_at(world.components, chosen).failed
    world.down -= 1
    for k in range(chosen, world.down):
        following = _component_at(world.components, k + 1).failed
        _component_at(world.components, k).failed = following
    _component_at(world.components, repaired).is_down = 0
    change(world.structure, repaired, 0)


@inlined
def _choose_bias(world, share):
    """A path begins, biased with a probability."""
    world.ratio = world.gentle_ratio = 1.0
    choice = _uniform(world)
    world.bias = 0.0
    if choice < share:
        world.bias = 1.0 if choice < share * STRONG else GENTLE


@inlined
def _weight(world, share):
    """Of a path, a share of which is biased."""
    biased = STRONG * world.ratio + (1.0 - STRONG) * world.gentle_ratio
    return 1.0 / (share * biased + (1.0 - share))


@inner
def _jump(world):
    """What happens next; keeps the ratios of the likelihoods."""
    total = world.failure_rate + world.repair_rate
    natural = world.failure_rate / total
    chance = natural
    if world.down == 0:
        chance = 1.0
    elif world.failing > 0:
        chance = BIAS
    biased = _uniform(world) < world.bias
    if _uniform(world) < (chance if biased else natural):
        i = _who_fails(world, biased)
        component = _component_at(world.components, i)
        factor = chance / world.failing / (component.failure_rate / total)
        component.is_down = 1
        _component_at(world.components, world.down).failed = i
        world.down += 1
        change(world.structure, i, 1)
    else:
        factor = (1 - chance) / (world.repair_rate / total)
        _repair_one(world)
    world.ratio *= factor
    world.gentle_ratio *= (1.0 - GENTLE) + GENTLE * factor


@inner
def _restore(world):
    """All components work."""
    for i in range(world.count):
        component = _component_at(world.components, i)
        if component.is_down:
            component.is_down = 0
            change(world.structure, i, 0)
    world.down = 0


@compiled
def run_cycles(address, count, biased, sums):
    """Simulate cycles from all components working to all working again; means of times count.

    Arguments:
        address: of a record of type WORLD.
        count: cycles.
        biased: failures are made frequent until the system fails.
        sums: one record of type CYCLES, to which they are added.

    Returns:
        Whether every cycle came to an end.
    """
    world, counted = _world_at(address, 0), sums[0]
    for _ in range(count):
        _choose_bias(world, CYCLES_BIASED if biased else 0.0)
        weight = 1.0
        hit, down, failures, events = False, 0, 0, 0
        time = before = downtime = 0.0
        while True:
            _look(world)
            hold = 1.0 / (world.failure_rate + world.repair_rate)
            time += hold
            if down:
                downtime += hold
            if not hit:
                before += hold
            _jump(world)
            events += 1
            was_down, down = down, system_is_down(world.structure)
            if down and not was_down:
                failures += 1
                if not hit and biased:
                    weight = _weight(world, CYCLES_BIASED)
                hit, world.bias = True, 0.0
            if world.down == 0:
                break
            if events == MOST_EVENTS:
                _restore(world)
                return False
        counted.cycles += 1
        counted.hits += hit
        counted.time += time
        counted.time_squares += time * time
        counted.before += before
        counted.before_squares += before * before
        if hit:
            counted.downtime += weight * downtime
            counted.downtime_squares += (weight * downtime) ** 2
            counted.failures += weight * failures
            counted.failures_squares += (weight * failures) ** 2
            counted.hit += weight
            counted.hit_squares += weight * weight
    return True


@compiled
def run_missions(address, count, horizon, share, sums):
    """Simulate missions until the system fails or the time is over.

    At least one component is made to fail before the end, and a share of what follows each time
    that one fails is biased. The likelihood is that of the mixture: a long mission of many repairs
    doesn't gather extreme weights.

    Arguments:
        address: of a record of type WORLD.
        count: missions.
        horizon: s.
        share: of the excursions that are biased, above 0.
        sums: one record of type CYCLES, to which hits are added.
    """
    world, counted = _world_at(address, 0), sums[0]
    for _ in range(count):
        now, weight = 0.0, 1.0
        while True:
            _look(world)
            rate = world.failure_rate + world.repair_rate
            if world.down == 0:
                within = -math.expm1(-rate * (horizon - now))
                weight *= within
                now -= math.log1p(-within * _uniform(world)) / rate
                _choose_bias(world, share)
            else:
                now -= math.log(_uniform(world)) / rate
            if now >= horizon:
                break
            _jump(world)
            failed = system_is_down(world.structure)
            if failed or world.down == 0:
                weight *= _weight(world, share)
            if failed:
                counted.hits += 1
                counted.hit += weight
                counted.hit_squares += weight * weight
                break
        counted.cycles += 1
        _restore(world)


def world_of(
    structure: int,
    components: NDArray[np.void],
    stream: NDArray[np.void],
    crews: int,
) -> NDArray[np.void]:
    """The record of a system with all its components working.

    Arguments:
        structure: address of the structure.
        components: of type COMPONENT, which live as long as the record.
        stream: one, of uniforms, which lives as long.
        crews: repairs at the same time.
    """
    world = np.zeros(1, WORLD)
    world["structure"], world["components"] = structure, components.ctypes.data
    world["stream"], world["count"] = stream.ctypes.data, len(components)
    world["crews"] = crews
    return world
