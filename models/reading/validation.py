"""What pydantic finds wrong with a description, as faults that a person can act on."""

import difflib
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from models.reading.faults import Fault, PathInFile

_MOST = 500  # faults that are told; nobody reads more, and each takes a search for what is near
_TAGS = ("kind", "distribution")  # keys that say of which of several models a value is
_TYPES = {  # that pydantic misses, in words
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "dict_type": "keys and values",
    "tuple_type": "a list",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "float_type": "a number",
    "float_parsing": "a number",
}
_UNKNOWN_TAGS = ("union_tag_invalid", "union_tag_not_found")


def faults_of(error: ValidationError, model: type[BaseModel], tree: dict[str, Any]) -> list[Fault]:
    """Every fault that the shape of a description shows, one a path; never fails itself.

    Arguments:
        error: what pydantic found.
        model: of the whole description.
        tree: the plain values that were read.
    """
    by_path = _found(error, model, tree)
    # Of a part whose kind is unknown pydantic tells nothing else; as what it is probably meant
    # to be, it may have more faults, which nobody wants to learn of one by one.
    meant = _as_meant(error, model, tree)
    if meant != tree:
        try:
            model.model_validate(meant)
        except ValidationError as more:
            by_path = _found(more, model, meant) | by_path
    return list(by_path.values())


def _found(
    error: ValidationError, model: type[BaseModel], tree: dict[str, Any]
) -> dict[PathInFile, Fault]:
    by_path: dict[PathInFile, Fault] = {}
    types: dict[PathInFile, list[str]] = {}  # that a value is of none of, in words
    short: set[PathInFile] = set()
    parts: set[PathInFile] = set()  # that might have been a word or a quantity instead
    details = error.errors(include_url=False)
    for detail in details[:_MOST]:
        fault, kind = _fault(dict(detail), model, tree), detail["type"]
        before = by_path.get(fault.path)
        if kind in ("literal_error", "value_error") and isinstance(detail["input"], dict | list):
            parts.add(fault.path)
        # Where a value may be of several types, each has complained: the one that it is of knows
        # what is wrong, or else all of them are named; the last is the more general.
        if kind in _TYPES:
            wanted = types.setdefault(fault.path, [])
            if before and not wanted:
                continue
            wanted.append(_TYPES[kind])
            named = " or ".join(dict.fromkeys(wanted))
            hint = _by_name(fault.path, detail["input"], model, tree)
            fault = Fault(fault.path, f"must be {named}, not {_written(detail['input'])}", hint)
        elif before and kind == "literal_error":
            words = str(detail.get("ctx", {}).get("expected", ""))
            fault = Fault(fault.path, f"{before.message}, or {words}")
        else:
            types.pop(fault.path, None)
            if kind == "too_short":
                short.add(fault.path)
        by_path[fault.path] = fault
    # What is wrong inside a value says that it is of the right type; and pydantic counts only the
    # entries that are right.
    for path in (*types, *short, *parts):
        if any(len(other) > len(path) and other[: len(path)] == path for other in by_path):
            by_path.pop(path, None)
    if len(details) > _MOST:
        message = f"has {len(details):,} faults, of which {_MOST} are told"
        by_path.setdefault((), Fault((), message))
    return by_path


def _as_meant(
    error: ValidationError, model: type[BaseModel], tree: dict[str, Any]
) -> dict[str, Any]:
    """The values with each unknown kind replaced by the one that is probably meant."""
    meant = tree
    for detail in error.errors(include_url=False)[:_MOST]:
        if detail["type"] in _UNKNOWN_TAGS:
            path = _path_in(tree, detail["loc"], keep_last=False)
            key = _tag_of(dict(detail))
            kind = _probable(detail["input"], key, _models_at(path, model, tree))
            if kind is not None:
                meant = _with(meant, (*path, key), kind)
    return meant


def _probable(value: object, tag: str, models: list[type[BaseModel]]) -> str | None:
    """The kind of nearly that name, or else the only one that has all the keys of a part."""
    if not isinstance(value, dict):
        return None
    by_kind = {name: model for model in models for name in _tags(model, tag)}
    close = difflib.get_close_matches(str(value.get(tag)), by_kind, n=1, cutoff=0.6)
    if close:
        return close[0]
    keys = value.keys() - {tag}
    fitting = [name for name, model in by_kind.items() if keys <= model.model_fields.keys()]
    return fitting[0] if keys and len(fitting) == 1 else None


def _with(tree: Any, path: PathInFile, value: object) -> Any:
    """The same values with another at a path; what is given stays."""
    if not path:
        return value
    step, *rest = path
    if isinstance(tree, list):
        return [_with(one, tuple(rest), value) if i == step else one for i, one in enumerate(tree)]
    return {**tree, step: _with(tree.get(step), tuple(rest), value)}


