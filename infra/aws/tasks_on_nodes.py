"""Tasks of ECS on nodes of the stack: what each has of its node, and whether there is room."""

import math
from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from infra.ask import ask
from infra.builders import Place
from models.description.stack import Stack
from models.parts.kubernetes import in_cluster
from models.parts.workloads.endpoint import Endpoint, Stage


def refuse_two_clusters(name: str, endpoint: Endpoint, place: Place) -> None:
    """Stop where tasks of an endpoint would wait for nodes for ever; warn where some may.

    Arguments:
        name: of the endpoint.
        endpoint: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: the nodes are in the cluster of another endpoint.
    """
    groups = {stage.nodes for stage in endpoint.stages.values() if _is_task(stage, place.stack)}
    for group in sorted(one for one in groups if one is not None):
        tasks = [one for one in _on(place.stack, group) if _is_task(one[2], place.stack)]
        first, _, _ = tasks[0]
        if first != name:
            raise pulumi.RunError(
                f"workloads.{name}: its containers run on nodes of '{group}', as those of '{first}'"
                " do, and ECS lets a node be in the cluster of one endpoint alone; give it a node"
                " group of its own"
            )
        _warn_of_interfaces(group, sum(_each(one, place) for _, _, one in tasks), place)


def memory_of_task(stage: Stage, place: Place) -> float:
    """Memory of a task on a node, bytes: as described, or an equal share of what others leave.

    Arguments:
        stage: of containers on nodes.
        place: where it is built.
    """
    if stage.memory is not None:
        return stage.memory
    group = str(stage.nodes)
    described, sharing = 0.0, 0
    for _, _, one in _on(place.stack, group):
        if one.memory is None:
            sharing += _each(one, place)
        else:
            described += _each(one, place) * one.memory
    instance = place.catalog.instance("aws", str(place.stack.nodes[group].instance))
    return (instance.memory - described) / sharing


def _on(stack: Stack, group: str) -> Iterator[tuple[str, str, Stage]]:
    for workload, one in stack.workloads.items():
        if isinstance(one, Endpoint):
            yield from (
                (workload, name, stage)
                for name, stage in one.stages.items()
                if stage.nodes == group
            )


def _is_task(stage: Stage, stack: Stack) -> bool:
    return stage.container is not None and stage.nodes not in (None, *in_cluster(stack))


def _each(stage: Stage, place: Place) -> int:
    """Most of them on a node: with blue-green the new ones stand beside the old."""
    beside = stage.container is not None and stage.container.deployment == "blue-green"
    nodes = place.stack.nodes[str(stage.nodes)].count
    return math.ceil(stage.replicas / nodes) * (2 if beside else 1)


def _warn_of_interfaces(group: str, tasks: int, place: Place) -> None:
    """Amazon ECS developer guide, "Increasing Amazon ECS Linux container instance network
    interfaces" (2026-11-28).
    """
    instance = str(place.stack.nodes[group].instance)
    found = ask(
        f"how many network interfaces {instance} has",
        lambda: aws.ec2.get_instance_type(instance_type=instance),
    )
    has = found.maximum_network_interfaces - 1  # the first is the node's own
    if tasks > has:
        pulumi.log.warn(
            f"nodes.{group}.instance: each of {tasks} tasks on a node has a network interface of"
            f" its own, and {instance} has {has} for them; the others wait, unless the account"
            " setting awsvpcTrunking of ECS is on; take more nodes, or `concurrency` in place of"
            " replicas"
        )
