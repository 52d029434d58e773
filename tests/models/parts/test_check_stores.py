"""Stores that can't be are refused, with the line and what would be right."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

STACK = """\
name: stores
cloud: on-premises
nodes:
  workers: {instance: dgx-1-p100, count: 4}
  others: {instance: dgx-1-p100, count: 1}
storage:
  data:
    STORE
  shared: {kind: nas, size: 1 TB, bandwidth: 1 GB/s}
workloads:
  train:
    kind: training
    nodes: workers
    network: resnet-50
    dataset: {store: data, samples: 1281167, sample_size: 110 kB}
    epochs: 1
    batch: 64
    checkpoint: {store: shared}
"""
RAID = "{kind: raid, level: 6, disks: 8, disk: nvme-ssd, bandwidth: 1 GB/s}"
LOCAL = "{kind: local, nodes: workers, disks: 2, disk: textbook-ssd}"
SAN = "{kind: san, level: 6, disks: 8, disk: nvme-ssd, nodes: workers, link: ethernet-100g}"
PARALLEL = "{kind: parallel, servers: 4, level: 6, disks: 8, disk: nvme-ssd, bandwidth: 1 GB/s}"
HDFS = "{kind: hdfs, datanodes: 4, disks: 2, disk: nvme-ssd, bandwidth: 1 GB/s}"


def read(folder: Path, catalog: Catalog, store: str, *changes: tuple[str, str]) -> Stack:
    text = STACK.replace("STORE", store)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "stores.yaml"
    path.write_text(text, encoding="utf-8")
    return read_stack(path, catalog).stack


@pytest.mark.parametrize("store", [RAID, LOCAL, SAN, PARALLEL, HDFS])
def test_each_kind_is_read(store: str, tmp_path: Path, catalog: Catalog) -> None:
    assert read(tmp_path, catalog, store).storage["data"].kind in store


@pytest.mark.parametrize(
    ("level", "disks", "groups"),
    [("01", 8, 1), ("4", 3, 1), ("50", 6, 2), ("60", 8, 2), ("17+3", 20, 1), ("4+2", 12, 2)],
)
def test_every_level_and_code_is_read(
    level: str, disks: int, groups: int, tmp_path: Path, catalog: Catalog
) -> None:
    # Without quotes: 01 is no whole number of YAML 1.2.
    changes = ("level: 6, disks: 8", f"level: {level}, disks: {disks}, groups: {groups}")
    described = read(tmp_path, catalog, PARALLEL, changes).storage["data"]
    assert described.level == level  # type: ignore[union-attr]  # of the kinds, one was written


@pytest.mark.parametrize(
    ("store", "old", "new", "says"),
    [
        (RAID, "disks: 8", "disks: 2", "data.disks: RAID 6 needs 4 disks or more, not 2"),
        (RAID, "level: 6", "level: 10+2", "data.disks: 10+2 in 1 group needs 12 disks, not 8"),
        (RAID, "level: 6", "level: 60", "data.groups: RAID 60 needs 2 groups or more, not 1"),
        (
            RAID,
            "level: 6",
            "level: 6, groups: 2",
            "data.groups: RAID 6 has no groups, but 2 are given",
        ),
        (RAID, "level: 6", "level: 60, groups: 3", "RAID 60 in 3 groups needs 12 disks"),
        (RAID, "level: 6", "level: 6+0", "data.level: '6+0' is not known"),
        (RAID, "disk: nvme-ssd", "disk: nvme-sd", "data.disk: unknown disk 'nvme-sd'"),
        (RAID, "disk: nvme-ssd", "disk: nvme-sd", "did you mean 'nvme-ssd'?"),
        (RAID, "disks: 8", "disks: 8, rebuild: 0 %", "data.rebuild: must be more than 0"),
        (RAID, "disks: 8", "disks: 8, rebuild: 100 %", "data.rebuild: must be less than 100 %"),
        (RAID, "disks: 8", "disks: 8, mttf: 0 h", "data.mttf: must be more than 0"),
        (
            RAID,
            "disks: 8",
            "disks: 8, unrecoverable_bit_error_rate: 1.5",
            "data.unrecoverable_bit_error_rate: must be at most 1e-06",
        ),
        (
            RAID,
            "level: 6, disks: 8",
            "level: 10+190, disks: 200",
            "beyond what a double can hold",
        ),
        (LOCAL, "nodes: workers", "nodes: worker", "data.nodes: unknown node group 'worker'"),
        (RAID, "disks: 8", "disks: [8]", "data.disks: must be a whole number, not a list"),
        (RAID, "disks: 8", "disks: null", "data.disks: must be a whole number, not an empty value"),
        (RAID, "disk: nvme-ssd", "disk: {a: 1}", "data.disk: must be text, not keys and values"),
        (
            RAID,
            "disks: 8",
            "disks: 8, unrecoverable_bit_error_rate: -1",
            "must be at least 0, not '-1'",
        ),
        (
            PARALLEL,
            "servers: 4",
            "servers: 4, failover: 1",
            "data.failover: must be true or false, not '1'",
        ),
        (SAN, "ethernet-100g", "zz", " more"),
        (
            LOCAL,
            "local, nodes: workers",
            "local, nodes: others",
            "is attached to others, not to workers",
        ),
        (LOCAL, "disks: 2", "disks: 2, level: 1000+1", "'1000+1' is not known"),
        (
            SAN,
            "nodes: workers, link",
            "nodes: others, link",
            "is attached to others, not to workers",
        ),
        (SAN, "ethernet-100g", "ethernet-100", "did you mean 'ethernet-100g'?"),
        (PARALLEL, "servers: 4", "servers: 0", "data.servers: must be at least 1"),
        (
            PARALLEL,
            "servers: 4",
            "servers: 4, stripe_count: 5",
            "data: stripes files over 5 servers, but has 4",
        ),
        (
            PARALLEL,
            "servers: 4",
            "servers: 3, failover: true",
            "data: needs an even number of servers for failover, not 3",
        ),
        (
            PARALLEL,
            "servers: 4",
            "servers: 4, metadata_servers: 3",
            "data.metadata_servers: '3' is not known; one of 1, 2",
        ),
        (
            HDFS,
            "datanodes: 4",
            "datanodes: 4, replication: 5",
            "data: wants 5 replicas of each block on different datanodes, but has 4",
        ),
        (HDFS, "datanodes: 4", "datanodes: 4, racks: 5", "data: has 5 racks, but only 4 datanodes"),
        (HDFS, "datanodes: 4", "datanodes: 4, namenodes: 0", "'0' is not known; one of 1, 2"),
        (HDFS, "datanodes: 4", "datanode: 4", "did you mean 'datanodes'?"),
        (HDFS, "disk: nvme-ssd", "disk: floppy", "unknown disk 'floppy'"),
    ],
)
def test_nonsense_is_refused_with_its_line(
    store: str, old: str, new: str, says: str, tmp_path: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription) as refused:
        read(tmp_path, catalog, store, (old, new))
    lines = refused.value.lines()
    assert any(says in line for line in lines), lines
    assert all("stores.yaml:" in line for line in lines)


@pytest.mark.parametrize("store", [LOCAL, SAN])
def test_disks_of_an_unknown_group_are_one_fault(
    store: str, tmp_path: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription) as refused:
        read(tmp_path, catalog, store.replace("nodes: workers", "nodes: worker"))
    assert len(refused.value.faults) == 1


@pytest.mark.parametrize("store", [RAID, SAN, PARALLEL, HDFS])
def test_disks_are_only_named_on_premises(store: str, tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(InvalidDescription) as refused:
        read(tmp_path, catalog, store, ("on-premises", "aws\nregion: us-east-1"))
    kind = store.split(",")[0].removeprefix("{kind: ")
    says = f"storage.data.kind: '{kind}' is only for on premises; one of object, nas, block, local"
    assert any(says in line for line in refused.value.lines())


@pytest.mark.parametrize("store", [LOCAL, SAN])
def test_a_checkpoint_is_not_kept_where_one_node_alone_reads_it(
    store: str, tmp_path: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match="save to a store that the nodes share"):
        read(tmp_path, catalog, store, ("{store: shared}", "{store: data}"))
    # One node alone does no harm; a workload may be called checkpoint.
    read(tmp_path, catalog, store, ("{store: shared}", "{store: data}"), ("count: 4", "count: 1"))
    read(tmp_path, catalog, store, ("  train:", "  checkpoint:"))


def test_each_node_has_its_own_copy(tmp_path: Path, catalog: Catalog) -> None:
    # 1281167 samples of 1.7 MB are 2.18 TB; a node has two disks of 1 TB.
    larger = ("sample_size: 110 kB", "sample_size: 1.7 MB")
    with pytest.raises(InvalidDescription, match=r"data\.disks: holds 2 TB, but 2\.18 TB"):
        read(tmp_path, catalog, LOCAL, larger)
