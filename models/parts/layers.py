"""The layers of a stack, from the framework of its models down to the cluster, and who runs them.

Who rents out what is called infrastructure, platform or software as a service (NIST SP 800-145,
Mell and Grance 2011): machines, what runs one's program, or a finished program.
"""

from collections.abc import Iterable

from models.catalog.providers import cloud as cloud_of
from models.description.stack import NodeGroup, Stack
from models.parts import kinds, kubernetes
from models.parts.place import provider_of
from models.prediction import Layer

_UNSAID = "not said"


def layers(stack: Stack) -> tuple[Layer, ...]:
    """What the stack chooses for each of the four layers.

    Arguments:
        stack: the description.
    """
    workloads = stack.workloads.values()
    frameworks = [kinds.workload_kind(one).frameworks(one) for one in workloads]
    said = (
        one.framework or of_models
        for one, (of_models, _) in zip(workloads, frameworks, strict=True)
    )
    return (
        Layer("ML framework", _listed(said)),
        Layer("computing framework", _listed(computing for _, computing in frameworks)),
        Layer("virtual machine manager", _manager(stack)),
        Layer("cluster", _cluster(stack)),
    )


def service_level(stack: Stack) -> str:
    """What of the stack is rented: IaaS, PaaS, SaaS, or nothing.

    Arguments:
        stack: the description.
    """
    if provider_of(stack).owned:
        return "none: own hardware"
    workloads = stack.workloads.values()
    managed = bool(workloads) and all(kinds.workload_kind(one).managed(one) for one in workloads)
    if stack.nodes and not managed:
        return "IaaS"
    if all(kinds.workload_kind(one).outside(one) for one in workloads):
        return "none: own hardware"
    return "SaaS" if all(kinds.workload_kind(one).finished(one) for one in workloads) else "PaaS"


def _listed(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, parts))) or _UNSAID


def _manager(stack: Stack) -> str:
    """What stands between machines and nodes."""
    if not stack.nodes:
        return "none of its own"
    return _listed(_of_group(group, stack) for group in stack.nodes.values())


def _of_group(group: NodeGroup, stack: Stack) -> str:
    runs_as = group.runs_as
    if provider_of(stack).owned:
        if runs_as in (None, "bare-metal"):
            return provider_of(stack).machines
        each = "" if group.hosts is None else f", {group.hosts.nodes:,} on a host"
        return f"{str(runs_as).replace('-', ' ')}s{each}"
    sold_by = cloud_of(stack.cloud)
    if sold_by.metal and str(group.instance).endswith(sold_by.metal):
        return f"none: bare metal of {sold_by.title}"
    return f"containers on {sold_by.machines}" if runs_as == "container" else sold_by.machines


def _cluster(stack: Stack) -> str:
    if not stack.nodes:
        return "none of its own"
    return "; ".join(
        f"{name}: {group.count:,} of {group.instance or 'a machine by hand'}"
        f"{_of_cluster(name, stack)}"
        for name, group in stack.nodes.items()
    )


def _of_cluster(group: str, stack: Stack) -> str:
    if group not in kubernetes.in_cluster(stack):
        return ""
    service, version = kubernetes.service_of_cluster(stack), kubernetes.version_of(stack)
    return f" in Kubernetes {version.name}, run by {service.title}"
