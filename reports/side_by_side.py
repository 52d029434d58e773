"""What a law and a simulation say of the same measures, side by side."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from models.prediction import Estimate, Method
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, Format, span

LEAST_SHOWN = 5e-5  # of a difference that is not written as 0.00 %


@dataclass(frozen=True)
class Line:
    """One measure by both ways.

    Arguments:
        name: of the measure.
        law: what the law says, if there is one.
        simulated: what the simulation says, if there was one.
        write: how one value is written.
        rounding: by which a value may lie beyond an interval and still be in it.
        ends: how an interval is written; as two values where not given.
    """

    name: str
    law: Estimate | None
    simulated: Estimate | None
    write: Format
    rounding: float = 1e-12
    ends: Callable[[float, float], str] | None = None

    @property
    def outside(self) -> bool:
        """Whether the value of the law lies outside the interval of the simulation."""
        if self.law is None or self.simulated is None:
            return False
        shown = abs(self.simulated.mean - self.law.mean) >= LEAST_SHOWN * abs(self.law.mean)
        value, rounding = self.law.mean, 1e-9 * abs(self.law.mean) + self.rounding
        within = self.simulated.low - rounding <= value <= self.simulated.high + rounding
        return shown and not within


def side_by_side(caption: str, lines: Sequence[Line]) -> Table:
    """A table of both, or of one of both alone.

    Arguments:
        caption: of the table.
        lines: its measures.
    """
    law, run = any(line.law for line in lines), any(line.simulated for line in lines)
    titles = ["", *["Law>"] * law, *["Simulation>", "95 % interval>"] * run]
    titles += ["Difference>"] * (law and run)
    return Table(caption, columns(*titles), tuple(_row(line, law, run) for line in lines))


def _row(line: Line, law: bool, run: bool) -> tuple[Cell, ...]:
    cells: list[str | Cell] = [line.name]
    if law:
        cells.append(line.write(line.law.mean) if line.law else NONE)
    if run:
        simulated = line.simulated
        cells.append(line.write(simulated.mean) if simulated else NONE)
        cells.append(_interval(line, simulated) if simulated else NONE)
    if law and run:
        cells.append(_difference(line))
    return row(*cells)


def _interval(line: Line, simulated: Estimate) -> str:
    if line.ends is not None:
        return line.ends(simulated.low, simulated.high)
    return span(line.write(simulated.low), line.write(simulated.high))


def _difference(line: Line) -> Cell:
    law, simulated = line.law, line.simulated
    if law is None or simulated is None:
        return Cell(NONE)
    if law.mean == 0 or not math.isfinite(law.mean):
        return Cell(f"{NONE}, outside" if line.outside else NONE, "bad" if line.outside else "")
    if simulated.mean == 0 < law.mean and not line.outside:
        return Cell("none seen")
    percent = 100 * (simulated.mean / law.mean - 1)
    text = f"{percent:+.{2 if abs(percent) < 10 else 1}f} %".replace("-", "\N{MINUS SIGN}")
    if text[1:] == "0.00 %":
        text = text[1:]  # it is neither above nor below
    return Cell(f"{text}, outside", "bad") if line.outside else Cell(text)


def known(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The measures of which one of both says something.

    Arguments:
        lines: of a table.
    """
    return tuple(line for line in lines if line.law or line.simulated)


def agreement_of(lines: Sequence[Line], method: Method | Literal["none"]) -> str:
    """How often the law lies in the interval, as a sentence; empty where nothing compares.

    Arguments:
        lines: measures, of which those count that both know.
        method: of the law.
    """
    compared = [line for line in lines if line.law and line.simulated]
    if not compared:
        return ""
    outside = sum(line.outside for line in compared)
    inside = f"The law lies within the interval in {len(compared) - outside} of {len(compared)}"
    if not outside:
        return f"{inside} measures."
    reason = {
        "exact": "measures of one experiment move together, and an exact law lies outside in"
        " about one experiment of twenty",
        "approximation": "an approximation has an error of its own",
    }[method]
    return f"{inside} measures; {reason}."
