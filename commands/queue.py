"""windtunnel queue: a queueing network by laws and by simulation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from commands.answer_file import AnswerFiles, provenance
from commands.leaving import BAD_INPUT, OBJECTIVE_MISSED, WORLD_REFUSED, leave
from commands.options import (
    AsJson,
    BackendName,
    Changes,
    Paper,
    Processes,
    ReportFile,
    Scheduler,
    Seed,
    Simulation,
)
from commands.progress import progress
from commands.where import backend_of
from commands.writable import check_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.queueing.asked import Asked
    from models.queueing.network import Network
    from models.queueing.network_answer import EnoughServers, NetworkAnswer
    from models.queueing.read_network import NetworkFile
    from models.queueing.worked_formulas import Worked


def command(
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
    backend: BackendName = "joblib",
    scheduler: Scheduler = None,
    jobs: Processes = None,
    antithetic: Annotated[
        bool, typer.Option("--antithetic", help="pairs of mirrored runs")
    ] = False,
    intervals: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="equal parts of the period to tell apart"),
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TIME", help="also the shares that wait, and respond, so long at most"
        ),
    ] = None,
    percentile: Annotated[
        list[str] | None, typer.Option(metavar="PERCENT", help="also this percentile, such as 80")
    ] = None,
    servers_for: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE", help="fewest servers with which so many wait no longer than --within"
        ),
    ] = None,
    simulation: Simulation = True,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="write every visit of the first run, CSV or Parquet"),
    ] = None,
    why: Annotated[
        bool, typer.Option("--explain", help="the formula of each station with its numbers")
    ] = False,
    changes: Changes = None,
    report: ReportFile = None,
    paper: Paper = None,
    as_json: AsJson = False,
) -> None:
    """Solve a queueing network by laws, simulate it; exit code 1 if unstable or without answer."""
    from models.queueing.read_network import read_network
    from models.queueing.solve import solve
    from models.reading.changes import parse_changes

    network_file = read_network(network, parse_changes(changes or ()))
    files = AnswerFiles(report, paper)
    files.check()
    if intervals is not None:
        _check_intervals(network_file.network, intervals)
    if record:
        _check_record(record)
    asked = _asked(within or (), percentile or ())
    share = _share_within(servers_for, asked)
    law, simulated = solve(network_file.network, asked), None
    if simulation and (not law.unstable or _steady_beside(network_file, law)):
        from sim.queueing.simulate_network import simulate

        options = _sizes(replications, visits, half_width, antithetic)
        options |= {
            "engine": engine,
            "intervals": intervals,
            "asked": asked,
            "backend": backend_of(backend, scheduler, jobs),
        }
        with progress("simulating runs") as show:
            simulated = simulate(
                network_file.network,
                seed=seed,
                traces=network_file.traces,
                progress=show,
                **options,
            )
    if record:
        _write_record(network_file, record, seed, visits)
    enough: list[EnoughServers] = []
    if share is not None:
        sizes = {"seed": seed, "replications": replications, "visits": visits}
        with progress("looking for enough servers"):
            enough = _enough(network_file, share, asked.times, sizes)
    formulas = None
    if why:
        from models.queueing.worked_formulas import worked

        formulas = worked(network_file.network, law)
    _show(network_file, law, simulated, as_json, enough, formulas)

    def page() -> str:
        from models.queueing.loads import loads
        from reports import queue_page

        how = provenance(network_file.digest, seed if simulated else None)
        return queue_page.page(
            *(law, simulated, enough, network_file.rate_unit, how, formulas or ()),
            loads=loads(network_file.network, law),
        )

    files.write(page, as_json)
    if law.unstable or (simulated and simulated.unstable):
        raise typer.Exit(OBJECTIVE_MISSED)
    told = law.known or (simulated and simulated.stations) or enough or record
    if not told:  # what is not known is not fine
        raise typer.Exit(OBJECTIVE_MISSED)


def _steady_beside(network_file: NetworkFile, law: NetworkAnswer) -> bool:
    """Whether some class is steady, and to be simulated, beside what grows without end."""
    from models.queueing.steady_part import steady_part
    from models.queueing.traffic import traffic

    overloaded = [one.station for one in law.unstable]
    return bool(steady_part(traffic(network_file.network), overloaded).classes)


def _check_intervals(network: Network, intervals: int) -> None:
    """Refuse parts of a period where there is none to tell apart."""
    from models.queueing.periods import intervals_of

    if intervals_of(network, intervals) is None:
        hint = "arrivals of kind time-varying, or a schedule; or give it a horizon"
        leave(f"--intervals goes with a network that follows one period: {hint}", BAD_INPUT)


def _asked(within: Sequence[str], percentiles: Sequence[str]) -> Asked:
    """What is asked beside what every answer has, once it is in range."""
    from models.description.quantities import DURATION, parse
    from models.queueing.asked import Asked

    try:
        times = tuple(parse(text, DURATION) for text in within)
    except ValueError as error:
        leave(f"--within: {error}", BAD_INPUT)
    try:
        return Asked(times, tuple(map(_percentage, percentiles)))
    except ValueError as error:
        leave(f"--{error}", BAD_INPUT)


def _percentage(text: str) -> float:
    """Of a percentile, as people write it: 80, 80 % or P80."""
    number = re.sub(r"^[Pp]|%$", "", text.strip()).strip()
    try:
        return float(number)
    except ValueError:
        leave(f"--percentile: '{text}' is no percentile; write 80, 99.9 or P80", BAD_INPUT)


def _share_within(text: str | None, asked: Asked) -> float | None:
    """The share that is to wait no longer than the times."""
    from models.description.quantities import FRACTION, parse

    if text is None:
        return None
    try:
        share = parse(text, FRACTION)
    except ValueError as error:
        leave(f"--servers-for: {error}", BAD_INPUT)
    if not 0 < share < 1:
        leave(f"--servers-for: '{text}' is not above 0 % and below 100 %", BAD_INPUT)
    if not asked.times:
        leave("--servers-for goes with --within, such as --within '30 s'", BAD_INPUT)
    return share


def _enough(
    network_file: NetworkFile, share: float, times: Sequence[float], sizes: dict[str, int]
) -> list[EnoughServers]:
    """For each station whose servers are a plain number, all others as they are."""
    from models.queueing.enough_servers import can_be_staffed
    from sim.queueing.server_search import enough_servers

    network, traces = network_file.network, network_file.traces
    stations = list(can_be_staffed(network))
    if not stations:
        leave("--servers-for: no station has a plain number of servers", BAD_INPUT)
    return [
        enough_servers(network, station, share, time, traces=traces, **sizes)
        for station in stations
        for time in times
    ]


def _write_record(network_file: NetworkFile, path: Path, seed: int, visits: int) -> None:
    """Write the visits of a run as a table, whole or not at all."""
    from reports.files import write_whole
    from sim.queueing.visit_record import record

    network, traces = network_file.network, network_file.traces
    try:
        with progress("simulating a run"):
            visited = record(network, seed=seed, traces=traces, visits=visits)
        data = (
            visited.to_csv(index=False).encode()
            if path.suffix == ".csv"
            else visited.to_parquet(None, index=False)
        )
    except ImportError as error:
        leave(
            f"{path}: {error.name or 'a package'} is missing; install windtunnel[table]",
            WORLD_REFUSED,
        )
    write_whole({path: data})


def _check_record(path: Path) -> None:
    """Refuse before the simulation what could not be written after it."""
    if path.suffix not in (".csv", ".parquet"):
        leave(f"{path}: a record ends in .csv or .parquet", BAD_INPUT)
    check_file(path)


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
        leave(f"--half-width: {error}", BAD_INPUT)
    try:
        goal = None if share is None else Halfwidth(share)
        check_sizes(replications, visits, goal, antithetic)
    except ValueError as error:
        message = str(error)  # it names the arguments of the simulation
        for argument, option in _OPTIONS.items():
            message = re.sub(rf"\b{argument}\b", option, message)
        leave(message, BAD_INPUT)
    return {
        "replications": replications,
        "visits": visits,
        "relative_half_width": share,
        "antithetic": antithetic,
    }


def _show(
    network_file: NetworkFile,
    law: NetworkAnswer,
    simulated: NetworkAnswer | None,
    as_json: bool,
    enough: Sequence[EnoughServers],
    formulas: Sequence[Worked] | None,
) -> None:
    from reports import output

    if as_json:
        from reports.queue_json import as_json as to_json

        output.say_json(to_json(network_file.digest, law, simulated, enough, formulas))
        return
    from reports import queue_terminal

    output.show(queue_terminal.page(law, simulated, enough, network_file.rate_unit))
    if formulas is not None:
        output.show(queue_terminal.formulas(formulas))
