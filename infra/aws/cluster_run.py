"""A program that containers of the Kubernetes cluster run, once or for each job of a grid."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Never

import pulumi

from infra.access import rights_of
from infra.aws.image_repository import image_of
from infra.aws.kubernetes_devices import asked_of
from infra.aws.network_cards import efa_cards
from infra.aws.node_door import buckets
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.site import Site
from infra.builders import BuiltWorkload, Place, Plan
from infra.kubernetes_job import Together
from infra.kubernetes_sweep import LONGEST_SCRIPT, MOST_AT_ONCE, MOST_JOBS, Sweep
from infra.notices import warn
from infra.queue_run import values_of
from models.catalog.records import Instance
from models.description.stack import Stack
from models.laws.kubernetes_nodes import memory_kept, vcpus_kept
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.jobs import Jobs
from models.parts.workloads.program import Program

# What is told of a program, once its image and its variables are known.
Make = Callable[[str, Mapping[str, str]], Together | Sweep]


class ClusterRun(BuiltWorkload[Grant, NodeGroup]):
    """The repository of a program's image, if it has one of its own, and the Job that runs it."""

    def __init__(
        self,
        name: str,
        nodes: str,
        program: Program,
        make: Make,
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the workload.
            nodes: name of its node group.
            program: as described, with a container.
            make: what the cluster is told.
            site: where it is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:ClusterRun", name, None, opts)
        self._name, self._namespace = name, site.place.stack.name
        container, region = program.container, site.place.region
        assert container is not None, "the description has been checked"
        self._image = image_of(
            name,
            self._namespace,
            f"workloads.{name}.program.container",
            container,
            pulumi.ResourceOptions(parent=self),
            by_nodes=True,
        )
        known = pulumi.Output.all(image=self._image.name, **buckets(site, nodes))

        def told(known: Mapping[str, str]) -> Together | Sweep:
            stores = {key: where for key, where in known.items() if key != "image"}
            return make(known["image"], {"AWS_REGION": region, **stores})

        self._run: pulumi.Output[Together | Sweep] = known.apply(told)
        self.register_outputs({})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        state = self._run.apply(
            lambda run: f"kubectl get job {run.name} --namespace {self._namespace}"
        )
        found: dict[str, dict[str, pulumi.Output[Any]]] = {"kubernetes_jobs": {self._name: state}}
        if self._image.repository is not None:
            found["repositories"] = {self._name: self._image.repository}
        return found

    def told(self) -> Iterator[pulumi.Output[Together | Sweep]]:
        yield self._run


Planned = Plan[Site, ClusterRun, Never]


def together(name: str, nodes: str, program: Program, place: Place) -> Planned:
    """A program that all nodes of a group of the cluster run together.

    Arguments:
        name: of the workload.
        nodes: name of its node group.
        program: as described, with a container.
        place: where it is built.
    """
    instance = _instance(nodes, place)
    _warn(name, nodes, place.stack)

    def make(image: str, variables: Mapping[str, str]) -> Together:
        return Together(
            workload=name,
            group=nodes,
            account=nodes,
            image=image,
            command=program.command,
            count=place.stack.nodes[nodes].count,
            devices=asked_of(instance, instance.accelerators, efa_cards(instance)),
            vcpus=instance.vcpus - vcpus_kept(instance.vcpus),
            memory=instance.memory - memory_kept(instance.vcpus, instance.memory),
            variables=variables,
        )

    return Plan(lambda site: ClusterRun(name, nodes, program, make, site))


def swept(name: str, jobs: Jobs, program: Program, on_a_node: int, place: Place) -> Planned:
    """A program that containers of the cluster run for each job of a grid.

    Arguments:
        name: of the workload.
        jobs: as described, with a grid of values.
        program: that each of them is, with a container.
        on_a_node: jobs that run on a node at once.
        place: where it is built.

    Raises:
        pulumi.RunError: there are more of them than Kubernetes takes, or they share accelerators.
    """
    [needs], path = jobs.needs, f"workloads.{name}"
    instance = _instance(jobs.nodes, place)
    _warn(name, jobs.nodes, place.stack)
    accelerators = needs.accelerators or 0.0
    if accelerators != round(accelerators) or (accelerators and jobs.share):
        raise pulumi.RunError(
            f"{path}.each.accelerators: a container has whole ones, and for itself; nothing that"
            " lets containers share them is built"
        )

    def make(image: str, variables: Mapping[str, str]) -> Sweep:
        return Sweep(
            workload=name,
            group=jobs.nodes,
            account=jobs.nodes,
            image=image,
            command=program.command,
            grid=values_of(jobs),
            at_once=on_a_node * place.stack.nodes[jobs.nodes].count,
            devices=asked_of(instance, round(accelerators)),
            vcpus=None if jobs.share else needs.vcpus,
            memory=needs.memory,
            variables=variables,
        )

    told = make("", {})
    if told.jobs > MOST_JOBS:
        raise pulumi.RunError(
            f"{path}.grid: is {told.jobs:,} jobs; a Job of Kubernetes has {MOST_JOBS:,} at most"
        )
    if told.jobs > MOST_AT_ONCE < told.at_once:
        raise pulumi.RunError(
            f"{path}.nodes: would run {told.at_once:,} jobs at once; a Job of Kubernetes runs"
            f" {MOST_AT_ONCE:,} at most"
        )
    if len(told.script) > LONGEST_SCRIPT:
        raise pulumi.RunError(
            f"{path}.grid: its values are {len(told.script):,} characters; what a container is told"
            f" has {LONGEST_SCRIPT:,} at most"
        )
    return Plan(lambda site: ClusterRun(name, jobs.nodes, program, make, site))


def _instance(nodes: str, place: Place) -> Instance:
    return place.catalog.instance("aws", str(place.stack.nodes[nodes].instance))


def _warn(name: str, nodes: str, stack: Stack) -> None:
    """Tell what a program will not find."""
    warn(
        f"workloads.{name}.program: '{store}' is mounted by nodes, and by no container of"
        " Kubernetes, so it will not find it"
        for store in rights_of(stack, nodes)
        if not isinstance(stack.storage[store], ObjectStore)
    )
