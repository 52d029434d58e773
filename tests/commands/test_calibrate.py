"""windtunnel calibrate: from a file of measured steps, or a clear refusal."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.catalog.errors import CatalogError
from models.catalog.load import load_catalog
from models.catalog.operators import Regime
from windtunnel import app

STEPS = Path(__file__).parents[2] / "benchmarks" / "measured" / "transformer_steps.csv"


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """The header and the four steps of ZeRO stage 3."""
    lines = STEPS.read_text(encoding="utf-8").splitlines()
    kept = [lines[0], *(line for line in lines if line.startswith("deepspeed-zero3"))]
    path = tmp_path / "steps.csv"
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path


def test_it_fits_and_writes_the_tables(few: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    asked = ["calibrate", str(few), "--write", str(folder), "--date", "2021-08-23"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert "deepspeed, ampere, deepspeed-zero3" in result.output
    calibrations = (folder / "step_calibrations.csv").read_text(encoding="utf-8")
    assert calibrations.splitlines()[1].startswith("deepspeed,ampere,")
    assert "2021-08-23" in calibrations


def test_what_it_writes_lies_over_the_shipped_tables(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, folder = load_catalog(), tmp_path / "tables"
    few.write_text(few.read_text(encoding="utf-8").replace(",deepspeed,", ",pytorch,"))
    asked = ["calibrate", str(few), "--write", str(folder), "--date", "2021-08-23"]
    result = CliRunner().invoke(app, asked)
    assert f"WINDTUNNEL_STEPS={folder} windtunnel predict" in result.output.replace("\n", "")
    monkeypatch.setenv("WINDTUNNEL_STEPS", str(folder))
    own = load_catalog()
    assert own.step_calibrations["pytorch", "ampere"].note == "fitted to 4 steps: deepspeed-zero3"
    assert own.step_errors["pytorch", Regime.INTERPOLATED].rows == 4
    for name in ("pytorch", "hopper"), ("nemo", "hopper"):
        assert own.step_calibrations[name] == shipped.step_calibrations[name]
    assert own.digest != shipped.digest


def test_a_folder_that_is_named_has_tables_or_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINDTUNNEL_STEPS", str(tmp_path / "nowhere"))
    with pytest.raises(CatalogError, match=r"nowhere has no step_calibrations.csv or step_errors"):
        load_catalog()
    monkeypatch.setenv("WINDTUNNEL_STEPS", "")
    assert load_catalog().step_calibrations


def test_steps_that_are_off_by_far_are_named(few: Path) -> None:
    lines = few.read_text(encoding="utf-8").splitlines()
    columns = lines[0].split(",")
    cells = lines[1].split(",")
    place = columns.index("seconds")
    cells[place] = str(100 * float(cells[place]))
    few.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["calibrate", str(few)])
    assert result.exit_code == 0
    assert "times as long as" in result.output
    assert "`seconds`" in result.output


def test_all_columns_that_are_missing_are_told_at_once(few: Path) -> None:
    text = few.read_text(encoding="utf-8").replace("hidden,heads", "hiden,heads")
    few.write_text(text.replace("seconds", "time"), encoding="utf-8")
    said = refused(few).replace("\n", "")
    assert "has no column hidden and seconds" in said
    assert "knows no column hiden and time" in said


def refused(path: Path, *more: str) -> str:
    result = CliRunner().invoke(app, ["calibrate", str(path), *more])
    assert result.exit_code == 2, result.output
    return result.output


def test_a_name_that_nobody_knows_is_refused_with_the_nearest(few: Path) -> None:
    few.write_text(few.read_text(encoding="utf-8").replace(",deepspeed,", ",deepsped,"))
    said = refused(few)
    assert "steps.csv" in said
    assert "deepspeed" in said


def test_a_layout_that_takes_other_accelerators_is_refused(few: Path) -> None:
    few.write_text(few.read_text(encoding="utf-8").replace(",384,96,", ",385,96,"))
    assert "is not what the layout takes" in refused(few)


def test_a_date_is_asked_for_what_is_written(few: Path, tmp_path: Path) -> None:
    assert "--date" in refused(few, "--write", str(tmp_path))
    assert "is not a date" in refused(few, "--date", "soon")
