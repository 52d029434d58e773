"""Hyperparameter tuning that a service runs: a training job for each of the jobs."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import Part, Positive
from models.description.quantities import Duration, format_duration
from models.description.stack import Stack
from models.parts.managed_nodes import models_of
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.endpoint_managed import ImageName
from models.parts.workloads.managed_training import Channel, Parameter, Prefix
from models.reading.faults import Fault, PathInFile

_DAY = 86_400.0
Scale = Literal["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"]


class Objective(Part):
    """What the best job has most of, or least."""

    metric: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        description="name of what the container measures"
    )
    goal: Literal["Maximize", "Minimize"] = Field("Maximize", description="which value is best")
    pattern: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        None,
        description="regular expression that finds its value in what the container logs; the"
        " containers of AWS know their own",
    )


class Range(Part):
    """The values that a hyperparameter may have."""

    least: float = Field(description="value")
    most: float = Field(description="value")
    whole: bool = Field(False, strict=True, description="whole numbers alone")
    scale: Scale = Field("Auto", description="how values are drawn from it")

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if not self.least < self.most:
            raise ValueError(f"is from {self.least:g} to {self.most:g}; the least comes first")
        return self


class ManagedTuning(Part):
    """A tuning job of SageMaker: with a `grid` all combinations, with `ranges` the best guesses."""

    image: ImageName | None = Field(
        None, description="container image in a registry of the cloud; needed to build it"
    )
    longest: Annotated[Duration, Positive] = Field(
        _DAY, description="a job that is stopped where it takes longer, in whole seconds"
    )
    objective: Objective = Field(description="by what jobs are compared")
    ranges: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=256)], Range], Field(max_length=30)
    ] = Field({}, description="hyperparameters that are varied, by name, where there is no grid")
    hyperparameters: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=256)], Parameter], Field(max_length=100)
    ] = Field({}, description="what the container of each job is told beside, by name")
    channels: Annotated[
        dict[Channel, Prefix],
        Field(min_length=1, max_length=20),
    ] = Field(
        {"training": ""},
        description="parts of the input by the name that the container knows: what the keys of"
        " each begin with",
    )
    prefix: Prefix = Field("", description="what all keys of the output begin with")


# Amazon SageMaker developer guide, "Resource limits for automatic model tuning" (2026-11-28).
_MOST_JOBS, _MOST_AT_ONCE = 750, 100


def tuning_faults(
    path: PathInFile,
    managed: ManagedTuning,
    stores: dict[str, str],
    jobs: tuple[int | None, Mapping[str, object] | None],
    nodes: str,
    stack: Stack,
) -> Iterator[Fault]:
    """What the service that tunes doesn't take.

    Arguments:
        path: of the workload.
        managed: what it says of the tuning.
        stores: that jobs use, by the key of the workload.
        jobs: how many there are, and their grid; None for what is not said.
        nodes: name of the node group.
        stack: that it belongs to.
    """
    where = (*path, "sagemaker")
    for key in ("input", "output"):
        if key not in stores:
            yield Fault((*path, key), f"is needed by a tuning job: the store of its {key}")
    for key, name in stores.items():
        found = stack.storage.get(name)
        if found is not None and not isinstance(found, ObjectStore):
            text = f"'{name}' is no object store, which a job of it takes alone"
            yield Fault((*path, key, "store"), text)
    service = models_of(stack)
    if service is not None and managed.longest > service.longest_run:
        text = f"is {format_duration(managed.longest)}; a job of {service.name} may run"
        yield Fault((*where, "longest"), f"{text} {format_duration(service.longest_run)}")
    count, grid = jobs
    if count is None:
        yield Fault(where, "needs jobs that all are there at the start: a `count` or a `grid`")
    elif count > _MOST_JOBS:
        yield Fault(where, f"takes {_MOST_JOBS} jobs, and there are {count:,}")
    if grid is None and not managed.ranges:
        yield Fault((*where, "ranges"), "is needed: the hyperparameters that are varied")
    if grid is not None and managed.ranges:
        yield Fault((*where, "ranges"), "goes with a `count` of jobs; a grid has its own values")
    for name, values in (grid or {}).items():
        if isinstance(values, int):
            text = "says how many values there are, and a tuning job needs them"
            yield Fault((*path, "grid", name), text, "write them as a list")
    group = stack.nodes.get(nodes)
    if group is not None and group.count > _MOST_AT_ONCE:
        text = f"is {group.count}; a tuning job runs {_MOST_AT_ONCE} at once, one on each"
        yield Fault(("nodes", nodes, "count"), text)
