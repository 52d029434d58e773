"""Services of ECS on Fargate and on nodes with GPUs, their images, and their deployments."""

import base64
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pulumi
import pytest
import yaml
from botocore.validate import ParamValidator

from infra.aws.deployment import warn_of_what_waits

from .example_graphs import ROOT, graph_of
from .mock_cloud import Run, run_program
from .strict_schema import violations

EXAMPLE = ROOT / "stacks" / "ecs-endpoint.yaml"
INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture(scope="module")
def run() -> Run:
    return graph_of(EXAMPLE)


def changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Run:
    tree = yaml.safe_load(EXAMPLE.read_text())
    change(tree["workloads"]["shop"]["stages"])
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    zones = ("us-east-1a", "us-east-1b")
    return run_program({"windtunnel:stack": str(path), **config}, zones=zones)


def container(run: Run, name: str) -> dict[str, Any]:
    [task] = [one for one in run.of("ecs/taskDefinition:TaskDefinition") if one.name == name]
    found: list[dict[str, Any]] = json.loads(task.inputs["containerDefinitions"])
    [one] = found
    return one


def statements(run: Run, name: str) -> list[dict[str, Any]]:
    [policy] = [one for one in run.of("iam/rolePolicy:RolePolicy") if one.name == name]
    found: list[dict[str, Any]] = json.loads(policy.inputs["policy"])["Statement"]
    return found


def test_tasks_are_as_many_and_as_large_as_were_predicted(run: Run) -> None:
    services = {one.name: one.inputs for one in run.of("ecs/service:Service")}
    assert {name: (one["launchType"], one["desiredCount"]) for name, one in services.items()} == {
        "shop.web": ("FARGATE", 2),
        "shop.model": ("EC2", 2),
    }
    [web] = [one for one in run.of("ecs/taskDefinition:TaskDefinition") if one.name == "shop.web"]
    assert (web.inputs["cpu"], web.inputs["memory"]) == ("2048", "4096")
    model = container(run, "shop.model")
    assert model["resourceRequirements"] == [{"type": "GPU", "value": "1"}]
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_the_internet_reaches_them_by_https_alone(run: Run) -> None:
    listeners = run.of("lb/listener:Listener")
    by_port = {(one.inputs["port"], one.inputs["protocol"]) for one in listeners}
    assert by_port == {(443, "HTTPS"), (80, "HTTP")}
    for group in run.of("lb/targetGroup:TargetGroup"):
        assert group.inputs["targetType"] == "ip"
        assert group.inputs["healthCheck"]["path"] == "/ping"
    for service in run.of("ecs/service:Service"):
        network = service.inputs["networkConfiguration"]
        assert network["assignPublicIp"] is False
        assert all("private" in one for one in network["subnets"])


def test_a_stage_calls_the_next_and_nobody_else_does(run: Run) -> None:
    told = {one["name"]: one["value"] for one in container(run, "shop.web")["environment"]}
    assert told["MODEL_URL"].startswith("https://")
    assert container(run, "shop.model")["environment"] == []
    into = [
        one.inputs["referencedSecurityGroupId"]
        for one in run.of(INGRESS)
        if one.inputs["securityGroupId"] == "SecurityGroup-shop.inner-calls"
    ]
    assert into == ["SecurityGroup-shop.gateway-answers"]


def test_a_repository_keeps_what_was_pushed(run: Run) -> None:
    [repository] = run.of("ecr/repository:Repository")
    assert repository.inputs["imageTagMutability"] == "IMMUTABLE"
    assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
    url = run.outputs["repositories"]["shop.web"]
    assert container(run, "shop.web")["image"] == f"{url}:1.4.0"


def test_requests_go_over_once_all_new_tasks_stand_beside_the_old(run: Run) -> None:
    group = run.one("codedeploy/deploymentGroup:DeploymentGroup").inputs
    assert group["deploymentStyle"]["deploymentType"] == "BLUE_GREEN"
    pair = group["loadBalancerInfo"]["targetGroupPairInfo"]
    assert len({one["name"] for one in pair["targetGroups"]}) == 2
    assert group["autoRollbackConfiguration"]["enabled"] is True
    assert run.one("codedeploy/application:Application").inputs["computePlatform"] == "ECS"
    [web] = [one for one in run.of("ecs/service:Service") if one.name == "shop.web"]
    assert web.inputs["deploymentController"] == {"type": "CODE_DEPLOY"}
    told = run.outputs["deployments"]["shop.web"]
    assert told["group"].split() == [group["appName"], group["deploymentGroupName"]]


