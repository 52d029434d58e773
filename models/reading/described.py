"""A file as the description that it should be, or with every fault and its line."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from models.reading.document import Document
from models.reading.faults import InvalidDescription, with_lines
from models.reading.validation import faults_of

Description = TypeVar("Description", bound=BaseModel)


def described(document: Document, model: type[Description]) -> Description:
    """What a file describes.

    Arguments:
        document: the file as read.
        model: of its description.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    try:
        return model.model_validate(document.tree)
    except ValidationError as error:
        faults = faults_of(error, model, document.tree)
        raise InvalidDescription(document.name, with_lines(faults, document.places)) from None
