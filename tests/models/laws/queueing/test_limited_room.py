"""One server with any service and some room: closed forms, chains solved as equations, limits."""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from models.laws.queueing.general import m_g_1
from models.laws.queueing.limited_room import m_g_1_k
from models.laws.queueing.markovian import m_m_c_k
from models.laws.queueing.station_law import Queue

near = partial(pytest.approx, rel=1e-9)


def constant(rate: float, capacity: int) -> Queue:
    """Of services of always 1 s."""
    return m_g_1_k(rate, 1.0, lambda time: float(time < 1), math.exp(-rate), capacity, (1.0,))


@pytest.mark.parametrize("rate", [0.5, 0.9, 1.0, 1.5, 3.0])
@pytest.mark.parametrize("capacity", [2, 3, 10, 30])
def test_constant_services_by_their_closed_form(rate: float, capacity: int) -> None:
    """Brun and Garcia (2000), Analytical solution of finite capacity M/D/1 queues, theorem 1.

    Its sum alternates, so that it is taken in fractions, with the exponential to 60 terms and more.
    """
    load = Fraction(rate)
    exponential = sum(load**k / math.factorial(k) for k in range(80))
    n = capacity - 1
    terms = (
        Fraction((-1) ** k, math.factorial(k)) * (n - k) ** k * load**k * exponential ** (n - k)
        for k in range(n + 1)
    )
    total = sum(terms)
    assert constant(rate, capacity).blocking_probability == near(
        float(1 - total / (1 + load * total))
    )


def test_constant_services_and_room_for_two_by_hand() -> None:
    found = constant(1.0, 2)
    assert found.blocking_probability == near(1 / (1 + math.e))
    assert found.number == near(1.0)
    assert found.waiting_time == near(1 / math.e)
    # Of those who are let in, who finds the server idle: p(0) of p(0) + p(1).
    assert found.wait_probability == near(1 - 1 / math.e)
    assert [found.number_probability(n) for n in range(4)] == near(
        [1 / (1 + math.e), (math.e - 1) / (1 + math.e), 1 / (1 + math.e), 0.0]
    )


@pytest.mark.parametrize(
    ("rate", "capacity"), [(0.5, 2), (0.8, 40), (1.0, 7), (4.0, 12), (0.9, 600)]
)
def test_exponential_services_are_m_m_1_k(rate: float, capacity: int) -> None:
    found = m_g_1_k(rate, 1.0, lambda time: math.exp(-time), 1 / (1 + rate), capacity)
    known = m_m_c_k(rate, 1.0, 1, capacity)
    for name in ("blocking_probability", "number", "waiting", "waiting_time", "wait_probability"):
        assert getattr(found, name) == near(getattr(known, name)), name
    for n in (0, 1, capacity - 1, capacity):
        assert found.number_probability(n) == near(known.number_probability(n))


def _erlang_2(time: float) -> float:
    return math.exp(-2 * time) * (1 + 2 * time)


def _hyperexponential(time: float) -> float:
    return 0.9 * math.exp(-2 * time) + 0.1 * math.exp(-time / 5.5)


def _phases(kind: str, rate: float, capacity: int) -> tuple[np.ndarray, float]:
    """The chain of the number and the phase in service, solved: its numbers and its loss."""
    if kind == "erlang":
        start, moves, ends = [1.0, 0.0], [[0.0, 2.0], [0.0, 0.0]], [0.0, 2.0]
    else:
        start, moves, ends = [0.9, 0.1], [[0.0, 0.0], [0.0, 0.0]], [2.0, 1 / 5.5]
    size = 1 + 2 * capacity
    rates = np.zeros((size, size))

    def at(n: int, phase: int) -> int:
        return 1 + 2 * (n - 1) + phase

    for phase in range(2):
        rates[0, at(1, phase)] += rate * start[phase]
        for n in range(1, capacity + 1):
            if n < capacity:
                rates[at(n, phase), at(n + 1, phase)] += rate
            for other in range(2):
                rates[at(n, phase), at(n, other)] += moves[phase][other]
                if n > 1:
                    rates[at(n, phase), at(n - 1, other)] += ends[phase] * start[other]
            if n == 1:
                rates[at(1, phase), 0] += ends[phase]
    np.fill_diagonal(rates, rates.diagonal() - rates.sum(axis=1))
    chances = np.linalg.solve(
        np.vstack([rates.T[:-1], np.ones(size)]), np.r_[np.zeros(size - 1), 1.0]
    )
    numbers = np.r_[chances[0], chances[1:].reshape(capacity, 2).sum(axis=1)]
    return numbers, float(numbers[-1])


