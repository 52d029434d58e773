"""From a file to a `Stack`: every fault of the file at once, each with its line and path."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.check_stack import check
from models.parts.kinds import STACK, workload_kind
from models.parts.solve import SolvedStack, Unsolvable, solve
from models.parts.workloads.workload_kind import Unreadable
from models.reading.changes import changed_digest, changed_tree
from models.reading.faults import InvalidDescription, PathInFile, with_lines
from models.reading.validation import faults_of
from models.reading.yaml_tree import bytes_of, parse_yaml


@dataclass(frozen=True)
class StackFile:
    """A description as read from a file.

    Arguments:
        name: of the file, as the user gave it.
        solved: the description, and what the laws say of it.
        digest: SHA-256 of the file's bytes and of what was changed since, hexadecimal.
        tree: the plain values of the file.
        changed: values were changed since the file was read.
    """

    name: str
    solved: SolvedStack
    digest: str
    tree: dict[str, Any] = field(repr=False)
    changed: bool = False

    @property
    def stack(self) -> Stack:
        """The description."""
        return self.solved.stack


def read_stack(path: Path | str, catalog: Catalog) -> StackFile:
    """Read and check a stack file.

    Arguments:
        path: the file, YAML.
        catalog: the facts that the names in the file refer to.

    Raises:
        InvalidDescription: with every fault of the file.
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
        InvalidDescription: a path that leads nowhere, or a stack that is no longer valid.
    """
    if not changes:
        return stack_file
    tree = changed_tree(stack_file.name, stack_file.tree, changes)
    digest = changed_digest(stack_file.digest, changes)
    return replace(_checked(stack_file.name, tree, {}, digest, catalog), changed=True)


def _checked(
    name: str, tree: dict[str, Any], lines: Mapping[PathInFile, int], digest: str, catalog: Catalog
) -> StackFile:
    try:
        stack = STACK.model_validate(tree)
    except ValidationError as error:
        faults = faults_of(error, STACK, tree)
        raise InvalidDescription(name, with_lines(faults, lines)) from None
    faults = check(stack, catalog)
    if faults:
        raise InvalidDescription(name, with_lines(faults, lines))
    files, digest = _files(name, stack, lines, digest)
    try:
        return StackFile(name, solve(stack, catalog, files), digest, tree)
    except Unsolvable as error:
        raise InvalidDescription(name, with_lines(error.faults, lines)) from None


def _files(
    name: str, stack: Stack, lines: Mapping[PathInFile, int], digest: str
) -> tuple[dict[str, Any], str]:
    """What workloads read beside the stack file, and the digest of all of it."""
    folder, found = Path(name).parent, {}
    for key, workload in stack.workloads.items():
        try:
            content = workload_kind(workload).files(key, workload, folder)
        except Unreadable as error:
            raise InvalidDescription(name, with_lines([error.fault], lines)) from None
        if content is not None:
            found[key] = content
            digest = hashlib.sha256(f"{digest}{content!r}".encode()).hexdigest()
    return found, digest
