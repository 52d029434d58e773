"""Measured rates of fine-tuning by low-rank adaptation beside predicted ones.

Llama 2 70B of MLPerf Training: rank 16 of all projections of attention, 8,192 tokens, fp8. The
layouts are not published; the best is taken. No coefficient was fitted to these runs.
"""

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob

MEASURED = Path(__file__).parent / "measured"
_NETWORK = {"L40S": "400 Gbps"}
_USUAL = "3200 Gbps"  # eight cards of 400 Gb/s


@dataclass(frozen=True)
class LoraRate:
    """A measured rate beside the predicted one.

    Arguments:
        accelerator: name in the catalog.
        accelerators: how many.
        measured: samples/s.
        predicted: samples/s.
        floor: samples/s, by the median rate of one accelerator of its kind.
        error: relative standard error that is stated.
        regime: how the step lies to measured ones.
    """

    accelerator: str
    accelerators: int
    measured: float
    predicted: float
    floor: float
    error: float
    regime: str


def lora_rates(catalog: Catalog) -> list[LoraRate]:
    """All of them.

    Arguments:
        catalog: the facts.
    """
    stack = read_stack(MEASURED / "lora.yaml", catalog)
    with (MEASURED / "lora_rates.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = []
    for row in rows:
        accelerator, each = row["accelerator"], int(row["accelerators_per_node"])
        count = int(row["nodes"]) * each
        machine = "nodes.workers.machine"
        changes: dict[str, object] = {
            f"{machine}.accelerator": accelerator,
            f"{machine}.accelerators": each,
            f"{machine}.intra_link": catalog.accelerators[accelerator].link,
            f"{machine}.network": _NETWORK.get(accelerator, _USUAL),
            "nodes.workers.count": int(row["nodes"]),
            "workloads.train.global_batch": int(row["batch"]),
        }
        job: TrainingJob = change_stack(stack, changes, catalog).solved.workloads["train"].answer
        alike = [
            float(other["samples_per_s"])
            / (int(other["nodes"]) * int(other["accelerators_per_node"]))
            for other in rows
            if other["accelerator"] == accelerator
        ]
        assert job.transformer is not None  # the stack trains one
        found.append(
            LoraRate(
                accelerator,
                count,
                float(row["samples_per_s"]),
                job.throughput,
                statistics.median(alike) * count,
                job.uncertainty,
                str(job.transformer.regime),
            )
        )
    return found
