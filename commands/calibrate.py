"""windtunnel calibrate: the coefficients of training steps, from measured ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.leaving import BAD_INPUT, leave, say
from commands.progress import progress
from commands.writable import check_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.calibration.calibrate import Refitted
    from models.calibration.measured_steps import MeasuredStep


_FAR = 3.0  # times as long as fitted, or as short, from which a step is told


def command(
    measured: Annotated[
        Path, typer.Argument(help="measured steps of transformers, comma-separated")
    ],
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="write step_calibrations.csv and step_errors.csv there"
        ),
    ] = None,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="from what is known before any step was measured, as the shipped tables are",
        ),
    ] = False,
    date: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="of the measurements, for the tables")
    ] = "",
) -> None:
    """Fit the coefficients of training steps to measured ones, and say how far they are off.

    Each software on each generation of accelerators is fitted on its own, from what the catalog
    knows of it. Errors are of steps
    that the fit did not see: some of each hidden size, then hidden sizes, accelerators and
    softwares as a whole.
    """
    import datetime

    from models.calibration.calibrate import refit, tables
    from models.calibration.measured_steps import read_steps
    from models.calibration.step_misses import errors, step_misses
    from models.catalog.errors import CatalogError
    from models.catalog.load import SHIPPED, load_catalog
    from models.catalog.own_steps import NAMED_BY
    from reports.files import write_whole

    catalog = load_catalog(SHIPPED)  # of which a user's own calibrations are no part
    try:
        steps = read_steps(measured, catalog)
    except CatalogError as error:
        leave(str(error), BAD_INPUT)
    if not steps:
        leave(f"{measured}: has no measured step", BAD_INPUT)
    try:
        day = datetime.date.fromisoformat(date) if date else None
    except ValueError:
        leave(f"--date: '{date}' is not a date; write it as 2024-07-01", BAD_INPUT)
    if write is not None:
        if day is None:
            leave("--write: give the --date of the measurements too", BAD_INPUT)
        check_folder(write)
    with progress("fitting") as tell:
        refitted = refit(steps, catalog, tell, known=not anew)
    _say_fits(refitted)
    say("")
    say(f"{'relative standard error':44} {'rows':>5} {'error':>8}")
    missing = errors(step_misses(refitted, catalog))
    for software, regime, missed, count in missing:
        say(f"{f'{software}, {regime}':44} {count:>5} {missed:>8.1%}")
    if write is not None and day is not None:
        source = f"windtunnel calibrate {measured.name}"
        texts = tables(refitted, missing, catalog, day.isoformat(), source)
        write_whole({write / f"{name}.csv": text.encode() for name, text in texts.items()})
        say("")
        say(f"written to {write}: {NAMED_BY}={write} windtunnel predict STACK")


def _say_fits(refitted: Sequence[Refitted]) -> None:
    """How far off each set is, and which of its steps are so far off that something is wrong."""
    say(f"{'software, generation, set':44} {'rows':>5} {'seen':>8} {'left out':>9}")
    for each in refitted:
        for name in sorted({step.group for step, _ in each.seen}):
            pairs = [(step, time) for step, time in each.seen if step.group == name]
            apart = [(step, time) for step, time in each.unseen if step.group == name]
            what = f"{each.software}, {each.generation}, {name}"
            say(f"{what:44} {len(pairs):>5} {_mean(pairs):>8.1%} {_mean(apart):>9.1%}")
    for each in refitted:
        for step, time in each.seen:
            if (ratio := max(step.seconds / time, time / step.seconds)) > _FAR:
                slower = "as long as" if step.seconds > time else "shorter than"
                say(
                    f"note: a step of {step.group} on {step.accelerators:,} accelerators takes"
                    f" {ratio:,.1f} times {slower} fitted: is `seconds` of one step?"
                )


def _mean(pairs: list[tuple[MeasuredStep, float]]) -> float:
    misses = [abs(seconds / step.seconds - 1) for step, seconds in pairs]
    return sum(misses) / len(misses)
