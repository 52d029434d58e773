"""Networks that only so many may be in at once."""

import math

import pytest

from models.laws.queueing.flow_equivalent import limited_clients, limited_network
from models.laws.queueing.markovian import m_m_c, m_m_c_k, machine_repairman
from models.laws.queueing.station_law import Unstable


def test_one_station_is_m_m_c() -> None:
    found = limited_network(3.0, [1.0], [4.0], 9, waits=True)
    plain = m_m_c(3.0, 1.0, 4)
    assert found.inside + found.waiting == pytest.approx(plain.number, rel=1e-9)
    lossy = limited_network(3.0, [1.0], [2.0], 5, waits=False)
    assert lossy.blocking_probability == pytest.approx(
        m_m_c_k(3.0, 1.0, 2, 5).blocking_probability, rel=1e-9
    )


def test_a_tandem_that_turns_away_is_of_product_form() -> None:
    """P(a, b) = (rate/fast)^a (rate/slow)^b over a + b up to the limit; Lam (1977)."""
    rate, demands, limit = 1.2, (0.5, 0.7), 4
    states = {
        (a, b): (rate * demands[0]) ** a * (rate * demands[1]) ** b
        for a in range(limit + 1)
        for b in range(limit + 1 - a)
    }
    total = sum(states.values())
    found = limited_network(rate, demands, [1.0, 1.0], limit, waits=False)
    full = sum(p for (a, b), p in states.items() if a + b == limit) / total
    assert found.blocking_probability == pytest.approx(full, rel=1e-12)
    assert found.numbers == pytest.approx(
        [sum(state[k] * p for state, p in states.items()) / total for k in range(2)], rel=1e-12
    )


def test_a_limit_that_is_never_reached_is_a_jackson_network() -> None:
    found = limited_network(0.5, [1.0, 0.4], [1.0, math.inf], 200, waits=True)
    assert found.numbers == pytest.approx([1.0, 0.2], rel=1e-9)
    assert found.waiting == pytest.approx(0.0, abs=1e-9)


def test_who_thinks_before_one_station_is_the_machine_repairman() -> None:
    found = limited_clients(8, 5.0, [1.0], [2.0], 4)
    plain = machine_repairman(8, 1 / 5.0, 1.0, 2)
    assert found.throughput == pytest.approx(plain.throughput, rel=1e-9)
    assert found.inside + found.waiting == pytest.approx(plain.number, rel=1e-9)


def test_one_inside_at_a_time_is_one_server() -> None:
    """With one inside the network serves one after the other, at the sum of its demands."""
    found = limited_network(0.5, [1.0, 0.5], [1.0, 1.0], 1, waits=False)
    assert found.blocking_probability == pytest.approx(0.75 / 1.75, rel=1e-12)


def test_more_than_a_limit_lets_through() -> None:
    with pytest.raises(Unstable):
        limited_network(0.7, [1.0, 0.5], [1.0, 1.0], 1, waits=True)
    with pytest.raises(ValueError, match="limit is 0"):
        limited_network(0.7, [1.0], [1.0], 0, waits=True)
