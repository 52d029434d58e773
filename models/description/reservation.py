"""Capacity that is kept for nodes before they start."""

from pydantic import Field, model_validator

from models.description.fields import CatalogName, Part, one_of


class Reservation(Part):
    """Capacity that is kept for the nodes of a group, and paid for whether they run or not."""

    name: CatalogName | None = Field(
        None,
        description="one that there is: on AWS the ID of a capacity reservation or a Capacity"
        " Block, on Google Cloud a name",
    )
    make: bool | None = Field(
        None,
        strict=True,
        description="one for all nodes is made before them, or none where a zone has too few; not"
        " given: on AWS, where a workload needs all of the nodes",
    )

    @model_validator(mode="after")
    def _one_that_is_or_is_made(self) -> "Reservation":
        if wrong := one_of(self, "name", "make", nothing="needs either of"):
            raise ValueError(wrong)
        return self
