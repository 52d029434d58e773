"""Capacity on AWS that is kept for nodes: reservations, blocks, and spot, which is neither."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2

from models.description.stack import NodeGroup


@dataclass(frozen=True)
class ReservationArguments:
    """What the nodes of a group run in, where capacity is reserved for them.

    Arguments:
        group: as described.
        instance_type: of the nodes.
        count: of the nodes.
        zone: that they are in.
        placement: their placement group; None for none.
        whole: one is made for all nodes, where none is named.
        tags: of it.
    """

    group: NodeGroup
    instance_type: str
    count: int
    zone: str
    placement: ec2.PlacementGroup | None
    whole: bool
    tags: Mapping[str, str]


def reserved(name: str, arguments: ReservationArguments, opts: pulumi.ResourceOptions) -> Any:
    """The reservation of a group in the words of a launch template; None without one.

    Nodes run in their reservation or not at all: outside of it they are billed twice. One that is
    made is of all nodes, or none: AWS refuses one that it can't keep whole.

    Arguments:
        name: of the group.
        arguments: what it is made of.
        opts: of the resource.
    """
    described, placement = arguments.group.reservation, arguments.placement
    if described is not None and described.name:
        return _within(described.name)
    if not arguments.whole:
        return None
    clustered = placement is not None and arguments.group.placement == "cluster"
    made = ec2.CapacityReservation(
        name,
        instance_type=arguments.instance_type,
        instance_platform="Linux/UNIX",
        instance_count=arguments.count,
        availability_zone=arguments.zone,
        # For these nodes alone, and not for whatever else the account runs of the type.
        instance_match_criteria="targeted",
        placement_group_arn=placement.arn if placement and clustered else None,
        tags=arguments.tags,
        opts=opts,
    )
    return _within(made.id)


def _within(identifier: pulumi.Input[str]) -> Any:
    return {"capacity_reservation_target": {"capacity_reservation_id": identifier}}


def market_options(group: NodeGroup) -> Any:
    """How instances are asked for in the words of a launch template.

    Arguments:
        group: as described.
    """
    match group.purchase:
        case "spot":
            # A request that ends with its instance: the group asks again.
            return {"market_type": "spot", "spot_options": {"spot_instance_type": "one-time"}}
        case "capacity_block":
            return {"market_type": "capacity-block"}
        case _:
            return None  # reserved instances are a discount on what runs, nothing to ask for


def refuse_unnamed_block(name: str, group: NodeGroup) -> None:
    """Stop where nodes are in a Capacity Block that nobody named.

    Arguments:
        name: of the group.
        group: as described.

    Raises:
        pulumi.RunError: it has no name.
    """
    if group.purchase == "capacity_block" and group.reservation is None:
        raise pulumi.RunError(
            f"nodes.{name}.reservation: which Capacity Block? Buy one (aws ec2"
            " describe-capacity-block-offerings, then purchase-capacity-block) and give its ID as"
            " 'name'"
        )
