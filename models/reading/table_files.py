"""Tables beside a description, refused before they fill the memory."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from models.reading.files_beside import UnusableFile, opened_beside

T = TypeVar("T")
_PIECE = 1 << 20  # bytes read at once
_MOST_CHARACTERS = 1 << 20  # of a line
_MOST_LINES = 1000  # of a row, whose cells may hold ends of lines


class InvalidTable(Exception):
    """A table that can't be used; the text says why, as the end of a sentence about the file.

    Arguments:
        message: what is wrong.
        hint: what would be right; may be empty.
        key: of the description: file, column, columns or unit.
    """

    def __init__(self, message: str, hint: str = "", key: str = "file") -> None:
        self.message, self.hint, self.key = message, hint, key
        super().__init__(f"{message}; {hint}" if hint else message)


def opened(name: str, folder: Path, most_bytes: int, read: Callable[[io.FileIO], T]) -> T:
    """What a function reads of a table beside a description.

    Arguments:
        name: path from the folder.
        folder: of the description; the file is there or below.
        most_bytes: that the file may have.
        read: reads the open file.

    Raises:
        InvalidTable: it is elsewhere, missing, no file or too large; as the reader.
    """
    try:
        return opened_beside(name, folder, most_bytes, read)
    except UnusableFile as error:
        raise InvalidTable(error.message, error.hint) from None


def check_lines(stream: io.RawIOBase | io.BufferedIOBase, most: int, what: str) -> None:
    """Refuse a file of too many lines before any is understood, and go back to its beginning.

    Arguments:
        stream: the file, at its beginning.
        most: rows that it may have below its head.
        what: the rows are, for people.

    Raises:
        InvalidTable: it has more lines.
    """
    ends, last = 0, b"\n"
    while ends <= most + 1 and (piece := stream.read(_PIECE)):
        ends += piece.count(b"\n")
        last = piece[-1:]
    stream.seek(0)
    if ends + (last != b"\n") > most + 1:  # one of them is the head
        message = f"has more than {most:,} lines below its head; so many {what} are read at most"
        raise InvalidTable(message, "give a part of it")


class Lines(Iterator[str]):
    """The lines of a text, none of which fills the memory, nor do many of them make one row.

    Arguments:
        text: of the table.

    Raises:
        csv.Error: a row without end.
    """

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.of_row = 0  # lines since the last row was complete

    def __next__(self) -> str:
        line = self._text.readline(_MOST_CHARACTERS)
        self.of_row += 1
        if not line:
            raise StopIteration
        if len(line) == _MOST_CHARACTERS or self.of_row > _MOST_LINES:
            raise csv.Error("a row without end")
        return line
