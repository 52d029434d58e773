"""Stores of disks: known answers, and what holds for all of them."""

import math
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalog.records import Catalog
from models.parts import store, whole
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.speed import StoreSpeed, StoreState
from models.prediction import StoreDurability
from models.quantities import HOUR, YEAR
from models.read import change_stack, read_stack
from models.stack import Stack

from .stores import OF_DISKS, with_store

near = partial(pytest.approx, rel=1e-9, abs=0)


def speed_of(stack: Stack, catalog: Catalog, clients: int, bandwidth: float) -> StoreSpeed:
    return store.speed(stack.storage["extra"], stack, Facts(catalog), clients, bandwidth)


def states_of(
    stack: Stack, catalog: Catalog, clients: int = 128, bandwidth: float = 1e12
) -> dict[str, StoreState]:
    described = stack.storage["extra"]
    found = store.states(described, stack, Facts(catalog), clients, bandwidth)
    return {state.name: state for state in found}


def components_of(stack: Stack, catalog: Catalog) -> dict[str, Component]:
    found = store.components("extra", stack.storage["extra"], stack, Facts(catalog))
    return {component.name: component for component in found}


def durability_of(stack: Stack, catalog: Catalog) -> StoreDurability:
    found = store.durability("extra", stack.storage["extra"], stack, Facts(catalog))
    assert found is not None
    return found


NODES_WITH_A_DISK = """\
name: das
cloud: on-premises
nodes:
  workers: {instance: dgx-1-p100, count: 4}
storage:
  scratch: {kind: local, nodes: workers, disks: 1, disk: textbook-ssd}
  shared: {kind: nas, size: 1 TB, bandwidth: 1 GB/s}
workloads:
  train:
    kind: training
    nodes: workers
    network: resnet-50
    dataset: {store: scratch, samples: 1281167, sample_size: 110 kB}
    epochs: 1
    batch: 64
    checkpoint: {store: shared}
"""


def test_four_nodes_with_a_disk_of_500_mb_per_second_read_2000(
    tmp_path: Path, catalog: Catalog
) -> None:
    path = tmp_path / "das.yaml"
    path.write_text(NODES_WITH_A_DISK, encoding="utf-8")
    stack = read_stack(path, catalog).stack
    # However slow the network of the nodes is: there is none in between.
    speed = store.speed(stack.storage["scratch"], stack, Facts(catalog), 4, 1e3)
    assert speed.read == near(2000e6)
    assert speed.limit == "1 disk in each of 4 nodes"


@pytest.mark.parametrize(
    ("level", "groups", "disks"),
    [("0", 1, 8), ("10", 1, 4), ("01", 1, 4), ("4", 1, 7), ("5", 1, 7), ("6", 1, 6),
     ("50", 2, 6), ("60", 2, 4), ("7+1", 1, 7), ("2+2", 2, 4)],
)  # fmt: skip
def test_usable_disks_of_eight(
    level: str, groups: int, disks: int, stacks: Path, catalog: Catalog
) -> None:
    # Patterson, Gibson and Katz (1988), tables II to VI, of 1 TB each.
    stack = with_store("raid", stacks, catalog, level=level, groups=groups, disk="textbook-hdd")
    assert store.usable_size(stack.storage["extra"], stack, Facts(catalog)) == near(disks * 1e12)


def test_an_array_is_lost_as_its_exact_chain_says(stacks: Path, catalog: Catalog) -> None:
    # RAID 5 of 8 disks, MTTF 1,000,000 h, MTTR 24 h: ((2n - 1) la + mu) / (n (n - 1) la^2);
    # the textbook's mttf^2 / (n (n - 1) mttr) is 7.44e8 h, for RAID 6 5.17e12 h.
    raid_5 = with_store("raid", stacks, catalog, level=5, disk="textbook-hdd")
    (part,) = components_of(raid_5, catalog).values()
    causes = {cause.name: cause for cause in part.causes}
    assert causes["data loss"].mttf / HOUR == near(744315476.1904762)
    assert causes["data loss"].mttr / HOUR == near(24)
    assert causes["data loss"].mttf / HOUR == pytest.approx(7.44e8, rel=1e-3)
    raid_6 = with_store("raid", stacks, catalog, level=6, disk="textbook-hdd")
    (part,) = components_of(raid_6, catalog).values()
    causes = {cause.name: cause for cause in part.causes}
    assert causes["data loss"].mttf / HOUR == pytest.approx(5.17e12, rel=1e-3)


