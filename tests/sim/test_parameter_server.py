"""Parameter servers in a stack: law and simulation beside each other."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob
from models.prediction.training_answer import SynchronizationAnswer, TrainingPrediction
from models.reading.faults import InvalidDescription
from sim.predict import predict

TINY = """
name: four-workers
cloud: on-premises
nodes:
  workers:
    machine: {vcpus: 8, memory: 64 GB, network: 100 Gbps, network_link: ethernet-100g}
    count: 4
    price: 1 USD/h
storage:
  data: {kind: nas, size: 1 TB, bandwidth: 100 GB/s}
workloads:
  train:
    kind: training
    nodes: workers
    model: {parameters: 1000, forward: 1 GFLOP}
    dataset:
      store: data
      samples: 100000
      sample_size: 1 kB
      preparation: {where: accelerator}
    epochs: 1
    batch: 1
    rate: 1
    precision: fp32
    gradient_precision: fp32
    jitter: 0 s
    parameter_server: {}
    slow_nodes: {count: 1, factor: 2.0}
    checkpoint: {store: data, interval: none}
"""

SERVERS = """  servers:
    machine: {vcpus: 8, memory: 64 GB, network: 10 Gbps, network_link: ethernet-10g}
    count: 1
    price: 1 USD/h
"""


@pytest.fixture
def tiny(tmp_path: Path, catalog: Catalog) -> StackFile:
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    return read_stack(file, catalog)


def solved(file: StackFile, catalog: Catalog, **changes: Any) -> TrainingJob:
    paths = {f"workloads.train.{key.replace('__', '.')}": one for key, one in changes.items()}
    found: TrainingJob = change_stack(file, paths, catalog).solved.workloads["train"].answer
    return found


def predicted(file: StackFile, catalog: Catalog, **changes: Any) -> SynchronizationAnswer:
    paths = {f"workloads.train.{key.replace('__', '.')}": one for key, one in changes.items()}
    answer = predict(change_stack(file, paths, catalog), catalog, replications=20).workloads[0]
    assert isinstance(answer, TrainingPrediction)
    assert answer.synchronization is not None
    return answer.synchronization


# A sample of one worker takes 1 s, of the slow one 2 s; the exchange takes 50 us.
@pytest.mark.parametrize(
    ("server", "rate", "staleness"),
    [
        ({"mode": "synchronous"}, 2.0, 0.0),
        ({"mode": "asynchronous"}, 3.5, 3.0),
        ({"mode": "synchronous", "backup_workers": 1}, 3.0, 0.0),
    ],
)
def test_workers_of_1_1_1_and_2_s(
    tiny: StackFile, catalog: Catalog, server: dict[str, object], rate: float, staleness: float
) -> None:
    found = predicted(tiny, catalog, parameter_server=server)
    assert found.rate == pytest.approx(rate, rel=1e-3)
    assert found.simulated_rate.mean == pytest.approx(rate, rel=2e-3)
    assert found.staleness == staleness
    assert found.simulated_staleness.mean == pytest.approx(staleness, abs=0.02)


def test_all_reduce_waits_for_the_slow_node(tiny: StackFile, catalog: Catalog) -> None:
    found = solved(tiny, catalog, parameter_server=None)
    assert found.servers is None
    assert found.throughput == pytest.approx(2.0, rel=1e-3)
    assert found.step.straggler == pytest.approx(1.0)
    assert found.bottleneck.name in {"accelerators", "stragglers"}


def test_law_and_simulation_agree_where_steps_vary(tiny: StackFile, catalog: Catalog) -> None:
    alike = {"slow_nodes": None, "jitter": "100 ms"}
    for server in (
        {"mode": "synchronous"},
        {"mode": "asynchronous"},
        {"mode": "synchronous", "backup_workers": 2},
    ):
        found = predicted(tiny, catalog, parameter_server=server, **alike)
        assert found.simulated_rate.mean == pytest.approx(found.rate, rel=0.01)


def test_backup_workers_are_worth_it_where_steps_vary_much(
    tiny: StackFile, catalog: Catalog
) -> None:
    varied = {"slow_nodes": None, "jitter": "300 ms"}
    steps = [
        solved(tiny, catalog, parameter_server={"backup_workers": spare}, **varied).step.total
        for spare in (0, 1, 2)
    ]
    assert steps == sorted(steps, reverse=True)


def test_only_samples_of_workers_that_count_make_a_step(tiny: StackFile, catalog: Catalog) -> None:
    server = {"backup_workers": 1}
    assert solved(tiny, catalog, parameter_server=server).batch == 3
    given = solved(tiny, catalog, parameter_server=server, batch=None, global_batch=6)
    assert given.batch == 6
    assert given.step.compute == pytest.approx(2.0)  # two samples of each of three workers


def test_one_server_on_a_slow_link_is_what_holds_workers_back(
    tmp_path: Path, catalog: Catalog
) -> None:
    file = tmp_path / "servers.yaml"
    file.write_text(TINY.replace("storage:", f"{SERVERS}storage:"), encoding="utf-8")
    server = {"servers": 1, "nodes": "servers"}
    big = {
        "workloads.train.model.parameters": 1e9,
        "workloads.train.parameter_server": server,
        "workloads.train.overlap": False,
        "workloads.train.slow_nodes": None,
    }
    found = read_stack(file, catalog, big).solved.workloads["train"].answer
    # 4 workers push and pull 4 GB each over 1.15 GB/s.
    assert found.step.inter_node == pytest.approx(2 * 4 * 4e9 / 1.15e9, rel=1e-3)
    loose = big | {"workloads.train.parameter_server": server | {"mode": "asynchronous"}}
    stack = read_stack(file, catalog, loose)
    loose_job = stack.solved.workloads["train"].answer
    assert loose_job.throughput == pytest.approx(1.15e9 / 8e9, rel=1e-3)
    answer = predict(stack, catalog, replications=20).workloads[0]
    assert isinstance(answer, TrainingPrediction)
    assert answer.synchronization is not None
    assert answer.synchronization.simulated_rate.mean == pytest.approx(1.15 / 8, rel=0.01)


def test_the_same_seed_gives_the_same_answer(tiny: StackFile, catalog: Catalog) -> None:
    varied = {"jitter": "200 ms", "parameter_server": {"mode": "asynchronous"}}
    assert predicted(tiny, catalog, **varied) == predicted(tiny, catalog, **varied)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parameter_server": {"backup_workers": 4}}, "leaves none of 4 workers"),
        ({"parameter_server": {"mode": "asynchronous", "backup_workers": 1}}, "synchronous upd"),
        ({"parameter_server": {"nodes": "workrs"}}, "workers"),
        ({"slow_nodes": {"count": 5, "factor": 2.0}}, "is 5 of 4 nodes"),
        ({"slow_nodes": {"count": 1, "factor": 0.5}}, "factor"),
    ],
)
def test_what_can_not_be_is_refused(
    tiny: StackFile, catalog: Catalog, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidDescription, match=said):
        solved(tiny, catalog, **changes)


def test_a_transformer_has_a_layout_instead(stacks: Path, catalog: Catalog) -> None:
    file = read_stack(stacks / "gpt3-175b-on-1024.yaml", catalog)
    with pytest.raises(InvalidDescription, match="parameter_server, which a transformer"):
        change_stack(file, {"workloads.train.parameter_server": {}}, catalog)


def test_explanation_names_the_laws_of_parameter_servers(tiny: StackFile) -> None:
    job = tiny.solved.workloads["train"]
    names = {law.name for law in job.kind.laws(job.answer)}
    assert "parameter_server_synchronization" in names
    assert "hierarchical_all_reduce" not in names
