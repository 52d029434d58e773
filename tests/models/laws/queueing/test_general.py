"""Stations with general services or arrivals against published answers and numerical methods."""

import math
from collections.abc import Callable
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.queueing import arrivals as arrival
from models.laws.queueing import general as law
from models.laws.queueing import shortest_remaining as srpt
from models.laws.queueing.markovian import m_m_1, m_m_c
from models.laws.queueing.station_law import Unstable

near = partial(pytest.approx, rel=1e-9)
loads = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("second", "third", "waiting_time", "variance"),
    [
        (1.0, 1.0, 2.0, 16 / 3),
        (1.5, 3.0, 3.0, 13.0),
        (2.0, 8.0, 4.0, 80 / 3),
    ],
    ids=["deterministic", "two stages", "lognormal"],
)
def test_m_g_1(second: float, third: float, waiting_time: float, variance: float) -> None:
    # Pollaczek (1930), Khinchine (1932), Takacs (1962) at a utilization of 0.8.
    queue = law.m_g_1(0.8, 1.0, second, third)
    assert (queue.waiting_time, queue.response_time) == near((waiting_time, waiting_time + 1))
    assert (queue.waiting, queue.number) == near((0.8 * waiting_time, 0.8 * (waiting_time + 1)))
    assert queue.waiting_time_variance == near(variance)
    assert queue.response_time_variance == near(variance + second - 1)
    assert law.m_g_1(0.8, 1.0, second).waiting_time_variance is None


@given(loads)
def test_exponential_services_make_m_m_1(load: float) -> None:
    exact = m_m_1(load, 1.0)
    for queue in (
        law.m_g_1(load, 1.0, 2.0, 6.0),
        arrival.g_m_1(arrival.gamma_arrivals(load, 1.0), 1.0),
        arrival.g_m_1(arrival.hyperexponential_arrivals([0.3, 0.7], [load, load]), 1.0),
        law.g_g_1(load, 1.0, 1.0, 1.0),
    ):
        assert queue.number == near(exact.number)
        assert queue.waiting_time == near(exact.waiting_time)
        if queue.waiting_time_variance is not None:
            assert queue.waiting_time_variance == near(exact.waiting_time_variance)
            assert queue.response_time_variance == near(exact.response_time_variance)
    shared = law.m_g_1_processor_sharing(load, 1.0)
    assert shared.response_time == near(exact.response_time)
    assert shared.number_probability(4) == near(exact.number_probability(4))


def test_almost_full() -> None:
    load = 1 - 1e-9
    assert law.m_g_1(load, 1.0, 2.0).waiting_time == near(load / (1 - load))
    for interarrival in (
        arrival.gamma_arrivals(load, 1.0),
        arrival.hyperexponential_arrivals([1.0], [load]),
    ):
        assert arrival.g_m_1(interarrival, 1.0).waiting_time == near(load / (1 - load))


def test_g_m_1() -> None:
    # Kleinrock (1975), chapter 6: two stages between arrivals.
    queue = arrival.g_m_1(arrival.erlang_arrivals(0.8, 2), 1.0)
    assert queue.wait_probability == near(0.7398529491264557)
    assert queue.waiting_time == near(2.843979766989913)
    assert (queue.response_time, queue.number) == near((3.843979766989913, 3.0751838135919303))
    assert queue.response_time_quantile(0.99) == near(17.702181018483397)
    assert math.fsum(queue.number_probability(n) or 0 for n in range(300)) == near(1)


@pytest.mark.parametrize("load", [0.01, 0.3, 0.8, 0.99, 1 - 1e-6])
def test_roots_of_g_m_1(load: float) -> None:
    exp = mpmath.exp
    cases: list[tuple[arrival.Arrivals, Callable[[mpmath.mpf], mpmath.mpf]]] = [
        (arrival.deterministic_arrivals(load), lambda s: exp(-s / load)),
        (arrival.gamma_arrivals(load, 0.4), lambda s: (1 + s / mpmath.mpf(load) / 0.4) ** -0.4),
        (arrival.erlang_arrivals(load, 7), lambda s: (1 + s / mpmath.mpf(load) / 7) ** -7),
        (
            arrival.uniform_arrivals(0.0, 2 / load),
            lambda s: (1 - exp(-s * 2 / mpmath.mpf(load))) / s / 2 * load,
        ),
    ]
    for interarrival, transform in cases:
        queue = arrival.g_m_1(interarrival, 1.0)
        with mpmath.workdps(40):
            rest = 1 / mpmath.mpf(queue.response_time)
            # The root 1 - s of A(1 - s) = s lies where the answer says.
            low, high = (transform(r) - 1 + r for r in (rest * (1 - 1e-9), rest * (1 + 1e-9)))
            assert low < 0 < high
            assert queue.wait_probability == near(float(transform(rest)))


def test_arrivals_by_a_callable() -> None:
    own = arrival.arrivals(0.8, lambda s: (1 + s / 1.6) ** -2)
    assert arrival.g_m_1(own, 1.0).waiting_time == near(2.843979766989913)


