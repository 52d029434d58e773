"""Exponential stations against published answers, exact arithmetic and solved chains."""

import math
import pickle
from collections.abc import Callable
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.queueing import markovian as law
from models.laws.queueing import other_arrivals as other
from models.laws.queueing.station_law import Queue, Unstable

near = partial(pytest.approx, rel=1e-9)
loads = st.floats(0.01, 0.99)


def birth_death(births: list[float], deaths: list[float]) -> np.ndarray:
    """Steady state of a chain, by solving its balance equations."""
    size = len(births) + 1
    rates = np.diag(births, 1) + np.diag(deaths, -1)
    rates -= np.diag(rates.sum(axis=1))
    balance = np.vstack((rates.T[:-1], np.ones(size)))
    return np.linalg.solve(balance, np.append(np.zeros(size - 1), 1.0))


def little(queue: Queue) -> None:
    accepted = queue.arrival_rate * (1 - queue.blocking_probability)
    assert queue.number == near(accepted * queue.response_time)
    assert queue.waiting == near(accepted * queue.waiting_time)


def test_m_m_1() -> None:
    # Kleinrock (1975), chapter 3.
    queue = law.m_m_1(0.8, 1.0)
    assert (queue.utilization, queue.number, queue.waiting) == near((0.8, 4, 3.2))
    assert (queue.response_time, queue.waiting_time) == near((5, 4))
    assert queue.response_time_variance == near(25)
    assert queue.wait_probability == near(0.8)
    assert queue.response_time_quantile(0.5) == near(3.4657359027997265)
    assert queue.response_time_quantile(0.95) == near(14.978661367769956)
    assert queue.response_time_quantile(0.99) == near(23.025850929940457)
    assert queue.waiting_time_quantile(0.95) == near(13.862943611198906)
    assert queue.number_probability(3) == near(0.2 * 0.8**3)
    assert (queue.law, queue.method) == ("M/M/1", "exact")


@pytest.mark.parametrize(
    ("rate", "servers", "wait", "waiting_time", "number", "quantile"),
    [
        (3.2, 4, 0.5964324717874044, 0.7455405897342555, 5.5857298871496175, 5.110476168422507),
        (95.0, 100, 0.5064568539130206, 0.10129137078260411, 104.62268022434739, 0.784970808458868),
    ],
)
def test_m_m_c(
    rate: float, servers: int, wait: float, waiting_time: float, number: float, quantile: float
) -> None:
    # Erlang (1917); Gross and Harris (1998), chapter 2.
    queue = law.m_m_c(rate, 1.0, servers)
    assert queue.wait_probability == near(wait)
    assert queue.waiting_time == near(waiting_time)
    assert queue.number == near(number)
    assert queue.waiting_time_quantile(0.99) == near(quantile)
    assert math.fsum(queue.number_probability(n) or 0 for n in range(2000)) == near(1)


def test_erlang_b() -> None:
    # Erlang (1917): 15 servers at 10 erlang.
    queue = law.m_g_c_c(10.0, 1.0, 15)
    assert law.erlang_b(15, 10.0) == near(0.03649694547237079)
    assert queue.blocking_probability == near(0.03649694547237079)
    assert queue.throughput == near(9.635030545276292)
    assert queue.response_time_quantile(0.5) is None
    assert law.erlang_b(0, 3.0) == 1.0
    assert law.erlang_b(3, 0.0) == 0.0


def exact_erlang_b(servers: int, load: float) -> mpmath.mpf:
    with mpmath.workdps(40):
        a = mpmath.mpf(load)
        # a^c e^-a / Gamma(c + 1, a), upper incomplete.
        return a**servers * mpmath.exp(-a) / mpmath.gammainc(servers + 1, a)


@pytest.mark.parametrize(
    ("servers", "load"),
    [
        (1, 1e-9),
        (1, 1e9),
        (100, 0.01),
        (150, 2.0),
        (1000, 300.0),
        (10_000, 8_500.0),
        (10_000, 9_999.99999),
        (10_000, 20_000.0),
        (50_000, 49_900.0),
    ],
)
def test_erlang_laws_at_scale(servers: int, load: float) -> None:
    exact = exact_erlang_b(servers, load)
    assert law.erlang_b(servers, load) == near(float(exact))
    queue = law.m_m_c_k(load, 1.0, servers, servers)
    assert queue.blocking_probability == near(float(exact))
    if load < servers:
        with mpmath.workdps(40):
            wait = servers * exact / (servers - load * (1 - exact))
        assert law.erlang_c(servers, load) == near(float(wait))
        assert law.m_m_c(load, 1.0, servers).wait_probability == near(float(wait))


