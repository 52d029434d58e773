"""A file as plain values with the place of each: what a stack or a network is checked from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.reading.changes import changed_digest, changed_tree, made_parts, steps_of
from models.reading.faults import PathInFile, Place
from models.reading.yaml_tree import bytes_of, name_of, parse_yaml


@dataclass(frozen=True)
class Change:
    """A value that took the place of the file's.

    Arguments:
        path: as people write it.
        value: that holds now.
        before: the file's; None where it gave none.
    """

    path: str
    value: object
    before: object


@dataclass(frozen=True)
class Document:
    """A file that was read once, with what was changed since.

    Arguments:
        name: of the file, as messages say it.
        folder: of the file; files that it names are there or below.
        digest: SHA-256 of the file's bytes and of what was changed since, hexadecimal.
        tree: the plain values.
        places: of each path: its line, or what gave its value instead.
        changed: values were changed since the file was read.
        changes: what was changed, in the order of the changes.
        text: of the file, without what was changed since.
    """

    name: str
    folder: Path
    digest: str
    tree: dict[str, Any] = field(repr=False)
    places: Mapping[PathInFile, Place] = field(repr=False)
    changed: bool = False
    changes: tuple[Change, ...] = ()
    text: str = field(default="", repr=False)


def read_document(path: Path | str, changes: Mapping[str, object] | None = None) -> Document:
    """Read a file, and change values of it before anything is checked.

    Arguments:
        path: the file, YAML; "-" is standard input.
        changes: new values by path, such as {"nodes.trainers.count": 8}.

    Raises:
        InvalidDescription: no file, no YAML, or a path that leads nowhere.
    """
    file = Path(path)
    content = bytes_of(file)
    tree, lines = parse_yaml(name_of(file), content)
    digest = hashlib.sha256(content).hexdigest()
    text = content.decode()
    read = Document(name_of(file), file.parent, digest, tree, lines, text=text)
    return changed_document(read, changes)


def changed_document(
    document: Document,
    changes: Mapping[str, object] | None,
    by: str = "--set",
    makes_parts: bool = True,
) -> Document:
    """The same file with some values changed.

    Arguments:
        document: as read.
        changes: new values by path.
        by: what changes them, as messages say it before the path.
        makes_parts: a part on the way that the file leaves out is made.

    Raises:
        InvalidDescription: a path that leads nowhere.
    """
    if not changes:
        return document
    tree = changed_tree(document.name, document.tree, changes, by, makes_parts)
    steps = {path: steps_of(path, tree) for path in changes}
    gone, depths = set(steps.values()), {len(one) for one in steps.values()}
    places = {
        at: place
        for at, place in document.places.items()
        if not any(at[:depth] in gone for depth in depths)
    }
    for path in changes:
        for part in made_parts(path, document.tree):  # of which the file has no line
            places[part] = f"{by} {path}, which makes {'.'.join(map(str, part))}"
        places[steps[path]] = f"{by} {path}"
    digest = changed_digest(document.digest, changes)
    made = [Change(path, value, _at(document.tree, path)) for path, value in changes.items()]
    earlier = [one for one in document.changes if one.path not in changes]
    return replace(
        document,
        digest=digest,
        tree=tree,
        places=places,
        changed=True,
        changes=(*earlier, *made),
    )


def _at(tree: Any, path: str) -> object:
    """What stands at a path; None where nothing does."""
    here = tree
    for step in steps_of(path, tree):
        inside = dict(enumerate(here)) if isinstance(here, list) else here
        if not isinstance(inside, dict) or step not in inside:
            return None
        here = inside[step]
    return here
