"""Layouts that were run, and that ran out of memory, against what the law says of their memory."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.calibration.measured_steps import described_layout, read_steps
from models.catalog.operator_tables import kept_by
from models.catalog.records import Catalog
from models.catalog.rows import read_rows
from models.laws.transformers.memory import held_memory
from models.parts.workloads.transformer_job import usable_memory

MEASURED = Path(__file__).parent / "measured"
STEPS = tuple(MEASURED / name for name in ("transformer_steps.csv", "unfitted_steps.csv"))
MEMORY = MEASURED / "memory.csv"
_RAN_OUT = "out"


@dataclass(frozen=True)
class Fit:
    """A layout that somebody tried.

    Arguments:
        group: set that it belongs to.
        layout: in words.
        ran: whether it did, instead of running out of memory.
        held: by the law, bytes.
        usable: of the accelerator, bytes.
        shown: by nvidia-smi, bytes; None where nobody says.
    """

    group: str
    layout: str
    ran: bool
    held: float
    usable: float
    shown: float | None = None

    @property
    def fits(self) -> bool:
        """By the law."""
        return self.held <= self.usable


def measured_fits(catalog: Catalog) -> list[Fit]:
    """Every measured step, which fitted, and layouts of which their memory was told.

    Arguments:
        catalog: the facts.
    """
    found = []
    for path in STEPS:
        for step in read_steps(path, catalog):
            held, layout = min(
                ((step.held(each).total, each) for each in step.layouts), key=lambda pair: pair[0]
            )
            usable = usable_memory(step.memory)
            found.append(Fit(step.group, str(layout), True, held, usable))
    for row in read_rows(MEMORY):
        model, layouts = described_layout(row)
        keeping = kept_by(catalog.software[row.text("software")])
        held = held_memory(model, layouts[0], row.text("precision"), "adam", keeping).total
        usable = usable_memory(catalog.accelerators[row.text("accelerator")].memory)
        told = row.text("memory")
        shown = float(told) * 2**30 if told.isdecimal() else None
        group, words = f"{row.text('set')}: memory", str(layouts[0])
        found.append(Fit(group, words, told != _RAN_OUT, held, usable, shown))
    return found


def lines(rows: Iterable[Fit]) -> list[str]:
    """Lines of a table: what ran and what did not, how many of each the law says so of.

    Arguments:
        rows: of all sets.
    """
    known = list(rows)
    found = [f"{'memory of one accelerator':42} {'ran':>5} {'fit':>5} {'out':>5} {'refused':>7}"]
    for name in dict.fromkeys(row.group for row in known):
        found.append(_line(name, [row for row in known if row.group == name]))
    found.append(_line("all", known))
    for row in known:
        if row.ran != row.fits:
            says = "ran, does not fit" if row.ran else "ran out, fits"
            share = row.held / row.usable
            found.append(f"  {says}: {row.group}, {row.layout}: {share:.1%} of what there is")
    shown = [row.held / row.shown for row in known if row.shown is not None]
    found.append(
        f"  of what nvidia-smi shows, context and cache with it, {statistics.median(shown):.0%} is"
        f" held by the law ({min(shown):.0%} to {max(shown):.0%}, {len(shown)} rows)"
    )
    return found


def _line(name: str, rows: Sequence[Fit]) -> str:
    ran, out = [row for row in rows if row.ran], [row for row in rows if not row.ran]
    fit, refused = sum(row.fits for row in ran), sum(not row.fits for row in out)
    return f"{name:42} {len(ran):>5} {fit:>5} {len(out):>5} {refused:>7}"
