"""What one accelerator holds of a transformer in training, by kind."""

import math
from dataclasses import dataclass, replace

from models.laws.training_step import BYTES_OF, optimizer_bytes
from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute

# Bytes of the score of a token and of its gradient, both in single precision. PyTorch, which keeps
# copies of both, takes 11 (Wijmans et al. 2025, Cut your losses, arXiv 2411.09009: 24 GB for 8,192
# tokens and 256,000 words).
_SCORES = 4 + 4


@dataclass(frozen=True)
class HeldMemory:
    """Bytes that one accelerator holds, on the stage that holds most.

    Arguments:
        weights: parameters in the precision of the computation.
        gradients: of them.
        optimizer: its state and the master copy of the parameters.
        activations: kept from the forward for the backward pass.
        workspace: scores of tokens in the last stage, and parameters gathered for a layer.
    """

    weights: float
    gradients: float
    optimizer: float
    activations: float
    workspace: float

    @property
    def total(self) -> float:
        """All of them, bytes."""
        return self.weights + self.gradients + self.optimizer + self.activations + self.workspace


def stage_layers(model: Transformer, layout: Layout) -> int:
    """Layers of the stage that has most of them, which sets the pace.

    Arguments:
        model: the transformer.
        layout: of it.

    Source: Dubey et al. (2024), The Llama 3 herd of models, arXiv 2407.21783, section 3.3.2: 126
        layers over 16 stages, of which the first and the last have one less.
    """
    parts = layout.pipeline * layout.interleave
    return math.ceil(model.layers / parts) * layout.interleave


def stage_parameters(model: Transformer, layout: Layout) -> float:
    """Parameters of one tensor rank of the first stage, which has the embedding too.

    Arguments:
        model: the transformer.
        layout: of it.
    """
    return common_parameters(model, layout) + routed_parameters(model, layout)


def common_parameters(model: Transformer, layout: Layout) -> float:
    """Those of `stage_parameters` that every token meets, of which each replica has a copy.

    Arguments:
        model: the transformer.
        layout: of it.
    """
    layers = stage_layers(model, layout)
    both_tables = model.embedding_parameters if layout.pipeline == 1 else 0
    table = both_tables or (model.vocabulary + model.positions) * model.hidden
    return (layers * model.common_parameters + table + model.other_parameters) / layout.tensor


def routed_parameters(model: Transformer, layout: Layout) -> float:
    """Those of `stage_parameters` in a mixture's experts, of which one in `expert` has a copy.

    Arguments:
        model: the transformer.
        layout: of it.
    """
    layers = stage_layers(model, layout)
    return layers * model.routed_parameters / layout.expert / layout.tensor


def shard(model: Transformer, layout: Layout) -> float:
    """What one accelerator has of `stage_parameters` where all that hold the same share them.

    Arguments:
        model: the transformer.
        layout: of it.

    Source: Rajbhandari et al. (2022), DeepSpeed-MoE, ICML, section 5.2: experts have replicas of
        their own, fewer by the expert parallelism.
    """
    common = common_parameters(model, layout) / layout.replicas
    return common + routed_parameters(model, layout) / layout.expert_replicas


def activation_bytes(precision: str) -> int:
    """Bytes of an activation, and of a parameter, which are never kept in less than two.

    Arguments:
        precision: of the computation.

    Source: Micikevicius et al. (2022), FP8 formats for deep learning, arXiv 2209.05433, section 1:
        the inputs of matrix products are cast; what else there is stays in half precision.
    """
    return max(2, BYTES_OF[precision])


def trained_share(model: Transformer) -> float:
    """Share of the parameters that have gradients, in every stage alike.

    Arguments:
        model: the transformer.
    """
    return model.trained_parameters / model.parameters


def layer_activations(model: Transformer, layout: Layout, fused: bool) -> float:
    """Bytes of activations that one layer keeps of one micro-batch, in half precision.

    Arguments:
        model: the transformer.
        layout: of it.
        fused: whether attention never writes its scores to memory.

    Source: Korthikanti et al. (2022), Reducing activation recomputation in large transformer
        models, arXiv 2205.05198, equations 2 to 6: s b h (10 + 24/t + 5 a s / h t), generalised
        to other widths of the feed-forward network and to grouped queries.
    """
    tokens = layout.micro_batch * model.sequence / layout.context
    tensor = layout.tensor
    if layout.recompute is Recompute.FULL:
        kept = 2 * model.hidden
        return tokens * kept / (tensor if layout.sequence_parallel else 1)
    asking, keeping = model.heads * model.head_size, model.kv_heads * model.head_size
    # Inputs of both blocks and of both norms, and the masks of their dropout, which gated networks
    # are trained without (Touvron et al. 2023, Llama, arXiv 2302.13971).
    whole: float = (8 if model.gated else 10) * model.hidden
    if layout.sequence_parallel:
        whole /= tensor
    inner = model.feed_forward * model.active_experts
    shared = 2 * (asking + 2 * keeping) + 2 * asking + 2 * (3 if model.gated else 2) * inner
    scores = 0.0
    if not fused and layout.recompute is Recompute.NONE:
        scores = 5 * model.heads * model.sequence / layout.context
    return tokens * (whole + (shared + scores) / tensor)


def held_memory(
    model: Transformer,
    layout: Layout,
    precision: str,
    optimizer: str,
    fused: bool,
) -> HeldMemory:
    """What one accelerator of the stage that holds most has in its memory.

    Arguments:
        model: the transformer.
        layout: of it.
        precision: of the computation.
        optimizer: sgd, momentum or adam.
        fused: whether attention never writes its scores to memory.

    Source: Rajbhandari et al. (2020), ZeRO, section 3, for states and what is sharded; Narayanan
        et al. (2021), arXiv 2104.04473, section 2.2, for micro-batches under way in the first
        stage, p of them, and p (1 + (p-1)/(p v)) with v parts a stage (Korthikanti et al. 2022,
        section 4.2.3).
    """
    whole, sharded = stage_parameters(model, layout), shard(model, layout)
    trained, width = trained_share(model), activation_bytes(precision)
    beside = 0.0 if model.adapted is None else trained  # narrow matrices beside frozen ones
    weights = (sharded if layout.zero >= 3 else whole) * (1 + beside) * width
    gradients = (sharded if layout.zero >= 2 else whole) * trained * width
    states = (sharded if layout.zero >= 1 else whole) * trained
    states *= optimizer_bytes(precision, optimizer)
    stages, parts = layout.pipeline, layout.interleave
    under_way = float(stages)
    if parts > 1:
        under_way = stages * (1 + (stages - 1) / (stages * parts))
    under_way = min(float(layout.micro_batches), under_way)
    layers = stage_layers(model, layout)
    each = layer_activations(model, layout, fused) * width / 2
    activations = under_way * layers * each
    tokens = layout.micro_batch * model.sequence / layout.context
    if layout.recompute is Recompute.FULL:  # one layer at a time has all of its activations
        whole_layer = replace(layout, recompute=Recompute.NONE)
        activations += layer_activations(model, whole_layer, fused) * width / 2
    # Scores of tokens in single precision and their gradients, in the last stage, which has few
    # micro-batches under way.
    scores = _SCORES * tokens * model.vocabulary / layout.tensor
    last = layers * each + scores
    workspace = max(0.0, last - activations) if stages > 1 else scores
    if layout.zero >= 3:
        gathered = model.common_parameters + model.routed_parameters / layout.expert
        workspace += 2 * gathered * width / layout.tensor
    return HeldMemory(weights, gradients, states, activations, workspace)
