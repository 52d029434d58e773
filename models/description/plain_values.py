"""Plain values of a description in words."""

from collections.abc import Mapping
from typing import Any


def said(value: Any) -> str:
    """A value as people write it.

    Arguments:
        value: plain: text, a number, a list or a mapping.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {said(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(said, value)) + "]"
    return "null" if value is None else str(value)
