"""The description as tables: layers, nodes, storage, network, identities, workloads."""

import math
from collections.abc import Iterable

from models.description.identities import Permission
from models.description.quantities import format_money, format_scaled
from models.description.stack import NodeGroup, Stack, SwitchTree, Workload
from models.parts.place import provider_of
from models.prediction import CapacityWait, Prediction
from reports.building_rows import building_rows
from reports.table import Table, columns, row
from reports.wording import NONE, count, duration, many, number, percent
from reports.workload_report import report_of

NO_NODES = "no nodes of its own"
ACCESS = {"list": "list", "read": "read", "write": "write", "read_write": "read and write"}


def purchase(stack: Stack, group: NodeGroup) -> str:
    """How the nodes of a group are paid for, in words.

    Arguments:
        stack: the description.
        group: the node group.
    """
    return "own" if provider_of(stack).owned else group.purchase.replace("_", "-")


def purchases(stack: Stack) -> str:
    """How the nodes of the stack are paid for, in words.

    Arguments:
        stack: the description.
    """
    bought = dict.fromkeys(purchase(stack, group) for group in stack.nodes.values())
    return " and ".join(bought)


def machines(stack: Stack, prediction: Prediction) -> list[str]:
    """What nodes there are and how they are paid for, one group a line.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    groups, found = {one.name: one for one in prediction.groups}, []
    for name, described in stack.nodes.items():
        group, chips = groups.get(name), ""
        if group is not None and group.accelerators:
            chips = f", {group.accelerators:,} {group.accelerator}"
        spares = f" and {many(described.spares, 'spares')}" if described.spares else ""
        nodes = f"{described.count:,} \N{MULTIPLICATION SIGN} {_kind(described)}{spares}"
        found.append(f"{name}: {nodes}{chips}, {purchase(stack, described)}")
    return found


def waits(stack: Stack, prediction: Prediction) -> list[str]:
    """How long the cloud makes wait for nodes, one group a line: of spot, and of accelerators.

    Nothing is said of nodes that are there: own, or reserved.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    place, groups = provider_of(stack), {one.name: one for one in prediction.groups}
    found = []
    for name, described in stack.nodes.items():
        group = groups.get(name)
        if group is None or place.owned or described.always_paid:
            continue
        if group.wait is not None:
            found.append(f"{name}: {_wait(group.wait)}")
        elif group.accelerators:
            bought = purchase(stack, described)
            text = f"not known for {bought}, {place.title} publishes nothing of it"
            found.append(f"{name}: {text}; `windtunnel find` asks")
    return found


def _wait(wait: CapacityWait) -> str:
    if wait.needed == 0:
        return f"none of {wait.of:,} on spot, work begins without them"
    of = f"{wait.needed:,} of {wait.of:,}" if wait.of > wait.needed else f"{wait.needed:,}"
    text = f"{of} on spot are there at once in {percent(wait.at_once)} of tries"
    if wait.p95 == 0.0:
        return text
    last = "never" if math.isinf(wait.p95) else duration(wait.p95)
    return f"{text}; mean wait {duration(wait.mean)}, P95 {last}"


def changes(prediction: Prediction) -> list[str]:
    """What took the place of values of the file, one a line.

    Arguments:
        prediction: of the stack.
    """
    return [
        f"{one.path}: {one.value or 'nothing'} ({one.before or 'nothing'} in the file)"
        for one in prediction.changes
    ]


def where(stack: Stack) -> str:
    """Cloud, region and zones in words.

    Arguments:
        stack: the description.
    """
    place = provider_of(stack).title
    if stack.region:
        place += f", {stack.region}"
    return f"{place} ({', '.join(stack.zones)})" if stack.zones else place