@pytest.mark.parametrize(("servers", "load"), [(1_000_000, 999_000.0), (1_000_000, 1.2e6)])
def test_a_million_servers(servers: int, load: float) -> None:
    assert law.erlang_b(servers, load) == near(float(exact_erlang_b(servers, load)))


def test_smallest_probabilities() -> None:
    exact = exact_erlang_b(167, 1.0)
    assert 1e-302 < exact < 1e-299
    assert law.erlang_b(167, 1.0) == near(float(exact))
    queue = law.m_m_c(100.0, 1.0, 10_000)
    assert queue.wait_probability == 0.0
    assert queue.waiting_time_quantile(0.999) == 0.0
    assert queue.number_probability(100) == near(
        float(mpmath.exp(-100) * 100**100 / mpmath.fac(100))
    )
    assert law.m_m_c_k(0.5, 1.0, 1, 990).blocking_probability == near(0.5 * 2.0**-990)


def test_almost_full() -> None:
    rate = 1 - 1e-9
    queue = law.m_m_1(rate, 1.0)
    assert queue.waiting_time == near(rate / (1 - rate))
    queue = law.m_m_c(7 * rate, 0.1 * 10, 7)
    with mpmath.workdps(40):
        load, exact = mpmath.mpf(7 * rate), exact_erlang_b(7, 7 * rate)
        wait = 7 * exact / (7 - load * (1 - exact))
        assert queue.waiting_time == near(float(wait / (7 - load)))
        assert queue.waiting_time_quantile(0.9) == near(float(mpmath.log(wait * 10) / (7 - load)))


@pytest.mark.parametrize("p", [0.0, 1e-7, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-12])
@pytest.mark.parametrize(("rate", "servers"), [(0.3, 3), (2.0, 3), (2.999, 3), (0.8, 1)])
def test_response_quantile_of_m_m_c(rate: float, servers: int, p: float) -> None:
    time = law.m_m_c(rate, 1.0, servers).response_time_quantile(p)
    assert time is not None
    with mpmath.workdps(50):
        load = mpmath.mpf(rate)
        exact = exact_erlang_b(servers, rate)
        wait = servers * exact / (servers - load * (1 - exact))
        decay = servers - load
        decay += mpmath.mpf(10) ** -20  # the formula is 0/0 at 1

        def cdf(t: mpmath.mpf) -> mpmath.mpf:
            both = 1 - (decay * mpmath.exp(-t) - mpmath.exp(-decay * t)) / (decay - 1)
            return (1 - wait) * (1 - mpmath.exp(-t)) + wait * both

        assert (
            float(cdf(time * mpmath.mpf(1 - 1e-9))) <= p <= float(cdf(time * mpmath.mpf(1 + 1e-9)))
        )


def test_m_m_c_k_is_its_chain() -> None:
    servers, room, rate = 3, 9, 3.5
    chances = birth_death([rate] * room, [float(min(n, servers)) for n in range(1, room + 1)])
    queue = law.m_m_c_k(rate, 1.0, servers, room)
    assert [queue.number_probability(n) for n in range(room + 1)] == near(chances.tolist())
    assert queue.blocking_probability == near(chances[-1])
    assert queue.number == near(float(chances @ np.arange(room + 1)))
    assert queue.wait_probability == near(chances[servers:-1].sum() / (1 - chances[-1]))
    assert queue.number_probability(room + 1) == 0.0
    little(queue)


@pytest.mark.parametrize("p", [0.01, 0.4, 0.7, 0.999])
def test_quantiles_of_m_m_c_k_are_those_of_a_mixture_of_stages(p: float) -> None:
    servers, room, rate = 2, 7, 3.0
    queue = law.m_m_c_k(rate, 1.0, servers, room)
    seen = [float(queue.number_probability(n) or 0) for n in range(room)]
    total = math.fsum(seen)

    def wait(n: int, t: float) -> float:
        stages = n - servers + 1
        return 1.0 if stages <= 0 else float(mpmath.gammainc(stages, 0, servers * t, True))

    def response(n: int, t: float) -> float:
        stages = n - servers + 1
        if stages <= 0:
            return -math.expm1(-t)
        density = lambda u: (  # noqa: E731
            mpmath.exp(-servers * u) * u ** (stages - 1) * servers**stages / mpmath.fac(stages - 1)
        )
        return float(mpmath.quad(lambda u: density(u) * (1 - mpmath.exp(u - t)), [0, t]))

    waiting, responding = queue.waiting_time_quantile(p), queue.response_time_quantile(p)
    assert waiting is not None
    assert responding is not None
    if waiting > 0:
        assert sum(s * wait(n, waiting) for n, s in enumerate(seen)) / total == near(p)
    assert sum(s * response(n, responding) for n, s in enumerate(seen)) / total == near(p)


