"""A file as the description that it should be, or with every fault and its line."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from models.reading.document import Document
from models.reading.faults import InvalidDescription, with_lines
from models.reading.file_kinds import FileKind, of_another_kind
from models.reading.validation import faults_of

Description = TypeVar("Description", bound=BaseModel)


def described(
    document: Document, model: type[Description], kind: FileKind | None = None
) -> Description:
    """What a file describes.

    Arguments:
        document: the file as read.
        model: of its description.
        kind: of file that it should be; None of one that no command reads alone.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    try:
        return model.model_validate(document.tree)
    except ValidationError as error:
        other = [] if kind is None else of_another_kind(document.tree, kind)
        faults = other or faults_of(error, model, document.tree)
        raise InvalidDescription(document.name, with_lines(faults, document.places)) from None
