"""A transformer in a stack: its layout, its memory, what is refused."""

import math
import re
from pathlib import Path

import pytest

from models.catalog.operators import Regime, combined_error, remotest
from models.catalog.records import Catalog
from models.parts.facts import Facts
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob
from models.parts.workloads.training_kind import KIND
from models.parts.workloads.transformer_job import answer
from models.reading.faults import InvalidDescription

STACK = "gpt3-175b-on-1024.yaml"
LAYOUT = {
    "tensor": 8, "pipeline": 8, "sequence_parallel": True, "recompute": "selective",
    "micro_batch": 1, "zero": 1,
}  # fmt: skip


def job(stacks: Path, catalog: Catalog, **changes: object) -> TrainingJob:
    """The training job of the example, with values changed; __ stands for a dot."""
    paths = {f"workloads.train.{key.replace('__', '.')}": one for key, one in changes.items()}
    stack_file = change_stack(read_stack(stacks / STACK, catalog), paths, catalog)
    found: TrainingJob = stack_file.solved.workloads["train"].answer
    return found


def test_a_layout_that_is_given_is_taken(stacks: Path, catalog: Catalog) -> None:
    found = job(stacks, catalog, layout=LAYOUT)
    assert found.transformer is not None
    layout = found.transformer.chosen.layout
    assert (layout.data, layout.tensor, layout.pipeline, layout.micro_batches) == (16, 8, 8, 96)
    assert found.transformer.tried == 1


def test_the_step_is_the_sum_of_its_parts(stacks: Path, catalog: Catalog) -> None:
    found = job(stacks, catalog, layout=LAYOUT)
    assert found.transformer is not None
    assert found.step.total == pytest.approx(found.transformer.chosen.step.total, rel=1e-12)
    assert found.throughput == pytest.approx(1536 / found.step.total)


def test_utilization_is_as_published_for_such_a_model(stacks: Path, catalog: Catalog) -> None:
    # Korthikanti et al. 2022, table 5: 51.6 % of GPT-3 175B on 512 A100, tensor and sequence
    # parallel, selective recomputation.
    changes = {"layout": LAYOUT, "software": "megatron-lm-2022"}
    solved = job(stacks, catalog, **changes).transformer
    assert solved is not None
    assert solved.mfu == pytest.approx(0.516, abs=0.05)
    assert solved.hfu > solved.mfu


def test_a_layout_that_does_not_fit_is_refused_with_the_figure(
    stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=r"needs .* on each accelerator"):
        job(stacks, catalog, layout={"tensor": 2, "micro_batch": 1})


def test_a_precision_that_is_not_known_is_refused_with_those_that_are(
    stacks: Path, catalog: Catalog
) -> None:
    paths: dict[str, object] = {
        "nodes.trainers.machine.accelerator": "V100-SXM2-32GB",
        "nodes.trainers.machine.intra_link": "nvlink2",
        "workloads.train.precision": "bf16",
    }
    with pytest.raises(InvalidDescription, match="known are those in fp16, fp32, fp64"):
        change_stack(read_stack(stacks / STACK, catalog), paths, catalog)


def test_llama_3_405b_on_8192_accelerators_runs_with_a_warning(
    stacks: Path, catalog: Catalog
) -> None:
    # Dubey et al. 2024, arXiv 2407.21783, table 4 and section 3.3.2: 126 layers in 128 parts, of
    # which the first and the last have none, on accelerators that the law finds nearly full.
    paths: dict[str, object] = {
        "nodes.trainers.machine.accelerator": "H100-SXM-80GB",
        "nodes.trainers.machine.intra_link": "nvswitch3",
        "nodes.trainers.machine.network": "400 Gbps",
        "nodes.trainers.machine.network_link": "infiniband-ndr",
        "nodes.trainers.count": 1024,
        "workloads.train.global_batch": 2048,
        "workloads.train.precision": "bf16",
        "workloads.train.gradient_precision": "bf16",
        "workloads.train.software": "megatron-core",
        "workloads.train.transformer": {
            "layers": 126, "hidden": 16384, "heads": 128, "kv_heads": 8, "feed_forward": 53248,
            "gated": True, "vocabulary": 128256, "sequence": 8192, "tied": False,
        },
        "workloads.train.layout": {
            "tensor": 8, "pipeline": 16, "interleave": 8, "sequence_parallel": True, "zero": 2,
        },
    }  # fmt: skip
    stack = change_stack(read_stack(stacks / STACK, catalog), paths, catalog)
    found = stack.solved.workloads["train"].answer
    assert any("may run out of memory" in one.text for one in stack.solved.findings)
    # 430 TFLOP/s of each accelerator were measured, 43 % of its peak.
    assert found.transformer.mfu == pytest.approx(0.43, rel=0.1)


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ({"tensor": 7}, "takes 7 accelerators a replica"),
        ({"tensor": 8, "pipeline": 8, "micro_batch": 5}, "leaves a remainder"),
        ({"tensor": 8, "interleave": 4}, "has 4 parts a stage, which takes a pipeline of stages"),
        (
            {"pipeline": 64, "interleave": 2},
            "cuts 96 layers into 128 parts, of which all but the ends",
        ),
        ({"tensor": 8, "copies": 2}, "take zero 3, and no expert parallelism"),
        ({"tensor": 8, "zero": 3, "copies": 3}, "3 does not divide 128 replicas"),
    ],
)
def test_a_layout_that_does_not_divide_is_refused(
    stacks: Path, catalog: Catalog, layout: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidDescription, match=said):
        job(stacks, catalog, layout=layout)


