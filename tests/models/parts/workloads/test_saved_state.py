"""What saving and loading the state of a run takes: BLOOM's checkpoints, shards, asynchronous."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.description.quantities import DAY, HOUR
from models.laws.checkpointing import time_per_work
from models.parts.read_stack import read_stack
from models.parts.workloads.saved_state import SavedState
from models.parts.workloads.training_job import TrainingJob, checkpoint_interval
from models.reading.faults import InvalidDescription

# 48 nodes of 8 A100 and a parallel file system of 60 GB/s. BLOOM saved 2.3 TB in 40 s, every 3 h;
# about one GPU a week died (BigScience (2022), chronicles of the training of BLOOM-176B).
BLOOM = """
name: bloom
cloud: on-premises
nodes:
  trainers:
    machine:
      accelerator: A100-SXM-80GB
      accelerators: 8
      vcpus: 64
      memory: 512 GB
      network: 400 Gbps
      network_link: infiniband-hdr
      intra_link: nvswitch2
    count: 48
    spares: 4
storage:
  gpfs: {kind: nas, size: 500 TB, bandwidth: 60 GB/s}
workloads:
  train:
    kind: training
    nodes: trainers
    model: {parameters: 4e9, forward: 16 TFLOP}
    dataset: {store: gpfs, samples: 1000000000, sample_size: 8 kB, preparation: {where: accelerator}}
    epochs: 1
    batch: 4
    rate: 1
    optimizer: adam
    checkpoint: {store: gpfs, %s}
