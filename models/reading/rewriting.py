"""A file written again with some of its values changed, and its comments where they were."""

from collections.abc import Mapping
from typing import Any

import yaml

from models.reading.changes import changed_tree, steps_of
from models.reading.faults import InvalidDescription, PathInFile
from models.reading.yaml_tree import parse_yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def rewritten(name: str, text: str, changes: Mapping[str, Any]) -> str:
    """The text of a file with new values, all else of it as it was.

    Where values can't be told apart in the text, such as below an alias, it is written anew without
    its comments.

    Arguments:
        name: of the file, for messages.
        text: YAML.
        changes: new values by path.

    Raises:
        InvalidDescription: a path that leads nowhere.
    """
    tree, _ = parse_yaml(name, text.encode())
    wanted = changed_tree(name, tree, changes)
    found = text
    try:
        for path, value in changes.items():
            now, _ = parse_yaml(name, found.encode())
            found = _put(found, steps_of(path, now), value)
        if parse_yaml(name, found.encode())[0] == wanted:
            return found
    except (InvalidDescription, _NoPlace):
        pass
    return str(yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True))


class _NoPlace(Exception):
    """The value has no place of its own in the text."""


def _put(text: str, steps: PathInFile, value: Any) -> str:
    node: Any = yaml.compose(text, Loader=_LOADER)
    for position, step in enumerate(steps):
        below = _child(node, step)
        if below is None:
            for key in reversed(steps[position + 1 :]):
                value = {key: value}
            return _inserted(text, node, step, value)
        node = below
    start, end = _place(text, node.start_mark), _place(text, node.end_mark)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        raise _NoPlace
    if not isinstance(node, yaml.ScalarNode) and not node.flow_style:
        raise _NoPlace
    gap = " " if start == end and text[start - 1 : start] == ":" else ""  # a key without a value
    return f"{text[:start]}{gap}{_written(value)}{text[end:]}"


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value
        return None
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step]
    raise _NoPlace


def _inserted(text: str, node: Any, key: str | int, value: Any) -> str:
    """A mapping with one key more, before its last."""
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise _NoPlace
    last = node.value[-1][0].start_mark
    at = _place(text, last)
    between = ", " if node.flow_style else "\n" + " " * last.column
    return f"{text[:at]}{key}: {_written(value)}{between}{text[at:]}"


def _place(text: str, mark: Any) -> int:
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: mark.line])) + int(mark.column)


def _written(value: Any) -> str:
    """A value in one line."""
    line = yaml.safe_dump([value], default_flow_style=True, width=10**9, allow_unicode=True)
    return str(line.strip()[1:-1])
