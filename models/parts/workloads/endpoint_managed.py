"""What a cloud runs of an endpoint by itself: functions, model servers, who may call a gateway."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import CatalogName, Count, FileName, Name, Part, Positive
from models.description.quantities import Duration, Size
from models.description.text_patterns import Pattern

ImageName = Annotated[
    str,
    Field(
        max_length=500,
        description="a container image with its registry and its tag or digest",
    ),
    # Repository and tag or digest, as a registry names it.
    Pattern(
        r"[a-z0-9][a-z0-9.:-]*(/[a-z0-9][a-z0-9._-]*)+(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})",
        "a container image with its registry and its tag or digest, such as"
        " 123456789012.dkr.ecr.us-east-1.amazonaws.com/name:1.0",
    ),
]
# What answers by itself, without a machine of one's own.
AiService = Literal["rekognition-detect-labels"]


class Function(Part):
    """A function that a cloud runs and scales by itself."""

    memory: Annotated[Size, Positive] = Field(description="memory of one instance; it is billed")
    concurrency: Count = Field(
        1000, description="requests that may run at once, one on each instance"
    )
    timeout: Annotated[Duration, Positive] = Field(
        30.0, description="longest run for one request, which the cloud ends then, in whole seconds"
    )
    code: FileName | None = Field(
        None,
        description="folder or ZIP file of its Python code, from the folder of the stack; needed to"
        " build it, or an image",
    )
    handler: Annotated[
        str,
        Field(max_length=128),
        Pattern(r"\w+(\.\w+)+", "a module and a function in it, such as handler.handle"),
    ] = Field("handler.handle", description="module of the code and function in it that answers")
    image: ImageName | None = Field(
        None, description="container image in a registry of the cloud, instead of code"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Function":
        if self.code is not None and self.image is not None:
            raise ValueError("has code and image; give one of them")
        if self.image is not None and "handler" in self.model_fields_set:
            raise ValueError("has a handler, which goes with code; an image names its own")
        if self.timeout != round(self.timeout):
            raise ValueError("has a timeout that is no whole number of seconds")
        return self


class Authorizer(Part):
    """Tokens (JWT) that an HTTP API takes, of one issuer by OpenID Connect."""

    issuer: Annotated[
        str,
        Field(max_length=500),
        Pattern(r"https://[^\s/]+(/\S*)?", "an address that begins with https://"),
    ] = Field(description="https address of the issuer, as tokens have it in `iss`")
    audience: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=300)], ...],
        Field(min_length=1, max_length=50),
    ] = Field(description="whom tokens must be for, as they have it in `aud` or `client_id`")


class Artifact(Part):
    """A model in an object store, as the container of a model server reads it."""

    store: Name = Field(description="an object store of this file")
    object: Annotated[
        str,
        Field(max_length=500),
        Pattern(r"[\w./=@-]+\.tar\.gz", "a key that ends in .tar.gz, such as model.tar.gz"),
    ] = Field(description="key of the archive there, which ends in .tar.gz")


class ModelServer(Part):
    """Instances of SageMaker that serve a model, one replica on each."""

    instance: CatalogName = Field(description="type of the instances, such as ml.g5.xlarge")
    image: ImageName | None = Field(
        None, description="container image in a registry of the cloud; needed to build it"
    )
    artifact: Artifact | None = Field(
        None, description="the model that the container reads; it has one itself if not given"
    )
