"""From bytes to plain values, with the line of each: YAML, read safely and within bounds."""

import difflib
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from models.reading.faults import Fault, InvalidDescription, PathInFile, with_lines

LARGEST_FILE = 1_000_000  # bytes; far above any description that a person might write
MOST_VALUES = 50_000  # values after aliases are expanded: a bound on YAML bombs
DEEPEST = 40
STANDARD_INPUT = Path("-")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[+-]?(?:0|[1-9]\d*)")
_FLOAT = re.compile(
    r"[+-]?(?:\d[\d_]*\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?|[+-]?\d+[eE][+-]?\d+"
)
_QUOTED = ("'", '"', "|", ">")
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map")
)
_MERGE = "tag:yaml.org,2002:merge"


def bytes_of(file: Path) -> bytes:
    """Read a file of bounded size.

    Arguments:
        file: the file; "-" is standard input.

    Raises:
        InvalidDescription: it is missing, unreadable or too large.
    """
    try:
        if file == STANDARD_INPUT:
            content = sys.stdin.buffer.read(LARGEST_FILE + 1) if sys.stdin else b""
        else:
            with file.open("rb") as stream:
                content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        fault = Fault((), f"cannot be read: {error.strerror}", near_file(file))
        raise InvalidDescription(name_of(file), [fault]) from None
    except ValueError:  # a zero byte
        raise InvalidDescription(name_of(file), [Fault((), "is not the name of a file")]) from None
    if len(content) > LARGEST_FILE:
        fault = Fault((), f"is larger than {LARGEST_FILE:,} bytes")
        raise InvalidDescription(name_of(file), [fault])
    return content


def name_of(file: Path) -> str:
    """What messages call a file.

    Arguments:
        file: as the user gave it.
    """
    return "<stdin>" if file == STANDARD_INPUT else str(file)


def near_file(file: Path) -> str:
    """The hint for a file that is missing: the one beside it that is probably meant.

    Arguments:
        file: that can't be read.
    """
    # What is there and can't be read is not misspelled; a common suffix is no likeness.
    try:
        if file == STANDARD_INPUT or file.exists():
            return ""
        near = {path.stem: path for path in sorted(file.parent.glob("*.y*ml"), reverse=True)}
    except OSError:  # a folder that can't be read
        return ""
    close = difflib.get_close_matches(file.stem, near, n=1, cutoff=0.6)
    return f"did you mean '{near[close[0]]}'?" if close else ""


def parse_yaml(name: str, content: bytes) -> tuple[dict[str, Any], dict[PathInFile, int]]:
    """Read YAML as plain values, and the line of each path.

    Arguments:
        name: of the file, for messages.
        content: its bytes.

    Raises:
        InvalidDescription: not UTF-8, not YAML, not a mapping, or beyond the bounds.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"is not text in UTF-8 (byte {error.start})"
        raise InvalidDescription(name, [Fault((), message)]) from None
    try:
        _refuse_depth(name, text)
        root = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidDescription(name, [_yaml_fault(error)]) from None
    if root is None:
        raise InvalidDescription(
            name, [Fault((), "is empty; `windtunnel schema` says what a description holds")]
        )
    builder = _Builder()
    tree = builder.build(root, (), ())
    if builder.faults:
        raise InvalidDescription(name, with_lines(builder.faults, builder.lines))
    if not isinstance(tree, dict):
        raise InvalidDescription(name, [Fault((), "is not a mapping of names to values", line=1)])
    return tree, builder.lines


def _refuse_depth(name: str, text: str) -> None:
    """The composer recurses in C and would take the process down; the events do not."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else None
                message = f"is nested deeper than {DEEPEST} levels"
                raise InvalidDescription(name, [Fault((), message, line=line)])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _yaml_fault(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    context = getattr(error, "context", None)
    message = f"is not valid YAML: {problem}" + (f" ({context})" if context else "")
    return Fault((), message, line=mark.line + 1 if mark else None)


class _Builder:
    """Builds plain values from YAML nodes, and remembers the line of each.

    Scalars follow YAML 1.2: `on`, `off`, `yes`, `no`, `012` and dates are text.
    """

    def __init__(self) -> None:
        self.lines: dict[PathInFile, int] = {}
        self.faults: list[Fault] = []
        self._values = 0

    def build(self, node: yaml.Node, path: PathInFile, above: tuple[int, ...]) -> object:
        self._values += 1
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if self._refused(node, path, above, line):
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, (*above, id(node)))
        if isinstance(node, yaml.SequenceNode):
            inner = (*above, id(node))
            return [
                self.build(item, (*path, index), inner) for index, item in enumerate(node.value)
            ]
        return self._scalar(node, path, line)

    def _refused(
        self, node: yaml.Node, path: PathInFile, above: tuple[int, ...], line: int
    ) -> bool:
        if id(node) in above:
            self.faults.append(Fault(path, "contains itself through a YAML alias", line=line))
        elif len(above) > DEEPEST:
            self.faults.append(Fault(path, f"is nested deeper than {DEEPEST} levels", line=line))
        elif node.tag not in _PLAIN_TAGS:
            message = f"has the tag {node.tag[:40]}; only plain values are read"
            self.faults.append(Fault(path, message, line=line))
        elif self._values == MOST_VALUES + 1:
            message = f"has more than {MOST_VALUES:,} values once its aliases are expanded"
            self.faults.append(Fault((), message, line=line))
        else:
            return self._values > MOST_VALUES
        return True

    def _mapping(
        self, node: yaml.MappingNode, path: PathInFile, above: tuple[int, ...]
    ) -> dict[str, object]:
        built: dict[str, object] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(Fault(path, "has a key that is not a name", line=line))
                continue
            if key.tag == _MERGE and key.style not in _QUOTED:
                message = "has a merge key (<<), which is not read"
                hint = "write its keys out; an alias may stand for a whole part"
                self.faults.append(Fault(path, message, hint, line))
                continue
            if key.value in built:
                self.faults.append(Fault((*path, key.value), "is given twice", line=line))
            self.lines.setdefault((*path, key.value), line)
            built[key.value] = self.build(value, (*path, key.value), above)
        return built

    def _scalar(self, node: yaml.Node, path: PathInFile, line: int) -> object:
        text = str(node.value)
        if getattr(node, "style", None) in _QUOTED:
            return text
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if _INTEGER.fullmatch(text) and len(text) < 40:
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text
