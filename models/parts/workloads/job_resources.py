"""What jobs need and nodes have: slots, vCPUs, memory and accelerators."""

import functools
import math
from dataclasses import dataclass

from models.description.quantities import format_scaled

RESOURCES = ("slots", "vcpus", "memory", "accelerators")
_PARTS = {"slots": 1000, "vcpus": 1000, "memory": 1, "accelerators": 1000}  # counted in whole ones
SHAREABLE = frozenset(("slots", "vcpus", "accelerators"))  # tasks can use the same one in turn
_MOST = 2.0**60  # parts that are reckoned with


@dataclass(frozen=True)
class Resources:
    """Amounts of what tasks use side by side.

    Arguments:
        slots: places for a task, where a node is divided into such.
        vcpus: hardware threads.
        memory: bytes.
        accelerators: GPUs and the like.
    """

    slots: float = 0.0
    vcpus: float = 0.0
    memory: float = 0.0
    accelerators: float = 0.0

    def __post_init__(self) -> None:
        for name in RESOURCES:
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 <= value * _PARTS[name] <= _MOST):
                raise ValueError(f"{name} is {value}; it must be 0 or more, and not beyond sense")

    @functools.cached_property  # each replication asks
    def parts(self) -> tuple[int, int, int, int]:
        """The same in whole parts: thousandths, and bytes; sums of them are exact."""
        slots, vcpus, memory, accelerators = (
            round(getattr(self, name) * _PARTS[name]) for name in RESOURCES
        )
        return slots, vcpus, memory, accelerators


def amount(name: str, parts: float) -> float:
    """An amount of a resource in its own unit, by its whole parts.

    Arguments:
        name: of the resource.
        parts: as `Resources.parts` counts them.
    """
    return parts / _PARTS[name]


@dataclass(frozen=True)
class JobShape:
    """What one job occupies while it runs: a gang of equal tasks.

    Arguments:
        needs: of each task, which fits on one node.
        tasks: that start and end together, on any nodes.
    """

    needs: Resources
    tasks: int = 1

    @property
    def parts(self) -> tuple[float, ...]:
        """What all tasks of a job occupy, in whole parts."""
        return tuple(float(self.tasks * part) for part in self.needs.parts)


def capacity(node: Resources, nodes: int) -> list[float]:
    """What all nodes have, in whole parts.

    Arguments:
        node: what each has.
        nodes: how many there are.
    """
    return [float(nodes * part) for part in node.parts]


def tasks_on_a_node(shape: JobShape, node: Resources) -> int | None:
    """How many tasks of a shape one empty node holds; None if they need nothing that is counted.

    Arguments:
        shape: of the job.
        node: what the node has.
    """
    pairs = zip(shape.needs.parts, node.parts, strict=True)
    return min((has // needs for needs, has in pairs if needs > 0), default=None)


def why_it_never_fits(
    shape: JobShape, node: Resources, nodes: int, shared: bool = False
) -> str | None:
    """Why a job can't run even where it is alone; None if it can.

    Arguments:
        shape: of the job.
        node: what each node has.
        nodes: how many there are.
        shared: tasks share processors, so that only memory limits how many there are at once.
    """
    for name, needs, has in zip(RESOURCES, shape.needs.parts, node.parts, strict=True):
        if needs > has:
            return f"a task needs {_written(name, needs)}; a node has {_written(name, has)}"
    pairs = list(zip(RESOURCES, shape.needs.parts, node.parts, strict=True))
    counted = [pair for pair in pairs if pair[1] > 0 and not (shared and pair[0] in SHAREABLE)]
    if not counted:
        return None
    name, needs, has = min(counted, key=lambda pair: pair[2] // pair[1])
    each = has // needs
    if shape.tasks <= each * nodes:
        return None
    hosts = "1 node" if nodes == 1 else f"{nodes:,} nodes"
    holds = f"holds {each:,}" if nodes == 1 else f"hold {each:,} each"
    return (
        f"{shape.tasks:,} tasks start together, but number {each * nodes + 1:,} finds no place:"
        f" {hosts} of {_written(name, has)} {holds}, at {_written(name, needs)} a task"
    )


def _written(name: str, parts: int) -> str:
    value = amount(name, parts)
    noun = {"slots": "slot", "vcpus": "vCPU", "accelerators": "accelerator"}.get(name)
    if noun is None:
        return f"{format_scaled(value, 'B')} of memory"
    return f"{value:,g} {noun}" if value == 1 else f"{value:,g} {noun}s"
