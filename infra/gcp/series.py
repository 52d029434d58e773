"""What machine series of Google Cloud do not take, said before the cloud would refuse it."""

from collections.abc import Iterable

import pulumi

from models.catalog.records import Instance
from models.description.stack import NodeGroup

# https://cloud.google.com/compute/docs/instances/placement-policies-overview lists the others;
# Slurm on Google Cloud refuses these too (slurm-gcp, valid_placement_node).
NEVER_COMPACT = {"e2", "n1", "t2a", "t2d"}
# In a managed instance group these are placed by a workload policy; that of A4X must be there.
# https://cloud.google.com/compute/docs/instance-groups/about-workload-policies
BY_WORKLOAD_POLICY = {"a3-highgpu", "a3-megagpu", "a3-ultragpu", "a4", "a4x", "h4d"}
WHOLE_HOST = 8  # accelerators of A3 High from which that holds
# Disks that a series takes; others are left to the cloud.
# https://cloud.google.com/compute/docs/accelerator-optimized-machines and
# https://cloud.google.com/compute/docs/disks/hyperdisks
_BOTH = ("hyperdisk-balanced", "hyperdisk-ml", "hyperdisk-throughput", "pd-balanced", "pd-ssd")
_ONLY_HYPERDISK = ("hyperdisk-balanced", "hyperdisk-extreme")
_ONLY_PERSISTENT = ("pd-balanced", "pd-ssd", "pd-standard")
_WITH_EXTREME = (*_BOTH, "hyperdisk-extreme")
DISKS = {
    "a2": (*_ONLY_PERSISTENT, "hyperdisk-ml"),
    "a3-ultragpu": _ONLY_HYPERDISK,
    "a3-edgegpu": _WITH_EXTREME,
    "a3-highgpu": _WITH_EXTREME,
    "a3-megagpu": _WITH_EXTREME,
    "a4": _ONLY_HYPERDISK,
    "a4x": _ONLY_HYPERDISK,
    "c2": _ONLY_PERSISTENT,
    "c3": _WITH_EXTREME,
    "e2": (*_ONLY_PERSISTENT, "pd-extreme"),
    "g2": ("hyperdisk-ml", "hyperdisk-throughput", "pd-balanced", "pd-ssd"),
    "n1": _ONLY_PERSISTENT,
}
# https://cloud.google.com/compute/docs/disks/hd-types/hyperdisk-extreme
EXTREME_NEEDS_VCPUS = {"c3": 88, "n2": 80}
EXTREME_NEEDS_GPUS = {"a3-highgpu": 4}


def refuse_compact_placement(group: str, instance: Instance, description: NodeGroup) -> None:
    """Stop where Google Cloud would refuse to place nodes close together.

    Arguments:
        group: name of the node group.
        instance: its instance.
        description: the group as described.

    Raises:
        pulumi.RunError: its machine series takes no compact placement policy.
    """
    if description.placement == "cluster" and instance.series in NEVER_COMPACT:
        raise pulumi.RunError(
            f"nodes.{group}.placement: Google Cloud does not place {instance.series.upper()} "
            "machines close together; use 'none' or 'spread', or another machine series"
        )


def unplaced(group: str, instance: Instance, description: NodeGroup) -> str:
    """What to say where nodes should be placed by a policy that is not built; else empty.

    Arguments:
        group: name of the node group.
        instance: its instance.
        description: the group as described.
    """
    part_of_a_host = instance.series == "a3-highgpu" and instance.accelerators < WHOLE_HOST
    by_policy = instance.series in BY_WORKLOAD_POLICY and not part_of_a_host
    if description.placement != "cluster" or not by_policy:
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
    taken = DISKS.get(instance.series, ())
    if instance.accelerators < EXTREME_NEEDS_GPUS.get(instance.series, 0):
        taken = tuple(kind for kind in taken if kind != "hyperdisk-extreme")
    needed = EXTREME_NEEDS_VCPUS.get(instance.series, 0)
    for store, kind in disks:
        if taken and kind not in taken:
            raise pulumi.RunError(
                f"storage.{store}.service: nodes.{group} are {instance.name}, which take no "
                f"'{kind}'; one of {', '.join(sorted(taken))}"
            )
        if kind == "hyperdisk-extreme" and instance.vcpus < needed:
            raise pulumi.RunError(
                f"storage.{store}.service: '{kind}' needs {needed} vCPUs on "
                f"{instance.series.upper()}; nodes.{group} are {instance.name}, "
                f"which have {instance.vcpus}"
            )
