"""Stations whose customers do not all join, give up, or come again."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from models.laws.queueing.markovian import m_m_c, m_m_c_k
from models.laws.queueing.other_arrivals import m_m_c_m
from models.laws.queueing.reluctant_customers import m_g_1_retrial, m_m_c_reluctant
from models.laws.queueing.station_law import Unstable


@pytest.mark.parametrize("load", [0.2, 0.7, 0.9])
@pytest.mark.parametrize("retry_rate", [0.1, 2.0])
def test_m_m_1_retrial_is_that_of_falin_and_templeton(load: float, retry_rate: float) -> None:
    """load (rate + load retry) / ((1 - load) retry); Falin and Templeton (1997), section 1.2."""
    away = load * (load + load * retry_rate) / ((1 - load) * retry_rate)
    chain = m_m_c_reluctant(load, 1.0, 1, 1, retry_rate=retry_rate, retry_probability=1.0)
    assert chain.away == pytest.approx(away, rel=1e-9)
    assert chain.number == pytest.approx(load, rel=1e-9)
    closed = m_g_1_retrial(load, 1.0, 2.0, retry_rate)
    assert closed.away == pytest.approx(away, rel=1e-12)
    assert closed.turned_away == pytest.approx(chain.turned_away, rel=1e-9)


def dense(
    rate: float,
    servers: int,
    capacity: int,
    retry: float,
    again: float,
    joins: Callable[[int], float],
    patience: float,
    levels: int,
) -> tuple[float, float, float]:
    """Mean numbers at the station and away, and mean square of the first; services of 1/s."""
    states = list(itertools.product(range(capacity + 1), range(levels + 1)))
    place = {state: k for k, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))

    def go(before: tuple[int, int], after: tuple[int, int], how_often: float) -> None:
        if after in place and after != before:
            rates[place[before], place[after]] += how_often

    for n, j in states:
        enters = 0.0 if n == capacity else 1.0 if n < servers else joins(n - servers)
        go((n, j), (n + 1, j), rate * enters)
        go((n, j), (n, j + 1), rate * (1 - enters) * again)
        go((n, j), (n + 1, j - 1), j * retry * enters)
        go((n, j), (n, j - 1), j * retry * (1 - enters) * (1 - again))
        leaves = max(0, n - servers) * patience
        go((n, j), (n - 1, j), min(n, servers) + leaves * (1 - again))
        go((n, j), (n - 1, j + 1), leaves * again)
    system = (rates - np.diag(rates.sum(axis=1))).T
    system[-1] = 1.0
    found = np.linalg.solve(system, np.eye(len(states))[-1])
    at, away = np.array(states).T
    return float(found @ at), float(found @ away), float(found @ (at * at))


@pytest.mark.parametrize(
    ("servers", "capacity", "again", "patience"),
    [(2, 2, 1.0, 0.0), (2, 4, 0.6, 0.0), (3, 6, 0.8, 0.5), (1, 3, 1.0, 0.2)],
)
def test_the_chain_is_that_of_all_states(
    servers: int, capacity: int, again: float, patience: float
) -> None:
    def joins(waiting: int) -> float:
        return (1.0, 0.7, 0.4)[min(waiting, 2)]

    rate, retry = 0.6 * servers, 0.8
    at, away, _ = dense(rate, servers, capacity, retry, again, joins, patience, 120)
    found = m_m_c_reluctant(rate, 1.0, servers, capacity, joins, patience, retry, again)
    assert found.number == pytest.approx(at, rel=1e-7)
    assert found.away == pytest.approx(away, rel=1e-7)
    # Whoever is away goes away as often as it comes back.
    turned = found.turned_away + found.balked + found.abandoned
    assert found.attempts * turned * again == pytest.approx(found.attempts - 1, rel=1e-6)


@pytest.mark.parametrize(("load", "servers"), [(1.4, 2), (2.1, 3)])
def test_who_is_away_by_the_variance_of_the_busy_servers(load: float, servers: int) -> None:
    """N = (1 + 1/retry)(load - Var(busy))/(c - load); Falin and Templeton (1997), section 2.2."""
    retry = 0.5
    found = m_m_c_reluctant(load, 1.0, servers, servers, retry_rate=retry, retry_probability=1.0)
    at, _, squares = dense(load, servers, servers, retry, 1.0, lambda waiting: 1.0, 0.0, 200)
    away = (1 + 1 / retry) * (load - (squares - at * at)) / (servers - load)
    assert found.away == pytest.approx(away, rel=1e-6)


def test_who_comes_again_at_once_waits_in_a_queue() -> None:
    found = m_m_c_reluctant(1.4, 1.0, 2, 2, retry_rate=1e6, retry_probability=1.0)
    assert found.away == pytest.approx(m_m_c(1.4, 1.0, 2).waiting, rel=1e-5)


def test_balking_alone_is_birth_and_death() -> None:
    """Joining with 1/(n + 1): p0 = e^-a, a Poisson number; Gross and Harris (1998), 2.10.1."""
    found = m_m_c_reluctant(1.25, 1.0, 1, joins=lambda waiting: 1 / (waiting + 2))
    assert found.number == pytest.approx(1.25, rel=1e-9)
    assert found.throughput == pytest.approx(-math.expm1(-1.25), rel=1e-9)


def test_nobody_reluctant_is_the_plain_station() -> None:
    plain, found = m_m_c_k(3.0, 1.0, 2, 5), m_m_c_reluctant(3.0, 1.0, 2, 5)
    assert found.turned_away == pytest.approx(plain.blocking_probability, rel=1e-9)
    assert found.waiting_time == pytest.approx(plain.waiting_time, rel=1e-9)
    impatient = m_m_c_m(3.0, 1.0, 2, 0.4)
    found = m_m_c_reluctant(3.0, 1.0, 2, patience_rate=0.4)
    assert found.abandoned == pytest.approx(impatient.abandonment_probability, rel=1e-9)
    assert found.waiting == pytest.approx(impatient.waiting, rel=1e-9)


def test_more_than_can_be_served() -> None:
    with pytest.raises(Unstable):
        m_m_c_reluctant(2.0, 1.0, 2, 2, retry_rate=1.0, retry_probability=1.0)
    with pytest.raises(Unstable):
        m_g_1_retrial(1.0, 1.0, 1.0, 1.0)
    some = m_m_c_reluctant(2.5, 1.0, 2, 2, retry_rate=1.0, retry_probability=0.9)
    assert some.throughput < 2


def test_what_can_t_be_solved_is_refused() -> None:
    with pytest.raises(ValueError, match="more states"):
        m_m_c_reluctant(0.99, 1e-4, 9_000)
    with pytest.raises(ValueError, match="retry_probability"):
        m_m_c_reluctant(1.0, 1.0, 2, 2, retry_rate=1.0, retry_probability=1.5)
