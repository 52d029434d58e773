"""A calibration of one's own starts from what the catalog knows of the software."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from models.calibration.calibrate import refit
from models.calibration.measured_steps import read_steps
from models.catalog.operator_tables import serving_calibration
from models.catalog.records import Catalog

STEPS = Path(__file__).parents[3] / "benchmarks" / "measured" / "transformer_steps.csv"


def test_steps_as_predicted_change_nothing(catalog: Catalog, tmp_path: Path) -> None:
    lines = STEPS.read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line.startswith("torchtitan-2024")]
    mine = [
        line.replace("A100-SXM-80GB", "L40S").replace("torchtitan-2024", "own") for line in found
    ]
    path = tmp_path / "own.csv"
    path.write_text("\n".join([lines[0], *mine]) + "\n", encoding="utf-8")
    steps = read_steps(path, catalog)
    served = serving_calibration(catalog, "pytorch", catalog.accelerators["L40S"])
    assert served is not None
    known = served.calibration
    exact = [replace(step, seconds=step.predicted(known)) for step in steps]
    (fitted,) = refit(exact, catalog, known=True)
    for each in fields(known):
        value = getattr(known, each.name)
        assert getattr(fitted.calibration, each.name) == pytest.approx(value, rel=0.02)
    (anew,) = refit(exact, catalog)
    assert anew.calibration.attention > 1.5 * known.attention  # nothing is known of its kernel
