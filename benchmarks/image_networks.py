"""Measured rates of convolutional networks beside those predicted from the rates of others.

Each family is left out as a whole: nothing that was measured of it, on any accelerator, is known.
"""

import dataclasses
import statistics
from dataclasses import dataclass
from pathlib import Path

from models.catalog.operators import Regime
from models.catalog.records import Catalog, MeasuredRate
from models.laws.convolutions.architectures import ARCHITECTURES
from models.parts.read_stack import StackFile, change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob

STACK = Path(__file__).parent / "measured" / "resnet50.yaml"


@dataclass(frozen=True)
class LeftOut:
    """A measured rate of a network beside the one predicted from others.

    Arguments:
        row: of the catalog.
        predicted: samples/s.
        floor: samples/s, as many FLOP/s as others reach there, by their median.
        regime: of the prediction.
    """

    row: MeasuredRate
    predicted: float
    floor: float
    regime: Regime


def families_left_out(catalog: Catalog) -> list[LeftOut]:
    """Every measured rate of one accelerator of which rates of another family are known, too.

    Arguments:
        catalog: the facts.
    """
    alone = [
        row
        for row in catalog.measured_rates
        if row.network in ARCHITECTURES and row.accelerators == 1
    ]
    stack = read_stack(STACK, catalog)
    found = []
    for row in alone:
        others = [
            one
            for one in alone
            if (one.accelerator, one.software) == (row.accelerator, row.software)
            and _family(one) != _family(row)
        ]
        if not others:
            continue
        kept = tuple(one for one in catalog.measured_rates if _family(one) != _family(row))
        job = _job(row, stack, dataclasses.replace(catalog, measured_rates=kept))
        flops = statistics.median(one.samples_per_second * _flops(one, catalog) for one in others)
        floor = flops / _flops(row, catalog)
        found.append(LeftOut(row, job.single_rate, floor, job.regime))
    return found


def _family(row: MeasuredRate) -> str:
    known = ARCHITECTURES.get(row.network)
    return known.family if known else ""


def _flops(row: MeasuredRate, catalog: Catalog) -> float:
    return catalog.neural_networks[row.network].forward_flops_per_sample


def _job(row: MeasuredRate, stack: StackFile, catalog: Catalog) -> TrainingJob:
    changes: dict[str, object] = {
        "nodes.workers.machine.accelerator": row.accelerator,
        "nodes.workers.machine.accelerators": 1,
        "nodes.workers.machine.intra_link": catalog.accelerators[row.accelerator].link,
        "workloads.train.network": row.network,
        "workloads.train.precision": row.precision,
        "workloads.train.software": row.software,
        "workloads.train.global_batch": row.local_batch,
    }
    job: TrainingJob = change_stack(stack, changes, catalog).solved.workloads["train"].answer
    return job


def mean_error(rows: list[LeftOut]) -> float:
    """Mean absolute relative error.

    Arguments:
        rows: judged.
    """
    return statistics.mean(abs(one.predicted / one.row.samples_per_second - 1) for one in rows)
