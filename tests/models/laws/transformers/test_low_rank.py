"""Low-rank adaptation: trained parameters, computation, memory and traffic."""

from dataclasses import replace

import pytest

from models.catalog.load import load_catalog
from models.catalog.operator_tables import serving_matrices
from models.laws.collectives import StraightCollectives
from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout
from models.laws.transformers.low_rank import LowRank, Target
from models.laws.transformers.machine import Calibration, Cluster
from models.laws.transformers.memory import Keeping, held_memory
from models.laws.transformers.step_time import step_time

Q, K, V, O = Target.QUERY, Target.KEY, Target.VALUE, Target.OUTPUT  # noqa: E741
LLAMA_7B = Transformer(32, 4096, 32, 32, 128, 11008, True, 32000, 2048, tied=False)
LLAMA_2_70B = Transformer(80, 8192, 64, 8, 128, 28672, True, 32000, 8192, tied=False)
MIXTRAL = Transformer(
    32, 4096, 32, 8, 128, 14336, True, 32000, 4096, experts=8, active_experts=2, tied=False
)
GPT_3 = Transformer(96, 12288, 96, 96, 128, 4 * 12288, False, 50257, 2048, positions=2048)


def adapted(model: Transformer, rank: int, *targets: Target) -> Transformer:
    return replace(model, adapted=LowRank(rank, targets))


@pytest.mark.parametrize(
    ("model", "published"),
    [
        # tloen/alpaca-lora on Llama 7B, rank 8 of query and value: "trainable params: 4194304".
        (adapted(LLAMA_7B, 8, Q, V), 4_194_304),
        # Hu et al. 2021, table 4: 4.7 M of GPT-3 (rank 1 of query and value), 37.7 M (rank 8).
        (adapted(GPT_3, 1, Q, V), 4_718_592),
        (adapted(GPT_3, 8, Q, V), 37_748_736),
        # By hand, rank 16 of all of attention: 80 x 16 x (8192 + 10240 + 8192 + 8192).
        (adapted(LLAMA_2_70B, 16, Target.QKV, O), 44_564_480),
        # By hand: 32 layers x 4 x (8 experts x 2 x (4096 + 14336)).
        (adapted(MIXTRAL, 4, Target.UP, Target.DOWN), 32 * 4 * 8 * 2 * 18432),
    ],
)
def test_trained_parameters_are_as_published(model: Transformer, published: int) -> None:
    assert model.trained_parameters == published


def test_all_parameters_are_trained_without_adaptation() -> None:
    assert LLAMA_7B.trained_parameters == LLAMA_7B.parameters
    assert LLAMA_7B.training_flops(3) == 3 * LLAMA_7B.forward_flops(3)


def test_a_step_computes_about_two_thirds_of_full_training() -> None:
    share = adapted(LLAMA_7B, 8, Q, V).training_flops() / LLAMA_7B.training_flops()
    assert 2 / 3 < share < 0.72  # attention's own products keep both of their gradients


def test_frozen_products_have_no_gradient_of_weights() -> None:
    # By hand, without attention: 2 x 2 FLOP a token and weight, and 3 x 2 of adapters.
    model = adapted(LLAMA_7B, 8, Q, V)
    weights = LLAMA_7B.parameters - 32000 * 4096
    tokens = 2048
    by_hand = tokens * (4 * weights + 6 * 4_194_304) + 3 * model.attention_flops()
    assert model.training_flops() == pytest.approx(by_hand, rel=1e-12)


def test_memory_has_gradients_and_optimizer_of_adapters_alone() -> None:
    model = adapted(LLAMA_7B, 8, Q, V)
    held = held_memory(model, Layout(), "bf16", "adam", Keeping())
    assert held.weights == pytest.approx(2 * (LLAMA_7B.parameters + 4_194_304))
    assert held.gradients == pytest.approx(2 * 4_194_304)
    assert held.optimizer == pytest.approx(12 * 4_194_304)


def test_a_step_is_shorter_and_sums_few_gradients() -> None:
    catalog = load_catalog()
    served = serving_matrices(catalog, catalog.accelerators["A100-SXM-80GB"], "bf16")
    assert served is not None
    inside = StraightCollectives(2e11, 3e-6)
    cluster = Cluster(8, 312e12, 2e12, served.rates, inside, 2e11, 2e10, 1e-5)
    layout = Layout(data=16, micro_batch=4)
    full = step_time(LLAMA_7B, layout, cluster, Calibration())
    some = step_time(adapted(LLAMA_7B, 8, Q, V), layout, cluster, Calibration())
    assert 0.6 < some.matrices / full.matrices < 0.75
    assert some.attention == full.attention
    assert some.gradients < full.gradients / 500
    assert some.optimizer < full.optimizer / 500
    sharded = replace(layout, zero=3)
    assert (
        0
        < step_time(adapted(LLAMA_7B, 8, Q, V), sharded, cluster, Calibration()).parameters
        <= step_time(LLAMA_7B, sharded, cluster, Calibration()).parameters
    )
