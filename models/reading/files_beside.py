"""Files that a description names, which are beside it or in a folder below."""

import difflib
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class UnusableFile(Exception):
    """A file that can't be read; the text says why, as the end of a sentence about it.

    Arguments:
        message: what is wrong.
        hint: what would be right; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = message, hint
        super().__init__(f"{message}; {hint}" if hint else message)


def opened_beside(name: str, folder: Path, most_bytes: int, read: Callable[[io.FileIO], T]) -> T:
    """What a function reads of a file beside a description.

    Arguments:
        name: path from the folder.
        folder: of the description; the file is there or below.
        most_bytes: that the file may have.
        read: reads the open file.

    Raises:
        UnusableFile: it is elsewhere, missing, no file or too large.
    """
    file = folder / name
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
    except ValueError:
        raise UnusableFile("is not the name of a file") from None
    if not inside:
        hint = "put it beside the description or in a folder below"
        raise UnusableFile(f"'{name}' is not in the folder of the description", hint)
    try:
        with io.FileIO(str(file), opener=_without_waiting) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnusableFile(f"{file} is not a file")
            if status.st_size > most_bytes:
                raise UnusableFile(f"{file} is larger than {most_bytes:,} bytes")
            return read(stream)
    except OSError as error:
        near = [path.name for path in sorted(file.parent.glob("*.*")) if path != file]
        close = difflib.get_close_matches(file.name, near, n=1, cutoff=0.6)
        hint = f"did you mean '{close[0]}'?" if close else ""
        raise UnusableFile(f"{file} cannot be read: {error.strerror}", hint) from None


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; one that somebody must write to first is none."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
