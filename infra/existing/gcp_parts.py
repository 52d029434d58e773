"""Nodes, stores and identities on Google Cloud."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from infra.existing import kept_stores
from infra.existing.found import Fate, Found, free_name
from infra.existing.node_groups import Machines, Volume, add, alike
from infra.existing.plain_json import sequence, text
from infra.existing.resource import Missing, Program, Resource, number, single
from models.catalog.records import Catalog

INSTANCE = "gcp:compute/instance:Instance"
MANAGERS = (
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
)
TEMPLATES = (
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
POOL, CLUSTER = "gcp:container/nodePool:NodePool", "gcp:container/cluster:Cluster"
DISK, ATTACHED = "gcp:compute/disk:Disk", "gcp:compute/attachedDisk:AttachedDisk"
BUCKET, FILESTORE = "gcp:storage/bucket:Bucket", "gcp:filestore/instance:Instance"
POLICY = "gcp:compute/resourcePolicy:ResourcePolicy"
ACCOUNT = "gcp:serviceaccount/account:Account"
MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember"
# What a role on a bucket lets one do (cloud.google.com/storage/docs/access-control/iam-roles).
ROLES = {
    "roles/storage.objectViewer": "read",
    "roles/storage.objectCreator": "write",
    "roles/storage.objectUser": "read_write",
    "roles/storage.objectAdmin": "read_write",
    "roles/storage.admin": "read_write",
}
POOL_DISK = 100.0  # GiB, of a node of GKE where nothing is said


def find(program: Program, found: Found, catalog: Catalog) -> None:
    """Put nodes, stores and identities of a program into a stack.

    Arguments:
        program: its resources.
        found: the stack.
        catalog: that has instances and services.
    """
    for group in alike(list(_instances(program, found, catalog))):
        add(found, group, catalog, "gcp")
    for resource in program.of(*MANAGERS):
        _manager(program, resource, found, catalog)
    for resource in program.of(POOL, CLUSTER):
        _pool(program, resource, found, catalog)
    for resource in program.of(BUCKET):
        kept_stores.add(found, resource, {"kind": "object", "service": "gcs-standard"}, catalog)
    for resource in program.of(FILESTORE):
        _filestore(resource, found, catalog)
    for resource in program.of(DISK, ATTACHED):
        if resource.key not in found.told:
            found.tell(resource, Fate.LEFT_OUT, "no node of the stack has it")
    _identities(program, found)


def _instance(node: Resource | Mapping[str, Any], catalog: Catalog) -> str:
    """The instance of the catalog that a machine type with its accelerators is."""
    get = node.get
    kind = text(get("machineType")).rpartition("/")[2]
    accelerators = single(get("guestAccelerators") or get("guestAccelerator"))
    named = accelerators if isinstance(accelerators, Mapping) else {}
    accelerator = text(named.get("type")).rpartition("/")[2]
    count = int(number(named.get("count")) or 0)
    for (cloud, name), row in catalog.instances.items():
        if cloud != "gcp" or row.machine_type != kind:
            continue
        # Where the machine type has accelerators of its own, nobody need name them.
        if not accelerator and name == kind:
            return name
        if (row.accelerator_type, row.accelerators) == (accelerator, count):
            return name
    return f"{kind}+{count}x{accelerator}" if accelerator else kind


def _machines(
    node: Resource | Mapping[str, Any], name: str, catalog: Catalog, resources: tuple[Resource, ...]
) -> Machines | None:
    """What a template, an instance or the nodes of a pool say of each."""
    if not text(node.get("machineType")):
        return None
    scheduling = single(node.get("scheduling"))
    scheduled = scheduling if isinstance(scheduling, Mapping) else {}
    spot = (
        scheduled.get("preemptible") is True
        or scheduled.get("provisioningModel") == "SPOT"
        or node.get("spot") is True
        or node.get("preemptible") is True
    )
    return Machines(
        name=name,
        instance=_instance(node, catalog),
        count=1,
        purchase="spot" if spot else "on_demand",
        resources=resources,
    )


def _instances(program: Program, found: Found, catalog: Catalog) -> Iterator[Machines]:
    attached: dict[str, list[tuple[Resource, Resource]]] = {}
    for one in program.of(ATTACHED):
        for instance in program.referred(one, "instance"):
            pairs = attached.setdefault(instance.key, [])
            pairs += [(one, disk) for disk in program.referred(one, "disk")]
    for resource in program.of(INSTANCE):
        machines = _machines(resource, resource.name, catalog, (resource,))
        if machines is None:
            found.tell(resource, Fate.LEFT_OUT, _why_no(resource.get("machineType")))
            continue
        zone = resource.text("zone")
        disks = [one for one in program.referred(resource, "attachedDisks") if one.type == DISK]
        for one, disk in attached.get(resource.key, ()):
            found.tell(one, Fate.WITHIN)
            disks.append(disk)
        for disk in disks:
            found.tell(disk, Fate.WITHIN, "a volume of a node")
        yield replace(
            machines,
            boot_disk=resource.number("bootDisk", "initializeParams", "size"),
            placement=_placement(program, resource),
            volumes=tuple(_disk(one) for one in disks),
            zones=(zone,) if zone else (),
        )


def _placement(program: Program, resource: Resource) -> str:
    """How its policy places nodes: close together, or on different hardware."""
    for one in program.referred(resource, "resourcePolicies"):
        if one.type == POLICY:
            if one.text("groupPlacementPolicy", "collocation") == "COLLOCATED":
                return "cluster"
            if one.number("groupPlacementPolicy", "availabilityDomainCount"):
                return "spread"
    return "none"


def _disk(resource: Resource) -> Volume:
    return Volume(
        resource.name,
        resource.text("type").rpartition("/")[2] or "pd-standard",
        resource.number("size") or 0.0,
        _whole(resource.number("provisionedIops")),
        resource.number("provisionedThroughput"),
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _manager(program: Program, resource: Resource, found: Found, catalog: Catalog) -> None:
    templates = [one for one in program.referred(resource, "versions") if one.type in TEMPLATES]
    machines = (
        _machines(templates[0], resource.name, catalog, (resource, *templates))
        if templates
        else None
    )
    count = resource.number("targetSize")
    if machines is None or count is None:
        what = "how many nodes it has" if machines else "its template"
        found.tell(resource, Fate.LEFT_OUT, f"{what} is not in the file")
        return
    boot, volumes = None, []
    for disk in templates[0].blocks("disks"):
        size = number(disk.get("diskSizeGb"))
        if disk.get("boot") is True:
            boot = size
        elif disk.get("type") != "SCRATCH":  # which comes with the machine
            kind = text(disk.get("diskType")) or "pd-standard"
            iops = number(disk.get("provisionedIops"))
            name = text(disk.get("deviceName"))
            bandwidth = number(disk.get("provisionedThroughput"))
            volumes.append(Volume(name, kind, size or 0.0, _whole(iops), bandwidth))
    zones = [resource.text("zone"), *map(text, sequence(resource.get("distributionPolicyZones")))]
    machines = replace(
        machines,
        count=int(count),
        boot_disk=boot,
        placement=_placement(program, templates[0]),
        volumes=tuple(volumes),
        zones=tuple(one for one in zones if one),
    )
    add(found, machines, catalog, "gcp")


def _pool(program: Program, resource: Resource, found: Found, catalog: Catalog) -> None:
    """Nodes of GKE: so many in each of its zones."""
    if resource.type == CLUSTER and (
        resource.get("removeDefaultNodePool") is True or resource.get("enableAutopilot") is True
    ):
        return
    config = single(resource.get("nodeConfig"))
    node = config if isinstance(config, Mapping) else {}
    machines = _machines(node, resource.name, catalog, (resource,))
    clusters = [one for one in program.referred(resource, "cluster") if one.type == CLUSTER]
    places = [
        one
        for each in (resource, *clusters)
        for one in map(text, sequence(each.get("nodeLocations")))
    ]
    counts = (("nodeCount",), ("initialNodeCount",), ("autoscaling", "minNodeCount"))
    count = next((one for one in (resource.number(*path) for path in counts) if one), None)
    if machines is None or count is None:
        what = "how many nodes it has is" if machines else "the machine type of its nodes is"
        found.tell(resource, Fate.LEFT_OUT, f"{what} not in the file")
        return
    location = next((text(each.get("location")) for each in (resource, *clusters)), "")
    zones = tuple(dict.fromkeys(places)) or ((location,) if location.count("-") > 1 else ())
    disk = number(node.get("diskSizeGb")) or POOL_DISK
    add(
        found,
        replace(machines, count=int(count) * max(1, len(zones)), boot_disk=disk, zones=zones),
        catalog,
        "gcp",
    )
    if not zones:
        for where in found.groups.get(resource.key, ()):
            found.open[f"nodes.{where}.count"] = (
                "the pool has as many in each zone of its region; how many zones is not in the file"
            )


def _filestore(resource: Resource, found: Found, catalog: Catalog) -> None:
    tier = resource.text("tier")
    service = next(
        (
            name
            for (cloud, name), row in catalog.storage_services.items()
            if cloud == "gcp" and row.kind == "nas" and row.type == tier
        ),
        f"filestore-{tier.lower()}",
    )
    size = resource.number("fileShares", "capacityGb")
    tree = {"kind": "nas", "service": service}
    if size:
        tree["size"] = f"{size:g} GiB"
    kept_stores.add(found, resource, tree, catalog)


def _identities(program: Program, found: Found) -> None:
    groups: dict[str, list[str]] = {}
    for one in program.resources:
        for group in found.groups.get(one.key, ()):
            for account in program.referred(one, "serviceAccount"):
                if group not in groups.setdefault(account.key, []):
                    groups[account.key].append(group)
    names: dict[str, list[str]] = {}
    mails: dict[str, list[str]] = {}
    for resource in program.of(ACCOUNT):
        for mail in resource.ids:
            mails.setdefault(mail, []).append(resource.key)
        # An identity of a stack is of one group of nodes, and an account may be of several.
        for group in groups.get(resource.key, ()):
            name = free_name(resource.name, found.identities, "role")
            found.identities[name] = {"nodes": group}
            names.setdefault(resource.key, []).append(name)
        if resource.key in names:
            listed = ", ".join(f"identities.{one}" for one in names[resource.key])
            found.tell(resource, Fate.PART, listed)
        else:
            found.tell(resource, Fate.ASIDE, "no node of the stack has this account")
    for resource in program.of(MEMBER):
        access = ROLES.get(resource.text("role"))
        stores = [
            found.stores[one.key]
            for one in program.referred(resource, "bucket")
            if one.key in found.stores
        ]
        email = resource.text("member").partition(":")[2]  # serviceAccount:EMAIL
        members = [one.key for one in program.referred(resource, "member")] + mails.get(email, [])
        who = [name for key in dict.fromkeys(members) for name in names.get(key, ())]
        if access is None or not stores or not who:
            found.tell(resource, Fate.ASIDE, "no identity of the stack gets a right by it")
            continue
        for name in who:
            permissions = found.identities[name].setdefault("permissions", [])
            permissions.append({"store": stores[0], "access": access})
        found.tell(resource, Fate.WITHIN, ", ".join(f"identities.{one}" for one in who))


def _why_no(value: Any) -> str:
    if isinstance(value, Missing):
        return f"its machine type is {value.value}"
    return "its machine type is not in the file"
