"""Whether a system reaches what is asked of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from models.prediction import Estimate
from models.reliability.block_diagram import Objectives
from models.reliability.diagram_answer import DiagramAnswer, SystemMeasures, Verdict

_ROUNDING = 1e-9  # 1 - 0.9 is a bit less than 0.1


def judge(
    objectives: Objectives, law: DiagramAnswer, simulated: DiagramAnswer | None
) -> tuple[Verdict, ...]:
    """A verdict for each objective, by the law where it knows and else by the simulation.

    What neither knows is not met.

    Arguments:
        objectives: of the file.
        law: what the laws say.
        simulated: what the simulation says, if there was one.
    """
    return tuple(_judged(objectives, law.measures, simulated.measures if simulated else None))


def _judged(
    objectives: Objectives, law: SystemMeasures, simulated: SystemMeasures | None
) -> Iterator[Verdict]:
    every = (law, simulated) if simulated else (law,)
    down = _first([m.unavailability or m.mission_unavailability for m in every])
    failed = _first([m.unreliability for m in every])
    first = _first([m.mttf for m in every])
    if objectives.availability is not None:
        yield _of_share("availability", objectives.availability, down)
    if objectives.reliability is not None:
        yield _of_share("reliability", objectives.reliability, failed)
    if objectives.mttf is not None:
        met = first is not None and first.mean >= objectives.mttf
        yield Verdict("mttf", objectives.mttf, first, met)


def _first(values: list[Estimate | None]) -> Estimate | None:
    return next((value for value in values if value is not None), None)


def _of_share(
    name: Literal["availability", "reliability"], target: float, down: Estimate | None
) -> Verdict:
    if down is None:
        return Verdict(name, target, None, False)
    reached = replace(down, mean=1 - down.mean, low=1 - down.high, high=1 - down.low)
    return Verdict(name, target, reached, down.mean <= (1 - target) * (1 + _ROUNDING))
