"""A model server of an endpoint on AWS: model, endpoint configuration and endpoint of SageMaker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import appautoscaling, sagemaker

from infra.aws.images import pulls
from infra.aws.log_group import log_group, writes
from infra.aws.policies import Grant
from infra.aws.private_service import inside
from infra.aws.service_role import ServiceRole
from infra.aws.site import Site
from infra.names import plain_name, tags
from models.description.identities import Permission
from models.description.quantities import HOUR
from models.parts.workloads.endpoint_managed import ModelServer as Description
from models.parts.workloads.endpoint_network import SolvedStage
from models.queueing.stations import Scaling

LONGEST_NAME = 63  # characters of a model, a configuration and an endpoint
VARIANT = "all"
# What the service tells CloudWatch of a container, and under which name alone it may.
METRICS = "/aws/sagemaker/Endpoints"


@dataclass(frozen=True)
class ModelServerArguments:
    """What a model server is made of.

    Arguments:
        stage: of the endpoint that it is.
        description: the server as described.
        path: of it in the stack file.
    """

    stage: SolvedStage
    description: Description
    path: str


class ModelServer(pulumi.ComponentResource):
    """An endpoint of SageMaker; the program waits until it is in service, or says why it is not.

    Attributes:
        name: of the endpoint in the account.
        called: what a role needs that calls it.
    """

    def __init__(
        self,
        name: str,
        arguments: ModelServerArguments,
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the endpoint and the stage.
            arguments: what it is made of.
            site: what is there of the stack.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:ModelServer", name, None, opts)
        self._name, self._site = name, site
        self._stack = site.place.stack.name
        self._arguments = arguments
        self._tags = tags(self._stack, name)
        self._inside = pulumi.ResourceOptions(parent=self)
        endpoint = plain_name(self._stack, name, longest=LONGEST_NAME)
        made = sagemaker.Endpoint(
            name,
            name=endpoint,
            endpoint_config_name=self._configuration(self._model(endpoint)),
            tags=self._tags,
            opts=self._inside,
        )
        scaling = arguments.stage.described.scaling
        if scaling is not None:
            self._follow_the_load(made, scaling)
        self.name: pulumi.Output[str] = made.name
        self.called = Grant(
            made.arn,
            lambda arn: [
                {"Effect": "Allow", "Action": ["sagemaker:InvokeEndpoint"], "Resource": arn}
            ],
        )
        self.register_outputs({"name": self.name})

    def _model(self, endpoint: str) -> pulumi.Output[str]:
        described, stores = self._arguments.description, self._site.stores
        image, artifact = str(described.image), described.artifact
        # The service writes there whatever the endpoint is called by.
        logs = log_group(self._name, f"{METRICS}/{endpoint}", self._stack, self._inside)
        where = inside(self._name, self._site.network, self._site.place, self._inside)
        grants = [
            *pulls(f"{self._arguments.path}.image", image),
            writes(logs),
            _measures(),
            where.grant,
        ]
        container: dict[str, Any] = {"image": image}
        if artifact is not None:
            read = Permission(store=artifact.store, access="read", objects=artifact.object)
            grants += stores.grants([read])
            container["model_data_url"] = stores.address(artifact.store).apply(
                lambda bucket: f"s3://{bucket}/{artifact.object}"
            )
        role = ServiceRole(self._name, self._stack, "sagemaker.amazonaws.com", grants, self._inside)
        model = sagemaker.Model(
            self._name,
            # Another model has another name, so that the old one serves until it is there.
            name=self._named(image, "" if artifact is None else str(artifact)),
            execution_role_arn=role.arn,
            primary_container=container,
            # Nothing that runs in the container reaches anything outside of it.
            enable_network_isolation=True,
            vpc_config={
                "subnets": where.subnets,
                "security_group_ids": [where.security_group],
            },
            tags=self._tags,
            opts=self._inside,
        )
        name: pulumi.Output[str] = model.name
        return name

    def _configuration(self, model: pulumi.Output[str]) -> pulumi.Output[str]:
        described, stage = self._arguments.description, self._arguments.stage
        scaling = stage.described.scaling
        count = stage.replicas if scaling is None else scaling.minimum
        artifact = described.artifact
        content = (described.instance, str(count), str(described.image), str(artifact))
        made = sagemaker.EndpointConfiguration(
            self._name,
            name=self._named("configuration", *content),
            production_variants=[
                {
                    "variant_name": VARIANT,
                    "model_name": model,
                    "instance_type": described.instance,
                    "initial_instance_count": count,
                    "initial_variant_weight": 1.0,
                }
            ],
            tags=self._tags,
            opts=self._inside,
        )
        name: pulumi.Output[str] = made.name
        return name

    def _named(self, *content: str) -> str:
        return plain_name(self._stack, self._name, *content, longest=LONGEST_NAME)

    def _follow_the_load(self, endpoint: sagemaker.Endpoint, scaling: Scaling) -> None:
        """Target tracking of the invocations of an instance in a minute."""
        target = appautoscaling.Target(
            self._name,
            service_namespace="sagemaker",
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            resource_id=endpoint.name.apply(lambda name: f"endpoint/{name}/variant/{VARIANT}"),
            min_capacity=scaling.minimum,
            max_capacity=scaling.maximum,
            tags=self._tags,
            opts=self._inside,
        )
        full = self._arguments.stage.of_replica * HOUR / 60
        appautoscaling.Policy(
            self._name,
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {
                    "predefined_metric_type": "SageMakerVariantInvocationsPerInstance"
                },
                "target_value": scaling.target * full,
                "scale_in_cooldown": round(scaling.cooldown),
                "scale_out_cooldown": round(scaling.interval),
            },
            opts=self._inside,
        )


def _measures() -> Grant:
    return Grant(
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


def refuse_server(path: str, server: Description) -> None:
    """Stop where a model server can't be built.

    Arguments:
        path: of the server in the stack file.
        server: as described.

    Raises:
        pulumi.RunError: it has no image, or one of another registry.
    """
    if server.image is None:
        raise pulumi.RunError(
            f"{path}: to build a model server, give it `image`, a container image in the registry"
            " of AWS that answers /ping and /invocations"
        )
    pulls(f"{path}.image", server.image)
