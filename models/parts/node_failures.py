"""Nodes that fail: themselves, their network card, and by being reclaimed; what is known of it."""

from collections.abc import Iterator

from models.catalog.providers import cloud as cloud_of
from models.catalog.records import FailureRate
from models.description.quantities import format_duration
from models.description.stack import NodeGroup, Stack
from models.parts.facts import Facts
from models.parts.failure import RECLAIM, Component, cause_of
from models.parts.node_group import hardware
from models.parts.place import provider_of
from models.prediction import Finding


def component(
    name: str,
    group: NodeGroup,
    stack: Stack,
    facts: Facts,
    required: int | None = None,
    used: int | None = None,
) -> Component:
    """How the nodes of a group fail: themselves, their network card, and by being reclaimed.

    Arguments:
        name: of the group.
        group: the node group.
        stack: that it belongs to.
        facts: the catalog.
        required: nodes that must be up; all that are used by default.
        used: nodes that something runs on, without spares; all that the group counts by default.
    """
    rate, _ = _failure_rate(group, stack, facts)
    causes = [cause_of("failure", rate, group.mttf, group.mttr)]
    sources = [rate.component if not group.mttf else "the stack file"]
    if provider_of(stack).owned:
        card = facts.failure_rate("nic")
        causes.append(cause_of("network card", card))
        sources.append("nic")
    if group.purchase == "spot":
        reclaim, _ = _reclaim_rate(group, stack, facts)
        notice = cloud_of(stack.cloud).spot_notice
        causes.append(cause_of(RECLAIM, reclaim, notice=notice))
        sources.append(reclaim.component)
    of = group.count if used is None else used
    needed = of if required is None else required
    return Component(name, needed, of + group.spares, tuple(causes), True, ", ".join(sources))


def findings(name: str, group: NodeGroup, stack: Stack, facts: Facts) -> Iterator[Finding]:
    """What a reader must know of the failures of a group before believing a figure.

    Arguments:
        name: of the group.
        group: the node group.
        stack: that it belongs to.
        facts: the catalog.
    """
    machine, place = hardware(group, stack.cloud, facts), f"nodes.{name}"
    rate, reported = _failure_rate(group, stack, facts)
    if machine.accelerator and not reported and rate.mttf_low and not group.mttf:
        where = "" if provider_of(stack).owned else " in a cloud"
        text = f"of failures of {machine.accelerator.generation} accelerators{where}"
        yield Finding("note", place, f"no report {text} is known; those of all fleets stand in")
    if group.purchase != "spot":
        return
    reclaim, traced = _reclaim_rate(group, stack, facts)
    if not traced and reclaim.mttf_low and reclaim.mttf_high:
        ends = format_duration(reclaim.mttf_low), format_duration(reclaim.mttf_high)
        text = (
            f"no trace of spot reclaims of {group.instance} or its family is known: one in"
            f" {ends[0]} is as possible as one in {ends[1]}; say what you see in"
            f" failure_rates.{reclaim.component}"
        )
        yield Finding("warning", place, text)


def _failure_rate(group: NodeGroup, stack: Stack, facts: Facts) -> tuple[FailureRate, bool]:
    """Of nodes with such accelerators at such a place, or else of any; and whether of such."""
    machine = hardware(group, stack.cloud, facts)
    owned = provider_of(stack).owned
    if machine.accelerator is None or machine.accelerator.kind == "cpu":
        return facts.failure_rate("cpu-node" if owned else "cloud-cpu-instance"), True
    of_all = "gpu-node" if owned else "cloud-gpu-instance"
    rate = facts.failure_rate(f"{of_all}-{machine.accelerator.generation}", of_all)
    return rate, rate.component != of_all


def _reclaim_rate(group: NodeGroup, stack: Stack, facts: Facts) -> tuple[FailureRate, bool]:
    """Of such an instance or its family, or else of any like it; and whether of such."""
    instance = facts.instance(stack.cloud, str(group.instance))
    of_all = cloud_of(stack.cloud).spot_reclaim
    traced = (f"{of_all}-{instance.name}", f"{of_all}-{instance.series}")
    like = (f"{of_all}-accelerated", of_all) if instance.accelerators else (of_all,)
    rate = facts.failure_rate(*traced, *like)
    return rate, rate.component in traced
