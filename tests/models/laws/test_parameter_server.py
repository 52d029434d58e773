"""Parameter servers: updates a second, staleness and order statistics with known answers."""

import math

import numpy as np
import pytest

from models.laws import parameter_server, scaling

UNEQUAL = [1.0, 1.0, 1.0, 2.0]  # s


def test_three_workers_of_1_s_and_one_of_2_s() -> None:
    # By hand: all wait 2 s for 4 gradients; or 1 + 1 + 1 + 1/2 gradients a second.
    assert parameter_server.synchronous_updates(UNEQUAL) == 2.0
    assert parameter_server.asynchronous_updates(UNEQUAL) == 3.5


def test_a_backup_worker_leaves_the_slow_one_out() -> None:
    assert parameter_server.synchronous_updates(UNEQUAL, backup_workers=1) == 3.0


def test_updates_are_no_more_than_the_links_of_servers_carry() -> None:
    # 1 GB pushed and 1 GB pulled over 2 links of 1 GB/s: one update a second.
    assert parameter_server.asynchronous_updates(UNEQUAL, 1e9, 1e9, servers=2) == 1.0
    assert parameter_server.asynchronous_updates(UNEQUAL, 1e9, 1e10, servers=2) == 3.5


@pytest.mark.parametrize("times", [[1.0] * 7, UNEQUAL, [0.3, 5.0, 1.1]])
def test_staleness_weighted_by_rates_is_one_less_than_the_workers(times: list[float]) -> None:
    rates = [1 / time for time in times]
    weighted = sum(r / sum(rates) * (sum(rates) - r) / r for r in rates)
    assert parameter_server.mean_staleness(len(times)) == pytest.approx(weighted)
    assert weighted == pytest.approx(len(times) - 1)


@pytest.mark.parametrize(
    ("rank", "count", "published"),
    [
        # Harter (1961), Biometrika 48, table 1.
        (5, 5, 1.16296),
        (4, 5, 0.49502),
        (3, 5, 0.0),
        (9, 10, 1.00136),
        (19, 20, 1.40760),
        (1, 10, -1.53875),
    ],
)
def test_order_statistics_of_normals_are_those_of_harter(
    rank: int, count: int, published: float
) -> None:
    found = scaling.expected_order_statistic_of_normals(rank, count)
    assert found == pytest.approx(published, abs=6e-6)


def test_order_statistics_of_a_thousand_add_up_to_nothing() -> None:
    found = [scaling.expected_order_statistic_of_normals(rank, 1000) for rank in (1, 500, 501)]
    assert found[0] == pytest.approx(-scaling.expected_maximum_of_normals(1000))
    assert found[1] == pytest.approx(-found[2])


def test_waiting_without_backup_is_that_for_the_slowest() -> None:
    assert parameter_server.backup_delay(0.1, 16, 0) == scaling.straggler_delay(0.1, 16)
    assert parameter_server.backup_delay(0.1, 16, 2) < scaling.straggler_delay(0.1, 16)


def test_exponential_steps_take_harmonic_numbers() -> None:
    # H_4 = 25/12; of four the third: 1/2 + 1/3 + 1/4.
    assert parameter_server.exponential_wait(1.0, 4) == pytest.approx(25 / 12)
    assert parameter_server.exponential_wait(1.0, 4, 1) == pytest.approx(13 / 12)
    drawn = np.sort(np.random.default_rng(3).exponential(2.0, (40_000, 10)), axis=1)[:, 7]
    error = drawn.std(ddof=1) / math.sqrt(len(drawn))
    assert abs(drawn.mean() - parameter_server.exponential_wait(2.0, 10, 2)) < 4 * error


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(ValueError, match="one a worker"):
        parameter_server.asynchronous_updates([])
    with pytest.raises(ValueError, match="must leave one"):
        parameter_server.synchronous_updates([1.0], 1)
    with pytest.raises(ValueError, match="more than 0"):
        parameter_server.synchronous_updates([0.0])
    with pytest.raises(ValueError, match="workers"):
        parameter_server.mean_staleness(0)
    with pytest.raises(ValueError, match="fewer than workers"):
        parameter_server.exponential_wait(1.0, 2, 2)
    with pytest.raises(ValueError, match="rank"):
        scaling.expected_order_statistic_of_normals(4, 3)
