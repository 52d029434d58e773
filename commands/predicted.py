"""A stack and its prediction, as several commands need them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from commands.progress import progress

if TYPE_CHECKING:
    from models.parts.read_stack import StackFile
    from models.prediction import Finding, Prediction
    from models.reading.document import Document


def predicted(
    path: Path,
    changes: list[str] | None,
    seed: int,
    replications: int,
    before: Callable[[], None] = lambda: None,
    calibration: Path | None = None,
) -> tuple[StackFile, Prediction]:
    """A stack as read and its prediction, with what must be sure before the long work."""
    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack
    from models.reading.changes import parse_changes
    from models.reading.document import read_document
    from sim import predict as prediction

    catalog = load_catalog()
    document, findings = calibrated(read_document(path), calibration)
    stack_file = read_stack(document, catalog, parse_changes(changes or ()))
    before()
    with progress("simulating years") as show:
        answer = prediction.predict(
            stack_file, catalog, seed=seed, replications=replications, progress=show
        )
    return stack_file, replace(answer, warnings=(*findings, *answer.warnings))


def calibrated(document: Document, path: Path | None) -> tuple[Document, tuple[Finding, ...]]:
    """A stack file with the values of a calibration, and what says so; as it is without one."""
    if path is None:
        return document, ()
    from models.prediction import Finding
    from models.reading.calibration_file import read_calibration
    from models.reading.document import changed_document

    found = read_calibration(path, document.tree.get("name"))
    changed = changed_document(document, found.changes, "--calibration", makes_parts=False)
    return changed, tuple(
        Finding("note", one.path, f"calibrated by {path.name}: {one.source or 'no source'}")
        for one in found.values
    )