@pytest.mark.parametrize("x", [1e-12, 1e-3, 0.1, 0.7, 0.9, 3.0, 500.0])
def test_transforms_keep_their_digits(x: float) -> None:
    with mpmath.workdps(50):
        y = mpmath.mpf(x)
        expected = [
            (arrival.deterministic_arrivals(1.0), mpmath.exp(-y)),
            (arrival.gamma_arrivals(1.0, 0.25), (1 + 4 * y) ** mpmath.mpf(-0.25)),
            (
                arrival.uniform_arrivals(0.5, 1.5),
                mpmath.exp(-y / 2) * (1 - mpmath.exp(-y)) / y,
            ),
        ]
        for interarrival, transform in expected:
            assert interarrival.rate == near(1.0)
            assert interarrival.transform(x) == near(float(transform))
            assert interarrival.excess(x) == near(float(transform - 1 + y))


def test_processor_sharing() -> None:
    # Kleinrock (1976): the same mean as M/M/1, and each customer slowed down alike.
    queue = law.m_g_1_processor_sharing(0.8, 1.0)
    assert (queue.response_time, queue.number) == near((5.0, 4.0))
    for own, response in ((0.5, 2.5), (1.0, 5.0), (4.0, 20.0)):
        assert law.processor_sharing_response(0.8, 1.0, own) == near(response)


def schrage_miller(load: float, own: float) -> float:
    """Schrage and Miller (1966) for exponential services of mean 1."""
    before = lambda x: load * (1 - math.exp(-x) * (1 + x))  # noqa: E731
    square = 2 - math.exp(-own) * (own * own + 2 * own + 2) + own * own * math.exp(-own)
    rest = mpmath.quad(lambda t: 1 / (1 - before(float(t))), [0, own])
    return load * square / 2 / (1 - before(own)) ** 2 + float(rest)


@pytest.mark.parametrize("load", [0.1, 0.8, 0.99])
@pytest.mark.parametrize("own", [0.2, 1.0, 6.0])
def test_srpt_of_a_known_service(load: float, own: float) -> None:
    response = srpt.srpt_response(load, 1.0, lambda time: math.exp(-time), own)
    assert response == near(schrage_miller(load, own))


def test_srpt_of_exponential_services() -> None:
    nodes, weights = np.polynomial.legendre.leggauss(24)
    mean = 0.0
    for start, end in ((0, 1), (1, 3), (3, 8), (8, 18), (18, 32)):
        for x, dx in zip((nodes + 1) / 2 * (end - start) + start, weights, strict=True):
            share = float(dx) * (end - start) / 2 * math.exp(-float(x))
            mean += share * schrage_miller(0.8, float(x))
    queue = srpt.m_g_1_srpt(0.8, 1.0, lambda time: math.exp(-time))
    assert queue.response_time == near(mean)
    assert queue.response_time < m_m_1(0.8, 1.0).response_time


def test_srpt_of_equal_services_is_first_come_first_served() -> None:
    queue = srpt.m_g_1_srpt(0.8, 1.0, lambda time: float(time < 1), (1.0,))
    assert queue.response_time == near(law.m_g_1(0.8, 1.0, 1.0).response_time)


def test_srpt_of_uniform_and_steep_services() -> None:
    queue = srpt.m_g_1_srpt(0.5, 0.5, lambda time: max(0.0, 1 - time), (1.0,))
    # With F(x) = x: M = x^2/2 - x^3/3 and r = x^2/4 below 1, constant above.
    below = mpmath.quad(lambda x: (0.5 - x / 3) / (1 - x * x / 4), [0, 1])
    assert queue.response_time == near(float(below) + (1 / 6) / 0.75)
    scale = 1 / math.gamma(1.2)
    steep = srpt.m_g_1_srpt(0.5, 1.0, lambda time: math.exp(-((time / scale) ** 5)))
    assert 1 < steep.response_time < 2


def test_srpt_refuses_what_it_cannot_integrate() -> None:
    with pytest.raises(ValueError, match="has the mean"):
        srpt.m_g_1_srpt(0.5, 1.0, lambda time: math.exp(-2 * time))
    with pytest.raises(ValueError, match="too rough"):
        srpt.m_g_1_srpt(0.5, 1.0, lambda time: float(time < 0.7) / 2 + float(time < 1.3) / 2)
    with pytest.raises(ValueError, match="must return probabilities"):
        srpt.m_g_1_srpt(0.5, 1.0, lambda time: math.nan)


@given(loads, st.floats(0, 5), st.floats(0, 5))
def test_approximations(load: float, arrival_scv: float, service_scv: float) -> None:
    one = law.g_g_1(load, 1.0, arrival_scv, service_scv)
    several = law.g_g_c(load, 1.0, 1, arrival_scv, service_scv)
    assert several.waiting_time == pytest.approx(one.waiting_time, rel=1e-9)
    assert several.method == "approximation"
    exact = law.m_g_1(load, 1.0, 1 + service_scv)
    assert law.g_g_1(load, 1.0, 1.0, service_scv).waiting_time == near(exact.waiting_time)
    bound = law.kingman_bound(load, 1.0, 1 / load / load, service_scv)
    assert exact.waiting_time <= bound


