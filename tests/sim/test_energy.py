"""Energy and carbon of a run against power times time."""

from pathlib import Path

import numpy as np
import pytest

from models.catalog.records import Catalog
from models.description.quantities import HOUR, YEAR
from models.parts.read_stack import change_stack, read_stack
from sim.energy import energy_prediction

KWH = 3.6e6


def test_150_kw_for_two_hours_are_300_kwh(stacks: Path, catalog: Catalog) -> None:
    changes = {
        "facility": {"pue": 1.5, "electricity": {"carbon": "400 g/kWh"}},
        "nodes.workers.count": 100,
        "nodes.workers.spares": 0,
        "nodes.workers.power": "988.2 W",
    }
    stack_file = read_stack(stacks / "akiba-2017.yaml", catalog)
    stack = change_stack(stack_file, changes, catalog).solved
    known = energy_prediction(stack, np.array([HOUR, 3 * HOUR]))
    assert known is not None
    assert known.run.mean.mean / KWH == pytest.approx(300, rel=1e-12)
    assert known.run_carbon == pytest.approx(120, rel=1e-12)
    assert known.yearly == pytest.approx(150e3 * YEAR, rel=1e-12)
    assert known.yearly_carbon == pytest.approx(150 * 8760 * 0.4, rel=1e-12)


def test_a_cloud_emits_what_its_region_s_grid_does(stacks: Path, catalog: Catalog) -> None:
    stack = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog).solved
    known = energy_prediction(stack, np.array([HOUR, HOUR]))
    assert known is not None
    region = catalog.regions["aws", "us-east-1"]
    assert known.building == pytest.approx(region.pue * known.computing, rel=1e-12)
    intensity = catalog.grids[region.grid].carbon_intensity
    assert known.run_carbon == pytest.approx(known.building * HOUR * intensity, rel=1e-12)


def test_a_building_of_unknown_effectiveness_is_not_guessed(stacks: Path, catalog: Catalog) -> None:
    stack = read_stack(stacks / "akiba-2017.yaml", catalog).solved
    assert energy_prediction(stack, np.array([HOUR, HOUR])) is None


def test_what_managed_services_draw_is_not_known(stacks: Path, catalog: Catalog) -> None:
    stack_file = read_stack(stacks / "lambda-endpoint.yaml", catalog)
    assert energy_prediction(stack_file.solved, np.array([HOUR, HOUR])) is None
