"""What a provider says of each kind of part that it builds, and what is refused of the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Never, TypeVar, get_args

import pulumi

from infra.access import Granted
from infra.kubernetes_manifest import Told
from infra.measures import Answering, Filling
from infra.startup import Mount
from models.catalog.records import Catalog, StorageService
from models.description.fields import Part
from models.description.stack import Stack, Store
from models.parts.facts import Facts
from models.parts.solve import SolvedStack
from models.parts.workloads.workload_kind import SolvedWorkload

NetworkT = TypeVar("NetworkT", contravariant=True)
StoreT = TypeVar("StoreT", covariant=True)
VolumeT = TypeVar("VolumeT", covariant=True)
GrantT = TypeVar("GrantT")
GroupT = TypeVar("GroupT")


@dataclass(frozen=True)
class Place:
    """Where a stack is built, before the first resource.

    Arguments:
        stack: the description.
        catalog: the facts that its names refer to.
        owner: account or project, which no one else has.
        region: of the cloud.
        zones: in use; nodes are in the first.
    """

    stack: Stack
    catalog: Catalog
    owner: str
    region: str
    zones: Sequence[str]

    @property
    def facts(self) -> Facts:
        """The catalog, as the parts of a stack ask it."""
        return Facts(self.catalog)

    def service(self, name: str | None) -> StorageService:
        """A storage service of the cloud.

        Arguments:
            name: of the catalog.
        """
        return self.catalog.storage_services[self.stack.cloud, str(name)]


@dataclass(frozen=True)
class Admitted:
    """A statement of the policy of a store.

    Arguments:
        principals: whom it is about, as the cloud names them.
        granted: what it says.
    """

    principals: Sequence[pulumi.Output[str]]
    granted: Granted


class BuiltStore(pulumi.ComponentResource, Generic[GrantT]):
    """A store that stands for itself in a cloud.

    Attributes:
        address: what people and nodes find it by.
    """

    address: pulumi.Output[str]

    def grant(self, granted: Sequence[Granted]) -> GrantT | None:
        """What the policy of an identity says of it; None where no policy decides.

        Arguments:
            granted: by the identity's permissions.
        """
        return None

    def admit(self, admitted: Sequence[Admitted]) -> None:
        """Say in a policy of its own whom it lets in; called once, when identities are built.

        Arguments:
            admitted: its statements; there may be none.
        """

    def mount(self, read_only: bool) -> pulumi.Output[Mount] | None:
        """How a node mounts it; None where it is reached in another way.

        Arguments:
            read_only: the role of the node may only read.
        """
        return None

    def filling(self) -> Filling | None:
        """How its growth is measured; None where nothing measures it."""
        return None


@dataclass(frozen=True)
class NodeSide:
    """What the nodes of a group need so that a workload runs on them.

    Arguments:
        target_groups: of load balancers, to which its nodes are added; how the cloud names them.
        security_groups: that its nodes are in beside their own.
        startup: lines of their start-up script, once known.
        first: lines before all others of it, likewise.
    """

    target_groups: Sequence[pulumi.Output[str]] = ()
    security_groups: Sequence[pulumi.Output[str]] = ()
    startup: Sequence[pulumi.Input[str]] = ()
    first: Sequence[pulumi.Input[str]] = ()


class BuiltWorkload(pulumi.ComponentResource, Generic[GrantT, GroupT]):
    """What a workload needs beside stores and nodes; made after stores and before node groups."""

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        """Where people find it: by the output of the Pulumi stack, then by name."""
        return {}

    def grants(self, group: str) -> Iterable[GrantT]:
        """What the role of a node group may do with it.

        Arguments:
            group: its name.
        """
        return ()

    def node_side(self, group: str) -> NodeSide:
        """What the nodes of a group need so that it runs on them.

        Arguments:
            group: its name.
        """
        return NodeSide()

    def told(self) -> Iterable[pulumi.Output[Told]]:
        """What of it a Kubernetes cluster is told to run."""
        return ()

    def answering(self) -> Answering | None:
        """How its answers are measured; None where nothing measures them."""
        return None

    def join(self, node_groups: Mapping[str, GroupT]) -> None:
        """Build what can only be built once there are nodes.

        Arguments:
            node_groups: by name.
        """


@dataclass(frozen=True)
class Plan(Generic[NetworkT, StoreT, VolumeT]):
    """A part that can be had: what could be refused of it has been.

    Arguments:
        build: makes it in the network of the stack, or a workload at its site; None for what
            comes with its nodes.
        volumes: what each node of a group gets of it, by group.
        groups: node groups that it builds itself, which are not built as groups of plain nodes.
        service: of the cloud that takes the roles of these groups, as its policies call it; empty
            where their nodes do.
    """

    build: Callable[[NetworkT], StoreT] | None = None
    volumes: Mapping[str, VolumeT] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    service: str = ""


@dataclass(frozen=True)
class Builder:
    """How a provider builds a kind of store or workload.

    Arguments:
        plan: of a part of a name at a place, a store as described or a workload as solved; raises
            pulumi.RunError for what can't be had.
        output: of the Pulumi stack, which says where a store is found; None for none.
        left: what of a workload nothing starts, as a sentence; None where all of it is.
    """

    plan: Callable[[str, Any, Place], Plan[Any, Any, Any]]
    output: str | None = None
    left: Callable[[Any], str | None] = lambda described: None


Builders = Mapping[type[Part], Builder]


def _plan_nothing(name: str, part: Part, place: Place) -> Plan[Any, Never, Never]:
    return Plan()


# For a kind that needs nothing but the nodes, stores and identities of the stack.
NOTHING_MORE = Builder(_plan_nothing)


def refuse_unbuildable(solved: SolvedStack, builders: Builders) -> None:
    """Stop where a provider can't build a store, or where nothing is left to build.

    Arguments:
        solved: the stack.
        builders: of the provider, by the description of a kind.

    Raises:
        pulumi.RunError: with every such store, or with why nothing is built.
    """
    stack = solved.stack
    built = ", ".join(name_of(kind) for kind in builders if issubclass(kind, Store))
    refused = [
        f"storage.{name}.kind: '{store.kind}' can't be built on {stack.cloud}; what can is {built}"
        for name, store in stack.storage.items()
        if type(store) not in builders
    ]
    if refused:
        raise pulumi.RunError("\n".join(refused))
    started = any(type(one.described) in builders for one in solved.workloads.values())
    if not (stack.nodes or stack.storage or started):
        reasons = "; ".join(
            f"workloads.{name}: {why}" for name, why in not_started(solved, builders).items()
        )
        raise pulumi.RunError(
            f"nothing to provision: stack '{stack.name}' has no nodes and no stores; {reasons}"
        )


def name_of(description: type[Part]) -> str:
    """The name of a kind, as a stack file has it.

    Arguments:
        description: of its parts.
    """
    [name] = get_args(description.model_fields["kind"].annotation)
    return str(name)


def not_started(solved: SolvedStack, builders: Builders) -> dict[str, str]:
    """Why workloads are refused, by name; their node groups and stores are built all the same.

    Arguments:
        solved: the stack.
        builders: of the provider, by the description of a kind.
    """
    found = {
        name: _why_not_started(one, solved.stack, builders)
        for name, one in solved.workloads.items()
    }
    return {name: why for name, why in found.items() if why is not None}


def _why_not_started(one: SolvedWorkload, stack: Stack, builders: Builders) -> str | None:
    kind = one.described.kind
    if type(one.described) in builders:
        return builders[type(one.described)].left(one.described)
    if one.kind.outside(one.described):
        what = f"a workload of kind '{kind}' stands outside of {stack.cloud}"
        return f"{what}, which builds nothing there"
    return nothing_starts(kind, stack.cloud)


def nothing_starts(kind: str, cloud: str) -> str:
    """Why a workload is refused whose nodes and stores are all that is built of it.

    Arguments:
        kind: of workload.
        cloud: that it would be built on.
    """
    return (
        f"nothing starts a workload of kind '{kind}' on {cloud} yet; its node groups and"
        " stores are built, and what runs on them is yours to start"
    )
