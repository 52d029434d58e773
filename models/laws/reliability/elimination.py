"""States of a Markov chain eliminated one by one, by sums, products and quotients alone.

Without a subtraction each answer keeps its digits, however far apart the rates are: Grassmann,
Taksar and Heyman (1985); O'Cinneide (1996), Relative-error bounds for the LU decomposition.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import whole
from models.laws.arrays import Floats


def stationary(matrix: Floats) -> Floats:
    """Long-run probability of each state.

    Arguments:
        matrix: rates of each transition, /s; shape (states, states), the diagonal 0.

    Raises:
        ValueError: where the chain ends depends on its start.
    """
    members = _closed_class(matrix)
    inner = matrix[np.ix_(members, members)]
    departures = np.zeros(len(members))
    for last in range(len(members) - 1, 0, -1):
        departures[last] = _left(inner[last, :last].sum())
        share = inner[last, :last] / departures[last]
        inner[:last, :last] += np.outer(inner[:last, last], share)
        np.fill_diagonal(inner, 0.0)
    weights = np.zeros(len(members))
    weights[0] = 1.0
    for state in range(1, len(members)):
        weights[state] = weights[:state] @ inner[:state, state] / departures[state]
        if weights[state] > 1e100:
            weights[: state + 1] /= weights[state]
    result = np.zeros(len(matrix))
    result[members] = weights / weights.sum()
    return result


def passed_states(
    matrix: Floats, first: Floats, absorbing: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The states that a chain may pass through before its end, and those that end it.

    Arguments:
        matrix: rates of each transition, /s; shape (states, states), the diagonal 0.
        first: probability of each state at first; shape (states,).
        absorbing: numbers of the states that end it.

    Raises:
        ValueError: the states that end it are no such states, or the chain may never end.
    """
    states = range(len(matrix))
    ends = [whole("absorbing", state, 0) for state in absorbing]
    if not ends or max(ends) not in states or len(set(ends)) < len(ends):
        raise ValueError(f"absorbing is {ends}; it must name states once, from 0 to {states[-1]}")
    moves = matrix > 0
    moves[ends] = False
    inside = _reached(moves, first > 0)
    inside[ends] = False
    ending = _reached(moves.T, np.isin(states, ends))
    stuck = np.flatnonzero(inside & ~ending)
    if len(stuck):
        raise ValueError(f"rates lead to state {stuck[0]}, from where none leads to {ends}")
    return np.flatnonzero(inside).tolist(), ends


def until_absorbed(matrix: Floats, inside: list[int], ends: list[int], rewards: Floats) -> Floats:
    """Sums of rewards until the end from each state inside; shape (inside, kinds).

    Arguments:
        matrix: rates of each transition, /s; shape (states, states), the diagonal 0.
        inside: numbers of the states that are passed.
        ends: numbers of the states that end the chain.
        rewards: earned in each state inside, /s; shape (inside, kinds).
    """
    inner, leaving = matrix[np.ix_(inside, inside)], matrix[np.ix_(inside, ends)].sum(axis=1)
    sums = np.array(rewards)
    departures = np.ones(len(inside))
    for last in range(len(inside) - 1, -1, -1):
        departures[last] = _left(inner[last, :last].sum() + leaving[last])
        share = inner[:last, last] / departures[last]
        inner[:last, :last] += np.outer(share, inner[last, :last])
        np.fill_diagonal(inner, 0.0)
        leaving[:last] += share * leaving[last]
        sums[:last] += np.outer(share, sums[last])
    for state in range(len(inside)):
        sums[state] = (sums[state] + inner[state, :state] @ sums[:state]) / departures[state]
    return sums


def _left(rate: float) -> float:
    if rate < 1e-290:
        raise ValueError("rates lie so far apart that products of them round to 0")
    return rate


def _reached(moves: NDArray[np.bool_], members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The states that moves lead to from some states, these among them."""
    while True:
        more = members | moves[members].any(axis=0)
        if (more == members).all():
            return more
        members = more


def _closed_class(matrix: Floats) -> NDArray[np.int64]:
    """The states that the chain visits for ever."""
    from scipy.sparse.csgraph import connected_components

    count, labels = connected_components(matrix > 0, directed=True, connection="strong")
    starts, ends = np.nonzero(matrix)
    left = set(labels[starts[labels[starts] != labels[ends]]].tolist())
    closed = [label for label in range(count) if label not in left]
    if len(closed) > 1:
        raise ValueError(f"rates has {len(closed)} sets of states never left; it must have 1")
    return np.flatnonzero(labels == closed[0])
