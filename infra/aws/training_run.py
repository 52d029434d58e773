"""Training on AWS: a job of SageMaker; on nodes of the stack it is for people to start."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Never

import pulumi
from pulumi_aws import sagemaker

from infra.aws.cluster_run import ClusterRun, together
from infra.aws.images import pulls
from infra.aws.log_group import writes_streams
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.private_service import Inside, inside
from infra.aws.security_group import EVERYTHING, Between
from infra.aws.site import Site
from infra.aws.started_run import StartedRun
from infra.builders import Builder, BuiltWorkload, Place, Plan, nothing_starts
from infra.names import plain_name, tags
from models.description.stack import NodeGroup as Group
from models.parts.kubernetes import in_cluster
from models.parts.node_group import whole_gigabytes
from models.parts.workloads.managed_training import RETRIES, ManagedTraining, Parameter
from models.parts.workloads.training import Training
from models.parts.workloads.workload_kind import SolvedWorkload

SERVICE = "sagemaker.amazonaws.com"
LONGEST_NAME = 63  # characters of a training job
# The service writes logs of all jobs of an account into this group, and metrics under this name.
LOGS = METRICS = "/aws/sagemaker/TrainingJobs"
CHECKPOINTS = "checkpoints"


class TrainingRun(BuiltWorkload[Grant, NodeGroup]):
    """A training job, which starts when it is made; what it is told differently is another."""

    def __init__(
        self,
        name: str,
        training: Training,
        managed: ManagedTraining,
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build what must be there before it; the job follows in `join`.

        Arguments:
            name: of the workload.
            training: as described.
            managed: what it says of the job.
            site: where it is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:TrainingRun", name, None, opts)
        self._name, self._training, self._managed, self._site = name, training, managed, site
        self._stack = site.place.stack
        self._inside = pulumi.ResourceOptions(parent=self)
        self._where = inside(name, site.network, site.place, self._inside)
        if self._stack.nodes[training.nodes].count > 1:
            group = self._where.security_group
            Between(self._stack.name, group, group, self).allow(f"{name}-between", EVERYTHING)
        self._outputs: dict[str, dict[str, pulumi.Output[Any]]] = {}

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return self._outputs

    def grants(self, group: str) -> Iterator[Grant]:
        if group == self._training.nodes:
            path = f"workloads.{self._name}.sagemaker.image"
            yield from pulls(path, str(self._managed.image))
            called = self._called(self._stack.nodes[group])
            yield from reports(self._site.place, f"{called}/*")
            yield self._where.grant

    def join(self, node_groups: Mapping[str, NodeGroup]) -> None:
        group, managed = self._stack.nodes[self._training.nodes], self._managed
        identity = self._site.identities.roles[self._training.nodes]
        job = sagemaker.TrainingJob(
            self._name,
            training_job_name=self._called(group),
            role_arn=identity.arn,
            algorithm_specification={
                "training_image": managed.image,
                "training_input_mode": managed.input_mode,
            },
            hyper_parameters={key: written(one) for key, one in managed.hyperparameters.items()},
            input_data_configs=[
                channel(name, self._uri(self._training.dataset.store, prefix))
                for name, prefix in managed.channels.items()
            ],
            output_data_config={
                "s3_output_path": self._uri(managed.output.store, f"{managed.output.prefix}/output")
            },
            checkpoint_config={
                "s3_uri": self._uri(
                    self._training.checkpoint.store, f"{managed.output.prefix}/{CHECKPOINTS}"
                )
            },
            resource_config=resources(group),
            stopping_condition={"max_runtime_in_seconds": round(managed.longest)},
            # What of the instance fails is tried again from the last checkpoint, as predicted.
            retry_strategy={"maximum_retry_attempts": RETRIES},
            enable_inter_container_traffic_encryption=group.count > 1,
            # Nothing that runs in the container reaches anything outside of it.
            enable_network_isolation=True,
            vpc_config=network_of(self._where),
            tags=tags(self._stack.name, self._name),
            # Its first read needs routes, and what its role may do.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[self._site.network, *identity.parts]
            ),
        )
        self._outputs["training_jobs"] = {self._name: job.training_job_name}
        self.register_outputs({"name": job.training_job_name})

    def _called(self, group: Group) -> str:
        """A job is never changed: what is told otherwise is a job of another name."""
        told = json.dumps([self._managed.model_dump(mode="json"), group.model_dump(mode="json")])
        return plain_name(self._stack.name, self._name, told, longest=LONGEST_NAME)

    def _uri(self, store: str, key: str) -> pulumi.Output[str]:
        bucket = self._site.stores.address(store)
        return pulumi.Output.concat("s3://", bucket, f"/{key.strip('/')}".rstrip("/"))


def written(parameter: Parameter) -> str:
    """A hyperparameter as containers get it: text.

    Arguments:
        parameter: as described.
    """
    if isinstance(parameter, bool):
        return str(parameter).lower()
    whole = isinstance(parameter, float) and parameter.is_integer()
    return str(int(parameter) if whole else parameter)


def channel(name: str, uri: pulumi.Output[str]) -> dict[str, Any]:
    """A part of the data set, all of which each instance gets.

    Arguments:
        name: that the container knows.
        uri: where it is.
    """
    source = {
        "s3_data_type": "S3Prefix",
        "s3_uri": uri,
        "s3_data_distribution_type": "FullyReplicated",
    }
    return {"channel_name": name, "data_source": {"s3_data_source": source}}


def resources(group: Group) -> dict[str, Any]:
    """The instances of a job.

    Arguments:
        group: its nodes.
    """
    return {
        "instance_count": group.count,
        "instance_type": str(group.instance),
        "volume_size_in_gb": whole_gigabytes(group.boot_disk),
    }


def network_of(where: Inside) -> dict[str, Any]:
    """Where in the network the instances of a job are.

    Arguments:
        where: in it.
    """
    return {"subnets": where.subnets, "security_group_ids": [where.security_group]}


def reports(place: Place, streams: str) -> Iterator[Grant]:
    """What the role of a job needs to write logs and metrics.

    Arguments:
        place: where the stack is built.
        streams: of logs that it writes.
    """
    yield writes_streams(place, LOGS, streams)
    yield Grant(
        "*",
        lambda everything: [
            {
                "Effect": "Allow",
                "Action": ["cloudwatch:PutMetricData"],
                "Resource": everything,
                "Condition": {"StringEquals": {"cloudwatch:namespace": METRICS}},
            }
        ],
    )


def refuse_to_wait(name: str, after: Sequence[str]) -> None:
    """Stop where a job would have to wait for another workload.

    Arguments:
        name: of the workload.
        after: which it is predicted to wait for.

    Raises:
        pulumi.RunError: it is predicted to start later than it would.
    """
    if after:
        raise pulumi.RunError(
            f"workloads.{name}.after: what is built starts at once, and waits for no other; build"
            f" '{after[0]}' first, in a stack file without this one"
        )


def _plan(
    name: str, part: SolvedWorkload, place: Place
) -> Plan[Site, TrainingRun | StartedRun | ClusterRun, Never]:
    training: Training = part.described
    managed, program = training.sagemaker, training.program
    if managed is None:
        if program is None:
            return Plan()
        refuse_to_wait(name, training.after)
        if training.nodes in in_cluster(place.stack):
            return together(name, training.nodes, program, place)
        return Plan(lambda site: StartedRun(name, training.nodes, program, site))
    refuse_to_wait(name, training.after)
    path = f"workloads.{name}.sagemaker"
    if managed.image is None:
        raise pulumi.RunError(
            f"{path}: to build a training job, give it `image`, a container image in the registry"
            " of AWS that trains"
        )
    pulls(f"{path}.image", managed.image)
    return Plan(
        lambda site: TrainingRun(name, training, managed, site),
        groups=frozenset([training.nodes]),
        service=SERVICE,
    )


def _left(training: Training) -> str | None:
    servers = training.parameter_server
    apart = None if servers is None or servers.nodes == training.nodes else servers.nodes
    if training.program is not None and apart is not None:
        return (
            f"its program is started on '{training.nodes}', and nothing on '{apart}'; what its"
            " parameter servers run there is yours to start"
        )
    if training.sagemaker is not None or training.program is not None:
        return None
    return nothing_starts(training.kind, "aws") + "; or say what they start, as its `program`"


BUILDER = Builder(_plan, left=_left)
