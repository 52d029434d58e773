"""windtunnel raid: a disk or an array of disks by laws and by simulation."""

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
    from models.raid.array_answer import ArrayAnswer, DiskRuns, Losses
    from models.raid.read_array import ReadArray


def command(
    array: Annotated[
        Path, typer.Argument(metavar="ARRAY", help="array file, YAML; - is standard input")
    ],
    seed: Seed = 1,
    groups: Annotated[
        int, typer.Option(min=2, max=1_000_000_000, help="simulated redundancy groups")
    ] = 100_000,
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
    """Solve disks or a RAID by laws, simulate losses and requests; exit code 1 if missed."""
    from models.catalog.load import load_catalog
    from models.raid.read_array import read_array
    from models.raid.solve_array import solve
    from models.reading.changes import parse_changes

    files = AnswerFiles(report, paper)
    files.check()
    catalog = load_catalog()
    read = read_array(array, catalog, parse_changes(changes or ()))
    where = backend_of(backend, scheduler, jobs)
    law, simulated = solve(read.description, read.disk, catalog), None
    if simulation and read.description.repair is not None:
        from sim.raid.simulate_array import simulate

        with progress("simulating missions") as show:
            simulated = simulate(read.description, read.disk, seed, groups, engine, where, show)
    runs = None
    if simulation and law.times is not None and read.description.requests is not None:
        from sim.raid.simulate_disk import simulate_requests

        disk, requests = read.description.disk, read.description.requests
        runs = simulate_requests(disk, read.disk, requests, law.times, catalog, seed)
    used = None if simulated is None and runs is None else seed
    _show(read, law, simulated, runs, as_json, files, used)


def _show(
    read: ReadArray,
    law: ArrayAnswer,
    simulated: Losses | None,
    runs: DiskRuns | None,
    as_json: bool,
    files: AnswerFiles,
    seed: int | None,
) -> None:
    from models.raid.judge_array import judge
    from reports import output

    verdicts = judge(read.description.objectives, law, simulated)
    if as_json:
        from reports.raid_json import as_json as to_json

        output.say_json(to_json(read.digest, law, simulated, runs, verdicts))
    else:
        from reports.raid_terminal import page

        output.show(page(law, simulated, runs, verdicts))

    def html() -> str:
        from reports import raid_page

        return raid_page.page(law, simulated, runs, verdicts, provenance(read.digest, seed))

    files.write(html, as_json)
    if law.unstable or not all(one.met for one in verdicts):
        raise typer.Exit(OBJECTIVE_MISSED)