def test_a_context_that_does_not_divide_the_sequence_is_refused(
    stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match="8 does not divide 2047 tokens of a sequence"):
        job(
            stacks,
            catalog,
            layout={"context": 8, "zero": 3},
            transformer={
                "layers": 24, "hidden": 1024, "heads": 16, "vocabulary": 50257, "sequence": 2047,
            },
        )  # fmt: skip


def test_fused_attention_computes_no_scores_again(stacks: Path, catalog: Catalog) -> None:
    # Dao et al. 2022: scores never are in memory; the backward pass makes them by itself.
    for software, again in (("llm-foundry", False), ("megatron-lm", True)):
        layout = {"tensor": 8, "pipeline": 8, "recompute": "selective", "sequence_parallel": True}
        solved = job(stacks, catalog, layout=layout, software=software).transformer
        assert solved is not None
        assert (solved.hfu > solved.mfu) == again


def test_a_layout_that_is_described_is_not_told_to_be_a_word(
    stacks: Path, catalog: Catalog
) -> None:
    # A layout may be `auto` or described; what is wrong inside it is the only fault.
    with pytest.raises(InvalidDescription) as refused:
        job(stacks, catalog, layout={"tensor": 8, "pipelin": 8})
    (fault,) = str(refused.value).splitlines()
    assert fault.endswith("layout.pipelin: is not a known key; did you mean 'pipeline'?")
    with pytest.raises(InvalidDescription, match="'fast' is not known; one of auto"):
        job(stacks, catalog, layout="fast")


def test_a_batch_that_no_layout_can_spread_says_so(stacks: Path, catalog: Catalog) -> None:
    with pytest.raises(InvalidDescription, match=r"no layout .* takes 1 sample a step"):
        job(stacks, catalog, global_batch=1)


def test_automatic_is_at_least_as_fast_as_any_that_is_given(stacks: Path, catalog: Catalog) -> None:
    best = job(stacks, catalog)
    assert best.step.total <= job(stacks, catalog, layout=LAYOUT).step.total


def test_a_software_without_calibrated_steps_says_which_have_them(
    stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=r"has no calibrated steps.*llm-foundry"):
        job(stacks, catalog, software="caffe")


def test_heads_that_do_not_divide_the_width_are_refused(stacks: Path, catalog: Catalog) -> None:
    with pytest.raises(InvalidDescription, match="don't divide its hidden"):
        job(stacks, catalog, transformer__heads=97)


def test_an_accelerator_that_was_not_calibrated_is_less_sure(
    stacks: Path, catalog: Catalog
) -> None:
    paths = {
        "nodes.trainers.machine.accelerator": "B200-SXM",
        "nodes.trainers.machine.intra_link": "nvswitch4",
    }
    stack_file = change_stack(read_stack(stacks / STACK, catalog), paths, catalog)
    found = stack_file.solved.workloads["train"].answer
    assert found.transformer.regime == "another accelerator"
    assert found.uncertainty > job(stacks, catalog).uncertainty


LORA = {"rank": 16, "targets": ["query", "value"]}


def test_low_rank_adaptation_trains_few_parameters(stacks: Path, catalog: Catalog) -> None:
    full, some = job(stacks, catalog, layout=LAYOUT), job(stacks, catalog, layout=LAYOUT, lora=LORA)
    assert full.transformer is not None
    assert some.transformer is not None
    # Hu et al. 2021, table 4: rank 8 of query and value has 37.7 M of GPT-3.
    assert some.transformer.model.trained_parameters == 2 * 37_748_736
    assert some.memory.optimizer < full.memory.optimizer / 1000
    assert some.checkpoint.size < full.checkpoint.size / 1000
    assert 0.6 < some.step.total / full.step.total < 0.8
    assert some.transformer.regime == "low-rank adaptation"
    assert some.uncertainty > full.uncertainty


