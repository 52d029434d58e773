"""The description of stores: buckets, file systems, volumes, arrays of disks."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from models.fields import CatalogName, Count, Name, Part, Positive
from models.quantities import Bandwidth, Size


def _text_of_whole_number(value: object) -> object:
    return str(value) if type(value) is int else value


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


class RaidVolume(Part):
    """A RAID of named disks in a server, on premises."""

    kind: Literal["raid"]
    level: Annotated[Literal["0", "1", "10", "5", "6"], BeforeValidator(_text_of_whole_number)] = (
        Field(description="RAID level")
    )
    disks: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(description="how many disks")
    disk: CatalogName = Field(description="a disk of the catalog")
    bandwidth: Annotated[Bandwidth, Positive] = Field(
        description="bandwidth of the server's network link"
    )


AnyStore = Annotated[
    ObjectStore | FileSystem | BlockVolume | RaidVolume, Field(discriminator="kind")
]
