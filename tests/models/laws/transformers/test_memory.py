"""What an accelerator holds, against what is published of software and of runs."""

from dataclasses import replace

import pytest

from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.memory import Keeping, held_memory, layer_activations

LLAMA_3_405B = Transformer(126, 16384, 128, 8, 128, 53248, True, 128256, 8192, tied=False)
LLAMA_2_70B = Transformer(80, 8192, 64, 8, 128, 28672, True, 32000, 4096, tied=False)
GPT_3 = Transformer(96, 12288, 96, 96, 128, 4 * 12288, False, 51200, 2048, positions=2048)


def test_without_dropout_there_are_no_masks() -> None:
    # Korthikanti et al. 2022, section 4.1: of 34 s b h two are masks, of 5 a s^2 b three are the
    # mask and what is left after it.
    s, h, a = 2048, 12288, 96
    plain = replace(GPT_3, dropout=False)
    assert layer_activations(plain, Layout(), fused=True) == s * h * 32
    assert layer_activations(plain, Layout(), fused=False) == s * h * 32 + 2 * a * s * s


def test_what_enters_products_is_kept_in_fp8_as_it_was_cast() -> None:
    # By hand, NVIDIA/TransformerEngine at 0004dbd: one byte of what enters the four products,
    # whose inputs the norms (2 + 2), the attention (its output, 2, beside the cast, 1) and the
    # gated network (2 x 2) keep otherwise.
    s, h, keys, inner = 4096, 8192, 1024, 28672
    kept = s * ((4 + 2) * h + 2 * (h + 2 * keys) + (2 + 1) * h + (2 * 2 + 1) * inner)
    assert layer_activations(LLAMA_2_70B, Layout(), fused=True, precision="fp8") == kept


def test_the_second_stage_holds_most_where_the_first_has_the_embedding_instead_of_a_layer() -> None:
    # By hand, Dubey et al. 2024, section 3.3.2: 126 layers in 128 parts of one. With 2 (p-1-i) +
    # (v-1) p + 1 parts under way the first stage has 143, of which 16 or more have no layer, and
    # the second 141; 65,024 bytes a token and layer, which 8 share.
    layout = Layout(
        data=64, tensor=8, pipeline=16, interleave=8, micro_batches=32,
        sequence_parallel=True, zero=2,
    )  # fmt: skip
    held = held_memory(LLAMA_3_405B, layout, "bf16", "adam", Keeping())
    each = layer_activations(LLAMA_3_405B, layout, fused=True)
    assert each == 8192 * 65024
    assert held.activations == 141 * each
    few = held_memory(LLAMA_3_405B, replace(layout, micro_batches=16), "bf16", "adam", Keeping())
    assert few.activations == 8 * 16 * each


def test_an_optimizer_in_bf16_takes_two_bytes_of_each_moment() -> None:
    # NVIDIA/NeMo-Framework-Launcher, conf/peft/llama/sft.yaml at 0da9ad9: optim.dtype bf16.
    full, half = (
        held_memory(LLAMA_2_70B, Layout(), "bf16", optimizer, Keeping()).optimizer
        for optimizer in ("adam", "adam-bf16")
    )
    assert half == full * 4 / 12


def test_gradients_of_bf16_are_added_up_in_fp32_where_the_software_does() -> None:
    # bigscience, chronicles-prequel.md at 053adaf, "Rebalancing layers": 4 bytes of each parameter
    # more, which are not shared, in bf16 but not in fp16.
    for precision, more in (("bf16", 4), ("fp16", 0)):
        layout = Layout(data=8, zero=1)
        plain, sums = (
            held_memory(GPT_3, layout, precision, "adam", Keeping(sums=each)).gradients
            for each in (False, True)
        )
        assert sums / plain == (2 + more) / 2


def test_scores_of_tokens_take_what_the_software_keeps_of_them() -> None:
    # Wijmans et al. 2025, arXiv 2411.09009: 24 GB of 8,192 tokens and 256,000 words in PyTorch.
    model = replace(LLAMA_2_70B, vocabulary=256_000, sequence=8192)
    assert held_memory(model, Layout(), "bf16", "adam", Keeping()).workspace == pytest.approx(
        24 * 2**30, rel=0.03
    )
    lean = held_memory(model, Layout(), "bf16", "adam", Keeping(score=4))
    assert lean.workspace == 8192 * 256_000 * 4


def test_scores_of_tokens_are_gone_before_a_layer_is_computed_again() -> None:
    layout = Layout(recompute=Recompute.FULL)
    held = held_memory(LLAMA_2_70B, layout, "bf16", "adam", Keeping(score=4))
    again = layer_activations(LLAMA_2_70B, Layout(), fused=True)
    assert held.workspace == max(again, 4096 * 32000 * 4)


def test_matrices_are_gathered_one_by_one_or_by_the_layer() -> None:
    # By hand: two gathered and the gradients of one, of the largest matrix of 8192 x 28672.
    layout = Layout(data=64, zero=3)
    scores = 4096 * 32000 * 4
    layers, matrices = (
        held_memory(LLAMA_2_70B, layout, "bf16", "adam", Keeping(score=4, gathers_layers=each))
        for each in (True, False)
    )
    assert layers.workspace - scores == 3 * 2 * LLAMA_2_70B.common_parameters
    assert matrices.workspace - scores == 3 * 2 * 8192 * 28672


def test_backward_attention_that_is_not_fused_has_gradients_of_its_scores() -> None:
    # Korthikanti et al. 2022, section 4.1: 2 a s^2 b of each of two, when 19 s b h are gone.
    s, h, a = 4096, 4096, 64
    model = Transformer(2, h, a, a, 64, 4 * h, False, 1000, s)
    held = held_memory(model, Layout(), "fp16", "adam", Keeping(fused=False, score=4))
    assert held.workspace == 4 * a * s * s - 19 * s * h


def test_several_copies_of_what_is_sharded_hold_as_many_times_as_much() -> None:
    one, eight = (
        held_memory(LLAMA_2_70B, Layout(data=64, zero=3, copies=n), "bf16", "adam", Keeping())
        for n in (1, 8)
    )
    assert eight.weights == pytest.approx(8 * one.weights)
    assert eight.gradients == pytest.approx(8 * one.gradients)
    assert eight.optimizer == pytest.approx(8 * one.optimizer)
    assert eight.activations == one.activations