def test_allen_and_cunneen_are_exact_for_m_m_c() -> None:
    queue, exact = law.g_g_c(95.0, 1.0, 100, 1.0, 1.0), m_m_c(95.0, 1.0, 100)
    assert queue.waiting_time == near(exact.waiting_time)
    # Cosmetatos (1976): services of a fixed length wait half as long, and a little more.
    more = 0.05 * 99 * (math.sqrt(504) - 2) / (16 * 100 * 0.95)
    regular = law.g_g_c(95.0, 1.0, 100, 1.0, 0.0)
    assert regular.waiting_time == near(exact.waiting_time / 2 * (1 + more))


def test_less_than_heavy_traffic() -> None:
    """Source: Kraemer and Langenbach-Belz (1976), beside E2/M/1 and D/M/1 exactly."""
    for interarrival, arrival_scv in (
        (arrival.erlang_arrivals(0.5, 2), 0.5),
        (arrival.deterministic_arrivals(0.5), 0.0),
    ):
        exact = arrival.g_m_1(interarrival, 1.0).waiting_time
        near_by = law.g_g_1(0.5, 1.0, arrival_scv, 1.0).waiting_time
        assert near_by == pytest.approx(exact, rel=0.1)
    assert law.lighter_traffic(0.5, 0.0, 0.0) == 1.0


@pytest.mark.parametrize("rate", [10.0, 12.0])
def test_unstable(rate: float) -> None:
    for station in (
        lambda: law.m_g_1(rate, 0.1, 0.02),
        lambda: law.m_g_1_processor_sharing(rate, 0.1),
        lambda: law.processor_sharing_response(rate, 0.1, 1.0),
        lambda: law.kingman_bound(rate, 0.1, 0.1, 0.1),
        lambda: law.g_g_1(rate, 0.1, 1.0, 1.0),
        lambda: law.g_g_c(rate, 0.4, 4, 1.0, 1.0),
        lambda: arrival.g_m_1(arrival.deterministic_arrivals(rate), 10.0),
        lambda: srpt.m_g_1_srpt(rate, 0.1, lambda t: math.exp(-10 * t)),
        lambda: srpt.srpt_response(rate, 0.1, lambda t: math.exp(-10 * t), 1.0),
    ):
        with pytest.raises(Unstable, match="UNSTABLE") as caught:
            station()
        assert caught.value.utilization == near(rate / 10)


LAWS: list[tuple[Callable[..., object], dict[str, float]]] = [
    (law.m_g_1, {"arrival_rate": 0.5, "service_time": 1, "second_moment": 2, "third_moment": 6}),
    (law.m_g_1_processor_sharing, {"arrival_rate": 0.5, "service_time": 1}),
    (law.processor_sharing_response, {"arrival_rate": 0.5, "service_time": 1, "own": 1}),
    (
        law.kingman_bound,
        {"arrival_rate": 0.5, "service_time": 1, "arrival_variance": 1, "service_variance": 1},
    ),
    (law.g_g_1, {"arrival_rate": 0.5, "service_time": 1, "arrival_scv": 1, "service_scv": 1}),
    (
        law.g_g_c,
        {"arrival_rate": 0.5, "service_time": 1, "servers": 2, "arrival_scv": 1, "service_scv": 1},
    ),
    (arrival.deterministic_arrivals, {"rate": 1}),
    (arrival.gamma_arrivals, {"rate": 1, "shape": 1}),
    (arrival.erlang_arrivals, {"rate": 1, "stages": 1}),
    (arrival.uniform_arrivals, {"shortest": 1, "longest": 2}),
    (partial(arrival.arrivals, transform=lambda s: 1 / (1 + s)), {"rate": 1}),
    (
        partial(srpt.srpt_response, survival=lambda t: math.exp(-t)),
        {"arrival_rate": 0.5, "service_time": 1, "own": 1},
    ),
    (partial(arrival.g_m_1, arrival.deterministic_arrivals(0.5)), {"service_rate": 1}),
]


@pytest.mark.parametrize(
    ("station", "arguments", "name"),
    [(station, arguments, name) for station, arguments in LAWS for name in arguments],
)
def test_out_of_range(
    station: Callable[..., object], arguments: dict[str, float], name: str
) -> None:
    station(**arguments)
    for value in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"{name} is {value}"):
            station(**{**arguments, name: value})


def test_moments_that_no_time_has() -> None:
    with pytest.raises(ValueError, match="mean of 1 has more"):
        law.m_g_1(0.5, 1, 0.9)
    with pytest.raises(ValueError, match="lower moments have more"):
        law.m_g_1(0.5, 1, 2, 3.9)
    for shares, rates in (([], []), ([0.5], [1.0]), ([1.0], [1.0, 2.0])):
        with pytest.raises(ValueError, match="must sum to 1"):
            arrival.hyperexponential_arrivals(shares, rates)
    with pytest.raises(ValueError, match="rates is -1"):
        arrival.hyperexponential_arrivals([1.0], [-1.0])
    with pytest.raises(ValueError, match="breaks is -1"):
        srpt.m_g_1_srpt(0.5, 1.0, lambda t: math.exp(-t), (-1.0,))
