"""Markov chains that lose data: mean time to the first loss, and what a mission loses."""

from dataclasses import dataclass
from math import comb

import numpy as np

from models.laws.arguments import positive
from models.laws.arrays import Floats
from models.laws.reliability.markov_chain import absorption_time, occupancy, transient


@dataclass(frozen=True)
class Loss:
    """A way to lose data.

    Arguments:
        state: from which it happens.
        rate: of it in that state, /s.
        lost_bytes: that are gone.
        restart: state in which the group goes on, once it is restored.
    """

    state: int
    rate: float
    lost_bytes: float
    restart: int = 0


@dataclass(frozen=True)
class LossChain:
    """A continuous-time Markov chain that starts in state 0 and can lose data.

    Arguments:
        rates: from a state to another without loss, /s; the diagonal is 0; shape (states, states).
        losses: the ways to lose data.
    """

    rates: Floats
    losses: tuple[Loss, ...]


@dataclass(frozen=True)
class Mission:
    """What a mission loses.

    Arguments:
        loss_probability: of one loss or more.
        expected_losses: mean number, where the group goes on after each.
        expected_bytes: mean bytes lost.
    """

    loss_probability: float
    expected_losses: float
    expected_bytes: float


def mean_time_to_loss(chain: LossChain) -> float:
    """Mean time from state 0 to the first loss, s.

    Arguments:
        chain: from whose every state a loss can be reached.

    Raises:
        ValueError: the chain may go on for ever without a loss.

    Source: `absorption_time` of the chain that ends with a loss.
    """
    rates = _ending(chain)
    return absorption_time(rates, _first_of(len(rates)), [len(rates) - 1])


def over_mission(chain: LossChain, mission: float) -> Mission:
    """What the chain loses in a time, from state 0.

    Arguments:
        chain: its rates and losses.
        mission: s.

    Raises:
        ValueError: the mission is out of range.

    Source: `transient` of the chain that ends with a loss; `occupancy` of the one that goes on,
        with each loss counted at its rate: Reibman and Trivedi (1989).
    """
    positive("mission", mission)
    ending, ongoing = _ending(chain), chain.rates.copy()
    rates, size_rates = np.zeros(len(ongoing)), np.zeros(len(ongoing))
    for loss in chain.losses:
        rates[loss.state] += loss.rate
        size_rates[loss.state] += loss.rate * loss.lost_bytes
        if loss.restart != loss.state:
            ongoing[loss.state, loss.restart] += loss.rate
    lost = float(transient(ending, _first_of(len(ending)), mission)[-1])
    spent = occupancy(ongoing, _first_of(len(ongoing)), mission)
    return Mission(min(1.0, lost), float(spent @ rates), float(spent @ size_rates))


def groups_states(chain: LossChain, groups: int) -> int:
    """How many states the chain of `groups_chain` has.

    Arguments:
        chain: of one group.
        groups: how many.
    """
    return comb(groups + len(chain.rates) - 1, groups)


def groups_chain(chain: LossChain, groups: int) -> LossChain:
    """The chain of independent equal groups up to the first loss of one of them.

    Arguments:
        chain: of one group.
        groups: how many.

    Source: exact lumping, Kemeny and Snell (1960), Finite Markov chains, section 6.3: a state is
        how many groups are in each state but the first.
    """
    states = _occupancies(len(chain.rates) - 1, groups)
    index = {state: position for position, state in enumerate(states)}
    moves = [(int(a), int(b), float(chain.rates[a, b])) for a, b in np.argwhere(chain.rates > 0)]
    rates, losses = np.zeros((len(states), len(states))), []
    for state, here in index.items():
        counts = (groups - sum(state), *state)
        for source, target, rate in moves:
            if counts[source]:
                moved = list(counts)
                moved[source] -= 1
                moved[target] += 1
                rates[here, index[tuple(moved[1:])]] = counts[source] * rate
        for loss in chain.losses:
            if counts[loss.state]:
                losses.append(Loss(here, counts[loss.state] * loss.rate, loss.lost_bytes))
    return LossChain(rates, tuple(losses))


def _occupancies(levels: int, most: int) -> list[tuple[int, ...]]:
    """All tuples of so many counts that add up to at most so much, the smallest sums first."""
    if levels == 0:
        return [()]
    tuples = [
        (first, *rest)
        for first in range(most + 1)
        for rest in _occupancies(levels - 1, most - first)
    ]
    return sorted(tuples, key=sum)


def _ending(chain: LossChain) -> Floats:
    """Rates with one more state, the loss, which has no way out."""
    states = len(chain.rates)
    rates = np.zeros((states + 1, states + 1))
    rates[:states, :states] = chain.rates
    for loss in chain.losses:
        rates[loss.state, states] += loss.rate
    return rates


def _first_of(states: int) -> Floats:
    """Certainty of state 0."""
    start = np.zeros(states)
    start[0] = 1.0
    return start