@pytest.mark.parametrize(
    ("lora", "said"),
    [
        ({"rank": 0}, "rank"),
        ({"rank": 8, "targets": []}, "targets"),
        ({"rank": 8, "targets": ["query", "query"]}, "names a target twice"),
        ({"rank": 8, "targets": ["qkv", "key"]}, "names qkv and key"),
        ({"rank": 8, "targets": ["gate"]}, "without gates"),
        ({"rank": 8, "targets": ["kuery"]}, "query"),
    ],
)
def test_adaptation_that_can_not_be_is_refused(
    stacks: Path, catalog: Catalog, lora: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidDescription, match=said):
        job(stacks, catalog, lora=lora)


def test_laws_are_those_of_a_transformer_in_its_layout(stacks: Path, catalog: Catalog) -> None:
    laws = KIND.laws(job(stacks, catalog, layout=LAYOUT))
    assert not {"straggler_delay", "hierarchical_all_reduce"} & {law.name for law in laws}
    told = " ".join(law.says for law in laws)
    for part in ("layer by layer", "Collectives", "(p-1) / (v m)", "Sharding"):
        assert part in told
    alone = KIND.laws(job(stacks, catalog, layout=LAYOUT | {"zero": 0}))
    assert "Sharding" not in " ".join(law.says for law in alone)


def test_the_error_that_is_told_is_the_one_that_counts(stacks: Path, catalog: Catalog) -> None:
    found = job(stacks, catalog, uncertainty="3 %")
    assert found.transformer is not None
    assert found.transformer.error > 0.03 == found.uncertainty
    assert answer(found.transformer, found.throughput, found.uncertainty).error == 0.03


def test_a_precision_that_was_not_calibrated_is_less_sure(stacks: Path, catalog: Catalog) -> None:
    machine: dict[str, object] = {"nodes.trainers.machine.accelerator": "H100-SXM-80GB"}
    machine["workloads.train.software"] = "nemo"
    machine["workloads.train.layout"] = LAYOUT | {"micro_batch": 2}
    file = change_stack(read_stack(stacks / STACK, catalog), machine, catalog)
    errors = {}
    for precision in ("bf16", "fp8"):
        changes = {"workloads.train.precision": precision}
        solved = change_stack(file, changes, catalog).solved.workloads["train"].answer.transformer
        errors[str(solved.regime)] = solved.error
    assert errors["another precision"] > errors["a size as measured, on several nodes"]


def test_the_published_layout_of_llama_3_is_among_the_best(stacks: Path, catalog: Catalog) -> None:
    # NVIDIA-NeMo/Megatron-Bridge, docs/performance-summary.md at 00b7660: Llama 3.1 405B on 1,024
    # H100, 512 sequences of 8,192 tokens: tensor 8, pipeline 8, context 2, interleaved 8.
    changes = {
        "nodes.trainers.machine.accelerator": "H100-SXM-80GB",
        "nodes.trainers.machine.intra_link": "nvswitch3",
        "nodes.trainers.machine.network": "400 Gbps",
        "nodes.trainers.machine.network_link": "infiniband-ndr",
        "workloads.train.software": "megatron-core",
        "workloads.train.precision": "bf16",
        "workloads.train.global_batch": 512,
        "workloads.train.transformer": {
            "layers": 126, "hidden": 16384, "heads": 128, "kv_heads": 8, "feed_forward": 53248,
            "gated": True, "vocabulary": 128256, "sequence": 8192, "tied": False,
        },
    }  # fmt: skip
    published = {
        "tensor": 8, "pipeline": 8, "context": 2, "interleave": 8, "sequence_parallel": True,
        "zero": 1,
    }  # fmt: skip
    file = change_stack(read_stack(stacks / STACK, catalog), changes, catalog)
    best, theirs = (
        change_stack(file, {"workloads.train.layout": layout}, catalog)
        .solved.workloads["train"]
        .answer.transformer.chosen.step.total
        for layout in ("auto", published)
    )
    assert best <= theirs <= 1.05 * best


