"""Values of a description that are changed after it was read."""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from models.reading.faults import Fault, InvalidDescription
from models.reading.yaml_tree import parse_yaml


def changed_tree(name: str, tree: dict[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """Plain values with some of them changed; the given ones stay.

    Arguments:
        name: of the file, for messages.
        tree: the plain values of the file.
        changes: new values by path, such as {"nodes.trainers.count": 8}.

    Raises:
        InvalidDescription: a path that leads nowhere.
    """
    tree = copy.deepcopy(tree)
    for path, value in changes.items():
        *steps, last = path.split(".")
        here: Any = tree
        for step in steps:
            here = here.get(step) if isinstance(here, dict) else None
        if not isinstance(here, dict):
            fault = Fault(tuple(path.split(".")), "does not exist and can't be changed")
            raise InvalidDescription(name, [fault])
        here[last] = value
    return tree


def changed_digest(digest: str, changes: Mapping[str, object]) -> str:
    """SHA-256 of a file and of what was changed since, hexadecimal.

    Arguments:
        digest: of the file as read.
        changes: new values by path.
    """
    changed = json.dumps({"file": digest, "changes": dict(changes)}, sort_keys=True)
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
        changes[path] = parse_yaml("--set", f"value: {value}".encode(errors="surrogateescape"))[0][
            "value"
        ]
    return changes
