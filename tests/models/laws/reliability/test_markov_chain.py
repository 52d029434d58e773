"""Markov chains against exact fractions and exponentials to eighty digits."""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability import markov_chain as law

near = partial(pytest.approx, rel=1e-9, abs=0)
HOUR = 3600.0
# A group of 16 disks of 500,000 h that bears two failures, each repaired in 72 h.
DISKS = law.rate_matrix(
    {
        (0, 1): 16 / 5e5,
        (1, 2): 15 / 5e5,
        (2, 3): 14 / 5e5,
        (1, 0): 1 / 72,
        (2, 1): 2 / 72,
    }
)[1]
NEW = [1.0, 0.0, 0.0, 0.0]


@st.composite
def chains(draw: st.DrawFn) -> list[list[float]]:
    """Every state leads to every other, at rates up to 18 decades apart."""
    size = draw(st.integers(2, 5))
    exponents = st.lists(st.integers(-12, 6), min_size=size, max_size=size)
    return [[10.0**e for e in draw(exponents)] for _ in range(size)]


def exact_matrix(rates: list[list[float]]) -> list[list[Fraction]]:
    """The generator, each row summing to 0."""
    matrix = [[Fraction(rate) for rate in row] for row in rates]
    for state, row in enumerate(matrix):
        row[state] = -sum((rate for other, rate in enumerate(row) if other != state), Fraction(0))
    return matrix


def solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Gauss and Jordan's elimination, in fractions."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = next(j for j in range(i, len(rows)) if rows[j][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(len(rows)):
            if j != i and rows[j][i]:
                rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]


@settings(deadline=None)
@given(chains())
def test_steady_state(rates: list[list[float]]) -> None:
    generator = exact_matrix(rates)
    size = len(rates)
    balance = [[generator[i][j] for i in range(size)] for j in range(size - 1)]
    exact = solve([*balance, [Fraction(1)] * size], [Fraction(0)] * (size - 1) + [Fraction(1)])
    found = law.steady_state(rates)
    assert found.tolist() == [pytest.approx(float(value), rel=1e-12, abs=0) for value in exact]


@settings(deadline=None)
@given(chains(), st.data())
def test_absorption(rates: list[list[float]], data: st.DataObject) -> None:
    size = len(rates)
    ends = data.draw(st.integers(1, size - 1))
    inside = size - ends
    generator = exact_matrix(rates)
    inner = [[-generator[i][j] for j in range(inside)] for i in range(inside)]
    start = np.eye(size)[0]
    absorbing = list(range(inside, size))
    mean = solve(inner, [Fraction(1)] * inside)[0]
    assert law.absorption_time(rates, start, absorbing) == near(float(mean))
    reward = solve(inner, [Fraction(state) for state in range(inside)])[0]
    rewards = [float(state) for state in range(size)]
    assert law.reward_to_absorption(rates, start, absorbing, rewards) == near(float(reward))
    chances = law.absorption_probabilities(rates, start, absorbing)
    for end, chance in zip(absorbing, chances, strict=True):
        exact = solve(inner, [generator[state][end] for state in range(inside)])[0]
        assert chance == near(float(exact))


def test_mean_time_to_data_loss() -> None:
    # Exact hitting time, solved to 50 digits: 14,400,407,102.439741 h.
    assert law.absorption_time(DISKS, NEW, [3]) == near(14_400_407_102.439741)


@pytest.mark.parametrize("time", [1e-6, 1e-3, 1.0, 100.0, 87_600.0, 1e7])
def test_transient_is_the_exponential_to_the_last_tiny_entry(time: float) -> None:
    mpmath.mp.dps = 80
    generator = mpmath.matrix(DISKS.tolist())
    for state in range(4):
        generator[state, state] = -sum(generator[state, other] for other in range(4))
    exact = mpmath.expm(generator * time)
    found = law.transient(DISKS, NEW, time)
    assert found.tolist() == [
        pytest.approx(float(exact[0, state]), rel=1e-12, abs=0) for state in range(4)
    ]
    # Time in each state until now: the exponential of the generator beside the identity.
    double = mpmath.zeros(8, 8)
    for i in range(4):
        double[i, 4 + i] = 1
        for j in range(4):
            double[i, j] = generator[i, j]
    spent = mpmath.expm(double * time)
    assert law.occupancy(DISKS, NEW, time).tolist() == [
        pytest.approx(float(spent[0, 4 + state]), rel=1e-12, abs=0) for state in range(4)
    ]


