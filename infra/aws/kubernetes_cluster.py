"""A Kubernetes cluster on AWS: its control plane by EKS, who may reach it, and its add-ons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks

from infra.aws.customer_key import customer_key
from infra.aws.identity import PODS
from infra.aws.kubernetes_add_ons import BEFORE_NODES, ON_NODES, kept_versions
from infra.aws.log_group import log_group
from infra.aws.managed_role import ManagedRole
from infra.aws.network import Network
from infra.aws.policies import Grant
from infra.aws.security_group import Between, Traffic
from infra.environment import environment
from infra.names import tags, unique_name
from models.description.kubernetes import Kubernetes

LONGEST_NAME = 100  # characters of a cluster
LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
_API = Traffic("The API of the cluster", 443)
_ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@dataclass(frozen=True)
class KubernetesClusterArguments:
    """What a cluster is made of.

    Arguments:
        stack: name of the stack.
        account: that it is in.
        region: where it is.
        cluster: as described.
        version: of Kubernetes.
        network: that its nodes are in.
        administrator: ARN of who may do everything in it.
        add_ons: their versions today.
        node_grants: what its nodes may do beside what EKS demands.
    """

    stack: str
    account: str
    region: str
    cluster: Kubernetes
    version: str
    network: Network
    administrator: str
    add_ons: Mapping[str, str]
    node_grants: Sequence[Grant] = ()


class KubernetesCluster(pulumi.ComponentResource):
    """A control plane, the key of its secrets, its logs, and what its nodes need of it.

    Attributes:
        cluster: its name, known once nodes can join it.
        security_group_id: of all that is in it.
        node_role: ARN of the role of its nodes.
        ready: what must be there before the first node starts.
    """

    def __init__(
        self,
        name: str,
        arguments: KubernetesClusterArguments,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it; nodes follow, and then `finish`.

        Arguments:
            name: of the part of the stack.
            arguments: what it is made of.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:KubernetesCluster", name, None, opts)
        self._name, self._arguments = name, arguments
        self._tags = tags(arguments.stack, name)
        self._inside = pulumi.ResourceOptions(parent=self)
        made = self._control_plane()
        self.cluster: pulumi.Output[str] = made.name
        self.endpoint: pulumi.Output[str] = made.endpoint
        self.security_group_id: pulumi.Output[str] = made.vpc_config.apply(
            lambda known: known.cluster_security_group_id
        )
        Between(
            arguments.stack, arguments.network.node_security_group_id, self.security_group_id, self
        ).allow(f"{name}-api", _API)
        nodes = ManagedRole(
            f"{name}-nodes",
            arguments.stack,
            "ec2.amazonaws.com",
            ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
            arguments.node_grants,
            self._inside,
        )
        self.node_role = nodes.arn
        self._versions = kept_versions(
            name,
            arguments.stack,
            arguments.version,
            arguments.add_ons,
            arguments.cluster.add_ons,
            self._inside,
        )
        self.ready: list[pulumi.Resource] = [
            arguments.network,
            *nodes.parts,
            *(self._add_on(one) for one in BEFORE_NODES),
        ]
        self._let_in()
        self.register_outputs({"cluster": self.cluster})

    def _control_plane(self) -> eks.Cluster:
        arguments, described = self._arguments, self._arguments.cluster
        unique = unique_name(arguments.stack, self._name, longest=LONGEST_NAME)
        # EKS makes the group itself where it is missing, and keeps logs in it for ever.
        logs = log_group(self._name, f"/aws/eks/{unique}/cluster", arguments.stack, self._inside)
        key = customer_key(self._name, arguments.stack, arguments.account, self)
        role = ManagedRole(
            self._name,
            arguments.stack,
            "eks.amazonaws.com",
            ["AmazonEKSClusterPolicy"],
            opts=self._inside,
        )
        network = arguments.network
        return eks.Cluster(
            self._name,
            name=unique,
            version=arguments.version,
            role_arn=role.arn,
            vpc_config={
                "subnet_ids": network.private_subnet_ids,
                "endpoint_private_access": True,
                "endpoint_public_access": bool(described.open_to),
                **({"public_access_cidrs": list(described.open_to)} if described.open_to else {}),
            },
            encryption_config={"resources": ["secrets"], "provider": {"key_arn": key.arn}},
            enabled_cluster_log_types=LOGS,
            # Who is let in is said by access entries, and nobody is by having made it.
            access_config={
                "authentication_mode": "API",
                "bootstrap_cluster_creator_admin_permissions": False,
            },
            upgrade_policy={"support_type": described.support.upper()},
            bootstrap_self_managed_addons=False,
            deletion_protection=environment().protect,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[network, logs, *role.parts]),
        )

    def _let_in(self) -> None:
        entry = eks.AccessEntry(
            self._name,
            cluster_name=self.cluster,
            principal_arn=self._arguments.administrator,
            tags=self._tags,
            opts=self._inside,
        )
        eks.AccessPolicyAssociation(
            self._name,
            cluster_name=self.cluster,
            principal_arn=entry.principal_arn,
            policy_arn=_ADMINISTRATOR,
            access_scope={"type": "cluster"},
            opts=self._inside,
        )

    def _add_on(self, called: str, after: Sequence[pulumi.Resource] = ()) -> eks.Addon:
        """An add-on in a version that fits that of the cluster."""
        pods = None
        if called == "vpc-cni":
            # So that its nodes, and whatever runs on them, may change no network interface.
            role = ManagedRole(
                f"{self._name}-{called}",
                self._arguments.stack,
                PODS,
                ["AmazonEKS_CNI_Policy"],
                opts=self._inside,
            )
            pods = [{"role_arn": role.arn, "service_account": "aws-node"}]
            after = [*after, *role.parts]
        return eks.Addon(
            f"{self._name}-{called}",
            cluster_name=self.cluster,
            addon_name=called,
            addon_version=self._versions[called],
            pod_identity_associations=pods,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def finish(
        self,
        namespace: str,
        roles: Mapping[str, pulumi.Input[str]],
        nodes: Sequence[pulumi.Resource],
    ) -> None:
        """Build what can only be built once there are nodes, and say what pods may do.

        Arguments:
            namespace: of the stack's pods.
            roles: of service accounts, by name.
            nodes: groups of them.
        """
        for one in ON_NODES:
            self._add_on(one, nodes)
        for account, role in roles.items():
            eks.PodIdentityAssociation(
                f"{self._name}-{account}",
                cluster_name=self.cluster,
                namespace=namespace,
                service_account=account,
                role_arn=role,
                tags=self._tags,
                opts=self._inside,
            )

    @property
    def kubeconfig(self) -> pulumi.Output[str]:
        """The command after which kubectl knows the cluster."""
        region = self._arguments.region
        return self.cluster.apply(
            lambda name: f"aws eks update-kubeconfig --region {region} --name {name}"
        )
