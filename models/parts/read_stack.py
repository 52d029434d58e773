"""From a file to a `Stack`: every fault of the file at once, each with its line and path."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.check_stack import check
from models.reading.document import Document, changed_document, read_document
from models.reading.faults import InvalidDescription, with_lines
from models.reading.validation import faults_of


@dataclass(frozen=True)
class StackFile:
    """A description as read from a file.

    Arguments:
        name: of the file, as the user gave it.
        stack: the description.
        digest: SHA-256 of the file's bytes and of what was changed since, hexadecimal.
        tree: the plain values of the file.
        changed: values were changed since the file was read.
        document: the file behind it.
    """

    name: str
    stack: Stack
    digest: str
    tree: dict[str, Any] = field(repr=False)
    changed: bool
    document: Document = field(repr=False, compare=False)


def read_stack(
    path: Path | str | Document, catalog: Catalog, changes: Mapping[str, object] | None = None
) -> StackFile:
    """Read and check a stack file.

    Arguments:
        path: the file, YAML; "-" is standard input; or what was read of it.
        catalog: the facts that the names in the file refer to.
        changes: values that take the place of the file's before it is checked, by path.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    document = path if isinstance(path, Document) else read_document(path)
    return _checked(changed_document(document, changes), catalog)


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
    return _checked(changed_document(stack_file.document, changes, "change of"), catalog)


def _checked(document: Document, catalog: Catalog) -> StackFile:
    try:
        stack = Stack.model_validate(document.tree)
    except ValidationError as error:
        faults = faults_of(error, Stack, document.tree)
        raise InvalidDescription(document.name, with_lines(faults, document.places)) from None
    faults = check(stack, catalog)
    if faults:
        raise InvalidDescription(document.name, with_lines(faults, document.places))
    return StackFile(
        document.name, stack, document.digest, document.tree, document.changed, document
    )
