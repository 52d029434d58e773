"""A program that nodes on AWS run: they find each other, and a parameter says how it goes."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi_aws import ssm

from infra.access import rights_of
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant, Statement
from infra.aws.site import Site
from infra.builders import BuiltWorkload, NodeSide
from infra.names import tags, unique_name
from infra.program_run import Door, ProgramRun
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.program import Program

LONGEST_NAME = 100  # characters of the last part of a parameter's name
_TOKEN = "curl -sS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' http://169.254.169.254/latest/api/token"
_ABOUT_NODES = "[LaunchTime,InstanceId,PrivateIpAddress]"


class StartedRun(BuiltWorkload[Grant, NodeGroup]):
    """What the nodes of a group run together, and the parameter that has its state."""

    def __init__(
        self,
        name: str,
        nodes: str,
        program: Program,
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the workload.
            nodes: name of its node group.
            program: as described.
            site: where it is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:StartedRun", name, None, opts)
        self._name, self._nodes, self._program, self._site = name, nodes, program, site
        stack = site.place.stack.name
        self._state = f"/windtunnel/{unique_name(stack, name, longest=LONGEST_NAME)}/state"
        self._parameter = ssm.Parameter(
            name,
            name=self._state,
            type="String",
            insecure_value="Described",  # it is no secret
            description=f"How {name} of {stack} goes",
            tags=tags(stack, name),
            # Its nodes say what it is from then on.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["insecureValue"]),
        )
        self.register_outputs({"state": self._parameter.name})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return {"states": {self._name: self._parameter.name}}

    def grants(self, group: str) -> Iterator[Grant]:
        if group != self._nodes:
            return
        place = self._site.place
        yield Grant(
            f"arn:aws:ssm:{place.region}:{place.owner}:parameter{self._state}",
            lambda arn: [_may(arn, "ssm:GetParameter", "ssm:PutParameter")],
        )
        # It knows no resource that could be named.
        yield Grant("*", lambda everything: [_may(everything, "ec2:DescribeInstances")])
        if self._program.package is not None:
            package = self._program.package.removeprefix("s3://")
            yield Grant(f"arn:aws:s3:::{package}", lambda arn: [_may(arn, "s3:GetObject")])

    def node_side(self, group: str) -> NodeSide:
        if group != self._nodes:
            return NodeSide()
        places = self._places()
        run = pulumi.Output.all(*places.values()).apply(
            lambda known: self._run(dict(zip(places, known, strict=True)))
        )
        return NodeSide(
            startup=[run.apply(lambda one: "\n".join(one.startup()))],
            first=[run.apply(lambda one: one.first())],
        )

    def _places(self) -> dict[str, pulumi.Output[str]]:
        """Where its nodes find the stores that they may use, by variable."""
        stack, found = self._site.place.stack, {}
        for store in rights_of(stack, self._nodes):
            described = stack.storage[store]
            bucket = isinstance(described, ObjectStore)
            where = (
                pulumi.Output.concat("s3://", self._site.stores.address(store))
                if bucket
                else pulumi.Output.from_input(f"/mnt/{store}")
            )
            found[f"STORE_{store.upper().replace('-', '_')}"] = where
        return found

    def _run(self, places: Mapping[str, str]) -> ProgramRun:
        program = self._program
        return ProgramRun(
            self._name,
            program.command,
            program.package,
            self._site.place.stack.nodes[self._nodes].count,
            {"AWS_REGION": self._site.place.region, **places},
            self._door(),
        )

    def _door(self) -> Door:
        parameter = f"--region {self._site.place.region} --name {self._state}"
        mine = tags(self._site.place.stack.name, self._nodes)
        filters = " ".join(
            f"Name=tag:{key},Values={mine[key]}" for key in ("project", "environment", "Name")
        )
        return Door(
            report=f'timeout 60 aws ssm put-parameter {parameter} --overwrite --value "$1"'
            " >/dev/null || true",
            told=f"timeout 60 aws ssm get-parameter {parameter} --query Parameter.Value"
            " --output text",
            peers=f"timeout 60 aws ec2 describe-instances --region {self._site.place.region}"
            f" --filters {filters} Name=instance-state-name,Values=running"
            f" --query 'Reservations[].Instances[].{_ABOUT_NODES}' --output text",
            this_node='peers | grep -w "$(curl -sS -H "X-aws-ec2-metadata-token: $('
            f'{_TOKEN})" http://169.254.169.254/latest/meta-data/instance-id)"',
            fetch="aws s3 cp --only-show-errors",
        )


def _may(resource: str, *actions: str) -> Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}
