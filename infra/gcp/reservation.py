"""Capacity on Google Cloud that is kept for nodes, or given when all of them can be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_gcp import compute

from infra.gcp.machine import Machine
from models.description.stack import NodeGroup

LONGEST_FLEX_START = 7 * 86_400  # s, after which its nodes are deleted
_KEY = "compute.googleapis.com/reservation-name"


@dataclass(frozen=True)
class ReservationArguments:
    """What a reservation is made of.

    Arguments:
        machine: of the nodes.
        count: of the nodes.
        zone: that they are in.
        description: whose it is.
    """

    machine: Machine
    count: int
    zone: str
    description: str


def affinity(
    name: str, group: NodeGroup, arguments: ReservationArguments, opts: pulumi.ResourceOptions
) -> Mapping[str, Any] | None:
    """The reservation that nodes start in, and nowhere else, in the words of an instance template.

    Arguments:
        name: of the group.
        group: as described.
        arguments: what a reservation is made of, if one is to be made.
        opts: of the resource.
    """
    if group.purchase == "flex_start":
        return {"type": "NO_RESERVATION"}
    if group.reservation is None or not group.kept:
        return None
    kept: pulumi.Input[str] = group.reservation.name or _made(name, arguments, opts)
    return {"type": "SPECIFIC_RESERVATION", "specific_reservation": {"key": _KEY, "values": [kept]}}


def _made(
    name: str, arguments: ReservationArguments, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """A reservation of all nodes of a group, or none: it is refused where a zone has too few."""
    machine = arguments.machine
    accelerators = {
        "accelerator_type": machine.accelerator,
        "accelerator_count": machine.accelerators,
    }
    reservation = compute.Reservation(
        name,
        zone=arguments.zone,
        specific_reservation={
            "count": arguments.count,
            "instance_properties": {
                "machine_type": machine.type,
                "guest_accelerators": [accelerators] if machine.accelerators else None,
            },
        },
        # For these nodes alone, and not for whatever else the project runs of the type.
        specific_reservation_required=True,
        description=arguments.description,
        opts=opts,
    )
    made: pulumi.Output[str] = reservation.name
    return made


def scheduling(group: NodeGroup, fixed: bool) -> Mapping[str, Any]:
    """How nodes are had and lost, in the words of an instance template.

    Arguments:
        group: as described.
        fixed: its nodes can't move to another host.
    """
    ends = {
        "automatic_restart": False,
        "on_host_maintenance": "TERMINATE",
        "instance_termination_action": "DELETE",
    }
    match group.purchase:
        case "spot":  # the group makes another
            return {"provisioning_model": "SPOT", "preemptible": True, **ends}
        case "flex_start":
            duration = {"seconds": LONGEST_FLEX_START}
            return {"provisioning_model": "FLEX_START", "max_run_duration": duration, **ends}
        case "capacity_block":
            return {"provisioning_model": "RESERVATION_BOUND", **ends}
        case _:
            return {
                "provisioning_model": "STANDARD",
                "automatic_restart": True,
                "on_host_maintenance": "TERMINATE" if fixed else "MIGRATE",
            }


def starts_at_once(group: NodeGroup) -> bool:
    """Whether a managed instance group can be made to start all nodes at once, or none.

    Bulk mode takes these two provisioning models alone:
    https://docs.cloud.google.com/compute/docs/instance-groups/bulk-create-instances-in-mig

    Arguments:
        group: as described.
    """
    return group.purchase in ("flex_start", "capacity_block")


def refuse_unnamed_block(name: str, group: NodeGroup) -> None:
    """Stop where nodes are in capacity that was bought before, and nobody named it.

    Arguments:
        name: of the group.
        group: as described.

    Raises:
        pulumi.RunError: it has no name.
    """
    if group.purchase == "capacity_block" and group.reservation is None:
        raise pulumi.RunError(
            f"nodes.{name}.reservation: which one? Buy capacity for a period (gcloud compute"
            " future-reservations create) and give the name of its reservation as 'name'"
        )
