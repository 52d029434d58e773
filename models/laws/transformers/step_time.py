"""How long one training step of a transformer takes, and where its time goes."""

import math
from dataclasses import dataclass, fields, replace

from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layer_time import (
    PassTime,
    backward_time,
    forward_time,
    multiplied,
    recomputed_time,
)
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.machine import HALF, ONE_BY_ONE, Calibration, Cluster, Practice
from models.laws.transformers.memory import (
    common_parameters,
    routed_parameters,
    shard,
    stage_layers,
    stage_parameters,
    trained_share,
)

_REUSED = 1e9  # parameters between two uses of a matrix, up to which DeepSpeed keeps it


@dataclass(frozen=True)
class TransformerStep:
    """Where the time of one training step goes, s, on the stage that sets the pace.

    Arguments:
        matrices: products with weights, those of the last layer's scores of tokens too.
        attention: scores and their weighted sums.
        memory: what is done element by element.
        recomputed: activations that are computed again, a share of the three above.
        host: waiting for the host, which launches more slowly than the accelerator computes.
        tensor: collectives between those that share matrices, tokens or experts.
        boundaries: transfers between the stages of the pipeline.
        bubble: waiting while the pipeline fills and drains.
        parameters: gathers of sharded parameters that nothing hides.
        gradients: sums of gradients that nothing hides.
        optimizer: the update.
        other: of a step that nothing else explains.
        waiting: for nodes that compute more slowly than the others.
    """

    matrices: float
    attention: float
    memory: float
    recomputed: float
    host: float
    tensor: float
    boundaries: float
    bubble: float
    parameters: float
    gradients: float
    optimizer: float
    other: float
    waiting: float = 0.0

    @property
    def total(self) -> float:
        """Duration of one step, s."""
        total: float = sum(getattr(self, part.name) for part in fields(self))
        return total - self.recomputed


def blended(first: float, second: float, sharpness: float) -> float:
    """The time of two activities that overlap, between their maximum and their sum.

    Arguments:
        first: s.
        second: s.
        sharpness: 1 is the sum, infinite the maximum.

    Source: Qiao et al. (2021), Pollux, OSDI, equation 10.
    """
    longer, shorter = max(first, second), min(first, second)
    if shorter <= 0 or math.isinf(sharpness):
        return longer
    return float(longer * (1 + (shorter / longer) ** sharpness) ** (1 / sharpness))


def step_time(
    model: Transformer,
    layout: Layout,
    cluster: Cluster,
    calibration: Calibration,
    gradient_bytes: float = HALF,
    practice: Practice = ONE_BY_ONE,
) -> TransformerStep:
    """Where the time of one step goes.

    Arguments:
        model: the transformer.
        layout: of it.
        cluster: that it runs on.
        calibration: of the software.
        gradient_bytes: of one gradient on the wire.
        practice: of the software.

    Source: Narayanan et al. (2021), arXiv 2104.04473, section 2.2: m + (p-1)/v slots of a
        pipeline; Rajbhandari et al. (2020), ZeRO, section 7: what sharding moves; Zhao et al.
        (2023), PyTorch FSDP, arXiv 2304.11277, section 3.2.2: what it moves in several copies.
    """
    forward = forward_time(model, layout, cluster, calibration)
    backward = backward_time(model, layout, cluster, calibration, practice)
    host = _host(layout, cluster, calibration)
    both = forward + backward
    layers, batches = stage_layers(model, layout), layout.micro_batches
    layer = _paced(forward.total, host[0], calibration) + _paced(
        backward.total, host[1], calibration
    )
    gathers = _gathers(
        model, layout, cluster, calibration, practice, forward.total, backward.total, host
    )
    head = _head(model, layout, cluster, calibration)
    crossing = _boundary(model, layout, cluster, calibration)
    stage = layers * (layer + gathers)
    if practice.overlap:
        crossing = _not_overlapped(crossing, stage, layout)
    stage += crossing
    bubble = (layout.pipeline - 1) / layout.interleave * stage
    computed = batches * layers
    window = layers * layer * backward.total / both.total if practice.overlap else 0.0
    again = recomputed_time(model, layout, cluster, calibration, practice)
    step = TransformerStep(
        matrices=computed * both.matrices + batches * head.matrices,
        attention=computed * both.attention,
        memory=computed * both.memory + batches * head.memory,
        recomputed=computed * (again.total - again.links),
        host=computed * (layer - both.total),
        tensor=computed * both.links + batches * head.links,
        boundaries=batches * crossing,
        bubble=bubble,
        parameters=computed * gathers,
        gradients=_gradients(model, layout, cluster, calibration, gradient_bytes, window),
        optimizer=_optimizer(model, layout, cluster, calibration, practice),
        other=calibration.step,
    )
    return replace(step, waiting=_waiting(step, layout, cluster)) if cluster.slow_nodes else step


