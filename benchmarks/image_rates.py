"""Measured rates of ResNet-50 beside predicted ones, as the benchmark of fidelity prints them."""

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob

MEASURED = Path(__file__).parent / "measured"


@dataclass(frozen=True)
class ImageRate:
    """A measured rate beside the predicted one.

    Arguments:
        group: set that it belongs to.
        accelerator: name in the catalog.
        measured: images/s.
        predicted: images/s.
        floor: images/s, by the median rate of one accelerator over the set.
        error: relative standard error that is stated; None of a version of the software other than
            that of the catalog's rates, of which nothing is stated.
    """

    group: str
    accelerator: str
    measured: float
    predicted: float
    floor: float
    error: float | None


def image_rates(catalog: Catalog) -> list[ImageRate]:
    """All of them.

    Arguments:
        catalog: the facts.
    """
    stack = read_stack(MEASURED / "resnet50.yaml", catalog)
    with (MEASURED / "resnet50_rates.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    each = [
        float(row["images_per_s"]) / (int(row["nodes"]) * int(row["accelerators_per_node"]))
        for row in rows
    ]
    found = []
    for row, rate in zip(rows, each, strict=True):
        nodes, there = int(row["nodes"]), int(row["accelerators_per_node"])
        machine = "nodes.workers.machine"
        link = catalog.accelerators[row["accelerator"]].link
        changes: dict[str, object] = {
            f"{machine}.accelerator": row["accelerator"],
            f"{machine}.accelerators": there,
            f"{machine}.intra_link": link,
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
        predicted = job.throughput
        if row["judged"] == "compute":  # of a table that gives synchronisation apart
            predicted = job.batch / job.step.compute
        alike = [one for other, one in zip(rows, each, strict=True) if other["set"] == row["set"]]
        floor = statistics.median(alike) * nodes * there
        found.append(
            ImageRate(
                row["set"], row["accelerator"], rate * nodes * there, predicted, floor,
                None if row["judged"] == "version" else job.uncertainty,
            )
        )  # fmt: skip
    return found
