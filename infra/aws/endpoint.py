"""Endpoints on AWS: which of their stages are built, and in which order they must stand."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Never

import pulumi

from infra.aws import balanced_endpoint
from infra.aws.function import Function, FunctionArguments, code_of
from infra.aws.http_api import HttpApi, HttpApiArguments
from infra.aws.model_server import ModelServer, ModelServerArguments, refuse_server
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.served_stages import left
from infra.aws.site import Site
from infra.builders import Builder, BuiltWorkload, Place, Plan
from infra.measures import Answering
from models.parts.workloads.endpoint import Endpoint, Stage
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.workload_kind import SolvedWorkload

FORWARDING = Path(__file__).parent / "forwarding"
# It knows no resource that could be named.
DETECT_LABELS = Grant(
    "*",
    lambda everything: [
        {"Effect": "Allow", "Action": ["rekognition:DetectLabels"], "Resource": everything}
    ],
)


@dataclass(frozen=True)
class FunctionEndpointArguments:
    """What a function behind an HTTP API is made of.

    Arguments:
        job: the endpoint.
        function: that answers.
        server: that the function calls; None where it calls none.
    """

    job: EndpointJob
    function: FunctionArguments
    server: ModelServerArguments | None


class FunctionEndpoint(BuiltWorkload[Grant, NodeGroup]):
    """A function behind an HTTP API, with what it calls."""

    def __init__(
        self,
        name: str,
        arguments: FunctionEndpointArguments,
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the workload.
            arguments: what it is made of.
            site: what is there of the stack.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:FunctionEndpoint", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        job, function = arguments.job, arguments.function
        if arguments.server is not None:
            called = f"{name}.{arguments.server.stage.name}"
            server = ModelServer(called, arguments.server, site, inside)
            function = replace(
                function, variables={"ENDPOINT": server.name}, grants=[server.called]
            )
        gateway = job.stages[0]
        api = HttpApi(
            name,
            HttpApiArguments(
                function.stack,
                gateway.described.authorizer,
                Function(f"{name}.{function.stage}", function, inside),
                function.description.timeout,
                gateway.capacity if math.isfinite(gateway.capacity) else job.capacity,
            ),
            inside,
        )
        self._name, self._api = name, api
        self.register_outputs({"url": api.url})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return {
            "endpoints": {self._name: self._api.url},
            "endpoint_arns": {self._name: self._api.callable},
        }

    def answering(self) -> Answering:
        return self._api.answering()


def _plan(
    name: str, part: SolvedWorkload, place: Place
) -> Plan[Site, FunctionEndpoint | balanced_endpoint.BalancedEndpoint, Never]:
    endpoint: Endpoint = part.described
    if _left(endpoint) is not None:
        return Plan()
    if _on_nodes(endpoint):
        return balanced_endpoint.plan(name, part, place)
    job: EndpointJob = part.answer
    _, answers, *behind = job.stages
    path = f"workloads.{name}.stages"
    server = None
    for stage in behind:
        if stage.described.sagemaker is not None:
            where = f"{path}.{stage.name}.sagemaker"
            refuse_server(where, stage.described.sagemaker)
            server = ModelServerArguments(stage, stage.described.sagemaker, where)
    function = _function(
        f"{path}.{answers.name}.function",
        place.stack.name,
        answers.name,
        answers.described,
        *(one.described for one in behind),
    )
    arguments = FunctionEndpointArguments(job, function, server)
    return Plan(lambda site: FunctionEndpoint(name, arguments, site))


def _function(
    path: str, stack: str, name: str, stage: Stage, behind: Stage | None = None
) -> FunctionArguments:
    """A function with code of its own, or one that forwards to what is behind it."""
    described = stage.function
    assert described is not None  # nothing is left of the endpoint
    labels = behind is not None and behind.ai_service is not None
    grants = (DETECT_LABELS,) if labels else ()
    if behind is not None and described.code is None and described.image is None:
        handler = f"handler.{'to_labels' if labels else 'to_model'}"
        return FunctionArguments(stack, name, described, FORWARDING, handler, grants=grants)
    code = code_of(path, described)
    return FunctionArguments(stack, name, described, code, described.handler, grants=grants)


def _left(endpoint: Endpoint) -> str | None:
    """What of an endpoint is not built; None where all of it is."""
    stages = list(endpoint.stages.values())
    behind_api = len(stages) > 1 and stages[0].gateway == "http-api"
    called = (stages[-1].sagemaker, stages[-1].ai_service)
    calls = len(stages) == 3 and any(one is not None for one in called)
    if behind_api and stages[1].function is not None and (len(stages) == 2 or calls):
        return None
    if _on_nodes(endpoint):
        return left(endpoint)
    return (
        "of an endpoint only a function behind `gateway: http-api` is started, with the model"
        " server or the service that it calls; its node groups and stores are built, and what runs"
        " on them is yours to start"
    )


def _on_nodes(endpoint: Endpoint) -> bool:
    stages = endpoint.stages.values()
    return any(one.nodes is not None or one.fargate is not None for one in stages)


BUILDER = Builder(_plan, left=_left)
