"""What one accelerator holds of a transformer in training, by kind."""

import math
from dataclasses import dataclass, replace

from models.laws.training_step import BYTES_OF, optimizer_bytes
from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute


@dataclass(frozen=True)
class Keeping:
    """What a software keeps that others do without.

    Arguments:
        fused: whether its attention never writes its scores to memory.
        score: bytes of a token's score for one word with its copies and its gradient, at most.
        sums: whether it adds up gradients of bf16 in fp32, in memory of their own.
        gathers_layers: whether sharded parameters are gathered layer by layer, not matrix by
            matrix.

    Source: of a score Wijmans et al. (2025), Cut your losses, arXiv 2411.09009, section 1: 24 GB of
        8,192 tokens and 256,000 words in PyTorch.
    """

    fused: bool = True
    score: float = 12.0
    sums: bool = False
    gathers_layers: bool = True


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
    """What one accelerator has of `stage_parameters` where those that hold the same share them.

    Arguments:
        model: the transformer.
        layout: of it.

    Source: Rajbhandari et al. (2022), DeepSpeed-MoE, ICML, section 5.2: experts have replicas of
        their own, fewer by the expert parallelism.
    """
    common = common_parameters(model, layout) / layout.sharing
    return common + routed_parameters(model, layout) / layout.expert_sharing


def activation_bytes(precision: str) -> int:
    """Bytes of an activation, and of a parameter, which are never kept in less than two.

    Arguments:
        precision: of the computation.

    Source: Micikevicius et al. (2022), FP8 formats for deep learning, arXiv 2209.05433, section 1:
        the inputs of matrix products are cast; what else there is stays in half precision.
    """
    return max(2, BYTES_OF[precision])


def cast_bytes(precision: str) -> int:
    """Bytes of an activation that enters a product, to which it is cast where that is less.

    Arguments:
        precision: of the computation.

    Source: NVIDIA/TransformerEngine, layernorm_mlp.py at 0004dbd: what is gathered or kept for a
        product is so as it was cast.
    """
    return min(activation_bytes(precision), BYTES_OF[precision])


def trained_share(model: Transformer) -> float:
    """Share of the parameters that have gradients, in every stage alike.

    Arguments:
        model: the transformer.
    """
    return model.trained_parameters / model.parameters


def layer_activations(
    model: Transformer, layout: Layout, fused: bool, precision: str = "fp16"
) -> float:
    """Bytes of activations that one layer keeps of one micro-batch.

    Arguments:
        model: the transformer.
        layout: of it.
        fused: whether attention never writes its scores to memory.
        precision: of the computation.

    Source: Korthikanti et al. (2022), Reducing activation recomputation in large transformer
        models, arXiv 2205.05198, equations 2 to 6: s b h (10 + 24/t + 5 a s / h t), generalised
        to other widths of the feed-forward network, to grouped queries and to training without
        dropout; NVIDIA/TransformerEngine, layernorm_mlp.py at 0004dbd, for fp8: what enters a
        product is kept as it was cast.
    """
    tokens = layout.micro_batch * model.sequence / layout.context
    tensor, width = layout.tensor, activation_bytes(precision)
    if layout.recompute is Recompute.FULL:
        kept = width * model.hidden
        return tokens * kept / (tensor if layout.sequence_parallel else 1)
    cast = cast_bytes(precision)
    asking, keeping = model.heads * model.head_size, model.kv_heads * model.head_size
    # What enters both norms and what leaves them, which enters products, and masks of dropout.
    whole: float = (2 * width + 2 * cast + (2 if model.masked else 0)) * model.hidden
    if layout.sequence_parallel:
        whole /= tensor
    inner = model.feed_forward * model.active_experts
    attention = width * (2 * asking + 2 * keeping) + (cast * asking if cast < width else 0)
    network = ((2 if model.gated else 1) * width + cast) * inner
    scores = 0.0
    if not fused and layout.recompute is Recompute.NONE:
        each = 2 * width + 1 if model.masked else width
        scores = each * model.heads * model.sequence / layout.context
    return tokens * (whole + (attention + network + scores) / tensor)


def held_memory(
    model: Transformer,
    layout: Layout,
    precision: str,
    optimizer: str,
    keeping: Keeping,
) -> HeldMemory:
    """What one accelerator of the stage that holds most has in its memory.

    Arguments:
        model: the transformer.
        layout: of it.
        precision: of the computation.
        optimizer: sgd, momentum, adam or adam-bf16.
        keeping: what its software keeps.

    Source: Rajbhandari et al. (2020), ZeRO, section 3, for states and what is sharded.
    """
    last = layout.pipeline - 1
    # Of the stages in between the first has most micro-batches under way.
    stages = sorted({0, min(1, last), last})
    held = [_held(model, layout, precision, optimizer, keeping, stage) for stage in stages]
    return max(held, key=lambda one: one.total)


