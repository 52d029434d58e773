"""Arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from commands import completion

StackArgument = Annotated[
    Path, typer.Argument(metavar="STACK", help="stack file, YAML; - is standard input")
]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="seed of the simulation")]
Replications = Annotated[int, typer.Option(min=2, max=1_000_000, help="simulated years")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="change a value, such as nodes.trainers.count=8",
        autocompletion=completion.paths,
    ),
]
CalibrationFile = Annotated[
    Path | None,
    typer.Option(
        "--calibration", metavar="FILE", help="use what `windtunnel observe` wrote of this stack"
    ),
]
Commit = Annotated[
    str | None, typer.Option(metavar="HASH", help="of the stack file's repository, to be shown")
]
Issued = Annotated[
    str | None, typer.Option(metavar="YYYY-MM-DD", help="date of issue, to be shown")
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for machines")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="write one HTML page as well")
]
Paper = Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="write it for paper too")]
BackendName = Annotated[
    Literal["joblib", "dask", "ray"], typer.Option("--backend", help="where the runs are made")
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="of the cluster, such as tcp://host:8786")
]
Processes = Annotated[int | None, typer.Option(min=1, max=10_000, help="processes here")]
Engine = Annotated[Literal["compiled", "simpy"], typer.Option(help="simpy is the slow reference")]
Simulation = Annotated[bool, typer.Option(help="simulate, or show the laws alone")]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=V1,V2,...",
        help="try several values, such as nodes.trainers.count=1,2,4 or 1..8; once for each path",
        autocompletion=completion.paths,
    ),
]
ManyReplications = Annotated[
    int | None,
    typer.Option(
        min=2, max=1_000_000, help="simulated years of each; by default 1000, fewer of many"
    ),
]
Overlay = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="what the file does not say: workloads, objectives, sizes; YAML",
    ),
]
State = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="pulumi stack export, for what a preview leaves out as it stays"
    ),
]
