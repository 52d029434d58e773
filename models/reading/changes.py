"""Values of a description that are changed before it is checked."""

import difflib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.reading.faults import Fault, InvalidDescription, PathInFile
from models.reading.yaml_tree import parse_yaml

_LONGEST_INDEX = 7  # digits


def changed_tree(
    name: str,
    tree: dict[str, Any],
    changes: Mapping[str, object],
    by: str = "--set",
    makes_parts: bool = True,
) -> dict[str, Any]:
    """Plain values with some of them changed; the given ones stay.

    What the file leaves empty may be filled: a missing key of a part, an empty part, and a part
    that is missing.

    Arguments:
        name: of the file, for messages.
        tree: the plain values of the file.
        changes: new values by path, such as {"nodes.trainers.count": 8}.
        by: what changes them, as messages say it before the path.
        makes_parts: a part on the way that the file leaves out is made.

    Raises:
        InvalidDescription: a path that leads nowhere.
    """
    tree = _copied(tree)
    for path, value in changes.items():
        fault = _put(tree, steps_of(path, tree), _copied(value), makes_parts)
        if fault is not None:
            raise InvalidDescription(name, [replace(fault, given_by=f"{by} {path}")])
    return tree


def _copied(value: Any) -> Any:
    """Plain values, of which parts alone can change; `copy.deepcopy` takes ten times as long."""
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _put(tree: dict[str, Any], steps: PathInFile, value: object, makes_parts: bool) -> Fault | None:
    """Set a value, where an empty part on the way becomes one without keys."""
    *above, last = steps
    here: Any = tree
    for position, step in enumerate(above):
        if not _holds(here, step):
            if not makes_parts or not _is_new(here, step):
                return _leads_nowhere(here, steps[:position], step)
            here[step] = {}
        if here[step] is None:
            here[step] = {}
        here = here[step]
    if not isinstance(here, dict) and not _holds(here, last):
        return _leads_nowhere(here, steps[:-1], last)
    here[last] = value
    return None


def steps_of(path: str, tree: Mapping[str, Any]) -> PathInFile:
    """The keys and indices of a path as people write it.

    Arguments:
        path: with dots, such as nodes.trainers.count or zones.0.
        tree: the plain values that it leads into.
    """
    steps: list[str | int] = []
    here: Any = tree
    for text in path.split("."):
        of_list = isinstance(here, list) and text.isdecimal() and text.isascii()
        step = int(text) if of_list and len(text) < _LONGEST_INDEX else text
        here = here[step] if _holds(here, step) else None
        steps.append(step)
    return tuple(steps)


def _holds(here: Any, step: str | int) -> bool:
    if isinstance(here, list):
        return isinstance(step, int) and step < len(here)
    return isinstance(here, dict) and step in here


def made_parts(path: str, tree: Mapping[str, Any]) -> tuple[PathInFile, ...]:
    """The parts on the way of a path that are not there, the outermost first.

    Arguments:
        path: with dots.
        tree: the plain values before anything is changed.
    """
    steps = steps_of(path, tree)
    here: Any = tree
    for position, step in enumerate(steps[:-1]):
        if not _holds(here, step):
            return tuple(steps[: end + 1] for end in range(position, len(steps) - 1))
        here = here[step]
    return ()


def _is_new(here: Any, step: str | int) -> bool:
    """A part that is left out, and no mistake in the name of one that is there."""
    return isinstance(here, dict) and bool(step) and not _alike(here, step)


def _alike(here: Mapping[str, Any], step: str | int) -> list[str]:
    return difflib.get_close_matches(str(step), [str(key) for key in here], n=1, cutoff=0.6)


def _leads_nowhere(here: Any, above: PathInFile, step: str | int) -> Fault:
    hint = ""
    if isinstance(here, dict):
        close = _alike(here, step)
        hint = f"did you mean '{'.'.join(map(str, (*above, close[0])))}'?" if close else ""
    elif isinstance(here, list):
        hint = f"the list has {len(here)} entries, counted from 0"
    return Fault((*above, step), "does not exist and can't be changed", hint)


def changed_digest(digest: str, changes: Mapping[str, object]) -> str:
    """SHA-256 of a file and of what was changed since, hexadecimal.

    Arguments:
        digest: of the file as read.
        changes: new values by path.
    """
    changed = json.dumps({"file": digest, "changes": dict(changes)}, sort_keys=True, default=str)
    return hashlib.sha256(changed.encode()).hexdigest()


def parse_changes(texts: Sequence[str]) -> dict[str, object]:
    """Read changes as a command line gives them: "nodes.trainers.count=8".

    Arguments:
        texts: a path, an equals sign and a value each.

    Raises:
        InvalidDescription: a text without an equals sign, or a value that is not YAML.
    """
    changes: dict[str, object] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals or not path:
            raise InvalidDescription("--set", [Fault((), f"'{text[:60]}' is not PATH=VALUE")])
        changes[path] = _value(path, value)
    return changes


def _value(path: str, text: str) -> object:
    content = f"value: {text}".encode(errors="surrogateescape")
    try:
        tree, _ = parse_yaml("--set", content)
    except InvalidDescription as error:
        # Of an argument nobody counts the lines, and "value" is none of its words.
        faults = [replace(fault, path=fault.path[1:], line=None) for fault in error.faults]
        raise InvalidDescription(f"--set {path}", faults) from None
    if tree.keys() != {"value"}:
        raise InvalidDescription(f"--set {path}", [Fault((), "is more than one value")])
    return tree["value"]
