"""Parameters and computation of transformers, against published counts."""

from dataclasses import replace

import pytest

from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.memory import (
    Keeping,
    held_memory,
    layer_activations,
    stage_layers,
    stage_parameters,
)

LLAMA_2_7B = Transformer(32, 4096, 32, 32, 128, 11008, True, 32000, 4096, tied=False)
LLAMA_3_8B = Transformer(32, 4096, 32, 8, 128, 14336, True, 128256, 8192, tied=False)
MIXTRAL = Transformer(
    32, 4096, 32, 8, 128, 14336, True, 32000, 4096, experts=8, active_experts=2, tied=False
)
GPT_3 = Transformer(
    96, 12288, 96, 96, 128, 4 * 12288, False, 51200, 2048, positions=2048, biases=True
)


@pytest.mark.parametrize(
    ("model", "published"),
    [
        (LLAMA_2_7B, 6_738_415_616),  # huggingface.co/meta-llama/Llama-2-7b-hf
        (LLAMA_3_8B, 8_030_261_248),  # huggingface.co/meta-llama/Meta-Llama-3-8B
        (MIXTRAL, 46_702_792_704),  # huggingface.co/mistralai/Mixtral-8x7B-v0.1
    ],
)
def test_parameters_are_those_of_the_published_weights(model: Transformer, published: int) -> None:
    assert model.parameters == published


def test_gpt_3_has_the_parameters_that_narayanan_counts() -> None:
    # Narayanan et al. 2021, equation 2: 12 l h^2 (1 + 13/12h + (V + s)/12lh).
    h, l, v, s = 12288, 96, 51200, 2048  # noqa: E741
    published = 12 * l * h**2 * (1 + 13 / (12 * h) + (v + s) / (12 * l * h))
    assert GPT_3.parameters == pytest.approx(published, rel=1e-5)


def test_mixture_of_experts_computes_with_the_active_ones_alone() -> None:
    assert MIXTRAL.active_parameters == pytest.approx(12.9e9, rel=0.01)  # Jiang et al. 2024


def test_a_step_computes_what_narayanan_says() -> None:
    # Equation 3 without recomputation: 72 B s l h^2 (1 + s/6h + V/12lh).
    b, h, l, v, s = 1536, 12288, 96, 51200, 2048  # noqa: E741
    published = 72 * b * s * l * h**2 * (1 + s / (6 * h) + v / (12 * l * h))
    assert 3 * GPT_3.forward_flops(b) == pytest.approx(published, rel=1e-3)


def test_activations_are_those_of_korthikanti() -> None:
    # arXiv 2205.05198, equation 1: s b h (34 + 5 a s / h); equation 2 shares but 10 of 34.
    s, h, a = 2048, 12288, 96
    assert layer_activations(GPT_3, Layout(), fused=False) == pytest.approx(
        s * h * (34 + 5 * a * s / h), rel=1e-12
    )
    shared = layer_activations(GPT_3, Layout(tensor=8), fused=False)
    assert shared == pytest.approx(s * h * (10 + 24 / 8 + 5 * a * s / (h * 8)), rel=1e-12)
    sequence = Layout(tensor=8, sequence_parallel=True, recompute=Recompute.SELECTIVE)
    assert layer_activations(GPT_3, sequence, fused=False) == pytest.approx(s * h * 34 / 8)


def test_llama_keeps_no_masks_of_dropout() -> None:
    # By hand, Korthikanti et al. 2022, section 4.1, in bytes a token: 8 h of both norms and both
    # blocks' inputs; queries, keys and values, the input of the projection, and three times
    # 14,336 of the gated network, 2 each.
    kept = 8 * 4096 + 2 * (4096 + 2 * 1024) + 2 * 4096 + 2 * 3 * 14336
    assert layer_activations(LLAMA_3_8B, Layout(), fused=True) == 8192 * kept


def test_sharding_divides_what_zero_says() -> None:
    # Rajbhandari et al. 2020, figure 1: 16 bytes a parameter, of which stages share 12, 14, 16.
    alone = stage_parameters(LLAMA_2_7B, Layout())
    for zero, kept in ((0, 16.0), (1, 4 + 12 / 64), (2, 2 + 14 / 64), (3, 16 / 64)):
        held = held_memory(LLAMA_2_7B, Layout(data=64, zero=zero), "fp16", "adam", Keeping())
        states = held.weights + held.gradients + held.optimizer
        assert states == pytest.approx(alone * kept, rel=1e-12)


