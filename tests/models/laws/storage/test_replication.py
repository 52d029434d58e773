"""Copies on nodes: how soon they are made again, and what is lost until then."""

import math
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.storage.data_loss import DiskGroup, mds_mttdl
from models.laws.storage.detection import HDFS_DETECTION
from models.laws.storage.replication import (
    block_data_loss,
    cluster_data_loss,
    replication_time,
)

HOUR = 3600.0
YEAR = 8760 * HOUR
near = partial(pytest.approx, rel=1e-9, abs=0)


def test_many_nodes_copy_at_once() -> None:
    # 10 TB by 100 survivors at 50 MB/s each: 2000 s, after 10.5 minutes without a heartbeat.
    assert replication_time(10e12, 101, 50e6) == near(2000 + 630)
    assert replication_time(10e12, 101, 50e6, detection=0.0) == near(2000)
    assert HDFS_DETECTION == 2 * 300 + 10 * 3


def test_a_block_on_two_nodes_is_a_mirrored_pair() -> None:
    # MTTDL = 3 MTTF / 2 + MTTF^2 / (2 MTTR), 6,000,000 h and 120 h.
    answer = block_data_loss(2, 6e6 * HOUR, 120 * HOUR, 128e6, YEAR)
    assert answer.mttdl / HOUR == near(150009000000.0)
    assert answer.repair == "parallel"
    assert answer.usable_bytes == 128e6


def test_one_copy_is_lost_with_its_node() -> None:
    answer = block_data_loss(1, 10 * YEAR, HOUR, 128e6, YEAR)
    assert answer.mttdl == near(10 * YEAR)
    assert answer.loss_probability == near(-math.expm1(-0.1))


@given(st.integers(1, 4), st.floats(1e3, 1e6), st.floats(0.1, 100))
@settings(max_examples=40, deadline=None)
def test_another_copy_is_safer(replicas: int, mttf: float, mttr: float) -> None:
    fewer, more = (
        block_data_loss(copies, mttf * HOUR, mttr * HOUR, 128e6, YEAR)
        for copies in (replicas, replicas + 1)
    )
    assert more.mttdl > fewer.mttdl
    assert more.nomdl < fewer.nomdl


def test_a_full_cluster_loses_with_any_three_nodes() -> None:
    nodes = {"mttf": 4 * YEAR, "mttr": HOUR, "node_bytes": 10e12, "mission": YEAR}
    answer = cluster_data_loss(100, 3, **nodes)
    assert answer.mttdl == near(mds_mttdl(DiskGroup(100, 2, 4 * YEAR, HOUR, 1.0, "serial")))
    assert answer.usable_bytes == near(100 * 10e12 / 3)
    # Each loss takes the blocks that only those three nodes held.
    share = 1 / math.comb(100, 3)
    assert answer.nomdl == near(answer.expected_losses * share)


def test_a_cluster_and_its_blocks_lose_the_same_bytes() -> None:
    # With repairs side by side nodes fail and return independently, so that the share of bytes
    # lost is that of any one block. After a loss the chains restart, which rare losses don't show.
    cluster = cluster_data_loss(
        30,
        3,
        mttf=100 * YEAR,
        mttr=HOUR,
        node_bytes=10e12,
        mission=YEAR,
        repair="parallel",
    )
    block = block_data_loss(3, 100 * YEAR, HOUR, 128e6, YEAR)
    assert cluster.nomdl == pytest.approx(block.nomdl, rel=1e-3)


def test_nonsense() -> None:
    with pytest.raises(ValueError, match="nodes is 1"):
        replication_time(1e12, 1, 1e6)
    with pytest.raises(ValueError, match="node_bandwidth is 0"):
        replication_time(1e12, 3, 0.0)
    with pytest.raises(ValueError, match="detection is -1"):
        replication_time(1e12, 3, 1e6, detection=-1.0)
    with pytest.raises(ValueError, match="replicas is 0"):
        block_data_loss(0, 1e8, 1e4, 128e6, YEAR)
    with pytest.raises(ValueError, match="nodes is 2"):
        cluster_data_loss(2, 3, mttf=1e8, mttr=1e4, node_bytes=1e12, mission=YEAR)
