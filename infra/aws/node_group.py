"""A node group on AWS: a fixed number of equal instances, replaced when they fail."""

import base64
import gzip
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi
from pulumi_aws import autoscaling, ec2

from infra.aws.block_volume import BlockVolume, encrypted_volume
from infra.aws.hosts import addresses
from infra.aws.image import Image
from infra.aws.local_disks import LocalDisks
from infra.aws.network_cards import network_interfaces
from infra.aws.reservation import ReservationArguments, market_options, reserved
from infra.names import tags
from infra.rolling import Rolling
from models.catalog.records import Instance
from models.description.stack import NodeGroup as Description

# Without a session token a forged request could read the role's credentials; a container has no way
# to them either, for that is one hop more.
METADATA: Any = {
    "http_endpoint": "enabled",
    "http_tokens": "required",
    "http_put_response_hop_limit": 1,
}
LONGEST_USER_DATA = 16_384  # bytes, before base64
MOST_SPREAD = 7  # running instances of a spread placement group in a zone


@dataclass(frozen=True)
class NodeGroupArguments:
    """What a node group is made of.

    Arguments:
        stack: name of the stack.
        description: the group as described.
        instance: its instance type.
        image: what its nodes boot.
        subnet_ids: where they are: one subnet, where workloads need them close together, or one
            of each zone, over which they are spread evenly.
        security_group_ids: of the nodes.
        target_group_arns: of load balancers that send them requests.
        instance_profile_arn: of their role.
        volumes: further volumes of each node.
        startup_script: what each does at its start.
        rolling: how running nodes are replaced.
        whole: capacity for all of them is reserved before the first starts.
        zone: of a reservation that is made for them.
    """

    stack: str
    description: Description
    instance: Instance
    image: Image
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    target_group_arns: Sequence[pulumi.Input[str]]
    instance_profile_arn: pulumi.Input[str]
    volumes: Sequence[BlockVolume | LocalDisks]
    startup_script: pulumi.Input[str]
    rolling: Rolling
    whole: bool
    zone: str


