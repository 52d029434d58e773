"""What a stack draws, what its electricity costs and what it emits."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.laws.facility_power import JOULES_PER_KWH
from models.parts import energy, node_power
from models.parts.facts import Facts
from models.parts.read_stack import change_stack, read_stack

from .asked import solved

PLAIN, AWS = "akiba-2017.yaml", "resnet50-imagenet-aws.yaml"
BILLED = {"pue": 1.5, "electricity": {"price": "0.10 USD/kWh", "carbon": "400 g/kWh"}}


def described(stacks: Path, catalog: Catalog, name: str, changes: dict[str, Any]) -> Stack:
    return change_stack(read_stack(stacks / name, catalog), changes, catalog).stack


def test_100_kw_of_computing_at_1_5_are_150_kw_on_the_bill(stacks: Path, catalog: Catalog) -> None:
    # 100 nodes of 988.2 W, two switches of 350 W, a server of 300 W with twelve drives of 15 W.
    changes = {
        "facility": BILLED,
        "network.switches": 2,
        "nodes.workers.count": 100,
        "nodes.workers.spares": 0,
        "nodes.workers.power": "988.2 W",
        "storage.checkpoints.disks": 12,
    }
    stack, facts = described(stacks, catalog, PLAIN, changes), Facts(catalog)
    computing = 100 * 988.2 + 2 * 350 + 300 + 12 * 15
    assert computing == 100e3
    assert energy.computing_power(stack, facts) == pytest.approx(computing, rel=1e-12)
    (line,) = energy.cost_lines(stack, facts)
    assert (line.quantity, line.unit) == (pytest.approx(150.0, rel=1e-12), "kW")
    assert line.hourly == pytest.approx(15.0, rel=1e-12)
    assert line in solved(stack, catalog).cost_lines


def test_a_node_draws_its_accelerators_and_their_share_of_the_host(
    stacks: Path, catalog: Catalog
) -> None:
    stack, facts = described(stacks, catalog, AWS, {}), Facts(catalog)
    a100 = catalog.accelerators["A100-SXM-40GB"].power
    host = catalog.power_draws["host-of-an-accelerator"].power
    drawn = node_power.node_power("trainers", stack.nodes["trainers"], stack, facts)
    assert a100 is not None
    assert drawn == 8 * (a100 + host)


def test_a_cloud_has_the_building_and_grid_of_its_region(stacks: Path, catalog: Catalog) -> None:
    stack, facts = described(stacks, catalog, AWS, {}), Facts(catalog)
    drawn = energy.draw(stack, facts)
    region = catalog.regions["aws", "us-east-1"]
    assert drawn.building == pytest.approx(drawn.computing * region.pue, rel=1e-12)
    assert drawn.carbon_intensity == catalog.grids[region.grid].carbon_intensity
    assert energy.cost_lines(stack, facts) == ()


def test_carbon_by_grid_or_by_hand(stacks: Path, catalog: Catalog) -> None:
    by_hand = described(stacks, catalog, PLAIN, {"facility": BILLED})
    assert energy.draw(by_hand, Facts(catalog)).carbon_intensity == pytest.approx(
        0.4 / JOULES_PER_KWH, rel=1e-12
    )
    electricity = {"pue": 1.2, "electricity": {"grid": "france"}}
    by_grid = described(stacks, catalog, PLAIN, {"facility": electricity})
    intensity = energy.draw(by_grid, Facts(catalog)).carbon_intensity
    assert intensity == catalog.grids["france"].carbon_intensity
    # Google's figures of 2024: a kWh emits 16.3 g in France.
    assert intensity == pytest.approx(0.0163 / JOULES_PER_KWH, rel=1e-12)


def test_nothing_is_billed_without_a_price(stacks: Path, catalog: Catalog) -> None:
    plain = described(stacks, catalog, PLAIN, {})
    assert energy.cost_lines(plain, Facts(catalog)) == ()
    assert energy.draw(plain, Facts(catalog)).carbon_intensity is None


def test_processors_are_servers_and_unknown_accelerators_are_asked_for(
    stacks: Path, catalog: Catalog
) -> None:
    facts = Facts(catalog)
    stack = described(stacks, catalog, AWS, {})
    processors = stack.nodes["trainers"].model_copy(update={"instance": "c5.18xlarge"})
    assert node_power.node_power("cpu", processors, stack, facts) == 500.0
    unknown = next(
        row
        for row in catalog.instances.values()
        if row.provider == "aws"
        and row.accelerator
        and catalog.accelerators[row.accelerator].power is None
    )
    group = stack.nodes["trainers"].model_copy(update={"instance": unknown.name})
    with pytest.raises(node_power.UnknownPower, match=r"nodes\.others\.power is required"):
        node_power.node_power("others", group, stack, facts)


def test_racks_bring_their_switches(stacks: Path, catalog: Catalog) -> None:
    building = {"racks": 20, "nodes_per_rack": 8}
    without = described(stacks, catalog, PLAIN, {"facility": building})
    with_two = described(stacks, catalog, PLAIN, {"facility": {**building, "rack_switches": 2}})
    more = energy.computing_power(with_two, Facts(catalog)) - energy.computing_power(
        without, Facts(catalog)
    )
    assert more == pytest.approx(17 * 2 * 350.0, rel=1e-9)


ARRAY = {"disk": "nvme-ssd", "disks": 4, "level": "5"}


@pytest.mark.parametrize(
    ("store", "drawn"),
    [
        # A drive draws 15 W, a server of disks 300 W without them.
        ({"kind": "raid", **ARRAY, "bandwidth": "1 GB/s"}, 300 + 4 * 15),
        ({"kind": "local", **ARRAY, "nodes": "workers"}, 130 * 4 * 15),
        ({"kind": "parallel", **ARRAY, "servers": 3, "bandwidth": "1 GB/s"}, 4 * 300 + 12 * 15),
        (
            {"kind": "hdfs", "disk": "nvme-ssd", "disks": 4, "datanodes": 5, "namenodes": 2,
             "bandwidth": "1 GB/s"},
            7 * 300 + 20 * 15,
        ),
        ({"kind": "nas", "size": "1 TB", "bandwidth": "1 GB/s"}, 0),
    ],
)  # fmt: skip
def test_stores_of_disks_draw_with_their_servers(
    store: dict[str, Any], drawn: float, stacks: Path, catalog: Catalog
) -> None:
    without = described(stacks, catalog, PLAIN, {})
    more = described(stacks, catalog, PLAIN, {"storage.extra": store})
    facts = Facts(catalog)
    difference = energy.computing_power(more, facts) - energy.computing_power(without, facts)
    assert difference == pytest.approx(drawn, abs=1e-6)
