"""Model servers and AI services behind a function on AWS: as predicted, private, on small roles."""

import base64
import importlib.util
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import botocore.validate
import pulumi
import pytest
import yaml
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from .mock_cloud import Run, run_program
from .strict_schema import violations

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "stacks" / "sagemaker-endpoint.yaml"
FORWARDING = ROOT / "infra" / "aws" / "forwarding" / "handler.py"
pytestmark = pytest.mark.usefixtures("predicted")
Change = Callable[[dict[str, Any]], Any]


def built(path: Path, run: Run | None = None) -> Run:
    return run_program({"windtunnel:stack": str(path)}, run=run)


def changed(folder: Path, change: Change) -> Path:
    tree = yaml.safe_load(EXAMPLE.read_text())
    change(tree["workloads"]["classify"]["stages"])
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    return path


@pytest.fixture(scope="module")
def run() -> Run:
    return built(EXAMPLE)


def policy_of(run: Run, name: str) -> list[dict[str, Any]]:
    policy = run.one("iam/rolePolicy:RolePolicy", name).inputs["policy"]
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def test_it_is_all_built_and_known_to_the_provider(run: Run) -> None:
    assert run.outputs["not_started"] == {}
    assert set(run.outputs["endpoints"]) == {"classify"}
    for one in run.clouds:
        assert violations(one.type, one.inputs) == [], one.urn


def test_the_model_reaches_nothing_and_stands_in_the_network(run: Run) -> None:
    """AWS Foundational Security Best Practices, SageMaker.5."""
    model = run.one("sagemaker/model:Model").inputs
    assert model["enableNetworkIsolation"] is True
    assert len(model["vpcConfig"]["subnets"]) >= 1
    [bucket] = [one for one in run.of("s3/bucket:Bucket") if one.name == "models"]
    [container] = [model["primaryContainer"]]
    assert container["modelDataUrl"] == f"s3://{bucket.inputs['bucket']}/resnet50/model.tar.gz"
    assert container["image"].startswith("763104351884.dkr.ecr.us-east-1")


def test_as_many_instances_serve_it_as_were_predicted(run: Run) -> None:
    [variant] = run.one("sagemaker/endpointConfiguration:EndpointConfiguration").inputs[
        "productionVariants"
    ]
    assert (variant["instanceType"], variant["initialInstanceCount"]) == ("ml.g5.xlarge", 1)
    for kind in ("model:Model", "endpoint:Endpoint", "endpointConfiguration:EndpointConfiguration"):
        name = run.one(f"sagemaker/{kind}").inputs["name"]
        assert len(name) <= 63
        assert name.replace("-", "").isalnum()


def test_the_function_may_call_that_endpoint_and_no_other(run: Run) -> None:
    endpoint = run.one("sagemaker/endpoint:Endpoint").inputs["name"]
    logs, calls = policy_of(run, "classify.forward")
    assert set(logs["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert calls["Action"] == ["sagemaker:InvokeEndpoint"]
    assert calls["Resource"] == f"arn:aws:sagemaker:::endpoint/{endpoint}"
    variables = run.one("lambda/function:Function").inputs["environment"]["variables"]
    assert variables == {"ENDPOINT": endpoint}


def test_the_role_of_the_model_reads_its_own_artifact_alone(run: Run) -> None:
    statements = policy_of(run, "classify.model")
    [bucket] = [one for one in run.of("s3/bucket:Bucket") if one.name == "models"]
    arn = f"arn:aws:s3:::{bucket.inputs['bucket']}"
    reads = [one["Resource"] for one in statements if "s3:GetObject" in one["Action"]]
    assert reads == [f"{arn}/resnet50/model.tar.gz"]
    pulled = [one["Resource"] for one in statements if "ecr:BatchGetImage" in one["Action"]]
    assert pulled == ["arn:aws:ecr:us-east-1:763104351884:repository/pytorch-inference"]
    everywhere = [
        action
        for one in statements
        if one["Resource"] == "*" and "Condition" not in one
        for action in one["Action"]
    ]
    assert {action.partition(":Describe")[0] for action in everywhere} == {
        "ecr:GetAuthorizationToken",
        "ec2",
    }


def test_instances_follow_the_load_as_described(tmp_path: Path) -> None:
    """60 % of the 10/s that one serves are 360 invocations a minute."""
    scaling = {"target": "60 %", "minimum": 2, "maximum": 5, "interval": "1 min"}

    def change(stages: dict[str, Any]) -> None:
        del stages["model"]["replicas"], stages["model"]["startup"]
        stages["model"]["scaling"] = scaling

    run = built(changed(tmp_path, change))
    target = run.one("appautoscaling/target:Target").inputs
    endpoint = run.one("sagemaker/endpoint:Endpoint").inputs["name"]
    assert (target["minCapacity"], target["maxCapacity"]) == (2, 5)
    assert target["resourceId"] == f"endpoint/{endpoint}/variant/all"
    policy = run.one("appautoscaling/policy:Policy").inputs
    tracked = policy["targetTrackingScalingPolicyConfiguration"]
    assert tracked["targetValue"] == pytest.approx(360)
    assert (tracked["scaleInCooldown"], tracked["scaleOutCooldown"]) == (300, 60)
    for one in run.clouds:
        assert violations(one.type, one.inputs) == [], one.urn


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ({"image": None}, "model.sagemaker: to build a model server, give it `image`"),
        ({"image": "docker.io/library/model:1"}, "is not in the registry of AWS"),
    ],
)
def test_what_can_not_be_built_is_refused_before_anything(
    tmp_path: Path, server: dict[str, Any], said: str
) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError, match=said):
        built(changed(tmp_path, lambda stages: stages["model"]["sagemaker"].update(server)), run)
    assert run.resources == []


