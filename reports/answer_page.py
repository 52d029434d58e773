"""An answer about a network, a diagram or an array as one HTML page that needs nothing else."""

from dataclasses import dataclass

from markupsafe import Markup

from reports.page_templates import filled
from reports.table import Table
from reports.workload_report import Picture


@dataclass(frozen=True)
class Provenance:
    """What it takes to have an answer again.

    Arguments:
        version: of windtunnel.
        seed: of the simulation; None where nothing was simulated.
        digest: SHA-256 of the file, hexadecimal.
    """

    version: str
    seed: int | None
    digest: str

    def __str__(self) -> str:
        seed = "no simulation" if self.seed is None else f"seed {self.seed}"
        return f"windtunnel {self.version}, {seed}, file {self.digest}"


@dataclass(frozen=True)
class AnswerPage:
    """What a page shows, in order.

    Arguments:
        kind: of answer, over the title.
        title: name of what is described.
        verdict: in one sentence; empty where nothing is judged.
        fine: the verdict is good.
        sentences: what is to be said first.
        pictures: drawings, two beside each other.
        tables: figures.
        notes: what a reader must know.
        how: what it takes to have it again.
        drawn: what is described, as a drawing over the whole width; None where there is none.
    """

    kind: str
    title: str
    verdict: str
    fine: bool
    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    how: str
    drawn: Picture | None = None


def written(page: AnswerPage, version: str) -> str:
    """Write the page; the same answer gives the same bytes.

    Arguments:
        page: what it shows.
        version: of windtunnel.
    """
    drawings = [_marked(one) for one in page.pictures]
    drawn = None if page.drawn is None else _marked(page.drawn)
    return filled("answer.html.j2", page=page, version=version, drawings=drawings, drawn=drawn)


def _marked(picture: Picture) -> Picture:
    return Picture(Markup(picture.drawing), picture.caption)
