"""What holds for every kind of part, and known answers of some."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalog.records import Catalog
from models.description.quantities import HOUR
from models.parts import node_group
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.read_stack import change_stack, read_stack

from .asked import solved, store
from .every_store import KINDS, with_store


# Disks in the nodes are read without their network, and volumes over a link of their own.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("local", "ebs", "pd")])
@settings(max_examples=20, deadline=None)
@given(clients=st.integers(1, 500), bandwidth=st.floats(1e6, 1e11))
def test_a_store_gives_nodes_no_more_than_they_can_take_and_no_less_to_more_of_them(
    kind: str, clients: int, bandwidth: float, stacks: Path, catalog: Catalog
) -> None:
    stack, facts = with_store(kind, stacks, catalog), Facts(catalog)
    few = store.speed(stack.storage["extra"], stack, facts, clients, bandwidth)
    more = store.speed(stack.storage["extra"], stack, facts, clients + 1, bandwidth)
    assert 0 < few.read <= clients * bandwidth * (1 + 1e-12)
    assert 0 < few.write <= clients * bandwidth * (1 + 1e-12)
    assert few.read <= more.read * (1 + 1e-12)
    assert few.requests > 0
    assert few.latency >= 0
    assert few.limit


@pytest.mark.parametrize("kind", KINDS)
def test_every_store_can_fail_and_says_why(kind: str, stacks: Path, catalog: Catalog) -> None:
    stack = with_store(kind, stacks, catalog)
    for part in store.components("extra", stack.storage["extra"], stack, Facts(catalog)):
        result = part.result()
        assert 0 < result.unavailability < 1
        assert part.mttf > part.mttr > 0
        assert result.block.source


@pytest.mark.parametrize("kind", [kind for kind, (name, _) in KINDS.items() if name != "akiba"])
def test_twice_the_size_costs_twice_as_much_or_a_step_more(
    kind: str, stacks: Path, catalog: Catalog
) -> None:
    def hourly(size: str) -> float:
        stack = with_store(kind, stacks, catalog, size=size)
        lines = store.cost_lines("extra", stack.storage["extra"], stack, Facts(catalog))
        assert lines
        assert all(line.source for line in lines)
        return sum(line.hourly for line in lines)

    assert hourly("48000 GiB") == pytest.approx(2 * hourly("24000 GiB"), rel=1e-9)


def test_four_clients_of_a_nas_of_1_gb_per_second_get_250_mb_per_second_each(
    stacks: Path, catalog: Catalog
) -> None:
    stack = with_store("nas", stacks, catalog)
    speed = store.speed(stack.storage["extra"], stack, Facts(catalog), 4, 10e9)
    assert speed.read / 4 == pytest.approx(250e6)


def test_bandwidth_of_block_volumes_sums_over_nodes(stacks: Path, catalog: Catalog) -> None:
    stack = with_store("ebs", stacks, catalog)
    one = store.speed(stack.storage["extra"], stack, Facts(catalog), 1, 10e9)
    four = store.speed(stack.storage["extra"], stack, Facts(catalog), 4, 10e9)
    assert four.read == pytest.approx(4 * one.read)


def test_a_volume_with_credits_runs_at_its_baseline_and_says_how_long_it_bursts(
    stacks: Path, catalog: Catalog
) -> None:
    # AWS, st1: 40 MiB/s a TiB, bursts of 250 MiB/s a TiB from a bucket of a TiB of credits a TiB:
    # 1 TiB / 210 MiB/s = 4,993 s = 1.39 h, however large the volume.
    stack = with_store("ebs", stacks, catalog, service="ebs-st1", size="1024 GiB")
    speed = store.speed(stack.storage["extra"], stack, Facts(catalog), 1, 10e9)
    assert speed.read == pytest.approx(40 * 2**20, rel=1e-4)
    assert speed.limit == "bandwidth of the store (262 MB/s for 1.39 h from full credits)"
    # From 12.5 TiB on the baseline is all there is.
    large = with_store("ebs", stacks, catalog, service="ebs-st1", size="16000 GiB")
    speed = store.speed(large.storage["extra"], large, Facts(catalog), 1, 10e9)
    assert speed.limit == "bandwidth of the store"


def test_a_parallel_file_system_grows_with_its_size_until_the_nodes_cap_it(
    stacks: Path, catalog: Catalog
) -> None:
    def read(size: str) -> float:
        stack = with_store("fsx", stacks, catalog, size=size)
        return store.speed(stack.storage["extra"], stack, Facts(catalog), 4, 1e9).read

    assert read("4800 GiB") == pytest.approx(2 * read("2400 GiB"))
    assert read("480000 GiB") == pytest.approx(4e9)


def test_100_gb_at_2_cents_cost_2_dollars_a_month(stacks: Path, catalog: Catalog) -> None:
    stack = with_store("gcs", stacks, catalog)
    (line,) = store.cost_lines("extra", stack.storage["extra"], stack, Facts(catalog))
    price = catalog.price("gcp", "gcs", "gcs-standard", "us-central1", "on_demand", "USD/GB-month")
    assert price.usd == 0.02
    assert line.hourly * 730 == pytest.approx(2.00, rel=1e-12)


def test_metered_cost_is_node_hours_times_the_unit_price(stacks: Path, catalog: Catalog) -> None:
    # 128 nodes for 15 minutes are 32 node-hours.
    stack_file = read_stack(stacks / "akiba-2017.yaml", catalog)
    stack = change_stack(stack_file, {"nodes.workers.spares": 0}, catalog).stack
    (line,) = node_group.cost_lines("workers", stack.nodes["workers"], stack, Facts(catalog))
    assert line.hourly * 0.25 == pytest.approx(32 * line.unit_price, rel=1e-12)
    assert round(line.hourly * 0.25, 2) == 320.00


def test_every_running_resource_of_a_cloud_costs_something(stacks: Path, catalog: Catalog) -> None:
    for name in ("resnet50-imagenet-aws.yaml", "resnet50-imagenet-gcp.yaml"):
        stack = read_stack(stacks / name, catalog).stack
        lines = [line for line in solved(stack, catalog).cost_lines if not line.per_run]
        assert {*stack.nodes, *stack.storage, "network"} <= {line.resource for line in lines}
        assert all(line.hourly > 0 for line in lines)


def test_spot_is_cheaper_and_each_names_the_other(stacks: Path, catalog: Catalog) -> None:
    stack_file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    demand, facts = stack_file.stack, Facts(catalog)
    spot = change_stack(stack_file, {"nodes.trainers.purchase": "spot"}, catalog).stack
    first = node_group.cost_lines("trainers", demand.nodes["trainers"], demand, facts)[0]
    second = node_group.cost_lines("trainers", spot.nodes["trainers"], spot, facts)[0]
    assert second.hourly < first.hourly
    assert first.alternative == pytest.approx(second.hourly)
    assert second.alternative == pytest.approx(first.hourly)


def test_causes_of_a_unit_add_their_rates_and_weigh_their_repairs() -> None:
    causes = (Cause("a", 100 * HOUR, HOUR), Cause("b", 300 * HOUR, 5 * HOUR))
    part = Component("part", 1, 1, causes, True, "test")
    assert part.mttf == pytest.approx(75 * HOUR)
    assert part.mttr == pytest.approx((0.75 * 1 + 0.25 * 5) * HOUR)


def test_work_is_interrupted_by_units_in_use_but_not_by_idle_spares() -> None:
    def rate(units: int, carries_work: bool) -> float:
        part = Component("p", 4, units, (Cause("f", 100 * HOUR, HOUR),), carries_work, "test")
        return part.interruption_rate() * 100 * HOUR

    assert rate(4, True) == pytest.approx(4)
    assert rate(6, True) == pytest.approx(4)
    # Redundant units that carry no work interrupt only when one too many is lost:
    # 5 of which 4 are needed: 4 x P(exactly 4 work).
    away = 1 / 101
    assert rate(5, False) == pytest.approx(4 * 5 * away * (1 - away) ** 4, rel=1e-9)


def test_every_figure_that_was_looked_up_is_a_source(stacks: Path, catalog: Catalog) -> None:
    sources = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog).solved.sources
    figures = " ".join(source.figure for source in sources)
    for name in ("p4d.24xlarge", "s3-standard", "fsx-lustre-scratch-2", "21.9576 USD/h"):
        assert name in figures
    assert all(source.date and source.source for source in sources)