def _fault(detail: dict[str, Any], model: type[BaseModel], tree: dict[str, Any]) -> Fault:
    kind, context = detail["type"], detail.get("ctx", {})
    path = _path_in(tree, detail["loc"], keep_last=kind == "missing")
    if kind == "extra_forbidden":
        return Fault(path, "is not a known key", _nearest_key(path, model, tree))
    if kind == "missing":
        return Fault(path, "is required but not given")
    if kind == "value_error":
        return Fault(path, str(context.get("error", detail["msg"])))
    if kind == "literal_error":
        return _not_one_of(path, detail["input"], str(context.get("expected", "")))
    if kind in _UNKNOWN_TAGS:
        if not isinstance(detail["input"], dict):
            return Fault(path, f"must be keys and values, not {_written(detail['input'])}")
        tag = _tag_of(detail)
        known = [name for one in _models_at(path, model, tree) for name in _tags(one, tag)]
        return _not_one_of((*path, tag), detail["input"].get(tag), ", ".join(known))
    return Fault(path, _in_plain_words(kind, detail, context))


def _tag_of(detail: dict[str, Any]) -> str:
    return str(detail.get("ctx", {}).get("discriminator", "kind")).strip("'")


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
    close = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.6) if path else []
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known here: {', '.join(known)}" if known else ""


def _by_name(path: PathInFile, value: object, model: type[BaseModel], tree: dict[str, Any]) -> str:
    """How a plain value is written where one stands under each name; nothing elsewhere."""
    found = [part for one in _annotations_at(path, model, tree) for part in _parts(one)]
    if isinstance(value, dict | list) or not any(get_origin(one) is dict for one in found):
        return ""
    return f"write it under a name, such as {{NAME: {value}}}"


def _annotations_at(path: PathInFile, model: type[BaseModel], tree: object) -> list[Any]:
    """What a value may be, as the models say; nothing where they know of no such place."""
    annotations: list[Any] = [model]
    here = tree
    for step in path:
        annotations = [inner for outer in annotations for inner in _inside(outer, here, step)]
        here = _child(here, step)
    return annotations


def _inside(annotation: Any, value: object, step: str | int) -> Iterator[Any]:
    """What stands at a step inside a value of an annotation."""
    for candidate in _choose(annotation, value):
        field = candidate.model_fields.get(str(step))
        if field is not None:
            yield field.annotation
    for part in _parts(annotation):
        if get_origin(part) in (dict, list, tuple):
            yield from list(_arguments(part))[-1:]


def _child(value: object, step: str | int) -> object:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _models_at(path: PathInFile, model: type[BaseModel], tree: object) -> list[type[BaseModel]]:
    here = tree
    for step in path:
        here = _child(here, step)
    return [
        one
        for annotation in _annotations_at(path, model, tree)
        for one in _choose(annotation, here)
    ]


def _arguments(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        inner = get_args(annotation)[0]
        yield from (inner,) if isinstance(inner, type) else _arguments(inner)
    else:
        yield from (part for part in get_args(annotation) if part not in (type(None), Ellipsis))


def _parts(annotation: Any) -> Iterator[Any]:
    """The types that a value may have, with unions and annotations opened."""
    if get_origin(annotation) is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield annotation


def _choose(annotation: Any, value: object) -> list[type[BaseModel]]:
    """The models that a value may be: of several kinds the one that it names, if it names one."""
    models = [p for p in _parts(annotation) if isinstance(p, type) and issubclass(p, BaseModel)]
    named = [
        model
        for model in models
        if isinstance(value, dict)
        and all(value.get(tag) in (*_tags(model, tag), None) for tag in _TAGS if _tags(model, tag))
    ]
    return named or models


def _tags(model: type[BaseModel], tag: str) -> tuple[str, ...]:
    """What a key may say that tells this model from others."""
    field = model.model_fields.get(tag)
    return get_args(field.annotation) if field else ()


def _not_one_of(path: PathInFile, given: object, expected: str) -> Fault:
    names = [name.strip("' ") for name in expected.replace(" or ", ",").split(",") if name.strip()]
    close = difflib.get_close_matches(str(given), names, n=1, cutoff=0.6)
    nearest = f"did you mean '{close[0]}'?" if close else ""
    what = "is required but not given" if given is None else f"'{str(given)[:60]}' is not known"
    return Fault(path, f"{what}; one of {', '.join(names)}", nearest)


def _in_plain_words(kind: str, detail: dict[str, Any], context: dict[str, Any]) -> str:
    given = _written(detail["input"])
    if kind in _TYPES:
        return f"must be {_TYPES[kind]}, not {given}"
    least, most = context.get("min_length"), context.get("max_length")
    wording = {
        "greater_than": f"must be more than {_bound(context.get('gt'))}, not {given}",
        "greater_than_equal": f"must be at least {_bound(context.get('ge'))}, not {given}",
        "less_than": f"must be less than {_bound(context.get('lt'))}, not {given}",
        "less_than_equal": f"must be at most {_bound(context.get('le'))}, not {given}",
        "string_pattern_mismatch": f"{given} is not a name: a lower-case letter,"
        " then lower-case letters, digits and inner hyphens, 40 at most",
        "string_too_long": f"is longer than {context.get('max_length')} characters",
        "string_too_short": "must not be empty",
        "too_long": f"must have at most {most} entries, not {_entries(detail['input'])}",
        "too_short": "must have at least one entry"
        if least == 1
        else f"must have at least {least} entries, not {_entries(detail['input'])}",
    }
    return wording.get(kind, str(detail["msg"]).lower())


def _entries(value: object) -> str:
    return f"{len(value):,}" if isinstance(value, dict | list) else "so many"


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
