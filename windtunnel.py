"""The front door: the command line, and the few names that a notebook imports."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from types import FrameType

    from models.parts.read_stack import StackFile
    from models.prediction import Prediction
    from models.queueing.network import Network
    from models.queueing.network_answer import NetworkAnswer
    from models.queueing.read_network import NetworkFile

__all__ = ["change", "load", "load_network", "main", "predict", "report", "simulate", "solve"]

OBJECTIVE_MISSED, BAD_INPUT, WORLD_REFUSED, INTERRUPTED = 1, 2, 3, 130
OUTPUT = Path("reports/out")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Predict what an ML stack will do and cost, before anyone pays for it.",
    epilog="Exit codes: 0 fine, 1 objective missed or queue unstable, 2 bad input, "
    "3 file or service refused.",
)

StackArgument = Annotated[Path, typer.Argument(metavar="STACK", help="stack file, YAML")]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="seed of the simulation")]
Replications = Annotated[int, typer.Option(min=2, max=1_000_000, help="simulated years")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="change a value, such as nodes.trainers.count=8"
    ),
]


def load(path: Path | str) -> StackFile:
    """Read and check a stack file.

    Arguments:
        path: of the file.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack

    return read_stack(path, load_catalog())


def change(stack_file: StackFile, **changes: object) -> StackFile:
    """The same stack with some values changed.

    Arguments:
        stack_file: the description as read.
        changes: new values by path, with double underscores for dots: nodes__trainers__count=8.

    Raises:
        InvalidDescription: a path that does not exist, or a stack that is no longer valid.
    """
    from models.catalog.load import load_catalog
    from models.parts.read_stack import change_stack

    by_path = {name.replace("__", "."): value for name, value in changes.items()}
    return change_stack(stack_file, by_path, load_catalog())


def predict(stack_file: StackFile, seed: int = 1, replications: int = 1000) -> Prediction:
    """Predict what a stack will do and cost, with error bars.

    Arguments:
        stack_file: the description as read.
        seed: of the simulation.
        replications: simulated years.
    """
    from models.catalog.load import load_catalog
    from sim import predict as prediction

    return prediction.predict(stack_file, load_catalog(), seed=seed, replications=replications)


def report(
    stack_file: StackFile, prediction: Prediction, folder: Path | str = OUTPUT
) -> tuple[Path, Path]:
    """Write the report of a prediction as HTML and JSON; gives the paths of both.

    The files are called after the stack, and after its hash too where values were changed.

    Arguments:
        stack_file: the description as read.
        prediction: of that stack.
        folder: where the files go.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    from reports.html import render
    from reports.json_report import as_json

    # What if must not write over what is.
    changed = f"-{stack_file.digest[:8]}" if stack_file.changed else ""
    page = Path(folder) / f"{prediction.stack}{changed}.html"
    figures = page.with_suffix(".json")
    _write(page, render(stack_file.stack, prediction))
    _write(figures, as_json(prediction))
    return page, figures


def load_network(path: Path | str) -> NetworkFile:
    """Read and check the file of a queueing network, and the traces that it names.

    Arguments:
        path: of the file.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    from models.queueing.read_network import read_network

    return read_network(path)


def solve(network_file: NetworkFile) -> NetworkAnswer:
    """What the laws of queueing say about a network; the answer says whether they are exact.

    Arguments:
        network_file: the description as read.
    """
    from models.queueing.solve import solve as by_laws

    return by_laws(network_file.network)


def simulate(network_file: NetworkFile, seed: int = 1, **options: Any) -> NetworkAnswer:
    """What a simulation says about a network, with error bars.

    Arguments:
        network_file: the description as read.
        seed: of the simulation.
        options: as `sim.queueing.simulate_network` takes them, such as replications or engine.

    Raises:
        ValueError: options that do not go together.
        BackendUnavailable: the replications can't run where they should.
    """
    from sim.queueing.simulate_network import simulate as by_runs

    return by_runs(network_file.network, seed=seed, traces=network_file.traces, **options)


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    _write_bytes(path, text.encode())