@settings(max_examples=25)
@given(loads, st.integers(1, 20))
def test_a_large_room_is_no_limit(load: float, servers: int) -> None:
    large, open_end = (
        law.m_m_c_k(load * servers, 1.0, servers, servers + 4000),
        law.m_m_c(load * servers, 1.0, servers),
    )
    assert large.number == pytest.approx(open_end.number, rel=1e-8)
    assert large.waiting_time_variance == pytest.approx(open_end.waiting_time_variance, rel=1e-8)
    for p in (1e-5, 0.5, 0.99):
        assert large.response_time_quantile(p) == pytest.approx(
            open_end.response_time_quantile(p), rel=1e-8
        )


def test_a_room_beyond_memory() -> None:
    assert law.m_m_c_k(1.0, 2.0, 1, 10**15).number == near(1.0)
    with pytest.raises(ValueError, match="states are more than"):
        law.m_m_c_k(2.0, 1.0, 1, 10**15)


def test_m_m_infinity() -> None:
    queue = law.m_m_infinity(6.0, 2.0)
    assert (queue.number, queue.response_time, queue.waiting_time) == near((3.0, 0.5, 0.0))
    assert queue.number_probability(2) == near(math.exp(-3) * 4.5)
    assert queue.response_time_quantile(0.5) == near(math.log(2) / 2)
    assert queue.waiting_time_quantile(0.99) == 0.0


def test_machine_repairman_is_its_chain() -> None:
    machines, crews, fails = 10, 2, 0.3
    chances = birth_death(
        [(machines - n) * fails for n in range(machines)],
        [float(min(n, crews)) for n in range(1, machines + 1)],
    )
    queue = law.machine_repairman(machines, fails, 1.0, crews)
    assert [queue.number_probability(n) for n in range(machines + 1)] == near(chances.tolist())
    assert queue.number == near(float(chances @ np.arange(machines + 1)))
    assert queue.throughput == near(float(chances @ np.minimum(np.arange(machines + 1), crews)))
    little(queue)


def test_a_crew_for_each_machine_never_waits() -> None:
    queue = law.machine_repairman(1000, 0.01, 0.5, 1000)
    assert queue.number == near(1000 * 0.01 / 0.51)
    assert queue.waiting_time == 0.0
    assert queue.response_time_quantile(0.5) == near(2 * math.log(2))


def test_erlang_a_is_its_chain() -> None:
    servers, rate, leaves, size = 3, 4.0, 0.7, 120
    deaths = [min(n, servers) + max(n - servers, 0) * leaves for n in range(1, size)]
    chances = birth_death([rate] * (size - 1), deaths)
    queue = other.m_m_c_m(rate, 1.0, servers, leaves)
    states = np.arange(size)
    assert queue.number == near(float(chances @ states))
    assert queue.throughput == near(float(chances @ np.minimum(states, servers)))
    assert queue.abandonment_probability == near(
        float(chances @ np.maximum(states - servers, 0)) * leaves / rate
    )
    assert queue.throughput == near(rate * (1 - queue.abandonment_probability))
    assert queue.wait_probability == near(chances[servers:].sum())
    assert queue.number_probability(5) == near(chances[5])
    little(queue)


def test_wait_of_erlang_a_is_its_moment() -> None:
    queue = other.m_m_c_m(4.0, 1.0, 3, 0.7)
    assert queue.waiting_time_law is not None
    # E[T] and E[T^2] from the quantile function, by Gauss's rule after p = 1 - u^8.
    nodes, weights = np.polynomial.legendre.leggauss(200)
    start = 1 - (queue.wait_probability or 0)
    u, du = (nodes + 1) / 2, weights / 2
    times = np.array([queue.waiting_time_law(float(p)) for p in 1 - (1 - start) * u**8])
    density = (1 - start) * 8 * u**7 * du
    mean, square = float(times @ density), float(times**2 @ density)
    assert queue.waiting_time == pytest.approx(mean, rel=1e-7)
    assert queue.waiting_time_variance == pytest.approx(square - mean**2, rel=1e-6)


@pytest.mark.parametrize(("rate", "servers"), [(3.2, 4), (95.0, 100), (9_900.0, 10_000)])
def test_limits_of_patience(rate: float, servers: int) -> None:
    patient = other.m_m_c_m(rate, 1.0, servers, 1e-10)
    without_end = law.m_m_c(rate, 1.0, servers)
    assert patient.number == pytest.approx(without_end.number, rel=1e-6)
    assert patient.waiting_time_variance == pytest.approx(
        without_end.waiting_time_variance, rel=1e-6
    )
    assert patient.waiting_time_quantile(0.95) == pytest.approx(
        without_end.waiting_time_quantile(0.95), rel=1e-6
    )
    hasty = other.m_m_c_m(rate, 1.0, servers, 1e12)
    assert hasty.throughput == near(law.m_m_c_k(rate, 1.0, servers, servers).throughput)


