"""Nodes of a Kubernetes cluster on AWS: a group that EKS starts, repairs and updates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import autoscaling, ec2, eks

from infra.aws.block_volume import encrypted_volume
from infra.aws.network_cards import network_interfaces
from infra.aws.node_group import METADATA, of_an_instance, placement_group
from infra.aws.reservation import ReservationArguments, reserved
from infra.kubernetes_manifest import GROUP
from infra.names import tags, unique_name
from infra.rolling import STAY, Rolling
from models.catalog.records import Architecture, Driver, Instance
from models.description.stack import NodeGroup as Description

LONGEST_NAME = 63  # characters of a node group
_ROOT = "/dev/xvda"  # of the images of EKS
_MOST_AT_ONCE = 100  # nodes that EKS replaces together
# Amazon EKS API reference, Nodegroup, amiType (2026-11-28): all on Amazon Linux 2023.
_IMAGES = {
    (Driver.NONE, Architecture.X86_64): "AL2023_x86_64_STANDARD",
    (Driver.NONE, Architecture.ARM64): "AL2023_ARM_64_STANDARD",
    (Driver.NVIDIA, Architecture.X86_64): "AL2023_x86_64_NVIDIA",
    (Driver.NVIDIA, Architecture.ARM64): "AL2023_ARM_64_NVIDIA",
    (Driver.NEURON, Architecture.X86_64): "AL2023_x86_64_NEURON",
}
_BLOCK = "capacity_block"
_BOUGHT = {"spot": "SPOT", _BLOCK: "CAPACITY_BLOCK"}


@dataclass(frozen=True)
class KubernetesNodesArguments:
    """What a group of nodes is made of.

    Arguments:
        stack: name of the stack.
        cluster: name of the cluster.
        version: of Kubernetes.
        role: ARN of that of its nodes.
        description: the group as described.
        instance: its instance type.
        image: type of its image, as EKS calls it.
        subnet_ids: where its nodes are.
        security_group_ids: of its nodes.
        target_group_arns: of load balancers that send them requests.
        rolling: how running nodes are replaced.
        whole: capacity for all of them is reserved before the first starts.
        zone: of a reservation that is made for them.
    """

    stack: str
    cluster: pulumi.Input[str]
    version: str
    role: pulumi.Input[str]
    description: Description
    instance: Instance
    image: str
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    target_group_arns: Sequence[pulumi.Input[str]]
    rolling: Rolling
    whole: bool
    zone: str


class KubernetesNodes(pulumi.ComponentResource):
    """A launch template and a managed node group of as many nodes as were described.

    Attributes:
        group: name of the Auto Scaling group.
        updates: how running nodes come to be what is described.
    """

    def __init__(
        self,
        name: str,
        arguments: KubernetesNodesArguments,
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
        super().__init__("windtunnel:aws:KubernetesNodes", name, None, opts)
        self._name, self._arguments = name, arguments
        self._tags = tags(arguments.stack, name)
        self._inside = pulumi.ResourceOptions(parent=self)
        size, rolling = arguments.rolling.nodes, arguments.rolling
        template = self._launch_template(ready)
        capacity = _BOUGHT.get(arguments.description.purchase, "ON_DEMAND")
        # Running nodes are replaced as soon as their template, or Kubernetes, has another version.
        kept = None if rolls(arguments) else ["launchTemplate", "version"]
        group = eks.NodeGroup(
            name,
            cluster_name=arguments.cluster,
            # What EKS can't change is a group of another name, which is there before this one goes.
            node_group_name=unique_name(
                arguments.stack, name, arguments.image, capacity, longest=LONGEST_NAME
            ),
            node_role_arn=arguments.role,
            subnet_ids=arguments.subnet_ids,
            ami_type=arguments.image,
            capacity_type=capacity,
            version=arguments.version,
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            # A failed node is replaced; the number never changes.
            scaling_config={"min_size": size, "max_size": size, "desired_size": size},
            update_config={
                "max_unavailable": min(rolling.at_once, _MOST_AT_ONCE),
                # One goes before another comes: for more there is no quota and no reservation.
                "update_strategy": "MINIMAL",
            },
            # What the agent on each node finds broken, its accelerators too, is replaced.
            node_repair_config={"enabled": True},
            labels={GROUP: name},
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready, ignore_changes=kept),
        )
        self.parts: list[pulumi.Resource] = [group]
        self.group: pulumi.Output[str] = group.resources.apply(
            lambda found: str(found[0].autoscaling_groups[0].name)
        )
        for number, target in enumerate(arguments.target_group_arns):
            autoscaling.Attachment(
                f"{name}-{number}",
                autoscaling_group_name=self.group,
                lb_target_group_arn=target,
                opts=self._inside,
            )
        self.updates = updates(arguments)
        self.register_outputs({"group": self.group})

    def _launch_template(self, ready: Sequence[pulumi.Resource]) -> ec2.LaunchTemplate:
        """What EKS does not say itself: image, role, start-up script and subnets are its own."""
        arguments = self._arguments
        description = arguments.description
        placement = placement_group(self._name, description, self._tags, self._inside)
        block = description.purchase == _BLOCK
        return ec2.LaunchTemplate(
            f"{self._name}.kubernetes",
            instance_type=arguments.instance.name,
            metadata_options=METADATA,
            block_device_mappings=[
                {"device_name": _ROOT, "ebs": encrypted_volume(description.boot_disk)}
            ],
            network_interfaces=network_interfaces(arguments.instance, arguments.security_group_ids),
            instance_market_options={"market_type": "capacity-block"} if block else None,
            capacity_reservation_specification=reserved(
                self._name,
                ReservationArguments(
                    description,
                    arguments.instance.name,
                    arguments.rolling.nodes,
                    arguments.zone,
                    placement,
                    arguments.whole,
                    self._tags,
                ),
                # It is billed from its beginning, so it comes when nodes can start.
                pulumi.ResourceOptions(parent=self, depends_on=ready),
            ),
            placement={"group_name": placement.name} if placement else None,
            tag_specifications=of_an_instance(self._tags),
            tags=self._tags,
            update_default_version=True,
            opts=self._inside,
        )


def rolls(arguments: KubernetesNodesArguments) -> bool:
    """Whether EKS replaces running nodes; it refuses to in a Capacity Block.

    Arguments:
        arguments: what the group is made of.
    """
    return arguments.rolling.wanted and arguments.description.purchase != _BLOCK


def updates(arguments: KubernetesNodesArguments) -> pulumi.Output[str]:
    """How running nodes come to be what is described, for people.

    Arguments:
        arguments: what the group is made of.
    """
    rolling = arguments.rolling
    if not rolls(arguments):
        return pulumi.Output.from_input(STAY)
    at_once = min(rolling.at_once, _MOST_AT_ONCE)
    return pulumi.Output.from_input(
        f"EKS replaces {at_once} of {rolling.nodes} at once, once they are described otherwise, and"
        " `pulumi up` waits for it"
    )


def image_type(group: str, instance: Instance) -> str:
    """The image of EKS for an instance type: with drivers for its accelerators.

    Arguments:
        group: name of the node group, for messages.
        instance: the instance type.

    Raises:
        pulumi.RunError: there is none.
    """
    found = _IMAGES.get((instance.driver, instance.architecture))
    if found is None:
        what = instance.accelerator or instance.architecture.value
        raise pulumi.RunError(
            f"nodes.{group}.instance: EKS has no current image for {what}, and so none for"
            f" {instance.name}"
        )
    return found
