"""The page of an answer, written where it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from commands.leaving import say

if TYPE_CHECKING:
    from reports.answer_page import Provenance


def check_report(path: Path | None) -> None:
    """Refuse before the long work a page that could not be written after it."""
    if path is not None:
        from reports.files import check_folder

        check_folder(path.parent)


def write_report(
    path: Path | None,
    digest: str,
    seed: int | None,
    page: Callable[[Provenance], str],
    quiet: bool,
) -> None:
    """Write the page and say where; quiet: what is printed is JSON alone."""
    if path is None:
        return
    from importlib.metadata import version

    from reports.answer_page import Provenance
    from reports.files import write_whole

    write_whole({path: page(Provenance(version("windtunnel"), seed, digest)).encode()})
    say(str(path), error=quiet)
