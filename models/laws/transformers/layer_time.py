"""What one layer of a transformer takes on one accelerator, forward and backward."""

from dataclasses import dataclass, replace

from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.low_rank import BY_COLUMNS, OF_EXPERTS
from models.laws.transformers.machine import HALF, Calibration, Cluster, Practice
from models.laws.transformers.shared_matrices import (
    backward_exchanges,
    forward_exchanges,
    sends_shares,
)

# Bytes of an element in half precision that a forward pass moves: both norms read and write; both
# residuals with their dropout read two values and a mask and write one; the activation between the
# projections.
_NORMS, _RESIDUALS, _ACTIVATION, _GATE = 8, 14, 4, 6
_TILE = 64
# Keys and values of a shared sequence are gathered, and their gradients summed, too, on the way
# back (Liu et al. 2023, Ring attention with blockwise transformers, arXiv 2310.01889, section 3).
_FORWARD_CONTEXT, _BACKWARD_CONTEXT = ("all_gather",), ("all_gather", "reduce_scatter")
_FLASH_BACKWARD = 2.5  # over forward: five products, of which forward has two (Dao et al. 2022)


@dataclass(frozen=True)
class PassTime:
    """Where the time of one layer goes in one pass of one micro-batch, s.

    Arguments:
        matrices: products with weights.
        attention: scores and their weighted sums.
        memory: what is done element by element.
        links: collectives between those that share matrices, tokens or experts.
    """

    matrices: float
    attention: float
    memory: float
    links: float

    @property
    def total(self) -> float:
        """All of them, one after the other, s."""
        return self.matrices + self.attention + self.memory + self.links

    def __add__(self, other: "PassTime") -> "PassTime":
        return PassTime(
            self.matrices + other.matrices,
            self.attention + other.attention,
            self.memory + other.memory,
            self.links + other.links,
        )


def products(model: Transformer, layout: Layout) -> tuple[tuple[float, float, float, float], ...]:
    """Products with weights in one forward pass of one layer: m, n, k and how many of them.

    Arguments:
        model: the transformer.
        layout: of it.

    Source: Shoeybi et al. (2019), Megatron-LM, arXiv 1909.08053, section 3: columns, then rows.
    """
    tokens = layout.micro_batch * model.sequence / layout.context
    tensor, hidden = layout.tensor, model.hidden
    asking = model.heads * model.head_size / tensor
    keeping = 2 * max(1.0, model.kv_heads / tensor) * model.head_size
    held = max(1.0, model.experts / layout.expert)
    each = (
        tokens * model.active_experts * layout.expert / model.experts
        if model.experts > 1
        else tokens
    )
    each = each if model.experts == 1 else max(1.0, each)
    inner = model.feed_forward / tensor
    return (
        (tokens, asking + keeping, hidden, 1.0),
        (tokens, hidden, asking, 1.0),
        (each, (2 if model.gated else 1) * inner, hidden, held),
        (each, hidden, inner, held),
    )


def narrow_products(
    model: Transformer, layout: Layout
) -> tuple[tuple[float, float, float, float], ...]:
    """Products of adapters in one forward pass of one layer: m, n, k and how many of them.

    Arguments:
        model: the transformer.
        layout: of it.

    Source: Hu et al. (2021), LoRA, arXiv 2106.09685, section 4.1: one narrow matrix, then another.
    """
    if model.adapted is None:
        return ()
    found: list[tuple[float, float, float, float]] = []
    wide, _, many, _ = products(model, layout)
    for target in model.adapted.targets:
        rows, count = (many[0], many[3]) if target in OF_EXPERTS else (wide[0], 1.0)
        enters, leaves = (float(side) for side in model.sides(target))
        if target in BY_COLUMNS:
            leaves /= layout.tensor
        else:
            enters /= layout.tensor
        rank = float(model.adapted.rank)
        found += [(rows, rank, enters, count), (rows, leaves, rank, count)]
    return tuple(found)


def multiplied(m: float, n: float, k: float, cluster: Cluster, calibration: Calibration) -> float:
    """How long the software takes for one matrix product, s.

    Arguments:
        m: rows of the first matrix.
        n: columns of the second.
        k: what both share.
        cluster: that it runs on.
        calibration: of the software.

    Source: NVIDIA (2023), Matrix multiplication background user's guide: tiles of 64 and more
        values, which sides that are no multiples leave partly empty.
    """
    aligned = n % _TILE == 0 and k % _TILE == 0
    factor = calibration.matrices * (1.0 if aligned else calibration.unaligned)
    return factor * cluster.matrices.seconds(m, n, k)


def forward_time(
    model: Transformer, layout: Layout, cluster: Cluster, calibration: Calibration
) -> PassTime:
    """Where the time of the forward pass of one layer goes.

    Arguments:
        model: the transformer.
        layout: of it.
        cluster: that it runs on.
        calibration: of the software.
    """
    matrices = sum(
        count * multiplied(m, n, k, cluster, calibration)
        for m, n, k, count in (*products(model, layout), *narrow_products(model, layout))
    )
    exchanged = forward_exchanges(model, layout, cluster)
    exchanged += _moved_tokens(model, layout, cluster, _FORWARD_CONTEXT)
    return PassTime(
        matrices,
        _attention(model, layout, cluster, calibration, 1.0),
        _memory(model, layout, cluster, calibration) / cluster.memory_bandwidth,
        calibration.tensor_links * exchanged,
    )


