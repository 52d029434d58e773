"""Stations in a line with no room between them: who is done stays until the next one is free."""

from collections.abc import Sequence

import numpy as np

from models.laws.arguments import positive
from models.laws.queueing.matrix_geometric import null_vector

MOST_STATIONS = 8
IDLE, BUSY, BLOCKED = range(3)
State = tuple[int, ...]


def blocking_line(service_rates: Sequence[float]) -> float:
    """Most customers that a line of exponential stations without buffers can pass, /s.

    Exact: the steady state of the chain of all states, with a customer always at the door.

    Arguments:
        service_rates: of the stations in order, 1 to 8, /s.

    Raises:
        ValueError: an argument out of range.

    Source: Hunt (1956), Sequential arrays of waiting lines; with equal rates, 2/3 of a station's
        for two stations and 22/39 for three.
    """
    if not 1 <= len(service_rates) <= MOST_STATIONS:
        raise ValueError(f"service_rates is {service_rates}; a line has 1 to {MOST_STATIONS}")
    for rate in service_rates:
        positive("service_rates", rate)
    start: State = (BUSY,) + (IDLE,) * (len(service_rates) - 1)
    index, moves = {start: 0}, []
    states = [start]
    for state in states:
        for place, condition in enumerate(state):
            if condition != BUSY:
                continue
            after = _done(state, place)
            if after not in index:
                index[after] = len(states)
                states.append(after)
            moves.append((index[state], index[after], service_rates[place]))
    generator = np.zeros((len(states), len(states)))
    for source, target, rate in moves:
        generator[source, target] += rate
    chances = null_vector(generator)
    last_busy = [state[-1] == BUSY for state in states]
    return service_rates[-1] * float(chances[last_busy].sum())


def _done(state: State, place: int) -> State:
    """State after a station ends a service: all whom that frees move up."""
    new = list(state)
    if place + 1 < len(new):
        if new[place + 1] != IDLE:
            new[place] = BLOCKED
            return tuple(new)
        new[place + 1] = BUSY
    while place and new[place - 1] == BLOCKED:
        new[place] = BUSY
        place -= 1
    new[place] = IDLE if place else BUSY
    return tuple(new)
