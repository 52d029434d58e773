"""What a node is expected to do when it is measured: the catalog's own measurements of it."""

import csv
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.measurable import MATRIX, REDUCED, measurable_of_nodes
from models.parts.read_stack import read_stack
from models.prediction.expected import Expected, Measure

ROOT = Path(__file__).parents[3]
TABLES = ROOT / "models" / "catalog" / "tables"


def _rows(table: str) -> list[dict[str, str]]:
    with (TABLES / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _expected(
    stacks: Path, catalog: Catalog, **changes: object
) -> dict[tuple[str, Measure], Expected]:
    changed = {path.replace("__", "."): value for path, value in changes.items()}
    solved = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog, changed).solved
    return {(one.of, one.measure): one for one in measurable_of_nodes(solved.site, solved.uses)}


def test_a_point_of_the_grid_is_what_was_measured_there(stacks: Path, catalog: Catalog) -> None:
    (row,) = (
        one
        for one in _rows("matrix_rates")
        if (one["accelerator"], one["precision"]) == ("H100-SXM-80GB", "bf16")
    )
    m, n, k = ([int(cell) for cell in row[axis].split()] for axis in "mnk")
    rates = [float(cell) for cell in row["tflops"].split()]
    place = (m.index(MATRIX) * len(n) + n.index(MATRIX)) * len(k) + k.index(MATRIX)
    found = _expected(stacks, catalog, nodes__trainers__instance="p5.48xlarge")
    rate = found["trainers", Measure.MATRIX_RATE]
    assert rate.mean == pytest.approx(rates[place] * 1e12)


def test_a_sum_over_a_node_takes_what_was_measured(stacks: Path, catalog: Catalog) -> None:
    (row,) = (
        one
        for one in _rows("collective_times")
        if (one["accelerator"], one["operation"], one["members"])
        == ("H100-SXM-80GB", "all_reduce", "8")
    )
    sizes = [int(cell) for cell in row["bytes"].split()]
    times = [float(cell) for cell in row["microseconds"].split()]
    found = _expected(stacks, catalog, nodes__trainers__instance="p5.48xlarge")
    time = found["trainers", Measure.ALL_REDUCE_TIME]
    assert time.mean == pytest.approx(times[sizes.index(REDUCED)] * 1e-6)


def test_what_another_was_measured_for_is_known_no_better_than_its_peak(
    stacks: Path, catalog: Catalog
) -> None:
    found = _expected(
        stacks, catalog, nodes__trainers__instance="p3.16xlarge", workloads__train__batch=128
    )
    rate = found["trainers", Measure.MATRIX_RATE]
    # V100 has 125 TFLOP/s in fp16 (NVIDIA's data sheet), no bf16, and no grid of its own.
    assert (rate.low, rate.high) == (0, 125e12)
    bandwidth = found["trainers", Measure.MEMORY_BANDWIDTH]
    assert (bandwidth.low, bandwidth.mean) == (0, 900e9)


def test_a_store_is_as_fast_as_one_node_finds_it(stacks: Path, catalog: Catalog) -> None:
    # FSx for Lustre, scratch 2: 200 MB/s a TiB read and 100 written; 1.2 TiB.
    found = _expected(stacks, catalog)
    one, four = (
        found["checkpoints", Measure.READ_RATE],
        _expected(stacks, catalog, nodes__trainers__count=8)["checkpoints", Measure.READ_RATE],
    )
    assert one == four  # whatever the group counts
