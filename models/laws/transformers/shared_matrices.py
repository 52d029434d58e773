"""What those that share every matrix of a layer exchange, and how much of it products hide."""

from dataclasses import dataclass

from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout
from models.laws.transformers.machine import Cluster

# Sums of one pass of a layer: after attention and after the network (Shoeybi et al. 2019,
# Megatron-LM, arXiv 1909.08053, section 3).
_SUMS = 2


@dataclass(frozen=True)
class Exchanges:
    """How long exchanges of the tokens of one micro-batch take, s.

    Arguments:
        gather: of what each has to all.
        scatter: of sums of what all have.
        both: sums that all have.
    """

    gather: float
    scatter: float
    both: float


def exchanges(model: Transformer, layout: Layout, cluster: Cluster) -> Exchanges:
    """How long exchanges between those that share matrices take.

    Arguments:
        model: the transformer.
        layout: of it.
        cluster: that it runs on.

    Source: NVIDIA/TransformerEngine, layernorm_mlp.py at 0004dbd: what enters a product is
        gathered as it was cast, and sums are in half precision.
    """
    values = layout.micro_batch * model.sequence / layout.context * model.hidden
    return Exchanges(
        cluster.collective("all_gather", layout.tensor, 1, cluster.cast * values),
        cluster.collective("reduce_scatter", layout.tensor, 1, cluster.width * values),
        cluster.collective("all_reduce", layout.tensor, 1, cluster.width * values),
    )


def forward_exchanges(model: Transformer, layout: Layout, cluster: Cluster) -> float:
    """What sharing matrices adds to one forward pass of a layer, s.

    Arguments:
        model: the transformer.
        layout: of it.
        cluster: that it runs on.

    Source: Korthikanti et al. (2022), arXiv 2205.05198, section 4.2.2: where tokens are shared
        too, a gather before and a scatter after take the place of a sum.
    """
    if layout.tensor == 1:
        return 0.0
    each = exchanges(model, layout, cluster)
    if not layout.sequence_parallel:
        return _SUMS * each.both
    if sends_shares(layout):
        return each.gather + each.scatter + _sent(model, layout, cluster)
    return _SUMS * (each.gather + each.scatter)


def sends_shares(layout: Layout) -> bool:
    """Whether each of those that share an expert's matrices sends its share of the tokens there.

    Arguments:
        layout: of the transformer.

    Source: NVIDIA/Megatron-LM, megatron/core/transformer/moe/token_dispatcher.py,
        MoEAlltoAllTokenDispatcher: S/TP x B tokens of each are exchanged, and gathered by those
        that share matrices when they have arrived.
    """
    return layout.expert > 1 and layout.sequence_parallel


def _sent(model: Transformer, layout: Layout, cluster: Cluster) -> float:
    """Gathers and scatters of tokens where their experts are, as many times as each has experts.

    They are no part of a product, so that none hides them, and not cast before.
    """
    values = layout.micro_batch * model.sequence / layout.context * model.hidden
    size = cluster.width * values * model.active_experts
    return sum(
        cluster.collective(operation, layout.tensor, 1, size)
        for operation in ("all_gather", "reduce_scatter")
    )


def backward_exchanges(
    model: Transformer,
    layout: Layout,
    cluster: Cluster,
    entering: tuple[float, ...],
    weights: tuple[float, ...],
) -> float:
    """What sharing matrices adds to one backward pass of a layer where products hide some of it, s.

    Gradients of what enters a matrix that is shared by columns are summed while those of its
    weights are computed; where tokens are shared too, what entered is gathered again while the
    former are. Gradients of what leaves a matrix that is shared by rows have to be there before.

    Arguments:
        model: the transformer.
        layout: of it.
        cluster: that it runs on.
        entering: s of the gradients of what enters each matrix that is shared by columns, that of
            attention before that of the network.
        weights: s of the gradients of each of them; 0 where they are frozen.

    Source: Korthikanti et al. (2022), arXiv 2205.05198, sections 4.2.2 and 6.2; NVIDIA/Megatron-LM,
        megatron/core/tensor_parallel/layers.py at 000c4ac2,
        LinearWithGradAccumulationAndAsyncCommunication.
    """
    if layout.tensor == 1:
        return 0.0
    each = exchanges(model, layout, cluster)
    if not layout.sequence_parallel:
        return sum(max(0.0, each.both - hiding) for hiding in weights)
    total = 0.0
    if sends_shares(layout):
        total, entering, weights = _sent(model, layout, cluster), entering[:1], weights[:1]
    total += len(weights) * each.gather
    total += sum(max(0.0, each.scatter - hiding) for hiding in weights)
    for hiding, needed in zip(entering, weights, strict=True):
        total += max(0.0, each.gather - hiding) if needed else 0.0
    return total
