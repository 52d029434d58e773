"""Described arrays, simulated: the laws lie in the intervals, and both engines agree."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.raid.array_answer import Losses
from models.raid.read_array import ReadArray, read_array
from models.raid.solve_array import solve
from sim.raid.simulate_array import EngineName, simulate

ARRAYS = Path(__file__).parents[3] / "arrays"
# Disks that fail often, so that a few thousand arrays say much.
TEXT = """
name: x
disk: {{capacity: 12 TB, mttf: 3000 h, unrecoverable_bit_error_rate: {errors}}}
array: {{level: '{level}', disks: {disks}, groups: {groups}}}
repair: {{mttr: 50 h, order: {order}}}
mission: 1 year
"""
CASES = [
    ("0", 3, 1, "serial", "0.0"),
    ("5", 4, 1, "serial", "0.0"),
    ("6", 6, 1, "serial", "0.0"),
    ("6", 6, 1, "parallel", "0.0"),
    ("10", 6, 1, "serial", "0.0"),
    ("01", 6, 1, "serial", "0.0"),
    ("50", 8, 2, "serial", "0.0"),
    ("5", 4, 1, "serial", "1.0e-15"),
    ("6", 6, 1, "serial", "1.0e-14"),
    ("6", 6, 1, "parallel", "1.0e-14"),
    ("1", 2, 1, "serial", "1.0e-14"),
]


def described(path: Path, catalog: Catalog, *case: object) -> ReadArray:
    level, disks, groups, order, errors = case
    text = TEXT.format(level=level, disks=disks, groups=groups, order=order, errors=errors)
    path.write_text(text, encoding="utf-8")
    return read_array(path, catalog)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_law_lies_in_the_interval(
    case: tuple[object, ...], tmp_path: Path, catalog: Catalog
) -> None:
    read = described(tmp_path / "x.yaml", catalog, *case)
    law = solve(read.description, read.disk, catalog).losses
    simulated = simulate(read.description, read.disk, seed=5, groups=20_000)
    assert law is not None
    assert simulated is not None
    assert law.method == "exact"
    for exact, run in (
        (law.loss_probability, simulated.loss_probability),
        (law.expected_losses, simulated.expected_losses),
    ):
        # 99.9 %, of some dozens of comparisons. After a loss the chain starts anew at once, and
        # the simulation when the disks are back: fewer losses by the time that this takes.
        half = (run.high - run.low) / 2 * 3.3 / 1.96 + 0.03 * exact.mean * exact.mean
        assert abs(run.mean - exact.mean) <= half


@pytest.mark.parametrize("case", [CASES[2], CASES[8], CASES[9]], ids=str)
def test_both_engines_see_the_same(
    case: tuple[object, ...], tmp_path: Path, catalog: Catalog
) -> None:
    read = described(tmp_path / "x.yaml", catalog, *case)

    def by(engine: EngineName) -> Losses:
        found = simulate(read.description, read.disk, seed=6, groups=200, engine=engine)
        assert found is not None
        return found

    compiled, reference = by("compiled"), by("simpy")
    assert compiled.expected_losses.mean > 0
    for key in ("loss_probability", "expected_losses", "from_failures", "from_reading"):
        assert getattr(compiled, key) == getattr(reference, key)


def test_hidden_defects_of_the_field(catalog: Catalog) -> None:
    # Nearly all is lost to defects, and some of seven or eight arrays lose data in ten years, as
    # Elerath and Pecht (2009) have it for these figures.
    read = read_array(ARRAYS / "ageing-disks.yaml", catalog)
    simulated = simulate(read.description, read.disk, seed=7, groups=50_000)
    assert simulated is not None
    assert simulated.from_defects is not None
    assert simulated.from_failures is not None
    assert simulated.from_defects.mean > 100 * simulated.from_failures.mean
    assert 0.11 < simulated.loss_probability.mean < 0.15


def test_what_is_not_asked_is_not_simulated(catalog: Catalog) -> None:
    read = read_array(ARRAYS / "disk-arm.yaml", catalog)
    assert simulate(read.description, read.disk) is None
