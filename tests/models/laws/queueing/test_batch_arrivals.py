"""Batches of customers against closed forms and chains solved number by number."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.queueing import batch_arrivals as law
from models.laws.queueing.markovian import m_m_c
from models.laws.queueing.priorities import non_preemptive_m_g_1, preemptive_m_g_1
from models.laws.queueing.station_law import Queue, Unstable

near = partial(pytest.approx, rel=1e-9)


def numbers(batch: law.Batches, service_rate: float, servers: int, most: int) -> np.ndarray:
    """Probabilities of 0, 1, ... customers: what crosses a number upwards crosses it downwards."""
    sizes = dict(zip(batch.sizes, batch.probabilities, strict=True))
    weights = [1.0]
    for n in range(1, most):
        up = math.fsum(
            weights[k] * math.fsum(p for size, p in sizes.items() if size >= n - k)
            for k in range(max(0, n - batch.sizes[-1]), n)
        )
        weights.append(batch.rate * up / min(n, servers) / service_rate)
    return np.array(weights) / math.fsum(weights)


def test_four_together_at_one_server() -> None:
    """Source: Gross and Harris (1998), chapter 3: 10 in the system, a response of 12.5."""
    four = law.batches(0.2, [4], [1.0])
    [wait] = law.batch_m_g_1([four], [1.0], [2.0], [0])
    assert wait == near(11.5)
    known = law.batch_m_m_c([four], 1.0, 1)
    assert known.waiting_times == near((11.5,))
    assert known.wait_probabilities == near((1 - 0.2 / 4,))
    assert law.batch_g_g_c([four], 1.0, 1.0, 1.0, 1) == near([11.5])


def test_services_of_a_fixed_length() -> None:
    # 100 together every 1,000 s, 1 s each: half a batch, and its chance to meet another.
    hundred = law.batches(0.001, [100], [1.0])
    assert law.batch_m_g_1([hundred], [1.0], [1.0], [0]) == near([49.5 / 0.9 + 0.1 / 2 / 0.9])
    assert law.batch_g_g_c([hundred], 1.0, 1.0, 0.0, 1) == near([55.0555555555555])


@pytest.mark.parametrize(("servers", "rate"), [(1, 0.1), (2, 0.3), (8, 1.1), (20, 2.4)])
def test_several_servers(servers: int, rate: float) -> None:
    batch = law.batches(rate, [1, 3, 12], [0.5, 0.3, 0.2])
    chances = numbers(batch, 1.0, servers, 3000)
    there = np.arange(3000)
    number = float(chances @ there)
    known = law.batch_m_m_c([batch], 1.0, servers)
    assert known.waiting_times[0] == near(number / batch.customers - 1)
    at_once = sum(
        chance * float(chances[: max(0, servers - j)].sum())
        for j, chance in enumerate(batch.positions)
    )
    assert known.wait_probabilities[0] == pytest.approx(1 - at_once, abs=1e-12)


def test_classes_with_batches_of_their_own() -> None:
    """All wait behind the same queue, and behind their own batch beside it."""
    single, many = law.batches(1.0, [1], [1.0]), law.batches(0.1, [10], [1.0])
    both = law.mixed_batches([single, many])
    chances = numbers(both, 1.0, 4, 2000)
    beyond = [float(chances @ np.maximum(np.arange(2000) + j - 4, 0)) / 4 for j in range(1, 11)]
    known = law.batch_m_m_c([single, many], 1.0, 4)
    assert known.waiting_times == near((beyond[0], sum(beyond) / 10))


@given(st.floats(0.01, 0.99), st.integers(1, 300))
def test_batches_of_one_are_m_m_c(load: float, servers: int) -> None:
    one = law.batches(load * servers, [1], [1.0])
    known, exact = law.batch_m_m_c([one], 1.0, servers), m_m_c(load * servers, 1.0, servers)
    # The wait is what is left of the number beside those in service.
    rounding = 1e-12 * servers / (load * servers)
    assert known.waiting_times[0] == pytest.approx(exact.waiting_time, rel=1e-7, abs=rounding)
    assert known.wait_probabilities[0] == pytest.approx(exact.wait_probability, abs=1e-12)


@pytest.mark.parametrize("interrupts", [False, True])
def test_priorities_of_batches_of_one(interrupts: bool) -> None:
    solve = preemptive_m_g_1 if interrupts else non_preemptive_m_g_1
    rates, times, squares = [0.2, 0.1, 0.3], [1.0, 2.0, 0.5], [2.0, 5.0, 0.4]
    expected = [
        queue.waiting_time for queue in solve(rates, times, squares) if isinstance(queue, Queue)
    ]
    ones = [law.batches(rate, [1], [1.0]) for rate in rates]
    assert law.batch_m_g_1(ones, times, squares, [0, 1, 2], interrupts) == near(expected)


def test_work_is_conserved_between_priorities() -> None:
    """Kleinrock's conservation law: the load times the wait is the same in any order."""
    some = [law.batches(0.05, [1, 4], [0.5, 0.5]), law.batches(0.02, [10], [1.0])]
    times, squares = [1.0, 1.5], [3.0, 2.5]
    loads = [one.customers * time for one, time in zip(some, times, strict=True)]
    sums = {
        tuple(levels): math.fsum(
            load * wait
            for load, wait in zip(loads, law.batch_m_g_1(some, times, squares, levels), strict=True)
        )
        for levels in ([0, 0], [0, 1], [1, 0])
    }
    assert sums[0, 1] == near(sums[0, 0]) == near(sums[1, 0])


def test_unstable_and_out_of_range() -> None:
    ten = law.batches(0.1, [10], [1.0])
    for station in (
        lambda: law.batch_m_m_c([ten], 0.5, 2),
        lambda: law.batch_m_g_1([ten], [1.0], [2.0], [0]),
        lambda: law.batch_g_g_c([ten], 0.5, 2.0, 1.0, 2),
    ):
        with pytest.raises(Unstable):
            station()
    for rate, sizes, chances, match in (
        (0.0, [1], [1.0], "rate is 0"),
        (1.0, [0], [1.0], "sizes is 0"),
        (1.0, [1, 2], [1.0], "each of the sizes"),
        (1.0, [1, 2], [0.5, 0.4], "must sum to 1"),
        (1.0, [1], [-1.0], "probabilities is -1"),
    ):
        with pytest.raises(ValueError, match=match):
            law.batches(rate, sizes, chances)
