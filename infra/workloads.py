"""The workloads of a stack in a cloud: planned before the first resource, then built."""

from collections.abc import Iterator, Mapping
from typing import Any, Generic, Never, TypeVar

import pulumi

from infra.builders import Builders, BuiltWorkload, NodeSide, Place, Plan
from infra.kubernetes_manifest import Told
from infra.measures import Answering
from models.parts.solve import SolvedStack

SiteT = TypeVar("SiteT")
GrantT = TypeVar("GrantT")
GroupT = TypeVar("GroupT")


class BuiltWorkloads(Generic[GrantT, GroupT]):
    """Workloads that are built, and what their nodes need.

    Arguments:
        workloads: by name.
    """

    def __init__(self, workloads: Mapping[str, BuiltWorkload[GrantT, GroupT]]) -> None:
        self._workloads = workloads

    def outputs(self) -> dict[str, dict[str, pulumi.Output[Any]]]:
        """Where people find them: by the output of the Pulumi stack, then by name."""
        found: dict[str, dict[str, pulumi.Output[Any]]] = {}
        for one in self._workloads.values():
            for output, places in one.outputs().items():
                found.setdefault(output, {}).update(places)
        return found

    def grants(self, group: str) -> Iterator[GrantT]:
        """What the role of a node group may do with them.

        Arguments:
            group: its name.
        """
        for one in self._workloads.values():
            yield from one.grants(group)

    def node_side(self, group: str) -> NodeSide:
        """What the nodes of a group need so that all of them run.

        Arguments:
            group: its name.
        """
        sides = [one.node_side(group) for one in self._workloads.values()]
        return NodeSide(
            target_groups=[each for side in sides for each in side.target_groups],
            security_groups=[each for side in sides for each in side.security_groups],
            startup=[each for side in sides for each in side.startup],
            first=[each for side in sides for each in side.first],
        )

    def told(self) -> list[pulumi.Output[Told]]:
        """What of them a Kubernetes cluster is told to run."""
        return [each for one in self._workloads.values() for each in one.told()]

    def answering(self) -> dict[str, Answering]:
        """How the answers of each are measured of which they are, by name."""
        found = ((name, one.answering()) for name, one in self._workloads.items())
        return {name: one for name, one in found if one is not None}

    def join(self, node_groups: Mapping[str, GroupT]) -> None:
        """Build what can only be built once there are nodes.

        Arguments:
            node_groups: by name.
        """
        for one in self._workloads.values():
            one.join(node_groups)


class PlannedWorkloads(Generic[SiteT, GrantT, GroupT]):
    """Workloads that can be had, of which nothing is registered yet.

    Arguments:
        solved: the stack.
        place: where they are built.
        builders: of the provider; what none of them builds is left to people.

    Raises:
        pulumi.RunError: one can't be had.
    """

    def __init__(self, solved: SolvedStack, place: Place, builders: Builders) -> None:
        self._plans: dict[str, Plan[SiteT, BuiltWorkload[GrantT, GroupT], Never]] = {
            name: builders[type(one.described)].plan(name, one, place)
            for name, one in solved.workloads.items()
            if type(one.described) in builders
        }

    @property
    def groups(self) -> frozenset[str]:
        """Node groups that workloads build themselves."""
        return frozenset[str]().union(*(plan.groups for plan in self._plans.values()))

    @property
    def services(self) -> dict[str, str]:
        """Services that take the roles of node groups, where their nodes don't."""
        plans = self._plans.values()
        return {group: plan.service for plan in plans if plan.service for group in plan.groups}

    def build(self, site: SiteT) -> BuiltWorkloads[GrantT, GroupT]:
        """Build what workloads need beside stores and nodes.

        Arguments:
            site: the network, the roles and the stores that are there.
        """
        return BuiltWorkloads(
            {name: plan.build(site) for name, plan in self._plans.items() if plan.build is not None}
        )
