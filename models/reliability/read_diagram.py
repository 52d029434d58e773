"""From a file to a `BlockDiagram`: every fault of the file at once, each with its line and path."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.reading.described import described
from models.reading.document import Document, changed_document, read_document
from models.reading.faults import InvalidDescription, with_lines
from models.reading.file_kinds import FileKind
from models.reliability.block_diagram import BlockDiagram
from models.reliability.check_diagram import check


@dataclass(frozen=True)
class DiagramFile:
    """A block diagram as read from a file.

    Arguments:
        name: of the file, as the user gave it.
        description: of the system.
        digest: SHA-256 of the file and of what was changed since, hexadecimal.
        document: the file behind it.
    """

    name: str
    description: BlockDiagram
    digest: str
    document: Document = field(repr=False, compare=False)


def read_diagram(
    path: Path | str | Document, changes: Mapping[str, object] | None = None
) -> DiagramFile:
    """Read and check the file of a block diagram.

    Arguments:
        path: the file, YAML; "-" is standard input; or what was read of it.
        changes: values that take the place of the file's before it is checked, by path.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    document = path if isinstance(path, Document) else read_document(path)
    document = changed_document(document, changes)
    description = described(document, BlockDiagram, FileKind.DIAGRAM)
    faults = check(description)
    if faults:
        raise InvalidDescription(document.name, with_lines(faults, document.places))
    return DiagramFile(document.name, description, document.digest, document)
