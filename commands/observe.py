"""windtunnel observe: a stack that runs beside its prediction."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.leaving import BAD_INPUT, OBJECTIVE_MISSED, leave, say
from commands.options import AsJson, CalibrationFile, Changes, Replications, Seed, StackArgument
from commands.predicted import predicted
from commands.writable import check_file


def command(
    stack: StackArgument,
    measured: Annotated[
        Path, typer.Option(metavar="FILE", help="measured values: .csv, .json, .prom; a bill too")
    ],
    take: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OF.MEASURE=NAME",
            help="take a column or metric, such as train.step_time=step_seconds or 'x=col ms'",
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="measured before, to see whether something drifted"),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="write what was measured for later predictions"),
    ] = None,
    changes: Changes = None,
    calibration: CalibrationFile = None,
    seed: Seed = 1,
    replications: Replications = 1000,
    as_json: AsJson = False,
) -> None:
    """Print what was measured beside what is predicted: step times, latencies, failures, bills.

    Exit code 1 where a figure is outside its interval, or something drifted.
    """
    from models.measurements.measured import Unusable
    from models.measurements.read_measurements import read_measurements
    from models.measurements.taken import parse_taken
    from models.reading.calibration_file import written
    from reports import output
    from reports.files import write_whole
    from sim.observing.observe import observe

    try:
        taken = parse_taken(take or ())
        values = read_measurements(measured, taken)
        before = None if baseline is None else read_measurements(baseline, taken)
    except Unusable as error:
        leave(str(error), BAD_INPUT)
    if write is not None:
        check_file(write)
    stack_file, prediction = predicted(stack, changes, seed, replications, calibration=calibration)
    seen = observe(stack_file.solved, prediction, values, before)
    if as_json:
        from reports.observation_json import as_json as to_json

        output.say_json(to_json(seen))
    else:
        from reports.observation_terminal import summary

        output.show(summary(seen))
    if write is not None:
        if not seen.calibrated:
            leave(f"{write}: nothing was measured that calibrates this stack", BAD_INPUT)
        write_whole({write: written(seen.stack, seen.calibrated).encode()})
        say(f"{write}: windtunnel predict {stack} --calibration {write}", error=as_json)
    if not seen.fine:
        raise typer.Exit(OBJECTIVE_MISSED)
