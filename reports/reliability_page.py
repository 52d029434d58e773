"""The answers about a block diagram as one HTML page."""

from collections.abc import Iterator

from models.reliability.block_diagram import BlockDiagram
from models.reliability.diagram_answer import DiagramAnswer, Verdict
from reports.answer_page import AnswerPage, Provenance, written
from reports.bars import Bar, bars
from reports.diagram_drawing import NARROW, WIDE, components, drawing
from reports.reliability_tables import headline, objectives, tables
from reports.reliability_terminal import how, notes, points
from reports.wording import percent
from reports.workload_report import Picture

_MOST = 12  # components that are drawn


def page(
    described: BlockDiagram,
    law: DiagramAnswer,
    simulated: DiagramAnswer | None,
    verdicts: tuple[Verdict, ...],
    provenance: Provenance,
) -> str:
    """Write the page; the same answers give the same bytes.

    Arguments:
        described: the diagram as its file has it.
        law: what the laws say.
        simulated: what the simulation says, if there was one.
        verdicts: on its objectives.
        provenance: what it takes to have it again.
    """
    fine = all(one.met for one in verdicts)
    said = headline(law, simulated)
    shown = AnswerPage(
        kind="Reliability block diagram",
        title=law.diagram,
        verdict=judged(fine, len(verdicts)),
        fine=fine,
        sentences=(*([said] if said else []), *points(law), *how(law, simulated)),
        pictures=tuple(_pictures(law)),
        tables=(
            *([objectives(verdicts)] if verdicts else []),
            *(table for table in tables(law, simulated) if table.rows),
        ),
        notes=tuple(notes(law, simulated)),
        how=str(provenance),
        drawn=_drawn(described, law),
    )
    return written(shown, provenance.version)


def _drawn(described: BlockDiagram, law: DiagramAnswer) -> Picture | None:
    """The diagram, for wide screens and for narrow ones."""
    shown = [
        drawing(described.diagram, law.single_points, key, room)
        for key, room in (("blocks-wide", WIDE), ("blocks-narrow", NARROW))
    ]
    caption = "It works while a path of working components leads from left to right"
    caption += "; where branches meet in k/n, k of the n must work."
    if set(law.single_points) & set(components(described.diagram)):
        caption += " Red: fails the system alone."
    if described.common_causes:
        caption += f" Common causes are not drawn: {', '.join(described.common_causes)}."
    whole = "".join(one for one in shown if one is not None)
    return Picture(whole, caption) if whole else None


def judged(fine: bool, asked: int) -> str:
    """Whether all that was asked is reached, one sentence; empty where nothing was.

    Arguments:
        fine: it is.
        asked: how many objectives there are.
    """
    if not asked:
        return ""
    if asked == 1:
        return "The objective is met." if fine else "The objective is not shown to be met."
    return "All objectives are met." if fine else "Not all objectives are shown to be met."


def _pictures(law: DiagramAnswer) -> Iterator[Picture]:
    shown = [
        Bar(one.name, one.criticality, percent(one.criticality), position == 0)
        for position, one in enumerate(law.importances[:_MOST])
    ]
    if shown:
        drawing = bars(shown, "criticality", "Criticality of the components")
        caption = "Share of the failures of the system of which a unit is a cause: criticality."
        if len(law.importances) > _MOST:
            caption += f" The {_MOST} largest."
        yield Picture(drawing, caption)
