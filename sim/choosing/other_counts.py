"""The same stack with other numbers of what sets its time: of nodes, or of replicas."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.parts.read_stack import StackFile
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_network import SolvedStage
from models.parts.workloads.stream import Operator
from models.parts.workloads.stream_job import StreamJob
from models.prediction.alternatives_answer import CountedAs

_POINTS = 9  # numbers beside each other


@dataclass(frozen=True)
class Counted:
    """What a stack may have more of, so that its runs end or its answers come sooner.

    Arguments:
        called: by people: trainers, or replicas of model.
        what: is counted.
        now: how many the stack has.
        changes: of the stack file that make it other numbers, its own among them.
    """

    called: str
    what: CountedAs
    now: int
    changes: Mapping[int, Mapping[str, Any]]


def counted(stack_file: StackFile) -> Counted | None:
    """Nodes of the first group where all ends, or of a stream's busiest stage; else replicas.

    Arguments:
        stack_file: the description.
    """
    solved = stack_file.solved.workloads.values()
    if all(one.kind.completes(one.described) for one in solved):
        name = next(iter(stack_file.stack.nodes), None)
        return None if name is None else _nodes(stack_file, name)
    if all(isinstance(one.answer, StreamJob) for one in solved):
        return _of_stream(stack_file)
    served = [one for one in solved if isinstance(one.answer, EndpointJob)]
    if not served or len(served) != len(solved):
        return None
    job = served[0].answer
    return _replicas(stack_file, job.name, job.bottleneck)


def _nodes(stack_file: StackFile, name: str) -> Counted:
    now, path = stack_file.stack.nodes[name].count, f"nodes.{name}.count"
    changes = {count: {path: count} for count in _around(now)}
    return Counted(name, CountedAs.NODES, now, changes)


def _of_stream(stack_file: StackFile) -> Counted | None:
    """Nodes of the busiest operator, with as many instances on each of them as before."""
    jobs = [one.answer for one in stack_file.solved.workloads.values()]
    operators = [
        (job.name, stage, stage.place.step)
        for job in jobs
        if isinstance(job, StreamJob)
        for stage in job.highest
        if isinstance(stage.place.step, Operator)
    ]
    if not operators:
        return None
    name = max(operators, key=lambda one: one[1].utilization)[2].nodes
    nodes = _nodes(stack_file, name)
    of_group = [
        (f"workloads.{job}.operators.{stage.place.name}.instances", step.instances)
        for job, stage, step in operators
        if step.nodes == name
    ]
    changes = {
        count: {**change, **{path: math.ceil(now * count / nodes.now) for path, now in of_group}}
        for count, change in nodes.changes.items()
    }
    return Counted(name, CountedAs.NODES, nodes.now, changes)


def _replicas(stack_file: StackFile, workload: str, stage: SolvedStage) -> Counted | None:
    """Replicas with the nodes that they need, or requests at once of what is managed."""
    if not math.isfinite(stage.capacity):
        return None
    now, path = stage.units, f"workloads.{workload}.{stage.counted_by}"
    group = stage.described.nodes
    if group is None:
        changes = {count: {path: count} for count in _around(now)}
        if stage.described.replicated:
            return Counted(f"replicas of {stage.name}", CountedAs.REPLICAS, now, changes)
        called = f"requests at once in {stage.name}"
        return Counted(called, CountedAs.AT_ONCE, now, changes)
    nodes = stack_file.stack.nodes[group].count
    changes = {}
    for count in _around(now):
        there = math.ceil(count * nodes / now)  # as many on each node as before
        changes[count] = {path: count, f"nodes.{group}.count": there}
    return Counted(f"replicas of {stage.name}", CountedAs.REPLICAS, now, changes)


def _around(count: int) -> list[int]:
    """At most nine numbers from a third to three times as many, this one among them."""
    steps = {round(count * 3 ** (k / (_POINTS // 2))) for k in range(-(_POINTS // 2), 5)}
    return sorted({max(1, one) for one in steps} | {count})
