"""Notebooks that people work in, on an instance that a service of the cloud keeps for them."""

from typing import Annotated

from pydantic import Field

from models.description.fields import CatalogName, Part, Positive
from models.description.identities import Permission
from models.description.quantities import Size
from models.description.text_patterns import Pattern

# Amazon SageMaker API reference, CreateNotebookInstance: name, volume (2026-11-28).
NotebookName = Annotated[
    str,
    Field(
        max_length=63,
        description="letters, digits and inner hyphens, 63 at most: no space and no underscore",
    ),
    Pattern(
        r"[a-zA-Z0-9](-*[a-zA-Z0-9])*",
        "a name of a notebook: letters, digits and inner hyphens, 63 at most, without space and"
        " underscore",
    ),
]


class Notebook(Part):
    """A notebook instance of SageMaker."""

    instance: CatalogName = Field(description="type of the instance, such as ml.t2.medium")
    volume: Annotated[Size, Positive] = Field(
        5e9, description="size of its volume, in whole gigabytes: 5 GB to 16,384 GB"
    )
    permissions: tuple[Permission, ...] = Field(
        (), max_length=50, description="what whoever works in it may do with stores"
    )
