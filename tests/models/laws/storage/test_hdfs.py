"""HDFS: the worked example, the namenode, blocks lost with datanodes."""

import math
from functools import partial
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.reliability.blocks import unavailability
from models.laws.storage.hdfs import (
    DEFAULT_REPLICAS,
    BlockMap,
    block_count,
    namenode_pair_unavailability,
    service_state,
)
from models.laws.storage.placement import rack_aware_placement, random_placement
from models.laws.storage.simultaneous_loss import random_loss

HOUR = 3600.0
near = partial(pytest.approx, rel=1e-9, abs=0)

# Apache Hadoop, HDFS architecture: part-0 of blocks 1 and 3 is kept twice, part-1 of blocks 2, 4
# and 5 three times, on eight datanodes.
EXAMPLE = BlockMap(
    {
        "1": ("a", "c"),
        "2": ("a", "d", "e"),
        "3": ("g", "h"),
        "4": ("f", "d", "h"),
        "5": ("b", "e", "f"),
    },
    frozenset("abcdefgh"),
)


def test_worked_example() -> None:
    assert EXAMPLE.replica_count == 13
    assert DEFAULT_REPLICAS == 3
    for node in EXAMPLE.datanodes:
        assert EXAMPLE.lost([node]) == ()
    assert EXAMPLE.under_replicated(["a"]) == ("1", "2")
    assert EXAMPLE.lost(["a", "c"]) == ("1",)
    assert EXAMPLE.lost("abcdefgh") == ("1", "2", "3", "4", "5")


def test_chance_of_the_worked_example() -> None:
    assert EXAMPLE.loss_probability(1) == 0.0
    # Of the 28 pairs of datanodes, a c and g h are fatal.
    assert EXAMPLE.loss_probability(2) == near(2 / 28)
    fatal = sum(bool(EXAMPLE.lost(dead)) for dead in combinations("abcdefgh", 3))
    assert EXAMPLE.loss_probability(3) == near(fatal / 56)
    assert EXAMPLE.loss_probability(8) == 1.0


def test_namenode_down_serves_nothing_and_loses_nothing() -> None:
    down = service_state(EXAMPLE, live_namenodes=0, dead=["a"])
    assert not down.available
    assert down.lost == ()
    assert down.under_replicated == ("1", "2")
    assert service_state(EXAMPLE, live_namenodes=1, dead=[]).available


def test_a_whole_rack_of_hdfs_loses_nothing() -> None:
    random = np.random.default_rng(3)
    blocks = BlockMap.of(rack_aware_placement(random, 500, [5, 5, 5]), 15)
    for rack in range(3):
        assert blocks.lost([str(node) for node in range(5 * rack, 5 * rack + 5)]) == ()


def test_maps_average_to_the_law_of_their_placement() -> None:
    random, values = np.random.default_rng(4), []
    for _ in range(400):
        values.append(BlockMap.of(random_placement(random, 20, 10), 10).loss_probability(4))
    error = np.std(values) / math.sqrt(len(values))
    assert abs(np.mean(values) - random_loss(10, 4, 20).loss_probability) < 4 * error


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_more_dead_lose_no_less(seed: int, dead: int) -> None:
    blocks = BlockMap.of(random_placement(np.random.default_rng(seed), 10, 8), 8)
    assert blocks.loss_probability(dead) <= blocks.loss_probability(dead + 1)


def test_blocks_of_a_file() -> None:
    assert block_count(500 * 2**20) == 4
    assert block_count(0) == 0
    assert block_count(129, 128) == 2


def test_pair_of_namenodes() -> None:
    mttf, mttr = 1000 * HOUR, 10 * HOUR
    # With a failover that takes no time: two independent machines in parallel.
    assert namenode_pair_unavailability(mttf, mttr, 1e-9) == near((10 / 1010) ** 2)
    # One that never succeeds waits for a repair: half of the failures are the active one's.
    never = namenode_pair_unavailability(mttf, mttr, 60.0, coverage=0.0)
    assert 0.4 < never / unavailability(mttf, mttr) < 1
    # Rare failures: both down, and a minute of failover each time that the active one fails.
    mttf = 1e5 * HOUR
    rare = namenode_pair_unavailability(mttf, HOUR, 60.0)
    assert rare == pytest.approx(60 / mttf + (HOUR / mttf) ** 2, rel=0.02)
    values = [namenode_pair_unavailability(mttf, HOUR, time) for time in (1.0, 30.0, 600.0)]
    assert values == sorted(values)


def test_nonsense() -> None:
    with pytest.raises(ValueError, match="needs distinct datanodes"):
        BlockMap({"1": ("a", "a")})
    with pytest.raises(ValueError, match="needs distinct datanodes"):
        BlockMap({"1": ()})
    with pytest.raises(ValueError, match="not all of which are datanodes"):
        BlockMap({"1": ("a", "z")}, frozenset("ab"))
    with pytest.raises(ValueError, match="'z'"):
        EXAMPLE.lost(["z"])
    with pytest.raises(ValueError, match="there are 8 datanodes"):
        EXAMPLE.loss_probability(9)
    with pytest.raises(ValueError, match="are more than 1,000,000"):
        BlockMap({"1": ("0", "1")}, frozenset(map(str, range(100)))).loss_probability(10)
    with pytest.raises(ValueError, match="live_namenodes is -1"):
        service_state(EXAMPLE, -1, [])
    with pytest.raises(ValueError, match="mttf is 0"):
        namenode_pair_unavailability(0.0, 1.0, 60.0)
    with pytest.raises(ValueError, match="block_bytes is 0"):
        block_count(5.0, 0.0)
    with pytest.raises(ValueError, match=r"coverage is 1\.2"):
        namenode_pair_unavailability(1e6, 1e3, 60.0, coverage=1.2)
