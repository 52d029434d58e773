"""The layouts that a transformer can have on a cluster, and the fastest of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.machine import Calibration, Cluster
from models.laws.transformers.memory import HeldMemory, held_memory
from models.laws.transformers.step_time import TransformerStep, step_time

_MICRO_BATCHES = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Chosen:
    """A layout with what the laws say of it.

    Arguments:
        layout: over the accelerators.
        step: where the time of one step goes.
        memory: of one accelerator.
    """

    layout: Layout
    step: TransformerStep
    memory: HeldMemory


def layouts(
    model: Transformer, accelerators: int, node: int, batch: int, fused: bool
) -> Iterator[Layout]:
    """Every layout worth trying: matrices are shared inside a node, stages have whole layers.

    Arguments:
        model: the transformer.
        accelerators: that it has.
        node: accelerators of one node.
        batch: sequences of one step.
        fused: whether attention never writes its scores to memory.

    Source: Narayanan et al. (2021), arXiv 2104.04473, section 3, takeaways 1 and 2.
    """
    recomputes = [Recompute.NONE, Recompute.FULL]
    if not fused:
        recomputes.insert(1, Recompute.SELECTIVE)
    for tensor in _divisors(node):
        if model.heads % tensor or model.vocabulary < tensor:
            continue
        for pipeline in _divisors(model.layers):
            data, left = divmod(accelerators, tensor * pipeline)
            if left or not data or batch % data:
                continue
            for micro_batch in _MICRO_BATCHES:
                micro_batches, left = divmod(batch, data * micro_batch)
                if left or not micro_batches:
                    continue
                for interleave in _interleaves(model.layers // pipeline, pipeline, micro_batches):
                    for zero in _zeros(data, tensor, pipeline):
                        for recompute in recomputes:
                            yield Layout(
                                data=data,
                                tensor=tensor,
                                pipeline=pipeline,
                                expert=_experts(model, data),
                                micro_batch=micro_batch,
                                micro_batches=micro_batches,
                                interleave=interleave,
                                sequence_parallel=tensor > 1,
                                zero=zero,
                                recompute=recompute,
                            )


def _divisors(number: int) -> list[int]:
    return [each for each in range(1, number + 1) if number % each == 0]


def _interleaves(layers: int, stages: int, micro_batches: int) -> tuple[int, ...]:
    """One part a stage, or as many as it has layers, which leaves the least bubble."""
    if stages == 1 or layers == 1 or micro_batches % stages:
        return (1,)
    return (1, layers)


def _zeros(data: int, tensor: int, pipeline: int) -> tuple[int, ...]:
    """Parameters are gathered anew in every micro-batch, which stages of a pipeline don't bear."""
    if data == 1:
        return (0,)
    return (0, 1, 3) if pipeline == 1 else (0, 1)


def _experts(model: Transformer, data: int) -> int:
    return max(each for each in _divisors(data) if model.experts % each == 0)


def ranked(
    model: Transformer,
    accelerators: int,
    batch: int,
    cluster: Cluster,
    calibration: Calibration,
    memory: float,
    precision: str,
    optimizer: str,
    gradient_bytes: float = 2.0,
    overlap: bool = False,
) -> list[Chosen]:
    """The layouts that fit into memory, the fastest first.

    Arguments:
        model: the transformer.
        accelerators: that it has.
        batch: sequences of one step.
        cluster: of the accelerators.
        calibration: of the software.
        memory: of one accelerator, bytes.
        precision: of the computation.
        optimizer: sgd, momentum or adam.
        gradient_bytes: of one gradient on the wire.
        overlap: whether gradients are summed while the last micro-batch goes backward.

    Source: all of them are tried, as in Isaev et al. (2023), Calculon, SC.
    """
    found = []
    for layout in layouts(model, accelerators, cluster.node, batch, calibration.fused):
        held = held_memory(model, layout, precision, optimizer, calibration.fused)
        if held.total <= memory:
            step = step_time(model, layout, cluster, calibration, gradient_bytes, overlap)
            found.append(Chosen(layout, step, held))
    return sorted(found, key=lambda each: (each.step.total, each.memory.total))