def backward_time(
    model: Transformer,
    layout: Layout,
    cluster: Cluster,
    calibration: Calibration,
    practice: Practice,
) -> PassTime:
    """Where the time of the backward pass of one layer goes, with what is computed again.

    Arguments:
        model: the transformer.
        layout: of it.
        cluster: that it runs on.
        calibration: of the software.
        practice: of the software.
    """
    entering, weights = _gradients(products(model, layout), cluster, calibration)
    if model.adapted is not None:  # has gradients of what enters it, and none of its own
        weights = (0.0,) * len(weights)
    narrow = _gradients(narrow_products(model, layout), cluster, calibration)
    if practice.hides_sums:
        by_columns = entering[::2], weights[::2]
        exchanged = backward_exchanges(model, layout, cluster, *by_columns)
    else:
        exchanged = forward_exchanges(model, layout, cluster)
    exchanged += _moved_tokens(model, layout, cluster, _BACKWARD_CONTEXT)
    longer = _FLASH_BACKWARD if calibration.fused else 2.0
    backward = PassTime(
        sum(entering) + sum(weights) + sum(map(sum, narrow)),
        _attention(model, layout, cluster, calibration, longer),
        2 * _memory(model, layout, cluster, calibration) / cluster.memory_bandwidth,
        calibration.tensor_links * exchanged,
    )
    return backward + recomputed_time(model, layout, cluster, calibration, practice)


def recomputed_time(
    model: Transformer,
    layout: Layout,
    cluster: Cluster,
    calibration: Calibration,
    practice: Practice,
) -> PassTime:
    """Where the time goes that the backward pass of one layer takes to compute it again.

    Arguments:
        model: the transformer.
        layout: of it.
        cluster: that it runs on.
        calibration: of the software.
        practice: of the software.

    Source: Korthikanti et al. (2022), arXiv 2205.05198, section 5, for what is computed again.
    """
    if layout.recompute is Recompute.FULL:
        again = forward_time(model, layout, cluster, calibration)
        if not practice.skips_last:
            return again
        m, n, k, count = products(model, layout)[-1]
        last = count * multiplied(m, n, k, cluster, calibration)
        return replace(again, matrices=again.matrices - last)
    if layout.recompute is Recompute.SELECTIVE and not calibration.fused:
        again_scores = _attention(model, layout, cluster, calibration, 1.0)
        return PassTime(0.0, again_scores, 0.0, 0.0)
    return PassTime(0.0, 0.0, 0.0, 0.0)


def _gradients(
    shapes: tuple[tuple[float, float, float, float], ...],
    cluster: Cluster,
    calibration: Calibration,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What gradients of what enters each product take, and of its weights, s."""
    entering = (count * multiplied(m, k, n, cluster, calibration) for m, n, k, count in shapes)
    weights = (count * multiplied(n, k, m, cluster, calibration) for m, n, k, count in shapes)
    return tuple(entering), tuple(weights)


def _attention(
    model: Transformer,
    layout: Layout,
    cluster: Cluster,
    calibration: Calibration,
    passes: float,
) -> float:
    """Scores and weighted sums, computed and, where not fused, moved to memory and back."""
    flops = model.attention_flops(layout.micro_batch) / model.layers
    flops /= layout.tensor * layout.context
    rate = calibration.attention * (cluster.half_peak or cluster.peak)
    if calibration.fused:
        flops *= 0.5 if model.causal else 1.0  # what is masked is never computed
        return passes * flops / rate
    flops *= model.sequence / model.seen  # what others see is masked after it was computed
    scores = layout.micro_batch * model.heads * model.sequence**2 / layout.tensor / layout.context
    moved = passes * calibration.scores / 3 * scores / cluster.memory_bandwidth
    moved *= cluster.width / HALF
    return passes * flops / rate + moved


def _memory(
    model: Transformer, layout: Layout, cluster: Cluster, calibration: Calibration
) -> float:
    """Bytes moved element by element in a forward pass."""
    tokens = layout.micro_batch * model.sequence / layout.context
    whole: float = (_NORMS + _RESIDUALS) * model.hidden
    if layout.sequence_parallel:
        whole /= layout.tensor
    inner = model.feed_forward * model.active_experts / layout.tensor
    between = (_GATE if model.gated else _ACTIVATION) * inner
    turned = 0.0
    if not model.positions:  # places are rotations of what asks and what is asked
        turned = 2 * HALF * (model.heads + model.kv_heads) * model.head_size / layout.tensor
    moved = whole + between + turned + _sorted_bytes(model, layout)
    return calibration.memory * tokens * moved * cluster.width / HALF


def _sorted_bytes(model: Transformer, layout: Layout) -> float:
    """Bytes of a token in half precision that are moved to sort it by its experts, and back.

    Source: NVIDIA/Megatron-LM, megatron/core/transformer/moe/token_dispatcher.py: a copy for each
        of its experts is written, and read when they come back; where they arrive they are sorted
        by expert, and back, if there are several.
    """
    if model.experts == 1:
        return 0.0
    copies = HALF * model.active_experts * model.hidden
    sent = copies * 2 / (layout.tensor if sends_shares(layout) else 1)
    several = layout.expert > 1 and model.experts > layout.expert
    return sent + (4 * copies if several else 0.0)


def _moved_tokens(
    model: Transformer, layout: Layout, cluster: Cluster, of_context: tuple[str, ...]
) -> float:
    """Collectives of one pass between those that share sequences or experts, s."""
    tokens = layout.micro_batch * model.sequence / layout.context
    tensor, total = layout.tensor, 0.0
    if layout.context > 1:
        kept = 2 * cluster.width * tokens * model.kv_heads * model.head_size / tensor
        kept *= layout.context
        for operation in of_context:
            total += cluster.collective(operation, layout.context, tensor, kept)
    if layout.expert > 1:
        sent = cluster.width * tokens * model.hidden * model.active_experts
        sent /= tensor if sends_shares(layout) else 1
        inner = tensor * layout.context
        total += 2 * cluster.collective("all_to_all", layout.expert, inner, sent)
    return total
