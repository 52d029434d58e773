"""The step of a transformer: its layout, where its time goes, what it holds, how sure that is."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.catalog.operator_tables import half_peak, kept_by, practice_of
from models.catalog.operators import (
    CALIBRATED_PRECISIONS,
    HOST_BOUND,
    HOST_PACED,
    Regime,
    StepCalibration,
    combined_error,
    measured_regime,
    never_fitted,
    remotest,
)
from models.catalog.records import NeuralNetwork, Software
from models.description.quantities import format_count, format_scaled
from models.laws.training_step import BYTES_OF
from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.low_rank import Target
from models.laws.transformers.machine import Cluster
from models.laws.transformers.memory import HeldMemory, activation_bytes, cast_bytes, held_memory
from models.laws.transformers.search import Chosen, Offer, layouts, ranked
from models.laws.transformers.step_time import slow_stages, step_time
from models.parts.facts import Facts
from models.parts.node_group import Hardware
from models.parts.site import Site
from models.parts.workloads.accelerator_rate import no_peak
from models.parts.workloads.training import Training
from models.parts.workloads.transformer import LayoutDescription
from models.parts.workloads.workload_kind import Impossible
from models.prediction.training_answer import TransformerAnswer, TriedLayout

# Of the memory of an accelerator, what the driver, its libraries and gaps between blocks take.
_RESERVED = 0.06
_SHOWN = 3  # layouts beside the one that was chosen


def usable_memory(whole: float) -> float:
    """Of the memory of an accelerator, what is left for a model, bytes.

    Arguments:
        whole: bytes that it has.
    """
    return whole * (1 - _RESERVED)


@dataclass(frozen=True)
class TransformerJob:
    """A transformer in training, solved.

    Arguments:
        model: its dimensions.
        chosen: its layout, step and memory.
        others: the next best layouts that fit, best first; none where one was given.
        tried: how many layouts fit.
        mfu: model FLOPs utilization: what the model asks for over what the accelerators could do.
        hfu: hardware FLOPs utilization: with what is computed again.
        regime: how the step lies to measured ones.
        error: relative standard error of the step.
        source: of the coefficients, for people.
        slow_stages: stages of one pipeline that are on slow nodes, at most.
    """

    model: Transformer
    chosen: Chosen
    others: tuple[Chosen, ...]
    tried: int
    mfu: float
    hfu: float
    regime: Regime
    error: float
    source: str
    slow_stages: int = 0


def network_of(workload: Training) -> NeuralNetwork:
    """A described transformer as a network, by its trained parameters and computation.

    Arguments:
        workload: that trains one.
    """
    import datetime

    assert workload.transformer is not None  # asked only of those
    model = workload.transformer.dimensions(workload.lora)
    return NeuralNetwork(
        "",
        float(model.trained_parameters),
        model.forward_flops(),
        0.0,
        "sequence",
        datetime.date.min,
        "the stack file",
    )


def transformer_job(workload: Training, site: Site, node: Hardware, batch: int) -> TransformerJob:
    """Lay a transformer out and say what a step of it takes.

    Arguments:
        workload: that trains one.
        site: that it runs on.
        node: of its group.
        batch: sequences of one step.

    Raises:
        Impossible: no layout fits, or the accelerators are not known well enough.
    """
    assert workload.transformer is not None  # asked only of those
    model, facts = workload.transformer.dimensions(workload.lora), site.facts
    if model.adapted is not None and Target.GATE in model.adapted.targets and not model.gated:
        raise Impossible((("lora", "targets"), "adapts the gate of a transformer without gates"))
    software = facts.software(workload.software)
    count = site.groups[workload.nodes].described.count
    accelerators = node.accelerators * count
    row = _calibration(workload, node, facts)
    cluster, own = _cluster(workload, site, node)
    usable = usable_memory(node.accelerator_memory)
    keeping = kept_by(software)
    width = float(BYTES_OF[workload.gradient_precision])
    practice = practice_of(software, workload.overlap)
    if isinstance(workload.layout, LayoutDescription):
        layout = _described(workload.layout, model, accelerators, batch)
        held = held_memory(model, layout, workload.precision, workload.optimizer, keeping)
        if held.total > node.accelerator_memory:
            text = _too_large(held, layout, node)
            for fitting, keys in _with_less(layout, software.most_zero):
                less = held_memory(model, fitting, workload.precision, workload.optimizer, keeping)
                if less.total <= usable:
                    text += f"; it fits with {keys}"
                    break
            raise Impossible((("layout",), text))
        step = step_time(model, layout, cluster, row.calibration, width, practice)
        found: tuple[Chosen, ...] = (Chosen(layout, step, held),)
    else:
        found = ranked(
            model, accelerators, batch, cluster, row.calibration, usable, workload.precision,
            workload.optimizer, keeping, width, practice,
            Offer(software.model_parallel, software.most_zero, software.copies),
        )  # fmt: skip
        if not found:
            without = "" if software.model_parallel else f"; {software.name} shares no model"
            raise Impossible(_none_fits(workload, model, accelerators, node, batch) + without)
    best = found[0]
    regime, error = _reliability(workload, model, software, row, best, node, own, facts)
    return TransformerJob(
        model,
        best,
        found[1 : 1 + _SHOWN],
        len(found),
        *_utilization(model, best, cluster, row.calibration.fused, batch, software.skips_last),
        regime,
        error,
        f"{row.software} on {row.generation}, {row.note}",
        slow_stages(best.layout, cluster) if cluster.slow_nodes else 0,
    )


def _calibration(workload: Training, node: Hardware, facts: Facts) -> StepCalibration:
    accelerator = node.accelerator
    if accelerator is None:
        raise Impossible(
            (("transformer",), f"runs on {workload.nodes}, whose nodes have no accelerator")
        )
    row = facts.step_calibration(workload.software, accelerator)
    if row is None:
        raise Impossible(
            (
                ("software",),
                f"{workload.software} has no calibrated steps of transformers; take one of"
                f" {', '.join(facts.calibrated_software())}",
            )
        )
    return row


def _cluster(workload: Training, site: Site, node: Hardware) -> tuple[Cluster, bool]:
    """The accelerators with their links, and whether their matrix rates were measured on them."""
    accelerator, facts = node.accelerator, site.facts
    assert accelerator is not None  # refused before
    served = facts.matrices(accelerator, workload.precision)
    if served is None:
        raise Impossible((("precision",), no_peak(accelerator, workload.precision)))
    nodes, slow = site.groups[workload.nodes].described.count, workload.slow_nodes
    if slow is not None and slow.count > nodes:
        raise Impossible((("slow_nodes", "count"), f"is {slow.count} of {nodes} nodes"))
    intra, link = node.intra_link, node.network_link
    bandwidth = min(link.bandwidth, node.network_bandwidth) * site.stack.network.links_per_node
    return Cluster(
        node=node.accelerators,
        peak=accelerator.peak_flops[workload.precision],
        memory_bandwidth=accelerator.memory_bandwidth,
        matrices=served.rates,
        inside=facts.collectives(accelerator.name, intra),
        link=intra.bandwidth if intra else math.inf,
        network=bandwidth,
        latency=link.latency,
        tree=site.tree,
        width=activation_bytes(workload.precision),
        cast=cast_bytes(workload.precision),
        half_peak=half_peak(accelerator, workload.precision),
        slow_nodes=slow.count if slow else 0,
        slower=slow.factor if slow else 1.0,
    ), served.own


def _described(
    described: LayoutDescription, model: Transformer, accelerators: int, batch: int
) -> Layout:
    """The layout of a stack file, of which the replicas are what is left."""
    shared = described.tensor * described.pipeline * described.context
    data, left = divmod(accelerators, shared)
    if left or not data:
        raise Impossible(
            (
                ("layout",),
                f"takes {shared} accelerators a replica, of which there are {accelerators}",
            )
        )
    micro_batches, left = divmod(batch, data * described.micro_batch)
    if left or not micro_batches:
        text = (
            f"spreads {batch} samples over {data} replicas in micro-batches of"
            f" {described.micro_batch}, which leaves a remainder; a step takes multiples of"
            f" {data * described.micro_batch}"
        )
        raise Impossible((("layout", "micro_batch"), text))
    for key, value, whole, what in (
        ("tensor", described.tensor, model.heads, "heads"),
        ("context", described.context, model.sequence, "tokens of a sequence"),
        ("expert", described.expert, model.experts, "experts"),
        ("expert", described.expert, data, "replicas"),
    ):
        if whole % value:
            raise Impossible((("layout", key), f"{value} does not divide {whole} {what}"))
    if described.copies > 1:
        _in_copies(described, data * described.context)
    parts = described.pipeline * described.interleave
    if described.interleave > 1 and described.pipeline == 1:
        text = f"has {described.interleave} parts a stage, which takes a pipeline of stages"
        raise Impossible((("layout", "interleave"), text))
    # The first may have the table of tokens alone, and the last the scores (Dubey et al. 2024,
    # arXiv 2407.21783, section 3.3.2: 126 layers in 128 parts).
    if parts > model.layers + 2:
        text = f"cuts {model.layers} layers into {parts} parts, of which all but the ends have one"
        raise Impossible((("layout", "pipeline"), text))
    return Layout(
        data=data,
        tensor=described.tensor,
        pipeline=described.pipeline,
        context=described.context,
        expert=described.expert,
        micro_batch=described.micro_batch,
        micro_batches=micro_batches,
        interleave=described.interleave,
        sequence_parallel=described.sequence_parallel,
        zero=described.zero,
        copies=described.copies,
        recompute=Recompute(described.recompute),
    )


def _in_copies(described: LayoutDescription, replicas: int) -> None:
    """Refuse copies of what nobody shards, or that do not share alike."""
    if described.zero < 3 or described.expert > 1:
        text = "are of what all replicas shard alike: they take zero 3, and no expert parallelism"
        raise Impossible((("layout", "copies"), text))
    if replicas % described.copies:
        text = f"{described.copies} does not divide {replicas} replicas"
        raise Impossible((("layout", "copies"), text))


def nearly_full(held: float, whole: float) -> str:
    """A warning where a layout leaves less than what the driver and gaps take; empty elsewhere.

    Arguments:
        held: of an accelerator, bytes.
        whole: memory that it has, bytes.
    """
    if held <= usable_memory(whole):
        return ""
    return (
        f"needs {format_scaled(held, 'B')} of the {format_scaled(whole, 'B')} of an accelerator,"
        f" of which the driver, libraries and gaps take some {_RESERVED:.0%}: it may run out of"
        " memory, as three of five layouts did that were so near"
    )


def _too_large(held: HeldMemory, layout: Layout, node: Hardware) -> str:
    return (
        f"needs {format_scaled(held.total, 'B')} on each accelerator"
        f" ({format_scaled(held.weights, 'B')} of weights,"
        f" {format_scaled(held.gradients, 'B')} of gradients,"
        f" {format_scaled(held.optimizer, 'B')} of optimizer state,"
        f" {format_scaled(held.activations, 'B')} of activations,"
        f" {format_scaled(held.workspace, 'B')} of scores and gathered parameters), which has"
        f" {format_scaled(node.accelerator_memory, 'B')}"
    )


def _with_less(layout: Layout, most_zero: int) -> Iterator[tuple[Layout, str]]:
    """The same layout with ever less in memory, what costs least first, and the keys for it."""
    keys: list[str] = []
    if layout.tensor > 1 and not layout.sequence_parallel:
        layout = replace(layout, sequence_parallel=True)
        keys.append("`sequence_parallel: true`")
        yield layout, " and ".join(keys)
    if layout.micro_batch > 1:
        batches = layout.micro_batches * layout.micro_batch
        layout = replace(layout, micro_batch=1, micro_batches=batches)
        keys.append("`micro_batch: 1`")
        yield layout, " and ".join(keys)
    given = layout.zero
    for stage in range(given + 1, most_zero + 1):
        if layout.replicas > 1 and (stage == 1 or layout.pipeline == 1):
            layout = replace(layout, zero=stage)
            yield layout, " and ".join([*keys, f"`zero: {stage}`"])
    if layout.zero > given:
        keys.append(f"`zero: {layout.zero}`")
    if layout.recompute is not Recompute.FULL:
        layout = replace(layout, recompute=Recompute.FULL)
        yield layout, " and ".join([*keys, "`recompute: full`"])


def _none_fits(
    workload: Training, model: Transformer, accelerators: int, node: Hardware, batch: int
) -> str:
    over = f"over {accelerators:,} accelerators of {format_scaled(node.accelerator_memory, 'B')}"
    takes = f"takes {format_count(batch, 'samples')} a step"
    if next(layouts(model, accelerators, node.accelerators, batch, True), None) is None:
        return (
            f"has no layout {over} that {takes}: replicas, each with stages and shared matrices on"
            " the others, must divide the samples"
        )
    states = (2 * model.parameters + 14 * model.trained_parameters) / accelerators
    return (
        f"has no layout of {format_scaled(model.parameters, '')}parameters {over} that fits and"
        f" {takes}; spread evenly, weights, gradients and optimizer take"
        f" {format_scaled(states, 'B')} of each"
    )


def _utilization(
    model: Transformer,
    chosen: Chosen,
    cluster: Cluster,
    fused: bool,
    batch: int,
    skips_last: bool,
) -> tuple[float, float]:
    """MFU and HFU; scores that never were in memory are no activations that are computed again."""
    flops = model.training_flops(batch)
    again = 0.0
    if chosen.layout.recompute is Recompute.FULL:
        again = model.recomputed_flops(batch, skips_last)
    elif chosen.layout.recompute is Recompute.SELECTIVE and not fused:
        again = model.attention_flops(batch)
    could = chosen.step.total * chosen.layout.accelerators * cluster.peak
    return flops / could, (flops + again) / could


def _reliability(
    workload: Training,
    model: Transformer,
    software: Software,
    row: StepCalibration,
    chosen: Chosen,
    node: Hardware,
    own_rates: bool,
    facts: Facts,
) -> tuple[Regime, float]:
    """How the step lies to those that the coefficients were fitted to, and how far such are off."""
    assert node.accelerator is not None  # refused before
    waiting = chosen.step.host / chosen.step.total
    if model.size in row.sizes:
        inside = chosen.layout.accelerators <= node.accelerators
        regimes = [measured_regime(inside, chosen.layout.tensor, waiting)]
        bound = waiting > HOST_PACED  # by more than any of them, or by about as much
    else:
        regimes = [Regime.INTERPOLATED]
        bound = waiting > HOST_BOUND
    if bound:
        regimes.append(Regime.HOST_BOUND)
    if chosen.layout.accelerators > row.most_accelerators:
        regimes.append(Regime.MORE_ACCELERATORS)
    if row.generation != node.accelerator.generation or not own_rates:
        regimes.append(Regime.OTHER_ACCELERATOR)
    if workload.precision not in CALIBRATED_PRECISIONS:
        regimes.append(Regime.OTHER_PRECISION)
    alike = facts.accelerators_of_kind(node.accelerator.kind).values()
    if all(one.generation != row.generation for one in alike):
        regimes.append(Regime.OTHER_KIND)
    regimes += never_fitted(model, chosen.layout.context, row)
    if row.software != software.name and software.rates_of != software.name:
        regimes.append(Regime.OTHER_SOFTWARE)
    errors = [facts.step_error(row.software, regime) for regime in regimes]
    return remotest(regimes), combined_error(*errors)


_WAITING = "waiting"  # which few have, and is not told where it is nothing
PARTS = (
    ("Matrix products", "matrices"),
    ("Attention", "attention"),
    ("Memory traffic of the rest", "memory"),
    ("Waiting for the host", "host"),
    ("Collectives of shared matrices and tokens", "tensor"),
    ("Transfers between stages", "boundaries"),
    ("Pipeline bubble", "bubble"),
    ("Gathers of parameters, not hidden", "parameters"),
    ("Sums of gradients, not hidden", "gradients"),
    ("Update of the parameters", "optimizer"),
    ("The rest", "other"),
    ("Waiting for slow nodes", _WAITING),
)


def answer(solved: TransformerJob, throughput: float, error: float) -> TransformerAnswer:
    """What people are told of a transformer in training.

    Arguments:
        solved: the transformer.
        throughput: samples/s.
        error: relative standard error of the step, which the stack file may give.
    """
    step = solved.chosen.step
    return TransformerAnswer(
        parameters=float(solved.model.parameters),
        trained=float(solved.model.trained_parameters),
        layout=str(solved.chosen.layout),
        tried=solved.tried,
        others=tuple(
            TriedLayout(str(other.layout), other.step.total, other.memory.total)
            for other in solved.others
        ),
        parts=tuple(
            (name, getattr(step, key)) for name, key in PARTS if key != _WAITING or step.waiting > 0
        ),
        tokens=throughput * solved.model.sequence,
        mfu=solved.mfu,
        hfu=solved.hfu,
        regime=str(solved.regime),
        error=error,
        source=solved.source,
    )
