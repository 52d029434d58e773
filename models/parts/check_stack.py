"""What a description must satisfy beyond its shape: names that exist, and a stack that can work."""

import ipaddress
from collections.abc import Iterator

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog
from models.description.stack import (
    BlockVolume,
    LocalDisks,
    ObjectStore,
    SanVolume,
    Stack,
    Training,
)
from models.parts import building as facility
from models.parts import check_stores, energy, node_group, whole
from models.parts import shared_network as network
from models.parts.facts import Facts
from models.parts.workloads import training_job
from models.parts.workloads.accelerator_rate import Impossible
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile

# Where a building describes units that may be too few.
_UNITS = {"UPS": ("power", "ups"), "generators": ("power", "generators"), "cooling": ("cooling",)}


def check(stack: Stack, catalog: Catalog) -> list[Fault]:
    """Every fault that the shape of a description does not show.

    Arguments:
        stack: the description.
        catalog: the facts that its names refer to.
    """
    faults = [
        *_place(stack, catalog),
        *_failure_rates(stack, catalog),
        *_names(stack, catalog),
        *_nodes(stack, catalog),
        *check_stores.names(stack, catalog),
        *_identities(stack),
        *_workloads(stack, catalog),
        *_objectives(stack),
    ]
    # What the laws find impossible is only worth saying of a stack whose names all exist.
    return faults or [*_possible(stack, catalog)]