def test_bits_that_cannot_be_read_lose_sectors_and_not_the_array(
    stacks: Path, catalog: Catalog
) -> None:
    stack = with_store("raid", stacks, catalog, level=5, disk="textbook-hdd")
    durable, (part,) = durability_of(stack, catalog), components_of(stack, catalog).values()
    # RAID 5: (n la + (n-1) la + mu) / (n la ((n-1) la + mu h)), h = 1 - (1 - UBER)^(8 C (n-1)).
    failing, mending = 1 / 1e6, 1 / 24
    unreadable = -math.expm1(8 * 7e12 * math.log1p(-1e-14))
    mttdl = (15 * failing + mending) / (8 * failing * (7 * failing + mending * unreadable))
    assert durable.mttdl is not None
    assert durable.mttdl / HOUR == near(mttdl)
    assert durable.mttdl < part.causes[1].mttf
    assert durable.capacity == near(7e12)
    assert durable.method == "exact"
    assert "1e-14 a bit" in durable.law
    assert "serial repair" in durable.law
    # A sector is little against an array.
    assert durable.normalized_loss < 1e-3 * durable.loss_probability


def test_a_rebuild_that_takes_longer_than_the_catalog_s_day_counts(
    stacks: Path, catalog: Catalog
) -> None:
    # 16 TB at 261 MB/s, 30 % of it for the rebuild.
    slow = states_of(with_store("raid", stacks, catalog, disk="nearline-hdd"), catalog)
    assert set(slow) == {"whole", "rebuilding"}
    assert slow["rebuilding"].duration == near(16e12 / (261e6 * 0.3))
    # 6.4 TB at 2.4 GB/s: what is left of the day is waiting.
    quick = states_of(with_store("raid", stacks, catalog), catalog)
    assert quick["rebuilding"].duration == near(6.4e12 / (2.4e9 * 0.3))
    waiting = quick["one disk failed"].duration
    assert waiting + quick["rebuilding"].duration == near(24 * HOUR)
    own = with_store("raid", stacks, catalog, replacement="2 h", rebuild="50 %")
    assert states_of(own, catalog)["one disk failed"].duration == near(2 * HOUR)
    assert states_of(own, catalog)["rebuilding"].duration == near(6.4e12 / (2.4e9 * 0.5))
    spare = with_store("raid", stacks, catalog, replacement="0 s")
    assert set(states_of(spare, catalog)) == {"whole", "rebuilding"}


def test_a_failed_disk_halves_the_small_reads_of_raid_5_and_a_rebuild_takes_its_share(
    stacks: Path, catalog: Catalog
) -> None:
    # Muntz and Lui (1990): N R / 2; whole stripes stay as fast.
    stack = with_store("raid", stacks, catalog, level=5, bandwidth="900 GB/s")
    found = states_of(stack, catalog)
    normal, failed, rebuilding = (
        found[name].speed for name in ("whole", "one disk failed", "rebuilding")
    )
    assert normal.requests == near(8 * 840e3)
    assert failed.requests == near(8 * 840e3 / 2)
    assert failed.read == normal.read == near(7 * 3.5e9)
    assert rebuilding.read == near(0.7 * 7 * 3.5e9)
    assert rebuilding.write == near(0.7 * 7 * 2.4e9)
    assert rebuilding.requests == near(0.7 * 8 * 840e3 / 2)


