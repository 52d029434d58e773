"""What a description says of virtual nodes and their hosts that can't be."""

from collections.abc import Iterator

from models.catalog.providers import cloud as cloud_of
from models.description.stack import NodeGroup, Stack
from models.parts import kinds
from models.parts.place import provider_of
from models.reading.faults import Fault, PathInFile


def virtual_faults(path: PathInFile, name: str, group: NodeGroup, stack: Stack) -> Iterator[Fault]:
    """What is not so of bare metal, virtual machines and containers.

    Arguments:
        path: of the node group.
        name: of it.
        group: as described.
        stack: that it belongs to.
    """
    if provider_of(stack).owned:
        if group.runs_as is None and (group.overhead or group.hosts):
            what, key = "is of virtual nodes", "overhead" if group.overhead else "hosts"
            yield Fault((*path, key), what, "say runs_as: virtual-machine, or container")
    else:
        metal = cloud_of(stack.cloud).metal
        is_metal = bool(metal) and str(group.instance).endswith(metal)
        if group.runs_as == "bare-metal" and not is_metal:
            text = f"'{group.instance}' is a virtual machine of {provider_of(stack).title}"
            yield Fault((*path, "runs_as"), text)
        if group.hosts is not None:
            yield Fault((*path, "hosts"), "is only for on premises; in a cloud they are its own")
    hosts = group.hosts
    wanted = group.count + group.spares
    if hosts is not None and hosts.count is not None and wanted > hosts.count * hosts.nodes:
        message = f"hold {hosts.count * hosts.nodes:,} nodes, but {wanted:,} are wanted"
        yield Fault((*path, "hosts", "count"), message, "add hosts or take fewer nodes")
    for workload, described in stack.workloads.items():
        kind = kinds.workload_kind(described)
        if group.overhead and name in kind.groups(described) and not kind.slowed:
            text = f"is not reckoned with by '{workload}', of kind {described.kind}"
            yield Fault((*path, "overhead"), text, "give times and rates as they are there")


def host_faults(stack: Stack) -> Iterator[Fault]:
    """Hosts fail alike, and nothing beside them takes nodes along.

    Arguments:
        stack: the description.
    """
    known = {name: one.hosts for name, one in stack.nodes.items() if one.hosts is not None}
    if not known:
        return
    first, *others = known
    for name in others:
        one, other = known[name], known[first]
        if (one.mttf, one.mttr) != (other.mttf, other.mttr):
            text = f"fail at another rate than those of '{first}'; hosts of a stack fail alike"
            yield Fault(("nodes", name, "hosts"), text)
    facility = stack.facility
    if facility is not None and (facility.rack_switches or facility.rack_power):
        text = "take nodes along, as racks with switches or power of their own do"
        yield Fault(("nodes", first, "hosts"), text, "describe hosts or what fails in racks")
