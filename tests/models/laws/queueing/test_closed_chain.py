"""Closed networks state by state, and with unequal services in turn, against product forms."""

from functools import partial

import numpy as np
import pytest

from models.laws.queueing import closed_chain as chain
from models.laws.queueing import closed_first_come
from models.laws.queueing.closed_chain import ChainClass, ChainStation, ChainVisit
from models.laws.queueing.closed_networks import (
    bard_schweitzer,
    closed_network,
    exact,
    linearizer,
)
from models.laws.queueing.mixed_networks import open_number, speeds_beside_open
from models.laws.queueing.station_law import Unstable

near = partial(pytest.approx, rel=1e-9)


def test_a_product_form() -> None:
    """Clients who think, two stations in turn of one and three servers, and one that shares."""
    demands, servers = [0.4, 1.5, 0.7], [1, 3, 1]
    product = exact(closed_network([[d] for d in demands], 8, 2.0, servers))
    stations = [ChainStation(1), ChainStation(3), ChainStation(1, in_turn=False)]
    visits = [
        ChainVisit(0, 0, 1 / 0.2, ((1, 0.5), (2, 0.5))),
        ChainVisit(1, 0, 1 / 1.5, ((0, 1.0),)),
        ChainVisit(2, 0, 1 / 0.7),
    ]
    known = chain.closed_chain(stations, visits, [ChainClass(8, 0.5, ((0, 1.0),))])
    assert known is not None
    # The first station is passed until the coin falls for the last: twice in the mean.
    assert known.throughput[0] == near(product.throughput[0])
    assert known.numbers.tolist() == near(product.number[:, 0].tolist())


def test_different_services_in_turn() -> None:
    """Three small and three large clients of one server: the queue told apart, written by hand."""
    visits = [ChainVisit(0, 0, 10.0), ChainVisit(0, 1, 0.5)]
    classes = [ChainClass(3, 0.2, ((0, 1.0),)), ChainClass(3, 0.2, ((1, 1.0),))]
    known = chain.closed_chain([ChainStation(1)], visits, classes)
    assert known is not None
    responses = known.numbers / known.throughput
    assert responses == pytest.approx([2.0756, 3.4439], abs=5e-5)


def test_nobody_thinks() -> None:
    """Two clients that alternate between two equal stations: each is busy 2/3 of the time."""
    visits = [ChainVisit(0, 0, 1.0, ((1, 1.0),)), ChainVisit(1, 0, 1.0)]
    known = chain.closed_chain(
        [ChainStation(), ChainStation()], visits, [ChainClass(2, None, ((0, 1.0),))]
    )
    assert known is not None
    assert known.throughput[0] == near(2 / 3)


def test_too_many_states_have_no_answer() -> None:
    visits = [ChainVisit(0, 0, 10.0), ChainVisit(0, 1, 0.5)]
    classes = [ChainClass(20, 0.2, ((0, 1.0),)), ChainClass(20, 0.2, ((1, 1.0),))]
    assert chain.closed_chain([ChainStation(1)], visits, classes) is None


@pytest.mark.parametrize("most", [closed_first_come.MOST_POPULATIONS, 0])
def test_reiser_is_exact_in_product_form(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_first_come, "MOST_POPULATIONS", most)
    network = closed_network([[0.4, 0.8], [0.3, 0.3]], [40, 30], [5.0, 1.0])
    visits = np.array([[1.0, 2.0], [1.0, 1.0]])
    known = closed_first_come.closed_first_come(network, visits, np.ones((2, 2)), np.ones(2))
    product = exact(network)
    error = 1e-9 if most else 0.03  # large populations are taken to scale
    assert known.throughput.tolist() == pytest.approx(product.throughput.tolist(), rel=error)
    assert known.response_time.tolist() == pytest.approx(product.response_time.tolist(), rel=error)


