"""The front door: the command line, and the few names that a notebook imports."""

from __future__ import annotations

import contextlib
import io
import json
import re
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from types import FrameType

    from models.catalog.records import Catalog
    from models.parts.read_stack import StackFile
    from models.prediction import Prediction
    from models.queueing.network_answer import NetworkAnswer
    from models.queueing.read_network import NetworkFile
    from models.reading.document import Document

__all__ = ["change", "load", "load_network", "main", "predict", "report", "simulate", "solve"]

OBJECTIVE_MISSED, BAD_INPUT, WORLD_REFUSED, INTERRUPTED = 1, 2, 3, 130
DEFECT = 70  # of windtunnel itself; sysexits.h calls it EX_SOFTWARE
OUTPUT = Path("reports/out")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Predict what an ML stack will do and cost, before anyone pays for it.",
    epilog="Exit codes: 0 fine, 1 objective missed or workload unstable, 2 bad input, "
    "3 file or service refused, 70 defect of windtunnel, 130 interrupted.",
)

StackArgument = Annotated[
    Path, typer.Argument(metavar="STACK", help="stack file, YAML; - is standard input")
]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="seed of the simulation")]
Replications = Annotated[int, typer.Option(min=2, max=1_000_000, help="simulated years")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="change a value, such as nodes.trainers.count=8"
    ),
]


def load(path: Path | str, **changes: object) -> StackFile:
    """Read and check a stack file.

    Arguments:
        path: of the file.
        changes: values that take the place of the file's before it is checked, as for `change`.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack

    return read_stack(_changed(path, changes), load_catalog())


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

    return change_stack(stack_file, _by_path(changes), load_catalog())


def _changed(path: Path | str, changes: Mapping[str, object]) -> Document:
    from models.reading.document import changed_document, read_document

    return changed_document(read_document(path), _by_path(changes), "change of")


def _by_path(changes: Mapping[str, object]) -> dict[str, object]:
    """New values by path, where a keyword has two underscores for a dot."""
    return {name.replace("__", "."): value for name, value in changes.items()}


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

    The files are called after the stack, and after its hash too where values were changed; where
    the report of another stack file has that name, theirs has a hash of the file's place.

    Arguments:
        stack_file: the description as read.
        prediction: of that stack.
        folder: where the files go.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    from reports import files
    from reports.html import render
    from reports.json_report import as_json

    folder = Path(folder)
    source = files.source_of(Path(stack_file.name), folder)
    page = files.page_path(folder, prediction.stack, source)
    if stack_file.changed:  # what if must not write over what is
        page = folder / f"{prediction.stack}-{stack_file.digest[:8]}.html"
    figures = page.with_suffix(".json")
    html = files.marked(render(stack_file.stack, prediction), source)
    files.write_whole({page: html.encode(), figures: as_json(prediction).encode()})
    return page, figures


def load_network(path: Path | str, **changes: object) -> NetworkFile:
    """Read and check the file of a queueing network, and the traces that it names.

    Arguments:
        path: of the file.
        changes: values that take the place of the file's before it is checked, as for `change`.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    from models.queueing.read_network import read_network

    return read_network(_changed(path, changes))


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


@app.command("predict")
def _predict(
    stack: StackArgument,
    seed: Seed = 1,
    replications: Replications = 1000,
    changes: Changes = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for machines")] = False,
) -> None:
    """Predict throughput, time to train, availability, cost; exit code 1 if missed or unstable."""
    from reports import output

    stack_file, prediction = _predicted(stack, changes, seed, replications)
    if as_json:
        from reports.json_report import as_json as to_json

        output.say_json(to_json(prediction))
    else:
        from reports.terminal import summary

        output.show(summary(stack_file.stack, prediction))
    if not prediction.fine:
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
    from reports.files import check_folder

    def writable() -> None:
        check_folder(output)

    stack_file, prediction = _predicted(stack, changes, seed, replications, before=writable)
    for path in report(stack_file, prediction, output):
        _say(str(path))


@app.command("check")
def _check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="stack and network files, YAML; - is standard input"
        ),
    ],
    changes: Changes = None,
) -> None:
    """Read and check stack and network files, without a prediction."""
    from models.reading.changes import parse_changes
    from models.reading.faults import InvalidDescription

    changed = parse_changes(changes or ())
    faulty = False
    for path in files:
        try:
            _say(f"{_checked(path, changed)}: fine")
        except InvalidDescription as error:
            faulty = True
            _say_lines(error.lines())
    if faulty:
        raise typer.Exit(BAD_INPUT)


def _checked(path: Path, changes: Mapping[str, object]) -> str:
    """What messages call a file, once it is found to describe a stack or a network."""
    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack
    from models.queueing.read_network import is_network, read_network
    from models.reading.document import read_document

    document = read_document(path, changes)
    if is_network(document):
        return read_network(document).name
    return read_stack(document, load_catalog()).name


