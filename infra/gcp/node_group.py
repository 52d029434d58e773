"""A node group on Google Cloud: a fixed number of equal instances, replaced when they fail."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_gcp import compute

from infra.gcp.block_volume import BlockVolume
from infra.gcp.machine import Machine
from infra.gcp.reservation import ReservationArguments, affinity, scheduling, starts_at_once
from infra.names import labels
from infra.rolling import Rolling
from models.description.stack import NodeGroup as Description

MOST_DOMAINS = 8  # availability domains of a spread placement policy
# What a node may do is decided by the roles of its service account alone.
ALL_SCOPES = "https://www.googleapis.com/auth/cloud-platform"


@dataclass(frozen=True)
class NodeGroupArguments:
    """What a node group is made of.

    Arguments:
        stack: name of the stack.
        description: the group as described.
        machine: what its nodes are.
        region: where they are.
        zones: where they are: one, where workloads need them close together, or several, over
            which they are spread evenly.
        subnetwork_id: the subnetwork of the nodes.
        card_subnetwork_ids: those of their cards for GPUs, in the order of the cards.
        node_tag: the network tag of the nodes.
        service_account: its email address.
        volumes: further disks of each node.
        startup_script: what each does at its start.
        rolling: how running nodes are replaced.
    """

    stack: str
    description: Description
    machine: Machine
    region: str
    zones: Sequence[str]
    subnetwork_id: pulumi.Input[str]
    card_subnetwork_ids: Sequence[pulumi.Input[str]]
    node_tag: str
    service_account: pulumi.Input[str]
    volumes: Sequence[BlockVolume]
    startup_script: pulumi.Input[str]
    rolling: Rolling


class NodeGroup(pulumi.ComponentResource):
    """An instance template and a group that keeps as many of it running as were described.

    Attributes:
        group: name of the managed instance group.
        updates: how running nodes come to be what is described.
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
        super().__init__("windtunnel:gcp:NodeGroup", name, None, opts)
        self._name = name
        self._arguments = arguments
        self._inside = pulumi.ResourceOptions(parent=self)
        self._size = arguments.rolling.nodes
        self.updates = updates(arguments.rolling)
        self.group = self._manager(pulumi.ResourceOptions(parent=self, depends_on=ready)).name
        self.register_outputs({"group": self.group})

    def _manager(
        self, opts: pulumi.ResourceOptions
    ) -> compute.InstanceGroupManager | compute.RegionInstanceGroupManager:
        arguments = self._arguments
        policy = update_policy(arguments.rolling, len(arguments.zones))
        alike: dict[str, Any] = {
            "base_instance_name": self._name,
            "target_size": self._size,
            # `pulumi up` is not done before every node runs, so a lack of capacity is seen; but it
            # does not wait for days.
            "wait_for_instances": arguments.description.purchase != "flex_start",
            "wait_for_instances_status": "UPDATED" if arguments.rolling.wanted else "STABLE",
            **self._start(),
            "versions": [{"instance_template": self._template().self_link_unique}],
            "description": f"Nodes of {arguments.stack}, managed by windtunnel",
            "opts": opts,
        }
        if len(arguments.zones) == 1:
            return compute.InstanceGroupManager(
                self._name, zone=arguments.zones[0], update_policy=policy, **alike
            )
        return compute.RegionInstanceGroupManager(
            self._name,
            region=arguments.region,
            distribution_policy_zones=arguments.zones,
            distribution_policy_target_shape="EVEN",
            update_policy={**policy, "instance_redistribution_type": "NONE"},
            **alike,
        )

    def _start(self) -> dict[str, Any]:
        """Nodes that are of no use without the others start all at once, where that can be had."""
        arguments = self._arguments
        if not starts_at_once(arguments.description):
            return {}
        together = arguments.rolling.at_once == arguments.rolling.nodes
        mode = {"target_size_policies": [{"mode": "BULK" if together else "INDIVIDUAL"}]}
        if arguments.description.purchase != "flex_start":
            return mode
        # What is given for days is not asked for again, one node at a time.
        return {**mode, "instance_lifecycle_policy": {"default_action_on_failure": "DO_NOTHING"}}

    def _template(self) -> compute.InstanceTemplate:
        arguments, machine = self._arguments, self._arguments.machine
        accelerator: Any = {"type": machine.accelerator, "count": machine.accelerators}
        disks: list[Any] = [
            self._boot_disk(),
            *(volume.disk() for volume in arguments.volumes),
        ]
        # Where another kind of image is needed, it is another template, which keeps that one.
        kept = ["disks[0].sourceImage"] if machine.image_kept else None
        return compute.InstanceTemplate(
            f"{self._name}-{machine.image_kind}",
            machine_type=machine.type,
            guest_accelerators=[accelerator] if machine.accelerators else None,
            disks=disks,
            # No access configuration: no public address.
            network_interfaces=[
                {"subnetwork": one, "nic_type": "GVNIC"}
                for one in (arguments.subnetwork_id, *arguments.card_subnetwork_ids)
            ],
            tags=[arguments.node_tag],
            service_account={"email": arguments.service_account, "scopes": [ALL_SCOPES]},
            scheduling=scheduling(arguments.description, self._fixed()),
            reservation_affinity=self._affinity(),
            resource_policies=self._placement_policy(),
            shielded_instance_config={
                # NVIDIA's kernel modules may be unsigned, and secure boot would refuse them.
                "enable_secure_boot": not machine.accelerators,
                "enable_vtpm": True,
                "enable_integrity_monitoring": True,
            },
            # Who logs in is decided by IAM, not by keys in the project.
            metadata={"enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE"},
            metadata_startup_script=arguments.startup_script,
            labels=labels(arguments.stack, self._name),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=kept),
        )

    def _boot_disk(self) -> dict[str, Any]:
        """Encrypted with Google's keys, as every disk is."""
        return {
            "boot": True,
            "auto_delete": True,
            "source_image": self._arguments.machine.image,
            "disk_type": self._arguments.machine.boot_disk,
            "disk_size_gb": math.ceil(self._arguments.description.boot_disk / 2**30),
        }

    def _fixed(self) -> bool:
        """Instances with GPUs, and those in a placement policy, can't move to another host."""
        arguments = self._arguments
        return bool(arguments.machine.accelerators) or arguments.description.placement != "none"

    def _affinity(self) -> Any:
        arguments = self._arguments
        made = ReservationArguments(
            arguments.machine,
            self._size,
            arguments.zones[0],
            f"Nodes of {arguments.stack}, managed by windtunnel",
        )
        return affinity(self._name, arguments.description, made, self._inside)

    def _placement_policy(self) -> pulumi.Output[str] | None:
        placement = self._arguments.description.placement
        if placement == "none":
            return None
        domains = min(self._size, MOST_DOMAINS)
        policy = compute.ResourcePolicy(
            self._name,
            region=self._arguments.region,
            group_placement_policy={"collocation": "COLLOCATED"}
            if placement == "cluster"
            else {"availability_domain_count": domains},
            description=f"Nodes of {self._arguments.stack}, managed by windtunnel",
            opts=self._inside,
        )
        link: pulumi.Output[str] = policy.self_link
        return link


def update_policy(rolling: Rolling, zones: int) -> dict[str, Any]:
    """The replacement of running nodes in the words of a managed instance group.

    Arguments:
        rolling: as it is wanted.
        zones: over which the group is spread.
    """
    if not rolling.wanted:  # a changed template is for new nodes alone
        return {"type": "OPPORTUNISTIC", "minimal_action": "REPLACE"}
    return {
        "type": "PROACTIVE",
        "minimal_action": "REPLACE",
        # There may be no more of the hardware than is in use: nodes go before others come.
        "max_surge_fixed": 0,
        # A group in several zones takes no number below theirs.
        "max_unavailable_fixed": max(rolling.at_once, zones),
    }


def updates(rolling: Rolling) -> str:
    """How running nodes come to be what is described, for people.

    Arguments:
        rolling: as it is wanted.
    """
    if not rolling.wanted:
        return rolling.stay
    return (
        f"the instance group replaces {rolling.at_once} of {rolling.nodes} at once, once they are"
        " described otherwise, and `pulumi up` waits for all of them"
    )
