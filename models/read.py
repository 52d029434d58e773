"""From a file to a `Stack`: every fault of the file at once, each with its line and path."""

import copy
import difflib
import hashlib
import json
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from models.catalog.records import Catalog
from models.check import check
from models.faults import Fault, InvalidStack, PathInFile, with_lines
from models.stack import Stack
from models.yaml_tree import bytes_of, parse_yaml


@dataclass(frozen=True)
class StackFile:
    """A description as read from a file.

    Arguments:
        name: of the file, as the user gave it.
        stack: the description.
        digest: SHA-256 of the file's bytes and of what was changed since, hexadecimal.
        tree: the plain values of the file.
        changed: values were changed since the file was read.
    """

    name: str
    stack: Stack
    digest: str
    tree: dict[str, Any] = field(repr=False)
    changed: bool = False


def read_stack(path: Path | str, catalog: Catalog) -> StackFile:
    """Read and check a stack file.

    Arguments:
        path: the file, YAML.
        catalog: the facts that the names in the file refer to.

    Raises:
        InvalidStack: with every fault of the file.
    """
    content = bytes_of(Path(path))
    tree, lines = parse_yaml(str(path), content)
    return _checked(str(path), tree, lines, hashlib.sha256(content).hexdigest(), catalog)


def change_stack(
    stack_file: StackFile, changes: Mapping[str, object], catalog: Catalog
) -> StackFile:
    """The same stack with some values changed.

    Arguments:
        stack_file: the description as read.
        changes: new values by path, such as {"nodes.trainers.count": 8}.
        catalog: the facts that the names in the file refer to.

    Raises:
        InvalidStack: a path that leads nowhere, or a stack that is no longer valid.
    """
    if not changes:
        return stack_file
    tree = copy.deepcopy(stack_file.tree)
    for path, value in changes.items():
        *steps, last = path.split(".")
        here: Any = tree
        for step in steps:
            here = here.get(step) if isinstance(here, dict) else None
        if not isinstance(here, dict):
            fault = Fault(tuple(path.split(".")), "does not exist and can't be changed")
            raise InvalidStack(stack_file.name, [fault])
        here[last] = value
    changed = json.dumps({"file": stack_file.digest, "changes": dict(changes)}, sort_keys=True)
    digest = hashlib.sha256(changed.encode()).hexdigest()
    return replace(_checked(stack_file.name, tree, {}, digest, catalog), changed=True)


def parse_changes(texts: Sequence[str]) -> dict[str, object]:
    """Read changes as a command line gives them: "nodes.trainers.count=8".

    Arguments:
        texts: a path, an equals sign and a value each.

    Raises:
        InvalidStack: a text without an equals sign, or a value that is not YAML.
    """
    changes: dict[str, object] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals or not path:
            raise InvalidStack("--set", [Fault((), f"'{text[:60]}' is not PATH=VALUE")])
        changes[path] = parse_yaml("--set", f"value: {value}".encode(errors="surrogateescape"))[0][
            "value"
        ]
    return changes


def _checked(
    name: str, tree: dict[str, Any], lines: Mapping[PathInFile, int], digest: str, catalog: Catalog
) -> StackFile:
    try:
        stack = Stack.model_validate(tree)
    except ValidationError as error:
        faults = _distinct(
            [_fault(dict(detail), tree) for detail in error.errors(include_url=False)]
        )
        raise InvalidStack(name, with_lines(faults, lines)) from None
    faults = check(stack, catalog)
    if faults:
        raise InvalidStack(name, with_lines(faults, lines))
    return StackFile(name, stack, digest, tree)


def _distinct(faults: list[Fault]) -> list[Fault]:
    """One fault a path: where a value may be of two types, each type has complained."""
    by_path: dict[PathInFile, Fault] = {}
    for fault in faults:
        by_path[fault.path] = fault  # the last is of the more general type
    return list(by_path.values())