class NodeGroup(pulumi.ComponentResource):
    """A launch template and a group that keeps as many of it running as were described.

    Attributes:
        group: name of the Auto Scaling group.
        updates: how running nodes come to be what is described.
        hosts: private addresses of its nodes.
    """

    def __init__(
        self,
        name: str,
        arguments: NodeGroupArguments,
        ready: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the group.
            arguments: what it is made of.
            ready: what must work before the first node starts.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:NodeGroup", name, None, opts)
        self._name = name
        self._arguments = arguments
        self._tags = tags(arguments.stack, name)
        self._inside = pulumi.ResourceOptions(parent=self)
        description = arguments.description
        self._placement = placement_group(name, description, self._tags, self._inside)
        size, template = arguments.rolling.nodes, self._launch_template(ready)
        group = autoscaling.Group(
            name,
            # A failed node is replaced; the number never changes.
            min_size=size,
            max_size=size,
            desired_capacity=size,
            vpc_zone_identifiers=arguments.subnet_ids,
            # A number, so that a preview shows a change, and Auto Scaling hears of it.
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            instance_refresh=instance_refresh(arguments.rolling),
            # `pulumi up` fails with the reason that Auto Scaling gives where nodes can't be had.
            wait_for_capacity_timeout="15m",
            ignore_failed_scaling_activities=False,
            placement_group=self._placement.name if self._placement else None,
            # Free, and what alarms look at.
            enabled_metrics=["GroupInServiceInstances"],
            metrics_granularity="1Minute",
            health_check_type="ELB" if arguments.target_group_arns else "EC2",
            target_group_arns=arguments.target_group_arns or None,
            tags=[
                {"key": key, "value": value, "propagate_at_launch": True}
                for key, value in self._tags.items()
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        self.group = group.name
        self.updates = self.group.apply(lambda known: updates(known, arguments.rolling))
        self.hosts = addresses(group)
        self.register_outputs({"group": self.group})

    def _launch_template(self, ready: Sequence[pulumi.Resource]) -> ec2.LaunchTemplate:
        arguments = self._arguments
        root = encrypted_volume(arguments.description.boot_disk)
        disks: list[Any] = [
            {"device_name": arguments.image.root_device, "ebs": root},
            *(one for volume in arguments.volumes for one in volume.mappings()),
        ]
        # Where another kind of image is needed, it is another template, which keeps that one.
        kept = ["imageId"] if arguments.image.kept else None
        return ec2.LaunchTemplate(
            f"{self._name}.{arguments.image.kind}",
            image_id=arguments.image.id,
            instance_type=arguments.instance.name,
            iam_instance_profile={"arn": arguments.instance_profile_arn},
            metadata_options=METADATA,
            block_device_mappings=disks,
            network_interfaces=network_interfaces(arguments.instance, arguments.security_group_ids),
            instance_market_options=market_options(arguments.description),
            capacity_reservation_specification=reserved(
                self._name,
                ReservationArguments(
                    arguments.description,
                    arguments.instance.name,
                    arguments.rolling.nodes,
                    arguments.zone,
                    self._placement,
                    arguments.whole,
                    self._tags,
                ),
                # It is billed from its beginning, so it comes when nodes can start.
                pulumi.ResourceOptions(parent=self, depends_on=ready),
            ),
            user_data=pulumi.Output.from_input(arguments.startup_script).apply(
                partial(user_data, self._name)
            ),
            tag_specifications=of_an_instance(self._tags),
            tags=self._tags,
            update_default_version=True,
            # A node that powers off is broken: it goes, and the group starts another.
            instance_initiated_shutdown_behavior="terminate",
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=kept),
        )


def placement_group(
    name: str, group: Description, named: Mapping[str, str], opts: pulumi.ResourceOptions
) -> ec2.PlacementGroup | None:
    """What says how near to each other the nodes of a group are; None where nothing does.

    Arguments:
        name: of the group.
        group: as described.
        named: its tags.
        opts: of the resource.
    """
    if group.placement == "none":
        return None
    return ec2.PlacementGroup(name, strategy=group.placement, tags=named, opts=opts)


def of_an_instance(named: Mapping[str, str]) -> list[Any]:
    """Tags of what an instance brings along, in the words of a launch template.

    Arguments:
        named: the tags.
    """
    kinds = ("instance", "volume", "network-interface")
    return [{"resource_type": kind, "tags": named} for kind in kinds]


def instance_refresh(rolling: Rolling) -> Any:
    """The replacement of running nodes in the words of Auto Scaling.

    Arguments:
        rolling: as it is wanted.
    """
    if not rolling.wanted:
        return None
    healthy = 100 * (rolling.nodes - rolling.at_once) // rolling.nodes
    preferences = {"min_healthy_percentage": healthy, "skip_matching": True}
    return {"strategy": "Rolling", "preferences": preferences}


def updates(group: str, rolling: Rolling) -> str:
    """How running nodes come to be what is described, for people.

    Arguments:
        group: name of the Auto Scaling group.
        rolling: as it is wanted.
    """
    if not rolling.wanted:
        return rolling.stay
    return (
        f"Auto Scaling replaces {rolling.at_once} of {rolling.nodes} at once, once they are"
        " described otherwise, from the end of `pulumi up` on; how far it is: aws autoscaling"
        " describe-instance-refreshes"
        f" --auto-scaling-group-name {group}"
    )


def refuse_too_many_to_spread(name: str, description: Description, zones: int) -> None:
    """Stop where AWS would start some of the nodes and then no more.

    Arguments:
        name: of the group.
        description: the group as described.
        zones: in which its nodes are in turn.

    Raises:
        pulumi.RunError: more nodes than a spread placement group holds.
    """
    in_one = math.ceil((description.count + description.spares) / zones)
    if description.placement == "spread" and in_one > MOST_SPREAD:
        raise pulumi.RunError(
            f"nodes.{name}.placement: AWS spreads {MOST_SPREAD} nodes of a zone at most, "
            f"not {in_one}; use 'cluster' or 'none', or several node groups"
        )


def user_data(group: str, script: str) -> str:
    """A startup script as EC2 takes it: compressed where it is too long otherwise.

    Arguments:
        group: name of the node group.
        script: what its nodes do at their start.

    Raises:
        pulumi.RunError: it is too long all the same.

    Source: Amazon EC2 user guide, "Run commands when you launch an EC2 instance with user data
        input": 16 KB before it is encoded; cloud-init, "User data formats": what is compressed
        by gzip is uncompressed (2026-11-28).
    """
    written = script.encode()
    if len(written) > LONGEST_USER_DATA:
        written = gzip.compress(written, mtime=0)
    if len(written) > LONGEST_USER_DATA:
        raise pulumi.RunError(
            f"nodes.{group}: what its nodes do at their start is {len(written):,} bytes long,"
            f" compressed, and EC2 takes {LONGEST_USER_DATA:,}; let a package have what the"
            " command, the values of a grid or `setup` say"
        )
    return base64.b64encode(written).decode()
