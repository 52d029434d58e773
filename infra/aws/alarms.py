"""What is wrong with a stack on AWS, by the metrics that tell of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi

from infra.aws.node_metrics import NodeMetrics
from infra.measures import Answering, Filling, Metric
from models.description.stack import Latency, Stack
from models.parts.alarms import Watched

FULL = 90.0  # per cent of a volume
LITTLE_LOST = 0.01  # share of the requests that may fail where no objective says it


@dataclass(frozen=True)
class Alarm:
    """Given when a metric passes a threshold.

    Arguments:
        part: of the stack, and what is wrong with it.
        why: the same for people.
        metrics: that are added up.
        threshold: that their sum is above, or below.
        of: what the sum is a share of; None where it stands for itself.
        below: it is given where there is too little, and where nothing is measured.
        at_once: one period is enough, where it takes five in a row otherwise.
    """

    part: str
    why: str
    metrics: Sequence[Metric]
    threshold: float
    of: Metric | None = None
    below: bool = False
    at_once: bool = False


@dataclass(frozen=True)
class Built:
    """What there is to be watched.

    Arguments:
        groups: names of Auto Scaling groups, by node group.
        stores: how their growth is measured, by name.
        answering: how answers are measured, by workload.
        nodes: what nodes report themselves.
    """

    groups: Mapping[str, pulumi.Output[str]]
    stores: Mapping[str, Filling]
    answering: Mapping[str, Answering]
    nodes: NodeMetrics


def alarms(stack: Stack, watched: Watched, built: Built) -> Iterator[Alarm]:
    """All alarms of a stack.

    Arguments:
        stack: the description.
        watched: the parts of it that are.
        built: where they are measured; workloads that are not started are not.
    """
    for name in watched.groups:
        yield _too_few(stack, name, built)
    for name in watched.accelerators:
        why = f"An accelerator of {name} is broken, and its node has gone"
        metric = built.nodes.broken(name)
        yield Alarm(f"{name}-accelerators", why, [metric], 0.0, at_once=True)
    for name in watched.stores:
        yield _full(name, watched, built)
    for name in watched.gateways:
        if name in built.answering:
            yield _errors(stack, name, built.answering[name])
    if watched.latency is not None and watched.latency.workload in built.answering:
        yield _slow(watched.latency, built.answering[watched.latency.workload])


def _too_few(stack: Stack, group: str, built: Built) -> Alarm:
    size = stack.nodes[group].count + stack.nodes[group].spares
    of = {"AutoScalingGroupName": built.groups[group]}
    metric = Metric("AWS/AutoScaling", "GroupInServiceInstances", of, "Minimum")
    why = f"Fewer than {size} nodes of {group} work"
    return Alarm(f"{group}-nodes", why, [metric], float(size), below=True)


def _full(store: str, watched: Watched, built: Built) -> Alarm:
    if store in watched.volumes:
        metric = built.nodes.full(watched.volumes[store], store)
        why = f"A volume of {store} is more than {FULL:g} % full"
        return Alarm(f"{store}-full", why, [metric], FULL, at_once=True)
    filling = built.stores[store]
    why = f"Little is left of {store}" if filling.falling else f"{store} is larger than described"
    metrics = [filling.metric]
    return Alarm(f"{store}-full", why, metrics, filling.limit, below=filling.falling, at_once=True)


def _errors(stack: Stack, workload: str, answering: Answering) -> Alarm:
    loss = stack.objectives.loss
    most = loss.at_most if loss is not None and loss.workload == workload else LITTLE_LOST
    why = f"More than {100 * most:g} % of the requests of {workload} fail"
    part = f"{workload}-errors"
    return Alarm(part, why, answering.errors, most, of=answering.requests)


def _slow(latency: Latency, answering: Answering) -> Alarm:
    metric = replace(answering.response_time, statistic=f"p{latency.percentile:g}")
    threshold = latency.at_most / answering.unit
    why = f"P{latency.percentile:g} of {latency.workload} is above {latency.at_most:g} s"
    return Alarm(f"{latency.workload}-latency", why, [metric], threshold)
