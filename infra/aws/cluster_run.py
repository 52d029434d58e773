"""A program that containers of the Kubernetes cluster run together, one on each node."""

from collections.abc import Iterator, Mapping
from typing import Any, Never

import pulumi

from infra.access import rights_of
from infra.aws.image_repository import image_of
from infra.aws.images import pulls
from infra.aws.kubernetes_nodes import refuse_without_plugin
from infra.aws.node_door import buckets
from infra.aws.node_group import NodeGroup, efa_cards
from infra.aws.policies import Grant
from infra.aws.site import Site
from infra.builders import BuiltWorkload, Place, Plan
from infra.kubernetes_job import Together
from infra.notices import warn
from models.laws.kubernetes_nodes import memory_kept, vcpus_kept
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.program import Program


class ClusterRun(BuiltWorkload[Grant, NodeGroup]):
    """The repository of a program's image, if it has one of its own, and the Job that runs it."""

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
            program: as described, with a container.
            site: where it is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:ClusterRun", name, None, opts)
        self._name, self._nodes, self._program, self._site = name, nodes, program, site
        container = program.container
        assert container is not None, "the description has been checked"
        stack = site.place.stack.name
        self._image = image_of(
            name, stack, path_of(name), container, pulumi.ResourceOptions(parent=self)
        )
        known = pulumi.Output.all(image=self._image.name, **buckets(site, nodes))
        self._run: pulumi.Output[Together] = known.apply(self._together)
        self.register_outputs({})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        space = self._site.place.stack.name
        state = self._run.apply(lambda run: f"kubectl get job {run.name} --namespace {space}")
        found: dict[str, dict[str, pulumi.Output[Any]]] = {"kubernetes_jobs": {self._name: state}}
        if self._image.repository is not None:
            found["repositories"] = {self._name: self._image.repository}
        return found

    def told(self) -> Iterator[pulumi.Output[Together]]:
        yield self._run

    def _together(self, known: Mapping[str, str]) -> Together:
        place, group = self._site.place, self._site.place.stack.nodes[self._nodes]
        variables = {key: value for key, value in known.items() if key != "image"}
        instance = place.catalog.instance("aws", str(group.instance))
        return Together(
            workload=self._name,
            group=self._nodes,
            account=self._nodes,
            image=known["image"],
            command=self._program.command,
            count=group.count,
            accelerators=instance.accelerators,
            cards=efa_cards(instance),
            vcpus=instance.vcpus - vcpus_kept(instance.vcpus),
            memory=instance.memory - memory_kept(instance.vcpus, instance.memory),
            variables={"AWS_REGION": place.region, **variables},
        )


def plan(name: str, nodes: str, program: Program, place: Place) -> Plan[Site, ClusterRun, Never]:
    """A program whose nodes are of the cluster.

    Arguments:
        name: of the workload.
        nodes: name of its node group.
        program: as described, with a container.
        place: where it is built.

    Raises:
        pulumi.RunError: its image can't be pulled, or its accelerators be given to containers.
    """
    stack = place.stack
    if program.container is not None and program.container.image is not None:
        pulls(f"{path_of(name)}.image", program.container.image)
    refuse_without_plugin(
        f"workloads.{name}.program", place.catalog.instance("aws", str(stack.nodes[nodes].instance))
    )
    warn(
        f"workloads.{name}.program: '{store}' is mounted by nodes, and by no container of"
        " Kubernetes, so it will not find it"
        for store in rights_of(stack, nodes)
        if not isinstance(stack.storage[store], ObjectStore)
    )
    return Plan(lambda site: ClusterRun(name, nodes, program, site))


def path_of(workload: str) -> str:
    """Where the stack file describes the container of a program.

    Arguments:
        workload: its name.
    """
    return f"workloads.{workload}.program.container"
