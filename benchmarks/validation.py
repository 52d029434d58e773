"""Predicted against published training times, no figure fitted to the run that it predicts.

python -m benchmarks.validation
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.catalog.load import load_catalog
from models.catalog.records import Catalog
from models.description.quantities import format_duration
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob

STACKS = Path(__file__).parents[1] / "stacks"


IMAGES = 1_281_167 * 90  # of 90 epochs of ImageNet


@dataclass(frozen=True)
class Published:
    """A published training run of ResNet-50 on ImageNet, as the time of 90 epochs.

    Arguments:
        stack: file that describes its hardware.
        time: s.
        source: who published it.
        changes: values that differ from the file, by path.
    """

    stack: str
    time: float
    source: str
    changes: dict[str, object] = field(default_factory=dict)


TABLE = (
    Published(
        "imagenet-table/he-2016.yaml", 29 * 3600, "8 P100, Caffe; Akiba et al. (2017), table 1"
    ),
    Published("imagenet-table/goyal-2017.yaml", 3600, "256 P100, Caffe2; Goyal et al. (2017)"),
    Published(
        "imagenet-table/codreanu-2017.yaml", 62 * 60, "720 KNL, Intel Caffe; Codreanu et al. (2017)"
    ),
    Published(
        "imagenet-table/you-2017.yaml", 31 * 60, "1,600 Xeon, Intel Caffe; You et al. (2017)"
    ),
    Published("akiba-2017.yaml", 15 * 60, "1,024 P100, Chainer; Akiba et al. (2017)"),
)
# Runs of other sizes and teams, which fed nothing either.
FURTHER = (
    Published(
        "imagenet-table/you-2017.yaml",
        IMAGES / 32_017,
        "896 Xeon, Intel Caffe; SURFsara (2018), 448 nodes",
        {"nodes.workers.count": 448, "workloads.train.batch": 16},
    ),
    Published(
        "resnet50-imagenet-aws.yaml",
        IMAGES / 22_008,
        "8 A100, MXNet; MLPerf Training v0.7, DGX A100",
        {
            "nodes.trainers.count": 1,
            "workloads.train.batch": 408,
            "workloads.train.software": "mxnet-dali",
        },
    ),
)
# Akiba et al. (2017), section 4: efficiency at 1,024 GPUs over one GPU, and over one node of eight.
EFFICIENCY_OVER_GPU, EFFICIENCY_OVER_NODE = 0.70, 0.80


def job_of(stack: str, changes: Mapping[str, object], catalog: Catalog) -> TrainingJob:
    """The training job of a shipped stack, with some values changed.

    Arguments:
        stack: file below stacks/.
        changes: new values by path.
        catalog: the facts.
    """
    stack_file = change_stack(read_stack(STACKS / stack, catalog), changes, catalog)
    job: TrainingJob = next(iter(stack_file.solved.workloads.values())).answer
    return job


def relative_error(row: Published, catalog: Catalog) -> float:
    """Predicted over published time, less one.

    Arguments:
        row: the published run.
        catalog: the facts.
    """
    return IMAGES / job_of(row.stack, row.changes, catalog).throughput / row.time - 1


def device_hours(row: Published, catalog: Catalog) -> float:
    """Published time of a run times the devices that the program gives it, h.

    Arguments:
        row: the published run.
        catalog: the facts.
    """
    return job_of(row.stack, row.changes, catalog).accelerators * row.time / 3600


def root_mean_square(errors: Sequence[float]) -> float:
    """Root mean square of relative errors.

    Arguments:
        errors: of the runs.
    """
    return math.sqrt(math.fsum(error * error for error in errors) / len(errors))


def predicted_efficiencies(catalog: Catalog) -> tuple[float, float]:
    """Efficiency of 1,024 P100 over one GPU and over one node of eight.

    Arguments:
        catalog: the facts.
    """
    cluster = job_of("akiba-2017.yaml", {}, catalog)
    node = job_of("akiba-2017.yaml", {"nodes.workers.count": 1}, catalog)
    over_gpu = cluster.speedup / cluster.accelerators
    return over_gpu, over_gpu / (node.speedup / node.accelerators)


def main() -> None:
    """Print the table."""
    catalog = load_catalog()
    errors = []
    print(f"{'published run, as 90 epochs':54} {'published':>10} {'predicted':>10} {'error':>8}")
    for row in (*TABLE, *FURTHER):
        errors.append(relative_error(row, catalog))
        published = format_duration(row.time)
        predicted = format_duration(row.time * (1 + errors[-1]))
        print(f"{row.source:54} {published:>10} {predicted:>10} {errors[-1]:>+8.1%}")
    first, every = root_mean_square(errors[: len(TABLE)]), root_mean_square(errors)
    print(f"{'root mean square, the table of five':76} {first:>8.1%}")
    print(f"{'root mean square, all':76} {every:>8.1%}")
    over_gpu, over_node = predicted_efficiencies(catalog)
    print(f"\n{'efficiency at 1,024 GPUs':54} {'published':>10} {'predicted':>10} {'points':>8}")
    for name, published_efficiency, efficiency in (
        ("over one GPU", EFFICIENCY_OVER_GPU, over_gpu),
        ("over one node of eight", EFFICIENCY_OVER_NODE, over_node),
    ):
        points = 100 * (efficiency - published_efficiency)
        print(f"{name:54} {published_efficiency:>10.1%} {efficiency:>10.1%} {points:>+8.1f}")


if __name__ == "__main__":
    main()
