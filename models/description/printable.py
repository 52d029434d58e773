"""Text from files as it may be shown: nothing in it moves a cursor or turns the reading order."""

import re

# Controls (C0, C1), soft hyphens, marks and overrides of direction, what has no width, line and
# paragraph separators, half characters, tags. Joiners stay: scripts and emoji need them.
_HOSTILE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_BYTES = range(0xDC80, 0xDD00)  # bytes of a file name that is not UTF-8, as Python keeps them
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def printable(text: str, keep: str = "") -> str:
    """Text with what would not be seen as written replaced by its escape, such as \\x1b.

    Arguments:
        text: from a file, a command line or another machine.
        keep: control characters that stay, such as the line breaks of a page.
    """

    def shown(match: re.Match[str]) -> str:
        character = match.group()
        return character if character in keep else _NAMED.get(character) or _escape(character)

    return _HOSTILE.sub(shown, text)


def printable_json(text: str) -> str:
    """JSON of the same value, with escapes for what would not be seen as written.

    Arguments:
        text: JSON, whose line breaks stay.
    """
    return _HOSTILE.sub(lambda match: _json_escape(match.group()), text)


def ascii_json(text: str) -> str:
    """JSON of the same value in ASCII.

    Arguments:
        text: JSON.
    """
    return re.sub("[^\x00-\x7f]", lambda match: _json_escape(match.group()), text)


def _escape(character: str) -> str:
    code = ord(character)
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else (f"\\U{code:08x}")
    )


def _json_escape(character: str) -> str:
    if character == "\n":
        return character
    pair = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{pair[at : at + 4]}" for at in range(0, len(pair), 4))
