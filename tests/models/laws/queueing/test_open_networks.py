"""Open networks against published answers, a Markov chain and single stations."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.queueing import traffic_equations as traffic
from models.laws.queueing.markovian import m_m_c
from models.laws.queueing.open_networks import (
    Discipline,
    open_bcmp,
    open_demands,
    open_jackson,
    utilizations,
)
from models.laws.queueing.station_law import Unstable

TANDEM = [[0.0, 1.0], [0.0, 0.0]]


def test_five_stations_with_feedback() -> None:
    # Jackson (1957); traffic equations solved in rationals.
    routing = [
        [0, 0.5, 0.3, 0, 0],
        [0.1, 0, 0, 0.6, 0],
        [0, 0, 0, 0, 0.7],
        [0.2, 0, 0, 0, 0],
        [0, 0, 0.1, 0, 0],
    ]
    answer = open_jackson([1, 0, 0, 0, 0], routing, [0.75, 0.75, 0.5, 0.45, 0.34], [2, 1, 1, 1, 1])
    assert answer.throughput[:, 0] == pytest.approx(
        [
            1.1235955056179776,
            0.5617977528089888,
            0.3624501631025734,
            0.33707865168539325,
            0.25371511417180137,
        ],
        rel=1e-12,
    )
    assert answer.utilization == pytest.approx(
        [
            0.7490636704119851,
            0.7490636704119851,
            0.7249003262051468,
            0.7490636704119851,
            0.74622092403471,
        ],
        rel=1e-12,
    )
    assert answer.number[:, 0] == pytest.approx(
        [
            3.413340151490939,
            2.985074626865672,
            2.635046113306983,
            2.985074626865672,
            2.9404351844072925,
        ],
        rel=1e-10,
    )
    assert answer.network_response_time == pytest.approx(14.958970702936558, rel=1e-10)
    assert answer.throughput.sum() == pytest.approx(2.6386371873867343, rel=1e-12)
    assert (answer.method, answer.law) == ("exact", "open Jackson network")


def test_passport_office() -> None:
    # Gunther, Analyzing Computer System Performance with Perl::PDQ, section 5.5.4.
    rate = 1 / 240
    routing = [[0, 0.3, 0.7, 0], [0, 0, 0.2, 0.8], [0, 0.1, 0, 0.9], [0, 0, 0, 0]]
    times = [20, 600, 300, 60]
    answer = open_jackson([rate, 0, 0, 0], routing, [1 / time for time in times])
    visits = answer.throughput[:, 0] / rate
    assert visits == pytest.approx([1, 0.37755102040816324, 0.7755102040816326, 1], rel=1e-12)
    assert visits * times == pytest.approx(
        [20, 226.53061224489795, 232.6530612244898, 60], rel=1e-12
    )
    assert answer.utilization == pytest.approx(
        [0.08333333333333333, 0.9438775510204082, 0.9693877551020408, 0.25], rel=1e-12
    )
    assert answer.residence_time[:, 0] == pytest.approx(
        [21.818181818181817, 4036.3636363636365, 7600.0, 80.0], rel=1e-10
    )
    assert answer.class_response_time[0] == pytest.approx(11738.181818181818, rel=1e-10)
    assert answer.number.sum() == pytest.approx(48.90909090909091, rel=1e-10)


def test_two_classes_by_demand() -> None:
    # Lazowska et al. (1984), example 7.2, page 138; published: 30.08 s of class A.
    answer = open_demands([3 / 19, 2 / 19], [[1, 2], [3, 4]])
    assert answer.utilization == pytest.approx([0.3684210526315789, 0.8947368421052632], rel=1e-12)
    assert answer.residence_time[:, 0] == pytest.approx([1.5833333333333333, 28.5], rel=1e-9)
    assert answer.residence_time[:, 1] == pytest.approx([3.1666666666666665, 38.0], rel=1e-9)
    assert answer.class_response_time == pytest.approx(
        [30.083333333333332, 41.166666666666664], rel=1e-9
    )
    assert answer.number.sum(axis=1) == pytest.approx([0.5833333333333334, 8.5], rel=1e-9)


def test_tandem_of_two() -> None:
    # 1/(50-5) + 1/(10-5) s.
    answer = open_jackson([5, 0], TANDEM, [50, 10])
    assert answer.network_response_time == pytest.approx(0.2222222222222222, rel=1e-12)
    assert answer.waiting_time[1, 0] == pytest.approx(0.1, rel=1e-12)


def test_feedback_against_the_markov_chain() -> None:
    # Two customers' stations, two servers and one, a quarter of the departures comes back.
    arrival, rates, servers, back, most = 0.5, (0.6, 1.2), (2, 1), 0.25, 45
    states = list(product(range(most + 1), repeat=2))
    index = {state: i for i, state in enumerate(states)}
    generator = np.zeros((len(states), len(states)))
    for (first, second), i in index.items():
        moves = [
            ((first + 1, second), arrival),
            ((first - 1, second + 1), min(first, servers[0]) * rates[0]),
            ((first + 1, second - 1), min(second, servers[1]) * rates[1] * back),
            ((first, second - 1), min(second, servers[1]) * rates[1] * (1 - back)),
        ]
        for state, rate in moves:
            if state in index:
                generator[i, index[state]] += rate
                generator[i, i] -= rate
    generator[:, 0] = 1.0
    chain = np.linalg.solve(generator.T, np.eye(len(states))[0]).reshape(most + 1, most + 1)
    answer = open_jackson([arrival, 0], [[0, 1], [back, 0]], rates, servers)
    counts = np.arange(most + 1)
    # What the chain cuts off holds less than 1e-9.
    assert answer.number[0, 0] == pytest.approx(counts @ chain.sum(axis=1), rel=1e-8)
    assert answer.number[1, 0] == pytest.approx(counts @ chain.sum(axis=0), rel=1e-8)
    for n in range(5):
        assert answer.number_probability(0, n) == pytest.approx(chain.sum(axis=1)[n], rel=1e-8)
        joint = answer.number_probability(0, n) * answer.number_probability(1, 2)
        assert joint == pytest.approx(chain[n, 2], rel=1e-8)


def test_one_station_is_m_m_c() -> None:
    answer = open_jackson([3.2], [[0.0]], [1.0], 4)
    station = m_m_c(3.2, 1.0, 4)
    assert answer.response_time[0, 0] == pytest.approx(station.response_time, rel=1e-12)
    assert answer.waiting_time[0, 0] == pytest.approx(station.waiting_time, rel=1e-12)
    assert answer.number_probability(0, 6) == station.number_probability(6)


def test_nobody_waits_for_infinite_servers() -> None:
    answer = open_jackson([5, 0], TANDEM, [2, 10], [math.inf, 1])
    assert answer.response_time[0, 0] == 0.5
    assert answer.utilization[0] == 0
    assert answer.number_probability(0, 2) == pytest.approx(math.exp(-2.5) * 2.5**2 / 2, rel=1e-12)


def test_nobody_comes_to_a_station() -> None:
    answer = open_jackson([5, 0], [[0.0, 0.0], [0.0, 0.0]], [10, 10])
    assert answer.number[1, 0] == 0
    assert [answer.number_probability(1, n) for n in range(2)] == [1, 0]
    assert answer.response_time[1, 0] == pytest.approx(0.1)


def test_customers_who_change_their_class() -> None:
    # Class 0 is served once and comes back as class 1, twice as long: one M/M/1-PS of load 0.6.
    routing = np.zeros((1, 2, 1, 2))
    routing[0, 0, 0, 1] = 1
    answer = open_bcmp([[0.2, 0]], routing, [[1, 2]], disciplines=Discipline.SHARED)
    assert answer.throughput.tolist() == [[0.2, 0.2]]
    assert answer.response_time[0] == pytest.approx([1 / 0.4, 2 / 0.4], rel=1e-12)
    assert answer.class_response_time == pytest.approx([3 / 0.4] * 2, rel=1e-12)
    assert answer.network_response_time == pytest.approx(7.5, rel=1e-12)


def test_classes_with_the_same_service_split_one_queue() -> None:
    routing = np.zeros((1, 2, 1, 2))
    split = open_bcmp([[1.2, 2.0]], routing, [[1, 1]], servers=4)
    station = m_m_c(3.2, 1.0, 4)
    assert split.number[0] == pytest.approx([station.number * s / 3.2 for s in (1.2, 2)], rel=1e-12)


@settings(deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            st.lists(st.floats(0.1, 1), min_size=n, max_size=n),
            st.lists(st.lists(st.floats(0, 1), min_size=n, max_size=n), min_size=n, max_size=n),
            st.lists(st.integers(1, 5), min_size=n, max_size=n),
        )
    ),
    st.floats(0.05, 0.99),
)
def test_flow_balance_and_littles_law(
    network: tuple[list[float], list[list[float]], list[int]], busiest: float
) -> None:
    arrivals, weights, servers = network
    size = len(arrivals)
    routing = 0.9 * np.array(weights) / max(1.0, max(map(sum, weights)))
    throughput = traffic.station_throughputs(arrivals, routing)
    rates = throughput / servers / busiest
    answer = open_jackson(arrivals, routing, rates.tolist(), servers)
    assert answer.throughput[:, 0] == pytest.approx(arrivals + throughput @ routing, rel=1e-9)
    assert answer.utilization == pytest.approx([busiest] * size, rel=1e-9)
    assert answer.network_response_time * sum(arrivals) == pytest.approx(
        answer.number.sum(), rel=1e-9
    )
    assert (answer.response_time[:, 0] >= 1 / rates * (1 - 1e-12)).all()


def test_visits_of_a_closed_network() -> None:
    visits = traffic.visit_ratios([[0.1, 0.5, 0.4], [1, 0, 0], [1, 0, 0]], reference=0)
    assert visits == pytest.approx([1, 0.5, 0.4], rel=1e-12)


def test_unstable_station_is_named() -> None:
    with pytest.raises(Unstable, match=r"utilization 2\.00 at station 1") as caught:
        open_jackson([5, 0], TANDEM, [6, 2.5])
    assert caught.value.utilization == 2
    assert caught.value.station == "station 1"
    throughput = traffic.station_throughputs([5, 0], TANDEM).reshape(-1, 1)
    assert utilizations(throughput, [[1 / 6], [0.4]], 1) == pytest.approx([5 / 6, 2])


def test_at_the_edge_of_stability() -> None:
    with pytest.raises(Unstable):
        open_jackson([1.0], [[0.0]], [1.0])
    answer = open_jackson([1 - 2**-40], [[0.0]], [1.0])
    assert answer.number[0, 0] == pytest.approx(2.0**40 - 1, rel=1e-9)


@pytest.mark.parametrize(
    ("arrivals", "routing", "rates", "servers", "named"),
    [
        ([1, 0], [[0, 1], [1, 0]], [9, 9], 1, "never lets customers leave from station 0"),
        ([1, 0], [[0, 0], [0, 1]], [9, 9], 1, "never lets customers leave from station 1"),
        ([1, 0], [[0.6, 0.6], [0, 0]], [9, 9], 1, "routing from station 0 adds up to 1.2"),
        ([1, 0], [[-0.1, 0], [0, 0]], [9, 9], 1, "routing"),
        ([1, 0], [[math.nan, 0], [0, 0]], [9, 9], 1, "routing"),
        ([1, 0], [[0.0]], [9, 9], 1, "routing has the shape"),
        ([1, 0], [[0.0], [0, 1]], [9, 9], 1, "routing must be numbers"),
        ([-1, 0], TANDEM, [9, 9], 1, "arrival_rates"),
        ([0, 0], TANDEM, [9, 9], 1, "arrival_rates are all zero"),
        ([], TANDEM, [9, 9], 1, "arrival_rates"),
        ([1, 0], TANDEM, [9, 0], 1, "service_rates"),
        ([1, 0], TANDEM, [9, math.inf], 1, "service_rates"),
        ([1, 0], TANDEM, [9], 1, "service_rates"),
        ([1, 0], TANDEM, [9, 9], 0, "servers"),
        ([1, 0], TANDEM, [9, 9], 1.5, "servers"),
        ([1, 0], TANDEM, [9, 9], [1, math.nan], "servers"),
        ([1, 0], TANDEM, [9, 9], [1, 1, 1], "servers"),
    ],
)
def test_refused(
    arrivals: list[float],
    routing: list[list[float]],
    rates: list[float],
    servers: float,
    named: str,
) -> None:
    with pytest.raises(ValueError, match=named):
        open_jackson(arrivals, routing, rates, servers)


def test_what_has_no_product_form_is_refused() -> None:
    routing = np.zeros((1, 2, 1, 2))
    with pytest.raises(ValueError, match="service_times of station 0"):
        open_bcmp([[0.1, 0.1]], routing, [[1, 2]])
    with pytest.raises(ValueError, match="servers of station 0"):
        open_bcmp([[0.1, 0.1]], routing, [[1, 2]], 2, Discipline.LAST_COME)
    with pytest.raises(ValueError, match="disciplines"):
        open_bcmp([[0.1, 0.1]], routing, [[1, 2]], 2, [Discipline.SHARED] * 2)
    with pytest.raises(ValueError, match="no customer is ever of class 1"):
        open_bcmp([[0.1, 0]], routing, [[1, 1]])


@pytest.mark.parametrize(
    ("routing", "reference", "named"),
    [
        ([[0, 0.5], [1, 0]], 0, "leave from station 0"),
        ([[0, 1], [0, 1]], 0, "never leads from station 1 back to station 0"),
        ([[0, 1], [1, 0]], 2, "reference"),
    ],
)
def test_visits_refused(routing: list[list[float]], reference: int, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        traffic.visit_ratios(routing, reference)
