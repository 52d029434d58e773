"""Priorities against published answers, conservation laws and solved chains."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.queueing import priorities as law
from models.laws.queueing.general import m_g_1
from models.laws.queueing.markovian import m_m_1, m_m_c
from models.laws.queueing.station_law import Queue, Unstable

near = partial(pytest.approx, rel=1e-9)


def queues(answers: list[Queue | Unstable]) -> list[Queue]:
    assert all(isinstance(answer, Queue) for answer in answers)
    return [answer for answer in answers if isinstance(answer, Queue)]


def test_non_preemptive_m_m_c() -> None:
    # Davis (1966): four servers, three classes.
    classes = queues(law.non_preemptive_m_m_c([0.8, 1.2, 1.4], 1.0, 4))
    assert [queue.waiting_time for queue in classes] == near(
        [0.2154113192753683, 0.4308226385507366, 2.297720738937262]
    )
    assert [queue.response_time for queue in classes] == near(
        [1.2154113192753684, 1.4308226385507365, 3.297720738937262]
    )
    assert classes[0].wait_probability == near(0.6893162216811786)
    assert sum(queue.utilization for queue in classes) == near(0.85)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5), st.integers(1, 50))
def test_waiting_work_is_conserved(shares: list[float], servers: int) -> None:
    rates = [0.9 * servers * share / sum(shares) for share in shares]
    classes = queues(law.non_preemptive_m_m_c(rates, 1.0, servers))
    assert sum(queue.waiting for queue in classes) == near(m_m_c(sum(rates), 1.0, servers).waiting)
    waits = [queue.waiting_time for queue in classes]
    assert waits == sorted(waits)


@given(st.lists(st.floats(0.05, 1.0), min_size=2, max_size=5), st.data())
def test_conservation_of_m_g_1(shares: list[float], data: st.DataObject) -> None:
    # Kleinrock (1976), section 3.4: the load times the wait of all classes does not depend on
    # their order.
    times = [data.draw(st.floats(0.1, 10.0)) for _ in shares]
    rates = [0.8 * share / sum(shares) / time for share, time in zip(shares, times, strict=True)]
    moments = [2 * time * time for time in times]
    there = queues(law.non_preemptive_m_g_1(rates, times, moments))
    back = queues(law.non_preemptive_m_g_1(rates[::-1], times[::-1], moments[::-1]))
    work = sum(rate * moment for rate, moment in zip(rates, moments, strict=True)) / 2
    for classes in (there, back):
        assert sum(queue.utilization * queue.waiting_time for queue in classes) == near(
            0.8 * work / 0.2
        )


def test_one_class_has_no_priority() -> None:
    (alone,) = queues(law.non_preemptive_m_g_1([0.8], [1.0], [1.5], [3.0]))
    plain = m_g_1(0.8, 1.0, 1.5, 3.0)
    assert alone.waiting_time == near(plain.waiting_time)
    assert alone.waiting_time_variance == near(plain.waiting_time_variance)
    assert alone.response_time_variance == near(plain.response_time_variance)
    (alone,) = queues(law.non_preemptive_m_m_c([3.2], 1.0, 4))
    assert alone.waiting_time_variance == near(m_m_c(3.2, 1.0, 4).waiting_time_variance)
    (alone,) = queues(law.preemptive_m_m_1([0.8], [1.0]))
    assert alone.response_time == near(5.0)


def test_both_laws_agree_where_both_hold() -> None:
    rates = [0.2, 0.3, 0.35]
    one = queues(law.non_preemptive_m_g_1(rates, [0.5] * 3, [0.5] * 3, [0.75] * 3))
    several = queues(law.non_preemptive_m_m_c(rates, 2.0, 1))
    for a, b in zip(one, several, strict=True):
        assert a.waiting_time == near(b.waiting_time)
        assert a.waiting_time_variance == near(b.waiting_time_variance)
        assert a.response_time_variance == near(b.response_time_variance)


def test_variance_by_the_transform() -> None:
    # Two classes of M/M/1 without preemption: the low class waits for the work it finds, prolonged
    # by busy periods of the high class; both transforms are known.
    high, low = 0.3, 0.4
    queue = queues(law.non_preemptive_m_m_c([high, low], 1.0, 1))[1]

    def transform(s: float) -> float:
        total = 1 + high + s
        busy = (total - math.sqrt(total * total - 4 * high)) / (2 * high)
        slower = s + high * (1 - busy)
        return 0.3 + 0.7 * 0.3 / (0.3 + slower)  # the wait of M/M/1 at 0.7

    h = 1e-3
    mean = (transform(-h) - transform(h)) / (2 * h)
    square = (transform(h) - 2 + transform(-h)) / h / h
    assert queue.waiting_time == pytest.approx(mean, rel=1e-3)
    assert queue.waiting_time_variance == pytest.approx(square - mean * mean, rel=1e-2)


def test_preemption_is_a_chain() -> None:
    # Both classes of M/M/1 with rates of their own, on a grid of 24 x 100 customers.
    rates, services = (0.3, 0.2), (1.5, 0.6)
    across, along = 24, 100
    size = across * along
    generator = np.zeros((size, size))
    for high in range(across):
        for low in range(along):
            here = high * along + low
            moves = [(high + 1, low, rates[0]), (high, low + 1, rates[1])]
            moves += [(high - 1, low, services[0])] if high else [(high, low - 1, services[1])]
            for a, b, rate in moves:
                if 0 <= a < across and 0 <= b < along:
                    generator[here, a * along + b] += rate
                    generator[here, here] -= rate
    generator[:, 0] = 1.0
    chances = np.linalg.solve(generator.T, np.eye(size)[0]).reshape(across, along)
    classes = queues(law.preemptive_m_m_1(rates, services))
    assert classes[0].number == near(m_m_1(0.3, 1.5).number)
    assert classes[1].number == pytest.approx(float(chances.sum(0) @ np.arange(along)), rel=1e-7)


def test_high_classes_stand_above_an_unstable_one() -> None:
    first, second, third = law.preemptive_m_m_1([0.3, 0.9, 0.1], [1.0, 1.0, 1.0])
    assert isinstance(first, Queue)
    assert first.response_time == near(m_m_1(0.3, 1.0).response_time)
    assert isinstance(second, Unstable)
    assert isinstance(third, Unstable)
    assert (second.utilization, third.utilization) == near((1.2, 1.3))


def test_an_unstable_class_keeps_the_server_busy() -> None:
    # The high class always finds a service of the low one, or one of its own, under way.
    for answers in (
        law.non_preemptive_m_g_1([0.5, 2.0], [1.0, 1.0], [2.0, 2.0], [6.0, 6.0]),
        law.non_preemptive_m_m_c([0.5, 2.0], 1.0, 1),
    ):
        assert isinstance(answers[0], Queue)
        assert isinstance(answers[1], Unstable)
        assert answers[0].wait_probability == near(1.0)
        # M/M/1 and a service of the low class besides: Levy and Yechiali (1975), vacations.
        assert answers[0].waiting_time == near(m_m_1(0.5, 1.0).waiting_time + 1.0)
        assert answers[0].waiting_time_variance == near(
            (m_m_1(0.5, 1.0).waiting_time_variance or 0) + 1.0
        )


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_out_of_range(value: float) -> None:
    with pytest.raises(ValueError, match=f"arrival_rates is {value}"):
        law.non_preemptive_m_g_1([0.1, value], [1, 1], [2, 2])
    with pytest.raises(ValueError, match=f"service_times is {value}"):
        law.preemptive_m_g_1([0.1, 0.1], [1, value], [2, 2])
    with pytest.raises(ValueError, match=f"second_moment is {value}"):
        law.preemptive_m_g_1([0.1, 0.1], [1, 1], [2, value])
    with pytest.raises(ValueError, match=f"third_moment is {value}"):
        law.non_preemptive_m_g_1([0.1], [1], [2], [value])
    with pytest.raises(ValueError, match=f"service_rates is {value}"):
        law.preemptive_m_m_1([0.1], [value])
    with pytest.raises(ValueError, match=f"service_rate is {value}"):
        law.non_preemptive_m_m_c([0.1], value, 1)
    with pytest.raises(ValueError, match=f"servers is {value}"):
        law.non_preemptive_m_m_c([0.1], 1.0, value)  # type: ignore[arg-type]


def test_lengths_must_agree() -> None:
    for rates, times, moments in (([0.1], [1, 1], [2]), ([0.1], [1], [2, 2]), ([], [], [])):
        with pytest.raises(ValueError, match="lengths"):
            law.non_preemptive_m_g_1(rates, times, moments)
        with pytest.raises(ValueError, match="lengths"):
            law.preemptive_m_g_1(rates, times, moments)
