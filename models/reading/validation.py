"""What pydantic finds wrong with a description, as faults that a person can act on."""

import difflib
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from models.reading.faults import Fault, PathInFile

_TAGS = ("kind", "distribution")  # keys that say of which of several models a value is


def faults_of(error: ValidationError, model: type[BaseModel], tree: dict[str, Any]) -> list[Fault]:
    """Every fault that the shape of a description shows, one a path.

    Arguments:
        error: what pydantic found.
        model: of the whole description.
        tree: the plain values that were read.
    """
    by_path: dict[PathInFile, Fault] = {}
    for detail in error.errors(include_url=False):
        fault = _fault(dict(detail), model, tree)
        before = by_path.get(fault.path)
        # Where a value may be of two types, each has complained; the last is the more general.
        if before and detail["type"] == "literal_error":
            words = str(detail["ctx"]["expected"])
            fault = Fault(fault.path, f"{before.message}, or {words}")
        by_path[fault.path] = fault
    return list(by_path.values())


def _fault(detail: dict[str, Any], model: type[BaseModel], tree: dict[str, Any]) -> Fault:
    kind, context = detail["type"], detail.get("ctx", {})
    path = _path_in(tree, detail["loc"], keep_last=kind == "missing")
    if kind == "extra_forbidden":
        return Fault(path, "is not a known key", _nearest_key(path, model, tree))
    if kind == "missing":
        return Fault(path, "is required but not given")
    if kind == "value_error":
        return Fault(path, str(context["error"]))
    if kind == "literal_error":
        return _not_one_of(path, detail["input"], context["expected"])
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tag = context["discriminator"].strip("'")
        given = detail["input"].get(tag) if isinstance(detail["input"], dict) else None
        known = ", ".join(_tags(_annotation_at(path, model, tree), tag))
        return _not_one_of((*path, tag), given, known)
    return Fault(path, _in_plain_words(kind, detail, context))


def _path_in(tree: object, location: tuple[str | int, ...], keep_last: bool) -> PathInFile:
    """Drop what pydantic adds to a path, such as the branch of a union that it tried."""
    path: list[str | int] = []
    here: Any = tree
    for position, step in enumerate(location):
        last = position == len(location) - 1
        inside = range(len(here)) if isinstance(here, list) else here
        if isinstance(here, dict | list) and step in inside:
            here = here[step]  # type: ignore[index]  # a key of a mapping or an index of a list
            path.append(step)
        elif last and keep_last:
            path.append(step)
    return tuple(path)


def _nearest_key(path: PathInFile, model: type[BaseModel], tree: dict[str, Any]) -> str:
    models = _models_at(path[:-1], model, tree)
    known = list(dict.fromkeys(name for model in models for name in model.model_fields))
    close = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(known)}"


def _annotation_at(path: PathInFile, model: type[BaseModel], tree: dict[str, Any]) -> Any:
    annotation: Any = model
    here: Any = tree
    for step in path:
        candidates = list(_choose(annotation, here))
        here = here[step]
        annotations = [
            candidate.model_fields[str(step)].annotation
            for candidate in candidates
            if str(step) in candidate.model_fields
        ] or list(_arguments(annotation))
        annotation = annotations[-1]
    return annotation


def _models_at(
    path: PathInFile, model: type[BaseModel], tree: dict[str, Any]
) -> list[type[BaseModel]]:
    here: Any = tree
    for step in path:
        here = here[step]
    return list(_choose(_annotation_at(path, model, tree), here))


def _arguments(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        inner = get_args(annotation)[0]
        yield from (inner,) if isinstance(inner, type) else _arguments(inner)
    else:
        yield from (part for part in get_args(annotation) if part not in (type(None), Ellipsis))


def _choose(annotation: Any, value: object) -> Iterator[type[BaseModel]]:
    """The models that a value may be: of several kinds, the one that it names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        tags = [tag for tag in _TAGS if _tags(annotation, tag)]
        if all(isinstance(value, dict) and value.get(t) in _tags(annotation, t) for t in tags):
            yield annotation
    elif get_origin(annotation) in (Union, types.UnionType, Annotated):
        for part in _arguments(annotation):
            yield from _choose(part, value)


def _tags(annotation: Any, tag: str) -> tuple[str, ...]:
    """What a key may say that tells the models of a union apart."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(tag)
        return get_args(field.annotation) if field else ()
    return tuple(name for part in _arguments(annotation) for name in _tags(part, tag))


def _not_one_of(path: PathInFile, given: object, expected: str) -> Fault:
    names = [name.strip("' ") for name in expected.replace(" or ", ",").split(",") if name.strip()]
    close = difflib.get_close_matches(str(given), names, n=1, cutoff=0.5)
    nearest = f"did you mean '{close[0]}'?" if close else ""
    what = "is required but not given" if given is None else f"'{str(given)[:60]}' is not known"
    return Fault(path, f"{what}; one of {', '.join(names)}", nearest)


def _in_plain_words(kind: str, detail: dict[str, Any], context: dict[str, Any]) -> str:
    given = _written(detail["input"])
    shapes = {
        "model_type": "keys and values",
        "model_attributes_type": "keys and values",
        "dict_type": "keys and values",
        "tuple_type": "a list",
    }
    if kind in shapes:
        return f"must be {shapes[kind]}, not {given}"
    wording = {
        "int_type": f"must be a whole number, not {given}",
        "bool_type": f"must be true or false, not {given}",
        "string_type": f"must be text, not {given}",
        "float_type": f"must be a number, not {given}",
        "float_parsing": f"must be a number, not {given}",
        "greater_than": f"must be more than {_bound(context.get('gt'))}, not {given}",
        "greater_than_equal": f"must be at least {_bound(context.get('ge'))}, not {given}",
        "less_than_equal": f"must be at most {_bound(context.get('le'))}, not {given}",
        "string_pattern_mismatch": f"{given} is not a name: a lower-case letter,"
        " then lower-case letters, digits and inner hyphens, 40 at most",
        "string_too_long": f"is longer than {context.get('max_length')} characters",
        "string_too_short": "must not be empty",
        "too_long": f"has more than {context.get('max_length')} entries",
        "too_short": "must have at least one entry",
    }
    return wording.get(kind, str(detail["msg"]).lower())


def _written(value: object) -> str:
    """A value as the file has it, or what it is where it is long."""
    if value is None:
        return "an empty value"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    return repr(str(value).lower() if isinstance(value, bool) else str(value)[:60])


def _bound(value: object) -> str:
    """A limit without the decimals that it does not need: 10.0 is 10."""
    return f"{value:g}" if isinstance(value, float) else str(value)
