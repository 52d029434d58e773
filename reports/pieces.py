"""Words that are wider than their column, parted behind a mark rather than anywhere."""

import re
from collections.abc import Callable

_MARK = re.compile(r"(?<=[._/:-])")  # behind which a long word is parted


def in_pieces(text: str, room: float, width: Callable[[str], float]) -> str:
    """A text whose overlong words have a space behind some of their marks, such as a path's dots.

    No two pieces of a word fit into a line together, so that the spaces are never seen.

    Arguments:
        text: in one line.
        room: of the column.
        width: of a text, in the same unit.
    """
    return " ".join(_word(word, room, width) for word in text.split(" "))


def _word(word: str, room: float, width: Callable[[str], float]) -> str:
    if width(word) <= room:
        return word
    pieces = [""]
    for part in _MARK.split(word):
        if pieces[-1] and width(pieces[-1] + part) > room:
            pieces.append("")
        pieces[-1] += part
    return " ".join(pieces)
