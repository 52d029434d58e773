"""The same task three ways: one key of one file chooses what is built, and all of it is started."""

import json

import pytest

from .example_graphs import ROOT
from .mock_cloud import run_program
from .strict_schema import violations

OWN = {"function": "lambda/function", "server": "sagemaker/endpoint:", "nodes": "autoscaling/group"}


@pytest.mark.parametrize(
    ("variant", "built"),
    [("rekognition", {"function"}), ("sagemaker", {"function", "server"}), ("ec2", {"nodes"})],
)
def test_one_key_chooses_what_is_built(variant: str, built: set[str]) -> None:
    run = run_program(
        {
            "windtunnel:stack": str(ROOT / "stacks" / "image-labels.yaml"),
            "windtunnel:set": json.dumps({"variant": variant}),
            "windtunnel:enforce": "false",
            "windtunnel:replications": "2",
        }
    )
    types = " ".join(one.type for one in run.clouds)
    assert {name for name, type_ in OWN.items() if type_ in types} == built
    assert run.outputs["not_started"] == {}
    assert run.outputs["endpoints"]["labels"].startswith("https://")
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []
