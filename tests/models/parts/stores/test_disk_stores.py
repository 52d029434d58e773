"""Stores of disks in a stack: local, behind a network, striped over servers; and all alike."""

import math
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalog.records import Catalog
from models.description.quantities import YEAR
from models.parts.facts import Facts
from models.parts.read_stack import read_stack

from ..asked import solved, store
from ..every_store import OF_DISKS, components_of, durability_of, speed_of, states_of, with_store

near = partial(pytest.approx, rel=1e-9, abs=0)


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
    assert alone["extra"].result().single_point
    assert not paired["extra"].result().single_point


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
    answer = solved(stack, catalog)
    names = {component.name for component in answer.components}
    assert {"extra", "extra namenode", "extra racks"} <= names
    assert not any(name.startswith("extra") for name in answer.workloads["train"].needs)
    stack_file = read_stack(stacks / "hadoop.yaml", catalog)
    needed = stack_file.solved.workloads["first"].needs
    assert {"lake", "lake namenode", "lake racks", "checkpoints metadata"} <= needed
    assert "staged" not in needed


def test_services_have_no_states_of_disks(stacks: Path, catalog: Catalog) -> None:
    assert states_of(with_store("s3", stacks, catalog), catalog) == {}
    assert states_of(with_store("nas", stacks, catalog), catalog) == {}
