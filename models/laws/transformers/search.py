"""The layouts that a transformer can have on a cluster, and the fastest of them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.machine import ONE_BY_ONE, Calibration, Cluster, Practice
from models.laws.transformers.memory import HeldMemory, Keeping, held_memory, stage_layers
from models.laws.transformers.step_time import TransformerStep, step_time

_MICRO_BATCHES = (1, 2, 4, 8, 16, 32)
_MOST_TOGETHER = 128  # sequences; more compute no faster
# Tokens of a sequence that each of several accelerators has of it at least: sequences as short as
# those of GPT-3, 2,048 tokens, are not shared. Published are 4,096 (Llama 3 8B: NVIDIA/NeMo,
# performance_summary.md at 070a0bb) and 8,192 (405B: Dubey et al. 2024, arXiv 2407.21783, table 4).
_LEAST_TOKENS = 2048
_MOST_UNEVEN = 1.25  # layers of the longest stage over those of all on average


@dataclass(frozen=True)
class Offer:
    """The layouts that a software has.

    Arguments:
        model_parallel: it spreads a model by its matrices, stages, sequences or experts.
        most_zero: highest stage of ZeRO; 0 for none.
        copies: it shards parameters in several copies, each over some replicas.
    """

    model_parallel: bool = True
    most_zero: int = 3
    copies: bool = True

    def has(self, layout: Layout) -> bool:
        """Whether the software can run a layout.

        Arguments:
            layout: over the accelerators.
        """
        spread = (layout.tensor, layout.pipeline, layout.context, layout.expert)
        return (
            layout.zero <= self.most_zero
            and (self.model_parallel or max(spread) == 1)
            and (self.copies or layout.copies == 1)
        )


ANY_LAYOUT = Offer()


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
    for context in _contexts(model):
        for tensor in _divisors(node):
            if model.heads % tensor or model.vocabulary < tensor:
                continue
            for pipeline in _pipelines(model.layers, accelerators // (context * tensor)):
                data, left = divmod(accelerators, context * tensor * pipeline)
                if left or not data or batch % data:
                    continue
                split = Layout(data=data, tensor=tensor, pipeline=pipeline, context=context)
                yield from _scheduled(model, split, node, batch, recomputes)


def _scheduled(
    model: Transformer, split: Layout, node: int, batch: int, recomputes: list[Recompute]
) -> Iterator[Layout]:
    """Every way to work off a batch where accelerators are split so."""
    stages = split.pipeline
    for micro_batch in _micro_batches(batch // split.data, stages):
        micro_batches, left = divmod(batch, split.data * micro_batch)
        if left or not micro_batches:
            continue
        for interleave in _interleaves(model, split, micro_batches):
            for zero, copies in _shardings(split, node):
                for expert in _experts(model, split.data) if copies == 1 else (1,):
                    for recompute in recomputes:
                        yield Layout(
                            data=split.data,
                            tensor=split.tensor,
                            pipeline=stages,
                            context=split.context,
                            expert=expert,
                            micro_batch=micro_batch,
                            micro_batches=micro_batches,
                            interleave=interleave,
                            sequence_parallel=split.tensor > 1,
                            zero=zero,
                            copies=copies,
                            recompute=recompute,
                        )


def _micro_batches(samples: int, stages: int) -> list[int]:
    """Sequences that a replica computes together: without stages whatever divides its samples.

    Stages take many micro-batches each, so that there small ones are tried alone.
    """
    if stages > 1:
        return list(_MICRO_BATCHES)
    return [each for each in range(1, min(samples, _MOST_TOGETHER) + 1) if samples % each == 0]


def _contexts(model: Transformer) -> list[int]:
    """Powers of two over which a sequence is long enough to be shared."""
    most = max(1, model.sequence // _LEAST_TOKENS)
    shares = [2**power for power in range(most.bit_length()) if 2**power <= most]
    return [each for each in shares if model.sequence % each == 0]


def _pipelines(layers: int, accelerators: int) -> list[int]:
    """Stages of as many layers each, or about as many where the accelerators ask for it."""
    found = set(_divisors(layers))
    for stages in _divisors(accelerators) if accelerators else ():
        if stages <= layers and stages * math.ceil(layers / stages) <= _MOST_UNEVEN * layers:
            found.add(stages)
    return sorted(found)


def _divisors(number: int) -> list[int]:
    return [each for each in range(1, number + 1) if number % each == 0]


def _interleaves(model: Transformer, split: Layout, micro_batches: int) -> tuple[int, ...]:
    """One part a stage, or as many as its layers allow, which leaves the least bubble."""
    stages, longest = split.pipeline, stage_layers(model, split)
    if stages == 1 or longest == 1 or micro_batches % stages:
        return (1,)
    for parts in range(model.layers // stages, 1, -1):
        if stage_layers(model, replace(split, interleave=parts)) == longest:
            return (1, parts)
    return (1,)


def _shardings(split: Layout, node: int) -> list[tuple[int, int]]:
    """Stages of ZeRO with the copies of what is sharded.

    Parameters are gathered anew in every micro-batch, which stages of a pipeline don't bear. Those
    that share a copy fill whole nodes.
    """
    if split.replicas == 1:
        return [(0, 1)]
    if split.pipeline > 1:
        return [(0, 1), (1, 1)]
    of_a_node = max(1, node // split.tensor)
    copies = [
        each
        for each in _divisors(split.replicas)
        if split.replicas // each % of_a_node == 0 and split.replicas > each
    ]
    return [(0, 1), (1, 1), (2, 1), *((3, each) for each in copies)]


def _experts(model: Transformer, data: int) -> list[int]:
    return _divisors(math.gcd(model.experts, data))


@lru_cache(maxsize=512)  # stacks that differ in what is beside their nodes ask again
def ranked(
    model: Transformer,
    accelerators: int,
    batch: int,
    cluster: Cluster,
    calibration: Calibration,
    memory: float,
    precision: str,
    optimizer: str,
    keeping: Keeping,
    gradient_bytes: float = 2.0,
    practice: Practice = ONE_BY_ONE,
    offer: Offer = ANY_LAYOUT,
) -> tuple[Chosen, ...]:
    """The layouts that fit into memory, the fastest first.

    Arguments:
        model: the transformer.
        accelerators: that it has.
        batch: sequences of one step.
        cluster: of the accelerators.
        calibration: of the software.
        memory: of one accelerator, bytes.
        precision: of the computation.
        optimizer: sgd, momentum, adam or adam-bf16.
        keeping: what its software keeps in memory.
        gradient_bytes: of one gradient on the wire.
        practice: of the software.
        offer: layouts that it has; others are not tried.

    Source: all of them are tried, as in Isaev et al. (2023), Calculon, SC.
    """
    found = []
    for layout in layouts(model, accelerators, cluster.node, batch, calibration.fused):
        if not offer.has(layout):
            continue
        held = held_memory(model, layout, precision, optimizer, keeping)
        if held.total <= memory:
            step = step_time(model, layout, cluster, calibration, gradient_bytes, practice)
            found.append(Chosen(layout, step, held))
    return tuple(sorted(found, key=lambda each: (each.step.total, each.memory.total)))
