"""Measured rates of MLPerf Storage beside predicted ones: accelerators that a store keeps busy."""

import csv
from dataclasses import dataclass
from pathlib import Path

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob

MEASURED = Path(__file__).parent / "measured"
MEBI = 2.0**20  # the benchmark counts megabytes of as many bytes


@dataclass(frozen=True)
class Emulated:
    """What an emulated accelerator does.

    Arguments:
        batch: samples of a step.
        computation: of a step, s.
        sample_size: bytes on average.
    """

    batch: int
    computation: float
    sample_size: float


# mlcommons/storage, storage-conf/workload/*.yaml of v1.0: batch_size, computation_time and
# record_length.
EMULATED = {
    ("unet3d", "A100"): Emulated(7, 0.636, 146_600_628),
    ("unet3d", "H100"): Emulated(7, 0.323, 146_600_628),
    ("resnet50", "A100"): Emulated(400, 0.435, 114_660.07),
    ("resnet50", "H100"): Emulated(400, 0.224, 114_660.07),
    ("cosmoflow", "A100"): Emulated(1, 0.00551, 2_828_486),
    ("cosmoflow", "H100"): Emulated(1, 0.00350, 2_828_486),
}


@dataclass(frozen=True)
class StorageRate:
    """A measured rate of samples beside the predicted one.

    Arguments:
        measured: samples/s.
        predicted: samples/s, of a store that delivers the bytes/s that it was seen to.
        floor: samples/s, of accelerators that never wait.
        utilization: of the accelerators, measured.
        predicted_utilization: the same, predicted.
    """

    measured: float
    predicted: float
    floor: float
    utilization: float
    predicted_utilization: float


def storage_rates(catalog: Catalog) -> list[StorageRate]:
    """All of them.

    Arguments:
        catalog: the facts.
    """
    stack = read_stack(MEASURED / "storage_input.yaml", catalog)
    with (MEASURED / "storage_input.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = []
    for row in rows:
        one = EMULATED[row["workload"], row["accelerator"]]
        accelerators = int(row["accelerators"])
        changes: dict[str, object] = {
            "nodes.hosts.count": accelerators,  # a host each: nothing but the store is shared
            "storage.data.bandwidth": f"{float(row['io_mb_per_s']) * MEBI:.6g} B/s",
            "workloads.train.batch": one.batch,
            "workloads.train.rate": one.batch / one.computation,
            "workloads.train.dataset.sample_size": f"{one.sample_size:.6g} B",
        }
        job: TrainingJob = change_stack(stack, changes, catalog).solved.workloads["train"].answer
        never_waits = accelerators * one.batch / one.computation
        measured = float(row["samples_per_s"])
        found.append(
            StorageRate(
                measured,
                job.throughput,
                never_waits,
                float(row["utilization"]),
                job.throughput / never_waits,
            )
        )
    return found