def _write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@app.command("predict")
def _predict(
    stack: StackArgument,
    seed: Seed = 1,
    replications: Replications = 1000,
    changes: Changes = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for machines")] = False,
) -> None:
    """Predict throughput, time to train, availability and cost; exit code 1 if one is missed."""
    stack_file, prediction = _predicted(stack, changes, seed, replications)
    if as_json:
        from reports.json_report import as_json as to_json

        print(to_json(prediction), end="")
    else:
        from rich.console import Console

        from reports.terminal import summary

        console = Console(width=None if sys.stdout.isatty() else 80, highlight=False)
        console.print(summary(stack_file.stack, prediction))
    if not prediction.objectives_met:
        raise typer.Exit(OBJECTIVE_MISSED)


@app.command("report")
def _report(
    stack: StackArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="folder of the report")] = OUTPUT,
    seed: Seed = 1,
    replications: Replications = 1000,
    changes: Changes = None,
) -> None:
    """Write the capacity report as one HTML file, and its figures as JSON."""
    stack_file, prediction = _predicted(stack, changes, seed, replications)
    for path in report(stack_file, prediction, output):
        print(path)


@app.command("check")
def _check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="stack and network files, YAML")
    ],
) -> None:
    """Read and check stack and network files, without a prediction."""
    from models.queueing.read_network import is_network
    from models.reading.faults import InvalidDescription

    faulty = False
    for path in files:
        try:
            (load_network if is_network(path) else load)(path)
            print(f"{path}: fine")
        except InvalidDescription as error:
            faulty = True
            print(error, file=sys.stderr)
    if faulty:
        raise typer.Exit(BAD_INPUT)


@app.command("queue")
def _queue(
    network: Annotated[Path, typer.Argument(metavar="NETWORK", help="network file, YAML")],
    seed: Seed = 1,
    replications: Annotated[int, typer.Option(min=1, max=1_000_000, help="runs")] = 16,
    visits: Annotated[int, typer.Option(min=1000, max=10**10, help="services a run")] = 200_000,
    half_width: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="run on until response times are known to, say, '1 %'"),
    ] = None,
    engine: Annotated[
        Literal["compiled", "events", "simpy"],
        typer.Option(help="events never takes a recursion; simpy is the slow reference"),
    ] = "compiled",
    backend: Annotated[
        Literal["joblib", "dask", "ray"], typer.Option(help="where the runs are made")
    ] = "joblib",
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="of the cluster, such as tcp://host:8786")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, max=10_000, help="processes here")] = None,
    antithetic: Annotated[
        bool, typer.Option("--antithetic", help="pairs of mirrored runs")
    ] = False,
    simulation: Annotated[bool, typer.Option(help="simulate, or show the laws alone")] = True,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="write every visit of the first run, CSV or Parquet"),
    ] = None,
    changes: Changes = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for machines")] = False,
) -> None:
    """Solve a queueing network by laws and simulate it; exit code 1 if it is unstable."""
    from models.queueing.read_network import change_network
    from models.reading.changes import parse_changes

    network_file = load_network(network)
    if changes:
        network_file = change_network(network_file, parse_changes(changes))
    law, simulated = solve(network_file), None
    if simulation and not law.unstable:  # what grows without end has no steady state to simulate
        options = _sizes(replications, visits, half_width, antithetic)
        options |= {"engine": engine, "backend": _backend(backend, scheduler, jobs)}
        here = engine != "simpy" and backend == "joblib"
        compiles = here and _must_compile(network_file.network, engine)
        with _progress("simulating runs", compiles) as show:
            simulated = simulate(network_file, seed, progress=show, **options)
    if record:
        _write_record(network_file, record, seed, visits)
    _show(network_file, law, simulated, as_json)
    if law.unstable or (simulated and simulated.unstable):
        raise typer.Exit(OBJECTIVE_MISSED)