def layers(stack: Stack, prediction: Prediction) -> Table:
    """The choice that the stack makes for each of the four layers of an ML stack.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    kinds = [(name, report_of(one.kind), one) for name, one in stack.workloads.items()]
    rows = [
        row("Application", _listed(kind.application(name, one) for name, kind, one in kinds)),
        row("Platform and software", _listed(kind.platform(one) for _, kind, one in kinds)),
        *(row(one.name[:1].upper() + one.name[1:], one.choice) for one in prediction.layers),
        row("Hardware", _listed(_hardware(prediction)) or NO_NODES),
        row("Service level", prediction.service_level),
        row("Deployment", _listed(f"{one.name}: {one.mode}" for one in prediction.workloads)),
    ]
    note = (
        "The four layers are ML framework, computing framework, virtual machine manager and"
        " cluster; the service level is what of the stack is rented: machines (IaaS), a platform"
        " (PaaS) or finished programs (SaaS). Deployment is batch, database, streaming, model"
        " server or edge."
    )
    return Table("Layers and service level", columns("Layer", "Choice"), tuple(rows), note=note)


def _listed(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(parts))


def _hardware(prediction: Prediction) -> list[str]:
    groups = [
        f"{group.name}: {many(group.accelerators, 'accelerators')} of"
        f" {format_scaled(group.accelerator_memory, 'B')}"
        if group.accelerators
        else f"{group.name}: {many(group.nodes, 'machines')} of {many(group.vcpus, 'vCPUs')}"
        for group in prediction.groups
    ]
    return groups + [f"{store.name}: {store.made_of}" for store in prediction.stores]


def _kind(group: NodeGroup) -> str:
    if group.machine is None:
        return group.instance or NONE
    machine = group.machine
    chips = f", {machine.accelerators} {machine.accelerator}" if machine.accelerator else ""
    memory = format_scaled(machine.memory, "B")
    return f"machine ({many(machine.vcpus, 'vCPUs')}, {memory}{chips})"


def nodes(stack: Stack, prediction: Prediction) -> Table:
    """The node groups, and how long the cloud makes wait for them.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    rows = tuple(
        row(
            name,
            _kind(group),
            count(group.count),
            count(group.spares),
            purchase(stack, group),
            group.placement,
            format_scaled(group.boot_disk, "B"),
            _overrides(group),
        )
        for name, group in stack.nodes.items()
    )
    heads = columns(
        "Group", "Node", "Count>", "Spares>", "Bought", "Placement", "Boot disk>", "Set by hand"
    )
    waited = ". ".join(f"Wait for {one}" for one in waits(stack, prediction))
    return Table("Nodes", heads, rows, note=f"{waited}." if waited else "")


def _overrides(group: NodeGroup) -> str:
    parts = []
    if group.price is not None:
        parts.append(f"{format_money(group.price)}/h")
    if group.mttf is not None:
        parts.append(f"MTTF {duration(group.mttf)}")
    if group.mttr is not None:
        parts.append(f"MTTR {duration(group.mttr)}")
    return ", ".join(parts) or NONE


def network(stack: Stack) -> Table:
    """The network and, on premises, the building.

    Arguments:
        stack: the description.
    """
    if provider_of(stack).owned:
        rows = [
            row("Links of each node", count(stack.network.links_per_node)),
            row("Switches, one suffices", count(stack.network.switches)),
        ]
        if stack.network.tree is not None:
            rows.append(row("Tree of switches", _tree(stack.network.tree)))
    else:
        login = ", ".join(stack.network.ssh_from) or "from nowhere"
        rows = [row("Private addresses", stack.network.cidr), row("Login by ssh", login)]
    if stack.facility is not None:
        rows += building_rows(stack.facility)
    return Table("Network and facility", columns("Property", "Choice"), tuple(rows))


def _tree(tree: SwitchTree) -> str:
    rail = ", a leaf for each link of a node" if tree.rail else ""
    text = f"{count(tree.leaf_ports)} ports down a leaf{rail}"
    return f"{text}, oversubscribed {number(tree.oversubscription)} to 1, {tree.placement}"


def identities(stack: Stack) -> Table:
    """Users, groups and roles, and what their own policies say.

    Arguments:
        stack: the description.
    """
    rows = tuple(
        row(
            name,
            identity.kind,
            identity.nodes or ", ".join(identity.groups) or NONE,
            "; ".join(map(_permission, identity.permissions)) or NONE,
        )
        for name, identity in stack.identities.items()
    )
    heads = columns("Identity", "Kind", "Nodes or groups", "Policies of its own")
    return Table("Identities", heads, rows)


def _permission(one: Permission) -> str:
    named = (one.access,) if isinstance(one.access, str) else one.access
    what = " and ".join(ACCESS[each] for each in named)
    objects = "" if one.objects == "*" else f"/{one.objects}"
    return (
        f"{'not ' if one.effect == 'deny' else ''}{what} {one.store}{objects}"
        f"{', under conditions' if one.when else ''}"
    )


def workloads(stack: Stack) -> tuple[Table, ...]:
    """What the stack is for, a table for each kind of workload.

    Arguments:
        stack: the description.
    """
    by_kind: dict[str, dict[str, Workload]] = {}
    for name, workload in stack.workloads.items():
        by_kind.setdefault(workload.kind, {})[name] = workload
    return tuple(report_of(kind).described(some) for kind, some in by_kind.items())
