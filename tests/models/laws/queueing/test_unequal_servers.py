"""Servers of unequal speed, by closed forms of two and by stations of equal ones."""

import pytest

from models.laws.queueing.markovian import m_m_c, m_m_c_k
from models.laws.queueing.station_law import Unstable
from models.laws.queueing.unequal_servers import m_m_c_unequal


@pytest.mark.parametrize(("rate", "fast", "slow"), [(1.5, 1.5, 0.5), (0.2, 1.0, 0.9), (2.9, 2, 1)])
def test_the_faster_of_two(rate: float, fast: float, slow: float) -> None:
    """N = 1/(A (1 - load)²); Trivedi (2002), section 8.2; Singh (1970)."""
    load = rate / (fast + slow)
    a = fast * slow * (1 + 2 * load) / (rate * (rate + slow)) + 1 / (1 - load)
    found = m_m_c_unequal(rate, [slow, fast])
    assert found.busy + found.waiting == pytest.approx(1 / (a * (1 - load) ** 2), rel=1e-9)


@pytest.mark.parametrize(("rate", "fast", "slow"), [(1.5, 1.5, 0.5), (0.2, 1.0, 0.9)])
def test_any_of_two(rate: float, fast: float, slow: float) -> None:
    """The chain is reversible: p1 = rate/2 (1/fast + 1/slow) p0; Gumbel (1960)."""
    load = rate / (fast + slow)
    one, two = rate / 2 * (1 / fast + 1 / slow), rate * rate / (2 * fast * slow)
    whole = 1 + one + two / (1 - load)
    found = m_m_c_unequal(rate, [fast, slow], "random")
    assert found.wait_probability == pytest.approx(two / (1 - load) / whole, rel=1e-9)
    assert found.waiting == pytest.approx(two * load / (1 - load) ** 2 / whole, rel=1e-9)
    first = (rate / (2 * fast) + two / (1 - load)) / whole
    assert found.utilizations[fast] == pytest.approx(first, rel=1e-9)


@pytest.mark.parametrize("choice", ["fastest", "slowest", "random"])
def test_equal_speeds_are_m_m_c(choice: str) -> None:
    found = m_m_c_unequal(3.0, [1.0] * 4, choice)  # type: ignore[arg-type]
    assert found.waiting == pytest.approx(m_m_c(3.0, 1.0, 4).waiting, rel=1e-9)
    lossy = m_m_c_unequal(3.0, [1.0, 1.0], choice, capacity=5)  # type: ignore[arg-type]
    plain = m_m_c_k(3.0, 1.0, 2, 5)
    assert lossy.blocking_probability == pytest.approx(plain.blocking_probability, rel=1e-9)
    assert lossy.waiting_time == pytest.approx(plain.waiting_time, rel=1e-9)


def test_work_is_kept_whoever_serves() -> None:
    speeds = [2.0] * 6 + [0.5] * 9 + [1.0] * 3
    for choice in ("fastest", "random", "slowest"):
        found = m_m_c_unequal(12.0, speeds, choice)  # type: ignore[arg-type]
        served = sum(found.utilizations[speed] * speed for speed in speeds)
        assert served == pytest.approx(12.0, rel=1e-9)


def test_the_fastest_first_is_the_best() -> None:
    waits = [m_m_c_unequal(1.5, [1.5, 0.5], one) for one in ("fastest", "random", "slowest")]
    numbers = [one.busy + one.waiting for one in waits]
    assert numbers == sorted(numbers)


def test_what_has_no_answer() -> None:
    with pytest.raises(Unstable):
        m_m_c_unequal(2.0, [1.5, 0.5])
    with pytest.raises(ValueError, match="states"):
        m_m_c_unequal(1.0, [1 + k / 100 for k in range(12)])
