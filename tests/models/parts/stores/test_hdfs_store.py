"""HDFS in a stack: capacity, rates, what stops it and what loses data."""

import math
from functools import partial
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.description.quantities import HOUR, YEAR
from models.laws.storage.detection import HDFS_DETECTION
from models.parts.facts import Facts

from ..asked import store
from ..every_store import components_of, with_store

near = partial(pytest.approx, rel=1e-9, abs=0)
MACHINE = 109_500.0  # h until a machine fails; repaired in 24 h
DISK = 1e6  # h until a disk of textbook-hdd fails


def test_three_replicas_leave_a_third_of_the_disks(stacks: Path, catalog: Catalog) -> None:
    stack = with_store("hdfs", stacks, catalog)
    # 10 datanodes of 4 disks of 1 TB.
    size = store.usable_size(stack.storage["extra"], stack, Facts(catalog))
    assert size == near(10 * 4e12 / 3)


def test_reads_sum_over_datanodes_and_writes_are_made_of_replicas(
    stacks: Path, catalog: Catalog
) -> None:
    stack, facts = with_store("hdfs", stacks, catalog), Facts(catalog)
    speed = store.speed(stack.storage["extra"], stack, facts, 128, 1e12)
    # Each datanode has 4 disks of 100 MiB/s behind 10 Gb/s.
    assert speed.read == near(10 * 4 * 104.8576e6)
    assert speed.write == near(speed.read / 3)
    assert speed.requests == near(10 * 4 * 80.6)
    behind_links = with_store("hdfs", stacks, catalog, bandwidth="100 MB/s")
    speed = store.speed(behind_links.storage["extra"], behind_links, facts, 128, 1e12)
    assert (speed.read, speed.limit) == (near(1e9), "10 datanodes")
    speed = store.speed(behind_links.storage["extra"], behind_links, facts, 2, 1e8)
    assert (speed.read, speed.limit) == (near(2e8), "bandwidth of 2 nodes")


def test_one_datanode_lost_loses_nothing(stacks: Path, catalog: Catalog) -> None:
    part = components_of(with_store("hdfs", stacks, catalog), catalog)["extra"]
    # Only the loss of three at once, before their replicas exist again, takes a block away.
    assert (part.required, part.units) == (8, 10)
    assert part.mttf / HOUR == near(1 / (1 / MACHINE + 4 / DISK))
    copied = 4e12 / (9 * 0.3 * 4 * 104.8576e6)
    assert part.mttr == near(HDFS_DETECTION + copied)
    own = with_store("hdfs", stacks, catalog, mttf="200000 h")
    mttf = components_of(own, catalog)["extra"].mttf
    assert mttf / HOUR == near(1 / (1 / MACHINE + 4 / 200000))


def test_a_namenode_that_is_down_stops_all_and_loses_nothing(
    stacks: Path, catalog: Catalog
) -> None:
    away = 24 / (MACHINE + 24)
    alone = with_store("hdfs", stacks, catalog)
    pair = with_store("hdfs", stacks, catalog, namenodes=2)
    one = components_of(alone, catalog)["extra namenode"].result()
    assert (one.single_point, one.unavailability) == (True, near(away))
    two = components_of(pair, catalog)["extra namenode"].result()
    assert (two.single_point, two.unavailability) == (False, near(away**2))
    facts = Facts(catalog)
    assert store.durability("extra", alone.storage["extra"], alone, facts) == store.durability(
        "extra", pair.storage["extra"], pair, facts
    )


@pytest.mark.parametrize(
    ("racks", "replication", "required"),
    [(1, 3, None), (2, 3, 1), (4, 3, 3), (4, 2, 3), (4, 1, 4)],
)
def test_blocks_on_two_racks_survive_one(
    racks: int, replication: int, required: int | None, stacks: Path, catalog: Catalog
) -> None:
    stack = with_store("hdfs", stacks, catalog, racks=racks, replication=replication)
    part = components_of(stack, catalog).get("extra racks")
    assert (part and part.required) == required


def test_data_are_lost_with_as_many_datanodes_as_replicas(stacks: Path, catalog: Catalog) -> None:
    stack = with_store("hdfs", stacks, catalog)
    durable = store.durability("extra", stack.storage["extra"], stack, Facts(catalog))
    assert durable is not None
    # The leading term of a chain whose repairs are quick: mu^2 / (10 la 9 la 8 la).
    failing = (1 / MACHINE + 4 / DISK) / HOUR
    mending = 1 / (HDFS_DETECTION + 4e12 / (9 * 0.3 * 4 * 104.8576e6))
    leading = mending**2 / (10 * 9 * 8 * failing**3)
    assert durable.mttdl == pytest.approx(leading, rel=1e-2)
    assert durable.loss_probability == pytest.approx(YEAR / leading, rel=1e-2)
    # One block in 120 has its replicas on three given datanodes of ten.
    assert durable.normalized_loss == pytest.approx(durable.loss_probability / 120, rel=1e-2)
    assert durable.method == "approximation"


def test_without_replicas_a_datanode_takes_its_share_along(stacks: Path, catalog: Catalog) -> None:
    stack, facts = with_store("hdfs", stacks, catalog, replication=1), Facts(catalog)
    durable = store.durability("extra", stack.storage["extra"], stack, facts)
    assert durable is not None
    rate = 10 * (1 / MACHINE + 4 / DISK) / HOUR
    assert durable.mttdl == near(1 / rate)
    assert durable.loss_probability == near(-math.expm1(-rate * YEAR))
    assert durable.expected_loss == near(rate * YEAR * 4e12)
    whole, lost = store.states(stack.storage["extra"], stack, facts, 1, 1e9)
    assert whole.speed.read > 0
    assert lost.speed.read == 0
    assert lost.duration == near(24 * HOUR)


def test_states_without_a_datanode_and_while_replicas_are_made(
    stacks: Path, catalog: Catalog
) -> None:
    stack, facts = with_store("hdfs", stacks, catalog), Facts(catalog)
    found = store.states(stack.storage["extra"], stack, facts, 128, 1e12)
    whole, failed, copying = found
    assert failed.speed.read == near(0.9 * whole.speed.read)
    assert copying.speed.read == near(0.7 * 0.9 * whole.speed.read)
    assert copying.duration == near(4e12 / (9 * 0.3 * 4 * 104.8576e6))
    # In all the datanode is away until its machine is repaired.
    assert failed.duration + copying.duration == near(24 * HOUR)


def test_three_datanodes_of_three_wait_for_the_machine(stacks: Path, catalog: Catalog) -> None:
    stack = with_store("hdfs", stacks, catalog, datanodes=3)
    part = components_of(stack, catalog)["extra"]
    # No other datanode is without the block, so that the repaired one takes it all.
    assert part.mttr == near(24 * HOUR + 4e12 / (0.3 * 4 * 104.8576e6))
