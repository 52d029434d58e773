"""What the nodes of a workload start by themselves, as users describe it."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from models.catalog.providers import cloud as cloud_of
from models.description.fields import Part
from models.description.stack import Stack
from models.parts.place import provider_of
from models.parts.workloads.endpoint_served import PackageInS3
from models.reading.faults import Fault, PathInFile


class Program(Part):
    """A command that nodes run once all of them are there, and again after a failure."""

    command: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\r\n\x00]+$")] = (
        Field(description="one line, as a shell reads it")
    )
    package: PackageInS3 | None = Field(
        None,
        description="what is unpacked where the command runs, such as s3://bucket/train-1.0.tar.gz",
    )


def program_faults(
    path: PathInFile, program: Program | None, managed: bool, stack: Stack
) -> Iterator[Fault]:
    """A program where nothing would start it.

    Arguments:
        path: of the workload.
        program: as described; None for none.
        managed: a service of the cloud runs the workload.
        stack: that it belongs to.
    """
    if program is None:
        return
    where = (*path, "program")
    if managed:
        yield Fault(where, "is of nodes of one's own; a service runs its image", "leave it out")
    elif provider_of(stack).owned or not cloud_of(stack.cloud).starts_programs:
        yield Fault(where, f"is not started on {stack.cloud} yet", "leave it out")
