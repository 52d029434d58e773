"""Markov chains in continuous time, without a subtraction, so that no tiny probability is lost."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from models.laws.arguments import non_negative
from models.laws.arrays import Floats, array
from models.laws.reliability.elimination import passed_states, stationary, until_absorbed

MOST_STATES = 1500
State = TypeVar("State", bound=Hashable)


def rate_matrix(transitions: Mapping[tuple[State, State], float]) -> tuple[list[State], Floats]:
    """States in the order of their first mention, and the matrix of their rates.

    Arguments:
        transitions: rate of each (from, to), /s.

    Raises:
        ValueError: there are none or too many, a state leads to itself, or a rate is out of range.
    """
    states = list(dict.fromkeys(state for pair in transitions for state in pair))
    if not states:
        raise ValueError("transitions is empty; there must be 1 or more")
    _check_count(len(states))
    index = {state: number for number, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))
    for (start, end), rate in transitions.items():
        if start == end:
            raise ValueError(f"transitions has one from {start!r} to itself")
        rates[index[start], index[end]] = non_negative(f"rate from {start!r} to {end!r}", rate)
    return states, rates


def steady_state(rates: ArrayLike) -> Floats:
    """Long-run probability of each state, each to full relative precision.

    Arguments:
        rates: of each transition, /s; shape (states, states), the diagonal unused.

    Raises:
        ValueError: a rate is out of range, or where the chain ends depends on its start.

    Source: Grassmann, Taksar and Heyman (1985), Regenerative analysis and steady state
        distributions for Markov chains.
    """
    return stationary(_rates(rates))


def transient(rates: ArrayLike, start: ArrayLike, time: float) -> Floats:
    """Probability of each state after a time.

    Arguments:
        rates: of each transition, /s; shape (states, states), the diagonal unused.
        start: probability of each state at first; shape (states,).
        time: s.

    Raises:
        ValueError: an argument is out of range.

    Source: Jensen (1953), uniformization, over a short step that is then doubled; entrywise exact:
        Xue and Ye (2013), Computing exponentials of essentially non-negative matrices.
    """
    matrix = _rates(rates)
    first = _start(start, len(matrix))
    return np.asarray(first @ _evolve(matrix, time)[0])


def occupancy(rates: ArrayLike, start: ArrayLike, time: float) -> Floats:
    """Expected time spent in each state within a time, s.

    Arguments:
        rates: of each transition, /s; shape (states, states), the diagonal unused.
        start: probability of each state at first; shape (states,).
        time: s.

    Raises:
        ValueError: an argument is out of range.

    Source: Reibman and Trivedi (1989), Transient analysis of cumulative measures of Markov model
        behavior; doubled as in `transient`.
    """
    matrix = _rates(rates)
    first = _start(start, len(matrix))
    return np.asarray(first @ _evolve(matrix, time)[1])


def expected_reward(
    rates: ArrayLike, start: ArrayLike, rewards: Sequence[float], time: float
) -> float:
    """Reward expected within a time, in the unit of the rewards times s.

    Arguments:
        rates: of each transition, /s; shape (states, states), the diagonal unused.
        start: probability of each state at first; shape (states,).
        rewards: earned in each state, /s, 0 or more; shape (states,).
        time: s.

    Raises:
        ValueError: an argument is out of range.

    Source: Reibman and Trivedi (1989).
    """
    spent = occupancy(rates, start, time)
    return float(spent @ array("rewards", rewards, (len(spent),)))


def reward_to_absorption(
    rates: ArrayLike, start: ArrayLike, absorbing: Sequence[int], rewards: Sequence[float]
) -> float:
    """Reward expected until the chain enters one of some states.

    Arguments:
        rates: of each transition, /s; shape (states, states), the diagonal unused.
        start: probability of each state at first; shape (states,).
        absorbing: numbers of the states that end it.
        rewards: earned in each state, /s, 0 or more; shape (states,); those of absorbing unused.

    Raises:
        ValueError: an argument is out of range, or the chain may never be absorbed.

    Source: elimination of states without subtraction, O'Cinneide (1996), Relative-error bounds for
        the LU decomposition via the GTH algorithm.
    """
    matrix = _rates(rates)
    first = _start(start, len(matrix))
    earned = array("rewards", rewards, (len(matrix),))
    inside, ends = passed_states(matrix, first, absorbing)
    sums = until_absorbed(matrix, inside, ends, earned[inside, None])
    return float(first[inside] @ sums[:, 0])


def absorption_time(rates: ArrayLike, start: ArrayLike, absorbing: Sequence[int]) -> float:
    """Mean time until the chain enters one of some states, s.

    Arguments:
        rates: of each transition, /s; shape (states, states), the diagonal unused.
        start: probability of each state at first; shape (states,).
        absorbing: numbers of the states that end it.

    Raises:
        ValueError: an argument is out of range, or the chain may never be absorbed.

    Source: as `reward_to_absorption`.
    """
    matrix = _rates(rates)
    return reward_to_absorption(matrix, start, absorbing, [1.0] * len(matrix))


def absorption_probabilities(
    rates: ArrayLike, start: ArrayLike, absorbing: Sequence[int]
) -> Floats:
    """Probability that each of some states is the first of them that the chain enters.

    Arguments:
        rates: of each transition, /s; shape (states, states), the diagonal unused.
        start: probability of each state at first; shape (states,).
        absorbing: numbers of the states that end it; shape (ends,).

    Raises:
        ValueError: an argument is out of range, or the chain may never be absorbed.

    Source: as `reward_to_absorption`.
    """
    matrix = _rates(rates)
    first = _start(start, len(matrix))
    inside, ends = passed_states(matrix, first, absorbing)
    sums = until_absorbed(matrix, inside, ends, matrix[np.ix_(inside, ends)])
    return np.asarray(first[ends] + first[inside] @ sums)


def _rates(rates: ArrayLike) -> Floats:
    matrix = np.array(array("rates", rates, (None, None)))
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"rates has the shape {matrix.shape}; it must be square")
    non_negative("the largest of rates", float(matrix.max()))
    _check_count(len(matrix))
    np.fill_diagonal(matrix, 0.0)
    return matrix


def _check_count(states: int) -> None:
    if states > MOST_STATES:
        raise ValueError(f"rates has {states} states; it can have {MOST_STATES} at most")


def _start(start: ArrayLike, states: int) -> Floats:
    first = array("start", start, (states,))
    if abs(first.sum() - 1) > 1e-9:
        raise ValueError(f"start adds up to {first.sum()}; it must add up to 1")
    return first


def _evolve(matrix: Floats, time: float) -> tuple[Floats, Floats]:
    """Probabilities of each state after a time, and times in it, from each state."""
    non_negative("time", time)
    fastest = float(matrix.sum(axis=1).max())
    doublings = max(0, math.ceil(math.log2(max(fastest * time, 1.0))))
    step = time / 2.0**doublings
    mean = fastest * step
    if mean < 1e-200:
        return np.eye(len(matrix)), time * np.eye(len(matrix))
    jumps = matrix * (step / mean)
    np.fill_diagonal(jumps, np.maximum(0.0, 1 - jumps.sum(axis=1)))
    # Poisson weights of a mean of 1 at most: 24 terms leave less than 1e-23.
    weights = [math.exp(-mean) * mean**n / math.factorial(n) for n in range(25)]
    power, after, during = np.eye(len(matrix)), np.zeros_like(matrix), np.zeros_like(matrix)
    for n, weight in enumerate(weights):
        after += weight * power
        during += sum(weights[n + 1 :]) * power
        power = power @ jumps
    during *= step / mean
    for _ in range(doublings):
        during += after @ during
        after = after @ after
        # Rounding alone moves the sums of the rows, and doubling would double it.
        after /= after.sum(axis=1, keepdims=True)
    return after, during * (time / during.sum(axis=1, keepdims=True) if time > 0 else 0.0)
