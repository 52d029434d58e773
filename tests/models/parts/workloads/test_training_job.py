"""Training jobs: the published table of ResNet-50 times, and what every job must satisfy."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.validation import (
    EFFICIENCY_OVER_GPU,
    EFFICIENCY_OVER_NODE,
    TABLE,
    Published,
    device_hours,
    predicted_efficiencies,
    relative_error,
)
from models.catalog.operators import Regime
from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.rate_errors import RATE_ERRORS
from models.parts.workloads.training_job import TrainingJob
from models.reading.faults import InvalidDescription

AWS = "resnet50-imagenet-aws.yaml"


def job(stacks: Path, catalog: Catalog, name: str = AWS, **changes: Any) -> TrainingJob:
    by_path = {path.replace("__", "."): value for path, value in changes.items()}
    stack_file = change_stack(read_stack(stacks / name, catalog), by_path, catalog)
    answer: TrainingJob = stack_file.solved.workloads["train"].answer
    return answer


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.stack)
def test_each_row_of_the_table_is_predicted_within_15_percent(
    row: Published, catalog: Catalog
) -> None:
    assert abs(relative_error(row, catalog)) < 0.15


def test_efficiency_at_1024_gpus_is_predicted_within_2_points(catalog: Catalog) -> None:
    over_gpu, over_node = predicted_efficiencies(catalog)
    assert abs(over_gpu - EFFICIENCY_OVER_GPU) < 0.02
    assert abs(over_node - EFFICIENCY_OVER_NODE) < 0.02


RATES = [{"batch": 64, "rate": 2000}, {"batch": 128, "rate": 2600}, {"batch": 256, "rate": 3000}]


@pytest.mark.parametrize(
    ("batch", "step"),
    [
        (64, 64 / 2000),
        (256, 256 / 3000),
        (192, (128 / 2600 + 256 / 3000) / 2),  # half way between both
        (32, 64 / 2000 - (128 / 2600 - 64 / 2000) / 2),
        (512, 256 / 3000 + 2 * (256 / 3000 - 128 / 2600)),
    ],
)
def test_a_step_is_a_line_of_the_batch_where_rates_are_given_by_batch(
    stacks: Path, catalog: Catalog, batch: int, step: float
) -> None:
    of = {"workloads__train__rates": RATES, "workloads__train__batch": batch}
    found = job(stacks, catalog, nodes__trainers__count=1, **of)
    assert found.step.compute == pytest.approx(step, rel=1e-12)
    alone = job(stacks, catalog, nodes__trainers__count=1, **of, workloads__train__rate=100)
    assert alone.step.compute == pytest.approx(batch / 100, rel=1e-12)


def test_a_batch_that_was_not_measured_is_less_certain(stacks: Path, catalog: Catalog) -> None:
    def error(batch: int) -> float:
        of = {"workloads__train__rates": RATES, "workloads__train__batch": batch}
        change = {"nodes__trainers__instance": "p3.2xlarge", "nodes__trainers__count": 1}
        return job(stacks, catalog, **change, **of).uncertainty

    assert error(128) < error(100)


@pytest.mark.parametrize(
    ("rates", "said"), [(RATES[:1], "one batch alone"), ([*RATES, RATES[0]], "one batch twice")]
)
def test_rates_are_of_several_batches(
    stacks: Path, catalog: Catalog, rates: list[dict[str, int]], said: str
) -> None:
    with pytest.raises(InvalidDescription, match=said):
        job(stacks, catalog, workloads__train__rates=rates)


PAPERS = ("1711.04325", "1706.02677", "1711.04291", "1709.05011", "1711.04325")


@pytest.mark.parametrize(("row", "paper"), list(zip(TABLE, PAPERS, strict=True)))
def test_no_rate_comes_from_the_run_that_it_predicts(
    row: Published, paper: str, stacks: Path, catalog: Catalog
) -> None:
    sources = read_stack(stacks / row.stack, catalog).solved.sources
    rates = [source for source in sources if "samples/s" in source.figure]
    assert 1 <= len(rates) <= 2  # the batches between which it lies
    assert all(paper not in rate.source for rate in rates)


@pytest.mark.parametrize(
    ("changes", "regime"),
    [
        ({"nodes__trainers__count": 1, "workloads__train__batch": 512}, Regime.ONE_NODE),
        ({"nodes__trainers__count": 1, "workloads__train__batch": 408}, Regime.OTHER_BATCH),
        ({"workloads__train__batch": 512}, Regime.SEVERAL_NODES),
        (
            {"nodes__trainers__count": 1, "nodes__trainers__instance": "p4d.24xlarge"},
            Regime.SAME_GENERATION,
        ),
        (
            {"nodes__trainers__instance": "p5.48xlarge", "workloads__train__batch": 512},
            Regime.OTHER_ACCELERATOR,
        ),
        (
            {"nodes__trainers__count": 1, "workloads__train__network": "vgg-16"},
            Regime.OTHER_FAMILY,
        ),
    ],
)
def test_a_step_is_as_sure_as_others_that_lie_so_to_what_was_measured(
    changes: dict[str, Any], regime: Regime, stacks: Path, catalog: Catalog
) -> None:
    usual = {"nodes__trainers__instance": "p4de.24xlarge"}  # whose accelerator was measured
    found = job(stacks, catalog, workloads__train__software="mxnet-dali", **usual | changes)
    assert (found.regime, found.uncertainty) == (regime, RATE_ERRORS[regime])


def test_what_a_stack_file_says_of_its_step_goes_before_the_regime(
    stacks: Path, catalog: Catalog
) -> None:
    assert job(stacks, catalog, workloads__train__uncertainty=0.03).uncertainty == 0.03


def test_device_hours_of_the_table(catalog: Catalog) -> None:
    hours = [device_hours(row, catalog) for row in TABLE]
    assert hours == pytest.approx([232, 256, 744, 826.667, 256], rel=1e-5)


def test_a_step_is_a_line_of_the_batch_where_several_were_measured(
    stacks: Path, catalog: Catalog
) -> None:
    # Pollux: 163 images on one T4 took 0.7988 s, which no row of the catalog says.
    machine = {
        "nodes__trainers__instance": "g4dn.xlarge", "workloads__train__software": "pytorch-apex",
        "workloads__train__batch": 163,
    }  # fmt: skip
    assert job(stacks, catalog, **machine).step.compute == pytest.approx(0.7988, rel=0.03)


def test_both_half_precisions_have_one_rate(stacks: Path, catalog: Catalog) -> None:
    rates = [
        job(stacks, catalog, workloads__train__precision=precision).single_rate
        for precision in ("fp16", "bf16")
    ]
    assert rates[0] == rates[1]


def test_the_cluster_of_1024_gpus(stacks: Path, catalog: Catalog) -> None:
    stack = read_stack(stacks / "akiba-2017.yaml", catalog).stack
    node = catalog.instance("on-premises", str(stack.nodes["workers"].instance))
    assert stack.nodes["workers"].count * node.accelerators == 1024
    assert node.memory == 256 * 2**30
    assert node.network_link == "infiniband-fdr"


def test_memory_is_refused_or_fits(stacks: Path, catalog: Catalog) -> None:
    fits = job(stacks, catalog).memory
    assert fits.needed < fits.available


def test_half_precision_halves_the_bandwidth_part_of_the_all_reduce(
    stacks: Path, catalog: Catalog
) -> None:
    # Fast nodes and no latency would halve it exactly; latency is the same for both.
    half, full = (
        job(
            stacks,
            catalog,
            workloads__train__gradient_precision=precision,
            workloads__train__overlap=False,
        ).step
        for precision in ("fp16", "fp32")
    )
    link = catalog.links["efa-400g"]
    latency = 2 * 2 * link.latency  # of a tree over four nodes
    assert full.inter_node - latency == pytest.approx(2 * (half.inter_node - latency), rel=1e-9)


def test_the_slowest_stage_sets_the_throughput(stacks: Path, catalog: Catalog) -> None:
    slow = job(stacks, catalog, workloads__train__dataset__object_size="110 kB",
               storage__imagenet__prefixes=1)  # fmt: skip
    storage = slow.stages[0]
    assert storage.rate == pytest.approx(5500.0)  # one GET a sample, 5,500 GET a second
    assert slow.throughput == pytest.approx(storage.rate, rel=1e-12)
    assert slow.step.input_wait > 0


def test_preparation_on_the_cpu_can_be_the_bottleneck(stacks: Path, catalog: Catalog) -> None:
    prepared = job(
        stacks, catalog, workloads__train__dataset__preparation={"where": "cpu", "rate": 50}
    )
    assert prepared.throughput == pytest.approx(4 * 96 * 50, rel=1e-12)


def test_a_given_rate_goes_before_the_catalog_s(stacks: Path, catalog: Catalog) -> None:
    assert job(stacks, catalog, workloads__train__rate=1000).single_rate == 1000


def test_efficiency_times_peak_is_a_rate(stacks: Path, catalog: Catalog) -> None:
    given_efficiency = job(stacks, catalog, workloads__train__efficiency="30 %")
    assert given_efficiency.single_rate == pytest.approx(0.3 * 312e12 / (3 * 7.72e9), rel=1e-9)


def test_data_parallel_step_is_compute_of_the_local_batch_and_synchronization(
    stacks: Path, catalog: Catalog
) -> None:
    apart = job(stacks, catalog, workloads__train__overlap=False, workloads__train__jitter="0 s")
    step = apart.step
    assert step.compute == pytest.approx(256 / apart.single_rate, rel=1e-12)
    assert step.total == pytest.approx(step.compute + step.intra_node + step.inter_node, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(nodes=st.integers(1, 64), times=st.integers(1, 8))
def test_more_nodes_never_train_slower_nor_better_than_linearly(
    nodes: int, times: int, stacks: Path, catalog: Catalog
) -> None:
    few = job(stacks, catalog, nodes__trainers__count=nodes)
    many = job(stacks, catalog, nodes__trainers__count=nodes * times)
    assert few.throughput <= many.throughput * (1 + 1e-12)
    assert many.speedup <= many.accelerators * (1 + 1e-12)