def recognition(stages: dict[str, Any]) -> None:
    stages["model"] = {
        "ai_service": "rekognition-detect-labels",
        "service": {"distribution": "exponential", "mean": "100 ms"},
    }


def test_a_service_that_answers_by_itself_needs_one_action_and_no_server(tmp_path: Path) -> None:
    run = built(changed(tmp_path, recognition))
    assert run.outputs["not_started"] == {}
    statements = policy_of(run, "classify.forward")
    assert statements[1] == {
        "Effect": "Allow",
        "Action": ["rekognition:DetectLabels"],
        "Resource": "*",
    }
    assert len(statements) == 2
    assert not any(one.type.startswith("aws:sagemaker") for one in run.clouds)
    assert run.of("autoscaling/group:Group") == []
    assert run.one("lambda/function:Function").inputs["handler"] == "handler.to_labels"


class Service:
    """A client whose one operation answers, and is validated against the model of the API."""

    def __init__(self, service: str, operation: str, answer: Any) -> None:
        self._shape = (
            botocore.session.get_session()
            .get_service_model(service)
            .operation_model(operation)
            .input_shape
        )
        self._answer = answer
        self.asked: dict[str, Any] = {}

    def __call__(self, **asked: Any) -> Any:
        report = botocore.validate.ParamValidator().validate(asked, self._shape)
        assert not report.has_errors(), report.generate_report()
        self.asked = asked
        if isinstance(self._answer, str):
            raise ClientError({"Error": {"Code": self._answer, "Message": "why"}}, "Operation")
        return self._answer


@pytest.fixture
def forwarding(monkeypatch: pytest.MonkeyPatch) -> Any:
    spec = importlib.util.spec_from_file_location("forwarding_handler", FORWARDING)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("ENDPOINT", "classify")
    return module


def stand_in(monkeypatch: pytest.MonkeyPatch, module: Any, service: Service) -> None:
    client = type("Client", (), {"invoke_endpoint": service, "detect_labels": service})()
    monkeypatch.setattr(module.boto3, "client", lambda name: client)


def test_what_is_posted_is_forwarded_and_answered(
    forwarding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = StreamingBody(io.BytesIO(b'{"label": "car"}'), 16)
    answer = {"Body": body, "ContentType": "application/json"}
    service = Service("sagemaker-runtime", "InvokeEndpoint", answer)
    stand_in(monkeypatch, forwarding, service)
    image = base64.b64encode(b"\x89PNG").decode()
    headers = {"content-type": "image/png"}
    event = {"body": image, "isBase64Encoded": True, "headers": headers}
    found = forwarding.to_model(event, None)
    assert service.asked == {
        "EndpointName": "classify",
        "ContentType": "image/png",
        "Body": b"\x89PNG",
    }
    assert (found["statusCode"], base64.b64decode(found["body"])) == (200, b'{"label": "car"}')


@pytest.mark.parametrize(
    ("code", "status"),
    [("ThrottlingException", 429), ("ValidationError", 400), ("ModelError", 502)],
)
def test_what_the_server_refuses_is_told(
    forwarding: Any, monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    stand_in(monkeypatch, forwarding, Service("sagemaker-runtime", "InvokeEndpoint", code))
    assert forwarding.to_model({"body": "x"}, None)["statusCode"] == status


def test_labels_come_with_their_confidence(
    forwarding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = [
        {"Name": "Car", "Confidence": 98.8, "Instances": []},
        {"Name": "Person", "Confidence": 98.3, "Parents": []},
    ]
    service = Service("rekognition", "DetectLabels", {"Labels": labels})
    stand_in(monkeypatch, forwarding, service)
    found = forwarding.to_labels({"body": "aW1hZ2U=", "isBase64Encoded": True}, None)
    assert service.asked == {"Image": {"Bytes": b"image"}}
    assert json.loads(found["body"]) == {
        "labels": [
            {"name": "Car", "confidence": 98.8},
            {"name": "Person", "confidence": 98.3},
        ]
    }