@app.command("queue")
def _queue(
    network: Annotated[
        Path, typer.Argument(metavar="NETWORK", help="network file, YAML; - is standard input")
    ],
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
    intervals: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="equal parts of the period to tell apart"),
    ] = None,
    simulation: Annotated[bool, typer.Option(help="simulate, or show the laws alone")] = True,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="write every visit of the first run, CSV or Parquet"),
    ] = None,
    changes: Changes = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for machines")] = False,
) -> None:
    """Solve a queueing network by laws and simulate it; exit code 1 if it is unstable."""
    from models.queueing.read_network import read_network
    from models.reading.changes import parse_changes

    network_file = read_network(network, parse_changes(changes or ()))
    if record:
        _check_record(record)
    law, simulated = solve(network_file), None
    if simulation and not law.unstable:  # what grows without end has no steady state to simulate
        options = _sizes(replications, visits, half_width, antithetic)
        options |= {
            "engine": engine,
            "intervals": intervals,
            "backend": _backend(backend, scheduler, jobs),
        }
        with _progress("simulating runs") as show:
            simulated = simulate(network_file, seed, progress=show, **options)
    if record:
        _write_record(network_file, record, seed, visits)
    _show(network_file, law, simulated, as_json)
    if law.unstable or (simulated and simulated.unstable):
        raise typer.Exit(OBJECTIVE_MISSED)


def _write_record(network_file: NetworkFile, path: Path, seed: int, visits: int) -> None:
    """Write the visits of a run as a table, whole or not at all."""
    from reports.files import write_whole
    from sim.queueing.visit_record import record

    network, traces = network_file.network, network_file.traces
    try:
        with _progress("simulating a run"):
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
    write_whole({path: data})


def _check_record(path: Path) -> None:
    """Refuse before the simulation what could not be written after it."""
    from reports.files import check_folder

    if path.suffix not in (".csv", ".parquet"):
        _leave(f"{path}: a record ends in .csv or .parquet", BAD_INPUT)
    check_folder(path.parent)


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
    from reports import output

    if as_json:
        from reports.queue_json import as_json as to_json

        output.say_json(to_json(network_file.digest, law, simulated))
        return
    from reports.queue_terminal import page

    output.show(page(law, simulated))


@app.command("catalog")
def _catalog(
    table: Annotated[
        str, typer.Argument(help="table to list; without it, the tables; or refresh")
    ] = "",
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="FIELD=TEXT", help="keep rows whose field contains the text"
        ),
    ] = None,
    sources: Annotated[bool, typer.Option(help="show date, source and note of every row")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="print comma-separated values")] = False,
    sort: Annotated[
        str, typer.Option(metavar="BY", help="of instances: name, price, accelerator, pflops, age")
    ] = "",
    region: Annotated[str, typer.Option(help="of the prices of instances, or to refresh")] = "",
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="refresh: whose price list to read, aws or gcp")
    ] = "",
    endpoint: Annotated[
        str, typer.Option(metavar="URL", help="refresh: a mirror of the price list")
    ] = "",
) -> None:
    """List and filter the facts: instances with prices, accelerators, links, failure rates.

    With refresh, read a provider's public price list into your own prices, over the shipped ones.
    """
    if table == "refresh":
        _refresh(provider, region, endpoint or None)
        return
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
            chosen = select(catalog, table, filters)
            if table == "instances" and not (sources or as_csv):
                _print_offers(catalog, chosen, region, sort)
                return
            headers, rows = as_rows(chosen)
        except UnknownName as error:
            _leave(str(error), BAD_INPUT)
        if not sources:
            kept = [i for i, name in enumerate(headers) if name not in ("date", "source", "note")]
            headers = tuple(headers[i] for i in kept)
            rows = [tuple(row[i] for i in kept) for row in rows]
    _print_rows(headers, rows, as_csv)


def _refresh(provider: str, region: str, endpoint: str | None) -> None:
    """Read a price list into the user's own prices: all of it, or nothing is changed."""
    import datetime

    from infra.price_lists.listed_price import Refused
    from infra.price_lists.refresh import LISTS, refreshed
    from models.catalog.errors import UnknownName
    from models.catalog.load import load_catalog
    from models.catalog.own_prices import NAMED_BY, own_prices
    from reports.files import write_whole

    own, catalog = own_prices(), load_catalog()
    if own is None:
        _leave(f"{NAMED_BY} is empty: name the file for your own prices", BAD_INPUT)
    if provider not in LISTS:
        _leave(str(UnknownName("provider", provider or "(none given)", tuple(LISTS))), BAD_INPUT)
    regions = tuple(name for cloud, name in catalog.regions if cloud == provider)
    if region and region not in regions:
        _leave(str(UnknownName(f"{provider} region", region, regions)), BAD_INPUT)
    wanted = (region,) if region else regions
    try:
        with _progress(f"reading the price list of {provider}"):
            found, count = refreshed(
                provider, catalog, wanted, own, datetime.date.today(), endpoint
            )
    except Refused as error:
        _leave(f"{error}; nothing was changed", WORLD_REFUSED)
    write_whole({own: found})
    _say(f"{own}: {count:,} prices of {provider}")


