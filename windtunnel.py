"""The front door: the command line, and the few names that a notebook imports."""

from __future__ import annotations

import commands.early_interrupts  # before all that takes long

# isort: split
import gc
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

import commands.access
import commands.calibrate
import commands.catalog
import commands.check
import commands.compare
import commands.explain
import commands.explore
import commands.find
import commands.import_
import commands.init
import commands.law
import commands.observe
import commands.optimise
import commands.predict
import commands.queue
import commands.raid
import commands.reliability
import commands.report
import commands.schema
import commands.sweep
import commands.usage
from commands.completion import bash_words
from commands.leaving import (
    BAD_INPUT,
    DEFECT,
    INTERRUPTED,
    WORLD_REFUSED,
    leave,
    say,
    say_lines,
)
from commands.report import report

if TYPE_CHECKING:
    from types import FrameType

    import pandas

    from models.parts.read_stack import StackFile
    from models.prediction import Prediction
    from models.prediction.choice_answer import Choice
    from models.prediction.comparison_answer import Comparison
    from models.prediction.explanation_answer import Explained
    from models.queueing.network_answer import EnoughServers, NetworkAnswer
    from models.queueing.read_network import NetworkFile
    from models.raid.array_answer import ArrayAnswer, Losses
    from models.reading.document import Document
    from models.reliability.diagram_answer import DiagramAnswer

