"""What a description must satisfy beyond its shape, before the laws are asked: names that exist."""

import ipaddress
from collections.abc import Iterator

from models.catalog.errors import UnknownName
from models.catalog.providers import cloud as cloud_of
from models.catalog.records import Catalog
from models.description.stack import Deadline, Lag, Latency, Loss, Stack, Workload
from models.parts import alarms, kinds, kubernetes, network_block, node_group, notebooks
from models.parts.check_identities import identity_faults
from models.parts.check_reservations import or_one_zone, reservation_faults
from models.parts.check_virtual import host_faults, virtual_faults
from models.parts.facts import Facts
from models.parts.managed_nodes import nodes_faults
from models.parts.permissions import kept_from
from models.parts.place import provider_of
from models.parts.stores.store_kind import Reach
from models.parts.use import Use
from models.parts.zones import in_all_zones
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile


def check(stack: Stack, catalog: Catalog) -> list[Fault]:
    """Every fault that neither the shape of a description nor the laws show.

    Arguments:
        stack: the description.
        catalog: the facts that its names refer to.
    """
    faults = [
        *_place(stack, catalog),
        *_failure_rates(stack, catalog),
        *_names(stack, catalog),
        *_nodes(stack, catalog),
        *host_faults(stack),
        *_stores(stack, catalog),
        *identity_faults(stack),
        *_workloads(stack, catalog),
        *_objectives(stack),
        *alarms.faults(stack),
        *notebooks.faults(stack),
        *kubernetes.faults(stack),
    ]
    # Who reaches what, and whether there is room, is only worth saying once all names exist.
    return faults or [*_reach(stack, catalog), *_room(stack)]


