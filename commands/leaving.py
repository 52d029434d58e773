"""What commands say, and the exit codes that they leave with."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

OBJECTIVE_MISSED, BAD_INPUT, WORLD_REFUSED, INTERRUPTED = 1, 2, 3, 130
DEFECT = 70  # of windtunnel itself; sysexits.h calls it EX_SOFTWARE


def leave(message: str, code: int) -> NoReturn:
    say(message, error=True)
    sys.exit(code)


def say(text: str, *, keep: str = "", error: bool = False) -> None:
    """Print what may hold anything that a file or a command line holds."""
    from models.description.printable import printable
    from reports.output import say

    say(printable(text, keep), error=error)


def say_lines(lines: Sequence[str]) -> None:
    for line in lines:
        say(line, error=True)
