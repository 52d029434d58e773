"""The Kubernetes cluster of a stack on AWS: what is refused of it, and how it is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.ask import ask
from infra.aws.block_volume import BOOT, LARGEST
from infra.aws.identity import Identity
from infra.aws.kubernetes_add_ons import versions_today
from infra.aws.kubernetes_cluster import KubernetesCluster, KubernetesClusterArguments
from infra.aws.kubernetes_devices import devices
from infra.aws.kubernetes_nodes import KubernetesNodes, KubernetesNodesArguments, image_type
from infra.aws.network import Network
from infra.aws.private_ways import session_grants
from infra.aws.quota import Quota, refuse_beyond
from infra.boot_disk import refuse_larger_than_sold, refuse_smaller_than_image
from infra.builders import NodeSide, Place
from infra.kubernetes_manifest import Told, apply_command, manifest, written
from infra.rolling import rolling
from models.parts.kubernetes import NAME, in_cluster, version_of
from models.parts.whole_start import starts_whole

# Amazon EKS user guide, "View and manage Amazon EKS service quotas" (2026-11-28).
_NODES_OF_A_GROUP = Quota("eks", "L-BD136A63")
# Amazon EKS API reference, CreateNodegroup, diskSize: what nodes on Linux have by default
# (2026-11-28).
_SIZE_OF_IMAGES = 20  # GiB


class PlannedCluster:
    """A cluster that can be had, of which nothing is registered yet.

    Arguments:
        place: where the stack is built.
        caller: ARN of whose credentials these are.

    Raises:
        pulumi.RunError: EKS has no such nodes, or not so many, or root would own it.
    """

    def __init__(self, place: Place, caller: str) -> None:
        self._place, stack = place, place.stack
        self.groups = in_cluster(stack)
        self._instances = {
            name: place.catalog.instance(stack.cloud, str(stack.nodes[name].instance))
            for name in self.groups
        }
        self._images = {name: image_type(name, one) for name, one in self._instances.items()}
        for name in self.groups:
            group = stack.nodes[name]
            nodes = group.count + group.spares
            refuse_beyond(f"nodes.{name}", "nodes", nodes, _NODES_OF_A_GROUP, place.region)
            refuse_smaller_than_image(name, group.boot_disk, _SIZE_OF_IMAGES)
            refuse_larger_than_sold(name, group.boot_disk, LARGEST[BOOT])
        self._administrator = _administrator(caller)
        assert stack.kubernetes is not None  # that is planned
        self._version = version_of(stack).name
        self._add_ons = versions_today(stack.kubernetes, self._version)

    def build(
        self,
        network: Network,
        subnets: Sequence[pulumi.Input[str]],
        identities: Mapping[str, Identity],
        sides: Mapping[str, NodeSide],
        told: Sequence[pulumi.Output[Told]],
    ) -> dict[str, Any]:
        """Build it with its nodes; the outputs of the Pulumi stack of it.

        Arguments:
            network: of the stack.
            subnets: where its nodes are.
            identities: that its containers take, by node group.
            sides: what workloads need of its nodes, by group.
            told: what it is told to run.
        """
        stack = self._place.stack
        assert stack.kubernetes is not None  # that is planned
        version = self._version
        cluster = KubernetesCluster(
            NAME,
            KubernetesClusterArguments(
                stack=stack.name,
                account=self._place.owner,
                region=self._place.region,
                cluster=stack.kubernetes,
                version=version,
                network=network,
                administrator=self._administrator,
                add_ons=self._add_ons,
                node_grants=[*session_grants(stack.network)],
            ),
        )
        nodes = {
            name: self._nodes(name, cluster, version, subnets, network, sides[name])
            for name in self.groups
        }
        made = [part for one in nodes.values() for part in one.parts]
        cluster.finish(stack.name, {name: identities[name].arn for name in self.groups}, made)
        return {
            "kubernetes": {
                "cluster": cluster.cluster,
                "endpoint": cluster.endpoint,
                "version": version,
                "kubeconfig": cluster.kubeconfig,
                "apply": apply_command(stack.name),
                "node_groups": {name: one.group for name, one in nodes.items()},
                "node_updates": {name: one.updates for name, one in nodes.items()},
            },
            "manifest": pulumi.Output.all(*told).apply(self._manifest),
        }

    def _nodes(
        self,
        name: str,
        cluster: KubernetesCluster,
        version: str,
        subnets: Sequence[pulumi.Input[str]],
        network: Network,
        side: NodeSide,
    ) -> KubernetesNodes:
        arguments = KubernetesNodesArguments(
            stack=self._place.stack.name,
            cluster=cluster.cluster,
            version=version,
            role=cluster.node_role,
            description=self._place.stack.nodes[name],
            instance=self._instances[name],
            image=self._images[name],
            subnet_ids=subnets,
            security_group_ids=[
                cluster.security_group_id,
                network.node_security_group_id,
                *side.security_groups,
            ],
            target_group_arns=side.target_groups,
            rolling=rolling(self._place.stack, name),
            whole=starts_whole(self._place.stack, name),
            zone=self._place.zones[0],
        )
        return KubernetesNodes(name, arguments, cluster.ready)

    def _manifest(self, told: Sequence[Told]) -> str:
        objects = devices(self._instances).objects()
        return written(manifest(self._place.stack.name, self.groups, objects, told))


def _administrator(caller: str) -> str:
    """The role or user behind credentials: a session of a role is let in as the role."""
    found = ask(
        "which role these credentials are of", lambda: aws.iam.get_session_context(arn=caller)
    ).issuer_arn
    if found.endswith(":root"):
        raise pulumi.RunError(
            f"{NAME}: root can't be let in to a cluster, and should deploy nothing; take a role"
        )
    return str(found)
