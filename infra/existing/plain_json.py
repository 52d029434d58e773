"""JSON from elsewhere, read within bounds: every fault is one sentence with its place."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.reading.faults import Fault, InvalidDescription
from models.reading.yaml_tree import STANDARD_INPUT, name_of, near_file

LARGEST = 200_000_000  # bytes; 5,000 resources take some 30 MB


def read_json(file: Path) -> tuple[str, Any]:
    """What messages call a file, and what is in it: one value, or the values of its lines.

    Arguments:
        file: JSON, or a JSON value on each line; "-" is standard input.

    Raises:
        InvalidDescription: it is missing, too large, or no JSON.
    """
    name = name_of(file)
    text = _text(file, name)
    try:
        return name, json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise _invalid(name, "is nested too deep") from None
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].rstrip().endswith("}"):
            return name, _by_line(name, lines)
        line = getattr(error, "lineno", None)
        why = getattr(error, "msg", str(error))
        hint = "" if text.strip() else "the program that wrote it may have failed"
        raise InvalidDescription(
            name, [Fault((), f"is no JSON: {why}", hint, line if text.strip() else None)]
        ) from None


def _text(file: Path, name: str) -> str:
    try:
        if file == STANDARD_INPUT:
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with file.open("rb") as stream:
                content = stream.read(LARGEST + 1)
    except OSError as error:
        fault = Fault((), f"cannot be read: {error.strerror}", near_file(file))
        raise InvalidDescription(name, [fault]) from None
    except ValueError:  # a zero byte
        raise _invalid(name, "is not the name of a file") from None
    if len(content) > LARGEST:
        raise _invalid(name, f"is larger than {LARGEST:,} bytes")
    try:
        # PowerShell writes what a command prints as UTF-16.
        return content.decode(
            "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        )
    except UnicodeDecodeError:
        raise _invalid(name, "is no text") from None


def _by_line(name: str, lines: list[str]) -> list[Any]:
    found = []
    for position, line in enumerate(lines, 1):
        try:
            found.append(json.loads(line, parse_constant=_refuse))
        except (ValueError, RecursionError):
            raise InvalidDescription(name, [Fault((), "is no JSON", "", position)]) from None
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def _invalid(name: str, message: str) -> InvalidDescription:
    return InvalidDescription(name, [Fault((), message)])


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping as it is, and an empty one for anything else.

    Arguments:
        value: any.
    """
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """A list as it is, and an empty one for anything else.

    Arguments:
        value: any.
    """
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text as it is, and an empty one for anything else.

    Arguments:
        value: any.
    """
    return value if isinstance(value, str) else ""