def _write_record(network_file: NetworkFile, path: Path, seed: int, visits: int) -> None:
    """Write the visits of a run as a table, whole or not at all."""
    from sim.queueing.visit_record import record

    if path.suffix not in (".csv", ".parquet"):
        _leave(f"{path}: a record ends in .csv or .parquet", BAD_INPUT)
    network, traces = network_file.network, network_file.traces
    try:
        with _progress("simulating a run", _must_compile(network, "events")):
            visited = record(network, seed=seed, traces=traces, visits=visits)
        data = (
            visited.to_csv(index=False).encode()
            if path.suffix == ".csv"
            else visited.to_parquet(None, index=False)
        )
    except ImportError as error:
        _leave(
            f"{path}: {error.name or 'a package'} is missing; install windtunnel[table]",
            WORLD_REFUSED,
        )
    _write_bytes(path, data)


_OPTIONS = {
    "replications": "--replications",
    "visits": "--visits",
    "relative_half_width": "--half-width",
    "antithetic": "--antithetic",
}


def _sizes(
    replications: int, visits: int, half_width: str | None, antithetic: bool
) -> dict[str, Any]:
    """Options of the simulation, once they go together."""
    from models.description.quantities import FRACTION, parse
    from sim.output_analysis import Halfwidth
    from sim.queueing.simulate_network import check_sizes

    try:
        share = None if half_width is None else parse(half_width, FRACTION)
    except ValueError as error:
        _leave(f"--half-width: {error}", BAD_INPUT)
    try:
        goal = None if share is None else Halfwidth(share)
        check_sizes(replications, visits, goal, antithetic)
    except ValueError as error:
        message = str(error)  # it names the arguments of the simulation
        for argument, option in _OPTIONS.items():
            message = re.sub(rf"\b{argument}\b", option, message)
        _leave(message, BAD_INPUT)
    return {
        "replications": replications,
        "visits": visits,
        "relative_half_width": share,
        "antithetic": antithetic,
    }


def _backend(kind: Literal["joblib", "dask", "ray"], address: str | None, jobs: int | None) -> Any:
    from sim.backends import Backend

    if address and kind == "joblib":
        _leave("--scheduler goes with --backend dask or ray", BAD_INPUT)
    return Backend("local" if kind == "joblib" else kind, address, jobs)


def _show(
    network_file: NetworkFile, law: NetworkAnswer, simulated: NetworkAnswer | None, as_json: bool
) -> None:
    if as_json:
        from reports.queue_json import as_json as to_json

        print(to_json(network_file.digest, law, simulated), end="")
        return
    from rich.console import Console

    from reports.queue_terminal import page

    console = Console(width=None if sys.stdout.isatty() else 80, highlight=False)
    console.print(page(law, simulated))


@app.command("catalog")
def _catalog(
    table: Annotated[str, typer.Argument(help="table to list; without it, the tables")] = "",
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="FIELD=TEXT", help="keep rows whose field contains the text"
        ),
    ] = None,
    sources: Annotated[bool, typer.Option(help="show date, source and note of every row")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="print comma-separated values")] = False,
) -> None:
    """List and filter the facts: instances, accelerators, links, prices, failure rates."""
    from models.catalog.errors import UnknownName
    from models.catalog.load import load_catalog
    from models.catalog.query import as_rows, select
    from models.catalog.records import TABLES

    catalog = load_catalog()
    headers: tuple[str, ...] = ("table", "rows")
    rows: list[tuple[str, ...]] = [(name, str(len(getattr(catalog, name)))) for name in TABLES]
    if table:
        filters = dict(text.partition("=")[::2] for text in where or ())
        try:
            headers, rows = as_rows(select(catalog, table, filters))
        except UnknownName as error:
            _leave(str(error), BAD_INPUT)
        if not sources:
            kept = [i for i, name in enumerate(headers) if name not in ("date", "source", "note")]
            headers = tuple(headers[i] for i in kept)
            rows = [tuple(row[i] for i in kept) for row in rows]
    _print_rows(headers, rows, as_csv)