def _print_offers(catalog: Catalog, chosen: Sequence[Any], region: str, sort: str) -> None:
    """Instances with what they cost and what that buys, in 80 columns."""
    import datetime

    from models.catalog.offers import EXPLAINED, offer_rows, offers

    found = offers(catalog, chosen, datetime.date.today(), region=region, sort=sort)
    _print_rows(*offer_rows(found), as_csv=False)
    _say("\n".join(f"{name}: {text}" for name, text in EXPLAINED.items()), keep="\n")


def _print_rows(headers: tuple[str, ...], rows: list[tuple[str, ...]], as_csv: bool) -> None:
    if as_csv:
        import csv

        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows([headers, *rows])
        _say(table.getvalue().removesuffix("\n"), keep="\n")
        return
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in (headers, *rows))
    _say("\n".join(lines), keep="\n")


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
    from reports.output import say_json

    say_json(json.dumps(schema, indent=2, ensure_ascii=False))


def _predicted(
    path: Path,
    changes: list[str] | None,
    seed: int,
    replications: int,
    before: Callable[[], None] = lambda: None,
) -> tuple[StackFile, Prediction]:
    """A stack as read and its prediction, with what must be sure before the long work."""
    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack
    from models.reading.changes import parse_changes
    from sim import predict as prediction

    catalog = load_catalog()
    stack_file = read_stack(path, catalog, parse_changes(changes or ()))
    before()
    with _progress("simulating years") as show:
        predicted = prediction.predict(
            stack_file, catalog, seed=seed, replications=replications, progress=show
        )
    return stack_file, predicted


def _watched() -> bool:
    """Whether somebody may look at what goes to the standard error output."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar with the time that has gone by on a terminal, and none in a pipe.

    It also shows what the simulator logs: that it is compiled, the first time on a machine.
    """
    if not _watched():
        yield None
        return
    import logging

    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        class Shown(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                bar.update(task, description=record.getMessage(), refresh=True)

        logger, shown = logging.getLogger("windtunnel"), Shown()
        level = logger.level
        logger.addHandler(shown)
        logger.setLevel(logging.INFO)
        try:
            yield lambda done, total: bar.update(
                task, description=what, completed=done, total=total
            )
        finally:
            logger.removeHandler(shown)
            logger.setLevel(level)


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    interrupts = _remembered_interrupts()
    try:
        code = app(prog_name="windtunnel", standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        told = io.StringIO()
        error.show(told)  # type: ignore[attr-defined]  # what typer raises can show itself
        _say(told.getvalue().removesuffix("\n"), keep="\n", error=True)
        sys.exit(BAD_INPUT)
    except SystemExit as left:
        # A missed objective comes back as a code. What leaves with 1 here is a broken pipe: the
        # reader of our help, such as `head`, has gone, and nothing is wrong with that.
        sys.exit(0 if left.code == 1 else left.code)
    except Exception as error:
        if interrupts:
            _leave("interrupted", INTERRUPTED)
        _leave_after(error)
    if code == INTERRUPTED:
        _say("interrupted", error=True)
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


def _leave_after(error: Exception) -> NoReturn:
    """Say what a person can mend and leave; anything else is a defect and keeps its traceback."""
    from models.catalog.errors import CatalogError
    from models.reading.faults import InvalidDescription

    if isinstance(error, InvalidDescription):
        _say_lines(error.lines())
        sys.exit(BAD_INPUT)
    if isinstance(error, CatalogError):
        _leave(str(error), BAD_INPUT)
    if isinstance(error, OSError):
        _leave(f"{error.filename or 'output'}: {error.strerror or error}", WORLD_REFUSED)
    if isinstance(error, MemoryError):
        _leave(f"not enough memory{': ' if str(error) else ''}{error}", WORLD_REFUSED)
    from sim.backends import BackendUnavailable
    from sim.predict import NoProgress

    if isinstance(error, NoProgress):
        _leave(str(error), BAD_INPUT)
    if isinstance(error, BackendUnavailable):
        _leave(str(error), WORLD_REFUSED)
    _say("".join(traceback.format_exception(error)).rstrip(), keep="\n", error=True)
    _leave(
        "windtunnel: this is a defect of windtunnel, not of your input;"
        " please report it with the lines above and the file",
        DEFECT,
    )


def _leave(message: str, code: int) -> NoReturn:
    _say(message, error=True)
    sys.exit(code)


def _say(text: str, *, keep: str = "", error: bool = False) -> None:
    """Print what may hold anything that a file or a command line holds."""
    from models.description.printable import printable
    from reports.output import say

    say(printable(text, keep), error=error)


def _say_lines(lines: Sequence[str]) -> None:
    for line in lines:
        _say(line, error=True)


if __name__ == "__main__":
    main()
