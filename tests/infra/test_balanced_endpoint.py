"""An endpoint on nodes: load balancers with TLS, Gunicorn and Nginx, nodes that come back."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .example_graphs import graph_of
from .mock_cloud import Run, run_program
from .strict_schema import violations

ROOT = Path(__file__).parents[2]
Change = Callable[[dict[str, Any]], Any]
INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
BALANCER, LISTENER = "lb/loadBalancer:LoadBalancer", "lb/listener:Listener"


CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
PACKAGES = {"web": ("web-1.4.0", "shop:app"), "model": ("model-2.1.0", "serve:app")}


def written(folder: Path, change: Change = lambda tree: None) -> Path:
    """The example with its own certificate and packages, and a load balancer before the model."""
    tree = yaml.safe_load((ROOT / "stacks" / "flask-endpoint.yaml").read_text())
    given = tree["workloads"]["shop"]["stages"]
    given["gateway"]["certificate"] = CERTIFICATE
    for stage, (package, module) in PACKAGES.items():
        place = f"s3://shop-releases/{package}.tar.gz"
        given[stage]["application"] = {"package": place, "module": module}
    tree["workloads"]["shop"]["stages"] = {
        "gateway": given["gateway"],
        "web": given["web"],
        "inner": given["gateway"],
        "model": given["model"],
    }
    change(tree)
    path = folder / "stack.yaml"
    text = yaml.safe_dump(json.loads(json.dumps(tree)), sort_keys=False)
    path.write_text(text)
    return path


def built(folder: Path, change: Change = lambda tree: None) -> Run:
    return run_program(
        {
            "windtunnel:stack": str(written(folder, change)),
            "windtunnel:enforce": "false",
            "windtunnel:replications": "2",
        }
    )


def stages(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tree["workloads"]["shop"]["stages"]
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return built(tmp_path_factory.mktemp("stack"))


def template(run: Run, group: str) -> dict[str, Any]:
    [found] = [
        one.inputs
        for one in run.of("ec2/launchTemplate:LaunchTemplate")
        if one.name.partition(".")[0] == group
    ]
    return found


def script(run: Run, group: str) -> str:
    return base64.b64decode(template(run, group)["userData"]).decode()


@pytest.mark.parametrize(
    ("web", "model", "waits"),
    [
        ({}, {}, {"shop.gateway": 60, "shop.inner": 60}),
        ({"timeout": "2 min"}, {}, {"shop.gateway": 120, "shop.inner": 60}),
        # Whoever asks the model waits for it.
        ({"timeout": None}, {"timeout": "5 min"}, {"shop.gateway": 300, "shop.inner": 300}),
        ({"timeout": None}, {"slow": "30 s"}, {"shop.gateway": 600, "shop.inner": 600}),
    ],
)
def test_nobody_gives_up_before_an_answer_that_is_due(
    web: dict[str, Any], model: dict[str, Any], waits: dict[str, int], tmp_path: Path
) -> None:
    """The load balancer, Nginx and Gunicorn wait as long as a request may take."""

    def change(tree: dict[str, Any]) -> None:
        slow = model.pop("slow", None)
        stages(tree)["web"] |= {"timeout": "60 s", **web}
        stages(tree)["model"] |= model
        if slow is not None:
            tree["workloads"]["shop"]["requests"]["rate"] = "0.01/s"
            stages(tree)["model"]["service"]["mean"] = slow

    run = graph_of(written(tmp_path, change))
    found = {one.name: one.inputs["idleTimeout"] for one in run.of(BALANCER)}
    assert found == waits
    for group, balancer in (("web", "shop.gateway"), ("models", "shop.inner")):
        assert f"proxy_read_timeout {waits[balancer]}s;" in script(run, group)
        assert f"--timeout {waits[balancer]} " in script(run, group)


def test_all_of_it_is_started(run: Run) -> None:
    assert "not_started" not in run.outputs or run.outputs["not_started"] == {}
    [(name, url)] = run.outputs["endpoints"].items()
    assert name == "shop"
    assert re.fullmatch(r"https://flask-endpoint-shop-[a-z0-9-]+\.elb\.amazonaws\.com", url)


def test_the_internet_calls_the_first_alone_and_over_tls(run: Run) -> None:
    public, inner = run.one(BALANCER, "shop.gateway"), run.one(BALANCER, "shop.inner")
    assert (public.inputs["internal"], inner.inputs["internal"]) == (False, True)
    assert public.inputs["subnets"] == [f"Subnet-public-us-east-1{zone}" for zone in "abc"]
    assert inner.inputs["subnets"] == [f"Subnet-private-us-east-1{zone}" for zone in "abc"]
    world = [one.inputs for one in run.of(INGRESS) if one.inputs.get("cidrIpv4") == "0.0.0.0/0"]
    assert {(one["securityGroupId"], one["fromPort"]) for one in world} == {
        ("SecurityGroup-shop.gateway-calls", 443),
        ("SecurityGroup-shop.gateway-calls", 80),
    }
    listeners = {one.name: one.inputs for one in run.of(LISTENER)}
    assert listeners["shop.gateway"]["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert listeners["shop.gateway"]["certificateArn"].startswith("arn:aws:acm:us-east-1:")
    [redirect] = listeners["shop.gateway.redirect"]["defaultActions"]
    assert redirect["redirect"] == {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}
    assert "shop.inner.redirect" not in listeners


def test_each_hop_is_open_to_the_one_before_it_alone(run: Run) -> None:
    hops = {
        one.inputs["securityGroupId"]: (
            one.inputs.get("referencedSecurityGroupId"),
            one.inputs["fromPort"],
        )
        for one in run.of(INGRESS)
        if "shop" in one.name and one.inputs.get("cidrIpv4") is None
    }
    assert hops == {
        "SecurityGroup-shop.gateway-answers": ("SecurityGroup-shop.gateway-calls", 8080),
        "SecurityGroup-shop.inner-calls": ("SecurityGroup-shop.gateway-answers", 443),
        "SecurityGroup-shop.inner-answers": ("SecurityGroup-shop.inner-calls", 8081),
    }
    [interface] = template(run, "web")["networkInterfaces"]
    assert "SecurityGroup-shop.gateway-answers" in interface["securityGroups"]


def test_three_replicas_of_which_one_fails_are_three_again(run: Run) -> None:
    """A node that does not answer /ping three times is replaced by its group."""
    for group, balancer in (("web", "shop.gateway"), ("models", "shop.inner")):
        found = run.one("autoscaling/group:Group", group).inputs
        assert (found["minSize"], found["maxSize"], found["desiredCapacity"]) == (3, 3, 3)
        assert found["healthCheckType"] == "ELB"
        assert len(found["targetGroupArns"]) == 1
        check = run.one("lb/targetGroup:TargetGroup", balancer).inputs["healthCheck"]
        assert (check["path"], check["matcher"], check["unhealthyThreshold"]) == ("/ping", "200", 3)


def test_nodes_run_as_many_workers_as_are_described(run: Run) -> None:
    web, model = script(run, "web"), script(run, "models")
    # 3 replicas of 4 workers on 3 nodes; 100 requests may wait, for 2 s.
    assert "gunicorn --workers 4 --backlog 100 --timeout 2 " in web
    assert "try_often install nginx" in web
    assert "shop:app" in web
    assert "gunicorn --workers 1 --timeout 60 " in model
    assert "pip install gunicorn==23.0.0 --requirement" in web
    assert "location = /ping {" in web
    assert "location = /invocations {" in web
    assert "location / { return 404; }" in web
    assert "415" not in web
    assert re.search(r'Environment="MODEL_URL=https://flask-endpoint-shop-[^"]+"', web)
    assert "_URL=" not in model


def test_nodes_may_fetch_their_package_and_nothing_else(run: Run) -> None:
    policies = [one.inputs["policy"] for one in run.of("iam/rolePolicy:RolePolicy")]
    assert len(policies) == 2
    for policy, package in zip(policies, ("model-2.1.0", "web-1.4.0"), strict=True):
        said = json.loads(policy)["Statement"]
        assert [one for one in said if one["Action"] != ["cloudwatch:PutMetricData"]] == [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": f"arn:aws:s3:::shop-releases/{package}.tar.gz",
            }
        ]


def test_all_of_it_fits_the_schema(run: Run) -> None:
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda tree: stages(tree)["gateway"].pop("certificate"), "plain http is never built"),
        (lambda tree: stages(tree)["model"].pop("application"), "'model' does not say which"),
        (lambda tree: stages(tree).pop("inner"), "stages that each stand behind a `gateway"),
    ],
)
def test_what_is_not_said_is_not_started(change: Change, says: str, tmp_path: Path) -> None:
    run = built(tmp_path, change)
    assert says in run.outputs["not_started"]["shop"]
    assert run.of(BALANCER) == []
    assert set(run.outputs["node_groups"]) == {"web", "models"}


def test_one_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match="zones: a load balancer of AWS stands in 2 zones"):
        built(tmp_path, lambda tree: tree.update(zones=["us-east-1a"]))


def test_what_is_of_another_type_gets_the_status_415(tmp_path: Path) -> None:
    """Of the example of the model servers of SageMaker: text/csv is answered, nothing else."""

    def change(tree: dict[str, Any]) -> None:
        stages(tree)["model"]["application"]["accepts"] = ["text/csv", "application/x-image+raw"]

    text = script(graph_of(written(tmp_path, change)), "models")
    [known] = re.findall(r"map \$content_type (\$\w+) \{", text)
    answer, ping = (text[text.index(f"location = /{one} {{") :] for one in ("invocations", "ping"))
    assert f"if ({known} = 0) {{ return 415; }}" in answer.partition("}\n    location")[0]
    assert "415" not in ping.partition("location = /invocations")[0]
    patterns = [one.removeprefix("~*") for one in re.findall(r'"(~\*\^.*)" 1;', text)]
    assert len(patterns) == 2
    for sent, taken in (
        ("text/csv", True),
        ("Text/CSV; charset=utf-8", True),
        ("text/csvx", False),
        ("application/json", False),
        ("application/x-imagexraw", False),
        ("application/x-image+raw", True),
        ("", False),
    ):
        found = any(re.search(one, sent, re.IGNORECASE) for one in patterns)
        assert found is taken, sent
