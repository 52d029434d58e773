"""An HTTP API on AWS: https alone, every route behind an authorizer, throttled as predicted."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import pulumi
from pulumi_aws import apigatewayv2, lambda_

from infra.aws.function import Function
from infra.aws.log_group import log_group
from infra.measures import Answering, Metric
from infra.names import tags, unique_name
from models.parts.workloads.endpoint_managed import Authorizer

LONGEST_NAME = 100
STAGE = "$default"
METHOD, PATH = "POST", "/invocations"
# Longest that an HTTP API waits for what it calls, s: API Gateway quotas, HTTP API,
# docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html (2026-11-27).
LONGEST_WAIT = 30.0
RECORD = {
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "requestTime": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
}


@dataclass(frozen=True)
class HttpApiArguments:
    """What an HTTP API is made of.

    Arguments:
        stack: name of the stack.
        authorizer: whose tokens let callers in; those who sign as identities of AWS if None.
        function: that answers.
        timeout: longest that it may take, s.
        rate: requests/s that are let through; infinite where nothing bounds them.
    """

    stack: str
    authorizer: Authorizer | None
    function: Function
    timeout: float
    rate: float


class HttpApi(pulumi.ComponentResource):
    """An HTTP API with one route, to one function.

    Attributes:
        url: at which it is called.
        callable: ARN of the route, which callers who sign need `execute-api:Invoke` on.
    """

    def __init__(
        self,
        name: str,
        arguments: HttpApiArguments,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the endpoint.
            arguments: what it is made of.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:HttpApi", name, None, opts)
        self._name = name
        self._arguments = arguments
        self._tags = tags(arguments.stack, name)
        self._inside = pulumi.ResourceOptions(parent=self)
        self._api = apigatewayv2.Api(
            name,
            name=unique_name(arguments.stack, name, longest=LONGEST_NAME),
            protocol_type="HTTP",
            tags=self._tags,
            opts=self._inside,
        )
        self.callable = self._api.execution_arn.apply(lambda arn: f"{arn}/{STAGE}/{METHOD}{PATH}")
        stage = self._stage(self._route())
        self.url = pulumi.Output.all(self._api.api_endpoint, stage.id).apply(
            lambda known: f"{known[0]}{PATH}"
        )
        self.register_outputs({"url": self.url})

    def answering(self) -> Answering:
        """How its answers are measured."""

        def metric(name: str) -> Metric:
            return Metric("AWS/ApiGateway", name, {"ApiId": self._api.id}, "Average")

        return Answering(metric("Latency"), 1e-3, [metric("5xx")], None)

    def _route(self) -> apigatewayv2.Route:
        arguments = self._arguments
        integration = apigatewayv2.Integration(
            self._name,
            api_id=self._api.id,
            integration_type="AWS_PROXY",
            integration_method="POST",
            integration_uri=arguments.function.invoke_arn,
            payload_format_version="2.0",
            timeout_milliseconds=round(1e3 * min(arguments.timeout, LONGEST_WAIT)),
            opts=self._inside,
        )
        allowed = lambda_.Permission(
            self._name,
            action="lambda:InvokeFunction",
            function=arguments.function.name,
            principal="apigateway.amazonaws.com",
            source_arn=self.callable,
            opts=self._inside,
        )
        return apigatewayv2.Route(
            self._name,
            api_id=self._api.id,
            route_key=f"{METHOD} {PATH}",
            target=integration.id.apply(lambda known: f"integrations/{known}"),
            **self._authorization(),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )

    def _authorization(self) -> dict[str, pulumi.Input[str]]:
        authorizer = self._arguments.authorizer
        if authorizer is None:
            return {"authorization_type": "AWS_IAM"}
        tokens = apigatewayv2.Authorizer(
            self._name,
            api_id=self._api.id,
            name=self._name,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration={
                "issuer": authorizer.issuer,
                "audiences": list(authorizer.audience),
            },
            opts=self._inside,
        )
        return {"authorization_type": "JWT", "authorizer_id": tokens.id}

    def _stage(self, route: apigatewayv2.Route) -> apigatewayv2.Stage:
        stack, rate = self._arguments.stack, self._arguments.rate
        # Below this path the service may write without a policy for each group.
        called = unique_name(stack, self._name, longest=LONGEST_NAME)
        logs = log_group(self._name, f"/aws/vendedlogs/apis/{called}", stack, self._inside)
        throttled = {}
        if math.isfinite(rate):
            # The requests of a second may come at once.
            throttled = {
                "throttling_rate_limit": rate,
                "throttling_burst_limit": max(1, math.ceil(rate)),
            }
        return apigatewayv2.Stage(
            self._name,
            api_id=self._api.id,
            name=STAGE,
            auto_deploy=True,
            access_log_settings={"destination_arn": logs.arn, "format": json.dumps(RECORD)},
            default_route_settings={"detailed_metrics_enabled": True, **throttled},
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[route]),
        )
