"""windtunnel reliability: a block diagram by laws and by simulation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.answer_file import AnswerFiles, provenance
from commands.leaving import OBJECTIVE_MISSED
from commands.options import (
    AsJson,
    BackendName,
    Changes,
    Engine,
    Paper,
    Processes,
    ReportFile,
    Scheduler,
    Seed,
    Simulation,
)
from commands.progress import progress
from commands.where import backend_of

if TYPE_CHECKING:
    from models.reliability.diagram_answer import DiagramAnswer
    from models.reliability.read_diagram import DiagramFile


def command(
    diagram: Annotated[
        Path, typer.Argument(metavar="DIAGRAM", help="diagram file, YAML; - is standard input")
    ],
    seed: Seed = 1,
    histories: Annotated[
        int, typer.Option(min=2, max=100_000_000, help="simulated missions")
    ] = 10_000,
    engine: Engine = "compiled",
    backend: BackendName = "joblib",
    scheduler: Scheduler = None,
    jobs: Processes = None,
    simulation: Simulation = True,
    changes: Changes = None,
    report: ReportFile = None,
    paper: Paper = None,
    as_json: AsJson = False,
) -> None:
    """Solve a block diagram by laws and simulate it; exit code 1 if an objective is missed."""
    from models.reading.changes import parse_changes
    from models.reliability.read_diagram import read_diagram
    from models.reliability.solve_diagram import solve

    files = AnswerFiles(report, paper)
    files.check()
    diagram_file = read_diagram(diagram, parse_changes(changes or ()))
    where = backend_of(backend, scheduler, jobs)
    law, simulated = solve(diagram_file.description), None
    if simulation:
        from sim.reliability.simulate_diagram import simulate

        with progress("simulating missions") as show:
            simulated = simulate(diagram_file.description, seed, histories, engine, where, show)
    used = seed if simulated is not None else None
    _show(diagram_file, law, simulated, as_json, files, used)


def _show(
    diagram_file: DiagramFile,
    law: DiagramAnswer,
    simulated: DiagramAnswer | None,
    as_json: bool,
    files: AnswerFiles,
    seed: int | None,
) -> None:
    from models.reliability.judge_diagram import judge
    from reports import output

    verdicts = judge(diagram_file.description.objectives, law, simulated)
    if as_json:
        from reports.reliability_json import as_json as to_json

        output.say_json(to_json(diagram_file.digest, law, simulated, verdicts))
    else:
        from reports.reliability_terminal import page

        output.show(page(law, simulated, verdicts))

    def html() -> str:
        from reports import reliability_page

        how = provenance(diagram_file.digest, seed)
        described = diagram_file.description
        return reliability_page.page(described, law, simulated, verdicts, how)

    files.write(html, as_json)
    if not all(one.met for one in verdicts):
        raise typer.Exit(OBJECTIVE_MISSED)
