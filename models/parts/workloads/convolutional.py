"""A convolutional network by its architecture and image, as users describe it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import Part
from models.laws.convolutions.architectures import ARCHITECTURES, convolutional_network
from models.laws.convolutions.layers import ConvolutionalNetwork

Side = Annotated[int, Field(strict=True, ge=1, le=4096)]


class ConvolutionalDimensions(Part):
    """A published convolutional network, layer by layer, for images of any size."""

    architecture: Literal[tuple(ARCHITECTURES)] = Field(  # type: ignore[valid-type]
        description="its name; residual networks are those of version 1.5"
    )
    image: Side | None = Field(
        None, description="side of its square images, pixels; as published if not given"
    )
    classes: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] = Field(
        1000, description="that it tells apart"
    )

    @model_validator(mode="after")
    def _large_enough(self) -> "ConvolutionalDimensions":
        _ = self.network
        return self

    @property
    def network(self) -> ConvolutionalNetwork:
        """Its layers."""
        return convolutional_network(self.architecture, self.image, self.classes)

    @property
    def measured_name(self) -> str:
        """Of the catalog's network whose measured rates are its own; empty for other images."""
        usual = self.image in (None, ARCHITECTURES[self.architecture].image)
        return str(self.architecture) if usual else ""
