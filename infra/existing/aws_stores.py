"""Stores on AWS: buckets, file systems, and volumes that no node has."""

from infra.existing.aws_nodes import ATTACHMENT, VOLUME
from infra.existing.found import Fate, Found
from infra.existing.kept_stores import add
from infra.existing.resource import Program, Resource
from models.catalog.records import Catalog

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
# What takes the logs of others, by the property that says which bucket does.
LOGGING = {
    "aws:s3/bucketLogging:BucketLogging": "targetBucket",
    "aws:s3/bucketLoggingV2:BucketLoggingV2": "targetBucket",
    "aws:ec2/flowLog:FlowLog": "logDestination",
    "aws:lb/loadBalancer:LoadBalancer": "accessLogs",
    "aws:cloudtrail/trail:Trail": "s3BucketName",
}
EFS = "aws:efs/fileSystem:FileSystem"
LUSTRE = "aws:fsx/lustreFileSystem:LustreFileSystem"
# How EFS calls what it sells, as the catalog has it; it sells bursting where nothing is said.
EFS_SERVICES = {"elastic": "efs-standard", "bursting": "efs-bursting", "": "efs-bursting"}
LEAST_LUSTRE = 1200.0  # GiB


def find(program: Program, found: Found, catalog: Catalog) -> None:
    """Put the stores of a program into a stack.

    Arguments:
        program: its resources.
        found: the stack.
        catalog: that has the services.
    """
    logs = _of_logs(program)
    for resource in program.of(*BUCKETS):
        if resource.key in logs:
            found.tell(resource, Fate.ASIDE, "logs are kept in it, which a stack does by itself")
            continue
        add(found, resource, {"kind": "object", "service": "s3-standard"}, catalog)
    for resource in program.of(EFS):
        mode = resource.text("throughputMode")
        if mode in EFS_SERVICES:
            add(found, resource, {"kind": "nas", "service": EFS_SERVICES[mode]}, catalog)
        else:
            found.tell(resource, Fate.LEFT_OUT, f"the catalog has no EFS with {mode} throughput")
    for resource in program.of(LUSTRE):
        tree = {"kind": "nas", "service": _lustre(resource, catalog)}
        size = resource.number("storageCapacity") or LEAST_LUSTRE
        add(found, resource, {**tree, "size": f"{size:g} GiB"}, catalog)
    _volumes(program, found)


def _of_logs(program: Program) -> set[str]:
    """Keys of the buckets that others write their logs to."""
    return {
        bucket.key
        for kind, key in LOGGING.items()
        for one in program.of(kind)
        for bucket in program.referred(one, key)
        if bucket.type in BUCKETS
    }


def _lustre(resource: Resource, catalog: Catalog) -> str:
    """The service that was bought, by its type and its throughput."""
    kind = resource.text("deploymentType") or "SCRATCH_1"
    throughput = resource.number("perUnitStorageThroughput")
    named = f"fsx-lustre-{kind.lower().replace('_', '-')}"
    return f"{named}-{throughput:g}" if throughput else named


def _volumes(program: Program, found: Found) -> None:
    attached = {
        volume.key: found.groups.get(instance.key, [])
        for one in program.of(ATTACHMENT)
        for volume in program.referred(one, "volumeId")
        for instance in program.referred(one, "instanceId")
    }
    for resource in program.of(ATTACHMENT):
        found.tell(resource, Fate.WITHIN)
    for resource in program.of(VOLUME):
        groups = attached.get(resource.key)
        if groups:
            found.tell(resource, Fate.WITHIN, f"a volume of nodes.{groups[0]}")
        else:
            found.tell(resource, Fate.LEFT_OUT, "no node of the stack has it")
