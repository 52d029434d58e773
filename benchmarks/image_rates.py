"""Measured rates of ResNet-50 beside predicted ones, as the benchmark of fidelity prints them."""

import csv
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.catalog.operators import Regime
from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob

MEASURED = Path(__file__).parent / "measured"
STACK = MEASURED / "resnet50.yaml"
VERSION = "version"  # judged: of a version of the software other than that of the catalog's rates


@dataclass(frozen=True)
class ImageRate:
    """A measured rate beside the predicted one.

    Arguments:
        group: set that it belongs to.
        accelerator: name in the catalog.
        measured: images/s.
        predicted: images/s.
        floor: images/s, by the median rate of one accelerator over the set.
        regime: of the prediction; None of a version of the software other than that of the
            catalog's rates, of which nothing is stated.
    """

    group: str
    accelerator: str
    measured: float
    predicted: float
    floor: float
    regime: Regime | None


def image_rates(catalog: Catalog) -> list[ImageRate]:
    """All of them.

    Arguments:
        catalog: the facts.
    """
    stack, rows = read_stack(STACK, catalog), measured_rows()
    each = [
        float(row["images_per_s"]) / (int(row["nodes"]) * int(row["accelerators_per_node"]))
        for row in rows
    ]
    found = []
    for row, rate in zip(rows, each, strict=True):
        job = job_of_row(row, stack, catalog)
        count = int(row["nodes"]) * int(row["accelerators_per_node"])
        alike = [one for other, one in zip(rows, each, strict=True) if other["set"] == row["set"]]
        floor = statistics.median(alike) * count
        found.append(
            ImageRate(
                row["set"], row["accelerator"], rate * count, throughput(row, job), floor,
                None if row["judged"] == VERSION else job.regime,
            )
        )  # fmt: skip
    return found


def measured_rows() -> list[dict[str, str]]:
    """Rows of the file of measured rates."""
    with (MEASURED / "resnet50_rates.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def job_of_row(row: Mapping[str, str], stack: StackFile, catalog: Catalog) -> TrainingJob:
    """What is predicted of a measured row.

    Arguments:
        row: of the file of measured rates.
        stack: in which it is set.
        catalog: the facts.
    """
    nodes, there = int(row["nodes"]), int(row["accelerators_per_node"])
    machine = "nodes.workers.machine"
    changes: dict[str, object] = {
        f"{machine}.accelerator": row["accelerator"],
        f"{machine}.accelerators": there,
        f"{machine}.intra_link": catalog.accelerators[row["accelerator"]].link,
        "nodes.workers.count": nodes,
        "workloads.train.precision": row["precision"],
        "workloads.train.gradient_precision": "fp16",
        "workloads.train.software": row["software"],
        "workloads.train.global_batch": round(float(row["batch"]) * nodes * there),
    }
    if float(row["network_gbps"]):
        changes[f"{machine}.network"] = f"{row['network_gbps']} Gbps"
        changes["network.links_per_node"] = 8 if float(row["network_gbps"]) > 200 else 1
    job: TrainingJob = change_stack(stack, changes, catalog).solved.workloads["train"].answer
    return job


def throughput(row: Mapping[str, str], job: TrainingJob) -> float:
    """What is predicted of what a row measured, images/s.

    Arguments:
        row: of the file of measured rates.
        job: that it is of.
    """
    if row["judged"] == "compute":  # of a table that gives synchronisation apart
        return job.batch / job.step.compute
    return job.throughput
