"""Published utilization of TPUs by transformers beside the predicted one.

MaxText, one slice of each size; batches are not published for all and layouts not as ours, so that
the best layout is taken. No coefficient was fitted to a TPU.
"""

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob

MEASURED = Path(__file__).parent / "measured"
STACK = Path(__file__).parents[1] / "stacks" / "llama3-8b-tpu.yaml"
_CHIPS = 4  # of a host
# By chip: what its chips are linked by in a host and between hosts.
LINKS = {"TPUv5e": ("ici-v5e", "ici-v5e-host"), "TPUv5p": ("ici-v5p", "ici-v5p-host")}


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
    floor = statistics.median(float(row["mfu"]) for row in rows)
    found = []
    for row in rows:
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
                "head_size": 128,
                "feed_forward": int(row["feed_forward"]),
                "gated": True,
                "vocabulary": 32000,
                "sequence": 2048,
            },
        }
        job: TrainingJob = change_stack(stack, changes, catalog).solved.workloads["train"].answer
        assert job.transformer is not None  # the stack trains one
        found.append(
            TpuUtilization(
                row["accelerator"],
                int(row["chips"]),
                float(row["mfu"]),
                job.transformer.mfu,
                floor,
                job.uncertainty,
            )
        )
    return found
