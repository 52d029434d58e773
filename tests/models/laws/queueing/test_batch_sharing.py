"""Batches that share one server: closed forms, and what simulations of the same found."""

import math

import pytest

from models.laws.queueing.batch_arrivals import batches
from models.laws.queueing.batch_sharing import Need, alone_with_batch, batch_m_g_1_sharing
from models.laws.queueing.station_law import Unstable


def exponential(mean: float) -> Need:
    return Need(mean, lambda time: math.exp(-time / mean))


def fixed(value: float) -> Need:
    return Need(value, lambda time: float(time < value), [value])


def test_exponential_services() -> None:
    """The number is that of M[X]/M/1 in turn: Gross and Harris (1998), chapter 3, 12.5 s."""
    found = batch_m_g_1_sharing([batches(0.2, [4], [1.0])], [exponential(1)])
    assert found == pytest.approx([12.5], rel=2e-5)


def test_equal_batches_of_equal_services_are_like_one_customer() -> None:
    """By hand: eight of 1 s together are one of 8 s that shares the server with its like."""
    found = batch_m_g_1_sharing([batches(0.1, [8], [1.0])], [fixed(1)])
    assert found == pytest.approx([8 / (1 - 0.8)], rel=1e-9)


def test_single_customers_are_stretched_alike() -> None:
    """Source: Kleinrock (1976), section 4.4: the service over 1 - load, whatever it is."""
    single = batches(0.3, [1], [1.0])
    found = batch_m_g_1_sharing([single, single], [exponential(1), fixed(0.2)])
    assert found == pytest.approx([1 / 0.64, 0.2 / 0.64], rel=1e-9)


def test_irregular_services() -> None:
    """Own event simulation, 6.4 million customers: 12.1 s, 11.9 to 12.3."""
    need = Need(1.0, lambda t: 0.9 * math.exp(-t / 0.5) + 0.1 * math.exp(-t / 5.5))
    [found] = batch_m_g_1_sharing([batches(0.1, [8], [1.0])], [need])
    assert 11.9 < found < 12.3


def test_batches_beside_single_customers() -> None:
    """Own event simulation, 6.4 million customers: 4.60 to 4.63 s and 592 to 594 ms."""
    arriving = [batches(0.1, [4], [1.0]), batches(0.3, [1], [1.0])]
    batch, single = batch_m_g_1_sharing(arriving, [exponential(1), fixed(0.2)])
    assert 4.60 < batch < 4.63
    assert 0.592 < single < 0.594


def test_long_tails_are_held() -> None:
    """Single customers do not notice the tail of each other, though it has no variance."""
    tail = Need(3.0, lambda t: min(1.0, t**-1.5) if t > 0 else 1.0, [1.0])
    found = batch_m_g_1_sharing([batches(0.2, [1], [1.0])], [tail])
    assert found == pytest.approx([3.0 / 0.4], rel=1e-6)


def test_too_much() -> None:
    with pytest.raises(Unstable):
        batch_m_g_1_sharing([batches(0.2, [5], [1.0])], [exponential(1)])


def test_a_batch_alone_at_several_servers() -> None:
    """By hand, ten of 1 s at three servers: all take 10/3 s; of exponential needs they end after
    1/3, 2/3, ... 8/3, 19/6 and 25/6 s, in the mean 29/15 s, and twice their wait is 28/15 s."""
    batch = batches(0.1, [10], [1.0])
    assert alone_with_batch(batch, fixed(1), 3) == pytest.approx(10 / 3 - 1 - 2 * 14 / 15, rel=1e-6)
    assert alone_with_batch(batch, exponential(1), 3) == pytest.approx(0, abs=1e-4)
    assert alone_with_batch(batch, fixed(1), 1) == pytest.approx(0, abs=1e-9)
