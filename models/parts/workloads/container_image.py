"""What a container is made from, as users describe it."""

from typing import Annotated

from pydantic import Field, model_validator

from models.description.fields import Part
from models.description.text_patterns import Pattern
from models.parts.workloads.endpoint_managed import ImageName

Tag = Annotated[str, Pattern(r"[\w][\w.-]{0,127}", "a tag: letters, digits and . _ -, 128 at most")]


class ContainerImage(Part):
    """The image of a container: one that there is, or one of a repository that is built."""

    image: ImageName | None = Field(
        None,
        description="in a registry of the cloud, or, for a Kubernetes cluster, in any that asks for"
        " no password; if not given, a repository is built for it",
    )
    tag: Tag | None = Field(
        None, description="of the image in the repository that is built, such as 1.4.0"
    )

    @model_validator(mode="after")
    def _one_image(self) -> "ContainerImage":
        if (self.image is None) == (self.tag is None):
            raise ValueError("needs either an image, or the tag of one in a repository of its own")
        return self
