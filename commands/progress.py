"""Progress of long work, on a terminal alone."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator


def watched() -> bool:
    """Whether somebody may look at what goes to the standard error output."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar with the time that has gone by on a terminal, and none in a pipe.

    It also shows what the simulator logs: that it is compiled, the first time on a machine.
    """
    if not watched():
        yield None
        return
    import logging

    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        class Shown(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                bar.update(task, description=record.getMessage(), refresh=True)

        logger, shown = logging.getLogger("windtunnel"), Shown()
        level = logger.level
        logger.addHandler(shown)
        logger.setLevel(logging.INFO)
        try:
            yield lambda done, total: bar.update(
                task, description=what, completed=done, total=total
            )
        finally:
            logger.removeHandler(shown)
            logger.setLevel(level)
