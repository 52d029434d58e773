"""A Kubernetes cluster of a stack: what can't be had of it, how it fails, what it is billed."""

from collections.abc import Iterator
from dataclasses import replace

from models.catalog.errors import UnknownName
from models.catalog.provider_record import KubernetesService, KubernetesVersion
from models.catalog.providers import CLOUDS, service_of
from models.catalog.providers import cloud as cloud_of
from models.description.kubernetes import Kubernetes
from models.description.stack import NodeGroup, Stack
from models.parts import kinds
from models.parts.billing import billed_line
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.prediction import CostLine, Finding
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile

NAME = "kubernetes"  # of the part, and of its block
_DATE = "%d %B %Y"
_ITS_OWN = "kube-"  # so names of namespaces begin that are Kubernetes' own


def in_cluster(stack: Stack) -> tuple[str, ...]:
    """Node groups that are nodes of the cluster.

    Arguments:
        stack: the description.
    """
    return () if stack.kubernetes is None else stack.kubernetes.nodes


def service_of_cluster(stack: Stack) -> KubernetesService:
    """The service that runs the control plane of a stack's cluster.

    Arguments:
        stack: the description, whose cloud has one.
    """
    service = cloud_of(stack.cloud).kubernetes
    assert service is not None, "the description has been checked"
    return service


def version_of(stack: Stack) -> KubernetesVersion:
    """The version of a stack's cluster.

    Arguments:
        stack: the description, whose version is known.
    """
    assert stack.kubernetes is not None, "it has a cluster"
    version = service_of_cluster(stack).version(stack.kubernetes.version)
    assert version is not None, "the description has been checked"
    return version


def faults(stack: Stack) -> Iterator[Fault]:
    """Clusters that the cloud doesn't run, and nodes that can't be in one.

    Arguments:
        stack: the description.
    """
    cluster = stack.kubernetes
    if cluster is None:
        return
    sold_by = CLOUDS.get(stack.cloud)
    service = None if sold_by is None else sold_by.kubernetes
    if service is None:
        text = f"is run by no service that is built on {stack.cloud}"
        yield Fault((NAME,), text, "leave it out")
        return
    yield from _version_faults(cluster, service)
    if stack.name == "default" or stack.name.startswith(_ITS_OWN):
        text = (
            f"'{stack.name}' is a namespace of Kubernetes itself, and that of a stack has its name"
        )
        yield Fault(("name",), text, "call it otherwise")
    for name in cluster.add_ons:
        if name not in service.add_ons:
            error = UnknownName(f"add-on of {service.title}", name, service.add_ons)
            yield unknown((NAME, "add_ons", name), error)
    if len(stack.zones) < service.least_zones:
        text = f"are {max(1, len(stack.zones))}; the control plane of a cluster has addresses in"
        yield Fault(("zones",), f"{text} {service.least_zones} at least", "name one more")
    for index, name in enumerate(cluster.nodes):
        path: PathInFile = (NAME, "nodes", index)
        yield from reference(path, name, stack.nodes, "node group")
        if name in cluster.nodes[:index]:
            yield Fault(path, f"'{name}' is given twice")
        elif name in stack.nodes:
            yield from _node_faults(path, name, stack.nodes[name], service, stack)


def _version_faults(cluster: Kubernetes, service: KubernetesService) -> Iterator[Fault]:
    version = service.version(cluster.version)
    if version is None:
        names = tuple(one.name for one in service.versions)
        error = UnknownName(f"version of {service.title}", str(cluster.version), names)
        yield unknown((NAME, "version"), error)
    elif version.is_old(service.seen) and cluster.support == "standard":
        text = f"{version.name} is out of standard support since {version.standard_until:{_DATE}}"
        hint = f"take {service.versions[0].name}, or say `support: extended`"
        yield Fault((NAME, "version"), text, hint)


def _node_faults(
    path: PathInFile, name: str, group: NodeGroup, service: KubernetesService, stack: Stack
) -> Iterator[Fault]:
    rented = service_of(stack.cloud, str(group.instance))
    if rented is not None:
        yield Fault(path, f"'{name}' are instances of {rented.name}, which runs them itself")
    for key in ("image", "setup"):
        if getattr(group, key) is not None:
            text = f"is for {service.title} to say of nodes of a cluster"
            yield Fault(("nodes", name, key), text, "leave it out; containers bring what they need")
    for store, described in stack.storage.items():
        if getattr(described, "nodes", None) == name:
            text = f"is on the nodes of '{name}', whose containers would not see it"
            yield Fault(("storage", store, "nodes"), text, "take another kind of store")
    for workload, one in stack.workloads.items():
        for where, why in kinds.workload_kind(one).uncontained(one, name):
            yield Fault(("workloads", workload, *where), why)


def components(stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How its control plane fails: work goes on without it, and nothing new is started.

    Arguments:
        stack: that it belongs to.
        facts: the catalog.
    """
    if stack.kubernetes is None:
        return ()
    rate = facts.failure_rate(service_of_cluster(stack).outage)
    cause = Cause("outage", rate.mttf, rate.mttr)
    return (Component(NAME, 0, 1, (cause,), False, rate.component),)


def cost_lines(stack: Stack, facts: Facts) -> Iterator[CostLine]:
    """What its control plane is billed by the hour, and the key of its secrets.

    Arguments:
        stack: that it belongs to.
        facts: the catalog.
    """
    if stack.kubernetes is None:
        return
    service, version = service_of_cluster(stack), version_of(stack)
    old = version.is_old(service.seen)
    billed = service.extended if old else service.standard
    item = f"{service.title} cluster, {'extended' if old else 'standard'} support"
    line = billed_line(NAME, item, 1, "clusters", billed, stack, facts)
    if stack.kubernetes.support == "extended" and not old and line.unit_price:
        later = billed_line(NAME, item, 1, "clusters", service.extended, stack, facts)
        if later.unit_price:
            line = replace(line, high=later.unit_price / line.unit_price)
    yield line
    keys = cloud_of(stack.cloud).keys
    yield billed_line(NAME, "key of its secrets", 1, "keys", keys, stack, facts)


def findings(stack: Stack) -> Iterator[Finding]:
    """What a reader must know of it before believing a figure.

    Arguments:
        stack: the description.
    """
    if stack.kubernetes is None:
        return
    service, version = service_of_cluster(stack), version_of(stack)
    ends, old = version.standard_until, version.is_old(service.seen)
    if not old:
        then = (
            "it costs what extended support does"
            if stack.kubernetes.support == "extended"
            else f"{service.title} upgrades it"
        )
        text = f"standard support of {version.name} ends on {ends:{_DATE}}; from then on {then}"
        yield Finding("note", NAME, text)
    text = (
        "while its control plane is away containers go on, and none that is lost is started anew;"
        " that both come together is not counted"
    )
    yield Finding("note", NAME, text)
