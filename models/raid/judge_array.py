"""Whether an array reaches what is asked of it."""

from collections.abc import Iterator

from models.raid.array_answer import ArrayAnswer, ArrayVerdict, Losses
from models.raid.array_description import ArrayObjectives

_ROUNDING = 1e-9  # 1 - 0.9 is a bit less than 0.1


def judge(
    objectives: ArrayObjectives, law: ArrayAnswer, simulated: Losses | None
) -> tuple[ArrayVerdict, ...]:
    """A verdict for each objective; losses by an exact law, else by simulation, else by the law.

    What nothing knows is not met.

    Arguments:
        objectives: of the file.
        law: what the laws say.
        simulated: what the simulation says of losses, if there was one.
    """
    return tuple(_judged(objectives, law, simulated))


def _judged(
    objectives: ArrayObjectives, law: ArrayAnswer, simulated: Losses | None
) -> Iterator[ArrayVerdict]:
    if objectives.durability is not None:
        target, known = objectives.durability, law.losses
        losses = known if known and known.method == "exact" else simulated or known
        if losses is None:
            yield ArrayVerdict("durability", target, None, False)
        else:
            lost = losses.loss_probability.mean
            met = lost <= (1 - target) * (1 + _ROUNDING)
            yield ArrayVerdict("durability", target, 1 - lost, met)
    if objectives.capacity is not None:
        usable = None if law.space is None else law.space.usable
        met = usable is not None and usable >= objectives.capacity * (1 - _ROUNDING)
        yield ArrayVerdict("capacity", objectives.capacity, usable, met)
    if objectives.response_time is not None:
        response = None if law.times is None else law.times.response
        met = response is not None and response <= objectives.response_time * (1 + _ROUNDING)
        yield ArrayVerdict("response_time", objectives.response_time, response, met)
