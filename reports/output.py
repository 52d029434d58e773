"""The way out to a terminal or a pipe: whatever the program prints leaves through here."""

import contextlib
import os
import sys
import unicodedata
from typing import TYPE_CHECKING, TextIO

from models.description.printable import ascii_json, printable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

PIPE_COLUMNS = 80
LEAST_WIDTH = "least_width"  # what a table needs for all of its figures, as its attribute
# What a terminal without Unicode shows instead of signs that no decomposition leads to ASCII.
_PLAIN = {
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{MINUS SIGN}": "-",
    "\N{SUPERSCRIPT MINUS}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{INFINITY}": "inf",
    "\N{LEFTWARDS ARROW}": "<-",
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{BLACK STAR}": "*",
    "\N{CHECK MARK}": "+",
    "\N{BALLOT X}": "-",
    "\N{BOX DRAWINGS HEAVY HORIZONTAL}": "-",
}


def say(text: str, *, error: bool = False) -> None:
    """Print text and a line break.

    A reader who has left early, such as `head`, is no error; nobody reads a closed output.

    Arguments:
        text: without what a terminal takes as a command.
        error: to the standard error output.

    Raises:
        OSError: the output can't be written, because its disk is full.
    """
    stream: TextIO | None = sys.stderr if error else sys.stdout
    if stream is None:
        return
    try:
        stream.write(within(text, stream.encoding) + "\n")
        stream.flush()
    except BrokenPipeError:
        _let_go(stream)
    except OSError:
        # What the full disk did not take would be tried again at the end of the interpreter.
        _let_go(stream)
        if not error:  # else there is nowhere to say it
            raise


def say_json(text: str) -> None:
    """Print JSON, which stays the same value in any encoding.

    Arguments:
        text: JSON with its last line break.
    """
    encoding = sys.stdout.encoding if sys.stdout else None
    say(text.removesuffix("\n") if _fits(text, encoding) else ascii_json(text.removesuffix("\n")))


def show(renderable: "RenderableType") -> None:
    """Print an answer, in colour on a terminal, in 80 columns in a pipe.

    Arguments:
        renderable: of rich.
    """
    from rich.console import Console, Group

    if sys.stdout is None:
        return
    watched = sys.stdout.isatty()
    console = Console(width=None if watched else PIPE_COLUMNS, highlight=False)
    # A line that is too long is better than one that lacks its last figures.
    parts = renderable.renderables if isinstance(renderable, Group) else [renderable]
    wide = max((getattr(one, LEAST_WIDTH, 0) for one in parts), default=0)
    if wide > console.width:
        console = Console(width=wide, highlight=False)
    with console.capture() as capture:
        console.print(_Printable(renderable))
    text = capture.get().removesuffix("\n")
    # Cells are filled with spaces, which nobody wants in a file.
    say(text if watched else "\n".join(line.rstrip() for line in text.split("\n")))


def within(text: str, encoding: str | None) -> str:
    """Text as an encoding can say it: signs that it lacks become what is nearest in ASCII.

    Arguments:
        text: to be printed.
        encoding: of the output; None where it takes any text.
    """
    if _fits(text, encoding):
        return text
    return "".join(sign if _fits(sign, encoding) else _in_ascii(sign) for sign in text)


def _fits(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _in_ascii(sign: str) -> str:
    if sign in _PLAIN:
        return _PLAIN[sign]
    base = unicodedata.normalize("NFKD", sign)
    plain = "".join(_PLAIN.get(part, part) for part in base if not unicodedata.combining(part))
    return plain if plain.isascii() and plain else "?"


def _let_go(stream: TextIO) -> None:
    """Let what is still to be written go nowhere, or the interpreter would complain at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class _Printable:
    """An answer of which nothing that came from a file reaches the terminal as a command.

    Arguments:
        inner: the answer.
    """

    def __init__(self, inner: "RenderableType") -> None:
        self._inner = inner

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.segment import Segment

        for segment in console.render(self._inner, options):
            text = segment.text if segment.control else printable(segment.text, keep="\n")
            yield Segment(text, segment.style, segment.control)