def test_an_output_is_the_command_that_starts_a_deployment(run: Run) -> None:
    told = run.outputs["deployments"]["shop.web"]
    words = shlex.split(told["start"])
    assert words[:3] == ["aws", "deploy", "create-deployment"]
    given = dict(zip(words[3::2], words[4::2], strict=True))
    application, group = told["group"].split()
    sent = {
        "applicationName": given["--application-name"],
        "deploymentGroupName": given["--deployment-group-name"],
        "revision": json.loads(given["--revision"]),
    }
    assert (sent["applicationName"], sent["deploymentGroupName"]) == (application, group)
    assert given["--region"] == "us-east-1"
    operation = botocore.session.get_session().get_service_model("codedeploy")
    shape = operation.operation_model("CreateDeployment").input_shape
    assert not ParamValidator().validate(sent, shape).has_errors()
    content = json.loads(sent["revision"]["appSpecContent"]["content"])
    [service] = [one["TargetService"]["Properties"] for one in content["Resources"]]
    assert service["TaskDefinition"] == told["task_definition"]
    [port] = container(run, "shop.web")["portMappings"]
    assert service["LoadBalancerInfo"] == {
        "ContainerName": container(run, "shop.web")["name"],
        "ContainerPort": port["containerPort"],
    }


def test_a_task_definition_that_waits_for_its_deployment_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    warn_of_what_waits("shop.web", "web:2", "web:2")
    assert said == []
    warn_of_what_waits("shop.web", "web:2", "web:1")
    assert "web:2 is registered, and web:1 answers" in said[0]
    assert "no deployment is started by `pulumi up`" in said[0]


def test_codedeploy_may_change_this_service_and_no_other(run: Run) -> None:
    for one in statements(run, "shop.web-deploys"):
        if one["Resource"] == "*":
            assert all("Describe" in action for action in one["Action"])
        for action in one["Action"]:
            if action.startswith("ecs:"):
                assert all("ecs-endpoint-shop-web" in arn for arn in one["Resource"])


def test_containers_have_no_role_and_what_starts_them_pulls_and_logs(run: Run) -> None:
    for task in run.of("ecs/taskDefinition:TaskDefinition"):
        assert "taskRoleArn" not in task.inputs
    actions = {action for one in statements(run, "shop.web-start") for action in one["Action"]}
    assert {action.partition(":")[0] for action in actions} == {"ecr", "logs"}


def test_nodes_run_the_agent_for_this_cluster_alone(run: Run) -> None:
    [template] = run.of("ec2/launchTemplate:LaunchTemplate")
    text = base64.b64decode(template.inputs["userData"]).decode()
    name = run.one("ecs/cluster:Cluster").inputs["name"]
    assert f"ECS_CLUSTER={name}\n" in text
    assert "ECS_ENABLE_GPU_SUPPORT=true" in text
    assert re.search(r"try_often install docker ecs-init", text)
    for one in statements(run, "gpus-no-permissions"):
        assert one["Resource"] == "*" or name in one["Resource"]
    anywhere = [one for one in statements(run, "gpus-no-permissions") if one["Resource"] == "*"]
    assert [one["Action"] for one in anywhere] == [["ecs:DiscoverPollEndpoint"]]


def test_a_rolling_deployment_that_fails_goes_back(tmp_path: Path) -> None:
    run = changed(tmp_path, lambda tree: tree["web"]["container"].update(deployment="rolling"))
    [web] = [one for one in run.of("ecs/service:Service") if one.name == "shop.web"]
    assert web.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert web.inputs["deploymentMinimumHealthyPercent"] == 100
    assert run.of("codedeploy/application:Application") == []
    assert "deployments" not in run.outputs


def test_an_image_of_another_registry_is_refused(tmp_path: Path) -> None:
    image = "docker.io/library/nginx:1.27"
    with pytest.raises(
        pulumi.RunError, match=r"model\.container\.image: .* is not in the registry"
    ):
        changed(tmp_path, lambda tree: tree["model"]["container"].update(image=image))


def test_without_a_container_it_is_said(tmp_path: Path) -> None:
    run = changed(tmp_path, lambda tree: tree["web"].pop("container"))
    assert "does not say which `container` answers" in run.outputs["not_started"]["shop"]
