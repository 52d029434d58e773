"""The answers about a queueing network as one HTML page."""

from collections.abc import Iterator, Sequence

from models.queueing.loads import LoadPoint
from models.queueing.network_answer import EnoughServers, NetworkAnswer, StationMeasures
from models.queueing.worked_formulas import Worked
from reports.answer_page import AnswerPage, Provenance, written
from reports.bars import Bar, bars
from reports.load_figure import response_against_load
from reports.queue_terminal import all_tables, formula_of, how, notes, unstable
from reports.table import Table, columns, row
from reports.wording import duration, percent
from reports.workload_report import Picture


def page(
    law: NetworkAnswer,
    simulated: NetworkAnswer | None,
    enough: Sequence[EnoughServers],
    rate_unit: str,
    provenance: Provenance,
    formulas: Sequence[Worked] = (),
    loads: Sequence[LoadPoint] = (),
) -> str:
    """Write the page; the same answers give the same bytes.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
        enough: how many servers are enough, where that was asked.
        rate_unit: in which rates of customers are written.
        provenance: what it takes to have it again.
        formulas: worked out, where they were asked for.
        loads: the network under other loads, where the laws know them.
    """
    against = response_against_load(loads, "load")
    grows = unstable(law, simulated)
    shown = AnswerPage(
        kind="Queueing network",
        title=law.network,
        verdict=" ".join(f"{line}." for line in grows),
        fine=not grows,
        sentences=tuple(how(law, simulated)),
        pictures=(*([against] if against else []), *_pictures(law, simulated)),
        tables=(*all_tables(law, simulated, enough, rate_unit), *map(_formula, formulas)),
        notes=tuple(notes(law, simulated)),
        how=str(provenance),
    )
    return written(shown, provenance.version)


def _formula(one: Worked) -> Table:
    """The steps of a formula below each other."""
    steps = tuple(row(step) for step in one.steps)
    return Table(f"Formula. {formula_of(one)}", columns("Step by step"), steps, note=one.source)


def _pictures(law: NetworkAnswer, simulated: NetworkAnswer | None) -> Iterator[Picture]:
    stations = {
        one.station: one
        for answer in (simulated, law)  # a law has the last word, where there is one
        for one in (answer.stations if answer else ())
        if one.customer_class is None
    }
    busy = [one for one in stations.values() if one.utilization.mean <= 1]
    if busy:
        most = max(one.utilization.mean for one in busy)
        shown = [
            Bar(
                one.station,
                one.utilization.mean,
                percent(one.utilization.mean),
                one.utilization.mean == most,
            )
            for one in busy
        ]
        drawing = bars(shown, "utilization", "Utilization of the stations")
        yield Picture(drawing, "Share of its servers that is busy, by station.")
    timed = [(one, _response(one)) for one in stations.values() if one.response_time is not None]
    longest = max((time for _, time in timed), default=0.0)
    if longest > 0:
        shown = [
            Bar(one.station, time / longest, duration(time), time == longest and len(timed) > 1)
            for one, time in timed
        ]
        drawing = bars(shown, "response", "Response time of the stations")
        yield Picture(drawing, "Mean time at each station, waiting and service.")


def _response(one: StationMeasures) -> float:
    return one.response_time.mean if one.response_time is not None else 0.0
