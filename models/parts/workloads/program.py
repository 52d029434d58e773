"""What the nodes of a workload start by themselves, as users describe it."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from models.catalog.providers import cloud as cloud_of
from models.description.fields import Part
from models.description.stack import Stack
from models.description.text_patterns import Pattern
from models.parts.place import provider_of
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.container_image import ContainerImage
from models.parts.workloads.endpoint_served import PackageInS3
from models.reading.faults import Fault, PathInFile


class Program(Part):
    """A command that nodes run once all of them are there, and again after a failure."""

    command: Annotated[
        str, Field(min_length=1, max_length=2000), Pattern(r"[^\r\n\x00]+", "one line")
    ] = Field(description="one line, as a shell reads it")
    package: PackageInS3 | None = Field(
        None,
        description="what is unpacked where the command runs, such as s3://bucket/train-1.0.tar.gz",
    )
    container: ContainerImage | None = Field(
        None, description="in which the command runs, where its nodes are of a Kubernetes cluster"
    )


def program_faults(
    path: PathInFile,
    program: Program | None,
    managed: bool,
    nodes: str,
    data: Mapping[PathInFile, str],
    stack: Stack,
) -> Iterator[Fault]:
    """A program where nothing would start it.

    Arguments:
        path: of the workload.
        program: as described; None for none.
        managed: a service of the cloud runs the workload.
        nodes: node group of the workload.
        data: stores that it uses, by their paths below the workload.
        stack: that it belongs to.
    """
    if program is None:
        return
    where = (*path, "program")
    if managed:
        yield Fault(where, "is of nodes of one's own; a service runs its image", "leave it out")
    elif provider_of(stack).owned or not cloud_of(stack.cloud).starts_programs:
        yield Fault(where, f"is not started on {stack.cloud} yet", "leave it out")
    elif stack.kubernetes is not None and nodes in stack.kubernetes.nodes:
        yield from _contained(path, program, nodes, data, stack)
    elif program.container is not None:
        text = f"is of nodes of Kubernetes, and '{nodes}' run the command themselves"
        yield Fault((*where, "container"), text, "leave it out")


def _contained(
    path: PathInFile,
    program: Program,
    nodes: str,
    data: Mapping[PathInFile, str],
    stack: Stack,
) -> Iterator[Fault]:
    """What containers of Kubernetes can't start, or would not find."""
    where = (*path, "program")
    if program.container is None:
        text = f"runs in containers, as '{nodes}' is of Kubernetes, and does not say in which"
        yield Fault(where, text, "add `container: {tag: 1.0.0}`, or the `image` of one")
    if program.package is not None:
        text = f"is unpacked by nodes, and '{nodes}' is of Kubernetes, which starts containers"
        yield Fault((*where, "package"), text, "put it into their image")
    for below, store in data.items():
        described = stack.storage.get(store)
        if described is not None and not isinstance(described, ObjectStore):
            text = f"'{store}' is mounted by nodes, and by no container of Kubernetes"
            hint = "take an object store, or leave `program` out and mount it by yourself"
            yield Fault((*path, *below), text, hint)
