"""Functions and gateways of endpoints: what they can't be, and what they cost."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

ROOT = Path(__file__).parents[4]
SERVICE = {"distribution": "exponential", "mean": "100 ms"}


def written(folder: Path, function: dict[str, Any], **gateway: Any) -> Path:
    stages = {
        "gateway": {"gateway": "http-api", "service": SERVICE, **gateway},
        "function": {"function": {"memory": "2 GB", **function}, "service": SERVICE},
    }
    api = {"kind": "endpoint", "requests": {"rate": "5/s"}, "stages": stages}
    stack = {"name": "api", "cloud": "aws", "region": "us-east-1", "workloads": {"api": api}}
    path = folder / "api.yaml"
    path.write_text(yaml.safe_dump(stack, sort_keys=False))
    return path


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ({"code": "here", "image": "a.example/b:1"}, "has code and image"),
        ({"image": "a.example/b:1", "handler": "a.b"}, "handler, which goes with code"),
        ({"image": "no-tag.example/b"}, "image"),
        ({"timeout": "1500 ms"}, "no whole number of seconds"),
        ({"timeout": "16 min"}, "a function of AWS may run 15 min"),
        ({"handler": "handle"}, "handler"),
    ],
)
def test_what_no_function_can_be(
    tmp_path: Path, catalog: Catalog, function: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidDescription) as refused:
        read_stack(written(tmp_path, function), catalog)
    assert said in str(refused.value)


def test_a_function_that_is_ended_before_it_answers_is_refused(
    tmp_path: Path, catalog: Catalog
) -> None:
    path = written(tmp_path, {"timeout": "2 s"})
    text = path.read_text().replace("100 ms", "3 s")
    path.write_text(text)
    with pytest.raises(InvalidDescription, match="the function is ended after 2 s"):
        read_stack(path, catalog)


@pytest.mark.parametrize("issuer", ["http://issuer.example", "https://", "issuer.example"])
def test_tokens_are_of_an_issuer_on_https(tmp_path: Path, catalog: Catalog, issuer: str) -> None:
    authorizer = {"issuer": issuer, "audience": ["me"]}
    with pytest.raises(InvalidDescription, match="issuer"):
        read_stack(written(tmp_path, {}, authorizer=authorizer), catalog)


CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/answers:1"


def test_what_is_in_another_region_is_refused(tmp_path: Path, catalog: Catalog) -> None:
    balancer = {"gateway": "application-load-balancer", "certificate": CERTIFICATE}
    path = written(tmp_path, {"image": IMAGE}, **balancer)
    tree = yaml.safe_load(path.read_text())
    server = {"instance": "ml.g5.xlarge", "image": IMAGE}
    tree["workloads"]["api"]["stages"]["model"] = {"sagemaker": server, "service": SERVICE}
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    with pytest.raises(InvalidDescription) as error:
        read_stack(path, catalog)
    said = {fault.path[4:]: str(fault) for fault in error.value.faults}
    assert set(said) == {("certificate",), ("function", "image"), ("sagemaker", "image")}
    assert all("eu-west-1" in one and "us-east-1" in one for one in said.values())
    tree["region"] = "eu-west-1"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    read_stack(path, catalog)


def test_what_takes_longer_than_an_http_api_waits_is_refused(
    tmp_path: Path, catalog: Catalog
) -> None:
    path = written(tmp_path, {"timeout": "5 min"})
    tree = yaml.safe_load(path.read_text())
    tree["workloads"]["api"]["requests"]["rate"] = "0.01/s"
    tree["workloads"]["api"]["stages"]["function"]["service"] = {**SERVICE, "mean": "40 s"}
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    with pytest.raises(InvalidDescription, match="takes 40 s, and the gateway waits 30 s"):
        read_stack(path, catalog)


def test_a_load_balancer_has_no_authorizer(tmp_path: Path, catalog: Catalog) -> None:
    authorizer = {"issuer": "https://issuer.example", "audience": ["me"]}
    path = written(tmp_path, {}, gateway="application-load-balancer", authorizer=authorizer)
    with pytest.raises(InvalidDescription, match="goes with `gateway: http-api`"):
        read_stack(path, catalog)


def test_public_addresses_of_a_load_balancer_are_billed(tmp_path: Path, catalog: Catalog) -> None:
    """The internet reaches the first one, which has an address in each of three zones."""
    tree = yaml.safe_load((ROOT / "stacks" / "flask-endpoint.yaml").read_text())
    stages = tree["workloads"]["shop"]["stages"]
    tree["workloads"]["shop"]["stages"] = {
        "gateway": stages["gateway"],
        "web": stages["web"],
        "inner": stages["gateway"],
        "model": stages["model"],
    }
    path = tmp_path / "shop.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    lines = read_stack(path, catalog).solved.cost_lines
    [line] = [one for one in lines if one.item == "public IPv4 addresses"]
    assert (line.resource, line.quantity, line.unit_price) == ("shop gateway", 3, 0.005)


def test_the_access_log_of_an_http_api_is_billed(tmp_path: Path, catalog: Catalog) -> None:
    """18,000 requests an hour of 300 bytes are 5.4 MB, at 0.50 USD a GB."""
    lines = read_stack(written(tmp_path, {}), catalog).solved.cost_lines
    [logs] = [one for one in lines if one.item == "access log, estimated"]
    assert logs.quantity == pytest.approx(0.0054)
    assert logs.unit_price == 0.5
    assert (logs.low, logs.high) == (0.5, 2.0)


def served(folder: Path, model: dict[str, Any], **stack: Any) -> Path:
    """A function in front of a managed stage that serves 10/s."""
    path = written(folder, {"concurrency": 1})
    tree = yaml.safe_load(path.read_text())
    stages = tree["workloads"]["api"]["stages"]
    stages["gateway"]["service"] = {"distribution": "deterministic", "value": "0 s"}
    stages["function"]["service"] = {"distribution": "exponential", "mean": "20 ms"}
    stages["model"] = {"service": SERVICE, **model}
    path.write_text(yaml.safe_dump(tree | stack, sort_keys=False))
    return path


def test_a_function_before_a_model_server_is_a_tandem(tmp_path: Path, catalog: Catalog) -> None:
    """Jackson (1957): 1/(50 - 5) + 1/(10 - 5) = 0.2222 s."""
    path = served(tmp_path, {"sagemaker": {"instance": "ml.g5.xlarge"}})
    law = read_stack(path, catalog).solved.workloads["api"].answer.law
    assert law.exact
    assert law.classes[0].response_time.mean == pytest.approx(0.2222, abs=5e-5)


def test_its_instances_are_billed_by_the_hour_and_the_wait_of_the_function(
    tmp_path: Path, catalog: Catalog
) -> None:
    """Two at 10/s each, and 5/s that come: M/M/2 with a response of 0.1067 s."""
    path = served(tmp_path, {"sagemaker": {"instance": "ml.g5.xlarge"}, "replicas": 2})
    lines = {one.item: one for one in read_stack(path, catalog).solved.cost_lines}
    assert lines["ml.g5.xlarge"].quantity == 2
    assert lines["ml.g5.xlarge"].unit_price == 1.408
    response = 0.1 / (1 - 0.25**2)  # of M/M/2 at a utilization of 1/4
    used = 18_000 * (0.02 + response) * 2.0  # GB-s in an hour
    assert lines["function duration"].quantity == pytest.approx(used)


def test_instances_that_follow_the_load_are_billed_as_their_target_settles(
    tmp_path: Path, catalog: Catalog
) -> None:
    """13/s in half of the hours need 3 at 60 % of 10/s each, 0.5/s in the others 1."""
    scaling = {"target": "60 %", "maximum": 4}
    path = served(tmp_path, {"sagemaker": {"instance": "ml.g5.xlarge"}, "scaling": scaling})
    tree = yaml.safe_load(path.read_text())
    tree["workloads"]["api"]["requests"] = {"by_hour": ["13/s"] * 12 + ["0.5/s"] * 12}
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    lines = {one.item: one for one in read_stack(path, catalog).solved.cost_lines}
    assert lines["ml.g5.xlarge"].quantity == pytest.approx(2.0)


def test_an_instance_without_a_price_is_a_bill_of_at_least(
    tmp_path: Path, catalog: Catalog
) -> None:
    path = served(tmp_path, {"sagemaker": {"instance": "ml.c9.xlarge"}})
    lines = {one.item: one for one in read_stack(path, catalog).solved.cost_lines}
    assert lines["ml.c9.xlarge"].unit_price is None


def test_a_service_that_answers_is_billed_by_the_call(tmp_path: Path, catalog: Catalog) -> None:
    path = served(tmp_path, {"ai_service": "rekognition-detect-labels"})
    lines = {one.item: one for one in read_stack(path, catalog).solved.cost_lines}
    found = lines["rekognition-detect-labels"]
    assert (found.quantity, found.unit, found.unit_price) == (18_000, "images/h", 0.001)


@pytest.mark.parametrize(
    ("model", "stack", "said"),
    [
        ({"sagemaker": {"instance": "g5.xlarge"}}, {}, "did you mean 'ml.g5.xlarge'"),
        (
            {"sagemaker": {"instance": "ml.g5.xlarge"}},
            {"cloud": "gcp", "region": "us-central1"},
            "is no service of Google Cloud",
        ),
        (
            {"ai_service": "rekognition-detect-labels"},
            {"cloud": "gcp", "region": "us-central1"},
            "is no service of Google Cloud",
        ),
        (
            {
                "sagemaker": {
                    "instance": "ml.g5.xlarge",
                    "artifact": {"store": "models", "object": "m.tar.gz"},
                }
            },
            {},
            "'models'",
        ),
        ({"sagemaker": {"instance": "ml.g5.xlarge"}, "vcpus": 2}, {}, "goes with nodes"),
        ({"ai_service": "rekognition-detect-labels", "replicas": 2}, {}, "goes with nodes"),
    ],
)
def test_what_no_managed_stage_can_be(
    tmp_path: Path, catalog: Catalog, model: dict[str, Any], stack: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidDescription) as refused:
        read_stack(served(tmp_path, model, **stack), catalog)
    assert said in str(refused.value)
