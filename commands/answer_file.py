"""The page of an answer, written where it was asked for, on the screen and on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from commands.leaving import say
from commands.writable import check_file

if TYPE_CHECKING:
    from reports.answer_page import Provenance


@dataclass(frozen=True)
class AnswerFiles:
    """Where the page of an answer is wanted.

    Arguments:
        report: as HTML; None for nowhere.
        paper: as a PDF.
    """

    report: Path | None
    paper: Path | None

    def check(self) -> None:
        """Refuse before the long work a page that could not be written after it."""
        for path in filter(None, (self.report, self.paper)):
            check_file(path)

    def write(self, page: Callable[[], str], quiet: bool) -> None:
        """Write the page and say where; quiet: what is printed is JSON alone."""
        if self.report is None and self.paper is None:
            return
        from reports.files import write_whole

        html, written = page(), {}
        if self.report is not None:
            written[self.report] = html.encode()
        if self.paper is not None:
            from reports.pdf import pdf

            written[self.paper] = pdf(html)
        write_whole(written)
        for path in written:
            say(str(path), error=quiet)


def provenance(digest: str, seed: int | None) -> Provenance:
    """What it takes to have an answer again: this version, a seed if any, the hash of a file."""
    from importlib.metadata import version

    from reports.answer_page import Provenance

    return Provenance(version("windtunnel"), seed, digest)
