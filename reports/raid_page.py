"""The answers about a disk or an array as one HTML page."""

from collections.abc import Iterator

from models.description.quantities import format_scaled
from models.raid.array_answer import ArrayAnswer, ArrayVerdict, DiskRuns, Losses
from reports.answer_page import AnswerPage, Provenance, written
from reports.bars import Bar, bars
from reports.raid_tables import objectives, overload, tables
from reports.raid_terminal import how, notes
from reports.reliability_page import judged
from reports.wording import duration
from reports.workload_report import Picture


def page(
    law: ArrayAnswer,
    simulated: Losses | None,
    runs: DiskRuns | None,
    verdicts: tuple[ArrayVerdict, ...],
    provenance: Provenance,
) -> str:
    """Write the page; the same answers give the same bytes.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says of losses, if there was one.
        runs: what the simulation says of requests, if there was one.
        verdicts: on its objectives.
        provenance: what it takes to have it again.
    """
    fine = not law.unstable and all(one.met for one in verdicts)
    verdict = f"{overload(law)}." if law.unstable else judged(fine, len(verdicts))
    shown = AnswerPage(
        kind="Disk array",
        title=law.array,
        verdict=verdict,
        fine=fine,
        sentences=tuple(how(law, simulated, runs)),
        pictures=tuple(_pictures(law)),
        tables=(*([objectives(verdicts)] if verdicts else []), *tables(law, simulated, runs)),
        notes=tuple(notes(law, simulated, runs)),
        how=str(provenance),
    )
    return written(shown, provenance.version)


def _pictures(law: ArrayAnswer) -> Iterator[Picture]:
    fastest = max((one.read for one in law.speeds), default=0.0)
    if fastest > 0:
        shown = [
            Bar(one.state, one.read / fastest, format_scaled(one.read, "B/s"), position == 0)
            for position, one in enumerate(law.speeds)
        ]
        drawing = bars(shown, "speeds", "Large reads by state")
        yield Picture(drawing, "Bandwidth of large reads, whole and with failed disks.")
    if (times := law.times) is not None:
        parts = (
            ("controller", times.controller),
            ("seek", times.seek),
            ("rotation", times.rotation),
            ("transfer", times.transfer),
        )
        longest = max(seconds for _, seconds in parts)
        shown = [
            Bar(name, seconds / times.service, duration(seconds), seconds == longest)
            for name, seconds in parts
            if seconds > 0
        ]
        drawing = bars(shown, "service", "Where the time of a request goes")
        yield Picture(drawing, f"Parts of the {duration(times.service)} that a request takes.")
