"""Who may speak to the nodes of a cluster of EMR: each other, EMR, and a notebook to Livy."""

import pulumi
from pulumi_aws import ec2, vpc

from infra.aws.emr_roles import TAG
from infra.aws.network import EVERYWHERE
from infra.aws.security_group import HTTPS, Between, Traffic
from infra.aws.site import Site
from infra.names import tags

# Amazon EMR Management Guide, "Working with Amazon EMR-managed security groups", private subnets.
_AMONG = Traffic("Everything between nodes of the cluster")
_CONTROL = Traffic("EMR steers its nodes", 8443)
_CALLS = Traffic("The master calls EMR", 9443)
LIVY = Traffic("Livy", 8998)


class EmrAccess(pulumi.ComponentResource):
    """The security groups of a cluster, with all rules that EMR looks for.

    Attributes:
        master_id: of the masters.
        worker_id: of core and task nodes.
        service_id: through which EMR reaches them in a private subnet.
        livy_client_id: who is in it reaches Livy; None where nobody is to.
        arns: of the three that the cluster is in.
    """

    def __init__(
        self,
        name: str,
        site: Site,
        livy: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them.

        Arguments:
            name: of the workload.
            site: where the cluster is built.
            livy: a notebook is to reach it.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:EmrAccess", name, None, opts)
        self._name = name
        self._stack = site.place.stack.name
        self._vpc = site.network.vpc_id
        self._inside = pulumi.ResourceOptions(parent=self)
        master, worker, service = (self._group(one) for one in ("master", "workers", "service"))
        for left, right, part in (
            (master, master, "masters"),
            (worker, worker, "workers"),
            (master, worker, "master-to-workers"),
            (worker, master, "workers-to-master"),
        ):
            self._between(left, right).allow(f"{name}-{part}", _AMONG)
        for group, part in ((master, "master"), (worker, "workers")):
            self._between(service, group).allow(f"{name}-control-{part}", _CONTROL)
            self._https_out(group, part)
        self._between(master, service).allow(f"{name}-calls", _CALLS)
        self.master_id, self.worker_id, self.service_id = master.id, worker.id, service.id
        self.arns = [master.arn, worker.arn, service.arn]
        self.livy_client_id: pulumi.Output[str] | None = None
        if livy:
            client = self._group("livy-clients")
            self._between(client, master).allow(f"{name}-livy", LIVY)
            self.livy_client_id = client.id
        self.register_outputs({})

    def _group(self, part: str) -> ec2.SecurityGroup:
        name = f"{self._name}-{part}"
        return ec2.SecurityGroup(
            name,
            description=f"{part} of {self._name}",
            vpc_id=self._vpc,
            tags={**tags(self._stack, name), TAG: "true"},
            # EMR's rules in them refer to each other: a group goes when its rules have gone.
            revoke_rules_on_delete=True,
            opts=self._inside,
        )

    def _between(self, client: ec2.SecurityGroup, server: ec2.SecurityGroup) -> Between:
        return Between(self._stack, client.id, server.id, self)

    def _https_out(self, group: ec2.SecurityGroup, part: str) -> None:
        name = f"{self._name}-{part}-https"
        vpc.SecurityGroupEgressRule(
            name,
            security_group_id=group.id,
            cidr_ipv4=EVERYWHERE,
            **HTTPS.rule(),
            tags=tags(self._stack, name),
            opts=self._inside,
        )