def _print_rows(headers: tuple[str, ...], rows: list[tuple[str, ...]], as_csv: bool) -> None:
    if as_csv:
        import csv

        csv.writer(sys.stdout, lineterminator="\n").writerows([headers, *rows])
        return
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    for row in (headers, *rows):
        print("  ".join(map(str.ljust, row, widths)).rstrip())


@app.command("schema")
def _schema(
    of: Annotated[
        Literal["stack", "network"], typer.Argument(help="what the file describes")
    ] = "stack",
) -> None:
    """Print the JSON Schema of a stack or network file, for editors."""
    from models.parts.kinds import STACK
    from models.queueing.network import Network

    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **(Network if of == "network" else STACK).model_json_schema(),
    }
    print(json.dumps(schema, indent=2, ensure_ascii=False))


def _predicted(
    path: Path, changes: list[str] | None, seed: int, replications: int
) -> tuple[StackFile, Prediction]:
    from models.catalog.load import load_catalog
    from models.parts.read_stack import change_stack, read_stack
    from models.reading.changes import parse_changes
    from sim import predict as prediction

    catalog = load_catalog()
    stack_file = read_stack(path, catalog)
    if changes:
        stack_file = change_stack(stack_file, parse_changes(changes), catalog)
    with _progress("simulating years", _must_compile_years()) as show:
        predicted = prediction.predict(
            stack_file, catalog, seed=seed, replications=replications, progress=show
        )
    return stack_file, predicted


def _must_compile_years() -> bool:
    """Whether the simulated year is compiled first; known on a terminal alone, which shows it."""
    if not sys.stderr.isatty():
        return False
    from sim.cluster.kernel.compiled_year import SIMULATE

    return not SIMULATE.is_compiled()


def _must_compile(network: Network, engine: str) -> bool:
    """Whether the simulator of a network is compiled first; known on a terminal alone."""
    if not sys.stderr.isatty():
        return False
    from sim.queueing.kernel.queue_engines import is_compiled

    return not is_compiled(network, engine)


@contextlib.contextmanager
def _progress(what: str, compiles: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar with the time that has gone by on a terminal, and none in a pipe.

    Until something is complete it says that the simulator is compiled, where it is.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        first = "compiling the simulator, once: some 20 s" if compiles else what
        task = bar.add_task(first, total=None)
        yield lambda done, total: bar.update(task, description=what, completed=done, total=total)


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    interrupts = _remembered_interrupts()
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        error.show()  # type: ignore[attr-defined]  # what typer raises can show itself
        sys.exit(BAD_INPUT)
    except SystemExit as left:
        # A missed objective comes back as a code. What leaves with 1 here is a broken pipe: the
        # reader of our output, such as `head`, has gone, and nothing is wrong with that.
        sys.exit(0 if left.code == 1 else left.code)
    except OSError as error:
        _leave(f"{error.filename or 'output'}: {error.strerror}", WORLD_REFUSED)
    except Exception as error:  # errors that the user can mend; anything else keeps its traceback
        if interrupts:
            _leave("interrupted", INTERRUPTED)
        from models.reading.faults import InvalidDescription
        from sim.backends import BackendUnavailable
        from sim.predict import NoProgress

        if isinstance(error, InvalidDescription | NoProgress):
            _leave(str(error), BAD_INPUT)
        if isinstance(error, BackendUnavailable):
            _leave(str(error), WORLD_REFUSED)
        raise
    if code == INTERRUPTED:
        print("interrupted", file=sys.stderr)
    sys.exit(code or 0)


def _remembered_interrupts() -> list[int]:
    """What fills with every Ctrl-C, which interrupts as ever.

    Python drops the exception where LLVM calls it back, and then Numba fails with another one.
    """
    came: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        came.append(number)
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it is not ignored
        signal.signal(signal.SIGINT, interrupt)
    return came


def _leave(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