def test_after_a_long_time() -> None:
    chain = [[0.0, 1e-6], [1.0, 0.0]]
    assert law.transient(chain, [1.0, 0.0], 1e15) == near(law.steady_state(chain))
    # An absorbing end is reached at the rate that the mean time says.
    lost = law.transient(DISKS, NEW, 1e12)[3]
    assert lost == near(1.0)
    left = 1 - law.transient(DISKS, NEW, 1e10)[3]
    assert left == pytest.approx(math.exp(-1e10 / law.absorption_time(DISKS, NEW, [3])), rel=1e-5)


@settings(max_examples=40, deadline=None)
@given(chains(), st.integers(-12, 8))
def test_probabilities_add_up_and_times_to_the_whole(rates: list[list[float]], e: int) -> None:
    time, start = 10.0**e, np.eye(len(rates))[0]
    chances, spent = law.transient(rates, start, time), law.occupancy(rates, start, time)
    assert math.fsum(chances) == near(1.0)
    assert math.fsum(spent) == near(time)
    assert chances.min() >= 0
    assert spent.min() >= 0
    # From half-way on the chain goes on as if it were new: Chapman and Kolmogorov.
    half = law.transient(rates, law.transient(rates, start, time / 2), time / 2)
    assert half == pytest.approx(chances, rel=1e-9)


def test_a_unit_that_fails_and_is_repaired() -> None:
    # Trivedi (2002), chapter 8: A(t) = mu/(l + mu) + l/(l + mu) e^-(l + mu)t.
    states, chain = law.rate_matrix({("up", "down"): 0.01, ("down", "up"): 0.5})
    assert states == ["up", "down"]
    decay = math.exp(-0.51 * 3)
    assert law.transient(chain, [1, 0], 3.0)[1] == near(0.01 / 0.51 * (1 - decay))
    lost = 0.01 / 0.51 * (3 - (1 - decay) / 0.51)
    assert law.expected_reward(chain, [1, 0], [0.0, 7.0], 3.0) == near(7 * lost)
    assert law.transient(chain, [0.25, 0.75], 0.0).tolist() == [0.25, 0.75]


def test_a_state_left_behind_has_no_share_in_the_long_run() -> None:
    assert law.steady_state([[0, 1, 0], [0, 0, 3], [0, 2, 0]]) == near([0, 0.4, 0.6])
    assert law.steady_state([[0, 1], [0, 0]]).tolist() == [0.0, 1.0]


def test_an_end_that_is_the_start_takes_no_time() -> None:
    assert law.absorption_time(DISKS, [0, 0, 0, 1], [3]) == 0.0
    assert law.absorption_probabilities(DISKS, [0.5, 0, 0, 0.5], [3]).tolist() == [near(1.0)]


def test_states_that_are_never_entered_need_no_end() -> None:
    chain = [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    assert law.absorption_time(chain, [1, 0, 0, 0], [1]) == near(1.0)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: law.rate_matrix({}), "transitions is empty"),
        (lambda: law.rate_matrix({("a", "a"): 1.0}), "from 'a' to itself"),
        (lambda: law.rate_matrix({("a", "b"): -1.0}), "rate from 'a' to 'b' is -1"),
        (lambda: law.steady_state([[0, 1]]), "must be square"),
        (lambda: law.steady_state([[0, math.nan], [1, 0]]), "rates is"),
        (lambda: law.steady_state([[0, 0], [0, 0]]), "2 sets of states never left"),
        (lambda: law.steady_state(np.ones((1501, 1501))), "1501 states"),
        (lambda: law.transient(DISKS, [1, 1, 0, 0], 1.0), "start adds up to 2"),
        (lambda: law.transient(DISKS, [1, 0], 1.0), "start has the shape"),
        (lambda: law.transient(DISKS, NEW, -1.0), "time is -1"),
        (lambda: law.absorption_time(DISKS, NEW, []), "absorbing is"),
        (lambda: law.absorption_time(DISKS, NEW, [4]), "from 0 to 3"),
        (lambda: law.absorption_time([[0, 1, 0], [1, 0, 0], [0, 0, 0]], [1, 0, 0], [2]), "none"),
        (lambda: law.expected_reward(DISKS, NEW, [1.0], 1.0), "rewards has the shape"),
        (lambda: law.absorption_time([[0, 1e-300], [0, 0]], [1, 0], [1]), "round to 0"),
    ],
)
def test_nonsense_is_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()
