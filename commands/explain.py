"""windtunnel explain: where a figure comes from, and what it is sensitive to."""

from __future__ import annotations

from typing import Annotated

import typer

from commands import completion
from commands.leaving import BAD_INPUT, leave, say
from commands.options import (
    AsJson,
    BackendName,
    CalibrationFile,
    Changes,
    Processes,
    Replications,
    Scheduler,
    Seed,
    StackArgument,
)
from commands.predicted import predicted
from commands.progress import progress
from commands.where import backend_of


def command(
    stack: StackArgument,
    figure: Annotated[
        str,
        typer.Argument(
            metavar="FIGURE",
            help="time, latency, cost, availability, energy, train.step_time, ...; without it,"
            " what people ask first",
            autocompletion=completion.figures,
        ),
    ] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="name the figures that can be asked for")
    ] = False,
    years: Annotated[
        int, typer.Option(min=2, max=1_000_000, help="simulated for each effect without a law")
    ] = 250,
    changes: Changes = None,
    calibration: CalibrationFile = None,
    seed: Seed = 1,
    replications: Replications = 1000,
    backend: BackendName = "joblib",
    scheduler: Scheduler = None,
    jobs: Processes = None,
    as_json: AsJson = False,
) -> None:
    """Say where a figure comes from: lines of the stack, rows of the catalog, laws, sensitivity.

    A tornado shows the ten uncertain inputs that move it most.
    """
    from models.catalog.load import load_catalog
    from models.prediction.figures import all_figures
    from reports import output
    from sim.explaining.explain import UnknownFigure, explain

    where = backend_of(backend, scheduler, jobs)
    stack_file, prediction = predicted(stack, changes, seed, replications, calibration=calibration)
    if listed:
        say("\n".join(all_figures(prediction)), keep="\n")
        return
    try:
        with progress("moving inputs") as show:
            explained = explain(
                stack_file,
                load_catalog(),
                prediction,
                figure,
                years=years,
                backend=where,
                progress=show,
            )
    except UnknownFigure as error:
        leave(f"{stack_file.name}: {error}", BAD_INPUT)
    if as_json:
        from reports.explanation_json import as_json as to_json

        output.say_json(to_json(explained))
    else:
        from reports.explanation_terminal import summary

        output.show(summary(explained))
