"""What may be said of a building, and how nonsense is refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.description.facility import Facility
from models.parts.read_stack import change_stack, read_stack
from models.reading.faults import InvalidDescription


def read(text: str) -> Facility:
    return Facility.model_validate(yaml.safe_load(text))


def test_a_redundancy_is_short_for_units_that_have_it() -> None:
    short = read("power: {feeds: 2, ups: 2N, generators: N+1}\ncooling: N + 1")
    full = read(
        "power: {feeds: 2, ups: {redundancy: 2N}, generators: {redundancy: N+1}}\n"
        "cooling: {redundancy: N+1}"
    )
    assert short == full


def test_old_files_keep_their_meaning() -> None:
    assert read("power_feeds: 3").power_feeds == 3
    assert read("{}").power_feeds == 2
    assert read("{racks: 2, nodes_per_rack: 8}").power is None


def test_quantities_carry_their_units() -> None:
    facility = read(
        "pue: 1.4\n"
        "power: {feeds: 1, ups: {capacity: 50 kW, autonomy: 5 min}, generators: {fuel: 2 d}}\n"
        "electricity: {price: 120 USD/MWh, carbon: 380 g/kWh}"
    )
    assert facility.power is not None
    assert facility.power.ups is not None
    assert facility.power.generators is not None
    assert facility.electricity is not None
    assert (facility.power.ups.capacity, facility.power.ups.autonomy) == (50e3, 300)
    assert facility.power.generators.fuel == 172_800
    assert facility.electricity.price == pytest.approx(0.12 / 3.6e6, rel=1e-12)
    assert facility.electricity.carbon == pytest.approx(0.38 / 3.6e6, rel=1e-12)


# What is said of the building of 130 nodes, the path of the message, and what it says.
BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown redundancy": ({"cooling": "3M"}, "facility.cooling", "write N, N+1, 2N"),
    "2N of three": (
        {"power": {"feeds": 1, "ups": {"redundancy": "2N", "units": 3}}},
        "facility.power.ups",
        "units is 3; 2N takes 2, 4, 6",
    ),
    "feeds twice": (
        {"power_feeds": 2, "power": {"feeds": 2}},
        "facility",
        "either power_feeds or power",
    ),
    "no feeds": ({"power": {"ups": "2N"}}, "facility.power.feeds", "is required"),
    "a number for units": (
        {"power": {"feeds": 1, "ups": 4}},
        "facility.power.ups",
        "must be keys and values",
    ),
    "a misspelled key": (
        {"power": {"feeds": 1, "generator": "N"}},
        "facility.power.generator",
        "did you mean 'generators'",
    ),
    "a pue below one": ({"pue": 0.9}, "facility.pue", "must be at least 1"),
    "electricity without a pue": (
        {"electricity": {"price": "0.1 USD/kWh"}},
        "facility",
        "needs a pue",
    ),
    "a price without a unit": (
        {"pue": 1.4, "electricity": {"price": 0.1}},
        "facility.electricity.price",
        "needs a unit",
    ),
    "a price by the hour": (
        {"pue": 1.4, "electricity": {"price": "0.1 USD/h"}},
        "facility.electricity.price",
        "is a price by the hour, not a price of energy",
    ),
    "an unknown grid": (
        {"pue": 1.4, "electricity": {"grid": "germny"}},
        "facility.electricity.grid",
        "did you mean 'germany'",
    ),
    "carbon twice": (
        {"pue": 1.4, "electricity": {"grid": "germany", "carbon": "1 g/kWh"}},
        "facility.electricity",
        "not both",
    ),
    "switches of no racks": ({"rack_switches": 2}, "facility", "where the nodes are"),
    "a UPS that is too small": (
        {"power": {"feeds": 1, "ups": {"units": 2, "capacity": "10 kW"}}},
        "facility.power.ups.units",
        "2 units as N carry 2 x 10 kW, but the load is 690 kW; take 70",
    ),
    "cooling that is too small": (
        {"cooling": {"units": 2, "capacity": "10 kW"}},
        "facility.cooling.units",
        "2 units as N carry 2 x 10 kW",
    ),
    "generators that are too small": (
        {"pue": 1.4, "power": {"feeds": 1, "generators": {"units": 2, "capacity": "10 kW"}}},
        "facility.power.generators.units",
        "2 units as N carry 2 x 10 kW",
    ),
    "more units than can be": (
        {"cooling": {"capacity": "1 W"}},
        "facility",
        "more than 1,000",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_building_that_can_t_be_is_refused(case: str, stacks: Path, catalog: Catalog) -> None:
    building, path, says = BROKEN[case]
    stack_file = read_stack(stacks / "akiba-2017.yaml", catalog)
    with pytest.raises(InvalidDescription) as caught:
        change_stack(stack_file, {"facility": building}, catalog)
    message = str(caught.value)
    assert says in message
    assert path in message


def test_a_cloud_has_no_building(stacks: Path, catalog: Catalog) -> None:
    stack_file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    with pytest.raises(InvalidDescription, match="is only for on premises"):
        change_stack(stack_file, {"facility": {"cooling": "N+1"}}, catalog)
