"""Servers that break down against published answers and solved chains."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.queueing import unreliable as law
from models.laws.queueing.markovian import m_m_c
from models.laws.queueing.station_law import Unstable

near = partial(pytest.approx, rel=1e-9)


def test_one_server() -> None:
    # White and Christie (1958); Avi-Itzhak and Naor (1963).
    queue = law.m_m_1_breakdowns(0.6, 1.0, 0.01, 0.1)
    assert (queue.number, queue.response_time) == near((3.5454545454545454, 5.909090909090909))
    assert queue.utilization == near(0.66)
    assert law.effective_capacity(1.0, 1, 0.01, 0.1) == near(0.9090909090909091)


@given(st.floats(0.01, 1 - 1e-6), st.floats(0.01, 100), st.floats(0.001, 10), st.floats(0.001, 10))
def test_one_server_by_both_laws(load: float, service: float, fails: float, mends: float) -> None:
    rate = load * law.effective_capacity(service, 1, fails, mends)
    closed = law.m_m_1_breakdowns(rate, service, fails, mends)
    matrices = law.m_m_c_breakdowns(rate, service, 1, fails, mends)
    assert matrices.number == near(closed.number)
    assert matrices.wait_probability == near(closed.wait_probability)
    assert closed.number == near(rate * closed.response_time)


@pytest.mark.parametrize("crews", [1, 2, 3])
def test_several_servers_are_their_chain(crews: int) -> None:
    servers, rate, fails, mends, levels = 3, 1.2, 0.1, 0.5, 260
    size = (servers + 1) * levels
    generator = np.zeros((size, size))
    for n in range(levels):
        for up in range(servers + 1):
            moves = [
                (n + 1, up, rate),
                (n - 1, up, min(n, up) * 1.0),
                (n, up - 1, up * fails),
                (n, up + 1, min(servers - up, crews) * mends),
            ]
            here = n * (servers + 1) + up
            for a, b, speed in moves:
                if speed and a < levels:
                    generator[here, a * (servers + 1) + b] += speed
                    generator[here, here] -= speed
    generator[:, 0] = 1.0
    chances = np.linalg.solve(generator.T, np.eye(size)[0]).reshape(levels, servers + 1)
    queue = law.m_m_c_breakdowns(rate, 1.0, servers, fails, mends, crews)
    assert queue.number == near(float(np.arange(levels) @ chances.sum(1)))
    wait = sum(chances[n, up] for n in range(levels) for up in range(servers + 1) if up <= n)
    assert queue.wait_probability == near(float(wait))
    assert law.working_servers(servers, fails, mends, crews) == near(chances.sum(0).tolist())


@pytest.mark.parametrize(("servers", "rate"), [(1, 0.7), (4, 3.2), (60, 55.0)])
def test_servers_that_seldom_fail(servers: int, rate: float) -> None:
    queue, plain = law.m_m_c_breakdowns(rate, 1.0, servers, 1e-12, 1.0), m_m_c(rate, 1.0, servers)
    assert queue.number == pytest.approx(plain.number, rel=1e-7)
    assert queue.wait_probability == pytest.approx(plain.wait_probability, rel=1e-7)


def test_fewer_crews_wait_longer() -> None:
    waits = [
        law.m_m_c_breakdowns(10.0, 1.0, 20, 0.1, 1.0, crews).waiting_time for crews in (2, 3, 20)
    ]
    assert waits == sorted(waits, reverse=True)
    assert law.m_m_c_breakdowns(10.0, 1.0, 20, 0.1, 1.0).waiting_time == waits[-1]


def test_working_servers_with_a_crew_each_are_binomial() -> None:
    chances = law.working_servers(5, 0.1, 0.4)
    assert chances == near([math.comb(5, n) * 0.8**n * 0.2 ** (5 - n) for n in range(6)])
    assert law.effective_capacity(2.0, 5, 0.1, 0.4) == near(8.0)


@pytest.mark.parametrize("load", [1.1, 2.0])
def test_unstable(load: float) -> None:
    for station in (
        lambda: law.m_m_1_breakdowns(load * 8.0, 10.0, 0.1, 0.4),
        lambda: law.m_m_c_breakdowns(load * 8.0, 2.0, 5, 0.1, 0.4),
    ):
        with pytest.raises(Unstable, match="UNSTABLE") as caught:
            station()
        assert caught.value.utilization == near(load)


RATES = {"arrival_rate": 0.5, "service_rate": 1.0, "failure_rate": 0.1, "repair_rate": 1.0}
LAWS: list[tuple[Callable[..., object], dict[str, float]]] = [
    (law.m_m_1_breakdowns, RATES),
    (law.m_m_c_breakdowns, {**RATES, "servers": 2, "crews": 1}),
    (law.working_servers, {"servers": 2, "failure_rate": 0.1, "repair_rate": 1.0, "crews": 1}),
    (
        law.effective_capacity,
        {"service_rate": 1.0, "servers": 2, "failure_rate": 0.1, "repair_rate": 1.0},
    ),
]


@pytest.mark.parametrize(
    ("station", "arguments", "name"),
    [(station, arguments, name) for station, arguments in LAWS for name in arguments],
)
def test_out_of_range(
    station: Callable[..., object], arguments: dict[str, float], name: str
) -> None:
    station(**arguments)
    for value in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"{name} is {value}"):
            station(**{**arguments, name: value})


def test_too_many_servers_for_matrices() -> None:
    with pytest.raises(ValueError, match="servers is 201; the exact law takes at most 200"):
        law.m_m_c_breakdowns(0.5, 1.0, 201, 0.1, 1.0)