def _held(
    model: Transformer,
    layout: Layout,
    precision: str,
    optimizer: str,
    keeping: Keeping,
    stage: int,
) -> HeldMemory:
    """What one accelerator of a stage has in its memory."""
    layers = _layers(model, layout, stage)
    is_last = stage == layout.pipeline - 1
    mine = layers * model.common_parameters + _beside_layers(model, layout, stage)
    common = mine / layout.tensor
    routed = layers * model.routed_parameters / layout.expert / layout.tensor
    whole = common + routed
    sharded = common / layout.sharing + routed / layout.expert_sharing
    trained, width = trained_share(model), activation_bytes(precision)
    beside = 0.0 if model.adapted is None else trained  # narrow matrices beside frozen ones
    weights = (sharded if layout.zero >= 3 else whole) * (1 + beside) * width
    gradient = width + (4 if keeping.sums and precision == "bf16" else 0)
    gradients = (sharded if layout.zero >= 2 else whole) * trained * gradient
    states = (sharded if layout.zero >= 1 else whole) * trained
    states *= optimizer_bytes(precision, optimizer)
    kept = layer_activations(model, layout, keeping.fused, precision)
    activations = _layers_under_way(model, layout, stage) * kept
    again = _backward_layer(model, layout, keeping.fused, precision)
    # Scores of tokens are gone before the first layer goes backward.
    tokens = layout.micro_batch * model.sequence / layout.context
    scores = keeping.score * tokens * model.vocabulary / layout.tensor if is_last else 0.0
    workspace = max(scores, again)
    if layout.zero >= 3:
        workspace += _gathered(model, layout, keeping) * width
    return HeldMemory(weights, gradients, states, activations, workspace)


def _backward_layer(model: Transformer, layout: Layout, fused: bool, precision: str) -> float:
    """What the layer that goes backward takes beside what was kept of it.

    All of its activations where they are computed again; and where attention is not fused, the
    gradients of its scores before and after the softmax, when those of the network are gone.

    Source: Korthikanti et al. (2022), section 4.1: 2 a s^2 b of each, 19 s b h of the network.
    """
    whole = replace(layout, recompute=Recompute.NONE)
    computed = layout.recompute is Recompute.FULL
    again = layer_activations(model, whole, fused, precision) if computed else 0.0
    if fused:
        return again
    width, tokens = activation_bytes(precision), layout.micro_batch * model.sequence
    scores = 2 * width * model.heads * model.sequence / layout.context / layout.tensor
    entered: float = (width + (1 if model.masked else 0)) * model.hidden
    if layout.sequence_parallel:
        entered /= layout.tensor
    inner = (3 if model.gated else 2) * width * model.feed_forward * model.active_experts
    network = entered + inner / layout.tensor
    return again + max(0.0, scores - network) * tokens / layout.context


def _gathered(model: Transformer, layout: Layout, keeping: Keeping) -> float:
    """Parameters that are there in full beside the shards.

    Source: Zhao et al. (2023), PyTorch FSDP, arXiv 2304.11277, section 3.3.2: the next are gathered
        while the gradients of those before are summed, so that there are two and one's gradients;
        deepspeedai/DeepSpeed, docs of ZeRO stage 3: module by module.
    """
    largest = model.common_parameters + model.routed_parameters / layout.expert
    if not keeping.gathers_layers:
        largest = model.hidden * max(model.feed_forward, model.heads * model.head_size)
    return 3 * largest / layout.tensor


def _beside_layers(model: Transformer, layout: Layout, stage: int) -> int:
    """Parameters of a stage beside its layers: the first looks tokens up, the last tells them."""
    if layout.pipeline == 1:
        return model.embedding_parameters + model.other_parameters
    table = model.vocabulary * model.hidden
    if stage == 0:
        return table + model.positions * model.hidden + model.other_parameters
    return table if stage == layout.pipeline - 1 else 0


def _short_ends(model: Transformer, layout: Layout) -> tuple[int, int]:
    """Layers that the first and the last part have less than the others.

    Source: Dubey et al. (2024), The Llama 3 herd of models, arXiv 2407.21783, section 3.3.2: one
        less each, so that all hold alike. Where more are missing nobody says where.
    """
    parts = layout.pipeline * layout.interleave
    missing = math.ceil(model.layers / parts) * parts - model.layers
    return {1: (0, 1), 2: (1, 1)}.get(missing, (0, 0)) if layout.pipeline > 1 else (0, 0)


def _layers(model: Transformer, layout: Layout, stage: int) -> int:
    """Layers of a stage."""
    first, last = _short_ends(model, layout)
    less = (first if stage == 0 else 0) + (last if stage == layout.pipeline - 1 else 0)
    return stage_layers(model, layout) - less


def _layers_under_way(model: Transformer, layout: Layout, stage: int) -> int:
    """Layers whose activations a stage keeps, each of one micro-batch.

    Source: Narayanan et al. (2021), arXiv 2104.04473, section 2.2: p micro-batches in the first
        stage, one less in each after it; Korthikanti et al. (2022), section 4.2.3: with v parts a
        stage p (1 + (p-1)/(p v)) in the first, which are 2 (p-1) + (v-1) p + 1 parts, two less in
        each after it.
    """
    stages, parts, batches = layout.pipeline, layout.interleave, layout.micro_batches
    if parts == 1:
        return min(batches, stages - stage) * _layers(model, layout, stage)
    under_way = min(batches * parts, 2 * (stages - 1 - stage) + (parts - 1) * stages + 1)
    first, _ = _short_ends(model, layout)
    shorter = first * min(batches, stages) if stage == 0 else 0
    return under_way * (stage_layers(model, layout) // parts) - shorter
