"""The description of stores that are built of disks, on premises."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from models.description.fields import CatalogName, Count, Name, Part, Positive
from models.description.quantities import Bandwidth, Duration, Fraction
from models.laws.storage.raid import FEWEST_DISKS

_CODE = re.compile(r"[1-9]\d{0,2}\+[1-9]\d{0,2}")
_LEVEL_SCHEMA = {
    "anyOf": [
        {"enum": list(FEWEST_DISKS), "type": "string"},
        {
            "type": "string",
            "format": "erasure code",
            "examples": ["17+3"],
            "pattern": f"^{_CODE.pattern}$",
        },
    ]
}


def _text_of_whole_number(value: object) -> object:
    return str(value) if type(value) is int else value


def _known(level: str) -> str:
    if level not in FEWEST_DISKS and not _CODE.fullmatch(level):
        known = ", ".join(FEWEST_DISKS)
        raise ValueError(
            f"'{level[:60]}' is not known; one of {known}, or an erasure code such as 17+3"
        )
    return level


def _not_all(value: float) -> float:
    if value >= 1:
        raise ValueError("must be less than 100 %, or nothing could be read meanwhile")
    return value


Level = Annotated[
    str,
    BeforeValidator(_text_of_whole_number),
    AfterValidator(_known),
    WithJsonSchema(_LEVEL_SCHEMA),
]
ErrorRate = Annotated[float, Field(strict=True, ge=0, le=1e-6)]
Disks = Annotated[int, Field(strict=True, ge=1, le=1000)]


class OfDisks(Part):
    """What every store of disks has."""

    kind: str
    disk: CatalogName = Field(description="a disk of the catalog")
    disks: Disks = Field(description="how many disks the array has")
    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to failure of one disk, over the catalog's"
    )
    rebuild: Annotated[Fraction, Positive, AfterValidator(_not_all)] = Field(
        0.3, description="share of the disks' bandwidth that making lost data again takes"
    )


class Array(OfDisks):
    """What every store has whose disks form a RAID or hold an erasure code."""

    level: Level = Field(
        description="RAID level, or an erasure code of data and parity such as 17+3"
    )
    groups: Annotated[int, Field(strict=True, ge=1, le=500)] = Field(
        1, description="sets of disks that RAID 50, RAID 60 or an erasure code is striped over"
    )
    unrecoverable_bit_error_rate: ErrorRate | None = Field(
        None,
        description="share of the bits read in a rebuild that can't be read, such as 1e-15, over"
        " the catalog's",
    )
    replacement: Duration | None = Field(
        None,
        description="time until a failed disk is replaced, 0 s with a hot spare, before its"
        " rebuild begins; by default the catalog's, which is for both",
    )


class RaidVolume(Array):
    """A RAID of named disks in a server, on premises."""

    kind: Literal["raid"]
    bandwidth: Annotated[Bandwidth, Positive] = Field(
        description="bandwidth of the server's network link"
    )


class SanVolume(Array):
    """An array behind a storage network (SAN), cut into one volume for each node of a group."""

    kind: Literal["san"]
    nodes: Name = Field(description="the node group that the volumes are attached to")
    link: CatalogName = Field(
        description="the link of the catalog to the array, shared, with the latency of its hop"
    )


class LocalDisks(Array):
    """Disks inside each node of a group (DAS): an array a node, lost with its node."""

    kind: Literal["local"]
    disks: Disks = Field(description="how many disks each node has")
    level: Level = Field("0", description="RAID level of the disks of one node, or a code")
    nodes: Name = Field(description="the node group whose nodes have them")


class ParallelFileSystem(Array):
    """A parallel file system: files striped over servers, each with an array of its own."""

    kind: Literal["parallel"]
    disks: Disks = Field(description="how many disks each server has")
    servers: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        description="how many, each with an array of its own; all of them are needed"
    )
    bandwidth: Annotated[Bandwidth, Positive] = Field(
        description="bandwidth of the network link of one server"
    )
    stripe_count: Count | None = Field(
        None, description="servers that one file is striped over; all by default"
    )
    failover: bool = Field(
        False, strict=True, description="whether servers stand in for each other in pairs"
    )
    metadata_servers: Literal[1, 2] = Field(1, description="metadata servers; one suffices")

    @model_validator(mode="after")
    def _stripes_fit(self) -> "ParallelFileSystem":
        if self.stripe_count is not None and self.stripe_count > self.servers:
            raise ValueError(
                f"stripes files over {self.stripe_count} servers, but has {self.servers}"
            )
        if self.failover and self.servers % 2:
            raise ValueError(f"needs an even number of servers for failover, not {self.servers}")
        return self


class Hdfs(OfDisks):
    """A Hadoop file system: blocks with replicas on datanodes, which a namenode knows."""

    kind: Literal["hdfs"]
    disks: Disks = Field(description="how many disks each datanode has, none of them in a RAID")
    datanodes: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        description="machines that hold blocks"
    )
    replication: Annotated[int, Field(strict=True, ge=1, le=10)] = Field(
        3, description="replicas of each block, on different datanodes"
    )
    racks: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        1, description="racks of the datanodes; of several, each block is on two or more"
    )
    namenodes: Literal[1, 2] = Field(1, description="namenodes; one suffices")
    bandwidth: Annotated[Bandwidth, Positive] = Field(
        description="bandwidth of the network link of one datanode"
    )

    @model_validator(mode="after")
    def _replicas_have_places(self) -> "Hdfs":
        if self.replication > self.datanodes:
            raise ValueError(
                f"wants {self.replication} replicas of each block on different datanodes, but has"
                f" {self.datanodes}"
            )
        if self.racks > self.datanodes:
            raise ValueError(
                f"has {self.racks} racks, but only {self.datanodes} datanodes to stand in them"
            )
        return self