"""  # noqa: E501

Read = Callable[..., TrainingJob]


@pytest.fixture
def read(tmp_path: Path, catalog: Catalog) -> Read:
    def read(checkpoint: str, text: str = BLOOM) -> TrainingJob:
        file = tmp_path / "stack.yaml"
        file.write_text(text % checkpoint)
        answer: TrainingJob = read_stack(file, catalog).solved.workloads["train"].answer
        return answer

    return read


def interval(job: TrainingJob, stack: Path, catalog: Catalog, mttf: float) -> float:
    workload: Any = read_stack(stack, catalog).stack.workloads["train"]
    return checkpoint_interval(job, workload, 1 / mttf)


def test_bloom_saves_2_3_tb_in_40_s_and_loses_least_every_two_hours(
    read: Read, tmp_path: Path, catalog: Catalog
) -> None:
    job = read("size: 2.3 TB, write_time: 40 s, sharded: true")
    # Each of the nodes reads its share of 2.3 TB, all at 60 GB/s.
    assert job.checkpoint == SavedState(2.3e12, 40.0, pytest.approx(2300 / 60), 40.0, 0.0, 48)
    # Young's interval, sqrt(2 x 40 s x 1 week) = 1.93 h; the exact optimum is a little below.
    best = interval(job, tmp_path / "stack.yaml", catalog, 7 * DAY)
    assert best / HOUR == pytest.approx(1.932, rel=0.005)


@pytest.mark.parametrize(
    ("how", "write", "read_time"),
    [
        # 48 links of 50 GB/s are faster than the 60 GB/s of the store; one alone is not.
        ("sharded: true", 2300 / 60, 2300 / 60),
        ("sharded: false", 2300 / 50, 48 * 2300 / 60),
        ("sharded: false, read_time: 5 min", 2300 / 50, 300.0),
        ("sharded: true, write_time: 1 min", 60.0, 2300 / 60),
    ],
)
def test_all_nodes_save_and_load_their_share_or_one_saves_and_all_load_everything(
    read: Read, how: str, write: float, read_time: float
) -> None:
    saved = read(f"size: 2.3 TB, {how}").checkpoint
    assert (saved.write, saved.read) == (pytest.approx(write), pytest.approx(read_time))
    assert (saved.stall, saved.flush) == (saved.write, 0.0)


def test_nothing_is_saved_within_a_step(read: Read, tmp_path: Path, catalog: Catalog) -> None:
    # A state changes at the end of a step alone (Daly 2006 takes work to be a fluid).
    stack = tmp_path / "stack.yaml"
    for how in ("", "interval: 1 ms", "asynchronous: true"):
        job = read(f"size: 1 GB, write_time: 10 ms, {how}".rstrip(", "))
        assert interval(job, stack, catalog, 5.0) == job.step.total > 1.0, how
    job = read("size: 1 GB, interval: 1 h")
    steps = interval(job, stack, catalog, 5.0) / job.step.total
    assert steps == pytest.approx(math.ceil(HOUR / job.step.total))


@pytest.mark.parametrize("mttf", [60.0, 600.0, 3600.0, DAY])
def test_the_best_interval_is_the_best_of_whole_steps(
    mttf: float, read: Read, tmp_path: Path, catalog: Catalog
) -> None:
    job = read("size: 1 GB, write_time: 1 s")
    best = interval(job, tmp_path / "stack.yaml", catalog, mttf)
    step, wait = job.step.total, job.checkpoint.stall
    assert best / step == pytest.approx(round(best / step))
    loss = time_per_work(best, wait, mttf)
    assert loss == min(time_per_work(k * step, wait, mttf) for k in range(1, 1000))


def test_asynchronous_saving_waits_for_the_copy_into_main_memory(
    read: Read, tmp_path: Path, catalog: Catalog
) -> None:
    job = read("size: 2.3 TB, sharded: true, asynchronous: true")
    host = catalog.accelerators["A100-SXM-80GB"].host_bandwidth
    assert job.checkpoint.stall == pytest.approx(2.3e12 / 48 / 8 / host)
    assert job.checkpoint.flush == job.checkpoint.write == pytest.approx(2300 / 60)
    stack = tmp_path / "stack.yaml"
    # The best interval is that of the wait, but no shorter than one is written.
    young = (2 * job.checkpoint.stall * 7 * DAY) ** 0.5
    assert interval(job, stack, catalog, 7 * DAY) == pytest.approx(young, rel=0.01)
    step = job.step.total
    assert interval(job, stack, catalog, 60.0) == math.ceil(job.checkpoint.flush / step) * step
    # Of all the state in one accelerator, as every node has it.
    whole = read("size: 100 GB, asynchronous: true").checkpoint
    assert whole.stall == pytest.approx(100e9 / host)
    # Written for longer than a step of 4 s takes.
    at_once = read("size: 100 GB, write_time: 5 s, asynchronous: true, stall: 0 s")
    assert at_once.checkpoint.stall == 0.0
    assert at_once.checkpoint.flush == 5.0
    assert interval(at_once, stack, catalog, 7 * DAY) == 2 * at_once.step.total


@pytest.mark.parametrize(
    ("checkpoint", "message"),
    [
        ("size: 2.3 TB, asynchronous: true", r"asynchronous: .* 2\.3 TB in .* memory of 512 GB"),
        ("stall: 2 s", "has a stall, which is of asynchronous saving"),
        (
            "size: 2.3 TB, sharded: true, asynchronous: true, interval: 30 s",
            r"checkpoint\.interval: saves every 30 s, but one checkpoint is written for 38\.3 s",
        ),
    ],
)
def test_what_can_not_be_saved_so_is_refused(read: Read, checkpoint: str, message: str) -> None:
    with pytest.raises(InvalidDescription, match=message):
        read(checkpoint)


def test_processors_do_not_say_how_fast_they_copy(read: Read) -> None:
    processors = BLOOM
    for line in ("accelerator: A100-SXM-80GB", "accelerators: 8", "intra_link: nvswitch2"):
        processors = processors.replace(f"      {line}\n", "")
    with pytest.raises(InvalidDescription, match="give the stall"):
        read("size: 2 GB, asynchronous: true", processors)
    given = read("size: 2 GB, asynchronous: true, stall: 1 s", processors)
    assert given.checkpoint.stall == 1.0
