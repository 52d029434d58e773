"""A batch on AWS whose cluster EMR runs: master, core nodes, and task nodes that may be lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Never

import pulumi
from pulumi_aws import emr, iam

from infra.aws.customer_key import customer_key
from infra.aws.emr_access import LIVY, EmrAccess
from infra.aws.emr_encryption import arn_of, certificates, encryption
from infra.aws.emr_groups import EmrGroup, plan_groups
from infra.aws.emr_roles import ASSUMED_BY_EMR, KEY_USE, TAG, Around, service_policy
from infra.aws.emr_settings import settings
from infra.aws.identity import role
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant, Statement
from infra.aws.site import Site
from infra.builders import Builder, BuiltWorkload, NodeSide, Place, Plan, nothing_starts
from infra.environment import environment
from infra.names import tags
from models.parts.workloads.batch import BatchJob
from models.parts.workloads.workload_kind import SolvedWorkload


class EmrCluster(BuiltWorkload[Grant, NodeGroup]):
    """A cluster, the key of its disks, and the role by which EMR starts its nodes."""

    def __init__(
        self,
        name: str,
        batch: BatchJob,
        groups: Mapping[str, EmrGroup],
        certificates: str | None,
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build what must be there before its nodes; they follow in `join`.

        Arguments:
            name: of the workload.
            batch: that runs on it.
            groups: its nodes, by the name of the group.
            certificates: of its nodes, in S3.
            site: where it is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:EmrCluster", name, None, opts)
        self._name, self._batch, self._groups, self._site = name, batch, groups, site
        self._certificates = certificates
        self._inside = pulumi.ResourceOptions(parent=self)
        self._tags = {**tags(site.place.stack.name, name), TAG: "true"}
        # All nodes of a cluster have one role: that of the core nodes.
        self._identity = site.identities.roles[batch.nodes.core]
        self._access = EmrAccess(name, site, batch.notebook is not None, self._inside)
        self._key = customer_key(name, site.place.stack.name, site.place.owner, self)
        self._service_role = role(
            f"{name}-emr", site.place.stack.name, ASSUMED_BY_EMR, self._inside, **{TAG: "true"}
        )
        self._outputs: dict[str, dict[str, pulumi.Output[Any]]] = {}

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return self._outputs

    def grants(self, group: str) -> Iterator[Grant]:
        if group == self._batch.nodes.core:
            logs, found = self._site.network.logs.arn, self._certificates
            yield Grant(logs, lambda arn: [_may("s3:PutObject", f"{arn}/{self._prefix}*")])
            yield Grant(self._key.arn, lambda arn: [_uses(arn)])
            if found is not None:
                yield Grant(arn_of(found), lambda arn: [_may("s3:GetObject", arn)])

    def node_side(self, group: str) -> NodeSide:
        client = self._access.livy_client_id
        if client is None or group != self._batch.notebook:
            return NodeSide()
        return NodeSide(security_groups=[client])

    def join(self, node_groups: Mapping[str, NodeGroup]) -> None:
        batch, nodes, network = self._batch, self._batch.nodes, self._site.network
        cluster = emr.Cluster(
            self._name,
            name=f"{self._site.place.stack.name}-{self._name}-{environment().name}",
            release_label=str(batch.release),
            applications=list(batch.installed),
            service_role=self._service_role.arn,
            ec2_attributes={
                "subnet_id": network.private_subnet_ids[0],
                "instance_profile": self._identity.instance_profile_arn,
                "emr_managed_master_security_group": self._access.master_id,
                "emr_managed_slave_security_group": self._access.worker_id,
                "service_access_security_group": self._access.service_id,
            },
            master_instance_group=self._groups[str(nodes.master)].instances(),
            core_instance_group=self._groups[nodes.core].instances(),
            configurations_json=settings(batch),
            ebs_root_volume_size=self._groups[nodes.core].boot_disk,
            security_configuration=self._security_configuration().name,
            log_uri=pulumi.Output.concat("s3://", network.logs.address, "/", self._prefix),
            # It waits for what is submitted to it, and is billed while it waits.
            keep_job_flow_alive_when_no_steps=True,
            # A core node that fails is replaced, as predicted.
            unhealthy_node_replacement=True,
            termination_protection=environment().protect,
            tags=self._tags,
            # Its nodes fetch packages and write logs at their start: routes and rights come first.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[network, self._identity, self._access, self._service_policy()],
            ),
        )
        if nodes.task is not None:
            emr.InstanceGroup(
                nodes.task,
                cluster_id=cluster.id,
                **self._groups[nodes.task].instances(speed=False),
                opts=self._inside,
            )
        self._outputs["clusters"] = {self._name: cluster.id}
        if "Livy" in batch.installed:
            address = pulumi.Output.concat(cluster.master_public_dns, f":{LIVY.first_port}")
            self._outputs["livy"] = {self._name: address}
        self.register_outputs({"cluster": cluster.id})

    @property
    def _prefix(self) -> str:
        """Of the keys of its logs."""
        return f"clusters/{self._name}/"

    def _service_policy(self) -> iam.RolePolicy:
        place, network = self._site.place, self._site.network
        subnet = network.private_subnet_ids[0].apply(
            lambda known: f"arn:aws:ec2:{place.region}:{place.owner}:subnet/{known}"
        )
        around = pulumi.Output.all(
            subnet, self._identity.arn, self._key.arn, *self._access.arns
        ).apply(lambda known: Around(known[0], known[3:], known[1], known[2]))
        return iam.RolePolicy(
            f"{self._name}-emr",
            role=self._service_role.id,
            policy=around.apply(lambda known: service_policy(known, place.region, place.owner)),
            opts=self._inside,
        )

    def _security_configuration(self) -> emr.SecurityConfiguration:
        return emr.SecurityConfiguration(
            self._name,
            configuration=self._key.arn.apply(lambda arn: encryption(arn, self._certificates)),
            opts=self._inside,
        )


def _uses(key: str) -> Statement:
    return {"Effect": "Allow", "Action": list(KEY_USE), "Resource": key}


def _may(action: str, resource: str) -> Statement:
    return {"Effect": "Allow", "Action": [action], "Resource": resource}


def _plan(name: str, part: SolvedWorkload, place: Place) -> Plan[Site, EmrCluster, Never]:
    batch: BatchJob = part.described
    if batch.service is None:
        return Plan()
    groups, found = plan_groups(name, batch, place), certificates()
    if found is None:
        pulumi.log.warn(
            f"workloads.{name}: what the nodes of its cluster tell each other is not encrypted; say"
            " where their certificates are: pulumi config set windtunnel:emrCertificates s3://..."
        )
    return Plan(lambda site: EmrCluster(name, batch, groups, found, site), groups=frozenset(groups))


def _left(batch: BatchJob) -> str:
    if batch.service is None:
        return nothing_starts(batch.kind, "aws")
    return (
        f"nothing submits a workload of kind '{batch.kind}' yet; its cluster and stores are built,"
        " and what runs on them is yours to submit"
    )


BUILDER = Builder(_plan, left=_left)
