"""A pipeline over time, against its closed form."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training import Training
from models.prediction.training_answer import TrainingPrediction
from reports.workloads.training import lines
from sim.pipeline import pipelined
from sim.predict import predict


@pytest.mark.parametrize(("stages", "micro_batches"), [(1, 5), (4, 4), (4, 9), (8, 64), (6, 2)])
def test_alike_stages_take_as_many_slots_as_narayanan_says(stages: int, micro_batches: int) -> None:
    # arXiv 2104.04473, section 2.2: m + p - 1 slots of a forward and a backward pass.
    assert pipelined([1.0] * stages, [2.0] * stages, micro_batches) == pytest.approx(
        3 * (micro_batches + stages - 1)
    )


@pytest.mark.parametrize("slower", [1.2, 2.0, 5.0])
def test_a_slow_last_stage_sets_the_pace_of_all_but_filling(slower: float) -> None:
    forward, backward = [1.0] * 3 + [slower], [2.0] * 3 + [2 * slower]
    assert pipelined(forward, backward, 16) == pytest.approx(3 * (16 * slower + 3))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_slow_stage_elsewhere_takes_no_longer_and_no_less_than_its_own_passes(place: int) -> None:
    slower = [2.0 if stage == place else 1.0 for stage in range(4)]
    found = pipelined(slower, [2 * each for each in slower], 16)
    assert 3 * 16 * 2.0 <= found <= 3 * (16 * 2.0 + 3)


def test_two_slow_stages_at_the_end_fill_more_slowly() -> None:
    assert pipelined([1.0, 1.0, 2.0, 2.0], [2.0, 2.0, 4.0, 4.0], 16) == pytest.approx(
        3 * (16 * 2 + 2 + 2)
    )


@pytest.mark.parametrize(("count", "pipeline"), [(1, 8), (3, 8), (1, 1)])
def test_replicas_on_slow_nodes_are_simulated_as_the_law_says(
    count: int, pipeline: int, stacks: Path, catalog: Catalog
) -> None:
    layout = {"tensor": 8, "sequence_parallel": True, "recompute": "full"}
    layout |= {"pipeline": pipeline, "zero": 1 if pipeline > 1 else 3}
    changes = {
        "workloads.train.layout": layout,
        "workloads.train.slow_nodes": {"count": count, "factor": 1.5},
    }
    stack = change_stack(read_stack(stacks / "gpt3-175b-on-1024.yaml", catalog), changes, catalog)
    found = predict(stack, catalog, replications=2).workloads[0]
    assert isinstance(found, TrainingPrediction)
    told = found.synchronization
    assert told is not None
    assert told.workers == 1024 // 8 // pipeline
    # The law fills without the scores of tokens, which one stage has; here every slot has a share.
    assert told.simulated_rate.mean == pytest.approx(told.rate, rel=2e-3)
    described = stack.stack.workloads["train"]
    assert isinstance(described, Training)
    assert "servers" not in dict(lines(found, described))["Updates by"]


def test_alike_nodes_agree_without_a_word(stacks: Path, catalog: Catalog) -> None:
    stack = read_stack(stacks / "gpt3-175b-on-1024.yaml", catalog)
    found = predict(stack, catalog, replications=2).workloads[0]
    assert isinstance(found, TrainingPrediction)
    assert found.synchronization is None
