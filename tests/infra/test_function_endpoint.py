"""A function behind an HTTP API on AWS: as it was predicted, let in by an authorizer, private."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .mock_cloud import Run, run_program
from .strict_schema import violations

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "stacks" / "lambda-endpoint.yaml"
Change = Callable[[dict[str, Any]], Any]


def built(path: Path, run: Run | None = None) -> Run:
    config = {"windtunnel:stack": str(path), "windtunnel:replications": "2"}
    return run_program(config, run=run)


def changed(folder: Path, change: Change) -> Path:
    """The example with something changed, in a folder of its own."""
    tree = yaml.safe_load(EXAMPLE.read_text())
    change(tree["workloads"]["api"]["stages"])
    (folder / "functions").symlink_to(EXAMPLE.parent / "functions")
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    return path


@pytest.fixture(scope="module")
def run() -> Run:
    return built(EXAMPLE)


pytestmark = pytest.mark.usefixtures("predicted")


def test_it_is_all_built_and_known_to_the_provider(run: Run) -> None:
    assert run.outputs["not_started"] == {}
    [url] = run.outputs["endpoints"].values()
    assert url.startswith("https://")
    assert url.endswith("/invocations")
    for one in run.clouds:
        assert violations(one.type, one.inputs) == [], one.urn


def test_the_function_is_as_described(run: Run) -> None:
    function = run.one("lambda/function:Function").inputs
    assert function["memorySize"] == 1908  # 2 GB in the mebibytes of Lambda, none too few
    assert function["timeout"] == 30
    assert function["reservedConcurrentExecutions"] == 1
    assert (function["runtime"], function["handler"]) == ("python3.13", "handler.handle")
    assert isinstance(function["code"], pulumi.FileArchive)
    assert len(function["name"]) <= 64
    assert "." not in function["name"]


def test_the_gateway_lets_through_what_it_was_predicted_to(run: Run) -> None:
    """One request at a time, 20 ms each, are 50/s."""
    settings = run.one("apigatewayv2/stage:Stage").inputs["defaultRouteSettings"]
    assert settings["throttlingRateLimit"] == pytest.approx(50)
    assert settings["throttlingBurstLimit"] == 50


def test_a_gateway_without_bound_lets_through_what_the_function_serves(tmp_path: Path) -> None:
    path = changed(tmp_path, lambda stages: stages["gateway"].pop("concurrency"))
    settings = built(path).one("apigatewayv2/stage:Stage").inputs["defaultRouteSettings"]
    assert settings["throttlingRateLimit"] == pytest.approx(10)


def test_every_route_is_behind_an_authorizer(run: Run) -> None:
    """AWS Foundational Security Best Practices, APIGateway.8."""
    [route] = run.of("apigatewayv2/route:Route")
    assert route.inputs["routeKey"] == "POST /invocations"
    assert route.inputs["authorizationType"] == "AWS_IAM"
    [arn] = run.outputs["endpoint_arns"].values()
    assert arn.startswith("arn:aws:execute-api:")
    assert arn.endswith("/$default/POST/invocations")


def test_tokens_of_an_issuer_let_in_instead(tmp_path: Path) -> None:
    tokens = {"issuer": "https://issuer.example", "audience": ["us", "them"]}
    path = changed(tmp_path, lambda stages: stages["gateway"].update(authorizer=tokens))
    run = built(path)
    authorizer = run.one("apigatewayv2/authorizer:Authorizer").inputs
    assert authorizer["authorizerType"] == "JWT"
    assert authorizer["identitySources"] == ["$request.header.Authorization"]
    assert authorizer["jwtConfiguration"] == {
        "issuer": "https://issuer.example",
        "audiences": ["us", "them"],
    }
    [route] = run.of("apigatewayv2/route:Route")
    assert route.inputs["authorizationType"] == "JWT"
    assert route.inputs["authorizerId"]
    for one in run.clouds:
        assert violations(one.type, one.inputs) == [], one.urn


def test_requests_are_logged_for_a_year(run: Run) -> None:
    """AWS Foundational Security Best Practices, APIGateway.9 and CloudWatch.16."""
    groups = run.of("cloudwatch/logGroup:LogGroup")
    assert {one.inputs["retentionInDays"] for one in groups} == {365}
    settings = run.one("apigatewayv2/stage:Stage").inputs["accessLogSettings"]
    assert settings["destinationArn"].endswith(
        next(one.inputs["name"] for one in groups if "vendedlogs" in one.inputs["name"])
    )
    assert json.loads(settings["format"])["status"] == "$context.status"


def test_the_api_alone_may_call_the_function(run: Run) -> None:
    """AWS Foundational Security Best Practices, Lambda.1."""
    allowed = run.one("lambda/permission:Permission").inputs
    assert allowed["principal"] == "apigateway.amazonaws.com"
    assert allowed["action"] == "lambda:InvokeFunction"
    assert allowed["sourceArn"] == run.outputs["endpoint_arns"]["api"]


def test_the_function_may_write_its_own_logs_and_nothing_else(run: Run) -> None:
    [policy] = run.of("iam/rolePolicy:RolePolicy")
    [statement] = json.loads(policy.inputs["policy"])["Statement"]
    function = run.one("lambda/function:Function").inputs
    assert statement == {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"arn:aws:logs:::log-group:/aws/lambda/{function['name']}:*",
    }
    [role] = run.of("iam/role:Role")
    [trusted] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_an_image_takes_the_place_of_code(tmp_path: Path) -> None:
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/scores:1.2"

    def change(stages: dict[str, Any]) -> None:
        del stages["function"]["function"]["code"]
        stages["function"]["function"]["image"] = image

    function = built(changed(tmp_path, change)).one("lambda/function:Function").inputs
    assert (function["packageType"], function["imageUri"]) == ("Image", image)
    assert "handler" not in function


def test_a_zip_file_is_code(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("handler.py", "def handle(event, context): ...")
    path = changed(tmp_path, lambda stages: stages["function"]["function"].update(code="code.zip"))
    assert built(path).one("lambda/function:Function").inputs["code"]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ({"code": None}, "function.function: to build a function, give it `code`"),
        ({"code": "nowhere"}, "'nowhere' is neither a folder nor a ZIP file"),
        ({"handler": "other.handle"}, "has no other.py"),
        ({"handler": "handler.handel"}, "has no function 'handel'; did you mean 'handler.handle'?"),
    ],
)
def test_what_can_not_be_built_is_refused_before_anything(
    tmp_path: Path, function: dict[str, Any], said: str
) -> None:
    path = changed(tmp_path, lambda stages: stages["function"]["function"].update(function))
    run = Run()
    with pytest.raises(pulumi.RunError, match=said):
        built(path, run)
    assert run.resources == []


def test_the_example_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.25 + 0.5 x 1 - 1 x 2 + 2 x 3 = 4.75."""
    monkeypatch.syspath_prepend(EXAMPLE.parent / "functions" / "linear-model")
    import handler  # type: ignore[import-not-found]

    answer = handler.handle({"body": '{"features": [1, 2, 3]}'}, None)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"score": 4.75})
    for body in ("[1]", "{}", "no", '{"features": [1]}', '{"features": ["a", 1, 2]}'):
        assert handler.handle({"body": body}, None)["statusCode"] == 400
    assert handler.handle({}, None)["statusCode"] == 400
