"""A pipeline of unlike stages over time: one micro-batch forward, one backward (1F1B)."""

from collections.abc import Sequence


def pipelined(forward: Sequence[float], backward: Sequence[float], micro_batches: int) -> float:
    """From the first forward pass to the last backward pass of a step, s.

    Every stage makes as many forward passes as there are stages from it on, then one backward and
    one forward in turn, each as soon as what enters it is there.

    Arguments:
        forward: pass of one micro-batch through each stage, s.
        backward: likewise.
        micro_batches: of the step.

    Source: Narayanan et al. (2021), Efficient large-scale language model training on GPU clusters,
        arXiv 2104.04473, section 2.2.1 and figure 4.
    """
    stages = len(forward)
    orders = [_order(stages - stage, micro_batches) for stage in range(stages)]
    ends: dict[tuple[bool, int, int], float] = {}  # by direction, stage and micro-batch
    free, done = [0.0] * stages, [0] * stages
    while any(done[stage] < len(orders[stage]) for stage in range(stages)):
        for stage, order in enumerate(orders):
            while done[stage] < len(order):
                onward, batch = order[done[stage]]
                ready = _ready(ends, onward, stage, batch, stages)
                if ready is None:
                    break
                duration = forward[stage] if onward else backward[stage]
                free[stage] = max(free[stage], ready) + duration
                ends[onward, stage, batch] = free[stage]
                done[stage] += 1
    return max(free)


def _order(ahead: int, micro_batches: int) -> list[tuple[bool, int]]:
    """Passes of a stage in turn, forward or not and of which micro-batch."""
    first = min(ahead, micro_batches)
    order = [(True, batch) for batch in range(first)]
    for batch in range(micro_batches):
        order.append((False, batch))
        if first + batch < micro_batches:
            order.append((True, first + batch))
    return order


def _ready(
    ends: dict[tuple[bool, int, int], float], onward: bool, stage: int, batch: int, stages: int
) -> float | None:
    """When what enters a pass is there; None while nobody knows."""
    if onward:
        return 0.0 if stage == 0 else ends.get((True, stage - 1, batch))
    if stage == stages - 1:
        return ends.get((True, stage, batch))
    return ends.get((False, stage + 1, batch))
