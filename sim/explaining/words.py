"""Words and figures of a stack file, and what else may stand in their place."""

import functools
import math
from collections.abc import Iterator
from typing import Any

from models.parts.kinds import STACK
from models.reading.faults import PathInFile

_MOST = 6  # words that are tried
_FIGURES = ("integer", "number")  # types of them in a schema


def other_words(tree: Any, path: PathInFile) -> tuple[Any, ...]:
    """Other words, or the other of yes and no, that a value of a stack file may be.

    Which kinds there are, and names of the catalog and of the file itself, are no such words.

    Arguments:
        tree: plain values of the file.
        path: of the value.
    """
    value = functools.reduce(lambda here, step: here[step], path, tree)
    if isinstance(value, bool):
        return (not value,)
    if path[-1] in ("kind", "cloud"):
        return ()
    schema = _schema()
    words = dict.fromkeys(word for one in _at(schema, schema, path) for word in _words(schema, one))
    return tuple(word for word in words if word != value)[:_MOST] if value in words else ()


def bounds(path: PathInFile) -> tuple[float, float]:
    """The lowest and the highest figure that a value of a stack file may be.

    Arguments:
        path: of the value.
    """
    schema = _schema()
    figures = [one for one in _at(schema, schema, path) if one.get("type") in _FIGURES]
    return (
        min((one.get("minimum", -math.inf) for one in figures), default=-math.inf),
        max((one.get("maximum", math.inf) for one in figures), default=math.inf),
    )


@functools.cache
def _schema() -> dict[str, Any]:
    return STACK.model_json_schema()


def _at(whole: dict[str, Any], schema: Any, path: PathInFile) -> Iterator[dict[str, Any]]:
    """Schemas of what is at a path, of all alternatives on the way."""
    for one in _alternatives(whole, schema):
        if not path:
            yield one
            continue
        step, *rest = path
        named = next(iter(one.get("patternProperties", {}).values()), None)
        inner = one.get("properties", {}).get(step, one.get("additionalProperties") or named)
        if isinstance(step, int):
            inner = one.get("items")
        if isinstance(inner, dict):
            yield from _at(whole, inner, tuple(rest))


def _alternatives(whole: dict[str, Any], schema: Any) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        yield from _alternatives(whole, whole["$defs"][schema["$ref"].rpartition("/")[2]])
    elif "anyOf" in schema or "oneOf" in schema:
        for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from _alternatives(whole, one)
    else:
        yield schema


def _words(whole: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    words = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return [word for word in words if isinstance(word, str)]