def _fault(detail: dict[str, Any], tree: dict[str, Any]) -> Fault:
    kind, context = detail["type"], detail.get("ctx", {})
    path = _path_in(tree, detail["loc"], keep_last=kind == "missing")
    if kind == "extra_forbidden":
        return Fault(path, "is not a known key", _nearest_key(path, tree))
    if kind == "missing":
        return Fault(path, "is required but not given")
    if kind == "value_error":
        return Fault(path, str(context["error"]))
    if kind == "literal_error":
        return _not_one_of(path, detail["input"], context["expected"])
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        given = detail["input"].get("kind") if isinstance(detail["input"], dict) else None
        return _not_one_of((*path, "kind"), given, "'object', 'nas', 'block' or 'raid'")
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


def _nearest_key(path: PathInFile, tree: dict[str, Any]) -> str:
    models = _models_at(path[:-1], tree)
    known = list(dict.fromkeys(name for model in models for name in model.model_fields))
    close = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(known)}"


def _models_at(path: PathInFile, tree: dict[str, Any]) -> list[type[BaseModel]]:
    annotation: Any = Stack
    here: Any = tree
    for step in path:
        candidates = list(_choose(annotation, here))
        here = here[step]
        annotations = [
            model.model_fields[str(step)].annotation
            for model in candidates
            if str(step) in model.model_fields
        ] or list(_arguments(annotation))
        annotation = annotations[-1]
    return list(_choose(annotation, here))


def _arguments(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _arguments(get_args(annotation)[0])
    else:
        yield from (part for part in get_args(annotation) if part not in (type(None), Ellipsis))


def _choose(annotation: Any, value: object) -> Iterator[type[BaseModel]]:
    """The models that a value may be: of several kinds, the one whose `kind` it names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get("kind")
        kinds = get_args(field.annotation) if field else ()
        if not kinds or (isinstance(value, dict) and value.get("kind") in kinds):
            yield annotation
    elif get_origin(annotation) in (Union, types.UnionType, Annotated):
        for part in _arguments(annotation):
            yield from _choose(part, value)


def _not_one_of(path: PathInFile, given: object, expected: str) -> Fault:
    names = [name.strip("' ") for name in expected.replace(" or ", ",").split(",") if name.strip()]
    close = difflib.get_close_matches(str(given), names, n=1, cutoff=0.5)
    nearest = f"did you mean '{close[0]}'?" if close else ""
    what = "is required but not given" if given is None else f"'{str(given)[:60]}' is not known"
    return Fault(path, f"{what}; one of {', '.join(names)}", nearest)


def _in_plain_words(kind: str, detail: dict[str, Any], context: dict[str, Any]) -> str:
    given = (
        f"{str(detail['input'])[:60]!r}" if not isinstance(detail["input"], (dict, list)) else ""
    )
    shapes = {
        "model_type": "keys and values",
        "dict_type": "keys and values",
        "tuple_type": "a list",
    }
    if kind in shapes:
        return f"must be {shapes[kind]}" + (f", not {given}" if given else "")
    wording = {
        "int_type": f"must be a whole number, not {given}",
        "string_type": f"must be text, not {given or 'a list or mapping'}",
        "float_type": f"must be a number, not {given or 'a list or mapping'}",
        "float_parsing": f"must be a number, not {given}",
        "greater_than": f"must be more than {context.get('gt')}, not {given}",
        "greater_than_equal": f"must be at least {context.get('ge')}, not {given}",
        "less_than_equal": f"must be at most {context.get('le')}, not {given}",
        "string_pattern_mismatch": f"{given} is not a name: a lower-case letter,"
        " then lower-case letters, digits and inner hyphens, 40 at most",
        "string_too_long": f"is longer than {context.get('max_length')} characters",
        "string_too_short": "must not be empty",
        "too_long": f"has more than {context.get('max_length')} entries",
        "too_short": "must have at least one entry",
    }
    return wording.get(kind, str(detail["msg"]).lower())