def test_reiser_beside_the_chain() -> None:
    """Small and large jobs, ten times as long: throughput within 3 %, times within 3 %."""
    visits = [
        ChainVisit(0, 0, 10.0, ((1, 1.0),)),
        ChainVisit(1, 0, 20.0),
        ChainVisit(0, 1, 1.0, ((3, 1.0),)),
        ChainVisit(1, 1, 20.0),
    ]
    classes = [ChainClass(4, 1.0, ((0, 1.0),)), ChainClass(2, None, ((2, 1.0),))]
    right = chain.closed_chain([ChainStation(), ChainStation()], visits, classes)
    assert right is not None
    assert right.throughput.tolist() == pytest.approx([1.2163, 0.8780], abs=5e-5)
    network = closed_network([[0.1, 1.0], [0.05, 0.05]], [4, 2], [1.0, 0.0])
    near_by = closed_first_come.closed_first_come(
        network, np.ones((2, 2)), np.ones((2, 2)), np.ones(2)
    )
    assert near_by.throughput.tolist() == pytest.approx(right.throughput.tolist(), rel=0.03)


def test_reiser_lets_nobody_through_faster_than_a_station_serves() -> None:
    """Five jobs, 0.2 s always and 0.15 s exponential: 4.90/s (own simulation of 3.2 million), and
    never more than the 5/s that the first station can do.
    """
    network = closed_network([[0.2], [0.15]], [5])
    known = closed_first_come.closed_first_come(
        network, np.ones((2, 1)), np.array([[0.0], [1.0]]), np.ones(2)
    )
    assert 4.9 < known.throughput[0] <= 5.0
    assert known.number.sum() == near(5)


def test_reiser_at_several_servers() -> None:
    """Nine clients, six servers of 3 s with a variation of 0.17: a wait of 0.094 s (simulated)."""
    network = closed_network([[3.0], [0.5]], [9], [2.0], [6, 1])
    known = closed_first_come.closed_first_come(
        network, np.ones((2, 1)), np.array([[0.17], [1.0]]), np.ones(2)
    )
    assert known.residence_time[0, 0] - 3 == pytest.approx(0.094, rel=0.3)


@pytest.mark.parametrize("most", [closed_first_come.MOST_POPULATIONS, 0])
def test_no_approximation_is_above_the_capacity(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_first_come, "MOST_POPULATIONS", most)
    random = np.random.default_rng(1)
    for _ in range(30):
        demands = random.choice([0.05, 0.2, 1.0, 3.0], (3, 2))
        servers = random.integers(1, 4, 3)
        network = closed_network(demands, [5, 3], [0.0, 1.0], servers.tolist())
        scvs = random.choice([0.0, 0.2, 1.0], (3, 2))
        in_turn = closed_first_come.closed_first_come(network, np.ones((3, 2)), scvs, np.ones(3))
        for known in (in_turn, linearizer(network), bard_schweitzer(network)):
            assert (demands @ known.throughput <= servers).all()
            cycle = known.response_time + network.think_time
            assert (known.throughput * cycle).tolist() == near([5, 3])


def test_open_customers_beside_closed_ones() -> None:
    """Ten servers, ten clients and 5 erlang from outside, by the chain of both numbers."""
    servers, clients, think, rate, most = 10, 10, 5.0, 5.0, 120
    states = [(n, m) for n in range(clients + 1) for m in range(most)]
    place = {state: k for k, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))
    for (n, m), k in place.items():
        share = min(servers, n + m) / (n + m) if n + m else 0.0
        for target, speed in (
            ((n + 1, m), (clients - n) / think),
            ((n - 1, m), n * share),
            ((n, m + 1), rate),
            ((n, m - 1), m * share),
        ):
            if target in place and speed > 0:
                rates[k, place[target]] += speed
    np.fill_diagonal(rates, -rates.sum(axis=1))
    balance = np.vstack([rates.T[:-1], np.ones(len(states))])
    chances = np.linalg.solve(balance, np.r_[np.zeros(len(states) - 1), 1])
    inside = float(chances @ [n for n, _ in states])
    others = float(chances @ [m for _, m in states])
    speeds = speeds_beside_open(rate, servers, clients + 1)
    known = exact(closed_network([[1.0]], clients, think, [1], {0: speeds.tolist()}))
    assert float(known.number[0, 0]) == near(inside)
    assert open_number(rate, speeds, known.distributions[0]) == near(others)


def test_speeds_beside_open_customers() -> None:
    assert speeds_beside_open(0.6, 1, 3).tolist() == near([0.4, 0.4, 0.4])
    assert speeds_beside_open(0.0, 2, 3).tolist() == [1.0, 2.0, 2.0]
    assert speeds_beside_open(999.9, 1000, 1100)[-1] == pytest.approx(0.1, rel=1e-9)
    with pytest.raises(Unstable):
        speeds_beside_open(2.0, 2, 3)
