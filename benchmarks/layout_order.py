"""Whether layouts of one model are predicted in the order in which they were measured."""

import itertools
import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from models.calibration.measured_steps import MeasuredStep

APART = 0.05  # of which measured steps that are nearer are alike: the next run may turn them round


@dataclass(frozen=True)
class Order:
    """Layouts that compete, by how their rates were predicted.

    Arguments:
        name: of the set.
        sweeps: models whose layouts compete.
        pairs: of layouts of one sweep, more than `APART` apart.
        right: of those, that are predicted in the measured order.
        loss: of the worst sweep, what the layout that is predicted to be the fastest is slower than
            the one that was measured to be.
        exact: sweeps whose fastest layout is the predicted one, or one that is as fast.
    """

    name: str
    sweeps: int
    pairs: int
    right: int
    loss: float
    exact: int


def orders(pairs: Iterable[tuple[MeasuredStep, float]]) -> list[Order]:
    """The order of layouts of each set, and of ZeRO 3 beside tensor and pipeline parallelism.

    Arguments:
        pairs: measured steps, and s that are predicted of each.
    """
    known = list(pairs)
    found = []
    for name, groups, key in (
        ("layouts on up to 8 A100", ("vtrain-8",), _of_a_run),
        ("layouts on up to 512 A100", ("vtrain-512",), _of_a_run),
        ("BLOOM, all layouts", ("bloom",), _of_its_set),
        (
            "ZeRO 3 against tensor and pipeline",
            ("deepspeed-zero3", "megatron-2021"),
            _of_a_model,
        ),
    ):
        mine = [(step, seconds) for step, seconds in known if step.group in groups]
        found.append(_order(name, mine, key))
    return found


def _of_a_run(step: MeasuredStep) -> Hashable:
    return step.model, step.accelerators, step.layouts[0].batch


def _of_a_model(step: MeasuredStep) -> Hashable:
    return step.model


def _of_its_set(step: MeasuredStep) -> Hashable:
    return step.group


def _rate(step: MeasuredStep, seconds: float) -> float:
    """FLOP/s of one accelerator, since sizes of a set and numbers of accelerators differ."""
    flops = step.model.forward_flops(step.layouts[0].batch)
    return flops / (seconds * step.accelerators)


def _order(
    name: str,
    pairs: Sequence[tuple[MeasuredStep, float]],
    key: Callable[[MeasuredStep], Hashable],
) -> Order:
    sweeps: dict[Hashable, list[tuple[float, float]]] = {}
    for step, seconds in pairs:
        both = _rate(step, step.seconds), _rate(step, seconds)
        sweeps.setdefault(key(step), []).append(both)
    competing = [rates for rates in sweeps.values() if len(rates) > 1]
    compared = right = exact = 0
    loss = 0.0
    for rates in competing:
        for (measured, predicted), (other, foretold) in itertools.combinations(rates, 2):
            if abs(math.log(measured / other)) <= math.log1p(APART):
                continue
            compared += 1
            right += (measured > other) == (predicted > foretold)
        chosen = max(rates, key=lambda pair: pair[1])
        lost = 1 - chosen[0] / max(rate for rate, _ in rates)
        exact += lost <= APART
        loss = max(loss, lost)
    return Order(name, len(competing), compared, right, loss, exact)


def lines(found: Iterable[Order]) -> list[str]:
    """Lines of a table.

    Arguments:
        found: of all sets.
    """
    told = [
        f"{'order of layouts':42} {'sweeps':>6} {'pairs':>6} {'right':>7} {'fastest':>7}"
        f" {'loss':>7}"
    ]
    told += [
        f"{one.name:42} {one.sweeps:>6} {one.pairs:>6} {one.right / one.pairs:>7.1%}"
        f" {one.exact:>7} {one.loss:>7.1%}"
        for one in found
    ]
    return told
