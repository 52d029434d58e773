"""Training that a service runs on instances of its own, as users describe it."""

from typing import Annotated, Literal

from pydantic import Field

from models.description.fields import Name, Part, Positive
from models.description.quantities import Duration
from models.description.text_patterns import Pattern
from models.parts.workloads.endpoint_managed import ImageName

_DAY = 86_400.0
# How often what of an instance fails is tried again (SageMaker API reference, RetryStrategy: at
# most 30).
RETRIES = 30
Prefix = Annotated[
    str,
    Field(
        max_length=500,
        description="beginning of keys in an object store, without a slash at its ends",
    ),
    Pattern(
        r"([\w.=@-]+(/[\w.=@-]+)*)?",
        "a beginning of keys: letters, digits and . = @ _ - /, without a slash at its ends",
    ),
]
Channel = Annotated[
    str, Pattern(r"[\w.-]{1,64}", "a channel: letters, digits and . _ -, 64 at most")
]
Parameter = str | bool | int | float


class Output(Part):
    """Where a service puts the models that were trained."""

    store: Name = Field(description="an object store of this file")
    prefix: Prefix = Field("", description="what all keys there begin with, before /output")


class ManagedTraining(Part):
    """A training job of SageMaker: it starts the instances, and ends them with the run."""

    image: ImageName | None = Field(
        None, description="container image in a registry of the cloud; needed to build it"
    )
    input_mode: Literal["File", "FastFile"] = Field(
        "File",
        description="File: all of the data set is copied to the volume of each instance before the"
        " first step; FastFile: it is read while it trains",
    )
    longest: Annotated[Duration, Positive] = Field(
        _DAY, description="run that is stopped where it takes longer, in whole seconds"
    )
    hyperparameters: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=256)], Parameter], Field(max_length=100)
    ] = Field({}, description="what the container is told, by name")
    channels: Annotated[
        dict[Channel, Prefix],
        Field(min_length=1, max_length=20),
    ] = Field(
        {"training": ""},
        description="parts of the data set by the name that the container knows: what the keys of"
        " each begin with",
    )
    output: Output = Field(description="where the trained model goes")
