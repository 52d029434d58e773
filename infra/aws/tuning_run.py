"""Jobs on AWS: a tuning job of SageMaker, or those that nodes of the stack take from a queue."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Never

import pulumi
from pulumi_aws import sagemaker

from infra.aws.cluster_run import ClusterRun, swept
from infra.aws.images import pulls
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.private_service import inside
from infra.aws.queued_jobs import QueuedJobs
from infra.aws.site import Site
from infra.aws.training_run import (
    SERVICE,
    channel,
    network_of,
    refuse_to_wait,
    reports,
    resources,
    written,
)
from infra.builders import Builder, BuiltWorkload, Place, Plan, nothing_starts
from infra.names import plain_name, tags
from models.parts.kubernetes import in_cluster
from models.parts.workloads.jobs import Jobs
from models.parts.workloads.managed_tuning import ManagedTuning, Range
from models.parts.workloads.workload_kind import SolvedWorkload

LONGEST_NAME = 32  # characters of a tuning job


class TuningRun(BuiltWorkload[Grant, NodeGroup]):
    """A tuning job, which starts when it is made; what it is told differently is another."""

    def __init__(
        self,
        name: str,
        jobs: Jobs,
        managed: ManagedTuning,
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build what must be there before it; the job follows in `join`.

        Arguments:
            name: of the workload.
            jobs: as described.
            managed: what they say of the tuning.
            site: where it is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:TuningRun", name, None, opts)
        self._name, self._jobs, self._managed, self._site = name, jobs, managed, site
        self._stack = site.place.stack
        self._inside = pulumi.ResourceOptions(parent=self)
        self._where = inside(name, site.network, site.place, self._inside)
        self._outputs: dict[str, dict[str, pulumi.Output[Any]]] = {}

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return self._outputs

    def grants(self, group: str) -> Iterator[Grant]:
        if group == self._jobs.nodes:
            yield from pulls(f"workloads.{self._name}.sagemaker.image", str(self._managed.image))
            # Its training jobs are called as it is, and a number.
            yield from reports(self._site.place, f"{self._called()}-*")
            yield self._where.grant

    def join(self, node_groups: Mapping[str, NodeGroup]) -> None:
        jobs, managed = self._jobs, self._managed
        identity = self._site.identities.roles[jobs.nodes]
        made = sagemaker.HyperParameterTuningJob(
            self._name,
            name=self._called(),
            config=self._configuration(),
            training_job_definition={
                "role_arn": identity.arn,
                "algorithm_specification": self._algorithm(),
                "static_hyper_parameters": {
                    key: written(one) for key, one in managed.hyperparameters.items()
                },
                "input_data_configs": [
                    channel(name, self._uri("input", prefix))
                    for name, prefix in managed.channels.items()
                ],
                "output_data_config": {"s3_output_path": self._uri("output", managed.prefix)},
                "resource_config": {
                    **resources(self._stack.nodes[jobs.nodes]),
                    "instance_count": 1,
                },
                "stopping_condition": {"max_runtime_in_seconds": round(managed.longest)},
                "enable_network_isolation": True,
                "vpc_config": network_of(self._where),
            },
            tags=tags(self._stack.name, self._name),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[self._site.network, *identity.parts]
            ),
        )
        self._outputs["tuning_jobs"] = {self._name: made.name}
        self.register_outputs({"name": made.name})

    def _configuration(self) -> dict[str, Any]:
        jobs, managed = self._jobs, self._managed
        limits = {"max_parallel_training_jobs": self._stack.nodes[jobs.nodes].count}
        if jobs.grid is None:
            limits["max_number_of_training_jobs"] = int(jobs.count or 1)
        return {
            "strategy": "Bayesian" if jobs.grid is None else "Grid",
            "objective": {
                "metric_name": managed.objective.metric,
                "type": managed.objective.goal,
            },
            "resource_limits": limits,
            "parameter_ranges": self._ranges(),
        }

    def _ranges(self) -> dict[str, Any]:
        if self._jobs.grid is not None:
            return {
                "categorical_parameter_ranges": [
                    {"name": name, "values": [written(one) for one in values]}
                    for name, values in self._jobs.grid.items()
                    if not isinstance(values, int)
                ]
            }
        whole, broken = (
            [_range(name, one) for name, one in self._managed.ranges.items() if one.whole is kind]
            for kind in (True, False)
        )
        found = {"integer_parameter_ranges": whole, "continuous_parameter_ranges": broken}
        return {key: ranges for key, ranges in found.items() if ranges}

    def _algorithm(self) -> dict[str, Any]:
        objective = self._managed.objective
        told: dict[str, Any] = {
            "training_image": self._managed.image,
            "training_input_mode": "File",
        }
        if objective.pattern is not None:
            told["metric_definitions"] = [{"name": objective.metric, "regex": objective.pattern}]
        return told

    def _called(self) -> str:
        group = self._stack.nodes[self._jobs.nodes]
        parts = (self._managed, group)
        told = json.dumps([one.model_dump(mode="json") for one in parts] + [self._jobs.grid])
        return plain_name(self._stack.name, self._name, told, longest=LONGEST_NAME)

    def _uri(self, key: str, inside_of: str) -> pulumi.Output[str]:
        data = getattr(self._jobs, key)
        bucket = self._site.stores.address(data.store)
        return pulumi.Output.concat("s3://", bucket, f"/{inside_of}".rstrip("/"))


def _range(name: str, described: Range) -> dict[str, Any]:
    def value(one: float) -> str:
        return str(round(one)) if described.whole else f"{one:g}"

    return {
        "name": name,
        "min_value": value(described.least),
        "max_value": value(described.most),
        "scaling_type": described.scale,
    }


def _plan(
    name: str, part: SolvedWorkload, place: Place
) -> Plan[Site, TuningRun | QueuedJobs | ClusterRun, Never]:
    jobs: Jobs = part.described
    managed, program = jobs.sagemaker, jobs.program
    if managed is None:
        if program is None:
            return Plan()
        refuse_to_wait(name, jobs.after)
        at_once = part.answer.on_a_node
        if jobs.nodes in in_cluster(place.stack):
            return swept(name, jobs, program, at_once, place)
        return Plan(lambda site: QueuedJobs(name, jobs, program, at_once, site))
    refuse_to_wait(name, jobs.after)
    path = f"workloads.{name}.sagemaker"
    if managed.image is None:
        raise pulumi.RunError(
            f"{path}: to build a tuning job, give it `image`, a container image in the registry"
            " of AWS that trains"
        )
    pulls(f"{path}.image", managed.image)
    return Plan(
        lambda site: TuningRun(name, jobs, managed, site),
        groups=frozenset([jobs.nodes]),
        service=SERVICE,
    )


def _left(jobs: Jobs) -> str | None:
    if jobs.sagemaker is not None or jobs.program is not None:
        return None
    return nothing_starts(jobs.kind, "aws") + "; or say what each is, as their `program`"


BUILDER = Builder(_plan, left=_left)
