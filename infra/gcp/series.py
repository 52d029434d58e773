"""What machine series of Google Cloud do not take, said before the cloud would refuse it."""

from collections.abc import Iterable

import pulumi

from models.catalog.records import Instance
from models.description.stack import NodeGroup

# https://cloud.google.com/compute/docs/instances/placement-policies-overview lists the others;
# Slurm on Google Cloud refuses these too (slurm-gcp, valid_placement_node).
NEVER_COMPACT = ("e2-", "n1-", "t2a-", "t2d-")
# In a managed instance group these are placed by a workload policy; that of A4X must be there.
# https://cloud.google.com/compute/docs/instance-groups/about-workload-policies
BY_WORKLOAD_POLICY = (
    "a3-highgpu-8g",
    "a3-megagpu",
    "a3-ultragpu",
    "a4-",
    "a4x-",
    "h4d-",
)
# Disks that a series takes; the more special come first, and others are left to the cloud.
# https://cloud.google.com/compute/docs/accelerator-optimized-machines and
# https://cloud.google.com/compute/docs/disks/hyperdisks
_BOTH = ("hyperdisk-balanced", "hyperdisk-ml", "hyperdisk-throughput", "pd-balanced", "pd-ssd")
_ONLY_HYPERDISK = ("hyperdisk-balanced", "hyperdisk-extreme")
_ONLY_PERSISTENT = ("pd-balanced", "pd-ssd", "pd-standard")
DISKS = {
    "a2-": (*_ONLY_PERSISTENT, "hyperdisk-ml"),
    "a3-ultragpu": _ONLY_HYPERDISK,
    # Hyperdisk Extreme needs four GPUs on A3.
    "a3-highgpu-1g": _BOTH,
    "a3-highgpu-2g": _BOTH,
    "a3-": (*_BOTH, "hyperdisk-extreme"),
    "a4-": _ONLY_HYPERDISK,
    "a4x-": _ONLY_HYPERDISK,
    "c2-": _ONLY_PERSISTENT,
    "c3-": (*_BOTH, "hyperdisk-extreme"),
    "e2-": (*_ONLY_PERSISTENT, "pd-extreme"),
    "g2-": ("hyperdisk-ml", "hyperdisk-throughput", "pd-balanced", "pd-ssd"),
    "n1-": _ONLY_PERSISTENT,
}
# https://cloud.google.com/compute/docs/disks/hd-types/hyperdisk-extreme
EXTREME_NEEDS_VCPUS = {"c3-": 88, "n2-": 80}


def refuse_compact_placement(group: str, instance: Instance, description: NodeGroup) -> None:
    """Stop where Google Cloud would refuse to place nodes close together.

    Arguments:
        group: name of the node group.
        instance: its instance.
        description: the group as described.

    Raises:
        pulumi.RunError: its machine series takes no compact placement policy.
    """
    if description.placement == "cluster" and instance.name.startswith(NEVER_COMPACT):
        raise pulumi.RunError(
            f"nodes.{group}.placement: Google Cloud does not place {_series(instance)} machines "
            "close together; use 'none' or 'spread', or another machine series"
        )


def unplaced(group: str, instance: Instance, description: NodeGroup) -> str:
    """What to say where nodes should be placed by a policy that is not built; else empty.

    Arguments:
        group: name of the node group.
        instance: its instance.
        description: the group as described.
    """
    if description.placement != "cluster" or not instance.name.startswith(BY_WORKLOAD_POLICY):
        return ""
    return (
        f"nodes.{group}.placement: Google Cloud places groups of {instance.name} by a workload "
        "policy, which is not built; its nodes get a compact placement policy instead, which "
        "may be refused or place them further apart"
    )


def refuse_disks(group: str, instance: Instance, disks: Iterable[tuple[str, str]]) -> None:
    """Stop where Google Cloud would refuse to attach a disk.

    Arguments:
        group: name of the node group.
        instance: its instance.
        disks: for each volume its store and its type.

    Raises:
        pulumi.RunError: the machine series does not take a disk of that type.
    """
    taken = next((kinds for start, kinds in DISKS.items() if instance.name.startswith(start)), ())
    needed = EXTREME_NEEDS_VCPUS.get(f"{_series(instance)}-".lower(), 0)
    for store, kind in disks:
        if taken and kind not in taken:
            raise pulumi.RunError(
                f"storage.{store}.service: nodes.{group} are {instance.name}, which take no "
                f"'{kind}'; one of {', '.join(sorted(taken))}"
            )
        if kind == "hyperdisk-extreme" and instance.vcpus < needed:
            raise pulumi.RunError(
                f"storage.{store}.service: '{kind}' needs {needed} vCPUs on {_series(instance)}; "
                f"nodes.{group} are {instance.name}, which have {instance.vcpus}"
            )


def _series(instance: Instance) -> str:
    return instance.name.partition("-")[0].upper()
