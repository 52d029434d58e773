"""The description of stores: services of a cloud, and everything that a stack may store in."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import CatalogName, Count, Name, Part, Positive
from models.description.quantities import Bandwidth, Size
from models.parts.stores.disk_stores import (
    Hdfs,
    LocalDisks,
    ParallelFileSystem,
    RaidVolume,
    SanVolume,
)


class Store(Part):
    """What every kind of storage has."""

    size: Annotated[Size, Positive] = Field(description="usable capacity")


class ObjectStore(Store):
    """A bucket of objects: S3 or Cloud Storage."""

    kind: Literal["object"]
    service: CatalogName = Field(description="a storage service of the catalog")
    prefixes: Count = Field(
        1,
        description="key prefixes that the objects are spread over; request limits are per prefix",
    )


class FileSystem(Store):
    """A shared file system: NAS or parallel."""

    kind: Literal["nas"]
    service: CatalogName | None = Field(
        None, description="a storage service of the catalog; none on premises"
    )
    bandwidth: Annotated[Bandwidth, Positive] | None = Field(
        None, description="bandwidth of the shared link, where it is described by hand"
    )

    @model_validator(mode="after")
    def _has_a_bandwidth(self) -> "FileSystem":
        if (self.service is None) == (self.bandwidth is None):
            raise ValueError(
                "needs either a service of the catalog or a bandwidth of its own, not both"
            )
        return self


class BlockVolume(Store):
    """A network block volume on each node of a group."""

    kind: Literal["block"]
    service: CatalogName = Field(description="a storage service of the catalog")
    nodes: Name = Field(description="the node group that it is attached to, one volume a node")


AnyStore = Annotated[
    ObjectStore
    | FileSystem
    | BlockVolume
    | RaidVolume
    | SanVolume
    | LocalDisks
    | ParallelFileSystem
    | Hdfs,
    Field(discriminator="kind"),
]
