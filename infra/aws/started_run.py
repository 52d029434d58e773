"""A program that nodes on AWS run: they find each other, and a parameter says how it goes."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi_aws import ssm

from infra.aws.hosts import slots_of
from infra.aws.node_door import FETCH, node_door, places, read_package, state_name
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.site import Site
from infra.builders import BuiltWorkload, NodeSide
from infra.names import tags
from infra.program_run import Door, ProgramRun
from models.parts.workloads.program import Program


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
        self._state = state_name(stack, name)
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
        if group == self._nodes:
            yield from read_package(self._program, self._state, self._site.place)

    def node_side(self, group: str) -> NodeSide:
        if group != self._nodes:
            return NodeSide()
        found = places(self._site, group)
        run = pulumi.Output.all(*found.values()).apply(
            lambda known: self._run(dict(zip(found, known, strict=True)))
        )
        return NodeSide(
            startup=[run.apply(lambda one: "\n".join(one.startup()))],
            first=[run.apply(lambda one: one.first())],
        )

    def _run(self, variables: Mapping[str, str]) -> ProgramRun:
        program, place = self._program, self._site.place
        group = place.stack.nodes[self._nodes]
        instance = place.catalog.instance(place.stack.cloud, str(group.instance))
        door = node_door(place, self._nodes, self._state)
        return ProgramRun(
            self._name,
            program.command,
            program.package,
            group.count,
            {"AWS_REGION": place.region, **variables},
            Door(**door, fetch=FETCH),
            slots_of(instance),
        )