def test_shares_of_time_are_those_of_independent_disks(stacks: Path, catalog: Catalog) -> None:
    found = states_of(with_store("raid", stacks, catalog, level=5), catalog)
    away = 24 / (2e6 + 24)
    assert found["whole"].share == near((1 - away) ** 8)
    one = sum(state.share for name, state in found.items() if name != "whole")
    assert one == near(8 * away * (1 - away) ** 7)


def test_raid_0_with_a_failed_disk_gives_nothing(stacks: Path, catalog: Catalog) -> None:
    found = states_of(with_store("raid", stacks, catalog, level=0), catalog)
    assert set(found) == {"whole", "one disk failed"}
    lost = found["one disk failed"].speed
    assert (lost.read, lost.write, lost.requests) == (0, 0, 0)


def test_a_storage_network_adds_its_hop_and_shares_its_link(stacks: Path, catalog: Catalog) -> None:
    speed = speed_of(with_store("san", stacks, catalog), catalog, 128, 1e12)
    direct = speed_of(with_store("raid", stacks, catalog, disk="nearline-hdd"), catalog, 1, 1e12)
    link = catalog.links["ethernet-100g"]
    assert speed.latency == near(direct.latency + link.latency)
    assert speed.read == near(7 * 261e6)
    narrow = with_store("san", stacks, catalog, link="ethernet-10g")
    assert speed_of(narrow, catalog, 128, 1e12).read == near(
        catalog.links["ethernet-10g"].bandwidth
    )
    # One volume for each of 128 nodes.
    described = narrow.storage["extra"]
    assert store.usable_size(described, narrow, Facts(catalog)) == near(7 * 16e12 / 128)


def test_servers_add_until_the_cards_of_the_nodes_cap_them(stacks: Path, catalog: Catalog) -> None:
    def read(servers: int, clients: int, bandwidth: float, **changes: object) -> float:
        stack = with_store("parallel", stacks, catalog, servers=servers, **changes)
        return speed_of(stack, catalog, clients, bandwidth).read

    # A server gives the 1 GB/s of its link; its disks could give 8 x 261 MB/s.
    assert read(1, 100, 1e9) == near(1e9)
    assert read(16, 100, 1e9) == near(16e9)
    assert read(16, 4, 1e9) == near(4e9)
    # A node that reads files of two servers gets no more than those have.
    assert read(16, 1, 25e9, stripe_count=2) == near(2e9)
    assert read(16, 100, 25e9, stripe_count=2) == near(16e9)


def test_a_parallel_file_system_needs_all_servers_or_one_of_each_pair(
    stacks: Path, catalog: Catalog
) -> None:
    server = catalog.failure_rates["storage-server"]
    away = server.mttr / (server.mttf + server.mttr)
    alone = components_of(with_store("parallel", stacks, catalog), catalog)
    assert alone["extra"].result().unavailability == pytest.approx(1 - (1 - away) ** 4, rel=1e-6)
    assert alone["extra metadata"].result().unavailability == near(away)
    pairs = with_store("parallel", stacks, catalog, failover=True, metadata_servers=2)
    paired = components_of(pairs, catalog)
    assert paired["extra"].units == 2
    cause = paired["extra"].causes[0]
    assert cause.mttr / (cause.mttf + cause.mttr) == near(away**2)
    assert paired["extra metadata"].result().unavailability == near(away**2)


def test_servers_lose_data_each_by_itself(stacks: Path, catalog: Catalog) -> None:
    one = durability_of(with_store("parallel", stacks, catalog, servers=1), catalog)
    many = durability_of(with_store("parallel", stacks, catalog, servers=100), catalog)
    assert many.capacity == near(100 * one.capacity)
    assert many.expected_loss == near(100 * one.expected_loss)
    assert many.loss_probability == near(-math.expm1(100 * math.log1p(-one.loss_probability)))
    assert many.law.startswith("100 arrays of 8+2 disks")
    assert (one.method, many.method) == ("exact", "approximation")


