"""MapReduce and Spark in the terminal and on a page."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, read_stack
from models.prediction import Prediction
from models.prediction.batch_answer import BatchPrediction
from reports.batch_figures import occupancy
from reports.palette import STEP
from reports.workloads import batch as report
from sim.predict import predict


@pytest.fixture(scope="module")
def shipped(catalog: Catalog, stacks: Path) -> StackFile:
    return read_stack(stacks / "emr-spark.yaml", catalog)


@pytest.fixture(scope="module")
def prediction(shipped: StackFile, catalog: Catalog) -> Prediction:
    return predict(shipped, catalog, replications=4, jobs=1)


@pytest.fixture(scope="module")
def one(prediction: Prediction) -> BatchPrediction:
    [found] = prediction.workloads
    assert isinstance(found, BatchPrediction)
    return found


def cells(table: report.Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_the_terminal_says_how_fast_and_what_holds_it_back(
    one: BatchPrediction, shipped: StackFile
) -> None:
    said = dict(report.lines(one, shipped.stack.workloads["cluster"]))
    assert said["Batch"] == "Spark, 3 stages, 10 iterations, 11,201 tasks"
    assert said["Containers"].startswith("160 side by side: 20 on each of 4 nodes of core")
    assert said["By the law"].endswith("bounds of list scheduling (Graham), uninterrupted")
    assert "6 waves of tasks of 25 s, set by compute" in said["Slowest"]
    assert "no block is lost with 2 core nodes, nor with any number of task nodes" in said["HDFS"]
    assert said["Read"] == "assign: 8 GB in 10 iterations, 100 % of it kept in memory"
    assert said["Shuffled"].startswith("assign: 5.94 GB in 7,349,888 pairs an iteration")
    assert "Spilled" not in said  # nothing is


def test_a_table_has_a_row_for_each_stage(one: BatchPrediction) -> None:
    rows = cells(report.stages(one))
    assert [row[0] for row in rows] == ["assign", "update", "save"]
    assert rows[0][1] == "10 \N{MULTIPLICATION SIGN} 960"
    moved = {row[0]: row for row in cells(report.moved(one))}
    # Read once in ten iterations, as it fits in memory; pairs of 16,000 keys from 960 tasks.
    assert moved["assign"][1] == "8 GB"
    assert moved["assign"][2] == "100 %"
    pairs = int(moved["assign"][4].replace(",", ""))
    assert 0 < pairs < 10_000_000


def test_a_page_shows_the_cluster_beside_what_its_stages_hold(
    one: BatchPrediction, shipped: StackFile
) -> None:
    rows = report.performance(one, shipped.stack.workloads["cluster"], "key")
    picture, table = rows[0]
    assert isinstance(picture, report.Picture)
    assert "containers in use" in picture.drawing
    assert isinstance(table, report.Table)
    assert [row[0].text for row in table.rows] == [
        "Containers", "Busy", "Local data", "Copies", "HDFS", "Failures",
    ]  # fmt: skip


def test_containers_in_use_are_no_more_than_there_are(one: BatchPrediction) -> None:
    assert one.steps is not None
    used = [sum(column) for column in zip(*one.steps.in_use, strict=True)]
    assert max(used) <= one.steps.containers == 160
    assert used[-1] == 0


def test_stages_are_drawn_in_the_colours_of_their_key(one: BatchPrediction) -> None:
    drawing = occupancy(one, "drawn")
    for colour in list(STEP.values())[: len(one.stages)]:
        assert drawing.count(f"fill: {colour}") == 2, "one in the key, one in the chart"
    assert "opacity" not in drawing