def test_erlang_a_at_scale() -> None:
    # Where patience is as long as service, all states are Poisson: M/M/infinity.
    queue = other.m_m_c_m(10_100.0, 1.0, 10_000, 1.0)
    assert queue.number == near(10_100.0)
    with mpmath.workdps(40):
        wait = mpmath.gammainc(10_000, 0, 10_100, True)  # Poisson(10,100) is 10,000 or more
    assert queue.wait_probability == near(float(wait))
    assert other.m_m_c_m(1e6, 1.0, 10, 2.0).throughput == near(10.0)


@given(loads, loads, st.integers(1, 200), st.floats(0.01, 100))
def test_more_arrivals_wait_longer(a: float, b: float, servers: int, rate: float) -> None:
    low, high = sorted((a, b))
    before, after = (law.m_m_c(load * servers * rate, rate, servers) for load in (low, high))
    little(before)
    assert before.waiting_time <= after.waiting_time * (1 + 1e-9)
    assert (before.response_time_quantile(0.9) or 0) <= after.response_time_quantile(0.9) * (
        1 + 1e-9
    )


@settings(max_examples=30)
@given(st.floats(0.01, 3), st.integers(1, 30), st.floats(0.01, 100))
def test_little_with_loss_and_impatience(load: float, servers: int, leaves: float) -> None:
    little(law.m_m_c_k(load * servers, 1.0, servers, servers + 10))
    little(other.m_m_c_m(load * servers, 1.0, servers, leaves))


@pytest.mark.parametrize("rate", [10.0, 12.0])
def test_unstable(rate: float) -> None:
    for station in (
        lambda: law.m_m_1(rate, 10.0),
        lambda: law.m_m_c(rate, 2.5, 4),
        lambda: law.erlang_c(10, rate),
    ):
        with pytest.raises(Unstable, match="UNSTABLE") as caught:
            station()
        assert caught.value.utilization == near(rate / 10)


def test_unstable_says_why() -> None:
    with pytest.raises(Unstable) as caught:
        law.m_m_1(12.0, 10.0)
    assert str(caught.value) == (
        "UNSTABLE: utilization 1.20; the queue grows without end (arrival rate 12/s, capacity 10/s)"
    )
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert str(Unstable(1.2, station="cpu")) == (
        "UNSTABLE: utilization 1.20 at cpu; the queue grows without end"
    )


BAD_RATES = [0.0, -1.0, math.nan, math.inf]
BAD_COUNTS = [0, -1, 1.5, math.nan, math.inf]
LAWS: list[tuple[Callable[..., object], dict[str, float]]] = [
    (law.m_m_1, {"arrival_rate": 0.5, "service_rate": 1.0}),
    (law.m_m_c, {"arrival_rate": 0.5, "service_rate": 1.0, "servers": 2}),
    (law.m_m_c_k, {"arrival_rate": 0.5, "service_rate": 1.0, "servers": 2, "capacity": 3}),
    (law.m_g_c_c, {"arrival_rate": 0.5, "service_time": 1.0, "servers": 2}),
    (law.m_m_infinity, {"arrival_rate": 0.5, "service_rate": 1.0}),
    (law.machine_repairman, {"machines": 3, "failure_rate": 0.5, "repair_rate": 1.0, "crews": 2}),
    (
        other.m_m_c_m,
        {"arrival_rate": 0.5, "service_rate": 1.0, "servers": 2, "abandonment_rate": 1.0},
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
    counts = name in {"servers", "capacity", "machines", "crews"}
    for value in BAD_COUNTS if counts else BAD_RATES:
        with pytest.raises(ValueError, match=f"{name} is {value}"):
            station(**{**arguments, name: value})


def test_out_of_range_of_the_rest() -> None:
    for value in (-1, math.nan, 1.5):
        with pytest.raises(ValueError, match="servers"):
            law.erlang_b(value, 1.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="offered_load is -1"):
        law.erlang_b(1, -1)
    queue = law.m_m_1(0.5, 1.0)
    for p in (-0.1, 1.0, math.nan):
        with pytest.raises(ValueError, match="p is"):
            queue.waiting_time_quantile(p)
        with pytest.raises(ValueError, match="p is"):
            queue.response_time_quantile(p)
    with pytest.raises(ValueError, match="n is -1"):
        queue.number_probability(-1)
