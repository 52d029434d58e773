"""windtunnel predict: what a stack will do and cost."""

from __future__ import annotations

from dataclasses import replace

import typer

from commands.issue import issue_of
from commands.leaving import OBJECTIVE_MISSED
from commands.options import (
    AsJson,
    CalibrationFile,
    Changes,
    Commit,
    Issued,
    Replications,
    Seed,
    StackArgument,
)
from commands.predicted import predicted


def command(
    stack: StackArgument,
    seed: Seed = 1,
    replications: Replications = 1000,
    changes: Changes = None,
    calibration: CalibrationFile = None,
    commit: Commit = None,
    issued: Issued = None,
    as_json: AsJson = False,
) -> None:
    """Predict throughput, time to train, availability, cost; exit code 1 if missed or unstable."""
    from reports import output

    issue = issue_of(commit, issued)
    stack_file, prediction = predicted(stack, changes, seed, replications, calibration=calibration)
    prediction = replace(prediction, issue=issue)
    if as_json:
        from reports.json_report import as_json as to_json

        output.say_json(to_json(prediction))
    else:
        from reports.terminal import summary

        output.show(summary(stack_file.stack, prediction))
    if not prediction.fine:
        raise typer.Exit(OBJECTIVE_MISSED)
