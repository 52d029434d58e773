"""What relieves each kind of bottleneck of a training run: it is named, and it helps."""

import re
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.description.quantities import SIZE, parse
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob
from models.parts.workloads.training_remedy import remedy
from models.prediction.training_answer import LimitedBy

AWS, GPT3 = "resnet50-imagenet-aws.yaml", "gpt3-175b-on-1024.yaml"


def solved(
    stacks: Path, catalog: Catalog, name: str, changes: dict[str, Any]
) -> tuple[TrainingJob, str]:
    """The job and its remedy."""
    stack_file = change_stack(read_stack(stacks / name, catalog), changes, catalog)
    whole = stack_file.solved
    job: TrainingJob = whole.workloads["train"].answer
    return job, remedy(job, whole.workloads["train"].described, whole.site)


DATASET, TRAIN = "workloads.train.dataset", "workloads.train"
SMALL = {f"{DATASET}.object_size": None, "storage.imagenet.prefixes": 1}
SLOW_STORE = {f"{DATASET}.store": "checkpoints"}
WIDE = {f"{DATASET}.sample_size": "10 MB", "storage.imagenet.size": "20 TB"}
ON_CPUS = {f"{DATASET}.preparation.where": "cpu"}
MANY_PARAMETERS = {
    f"{TRAIN}.network": None,
    f"{TRAIN}.model": {"parameters": 1e9, "forward": "1 GFLOP"},
    f"{TRAIN}.efficiency": 0.2,
    f"{TRAIN}.gradient_precision": "fp32",
}
UNEVEN = {f"{TRAIN}.jitter": "1 s"}
SLOW = {f"{TRAIN}.slow_nodes": {"count": 1, "factor": 3.0}}
SERVED = SLOW | {
    f"{TRAIN}.parameter_server": {"mode": "synchronous", "servers": 4, "nodes": "trainers"}
}
LAYOUT = {"tensor": 8, "pipeline": 16, "micro_batch": 1, "recompute": "full"}
DEEP = {f"{TRAIN}.global_batch": 16, f"{TRAIN}.layout": LAYOUT}
NARROW = {
    f"{TRAIN}.transformer.hidden": 256,
    f"{TRAIN}.transformer.heads": 4,
    f"{TRAIN}.transformer.sequence": 128,
    f"{TRAIN}.layout": {"tensor": 1, "pipeline": 1, "micro_batch": 1},
    f"{TRAIN}.global_batch": 1024,
}
CASES = [
    (AWS, SMALL, LimitedBy.REQUESTS, "`object_size`", {f"{DATASET}.object_size": "128 MB"}),
    (AWS, SLOW_STORE, LimitedBy.BANDWIDTH, "`size`", {"storage.checkpoints.size": "4800 GiB"}),
    (AWS, WIDE, LimitedBy.BANDWIDTH, "`count`", {"nodes.trainers.count": 5}),
    (AWS, ON_CPUS, LimitedBy.PREPARATION, "`where: accelerator`",
     {f"{DATASET}.preparation.where": "accelerator"}),
    (AWS, {}, LimitedBy.ACCELERATORS, "`nodes.trainers.count`", {"nodes.trainers.count": 5}),
    (AWS, MANY_PARAMETERS, LimitedBy.NETWORK, "`batch`", {f"{TRAIN}.batch": 512}),
    (AWS, MANY_PARAMETERS, LimitedBy.NETWORK, "`gradient_precision: fp16`",
     {f"{TRAIN}.gradient_precision": "fp16"}),
    (AWS, UNEVEN, LimitedBy.STRAGGLERS, "`jitter`", {f"{TRAIN}.jitter": "0.5 s"}),
    (AWS, SLOW, LimitedBy.STRAGGLERS, "another node instead of the slow one (`slow_nodes`)",
     {f"{TRAIN}.slow_nodes": None}),
    (AWS, SERVED, LimitedBy.STRAGGLERS, "`backup_workers: 1`",
     {f"{TRAIN}.parameter_server.backup_workers": 1}),
    (AWS, SERVED, LimitedBy.STRAGGLERS, "`mode: asynchronous`",
     {f"{TRAIN}.parameter_server.mode": "asynchronous"}),
    (GPT3, DEEP, LimitedBy.PIPELINE, "`global_batch`", {f"{TRAIN}.global_batch": 32}),
    (GPT3, NARROW, LimitedBy.HOST, "`batch`", {f"{TRAIN}.global_batch": 2048}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "by", "key", "then"), CASES)
def test_what_relieves_a_bottleneck_is_named_and_helps(
    name: str,
    changes: dict[str, Any],
    by: LimitedBy,
    key: str,
    then: dict[str, Any],
    stacks: Path,
    catalog: Catalog,
) -> None:
    job, said = solved(stacks, catalog, name, changes)
    assert job.bottleneck.by is by
    assert key in said
    better, _ = solved(stacks, catalog, name, changes | then)
    assert better.throughput > job.throughput


def test_every_kind_of_bottleneck_is_tried() -> None:
    assert {by for _, _, by, _, _ in CASES} == set(LimitedBy)


def test_the_size_of_objects_that_is_named_is_just_enough(stacks: Path, catalog: Catalog) -> None:
    # One prefix of S3 answers 5,500 requests/s: as many samples of 110 kB, one in an object.
    job, said = solved(stacks, catalog, AWS, SMALL)
    assert job.bottleneck.rate == pytest.approx(5500)
    accelerators = job.stages[-1].rate
    named = parse(re.findall(r"of ([\d.]+ \w+) at least", said)[0], SIZE)
    assert named == pytest.approx(accelerators * 110e3 / 5500, rel=5e-3)
    size = f"{1.01 * named:.0f} B"
    larger, _ = solved(stacks, catalog, AWS, SMALL | {f"{DATASET}.object_size": size})
    assert larger.bottleneck.by is LimitedBy.ACCELERATORS


def test_the_number_of_processors_that_is_named_is_just_enough(
    stacks: Path, catalog: Catalog
) -> None:
    job, said = solved(stacks, catalog, AWS, ON_CPUS)
    # Four nodes of 96 vCPUs, as the name of their instance says in AWS's tables.
    assert "instead of 384" in said
    named = int(re.findall(r"([\d,]+) vCPUs instead", said)[0].replace(",", ""))
    each = job.bottleneck.rate / 384
    assert (named - 1) * each < job.stages[-1].rate <= named * each


def test_of_machines_of_ones_own_the_key_is_theirs(stacks: Path, catalog: Catalog) -> None:
    job, said = solved(stacks, catalog, GPT3, {})
    assert job.bottleneck.by is LimitedBy.ACCELERATORS
    assert said == "a faster `machine` or a higher `nodes.trainers.count`"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"workloads.train.slow_nodes": {"count": 1, "factor": 2.0}}, "instead of the slow one"),
        (
            {
                "workloads.train.layout": {
                    "tensor": 4, "pipeline": 16, "zero": 1, "sequence_parallel": True,
                    "recompute": "full", "micro_batch": 4,
                },
            },
            "less of a bubble",
        ),
    ],
)  # fmt: skip
def test_faster_accelerators_are_no_remedy_for_what_they_wait_for(
    stacks: Path, catalog: Catalog, changes: dict[str, object], said: str
) -> None:
    job, told = solved(stacks, catalog, GPT3, changes)
    assert job.bottleneck.by is LimitedBy.ACCELERATORS
    assert said in told
