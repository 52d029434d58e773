"""Erasure codes over the hosts of parallel and Hadoop file systems."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, change_stack, read_stack
from models.reading.faults import InvalidDescription

from ..every_store import speed_of

PARALLEL = {
    "kind": "parallel",
    "over": "servers",
    "level": "8+3",
    "servers": 11,
    "disks": 1,
    "disk": "seagate-exos-x18-18tb",
    "bandwidth": "10 GB/s",
    "mttf": "625700 h",
    "replacement": "3 d",
}
HDFS = {
    "kind": "hdfs",
    "level": "6+3",
    "datanodes": 20,
    "disks": 4,
    "disk": "textbook-hdd",
    "bandwidth": "10 Gbps",
    "racks": 5,
}


def with_store(
    store: dict[str, Any], stacks: Path, catalog: Catalog,
    use: dict[str, str] | None = None, **changes: Any,
) -> StackFile:  # fmt: skip
    file = read_stack(stacks / "akiba-2017.yaml", catalog)
    new = {"storage.extra": {**store, **changes}}
    rates = {"storage-server": {"mttf": "1e12 h"}}
    never = {"failure_rates": rates} if store is PARALLEL else {}
    return change_stack(file, {**new, **never, **(use or {})}, catalog)


def test_two_groups_of_8_and_3_servers_lose_as_often_as_their_disks(
    stacks: Path, catalog: Catalog
) -> None:
    # Servers that never fail, with a disk each: a loss in a year with 8.24e-7 (chain, 60 digits).
    file = with_store(PARALLEL, stacks, catalog, servers=22, groups=2)
    (loss,) = (one for one in file.solved.durability if one.name == "extra")
    assert loss.loss_probability == pytest.approx(8.24e-7, rel=0.005)
    assert loss.method == "exact"
    assert loss.capacity == pytest.approx(2 * 8 * 18e12)
    assert (loss.overhead, loss.repair_traffic) == (1.375, 8 * 18e12)
    names = [one.name for one in file.solved.components if one.name.startswith("extra")]
    assert names == ["extra", "extra group 2", "extra metadata"]


@pytest.mark.parametrize(
    ("store", "changes", "required", "units"),
    [
        # Some stripe has its pieces on any hosts: as many may be away as there are parities, or
        # as a write that needs more than the data can lack.
        (PARALLEL, {}, 8, 11),
        (PARALLEL, {"write_quorum": 9}, 9, 11),
        (HDFS, {}, 17, 20),
        (HDFS, {"write_quorum": 8}, 19, 20),
    ],
)
def test_quorums(
    store: dict[str, Any], changes: dict[str, Any], required: int, units: int,
    stacks: Path, catalog: Catalog,
) -> None:  # fmt: skip
    file = with_store(store, stacks, catalog, **changes)
    (hosts,) = (one for one in file.solved.components if one.name == "extra")
    assert (hosts.required, hosts.units) == (required, units)


@pytest.mark.parametrize(("key", "required"), [("dataset", 8), ("checkpoint", 9)])
def test_a_write_quorum_is_nothing_to_those_who_only_read(
    key: str, required: int, stacks: Path, catalog: Catalog
) -> None:
    # Any 8 of 11 pieces give the data; a write needs 9 to be there.
    use = {f"workloads.train.{key}.store": "extra"}
    file = with_store(PARALLEL, stacks, catalog, write_quorum=9, use=use)
    (hosts,) = (one for one in file.solved.components if one.name == "extra")
    assert (hosts.required, hosts.units) == (required, 11)
    assert "writes need 9 of 11 pieces" in file.solved.stores[-1].made_of


def test_a_rack_may_be_away_if_it_has_no_more_pieces_than_parities(
    stacks: Path, catalog: Catalog
) -> None:
    # Nine pieces on five racks: two at most on each, so that three parities bear one.
    file = with_store(HDFS, stacks, catalog)
    (racks,) = (one for one in file.solved.components if one.name == "extra racks")
    assert (racks.required, racks.units) == (4, 5)


def test_datanodes_read_at_their_sum_and_write_a_half_more_than_is_stored(
    stacks: Path, catalog: Catalog
) -> None:
    file = with_store(HDFS, stacks, catalog)
    disk = catalog.disks["textbook-hdd"]
    each = 4 * disk.sequential_read
    whole = speed_of(file.stack, catalog, 128, 1e12)
    assert whole.read == pytest.approx(20 * each)
    assert whole.write == pytest.approx(20 * each / 1.5)
    assert whole.requests == pytest.approx(20 * 4 * disk.random_read_iops)
    stored = file.solved.site.stores["extra"]
    assert stored.usable_size == pytest.approx(20 * 4 * 1e12 / 1.5)
    # One away: 19 read; a small read of what it had, one in twenty, costs six.
    states = {row.state: row for row in file.solved.degraded if row.name == "extra"}
    assert set(states) == {"whole", "one datanode failed", "remaking pieces"}
    assert states["one datanode failed"].read == pytest.approx(19 * each)
    assert states["remaking pieces"].read == pytest.approx(0.7 * 19 * each)
    # 19 others read six bytes and write one for each of 4 TB, at 30 % of their disks.
    assert states["remaking pieces"].duration == pytest.approx(7 * 4e12 / (19 * 0.3 * each))


def test_on_as_many_servers_as_pieces_a_missing_one_is_left_out_of_writes(
    stacks: Path, catalog: Catalog
) -> None:
    file = with_store(PARALLEL, stacks, catalog)
    rate = catalog.disks["seagate-exos-x18-18tb"].sequential_write
    states = {row.state: row for row in file.solved.degraded if row.name == "extra"}
    assert states["whole"].write == pytest.approx(8 * rate)
    assert states["one server failed"].write == pytest.approx(8 * rate)
    assert states["one server failed"].read == pytest.approx(10 * rate)


@pytest.mark.parametrize(
    ("store", "changes", "message"),
    [
        (PARALLEL, {"servers": 10}, r"8\+3 puts 11 pieces on different servers, but there are 10"),
        (PARALLEL, {"level": "6"}, "needs a code such as 8\\+3 over servers, not RAID 6"),
        (PARALLEL, {"write_quorum": 7}, "write_quorum of 8\\+3 must be 8 to 11, not 7"),
        (PARALLEL, {"over": "disks", "write_quorum": 8}, "write_quorum, which is of a code over"),
        (PARALLEL, {"servers": 23, "groups": 2}, "can't split 23 servers into 2 equal groups"),
        (HDFS, {"datanodes": 8}, r"6\+3 puts 9 pieces on different datanodes, but there are 8"),
        (HDFS, {"replication": 3}, "either replicas or an erasure code, not both"),
        (HDFS, {"level": "6"}, "level"),
    ],
)
def test_codes_that_can_not_be_are_refused(
    store: dict[str, Any], changes: dict[str, Any], message: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=message):
        with_store(store, stacks, catalog, **changes)
