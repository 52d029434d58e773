"""Erasure codes across hosts against arrays of disks, replicas and counted stripes."""

import random
from functools import partial
from itertools import combinations
from math import comb

import pytest

from models.laws.storage.array_loss import array_data_loss
from models.laws.storage.erasure_code import (
    degraded_requests,
    hosts_data_loss,
    overhead,
    repair_time,
    repair_traffic,
)
from models.laws.storage.raid import ErasureCode
from models.laws.storage.replication import cluster_data_loss

HOUR, DAY = 3600.0, 86_400.0
YEAR = 365 * DAY
near = partial(pytest.approx, rel=1e-9, abs=0)


def test_stripes_on_all_hosts_are_an_array_of_disks() -> None:
    # Two groups of 8+3 of 18 TB, 1.4 % fail a year, back after 3 days and a rebuild at 30 % of
    # 270 MB/s, a bit in 1e15 unreadable: a loss in a year with 8.24e-7 (chain, 60 digits).
    host = {"mttf": 625_700 * HOUR, "mttr": 3 * DAY + 18e12 / (0.3 * 270e6), "mission": YEAR}
    hosts = hosts_data_loss(11, 8, 3, host_bytes=18e12, groups=2, uber=1e-15, **host)
    disks = array_data_loss(ErasureCode(8, 3, 2), disk_bytes=18e12, uber=1e-15, **host)
    assert hosts.loss_probability == near(disks.loss_probability)
    assert hosts.loss_probability == pytest.approx(8.24e-7, rel=0.005)
    assert (hosts.mttdl, hosts.nomdl) == (near(disks.mttdl), near(disks.nomdl))
    assert hosts.usable_bytes == near(2 * 8 * 18e12)


def test_one_piece_of_data_is_a_replica() -> None:
    host = {"mttf": 2 * YEAR, "mttr": 6 * HOUR, "mission": YEAR}
    code = hosts_data_loss(40, 1, 2, host_bytes=10e12, **host)
    copies = cluster_data_loss(40, 3, node_bytes=10e12, **host)
    assert code.loss_probability == near(copies.loss_probability)
    assert code.expected_bytes_lost == near(copies.expected_bytes_lost)
    assert code.usable_bytes == near(copies.usable_bytes)


def test_a_loss_takes_the_stripes_that_the_lost_hosts_shared() -> None:
    # Of all 5-subsets of 8 hosts, counted: stripes of 3+2 with three given hosts.
    shared = sum({0, 1, 2} <= set(stripe) for stripe in combinations(range(8), 5))
    answer = hosts_data_loss(8, 3, 2, mttf=YEAR, mttr=HOUR, host_bytes=1e12, mission=YEAR)
    each = answer.expected_bytes_lost / answer.expected_losses
    assert each / answer.usable_bytes == near(shared / comb(8, 5))


def test_what_a_code_costs() -> None:
    # HDFS RS-6-3 keeps 1.5 bytes a byte instead of 3 (Apache Hadoop, HDFS erasure coding), and
    # remakes a lost block of 128 MiB from six.
    assert overhead(6, 3) == 1.5
    assert overhead(1, 2) == 3.0
    assert repair_traffic(128 * 2**20, 6) == 768 * 2**20


@pytest.mark.parametrize(
    ("hosts", "link", "time"),
    [
        # 101 hosts: 100 read 6 bytes and write 1 for each of 10 TB at 50 MB/s; of slow links, 6.
        (101, 1e9, 7 * 10e12 / (100 * 50e6)),
        (101, 10e6, 6 * 10e12 / (100 * 10e6)),
        # With nine hosts the successor gets all that itself, and writes 10 TB.
        (9, 1e9, 10e12 / 50e6),
        (9, 100e6, 6 * 10e12 / 100e6),
    ],
)
def test_a_lost_host_is_remade(hosts: int, link: float, time: float) -> None:
    rates = {"disk_bandwidth": 50e6, "link_bandwidth": link}
    assert repair_time(10e12, hosts, 6, 3, **rates) == near(time)
    assert repair_time(10e12, hosts, 6, 3, detection=630.0, **rates) == near(630 + time)


@pytest.mark.parametrize(("hosts", "data"), [(9, 6), (20, 6), (11, 8)])
def test_reads_of_what_is_away_cost_as_many_as_there_are_pieces_of_data(
    hosts: int, data: int
) -> None:
    source = random.Random(1)
    asked = [source.randrange(hosts) for _ in range(100_000)]
    done = sum(data if host == 0 else 1 for host in asked)  # host 0 is away
    share = len(asked) / done * (hosts - 1) / hosts
    assert degraded_requests(hosts, data) == pytest.approx(share, rel=0.02)
    assert degraded_requests(hosts, data, 0) == 1.0


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="away is 3; it must be less than 3"):
        degraded_requests(3, 2, 3)
    with pytest.raises(ValueError, match="hosts is 8; it must be a whole number, 9 or more"):
        repair_time(1e12, 8, 6, 3, disk_bandwidth=1e6, link_bandwidth=1e6)
