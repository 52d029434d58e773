"""Chains that lose data against 60-digit linear algebra and chains written out in full."""

from functools import partial
from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.storage.loss_chain import (
    Loss,
    LossChain,
    groups_chain,
    groups_states,
    mean_time_to_loss,
    over_mission,
)

near = partial(pytest.approx, rel=1e-9, abs=0)
rates = st.floats(1e-9, 1.0)


def generator(chain: LossChain, *, restarting: bool) -> tuple[mpmath.matrix, mpmath.matrix]:
    """Rates with their diagonal, and the rates of losses and of lost bytes from each state."""
    states = len(chain.rates)
    matrix, counts = mpmath.zeros(states), mpmath.zeros(states, 2)
    for start, end in product(range(states), repeat=2):
        matrix[start, end] += mpmath.mpf(float(chain.rates[start, end]))
        matrix[start, start] -= mpmath.mpf(float(chain.rates[start, end]))
    for loss in chain.losses:
        counts[loss.state, 0] += mpmath.mpf(loss.rate)
        counts[loss.state, 1] += mpmath.mpf(loss.rate) * loss.lost_bytes
        matrix[loss.state, loss.state] -= mpmath.mpf(loss.rate)
        if restarting:
            matrix[loss.state, loss.restart] += mpmath.mpf(loss.rate)
    return matrix, counts


def exact_mean_time(chain: LossChain) -> float:
    with mpmath.workdps(60):
        matrix, _ = generator(chain, restarting=False)
        return float(mpmath.lu_solve(-matrix, mpmath.ones(matrix.rows, 1))[0])


def exact_mission(chain: LossChain, mission: float) -> tuple[float, float, float]:
    with mpmath.workdps(80):
        answers = []
        for restarting in (False, True):
            matrix, counts = generator(chain, restarting=restarting)
            states = matrix.rows
            grown = mpmath.zeros(states + 2)
            for start in range(states):
                for end in range(states):
                    grown[start, end] = matrix[start, end]
                for column in range(2):
                    grown[start, states + column] = counts[start, column]
            power = mpmath.expm(grown * mission)
            answers.append((power[0, states], power[0, states + 1]))
        return float(answers[0][0]), float(answers[1][0]), float(answers[1][1])


def birth_death(ups: list[float], downs: list[float], last: float) -> LossChain:
    matrix = np.diag(np.array(ups, dtype=float), 1) + np.diag(np.array(downs, dtype=float), -1)
    return LossChain(matrix, (Loss(len(ups), last, 7.0),))


@given(st.lists(st.tuples(rates, rates), min_size=1, max_size=5), rates)
@settings(max_examples=30, deadline=None)
def test_mean_time_is_that_of_the_linear_equations(
    pairs: list[tuple[float, float]], last: float
) -> None:
    chain = birth_death([up for up, _ in pairs], [down for _, down in pairs], last)
    assert mean_time_to_loss(chain) == near(exact_mean_time(chain))


@pytest.mark.parametrize("mission", [1e-2, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("failing", [1e-7, 1e-3])
def test_a_mission_has_all_digits_from_1e_30_on(mission: float, failing: float) -> None:
    chain = birth_death([8 * failing, 7 * failing, 6 * failing], [0.1, 0.2, 0.3], 5 * failing)
    answer = over_mission(chain, mission)
    probability, losses, size = exact_mission(chain, mission)
    assert answer.loss_probability == near(probability)
    assert answer.expected_losses == near(losses)
    assert answer.expected_bytes == near(size)


def test_a_loss_can_leave_the_group_where_it_was() -> None:
    matrix = np.array([[0.0, 0.02], [0.9, 0.0]])
    chain = LossChain(matrix, (Loss(1, 0.01, 10.0), Loss(1, 0.1, 2.0, restart=1)))
    answer = over_mission(chain, 500.0)
    probability, losses, size = exact_mission(chain, 500.0)
    assert answer.loss_probability == near(probability)
    assert (answer.expected_losses, answer.expected_bytes) == near((losses, size))


def test_losses_in_a_long_mission_come_at_the_rate_of_the_mean_time() -> None:
    # Renewals: a mission t holds t / MTTDL losses in the long run.
    chain = birth_death([0.02, 0.01], [1.0, 1.0], 0.01)
    mission = 1e9
    expected = mission / mean_time_to_loss(chain)
    assert over_mission(chain, mission).expected_losses == pytest.approx(expected, rel=1e-4)


def test_groups_are_a_chain_of_all_their_states() -> None:
    one = birth_death([0.03, 0.02], [0.5, 0.7], 0.01)
    states = list(product(range(3), repeat=3))
    index = {state: position for position, state in enumerate(states)}
    matrix, losses = np.zeros((27, 27)), []
    for state, here in index.items():
        for group, level in enumerate(state):
            for other in range(3):
                if one.rates[level, other]:
                    moved = (*state[:group], other, *state[group + 1 :])
                    matrix[here, index[moved]] += one.rates[level, other]
            if level == 2:
                losses.append(Loss(here, 0.01, 7.0))
    full, lumped = LossChain(matrix, tuple(losses)), groups_chain(one, 3)
    assert len(lumped.rates) == groups_states(one, 3) == 10
    assert mean_time_to_loss(lumped) == near(exact_mean_time(full))
    alone = over_mission(one, 40.0).loss_probability
    together = over_mission(lumped, 40.0).loss_probability
    assert together == near(1 - (1 - alone) ** 3)


@pytest.mark.parametrize("mission", [0.0, -1.0, float("nan"), float("inf")])
def test_a_mission_takes_time(mission: float) -> None:
    with pytest.raises(ValueError, match="mission is"):
        over_mission(birth_death([0.1], [1.0], 0.1), mission)


def test_a_chain_that_never_loses_has_no_mean_time() -> None:
    with pytest.raises(ValueError, match="state"):
        mean_time_to_loss(LossChain(np.array([[0.0, 1.0], [1.0, 0.0]]), ()))
