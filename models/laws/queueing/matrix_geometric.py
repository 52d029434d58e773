"""Steady states of chains whose levels repeat: quasi-birth-and-death processes."""

import numpy as np

from models.laws.queueing.quantiles import Array


def rate_matrix(up: Array, local: Array, down: Array) -> Array:
    """Matrix R by which each level's probabilities follow from those of the level below.

    Arguments:
        up: rates from a phase to a phase one level up, /s; shape (phases, phases).
        local: rates within the level, the diagonal making all rows sum to 0, /s.
        down: rates to one level down, /s.

    Raises:
        ArithmeticError: so near to a load of 1 that nothing is left of the figures.

    Source: Latouche and Ramaswami (1993), A logarithmic reduction algorithm for quasi-birth-death
        processes.
    """
    identity = np.eye(len(local))
    rising, falling = np.linalg.solve(-local, up), np.linalg.solve(-local, down)
    first_passage, ascended = falling.copy(), rising.copy()
    with np.errstate(over="raise", invalid="raise"):
        for _ in range(100):
            mixed = identity - rising @ falling - falling @ rising
            rising = np.linalg.solve(mixed, rising @ rising)
            falling = np.linalg.solve(mixed, falling @ falling)
            step = ascended @ falling
            first_passage += step
            ascended = ascended @ rising
            if np.max(np.abs(step)) < 1e-17:
                break
    return np.asarray(up @ np.linalg.inv(-(local + up @ first_passage)))


def null_vector(generator: Array) -> Array:
    """Probabilities that a generator leaves as they are, by elimination without subtraction.

    Arguments:
        generator: rates from state to state, /s; the diagonal is not used; shape (states, states).

    Source: Grassmann, Taksar and Heyman (1985), Regenerative analysis and steady state
        distributions for Markov chains.
    """
    rates = generator.copy()
    states = len(rates)
    for n in range(states - 1, 0, -1):
        rates[:n, n] /= rates[n, :n].sum()
        rates[:n, :n] += np.outer(rates[:n, n], rates[n, :n])
    weights = np.ones(states)
    for n in range(1, states):
        weights[n] = weights[:n] @ rates[:n, n]
        weights[: n + 1] /= max(1.0, weights[n])  # the first states may be next to impossible
    return np.asarray(weights / weights.sum())