@pytest.mark.parametrize("expert", [1, 2, 4, 8])
def test_nothing_is_lost_where_all_is_sharded(expert: int) -> None:
    # Rajbhandari et al. 2020, section 5: all accelerators together hold 16 bytes of each
    # parameter once, whichever of them have the experts.
    layout = Layout(data=8, expert=expert, zero=3)
    held = held_memory(MIXTRAL, layout, "bf16", "adam", Keeping())
    states = 8 * (held.weights + held.gradients + held.optimizer)
    assert states == pytest.approx(16 * stage_parameters(MIXTRAL, Layout()), rel=1e-12)


def test_experts_have_fewer_replicas_that_share_their_optimizer() -> None:
    # By hand: 45.1 billion parameters of experts, an eighth on each of eight accelerators, of
    # which nobody else has a copy: their 12 bytes of optimizer are shared with nobody.
    layout = Layout(data=8, expert=8, zero=1)
    held = held_memory(MIXTRAL, layout, "bf16", "adam", Keeping())
    routed = 32 * 8 * 3 * 4096 * 14336
    common = stage_parameters(MIXTRAL, Layout()) - routed
    assert held.weights == pytest.approx(2 * (common + routed / 8))
    assert held.optimizer == pytest.approx(12 * (common + routed) / 8)


def test_single_precision_takes_twice_the_memory() -> None:
    # Micikevicius et al. 2018, section 3: 4 bytes of each activation and weight instead of 2.
    half, single = (
        held_memory(LLAMA_2_7B, Layout(), precision, "adam", Keeping())
        for precision in ("bf16", "fp32")
    )
    assert single.activations == 2 * half.activations
    assert single.weights == 2 * half.weights


def test_the_longest_stage_sets_the_memory() -> None:
    # Dubey et al. 2024, section 3.3.2: 126 layers over 16 stages, most of which have 8.
    llama = Transformer(
        126, 16384, 128, 8, 128, 53248, True, 128256, 8192, tied=False
    )  # fmt: skip
    assert stage_layers(llama, Layout(pipeline=16)) == 8
    assert stage_layers(llama, Layout(pipeline=9, interleave=14)) == 14
    assert stage_layers(llama, Layout(pipeline=8, interleave=4)) == 16


def test_no_more_micro_batches_are_under_way_than_there_are() -> None:
    few = Layout(pipeline=8, interleave=4, micro_batches=2)
    many = replace(few, micro_batches=64)
    held = [held_memory(GPT_3, one, "fp16", "adam", Keeping()).activations for one in (few, many)]
    # Korthikanti et al. 2022, section 4.2.3: p (1 + (p-1)/pv) of them at most.
    assert held[1] / held[0] == pytest.approx(8 * (1 + 7 / 32) / 2)


def test_a_model_of_60_gb_shared_by_four_takes_15_gb_each() -> None:
    model = Transformer(48, 8192, 64, 64, 128, 32768, False, 8192, 2048)
    whole = stage_parameters(model, Layout())
    assert stage_parameters(model, Layout(tensor=4)) == pytest.approx(whole / 4, rel=1e-12)
    pipelined = stage_parameters(model, Layout(pipeline=4))
    assert pipelined == pytest.approx(whole / 4, rel=0.01)  # the first stage has the embedding


def test_attention_sees_one_of_packed_sequences_at_a_time() -> None:
    # By hand: 16 of 256 tokens in one of 4,096 have a sixteenth of its scores.
    packed = replace(LLAMA_3_8B, sequence=4096, packed=256)
    whole = replace(packed, packed=None)
    assert packed.attention_flops() == whole.attention_flops() / 16
    scores = whole.attention_flops() - packed.attention_flops()
    assert whole.training_flops() - packed.training_flops() == pytest.approx(3 * scores)


def test_what_is_computed_again_leaves_scores_of_tokens_and_may_leave_the_last_product() -> None:
    tokens, model = LLAMA_3_8B.sequence, LLAMA_3_8B
    again = model.recomputed_flops(1, skips_last=False)
    head = 2 * tokens * model.vocabulary * model.hidden
    assert again == model.forward_flops() - head
    last = 2 * tokens * model.layers * model.hidden * model.feed_forward
    assert again - model.recomputed_flops(1, skips_last=True) == last
