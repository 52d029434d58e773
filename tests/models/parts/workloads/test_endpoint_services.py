"""Functions and gateways of endpoints: what they can't be, and what they cost."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

SERVICE = {"distribution": "exponential", "mean": "100 ms"}


def written(folder: Path, function: dict[str, Any], **gateway: Any) -> Path:
    stages = {
        "gateway": {"gateway": "http-api", "service": SERVICE, **gateway},
        "function": {"function": {"memory": "2 GB", **function}, "service": SERVICE},
    }
    api = {"kind": "endpoint", "requests": {"rate": "5/s"}, "stages": stages}
    stack = {"name": "api", "cloud": "aws", "region": "us-east-1", "workloads": {"api": api}}
    path = folder / "api.yaml"
    path.write_text(yaml.safe_dump(stack))
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


def test_a_load_balancer_has_no_authorizer(tmp_path: Path, catalog: Catalog) -> None:
    authorizer = {"issuer": "https://issuer.example", "audience": ["me"]}
    path = written(tmp_path, {}, gateway="application-load-balancer", authorizer=authorizer)
    with pytest.raises(InvalidDescription, match="goes with `gateway: http-api`"):
        read_stack(path, catalog)


def test_the_access_log_of_an_http_api_is_billed(tmp_path: Path, catalog: Catalog) -> None:
    """18,000 requests an hour of 300 bytes are 5.4 MB, at 0.50 USD a GB."""
    lines = read_stack(written(tmp_path, {}), catalog).solved.cost_lines
    [logs] = [one for one in lines if one.item == "access log, estimated"]
    assert logs.quantity == pytest.approx(0.0054)
    assert logs.unit_price == 0.5
    assert (logs.low, logs.high) == (0.5, 2.0)
