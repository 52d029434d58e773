"""Containers that answer on the nodes of an endpoint or on Fargate: what they are."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from models.description.fields import Part, Positive
from models.description.quantities import Size, format_scaled
from models.parts.workloads.container_image import ContainerImage
from models.reading.faults import Fault, PathInFile

_GIB = 2.0**30


class Container(ContainerImage):
    """A container that answers `/ping` and `/invocations`."""

    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = Field(
        8080, description="on which it answers"
    )
    deployment: Literal["rolling", "blue-green"] = Field(
        "rolling",
        description="rolling: new containers take the place of old ones, and a deployment that"
        " fails goes back; blue-green: all new ones stand beside the old, then requests go over",
    )


class Fargate(Part):
    """Tasks that a cloud runs without nodes of one's own, a replica on each."""

    vcpus: Annotated[float, Field(strict=True, gt=0, le=16)] = Field(
        description="hardware threads of a task: 0.25, 0.5, 1, 2, 4, 8 or 16"
    )
    memory: Annotated[Size, Positive] = Field(description="of a task, in whole GiB")

    @property
    def gibibytes(self) -> int:
        """Memory as it is provisioned and billed."""
        return math.ceil(self.memory / _GIB)


# GiB by vCPUs: least, most, step (Amazon ECS developer guide, "Task CPU and memory", 2026-11-28).
SIZES: dict[float, tuple[int, int, int]] = {
    0.25: (1, 2, 1),
    0.5: (1, 4, 1),
    1: (2, 8, 1),
    2: (4, 16, 1),
    4: (8, 30, 1),
    8: (16, 60, 4),
    16: (32, 120, 8),
}


def fargate_faults(path: PathInFile, fargate: Fargate) -> Iterator[Fault]:
    """Sizes that a task can't have.

    Arguments:
        path: of the tasks.
        fargate: as described.
    """
    if fargate.vcpus not in SIZES:
        listed = ", ".join(f"{one:g}" for one in SIZES)
        yield Fault((*path, "vcpus"), f"is {fargate.vcpus:g}; a task has one of {listed}")
        return
    least, most, step = SIZES[fargate.vcpus]
    if not least <= fargate.gibibytes <= most or (fargate.gibibytes - least) % step:
        steps = f" in steps of {step}" if step > 1 else ""
        text = f"is {format_scaled(fargate.memory, 'B')}; a task of {fargate.vcpus:g} vCPU has"
        yield Fault((*path, "memory"), f"{text} {least} to {most} GiB{steps}")
