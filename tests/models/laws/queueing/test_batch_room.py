"""Batches and room for so many, against chains solved as equations and laws without batches."""

from functools import partial

import numpy as np
import pytest

from models.laws.queueing.batch_arrivals import batch_m_m_c, batches
from models.laws.queueing.batch_room import batch_m_m_c_k
from models.laws.queueing.markovian import m_m_c_k

near = partial(pytest.approx, rel=1e-9)


def test_four_together_at_two_servers_with_room_for_six() -> None:
    """The chain of the number, solved as equations: lost 25.613 %, wait 0.344326 s."""
    rates = np.zeros((7, 7))
    for n in range(7):
        rates[n, min(6, n + 4)] += 1.0
        if n:
            rates[n, n - 1] += min(n, 2) * 2.5
    np.fill_diagonal(rates, rates.diagonal() - rates.sum(axis=1))
    chances = np.linalg.solve(np.vstack([rates.T[:-1], np.ones(7)]), np.r_[np.zeros(6), 1])
    served = 2.5 * float(chances @ np.minimum(np.arange(7), 2))
    wait = float(chances @ np.maximum(np.arange(7) - 2, 0)) / served
    found = batch_m_m_c_k([batches(1.0, [4], [1.0])], 2.5, 2, 6)
    assert found.lost == near((1 - served / 4,))
    assert found.waiting_times == near((wait,))
    assert (found.lost[0], wait) == pytest.approx((0.256133, 0.344326), rel=1e-5)
    free = chances[0] * 2 + chances[1]  # servers that a batch finds
    assert found.wait_probabilities == near((1 - free / 4,))


def test_one_by_one() -> None:
    known = m_m_c_k(3.0, 1.0, 2, 7)
    found = batch_m_m_c_k([batches(2.0, [1], [1.0]), batches(1.0, [1], [1.0])], 1.0, 2, 7)
    assert found.lost == near((known.blocking_probability,) * 2)
    assert found.waiting_times == near((known.waiting_time,) * 2)


def test_much_room_is_as_good_as_no_limit() -> None:
    arriving = [batches(0.1, [1, 6], [0.5, 0.5]), batches(0.4, [2], [1.0])]
    known = batch_m_m_c(arriving, 1.0, 3)
    found = batch_m_m_c_k(arriving, 1.0, 3, 400)
    assert found.lost == pytest.approx((0.0, 0.0), abs=1e-12)
    assert found.waiting_times == near(known.waiting_times)
    assert found.wait_probabilities == near(known.wait_probabilities)


def test_less_room_than_servers_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity is 2"):
        batch_m_m_c_k([batches(1.0, [4], [1.0])], 1.0, 3, 2)