def _place(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    if provider_of(stack).owned:
        if stack.region is not None:
            yield Fault(("region",), "is only for a cloud; on premises there is none")
        if stack.zones:
            yield Fault(("zones",), "are only for a cloud; on premises there are none")
        for key in ("session_manager", "instance_connect", "endpoints"):
            if getattr(stack.network, key):
                yield Fault(("network", key), "is only for a cloud")
        if stack.encryption == "customer_key":
            yield Fault(("encryption",), "customer_key is only for a cloud", "leave it out")
        return
    for key in ("links_per_node", "switches", "tree"):
        if getattr(stack.network, key) != type(stack.network).model_fields[key].default:
            yield Fault(
                ("network", key), "is only for on premises; in a cloud it is the provider's"
            )
    for key in ("session_manager", "instance_connect", "endpoints"):
        if getattr(stack.network, key) and not cloud_of(stack.cloud).shells:
            yield Fault(("network", key), f"is of AWS, not of {stack.cloud}", "leave it out")
    if stack.encryption == "customer_key" and cloud_of(stack.cloud).keys is None:
        what = f"customer_key is of AWS, and none is made on {stack.cloud}"
        yield Fault(("encryption",), what, "leave it out")
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
    for index, service in enumerate(stack.network.endpoints):
        if service in stack.network.endpoints[:index]:
            yield Fault(("network", "endpoints", index), f"'{service}' is given twice")
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
    shared = network_block.component(stack, Facts(catalog, stack.failure_rates)).name
    for key, names in (("nodes", stack.nodes), ("storage", stack.storage)):
        if shared in names:
            message = f"'{shared}' is the name of what all nodes share"
            yield Fault((key, shared), message, "give it another name")
        if stack.kubernetes is not None and kubernetes.NAME in names:
            message = f"'{kubernetes.NAME}' is the name of the cluster"
            yield Fault((key, kubernetes.NAME), message, "give it another name")
    for name in stack.storage:
        if name in stack.nodes:
            message = f"'{name}' is the name of a node group, too"
            yield Fault(("storage", name), message, "give one of them another name")


def _nodes(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    facts = Facts(catalog, stack.failure_rates)
    for name, group in stack.nodes.items():
        path: PathInFile = ("nodes", name)
        if group.machine is not None and not provider_of(stack).owned:
            yield Fault(
                (*path, "machine"), f"can't be had on {stack.cloud}", "name an instance instead"
            )
            continue
        if group.placement == "cluster" and in_all_zones(stack):
            message = f"'cluster' keeps nodes in one zone, and these stand in {len(stack.zones)}"
            yield Fault((*path, "placement"), message, f"say 'none'{or_one_zone(stack)}")
        yield from reservation_faults(path, group, stack)
        yield from virtual_faults(path, name, group, stack)
        for key in ("image", "setup"):
            if provider_of(stack).owned and getattr(group, key) is not None:
                yield Fault((*path, key), "is only for a cloud; nothing is built on premises")
        if provider_of(stack).owned and group.own is not None:
            yield Fault((*path, "own"), "is held against a cloud's price; these are one's own")
        try:
            node_group.hardware(group, stack.cloud, facts)
        except UnknownName as error:
            yield unknown((*path, "instance" if group.instance else "machine"), error)
            continue
        if group.purchase == "reserved" and node_group.hourly_price(group, stack, facts) is None:
            yield Fault(
                (*path, "purchase"),
                "has no known price, since what is reserved is sold at terms of your own",
                "give 'price': what you pay for one node an hour",
            )


def _stores(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    for name, store in stack.storage.items():
        yield from kinds.store_kind(store).faults(("storage", name), store, stack, catalog)


def _workloads(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    for name, workload in stack.workloads.items():
        path: PathInFile = ("workloads", name)
        kind = kinds.workload_kind(workload)
        yield from kind.faults(name, workload, stack, catalog)
        for group in dict.fromkeys(kind.groups(workload)):
            yield from nodes_faults(path, group, kind.hires(workload), stack, catalog)
        for index, earlier in enumerate(workload.after):
            yield from reference((*path, "after", index), earlier, stack.workloads, "workload")
            if earlier in stack.workloads and not _completes(earlier, stack):
                message = f"'{earlier}' is never complete, so that nothing can come after it"
                yield Fault((*path, "after", index), message)
    yield from _order(stack)


def _reach(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """A volume is only seen by its own nodes; a role must allow what the workload does."""
    facts = Facts(catalog, stack.failure_rates)
    for name, workload in stack.workloads.items():
        for use in kinds.workload_kind(workload).uses(name, workload, stack, facts):
            path: PathInFile = ("workloads", name, use.key, "store")
            reach = kinds.store_kind(stack.storage[use.store]).reach
            if reach is Reach.ATTACHED:
                yield from _own_volume(path, use, stack)
            elif reach is Reach.ROLE:
                yield from _allowed(path, use, stack)


def _own_volume(path: PathInFile, use: Use, stack: Stack) -> Iterator[Fault]:
    attached = getattr(stack.storage[use.store], "nodes")  # noqa: B009  # each of that reach has it
    if attached != use.nodes:
        yield Fault(path, f"'{use.store}' is attached to {attached}, not to {use.nodes}")
    if use.between_nodes and stack.nodes[use.nodes].count > 1:
        message = f"'{use.store}' is a volume of each node, which the others can't read"
        yield Fault(path, message, "save to a store that the nodes share")


def _allowed(path: PathInFile, use: Use, stack: Stack) -> Iterator[Fault]:
    takes_a_role = any(role.nodes == use.nodes for role in stack.identities.values())
    if takes_a_role and kept_from(stack, use):
        message = f"'{use.store}' may not be used for {use.access} by the role of {use.nodes}"
        hint = f"add {{store: {use.store}, access: {use.access}}} to its permissions"
        yield Fault(path, message, hint)


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
    # Later ones wait for earlier ones of this order, so that all advice can be taken at once:
    # whoever waits stands after what it waits for, and last stands what nothing can wait for.
    order = sorted(stack.workloads, key=lambda one: (not _completes(one, stack), len(before[one])))
    for position, name in enumerate(order):
        others = [
            other
            for other in order[:position]
            if _together(name, other, stack)
            and other not in before[name]
            and name not in before[other]
        ]
        if others:
            yield _at_once(name, others, stack)


def _at_once(name: str, others: list[str], stack: Stack) -> Fault:
    """The fault of a workload on nodes that others have for themselves, and what would help."""
    whose = " and ".join(f"'{other}'" for other in others)
    message = f"runs on the nodes of {whose} at the same time"
    endless = [other for other in others if not _completes(other, stack)]
    if endless:
        message += f", and {' and '.join(endless)} {'is' if len(endless) == 1 else 'are'} never"
        return Fault(("workloads", name), f"{message} complete", "use other nodes")
    after = ", ".join((*stack.workloads[name].after, *others))
    return Fault(("workloads", name), message, f"say 'after: [{after}]', or use other nodes")


def _completes(name: str, stack: Stack) -> bool:
    described = stack.workloads[name]
    return kinds.workload_kind(described).completes(described)


def _together(name: str, other: str, stack: Stack) -> bool:
    """Both run on some of the same nodes, which one of them has for itself."""
    pair = [stack.workloads[name], stack.workloads[other]]
    mine, theirs = (set(kinds.workload_kind(one).groups(one)) for one in pair)
    return bool(mine & theirs) and any(kinds.workload_kind(one).alone for one in pair)


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
    wanted = stack.objectives
    for key, objective in (
        ("deadline", wanted.deadline),
        ("latency", wanted.latency),
        ("loss", wanted.loss),
        ("lag", wanted.lag),
    ):
        if objective is None:
            continue
        path: PathInFile = ("objectives", key, "workload")
        yield from reference(path, objective.workload, stack.workloads, "workload")
        meant = stack.workloads.get(objective.workload)
        if meant is None:
            continue
        if why := _why_not(objective, meant):
            yield Fault(path, f"'{objective.workload}' is of kind {meant.kind} and {why}")


def _why_not(objective: Deadline | Latency | Loss | Lag, meant: Workload) -> str:
    """Why a workload can have no such objective; empty where it can."""
    kind = kinds.workload_kind(meant)
    match objective:
        case Deadline():
            return "" if kind.completes(meant) else "is never complete"
        case Lag():
            return "" if kind.lags else "reads no log"
        case _:
            return "" if kind.serves else "answers no requests"


def _room(stack: Stack) -> Iterator[Fault]:
    """Hardware is bounded: so many slots in racks, so many addresses in a subnet, and no more."""
    wanted = sum(group.count + group.spares for group in stack.nodes.values())
    if stack.facility is not None and stack.facility.racks and stack.facility.nodes_per_rack:
        slots = stack.facility.racks * stack.facility.nodes_per_rack
        if wanted > slots:
            message = f"have slots for {slots:,} nodes, but {wanted:,} are wanted"
            yield Fault(("facility", "racks"), message, "add racks or take fewer nodes")
    if not provider_of(stack).owned:
        # A quarter of the range is the subnet of the nodes; a cloud keeps five addresses of it.
        room = ipaddress.ip_network(stack.network.cidr).num_addresses // 4 - 5
        if wanted > room:
            message = f"has room for {room:,} nodes, but {wanted:,} are wanted"
            yield Fault(("network", "cidr"), message, "take a larger range or fewer nodes")
