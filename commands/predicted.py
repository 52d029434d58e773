"""A stack and its prediction, as several commands need them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from commands.progress import progress

if TYPE_CHECKING:
    from models.parts.read_stack import StackFile
    from models.prediction import Prediction


def predicted(
    path: Path,
    changes: list[str] | None,
    seed: int,
    replications: int,
    before: Callable[[], None] = lambda: None,
) -> tuple[StackFile, Prediction]:
    """A stack as read and its prediction, with what must be sure before the long work."""
    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack
    from models.reading.changes import parse_changes
    from sim import predict as prediction

    catalog = load_catalog()
    stack_file = read_stack(path, catalog, parse_changes(changes or ()))
    before()
    with progress("simulating years") as show:
        answer = prediction.predict(
            stack_file, catalog, seed=seed, replications=replications, progress=show
        )
    return stack_file, answer
