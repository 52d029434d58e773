"""Jobs that hold several servers, first come, first served: against other laws and by hand."""

import pytest

from models.laws.queueing.markovian import m_m_c
from models.laws.queueing.multiserver_jobs import ServerJobs, multiserver_jobs
from models.laws.queueing.station_law import Unstable


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (3, 0.8), (12, 0.9), (40, 0.7)])
def test_jobs_of_one_server_are_m_m_c(servers: int, load: float) -> None:
    found = multiserver_jobs(servers, [ServerJobs(servers * load, 1.0, 1)])
    exact = m_m_c(servers * load, 1.0, servers)
    assert found.waiting[0] == pytest.approx(exact.waiting_time, rel=1e-9)
    assert found.queue == pytest.approx(exact.waiting, rel=1e-9)
    assert found.highest_rate == pytest.approx(servers)


def test_jobs_of_all_servers_are_m_m_1() -> None:
    found = multiserver_jobs(8, [ServerJobs(0.6, 1.0, 8)])
    assert found.waiting[0] == pytest.approx(m_m_c(0.6, 1.0, 1).waiting_time)


def test_jobs_of_half_the_servers_are_m_m_2() -> None:
    found = multiserver_jobs(9, [ServerJobs(1.5, 1.0, 4)])  # one server is never of use
    assert found.waiting[0] == pytest.approx(m_m_c(1.5, 1.0, 2).waiting_time)


def test_equal_classes_wait_alike_and_as_one() -> None:
    found = multiserver_jobs(6, [ServerJobs(1.0, 1.0, 2), ServerJobs(1.5, 1.0, 2)])
    one = multiserver_jobs(6, [ServerJobs(2.5, 1.0, 2)])
    assert found.waiting == pytest.approx(one.waiting * 2)


def test_jobs_of_1_and_of_7_of_10_slots() -> None:
    # Simulated by another as 2.9 h and 4.0 h; ours in tests/sim/jobs agree with the chain.
    found = multiserver_jobs(10, [ServerJobs(1.0, 2.0, 1), ServerJobs(0.3, 2.0, 7)])
    assert found.waiting == pytest.approx((3.0021, 4.1402), abs=1e-4)
    rates = (1.0, 0.3)
    little = sum(rate * wait for rate, wait in zip(rates, found.waiting, strict=True))
    assert found.queue == pytest.approx(little)


def test_the_first_in_the_queue_wastes_what_it_holds_back() -> None:
    # Two servers; half of the jobs need both.
    found = multiserver_jobs(2, [ServerJobs(0.1, 1.0, 1), ServerJobs(0.1, 1.0, 2)])
    full = 2 / (0.5 * 1 + 0.5 * 2)  # if no server were ever idle
    assert found.highest_rate < full
    assert found.highest_rate == pytest.approx(_saturated_by_renewal())


def _saturated_by_renewal() -> float:
    """Jobs in the order of arrival, in cycles that begin when a large one starts.

    A large one takes 1. Then come small ones, geometric in number with 1/2: n of them on two
    servers take 0 (n = 0), 1 (n = 1), or (n - 2)/2 + 1/2 + 1 until the last has ended.
    """
    time = 1.0
    jobs = 1.0
    for n in range(200):
        chance = 0.5 ** (n + 1)
        jobs += chance * n
        time += chance * (0.0 if n == 0 else 1.0 if n == 1 else (n - 2) / 2 + 1.5)
    return jobs / time


def test_what_is_too_much_is_unstable() -> None:
    with pytest.raises(Unstable):
        multiserver_jobs(10, [ServerJobs(1.0, 2.0, 1), ServerJobs(0.9, 2.0, 7)])


def test_what_never_starts_and_what_is_too_large_are_refused() -> None:
    with pytest.raises(ValueError, match="would never start"):
        multiserver_jobs(4, [ServerJobs(1.0, 1.0, 5)])
    with pytest.raises(ValueError, match="simulate it"):
        multiserver_jobs(100, [ServerJobs(1.0, 1.0, 1), ServerJobs(1.0, 1.0, 2)])
