"""A disk or an array by laws, and its losses by simulation: the rows that every report shows."""

from models.description.quantities import format_duration, format_scaled
from models.prediction import Estimate
from models.raid.array_answer import ArrayAnswer, ArrayVerdict, DiskRuns, DiskTimes, Losses
from reports.reliability_tables import in_percent, life, life_span, share, share_span
from reports.side_by_side import Line, known, side_by_side
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, duration, number, percent, size


def headline(law: ArrayAnswer) -> str:
    """What the array is and holds.

    Arguments:
        law: what the laws say.
    """
    space = law.space
    if space is None:
        return ""
    if space.disks == 1:
        return f"1 disk: holds {size(space.usable)}"
    part = space.usable / space.raw
    text = f"{space.words}: {size(space.usable)} usable, {percent(part)} of {size(space.raw)}"
    if not space.tolerated:
        return f"{text}; no disk may fail"
    failed = f"{space.tolerated} {'disk' if space.tolerated == 1 else 'disks'}"
    of = "" if space.sets == 1 else f" of each of {space.sets} sets"
    return f"{text}; any {failed}{of} may fail"


def losses(law: ArrayAnswer, simulated: Losses | None) -> tuple[Line, ...]:
    """The measures of losses that the law or the simulation knows.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
    """
    by_law = law.losses

    def line(name: str, one: Estimate | None, run: Estimate | None) -> Line:
        return Line(name, one, run, share, 0.0, share_span)

    return known(
        (
            line(
                "Loses data",
                by_law.loss_probability if by_law else None,
                simulated.loss_probability if simulated else None,
            ),
            line(
                "Losses",
                by_law.expected_losses if by_law else None,
                simulated.expected_losses if simulated else None,
            ),
            line("of failed disks", None, simulated.from_failures if simulated else None),
            line("of defects", None, simulated.from_defects if simulated else None),
            line("of reading", None, simulated.from_reading if simulated else None),
            Line("MTTDL", by_law.mttdl if by_law else None, None, life, 0.0, life_span),
            Line("Bytes lost", by_law.bytes_lost if by_law else None, None, size),
            line("A usable byte", by_law.nomdl if by_law else None, None),
        )
    )


def tables(
    law: ArrayAnswer, simulated: Losses | None, runs: DiskRuns | None = None
) -> tuple[Table, ...]:
    """Speed, one request, wear and losses, as far as they are known.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says of losses, if there was one.
        runs: what the simulation says of requests, if there was one.
    """
    made = []
    if law.speeds:
        made.append(_speeds(law))
    if law.times is not None:
        made.append(_times(law.times))
        if runs is not None:
            made.append(side_by_side("One request, simulated beside", requests(law.times, runs)))
    if law.flash is not None:
        made.append(_flash(law))
    lines = losses(law, simulated)
    if lines:
        caption = f"Losses in {format_duration(law.mission)}"
        made.append(side_by_side(caption, lines))
    if law.losses is not None and law.losses.textbook:
        rows = tuple(row(name, life(value)) for name, value in law.losses.textbook)
        made.append(Table("MTTDL in textbooks", columns("", "Approximation>"), rows))
    return tuple(made)


def requests(times: DiskTimes, runs: DiskRuns) -> tuple[Line, ...]:
    """The times of a request that both the law and the simulation know, and its P95.

    Arguments:
        times: by the laws.
        runs: by simulation.
    """

    def by_law(value: float | None) -> Estimate | None:
        return None if value is None else Estimate.exact(value)

    return known(
        (
            Line("Service", by_law(times.service), runs.service, duration),
            Line("Response time", by_law(times.response), runs.response, duration),
            Line("Response P95", None, runs.response_p95, duration),
        )
    )


def _speeds(law: ArrayAnswer) -> Table:
    rows = tuple(
        row(
            one.state,
            _bandwidth(one.read),
            _bandwidth(one.write),
            _rate(one.random_reads),
            _rate(one.random_writes),
            _rate(one.mixed),
        )
        for one in law.speeds
    )
    heads = columns("", "Read>", "Write>", "Random reads>", "Random writes>", "Mix>")
    return Table("Speed", heads, rows)


def _times(times: DiskTimes) -> Table:
    rows = [
        row("Controller", duration(times.controller)),
        row("Seek", duration(times.seek)),
        row("Rotation", duration(times.rotation)),
        row("Transfer", duration(times.transfer)),
        row(Cell("Service", "strong"), duration(times.service)),
        row("Shortest", duration(times.shortest)),
    ]
    if times.longest is not None:
        rows.append(row("Longest", duration(times.longest)))
    rows += [row("Requests", _rate(times.rate)), row("Bandwidth", _bandwidth(times.bandwidth))]
    if times.arrival_rate is not None and times.utilization is not None:
        rows.append(row("Arrivals", _rate(times.arrival_rate)))
        rows.append(row("Utilization", percent(times.utilization)))
        response = times.response
        rows.append(row("Response time", NONE if response is None else duration(response)))
    return Table("One request at one disk", columns("", "Mean>"), tuple(rows))


def _flash(law: ArrayAnswer) -> Table:
    flash = law.flash
    assert flash is not None
    rows = [row("Write amplification", number(flash.write_amplification, 4))]
    if flash.bytes_written is not None:
        rows.append(row("Written in its life", size(flash.bytes_written)))
    if flash.drive_writes_per_day is not None:
        rows.append(row("Drive writes a day", number(flash.drive_writes_per_day)))
    if flash.life is not None:
        rows.append(row("Life at what is written", duration(flash.life)))
    return Table("Flash, written at random", columns("", "Mean>"), tuple(rows))


def _bandwidth(value: float) -> str:
    return format_scaled(value, "B/s")


def _rate(value: float) -> str:
    return f"{number(value)}/s"


def objectives(verdicts: tuple[ArrayVerdict, ...]) -> Table:
    """What was asked of the array, and whether it is reached.

    Arguments:
        verdicts: on its objectives.
    """
    rows = []
    for one in verdicts:
        verdict = Cell("\N{BALLOT X} missed", "bad")
        if one.met:
            verdict = Cell("\N{CHECK MARK} met", "good")
        elif one.reached is None:
            verdict = Cell("? not known", "open")
        bound = "at most" if one.name == "response_time" else "at least"
        reached = NONE if one.reached is None else _written(one, one.reached)
        name = one.name.replace("_", " ")
        rows.append(row(name, verdict, f"{bound} {_written(one, one.target)}", reached))
    return Table("Objectives", columns("", "", "Asked", "Reached"), tuple(rows))


def _written(one: ArrayVerdict, value: float) -> str:
    match one.name:
        case "durability":
            return in_percent(1 - value)
        case "capacity":
            return size(value)
        case "response_time":
            return duration(value)


def overload(law: ArrayAnswer) -> str:
    """What stands in the place of a mean that does not exist; empty where it does.

    Arguments:
        law: what the laws say.
    """
    if law.times is None or not law.unstable or law.times.utilization is None:
        return ""
    used = number(law.times.utilization)
    return f"UNSTABLE: utilization {used} of the disks; the queue grows without end"
