"""Published utilization of TPUs by transformers beside the predicted one.

MaxText, one slice of each size; batches are not published for all and layouts not as ours, so that
the best layout is taken. Where tokens a second are published, utilization is by the same count of
operations as the prediction's, since MaxText counts those of attention in two ways. No coefficient
was fitted to a TPU.
"""

import csv
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob
from models.parts.workloads.transformer_job import TransformerJob

MEASURED = Path(__file__).parent / "measured"
STACK = Path(__file__).parents[1] / "stacks" / "llama3-8b-tpu.yaml"
_CHIPS = 4  # of a host
# By chip: what its chips are linked by in a host and between hosts.
LINKS = {
    "TPUv5e": ("ici-v5e", "ici-v5e-host"),
    "TPUv5p": ("ici-v5p", "ici-v5p-host"),
    "TPUv6e": ("ici-v6e", "ici-v6e-host"),
}


@dataclass(frozen=True)
class TpuUtilization:
    """Published model FLOPs utilization beside the predicted one.

    Arguments:
        accelerator: name in the catalog.
        chips: how many.
        measured: published.
        predicted: of the best layout.
        floor: the median of what is published.
        error: relative standard error that is stated.
    """

    accelerator: str
    chips: int
    measured: float
    predicted: float
    floor: float
    error: float


def tpu_utilizations(catalog: Catalog) -> list[TpuUtilization]:
    """All of them.

    Arguments:
        catalog: the facts.
    """
    stack = read_stack(STACK, catalog)
    with (MEASURED / "tpu_mfu.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    solved = [_solved(stack, row, catalog) for row in rows]
    measured = [_measured(row, job) for row, job in zip(rows, solved, strict=True)]
    floor = statistics.median(measured)
    return [
        TpuUtilization(
            row["accelerator"],
            int(row["chips"]),
            utilization,
            _trained(job).mfu,
            floor,
            job.uncertainty,
        )
        for row, job, utilization in zip(rows, solved, measured, strict=True)
    ]


def _solved(stack: StackFile, row: Mapping[str, str], catalog: Catalog) -> TrainingJob:
    inside, between = LINKS[row["accelerator"]]
    machine = "nodes.hosts.machine"
    changes: dict[str, object] = {
        f"{machine}.accelerator": row["accelerator"],
        f"{machine}.intra_link": inside,
        f"{machine}.network_link": between,
        "nodes.hosts.count": int(row["chips"]) // _CHIPS,
        "nodes.hosts.spares": 0,
        "workloads.train.global_batch": int(row["batch"]),
        "workloads.train.transformer": {
            "layers": int(row["layers"]),
            "hidden": int(row["hidden"]),
            "heads": int(row["heads"]),
            "kv_heads": int(row["kv_heads"]),
            "head_size": 128,
            "feed_forward": int(row["feed_forward"]),
            "gated": True,
            "vocabulary": int(row["vocabulary"]),
            "sequence": int(row["sequence"]),
            "tied": row["tied"] == "yes",
        },
    }
    job: TrainingJob = change_stack(stack, changes, catalog).solved.workloads["train"].answer
    return job


def _trained(job: TrainingJob) -> TransformerJob:
    assert job.transformer is not None  # the stack trains one
    return job.transformer


def _measured(row: Mapping[str, str], job: TrainingJob) -> float:
    """The published utilization, or what published tokens/s of a chip are by the law's count."""
    if row["mfu"]:
        return float(row["mfu"])
    solved, chips = _trained(job), int(row["chips"])
    tokens = int(row["batch"]) * int(row["sequence"]) / solved.chosen.step.total / chips
    return solved.mfu * float(row["tokens_per_s"]) / tokens