def _place(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    if stack.cloud == "on-premises":
        if stack.region is not None:
            yield Fault(("region",), "is only for a cloud; on premises there is none")
        if stack.zones:
            yield Fault(("zones",), "are only for a cloud; on premises there are none")
        return
    for key in ("links_per_node", "switches"):
        if getattr(stack.network, key) != 1:
            yield Fault(
                ("network", key), "is only for on premises; in a cloud it is the provider's"
            )
    if stack.facility is not None:
        yield Fault(
            ("facility",), "is only for on premises; in a cloud the building is the provider's"
        )
    if stack.region is None:
        yield Fault(("region",), f"is required for {stack.cloud} but not given")
        return
    regions = {
        name: row for (provider, name), row in catalog.regions.items() if provider == stack.cloud
    }
    if stack.region not in regions:
        yield unknown(
            ("region",), UnknownName(f"{stack.cloud} region", stack.region, tuple(regions))
        )
        return
    for index, zone in enumerate(stack.zones):
        if zone not in regions[stack.region].zones:
            others = [name for name, row in regions.items() if zone in row.zones]
            message = f"'{zone}' is not a zone of {stack.region}" + (
                f" but of {others[0]}" if others else ""
            )
            yield Fault(
                ("zones", index), message, f"its zones: {', '.join(regions[stack.region].zones)}"
            )
        if zone in stack.zones[:index]:
            yield Fault(("zones", index), f"'{zone}' is given twice")


def _failure_rates(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    for name in stack.failure_rates:
        if name not in catalog.failure_rates:
            error = UnknownName("component", name, tuple(catalog.failure_rates))
            yield unknown(("failure_rates", name), error)


def _names(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Each block of the availability diagram has a name of its own."""
    shared = network.component(stack, Facts(catalog, stack.failure_rates)).name
    for key, names in (("nodes", stack.nodes), ("storage", stack.storage)):
        if shared in names:
            message = f"'{shared}' is the name of what all nodes share"
            yield Fault((key, shared), message, "give it another name")
    for name in stack.storage:
        if name in stack.nodes:
            message = f"'{name}' is the name of a node group, too"
            yield Fault(("storage", name), message, "give one of them another name")


def _nodes(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    facts = Facts(catalog, stack.failure_rates)
    for name, group in stack.nodes.items():
        path: PathInFile = ("nodes", name)
        if group.machine is not None and stack.cloud != "on-premises":
            yield Fault(
                (*path, "machine"), f"can't be had on {stack.cloud}", "name an instance instead"
            )
            continue
        if group.purchase != "on_demand" and stack.cloud == "on-premises":
            yield Fault((*path, "purchase"), f"'{group.purchase}' is only for a cloud")
        try:
            node_group.hardware(group, stack.cloud, facts)
        except UnknownName as error:
            yield unknown((*path, "instance" if group.instance else "machine"), error)
            continue
        try:
            node_group.hourly_price(group, stack, facts)
        except UnknownName as error:
            if stack.region and (stack.cloud, stack.region) in catalog.regions:
                hint = "give 'price', or choose another region or purchase"
                yield Fault(
                    (*path, "purchase" if error.kind == "purchase" else "instance"),
                    f"has no known price: {error}",
                    hint,
                )


def _identities(stack: Stack) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for name, identity in stack.identities.items():
        path: PathInFile = ("identities", name)
        yield from reference((*path, "nodes"), identity.nodes, stack.nodes, "node group")
        if identity.nodes in taken:
            yield Fault(
                (*path, "nodes"),
                f"'{identity.nodes}' already takes the role '{taken[identity.nodes]}'",
            )
        taken.setdefault(identity.nodes, name)
        for index, permission in enumerate(identity.permissions):
            yield from reference(
                (*path, "permissions", index, "store"), permission.store, stack.storage, "store"
            )


def _workloads(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    for name, workload in stack.workloads.items():
        path: PathInFile = ("workloads", name)
        yield from reference((*path, "nodes"), workload.nodes, stack.nodes, "node group")
        yield from reference(
            (*path, "dataset", "store"), workload.dataset.store, stack.storage, "store"
        )
        yield from reference(
            (*path, "checkpoint", "store"), workload.checkpoint.store, stack.storage, "store"
        )
        for index, earlier in enumerate(workload.after):
            yield from reference((*path, "after", index), earlier, stack.workloads, "workload")
        if workload.network is not None and workload.network not in catalog.neural_networks:
            names = tuple(catalog.neural_networks)
            yield unknown((*path, "network"), UnknownName("network", workload.network, names))
        if workload.software not in catalog.software:
            names = tuple(catalog.software)
            yield unknown((*path, "software"), UnknownName("software", workload.software, names))
        yield from _reach(path, workload, stack)
    yield from _order(stack)


def _reach(path: PathInFile, workload: Training, stack: Stack) -> Iterator[Fault]:
    """A volume is only seen by its own nodes; a role must allow what the workload does."""
    for key, name in (
        ("dataset", workload.dataset.store),
        ("checkpoint", workload.checkpoint.store),
    ):
        described = stack.storage.get(name)
        if isinstance(described, BlockVolume | SanVolume | LocalDisks):
            yield from _own_volume((*path, key, "store"), name, described.nodes, workload, stack)
        roles = [role for role in stack.identities.values() if role.nodes == workload.nodes]
        if isinstance(described, ObjectStore) and roles:
            # A restart reads what was saved.
            wanted = "read" if key == "dataset" else "read_write"
            granted = {p.access for role in roles for p in role.permissions if p.store == name}
            if not granted & {wanted, "read_write"} and granted != {"read", "write"}:
                message = f"'{name}' may not be used for {wanted} by the role of {workload.nodes}"
                hint = f"add {{store: {name}, access: {wanted}}} to its permissions"
                yield Fault((*path, key, "store"), message, hint)


def _own_volume(
    path: PathInFile, name: str, nodes: str, workload: Training, stack: Stack
) -> Iterator[Fault]:
    if nodes != workload.nodes and nodes in stack.nodes:  # else that is the fault
        yield Fault(path, f"'{name}' is attached to {nodes}, not to {workload.nodes}")
    group = stack.nodes.get(workload.nodes)
    if path[-2] == "checkpoint" and group and group.count > 1:
        message = f"'{name}' is a volume of each node, which the others can't read"
        yield Fault(path, message, "save to a store that the nodes share")


def _order(stack: Stack) -> Iterator[Fault]:
    """Workloads wait for each other without a cycle, and share nodes only one after the other."""
    before = {name: _all_before(name, stack) for name in stack.workloads}
    for name, earlier in before.items():
        if name in earlier:
            yield Fault(
                ("workloads", name, "after"), "waits for itself, directly or through others"
            )
    if any(name in earlier for name, earlier in before.items()):
        return
    names = list(stack.workloads)
    for position, name in enumerate(names):
        for other in names[:position]:
            same = stack.workloads[name].nodes == stack.workloads[other].nodes
            if same and name not in before[other] and other not in before[name]:
                message = f"runs on the nodes of '{other}' at the same time"
                yield Fault(
                    ("workloads", name), message, f"say 'after: [{other}]', or use other nodes"
                )


def _all_before(name: str, stack: Stack) -> set[str]:
    found: set[str] = set()
    waiting = list(stack.workloads[name].after)
    while waiting:
        earlier = waiting.pop()
        if earlier not in found and earlier in stack.workloads:
            found.add(earlier)
            waiting.extend(stack.workloads[earlier].after)
    return found


def _objectives(stack: Stack) -> Iterator[Fault]:
    deadline = stack.objectives.deadline
    if deadline is not None:
        yield from reference(
            ("objectives", "deadline", "workload"), deadline.workload, stack.workloads, "workload"
        )


def _possible(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    facts = Facts(catalog, stack.failure_rates)
    for name in stack.workloads:
        try:
            training_job.training_job(name, stack, facts)
        except (Impossible, UnknownName) as error:
            yield Fault(("workloads", name), str(error))
    for name, group in stack.nodes.items():
        try:
            node_group.cost_lines(name, group, stack, facts)
            node_group.component(name, group, stack, facts)
        except UnknownName as error:
            yield Fault(("nodes", name), str(error))
    yield from check_stores.possible(stack, facts)
    yield from _building(stack, facts)
    yield from _room(stack)
    yield from _used(stack, catalog)


def _used(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Failure rates of its own are of something that the stack has."""
    if not stack.failure_rates:
        return
    facts = Facts(catalog, stack.failure_rates)
    try:
        whole.components(stack, facts)
    except (ValueError, LookupError):
        return  # of which another fault tells
    used = facts.failing_components()
    for name in stack.failure_rates:
        if name not in used:
            message = f"is of nothing in this stack, which uses {', '.join(used)}"
            yield Fault(("failure_rates", name), message)


def _building(stack: Stack, facts: Facts) -> Iterator[Fault]:
    """Power and cooling carry the nodes; its grid is known."""
    if stack.facility is None:
        return
    try:
        facility.components(stack, facts)
        facility.racks(stack, facts)
        if stack.facility.electricity is not None:
            energy.draw(stack, facts)
    except UnknownName as error:
        yield unknown(("facility", "electricity", "grid"), error)
    except energy.TooSmall as error:
        yield Fault(("facility", *_UNITS[error.what], "units"), error.message)
    except ValueError as error:
        yield Fault(("facility",), str(error))


def _room(stack: Stack) -> Iterator[Fault]:
    """Hardware is bounded: so many slots in racks, so many addresses in a subnet, and no more."""
    wanted = sum(group.count + group.spares for group in stack.nodes.values())
    if stack.facility is not None and stack.facility.racks and stack.facility.nodes_per_rack:
        slots = stack.facility.racks * stack.facility.nodes_per_rack
        if wanted > slots:
            message = f"have slots for {slots:,} nodes, but {wanted:,} are wanted"
            yield Fault(("facility", "racks"), message, "add racks or take fewer nodes")
    if stack.cloud != "on-premises":
        # A quarter of the range is the subnet of the nodes; a cloud keeps five addresses of it.
        room = ipaddress.ip_network(stack.network.cidr).num_addresses // 4 - 5
        if wanted > room:
            message = f"has room for {room:,} nodes, but {wanted:,} are wanted"
            yield Fault(("network", "cidr"), message, "take a larger range or fewer nodes")
