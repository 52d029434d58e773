"""Phases and general arrivals at several servers against laws that know them otherwise."""

from functools import partial
from math import comb, exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.queueing import arrivals as arrival
from models.laws.queueing import phase_type as law
from models.laws.queueing.general import m_g_1
from models.laws.queueing.markovian import m_m_c
from models.laws.queueing.station_law import Unstable

near = partial(pytest.approx, rel=1e-9)


def erlang(stages: int, rate: float) -> law.PhaseType:
    return law.branches([1.0], [stages], [stages * rate])


@given(st.floats(0.05, 0.98), st.integers(1, 2000))
def test_exponential_arrivals_make_m_m_c(load: float, servers: int) -> None:
    exact = m_m_c(load * servers, 1.0, servers)
    known = arrival.g_m_c(arrival.erlang_arrivals(load * servers, 1), 1.0, servers)
    assert known.wait_probability == pytest.approx(exact.wait_probability, rel=1e-9, abs=1e-290)
    assert known.waiting_time == pytest.approx(exact.waiting_time, rel=1e-9, abs=1e-290)


@pytest.mark.parametrize("servers", [1, 2, 5, 20])
@pytest.mark.parametrize("stages", [1, 3])
def test_general_arrivals_are_phases(servers: int, stages: int) -> None:
    rate = 0.85 * servers
    one = arrival.g_m_c(arrival.erlang_arrivals(rate, stages), 1.0, servers)
    other = law.ph_ph_c(erlang(stages, rate), erlang(1, 1.0), servers)
    assert one.waiting_time == near(other.waiting_time)
    assert one.wait_probability == near(other.wait_probability)


def test_two_servers_with_regular_arrivals() -> None:
    """D/M/2 by its embedded chain: the survivors of a fixed time are binomial."""
    most, rate = 400, 1.5
    stay = np.exp(-1 / rate)
    moves = np.zeros((most, most))
    both = [exp(-2 / rate) * (2 / rate) ** k / factorial(k) for k in range(most // 4)]
    for n in range(most - 1):  # n found, n + 1 after the arrival
        for gone, chance in enumerate(both):
            if n + 1 - gone >= 2:
                moves[n, n + 1 - gone] += chance
        rest = 1 - moves[n].sum()
        if n + 1 == 1:
            moves[n] = 0
            moves[n, :2] = 1 - stay, stay
            continue
        # One or none is left: with two at time 0 of the last stage, whenever that began.
        ones = 0.0
        times, weights = np.polynomial.legendre.leggauss(60)
        for x, w in zip((times + 1) / 2 / rate, weights / 2 / rate, strict=True):
            k = n - 1  # departures at the speed of both before two are left
            begin = 2 * exp(-2 * x) * (2 * x) ** (k - 1) / factorial(k - 1) if k else 0.0
            left = 1 / rate - x
            ones += w * begin * 2 * exp(-left) * (1 - exp(-left))
        if n == 1:
            ones = comb(2, 1) * stay * (1 - stay)
        moves[n, 1], moves[n, 0] = ones, rest - ones
        if n > 60:
            break
    size = 60
    moves = moves[:size, :size]
    moves[:, -1] += 1 - moves.sum(axis=1)
    balance = np.vstack([(moves.T - np.eye(size))[:-1], np.ones(size)])
    found = np.linalg.solve(balance, np.r_[np.zeros(size - 1), 1])
    known = arrival.g_m_c(arrival.deterministic_arrivals(rate), 1.0, 2)
    assert known.wait_probability == pytest.approx(float(found[2:].sum()), rel=1e-8)


def test_services_in_phases_at_one_server() -> None:
    # Pollaczek (1930): Poisson arrivals, two stages; and hyperexponential services.
    known = law.ph_ph_c(erlang(1, 0.8), erlang(2, 1.0), 1)
    assert known.waiting_time == near(3.0)
    assert known.wait_probability == near(0.8)
    two = law.branches([0.9, 0.1], [1, 1], [1.5, 0.25])
    second = 2 * (0.9 / 1.5**2 + 0.1 / 0.25**2)
    assert two.mean == near(1.0)
    exact = m_g_1(0.7, 1.0, second)
    assert law.ph_ph_c(erlang(1, 0.7), two, 1).waiting_time == near(exact.waiting_time)


def test_a_mixture_of_services() -> None:
    mixed = law.mixture([0.25, 0.75], [erlang(3, 0.5), erlang(1, 2.0)])
    assert mixed.mean == near(0.25 * 2 + 0.75 * 0.5)
    second = 0.25 * 4 * (1 + 1 / 3) + 0.75 * 2 * 0.25
    exact = m_g_1(0.6, mixed.mean, second)
    assert law.ph_ph_c(erlang(1, 0.6), mixed, 1).waiting_time == near(exact.waiting_time)


def test_two_servers_and_two_stages() -> None:
    """M/E2/2, state by state: how many wait and how many of the busy servers are in each stage."""
    rate, stage, most = 1.6, 2.0, 300
    states = [(n, second) for n in range(most) for second in range(min(n, 2) + 1)]
    place = {state: k for k, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))
    for (n, second), k in place.items():
        first = min(n, 2) - second
        if (n + 1, second) in place:
            rates[k, place[n + 1, second]] += rate
        if first:
            rates[k, place[n, second + 1]] += first * stage
        if second:
            rates[k, place[n - 1, second - 1]] += second * stage
    np.fill_diagonal(rates, -rates.sum(axis=1))
    balance = np.vstack([rates.T[:-1], np.ones(len(states))])
    chances = np.linalg.solve(balance, np.r_[np.zeros(len(states) - 1), 1])
    waiting = float(chances @ [max(0, n - 2) for n, _ in states])
    known = law.ph_ph_c(erlang(1, rate), erlang(2, 1.0), 2)
    assert known.waiting == near(waiting)
    assert known.wait_probability == near(float(chances @ [n >= 2 for n, _ in states]))


def test_out_of_range() -> None:
    with pytest.raises(Unstable):
        law.ph_ph_c(erlang(2, 2.0), erlang(2, 1.0), 2)
    with pytest.raises(ValueError, match="must sum to 1"):
        law.branches([0.5], [1], [1.0])
    with pytest.raises(ValueError, match="stages is 0"):
        law.branches([1.0], [0], [1.0])
    with pytest.raises(ValueError, match="rates is 0"):
        law.branches([1.0], [1], [0.0])
    with pytest.raises(ValueError, match="each needs stages"):
        law.branches([1.0], [], [1.0])
    with pytest.raises(ValueError, match="servers is 0"):
        law.ph_ph_c(erlang(1, 0.5), erlang(1, 1.0), 0)
