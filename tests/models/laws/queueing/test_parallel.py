"""Parallel servers, lines and numbers of servers against published answers and solved chains."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.queueing import parallel as law
from models.laws.queueing import staffing
from models.laws.queueing.blocking_line import blocking_line
from models.laws.queueing.markovian import m_m_c
from models.laws.queueing.station_law import Unstable

near = partial(pytest.approx, rel=1e-9)
DISPATCHES = (law.random_split, law.round_robin, law.join_shortest_queue, law.central_queue)


@given(st.floats(0.01, 0.99))
def test_fork_join_of_two(load: float) -> None:
    # Flatto and Hahn (1984).
    queue = law.fork_join(load, 1.0, 2)
    assert queue.response_time == near((12 - load) / 8 / (1 - load))
    assert queue.method == "exact"
    assert queue.number == near(load * queue.response_time)


def test_fork_join_of_two_is_its_chain() -> None:
    # Jobs not yet ended are the longer of two queues that all arrivals join together.
    rate, size = 0.3, 26
    generator = np.zeros((size * size, size * size))
    for a in range(size):
        for b in range(size):
            here = a * size + b
            for c, d, speed in ((a + 1, b + 1, rate), (a - 1, b, 1.0), (a, b - 1, 1.0)):
                if 0 <= c < size and 0 <= d < size:
                    generator[here, c * size + d] += speed
                    generator[here, here] -= speed
    generator[:, 0] = 1.0
    chances = np.linalg.solve(generator.T, np.eye(size * size)[0])
    longer = [max(a, b) for a in range(size) for b in range(size)]
    assert law.fork_join(rate, 1.0, 2).number == near(float(chances @ longer))


def test_fork_join_of_more() -> None:
    # Nelson and Tantawi (1988).
    assert law.fork_join(0.5, 1.0, 1).response_time == near(2.0)
    share = (1 + 1 / 2 + 1 / 3 + 1 / 4) / 1.5
    queue = law.fork_join(0.5, 1.0, 4)
    assert queue.response_time == near((share + 4 / 11 * (1 - share) * 0.5) * 2 * 11.5 / 8)
    assert queue.method == "approximation"
    light = law.fork_join(1e-9, 1.0, 5000)
    assert light.response_time == pytest.approx(sum(1 / n for n in range(1, 5001)), rel=1e-8)


def test_lines_without_buffers() -> None:
    # Hunt (1956).
    assert blocking_line([3.0]) == near(3.0)
    assert blocking_line([1.0, 1.0]) == near(2 / 3)
    assert blocking_line([1.0, 1.0, 1.0]) == near(22 / 39)
    assert blocking_line([1.0] * 4) == pytest.approx(0.5148, abs=1e-4)


@given(st.floats(0.1, 10), st.floats(0.1, 10))
def test_lines_of_two_unlike_stations(a: float, b: float) -> None:
    # Hunt (1956), unequal rates.
    assert blocking_line([a, b]) == near(a * b * (a + b) / (a * a + a * b + b * b))


@settings(max_examples=20)
@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=5))
def test_a_line_runs_backwards_as_fast(rates: list[float]) -> None:
    # Yamazaki and Sakasegawa (1975): reversibility.
    assert blocking_line(rates) == near(blocking_line(rates[::-1]))
    assert blocking_line(rates) < min(rates)


@settings(max_examples=25)
@given(st.floats(0.01, 0.98), st.floats(0.01, 100))
def test_the_more_a_dispatch_knows_the_shorter_the_wait(load: float, service: float) -> None:
    waits = []
    for dispatch in DISPATCHES:
        queue = dispatch(2 * load * service, service, 2)
        assert queue.number == near(2 * load * service * queue.response_time)
        assert queue.utilization == near(load)
        waits.append(queue.waiting_time)
    assert waits == sorted(waits, reverse=True)


def test_random_split_and_round_robin() -> None:
    # The first is M/M/1, the second E2/M/1 each: Kleinrock (1975).
    split, turns = law.random_split(1.6, 1.0, 2), law.round_robin(1.6, 1.0, 2)
    assert split.response_time_quantile(0.95) == near(14.978661367769956)
    assert split.waiting_time_variance == near(24.0)
    assert turns.response_time == near(3.843979766989913)
    assert turns.response_time_quantile(0.99) == near(17.702181018483397)


def test_one_server_needs_no_dispatch() -> None:
    for dispatch in DISPATCHES:
        queue = dispatch(0.8, 1.0, 1)
        assert queue.waiting_time == near(4.0)
        assert queue.waiting_time_quantile(0.95) == near(13.862943611198906)
        assert queue.response_time_variance == near(25.0)


def test_the_shortest_of_two_queues_is_its_chain() -> None:
    rate, size = 0.9, 32
    generator = np.zeros((size * size, size * size))
    for a in range(size):
        for b in range(size):
            here = a * size + b
            moves = [(a - 1, b, 1.0), (a, b - 1, 1.0)]
            moves += [(a + 1, b, rate * (a < b) + rate / 2 * (a == b))]
            moves += [(a, b + 1, rate * (b < a) + rate / 2 * (a == b))]
            for c, d, speed in moves:
                if 0 <= c < size and 0 <= d < size:
                    generator[here, c * size + d] += speed
                    generator[here, here] -= speed
    generator[:, 0] = 1.0
    chances = np.linalg.solve(generator.T, np.eye(size * size)[0]).reshape(size, size)
    queue = law.join_shortest_queue(rate, 1.0, 2)
    grid = np.arange(size)
    assert queue.number == near(float((chances * (grid[:, None] + grid)).sum()))
    shortest = np.minimum(grid[:, None], grid)
    assert queue.waiting_time == near(float((chances * shortest).sum()))
    assert queue.wait_probability == near(1 - float(chances[shortest == 0].sum()))
    square = float((chances * shortest * (shortest + 1)).sum())
    assert queue.waiting_time_variance == near(square - queue.waiting_time**2)
    # The wait behind n customers is a sum of n services.
    time = queue.waiting_time_quantile(0.9)
    assert time is not None
    tail = sum(
        float(chances[shortest == n].sum())
        * math.exp(-time)
        * sum(time**k / math.factorial(k) for k in range(n))
        for n in range(1, size)
    )
    assert tail == near(0.1)


def test_the_shortest_of_two_queues_almost_full() -> None:
    # What two queues hold beyond the central one tends to a limit as the load grows.
    def imbalance(load: float) -> float:
        queue = law.join_shortest_queue(2 * load, 1.0, 2)
        return queue.number - law.central_queue(2 * load, 1.0, 2).number

    assert imbalance(1 - 1e-5) == pytest.approx(imbalance(1 - 1e-4), rel=1e-3)
    assert law.join_shortest_queue(2 * (1 - 1e-5), 1.0, 2).waiting_time_quantile(0.5) is None


@pytest.mark.parametrize(("servers", "load"), [(3, 0.5), (3, 0.9), (4, 0.8), (10, 0.7)])
def test_the_shortest_of_more_queues_lies_between(servers: int, load: float) -> None:
    queue = law.join_shortest_queue(load * servers, 1.0, servers)
    assert queue.method == "approximation"
    assert law.central_queue(load * servers, 1.0, servers).response_time < queue.response_time
    assert queue.response_time < law.round_robin(load * servers, 1.0, servers).response_time


def test_smallest_number_of_servers() -> None:
    assert staffing.smallest_number_of_servers(45.0, 10.0, 0.8) == 6
    assert staffing.smallest_number_of_servers(40.0, 10.0, 0.8) == 6  # 5 are used to just 0.8
    assert staffing.smallest_number_of_servers(0.3, 0.1, 1.0) == 4
    assert staffing.smallest_number_of_servers(1e-9, 10.0, 0.8) == 1


@given(st.floats(0.1, 500), st.floats(0.01, 1.0))
def test_one_server_less_is_not_enough(load: float, target: float) -> None:
    servers = staffing.smallest_number_of_servers(load, 1.0, target)
    assert load / servers < target
    assert servers == 1 or load / (servers - 1) >= target * (1 - 1e-9)
    servers = staffing.servers_for_wait_probability(load, 1.0, target)
    assert (m_m_c(load, 1.0, servers).wait_probability or 0) <= target * (1 + 1e-9)
    if servers > load + 1:
        assert (m_m_c(load, 1.0, servers - 1).wait_probability or 0) > target * (1 - 1e-9)


@given(st.floats(0.1, 500), st.floats(0.0, 0.999), st.floats(0.0, 10.0))
def test_servers_for_a_waiting_time(load: float, p: float, longest: float) -> None:
    servers = staffing.servers_for_waiting_time(load, 1.0, p, longest)
    assert (m_m_c(load, 1.0, servers).waiting_time_quantile(p) or 0) <= longest + 1e-9
    if servers > load + 1:
        assert (m_m_c(load, 1.0, servers - 1).waiting_time_quantile(p) or 0) >= longest - 1e-9


@pytest.mark.parametrize("rate", [10.0, 12.0])
def test_unstable(rate: float) -> None:
    for dispatch in DISPATCHES:
        for servers in (1, 2, 4):
            with pytest.raises(Unstable, match="UNSTABLE") as caught:
                dispatch(rate, 10.0 / servers, servers)
            assert caught.value.utilization == near(rate / 10)
    with pytest.raises(Unstable):
        law.fork_join(rate, 10.0, 2)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_out_of_range(value: float) -> None:
    for dispatch in DISPATCHES:
        with pytest.raises(ValueError, match=f"arrival_rate is {value}"):
            dispatch(value, 1.0, 2)
        with pytest.raises(ValueError, match=f"service_rate is {value}"):
            dispatch(1.0, value, 2)
        with pytest.raises(ValueError, match=f"servers is {value}"):
            dispatch(1.0, 2.0, value)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=f"branches is {value}"):
        law.fork_join(0.5, 1.0, value)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=f"service_rates is {value}"):
        blocking_line([1.0, value])
    with pytest.raises(ValueError, match=f"target_utilization is {value}"):
        staffing.smallest_number_of_servers(1.0, 1.0, value)
    with pytest.raises(ValueError, match=f"wait_probability is {value}"):
        staffing.servers_for_wait_probability(1.0, 1.0, value)


def test_out_of_range_of_the_rest() -> None:
    with pytest.raises(ValueError, match=r"target_utilization is 1\.1"):
        staffing.smallest_number_of_servers(1.0, 1.0, 1.1)
    with pytest.raises(ValueError, match="p is 1"):
        staffing.servers_for_waiting_time(1.0, 1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="longest is -1"):
        staffing.servers_for_waiting_time(1.0, 1.0, 0.5, -1.0)
    for rates in ([], [1.0] * 9):
        with pytest.raises(ValueError, match="a line has 1 to 8"):
            blocking_line(rates)
    with pytest.raises(ValueError, match="at most 30"):
        law.join_shortest_queue(1.0, 1.0, 31)
