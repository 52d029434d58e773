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
from models.parts.completeness import never_complete, seldom_complete
from models.parts.kinds import STACK, workload_kind
from models.parts.names_in_tree import unknown_names
from models.parts.solve import SolvedStack, Unsolvable, solve
from models.parts.workloads.workload_kind import Unreadable
from models.reading.chosen_variant import chosen_variant
from models.reading.document import Document, changed_document, read_document
from models.reading.faults import InvalidDescription, with_lines
from models.reading.file_kinds import FileKind, of_another_kind
from models.reading.validation import faults_of


@dataclass(frozen=True)
class StackFile:
    """A description as read from a file.

    Arguments:
        name: of the file, as the user gave it.
        solved: the description, and what the laws say of it.
        digest: SHA-256 of the file's bytes and of what was changed since, hexadecimal.
        tree: the plain values of the file.
        changed: values were changed since the file was read.
        document: the file behind it.
    """

    name: str
    solved: SolvedStack = field(compare=False)
    digest: str
    tree: dict[str, Any] = field(repr=False)
    changed: bool
    document: Document = field(repr=False, compare=False)

    @property
    def stack(self) -> Stack:
        """The description."""
        return self.solved.stack


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
    return _checked(
        changed_document(stack_file.document, changes, "change of", makes_parts=False), catalog
    )


def _checked(document: Document, catalog: Catalog) -> StackFile:
    document = chosen_variant(document)
    try:
        document, stack = completed(document)
    except ValidationError as error:
        if other := of_another_kind(document.tree, FileKind.STACK):
            raise InvalidDescription(document.name, other) from None
        faults = faults_of(error, STACK, document.tree)
        told = {fault.path for fault in faults}
        names = unknown_names(document.tree, catalog)
        faults += [fault for fault in names if fault.path not in told]
        raise InvalidDescription(document.name, with_lines(faults, document.places)) from None
    except Unreadable as error:
        raise InvalidDescription(document.name, with_lines(error.faults, document.places)) from None
    faults = check(stack, catalog)
    if faults:
        raise InvalidDescription(document.name, with_lines(faults, document.places))
    try:
        files, digest = files_of(stack, document)
        solved = solve(stack, catalog, files)
        never = [*never_complete(solved)]
        if never:
            raise Unsolvable(never)
        solved = replace(solved, findings=(*seldom_complete(solved), *solved.findings))
    except (Unreadable, Unsolvable) as error:
        raise InvalidDescription(document.name, with_lines(error.faults, document.places)) from None
    tree, changed = document.tree, document.changed
    return StackFile(document.name, solved, digest, tree, changed, document)


def completed(document: Document) -> tuple[Document, Stack]:
    """The stack that a document describes, with what files beside it give, and their digest in it.

    Arguments:
        document: as read.

    Raises:
        ValidationError: the shape of the description is wrong.
        Unreadable: a file that can't be used.
    """
    stack = STACK.model_validate(document.tree)
    workloads, digest = dict(stack.workloads), document.digest
    for key, workload in stack.workloads.items():
        workloads[key], content = workload_kind(workload).completed(key, workload, document.folder)
        if content:
            digest = hashlib.sha256(digest.encode() + content).hexdigest()
    whole = stack.model_copy(update={"workloads": workloads})
    return replace(document, digest=digest), whole


def files_of(stack: Stack, document: Document) -> tuple[dict[str, Any], str]:
    """What workloads read beside the stack file, and the digest of all of it.

    Arguments:
        stack: the description.
        document: the file behind it.

    Raises:
        Unreadable: a file that can't be used.
    """
    found, digest = {}, document.digest
    for key, workload in stack.workloads.items():
        read = workload_kind(workload).files(key, workload, document.folder)
        if read is not None:
            found[key], content = read
            digest = hashlib.sha256(digest.encode() + content).hexdigest()
    return found, digest
