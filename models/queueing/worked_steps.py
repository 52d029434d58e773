"""A formula with its numbers put in, and how its numbers are written."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A formula with the figure that it gives.

    Arguments:
        law: its name.
        steps: of it, one a line: a symbol, its formula, and the formula with its numbers.
        response: mean time at the station, or in the network, s, of those who are served.
        source: where it is from.
    """

    law: str
    steps: tuple[str, ...]
    response: float
    source: str


def number(value: float) -> str:
    """A number as a formula has it.

    Arguments:
        value: of any size.
    """
    return f"{value:.4g}"


def seconds(value: float) -> str:
    """A time as a formula has it.

    Arguments:
        value: s.
    """
    return f"{value:.4g} s"