def test_local_disks_are_lost_with_their_node(stacks: Path, catalog: Catalog) -> None:
    stack = with_store("local", stacks, catalog, disks=1)
    durable = durability_of(stack, catalog)
    # Exponential times: a node of 128 or the disk in it, whichever is first.
    node = catalog.failure_rates["gpu-node"].mttf, catalog.failure_rates["nic"].mttf
    rate = sum(1 / mttf for mttf in (*node, catalog.disks["textbook-ssd"].mttf))
    assert durable.mttdl == near(1 / (128 * rate))
    assert durable.loss_probability == near(-math.expm1(-128 * rate * YEAR))
    assert durable.expected_loss == near(128 * rate * YEAR * 1e12)
    assert "stage data from elsewhere" in durable.law


def test_a_lost_local_disk_interrupts_and_a_spare_node_takes_over(
    stacks: Path, catalog: Catalog
) -> None:
    (part,) = components_of(with_store("local", stacks, catalog), catalog).values()
    assert (part.required, part.units) == (128, 130)
    assert part.interruption_rate() == near(128 * 2 / catalog.disks["textbook-ssd"].mttf)


@pytest.mark.parametrize("kind", OF_DISKS)
@settings(max_examples=20, deadline=None)
@given(clients=st.integers(1, 500), bandwidth=st.floats(1e6, 1e11))
def test_no_state_is_faster_than_the_whole_store(
    kind: str, clients: int, bandwidth: float, stacks: Path, catalog: Catalog
) -> None:
    stack = with_store(kind, stacks, catalog)
    found = states_of(stack, catalog, clients, bandwidth)
    assert found["whole"].speed == speed_of(stack, catalog, clients, bandwidth)
    assert found["whole"].duration == 0
    for state in found.values():
        assert 0 <= state.speed.read <= found["whole"].speed.read
        assert 0 <= state.speed.write <= found["whole"].speed.write
        assert 0 <= state.speed.requests <= found["whole"].speed.requests
    assert 0.9 < math.fsum(state.share for state in found.values()) <= 1
    described = stack.storage["extra"]
    rows = store.degraded("extra", described, stack, Facts(catalog), clients, bandwidth)
    assert [row.state for row in rows] == list(found)
    assert [row.read for row in rows] == [state.speed.read for state in found.values()]


@pytest.mark.parametrize("kind", OF_DISKS)
def test_expected_bytes_are_of_the_bytes_that_there_are(
    kind: str, stacks: Path, catalog: Catalog
) -> None:
    durable = durability_of(with_store(kind, stacks, catalog), catalog)
    assert 0 < durable.loss_probability <= 1
    assert durable.expected_loss > 0
    assert durable.mttdl is not None
    assert durable.mttdl > 0


def test_a_workload_needs_all_parts_of_its_own_stores_alone(stacks: Path, catalog: Catalog) -> None:
    stack = with_store("hdfs", stacks, catalog)
    facts = Facts(catalog)
    names = {component.name for component in whole.components(stack, facts)}
    assert {"extra", "extra namenode", "extra racks"} <= names
    assert not any(name.startswith("extra") for name in whole.needs("train", stack, facts))
    stack_file = read_stack(stacks / "hadoop.yaml", catalog)
    needed = whole.needs("first", stack_file.stack, facts)
    assert {"lake", "lake namenode", "lake racks", "checkpoints metadata"} <= needed
    assert "staged" not in needed


def test_services_have_no_states_of_disks(stacks: Path, catalog: Catalog) -> None:
    assert states_of(with_store("s3", stacks, catalog), catalog) == {}
    assert states_of(with_store("nas", stacks, catalog), catalog) == {}


def test_own_repair_times_lengthen_the_absence_of_a_disk(stacks: Path, catalog: Catalog) -> None:
    stack_file = read_stack(stacks / "akiba-2017.yaml", catalog)
    changes = {"failure_rates": {"disk-replacement": {"mttr": "10 d"}}}
    stack = change_stack(stack_file, changes, catalog).stack
    described = stack.storage["checkpoints"]
    found = store.states(described, stack, Facts(catalog, stack.failure_rates), 1, 1e9)
    assert sum(state.duration for state in found) == near(10 * 24 * HOUR)