def slow_stages(layout: Layout, cluster: Cluster) -> int:
    """Stages of one pipeline that are on slow nodes, at most.

    Accelerators of a node share matrices, then they are replicas, then stages.

    Arguments:
        layout: of the transformer.
        cluster: with slow nodes.
    """
    of_a_node = max(1, cluster.node // (layout.tensor * layout.replicas))
    return min(layout.pipeline, cluster.slow_nodes * of_a_node)


def _waiting(step: TransformerStep, layout: Layout, cluster: Cluster) -> float:
    """What all wait for slow nodes, which have the last stages of one pipeline.

    A synchronous step ends with its slowest replica, and a pipeline works at the pace of its
    slowest stage: of m + p - 1 slots m are as long as that, and one for each further slow stage
    while it fills and drains. The last stage is the worst place: those before it have micro-batches
    to compute while they wait.

    Source: Narayanan et al. (2021), arXiv 2104.04473, section 2.2, for the slots; Chen et al.
        (2016), Revisiting distributed synchronous SGD, arXiv 1604.00981, section 2, for waiting.
    """
    computed = step.matrices + step.attention + step.memory
    slot = computed / (layout.micro_batches * layout.interleave)
    further = slow_stages(layout, cluster) - 1
    return (cluster.slower - 1) * (computed + further * slot)


def _not_overlapped(crossing: float, stage: float, layout: Layout) -> float:
    """Of transfers between stages, what computing other parts does not hide.

    While the pipeline fills nothing else can be computed: of m v forward passes of parts the first
    stage has then made 2 (p-1) + (v-1) p (Narayanan et al. 2021, arXiv 2104.04473, figure 4).
    """
    if layout.interleave == 1:
        return crossing
    filling = 2 * (layout.pipeline - 1) + (layout.interleave - 1) * layout.pipeline
    share = min(1.0, filling / (layout.micro_batches * layout.interleave))
    return share * crossing + (1 - share) * max(0.0, crossing - stage)


def _paced(computed: float, launched: float, calibration: Calibration) -> float:
    return blended(computed, launched, calibration.blend)


def _host(layout: Layout, cluster: Cluster, calibration: Calibration) -> tuple[float, float]:
    """What the host takes to launch one layer, forward and backward, s.

    Those that share matrices wait for the slowest host.
    """
    total = calibration.host
    if layout.tensor > 1:
        total += calibration.host_sharing
    if layout.tensor > cluster.node // 2:
        total += calibration.host_crossing
    forward = calibration.host_forward * total
    again = forward if layout.recompute is Recompute.FULL else 0.0
    return forward, total - forward + again


def _head(
    model: Transformer, layout: Layout, cluster: Cluster, calibration: Calibration
) -> PassTime:
    """Scores of tokens and the loss of one micro-batch, forward and backward."""
    tokens = layout.micro_batch * model.sequence / layout.context
    words = model.vocabulary / layout.tensor
    shapes = [(tokens, words, model.hidden), (tokens, model.hidden, words)]
    if model.adapted is None:
        shapes.append((words, model.hidden, tokens))
    products = sum(multiplied(m, n, k, cluster, calibration) for m, n, k in shapes)
    moved = calibration.loss * tokens * words / cluster.memory_bandwidth
    return PassTime(products, 0.0, moved, 0.0)


def _boundary(
    model: Transformer, layout: Layout, cluster: Cluster, calibration: Calibration
) -> float:
    """Transfers of one micro-batch into one stage, forward and backward."""
    if layout.pipeline == 1:
        return 0.0
    size = cluster.width * layout.micro_batch * model.sequence * model.hidden / layout.context
    beside = layout.tensor * layout.replicas  # accelerators of one stage
    if layout.accelerators > cluster.node and beside >= cluster.node:
        senders = cluster.node / layout.tensor  # each sends its share of the tokens
        # The next stage is as many nodes on as a stage has.
        slower = cluster.slowdown("send", layout.pipeline, max(1, beside // cluster.node))
        moved = slower * size * senders / (calibration.network * cluster.network)
        each = moved + cluster.latency
    else:
        each = size / layout.tensor / cluster.link
    return 2 * layout.interleave * (each + calibration.boundary)


def _gathers(
    model: Transformer,
    layout: Layout,
    cluster: Cluster,
    calibration: Calibration,
    practice: Practice,
    forward: float,
    backward: float,
    host: tuple[float, float],
) -> float:
    """What gathering sharded parameters adds to one layer of one micro-batch."""
    if layout.zero < 3 or layout.replicas == 1:
        return 0.0
    common = cluster.width * model.common_parameters / layout.tensor
    routed = cluster.width * model.routed_parameters / layout.expert / layout.tensor
    scaled = _scaled(cluster, calibration)
    gather = scatter = 0.0
    for size, members, inner in _shared(layout, common, routed):
        ring = calibration.ring * (members - 1)
        gather += calibration.data_links * scaled.collective("all_gather", members, inner, size)
        summed = size * trained_share(model)
        scatter += calibration.data_links * (
            scaled.collective("reduce_scatter", members, inner, summed)
            # Each sums its share with those who have the same of the other copies.
            + scaled.collective("all_reduce", layout.copies, inner * members, summed / members)
        )
        gather, scatter = gather + ring, scatter + ring
    again = 1 + _gathered_again(model, layout, practice)
    there = _paced(forward, host[0], calibration)
    back = _paced(backward, host[1], calibration)
    return (
        blended(there, gather, calibration.overlap)
        + blended(back, gather * again + scatter, calibration.overlap)
        - there
        - back
    )


def _gathered_again(model: Transformer, layout: Layout, practice: Practice) -> float:
    """Share of a layer that is gathered for its backward pass after it was for computing it again.

    Where matrices are gathered one by one those are kept of which the next use is near.

    Source: deepspeed.readthedocs.io, ZeRO stage 3: stage3_max_reuse_distance and
        stage3_max_live_parameters of 1e9 parameters.
    """
    if practice.gathers_layers or layout.recompute is not Recompute.FULL:
        return 0.0
    feed = model.hidden * model.feed_forward
    matrices = (  # in the order of their backward pass
        feed,
        (2 if model.gated else 1) * feed,
        model.hidden * model.heads * model.head_size,
        model.hidden * (model.heads + 2 * model.kv_heads) * model.head_size,
    )
    since = again = 0
    for size in matrices:
        again += size if since > layout.tensor * _REUSED else 0
        since += size
    return again / since


def _shared(layout: Layout, common: float, routed: float) -> list[tuple[float, int, int]]:
    """What replicas gather or sum: how much, over how many, and how far apart those are."""
    groups = (
        (common, layout.sharing, layout.tensor),
        (routed, layout.expert_sharing, layout.tensor * layout.expert),
    )
    return [group for group in groups if group[0] > 0 and group[1] > 1]


def _scaled(cluster: Cluster, calibration: Calibration) -> Cluster:
    return replace(cluster, network=calibration.network * cluster.network)


def _gradients(
    model: Transformer,
    layout: Layout,
    cluster: Cluster,
    calibration: Calibration,
    width: float,
    window: float,
) -> float:
    """Sums of gradients over the replicas that the backward pass does not hide."""
    if layout.replicas == 1 or layout.zero >= 3:
        return 0.0
    scaled, each = _scaled(cluster, calibration), width * trained_share(model)
    common = each * common_parameters(model, layout)
    routed = each * routed_parameters(model, layout)

    def over_replicas(operation: str) -> float:
        return calibration.data_links * sum(
            scaled.collective(operation, members, inner, size)
            for size, members, inner in _shared(layout, common, routed)
        )

    if layout.zero == 0:
        scatter, gather = over_replicas("all_reduce"), 0.0
    else:
        scatter, gather = over_replicas("reduce_scatter"), over_replicas("all_gather")
    layers = stage_layers(model, layout)
    # Where nobody keeps all gradients, those of each micro-batch are summed while it is computed.
    before = layout.micro_batches - 1 if layout.zero == 2 else 0
    return before * _not_hidden(scatter, window, layers) + _not_hidden(
        scatter + gather, window, layers
    )


def _not_hidden(whole: float, window: float, layers: int) -> float:
    """What a backward pass leaves of sums: the first layer's come last, and nothing hides them."""
    return max(whole / layers, whole - window) if window else whole


def _optimizer(
    model: Transformer,
    layout: Layout,
    cluster: Cluster,
    calibration: Calibration,
    practice: Practice,
) -> float:
    """The update, and adding up the gradients of micro-batches before it.

    Where gradients are summed after every micro-batch each adds up what it keeps of them.
    """
    held, sharded = stage_parameters(model, layout), shard(model, layout)
    moved = calibration.optimizer * (sharded if layout.zero >= 1 else held)
    if not practice.adds_up:
        added = sharded if layout.zero >= 2 else held
        moved += calibration.accumulation * (layout.micro_batches - 1) * added
    return moved * trained_share(model) / cluster.memory_bandwidth