def test_a_slow_node_sets_the_pace_of_its_stage_and_all_wait_for_it(
    stacks: Path, catalog: Catalog
) -> None:
    # Narayanan et al. 2021, section 2.2: 96 of the 96 + 8 - 1 slots are those of the slowest stage;
    # a node of eight has one stage of one pipeline.
    usual = job(stacks, catalog, layout=LAYOUT).transformer
    slow = job(stacks, catalog, layout=LAYOUT, slow_nodes={"count": 1, "factor": 1.5})
    assert usual is not None
    assert slow.transformer is not None
    step = usual.chosen.step
    waited = 0.5 * (step.matrices + step.attention + step.memory)
    assert slow.transformer.chosen.step.waiting == pytest.approx(waited)
    assert slow.step.straggler == slow.transformer.chosen.step.waiting
    assert slow.step.total == pytest.approx(step.total + waited)
    assert slow.transformer.mfu < usual.mfu


def test_further_slow_nodes_fill_the_pipeline_more_slowly(stacks: Path, catalog: Catalog) -> None:
    one, three = (
        job(stacks, catalog, layout=LAYOUT, slow_nodes={"count": count, "factor": 2.0}).step
        for count in (1, 3)
    )
    assert three.straggler == pytest.approx(one.straggler * (1 + 2 / 96))


def test_a_slow_node_without_stages_slows_all_that_is_computed(
    stacks: Path, catalog: Catalog
) -> None:
    layout = {"tensor": 8, "zero": 3, "recompute": "full", "sequence_parallel": True}
    found = job(stacks, catalog, layout=layout, slow_nodes={"count": 1, "factor": 1.25})
    assert found.transformer is not None
    step = found.transformer.chosen.step
    assert step.waiting == pytest.approx(0.25 * (step.matrices + step.attention + step.memory))


def test_more_slow_nodes_than_there_are_is_refused(stacks: Path, catalog: Catalog) -> None:
    with pytest.raises(InvalidDescription, match=r"is 129 of 128 nodes"):
        job(stacks, catalog, layout=LAYOUT, slow_nodes={"count": 129, "factor": 2.0})


def test_a_layout_that_is_too_large_is_told_with_what_makes_it_fit(
    stacks: Path, catalog: Catalog
) -> None:
    layout = LAYOUT | {"micro_batch": 16, "recompute": "none"}
    with pytest.raises(InvalidDescription) as told:
        job(stacks, catalog, layout=layout)
    text = str(told.value)
    whole, *parts = [float(size) for size in re.findall(r"([\d.]+) GB (?:on each|of )", text)][:6]
    assert sum(parts) == pytest.approx(whole, rel=0.01)
    [fits] = re.findall(r"it fits with (.*)", text)
    assert "`micro_batch: 1`" in fits
    keys = {key: int(value) for key, value in re.findall(r"`(\w+): (\d+)`", fits)}
    assert job(stacks, catalog, layout=layout | keys).transformer is not None


def test_a_step_that_differs_in_several_ways_is_called_by_the_farthest_and_is_less_sure(
    stacks: Path, catalog: Catalog
) -> None:
    nearest = job(stacks, catalog, layout=LAYOUT).transformer
    farther = job(stacks, catalog, layout=LAYOUT | {"zero": 1}, lora=LORA).transformer
    assert str(farther.regime) == "low-rank adaptation"
    assert farther.error > nearest.error
    # By hand: 3, 4 and 5 of which the first is the nearest: 9 + 7 + 16 = 32.
    assert combined_error(3.0, 4.0, 5.0) == pytest.approx(math.sqrt(32))
    assert combined_error(3.0, 2.0) == 3.0
    assert remotest([Regime.ADAPTED, Regime.MEASURED_SIZE]) is Regime.ADAPTED


def test_steps_that_mostly_wait_for_hosts_are_no_surer_than_such_are(catalog: Catalog) -> None:
    facts = Facts(catalog)
    seen = facts.step_error("megatron-lm", Regime.MEASURED_SIZE)
    bound = facts.step_error("megatron-lm", Regime.HOST_BOUND)
    assert combined_error(seen, bound) == pytest.approx(bound)
    # NeMo's measured sizes all ran on several nodes: on one they are as sure as another size.
    unseen = facts.step_error("nemo", Regime.MEASURED_SHARED)
    assert unseen == facts.step_error("nemo", Regime.INTERPOLATED)


def test_auto_tries_every_micro_batch_that_divides_the_samples(
    stacks: Path, catalog: Catalog
) -> None:
    # BERT-large on 32 L4 with 3,840 samples: 120 a replica, which 30 divide and 32 do not.
    path = stacks / "bert-large-l4-gcp.yaml"
    changes: dict[str, object] = {"workloads.train.global_batch": 3840}
    given = changes | {"workloads.train.layout": {"zero": 1, "micro_batch": 20}}
    best, by_hand = (
        change_stack(read_stack(path, catalog), each, catalog).solved.workloads["train"].answer
        for each in (changes, given)
    )
    assert best.throughput >= by_hand.throughput