__all__ = [
    "access",
    "change",
    "compare",
    "enough_servers",
    "explain",
    "frame",
    "load",
    "load_network",
    "main",
    "optimise",
    "predict",
    "raid",
    "reliability",
    "report",
    "simulate",
    "solve",
]

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Predict what an ML stack will do and cost, before anyone pays for it.",
    epilog="Exit codes: 0 fine, 1 objective missed, workload unstable or no answer, 2 bad input, "
    "3 file or service refused, 70 defect of windtunnel, 130 interrupted.",
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        say(f"windtunnel {version('windtunnel')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    pass


app.command("init")(commands.init.command)
app.command("predict")(commands.predict.command)
app.command("report")(commands.report.command)
app.command("check")(commands.check.command)
app.command("compare")(commands.compare.command)
app.command("sweep")(commands.sweep.command)
app.command("observe")(commands.observe.command)
app.command("optimise")(commands.optimise.command)
app.command("explain")(commands.explain.command)
app.command("explore")(commands.explore.command)
app.command("find")(commands.find.command)
app.command("import")(commands.import_.command)
app.command("access")(commands.access.command)
app.command("queue")(commands.queue.command)
app.command("reliability")(commands.reliability.command)
app.command("raid")(commands.raid.command)
app.command("calibrate")(commands.calibrate.command)
app.command("law")(commands.law.command)
app.command("catalog")(commands.catalog.command)
app.command("schema")(commands.schema.command)


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

    return changed_document(read_document(path), _by_path(changes), "change of", makes_parts=False)


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
    from reports.notebook import show_in_notebooks
    from sim import predict as prediction

    show_in_notebooks()
    return prediction.predict(stack_file, load_catalog(), seed=seed, replications=replications)


def frame(prediction: Prediction) -> pandas.DataFrame:
    """The figures of a prediction as a table: what of, value, interval, unit, how it was had.

    Arguments:
        prediction: of a stack.
    """
    from reports import notebook

    return notebook.frame(prediction)


def access(stack_file: StackFile, **known: str) -> pandas.DataFrame:
    """Who may do what with which store, and what decides, as a table.

    Arguments:
        stack_file: the description as read.
        known: what is known of requests, by key with two underscores for a colon, such as
            aws__SourceIp="203.0.113.7".
    """
    from dataclasses import asdict

    import pandas

    from models.laws.access.conditions import Context
    from models.parts.permissions import access as decided

    values = {key.replace("__", ":"): (value,) for key, value in known.items()}
    cells = decided(stack_file.stack, stack_file.solved.uses, Context(values, complete=False))
    return pandas.DataFrame([asdict(one) for one in cells])


def compare(
    *stacks: Path | str, vary: Sequence[str] = (), seed: int = 1, replications: int | None = None
) -> Comparison:
    """Stacks, or variants of them, in the same simulated years.

    Arguments:
        stacks: paths of the files.
        vary: what takes the place of values in each, such as "nodes.trainers.count=1..8".
        seed: of the simulation.
        replications: simulated years of each; by default a thousand, and fewer of many.

    Raises:
        InvalidDescription: a file that can't be read, or a path that leads nowhere.
    """
    from models.catalog.load import load_catalog
    from models.reading.document import read_document
    from models.reading.variations import parse_variations
    from sim.choosing import compare as comparison

    return comparison.compare(
        [read_document(Path(path)) for path in stacks],
        load_catalog(),
        parse_variations(vary),
        seed=seed,
        replications=replications,
    )


def optimise(
    stack: Path | str, vary: Sequence[str] = (), keep: Sequence[str] = (), seed: int = 1
) -> Choice:
    """The cheapest stack that meets the objectives, the fastest, and what lies between.

    Arguments:
        stack: path of the file; what it leaves open is chosen.
        vary: what else is chosen, such as "nodes.trainers.count=1..8"; without any, all that the
            file leaves open, or else all that is known.
        keep: paths of values that stay as they are.
        seed: of the simulation.

    Raises:
        InvalidDescription: a file that can't be read, a path that leads nowhere, or nothing open.
    """
    from models.catalog.load import load_catalog
    from models.reading.document import read_document
    from models.reading.variations import parse_variations
    from sim.choosing import optimise as choosing

    return choosing.optimise(
        read_document(Path(stack)), load_catalog(), parse_variations(vary), tuple(keep), seed=seed
    )


def explain(
    stack_file: StackFile, prediction: Prediction, figure: str = "", years: int = 250
) -> Explained:
    """Where figures come from, and what each input of the stack does to them.

    Arguments:
        stack_file: the description as read.
        prediction: of it.
        figure: such as time, cost, availability or train.step_time; without it, what people ask
            first.
        years: simulated for each effect where no law gives a figure.

    Raises:
        UnknownFigure: nothing is called so.
    """
    from models.catalog.load import load_catalog
    from sim.explaining.explain import explain as explained

    return explained(stack_file, load_catalog(), prediction, figure, years=years)


def reliability(
    path: Path | str, seed: int = 1, histories: int = 10_000, **changes: object
) -> tuple[DiagramAnswer, DiagramAnswer]:
    """What the laws say of a block diagram, and what a simulation says.

    Arguments:
        path: of the diagram file.
        seed: of the simulation.
        histories: simulated missions.
        changes: values that take the place of the file's before it is checked, as for `change`.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    from models.reliability.read_diagram import read_diagram
    from models.reliability.solve_diagram import solve as by_laws
    from sim.reliability.simulate_diagram import simulate as by_histories

    description = read_diagram(_changed(path, changes)).description
    return by_laws(description), by_histories(description, seed, histories)


def raid(
    path: Path | str, seed: int = 1, groups: int = 100_000, **changes: object
) -> tuple[ArrayAnswer, Losses | None]:
    """What the laws say of disks or a RAID, and what a simulation says of what they lose.

    Arguments:
        path: of the array file.
        seed: of the simulation.
        groups: simulated redundancy groups.
        changes: values that take the place of the file's before it is checked, as for `change`.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    from models.catalog.load import load_catalog
    from models.raid.read_array import read_array
    from models.raid.solve_array import solve as by_laws
    from sim.raid.simulate_array import simulate as by_missions

    catalog = load_catalog()
    read = read_array(_changed(path, changes), catalog)
    law = by_laws(read.description, read.disk, catalog)
    if read.description.repair is None:
        return law, None  # nothing is lost that nobody says how it is repaired
    return law, by_missions(read.description, read.disk, seed, groups)


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


def solve(
    network_file: NetworkFile, within: Sequence[float] = (), percentages: Sequence[float] = ()
) -> NetworkAnswer:
    """What the laws of queueing say about a network; the answer says whether they are exact.

    Arguments:
        network_file: the description as read.
        within: times of which the shares that wait, and respond, no longer are asked, s.
        percentages: of further percentiles.

    Raises:
        ValueError: a time or a percentage out of range.
    """
    from models.queueing.asked import Asked
    from models.queueing.solve import solve as by_laws

    return by_laws(network_file.network, Asked(tuple(within), tuple(percentages)))


def enough_servers(
    network_file: NetworkFile,
    station: str,
    share: float,
    within: float,
    seed: int = 1,
    **options: Any,
) -> EnoughServers:
    """The fewest servers of a station with which a share of all who come waits no longer than so.

    Arguments:
        network_file: the description as read.
        station: its name; all others stay as they are.
        share: of all who come who are to be served and wait no longer; below 1.
        within: time that they wait at most, s.
        seed: of the simulation, where no law tells the shares.
        options: of that simulation, as for `simulate`.
    """
    from sim.queueing.server_search import enough_servers as looked_for

    options |= {"seed": seed, "traces": network_file.traces}
    return looked_for(network_file.network, station, share, within, **options)


def simulate(
    network_file: NetworkFile,
    seed: int = 1,
    within: Sequence[float] = (),
    percentages: Sequence[float] = (),
    **options: Any,
) -> NetworkAnswer:
    """What a simulation says about a network, with error bars.

    Arguments:
        network_file: the description as read.
        seed: of the simulation.
        within: times of which the shares that wait, and respond, no longer are asked, s.
        percentages: of further percentiles.
        options: as `sim.queueing.simulate_network` takes them, such as replications or engine.

    Raises:
        ValueError: options that do not go together.
        BackendUnavailable: the replications can't run where they should.
    """
    from models.queueing.asked import Asked
    from sim.queueing.simulate_network import simulate as by_runs

    options["asked"] = Asked(tuple(within), tuple(percentages))
    return by_runs(network_file.network, seed=seed, traces=network_file.traces, **options)


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    # What a command imports stays: to look through it for garbage again and again is a tenth of
    # the time that it takes to start.
    gc.set_threshold(100_000)
    interrupts = _remembered_interrupts()
    try:
        with bash_words():
            code = app(prog_name="windtunnel", standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        say(commands.usage.told(error), keep="\n", error=True)
        sys.exit(BAD_INPUT)
    except SystemExit as left:
        # A missed objective comes back as a code. What leaves with 1 here is a broken pipe: the
        # reader of our help, such as `head`, has gone, and nothing is wrong with that.
        sys.exit(0 if left.code == 1 else left.code)
    except KeyboardInterrupt:  # before a command begins
        leave("interrupted", INTERRUPTED)
    except Exception as error:
        if interrupts:
            leave("interrupted", INTERRUPTED)
        _leave_after(error)
    if code == INTERRUPTED:
        say("interrupted", error=True)
    sys.exit(code or 0)


def _remembered_interrupts() -> list[int]:
    """What fills with every Ctrl-C, which interrupts as ever.

    Python drops the exception where LLVM calls it back, and then Numba fails with another one.
    """
    came: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        came.append(number)
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupt)
    return came


def _leave_after(error: Exception) -> NoReturn:
    """Say what a person can mend and leave; anything else is a defect and keeps its traceback."""
    from models.catalog.errors import CatalogError
    from models.reading.faults import InvalidDescription

    if isinstance(error, InvalidDescription):
        say_lines(error.lines())
        sys.exit(BAD_INPUT)
    if isinstance(error, CatalogError):
        leave(str(error), BAD_INPUT)
    if isinstance(error, OSError):
        leave(f"{error.filename or 'output'}: {error.strerror or error}", WORLD_REFUSED)
    if isinstance(error, MemoryError):
        leave(f"not enough memory{': ' if str(error) else ''}{error}", WORLD_REFUSED)
    from infra.existing.running_stack import StackNotReached
    from sim.backends import BackendUnavailable
    from sim.predict import NoProgress

    if isinstance(error, NoProgress):
        leave(str(error), BAD_INPUT)
    if isinstance(error, BackendUnavailable | StackNotReached):
        leave(str(error), WORLD_REFUSED)
    say("".join(traceback.format_exception(error)).rstrip(), keep="\n", error=True)
    leave(
        "windtunnel: this is a defect of windtunnel, not of your input;"
        " please report it with the lines above and the file",
        DEFECT,
    )


if __name__ == "__main__":
    main()