@pytest.mark.parametrize(
    ("kind", "survival", "mean", "transform"),
    [
        ("erlang", _erlang_2, 1.0, lambda s: (2 / (2 + s)) ** 2),
        ("hyper", _hyperexponential, 1.0, lambda s: 0.9 * 2 / (2 + s) + 0.1 / (1 + 5.5 * s)),
    ],
)
@pytest.mark.parametrize(("rate", "capacity"), [(0.6, 4), (0.95, 25), (1.7, 9)])
def test_services_in_phases_are_their_chain(
    kind: str,
    survival: Callable[[float], float],
    mean: float,
    transform: Callable[[float], float],
    rate: float,
    capacity: int,
) -> None:
    numbers, lost = _phases(kind, rate, capacity)
    found = m_g_1_k(rate, mean, survival, transform(rate), capacity)
    assert found.blocking_probability == near(lost)
    assert found.number == near(float(np.arange(capacity + 1) @ numbers))
    assert found.utilization == near(1 - numbers[0])
    assert [found.number_probability(n) for n in range(capacity + 1)] == near(numbers.tolist())


def test_much_room_is_as_good_as_no_limit() -> None:
    found, known = constant(0.7, 120), m_g_1(0.7, 1.0, 1.0)
    assert found.waiting_time == near(known.waiting_time)
    assert found.blocking_probability < 1e-30


def test_a_heavy_tail_has_a_mean_in_limited_room() -> None:
    """Pareto of shape 1.5, whose tail of the mean reaches far: what is let in is what is served."""
    mean, least = 1.0, 1 / 3

    def survival(time: float) -> float:
        return float((least / max(time, least)) ** 1.5)

    # The transform by parts: 1 - s times the integral of exp(-s x) P(X > x), Simpson's rule.
    times = np.linspace(0, math.log(400), 400_001)
    places = least * np.exp(times)
    values = np.exp(-places) * np.exp(-1.5 * times) * places
    weights = np.where(np.arange(len(times)) % 2, 4.0, 2.0)
    weights[[0, -1]] = 1.0
    tail = float(weights @ values) * (times[1] - times[0]) / 3
    transform = 1 - (1 - math.exp(-least)) - tail
    found = m_g_1_k(1.0, mean, survival, transform, 5, (least,))
    assert found.throughput * mean == near(1 - (found.number_probability(0) or 0.0))
    assert sum(found.number_probability(n) or 0.0 for n in range(6)) == near(1.0)


def test_an_overload_serves_all_the_time() -> None:
    found = constant(50.0, 8)
    assert found.throughput == near(1.0)
    assert found.number == pytest.approx(
        8 - 0.02, abs=1e-3
    )  # the room is taken again within 1/50 s


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arrival_rate": 0.0}, "arrival_rate"),
        ({"capacity": 1}, "capacity"),
        ({"capacity": 2001}, "2,000 or less"),
        ({"transform": 0.0}, "transform is 0"),
        ({"transform": 1.5}, "transform"),
        ({"survival": lambda time: 2.0}, "probabilities"),
        ({"survival": lambda time: math.exp(-time / 3)}, "the mean"),
        ({"survival": lambda time: float(time < 0.7) / 2 + float(time < 1.3) / 2}, "too rough"),
    ],
)
def test_what_is_out_of_range_is_refused(change: dict[str, object], words: str) -> None:
    known: dict[str, object] = {
        "arrival_rate": 0.5,
        "service_time": 1.0,
        "survival": lambda time: math.exp(-time),
        "transform": 1 / 1.5,
        "capacity": 4,
    }
    with pytest.raises(ValueError, match=words):
        m_g_1_k(**(known | change))  # type: ignore[arg-type]
