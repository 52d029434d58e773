"""An engine that is killed in the middle loses nothing, and the next one makes nothing twice."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from cut_off import cut, mend
from engine import Engine, EngineError
from examples import ROOT, Example
from meddling import Meddling

from infra.strays import strays

# Whether the cloud has made the last one, and its type.
CUTS = (
    ("after", "aws:ec2/vpc:Vpc"),
    ("before", "aws:s3/bucket:Bucket"),
    ("after", "aws:iam/role:Role"),
    ("after", "aws:ec2/natGateway:NatGateway"),
    ("after", "aws:ec2/route:Route"),
    ("after", "aws:fsx/lustreFileSystem:LustreFileSystem"),
    ("after", "aws:autoscaling/group:Group"),
)


def what_there_is(aws: Callable[[str], Any]) -> Counter[str]:
    """How many there are in the cloud of what costs or can't be told apart."""
    ours = [{"Name": "isDefault", "Values": ["false"]}]
    ec2 = aws("ec2")
    return Counter(
        {
            "vpc": len(ec2.describe_vpcs(Filters=ours)["Vpcs"]),
            "nat": len(
                [
                    one
                    for one in ec2.describe_nat_gateways()["NatGateways"]
                    if one["State"] != "deleted"
                ]
            ),
            "address": len(ec2.describe_addresses()["Addresses"]),
            "template": len(ec2.describe_launch_templates()["LaunchTemplates"]),
            "bucket": len(aws("s3").list_buckets()["Buckets"]),
            "role": len(aws("iam").list_roles()["Roles"]),
            "file system": len(aws("fsx").describe_file_systems()["FileSystems"]),
            "group": len(aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]),
        }
    )


def test_an_engine_that_is_killed_again_and_again_builds_all_once(
    example: Callable[[Path], Example], aws: Callable[[str], Any], meddling: Meddling
) -> None:
    engine = example(ROOT / "stacks" / "resnet50-imagenet-aws.yaml").engine
    before = what_there_is(aws)
    for position, (moment, kind) in enumerate(CUTS):
        cut(engine, meddling, moment, kind, [one for _, one in CUTS[position + 1 :]])
        with pytest.raises(EngineError, match="currently locked"):
            engine.up()
        told = mend(engine)
        # Others that were on their way may have been made, or not.
        found = [line for line in told.splitlines() if f"{kind}::" in line]
        wanted = "was made" if moment == "after" else "to be made"
        assert any(wanted in line for line in found), told
        engine.refresh()
    engine.up()
    state = engine.export()["deployment"]
    assert not state.get("pending_operations")
    urns = [one["urn"] for one in state["resources"]]
    assert len(urns) == len(set(urns))
    assert set(engine.up()) == {"same"}
    assert what_there_is(aws) - before == {
        "vpc": 1,
        "nat": 1,
        "address": 1,
        "template": 1,
        "bucket": 2,
        "role": 1,
        "file system": 1,
        "group": 1,
    }
    engine.destroy()
    assert what_there_is(aws) == before


def test_what_ran_out_of_time_and_was_made_all_the_same_is_found(
    example: Callable[[Path], Example], aws: Callable[[str], Any], meddling: Meddling
) -> None:
    engine = example(ROOT / "stacks" / "grid-search.yaml").engine

    def late(operation: str, urn: str) -> None:
        if operation == "create" and "ec2/vpc:Vpc" in urn:
            meddling.end()
            raise ReadTimeoutError(endpoint_url="https://aws")

    meddling.after = late
    with pytest.raises(EngineError, match="Read timeout"):
        engine.up()
    [(arn, name)] = strays_now(engine, aws)
    assert (":vpc/" in arn, name) == (True, "grid-search-network")
    aws("ec2").delete_vpc(VpcId=arn.rpartition("/")[2])
    assert strays_now(engine, aws) == []
    engine.destroy()


def strays_now(engine: Engine, aws: Callable[[str], Any]) -> list[tuple[str, str]]:
    resources = engine.export()["deployment"]["resources"]
    return list(strays(resources, {"project": "windtunnel", "environment": "test"}, aws))


@pytest.mark.parametrize(
    ("state", "words", "region", "code", "said"),
    [
        ("{", (), "us-east-1", 2, "no state"),
        ("", (), "us-east-1", 2, "say --project and --environment"),
        ("", ("--project", "a", "--environment", "b"), "", 2, "set AWS_REGION"),
        ("", ("--project", "a", "--environment", "b"), "us-east-1", 0, "0 of a, b in us-east-1"),
    ],
)
def test_strays_are_asked_for_with_a_state_or_a_name(
    moto: str, state: str, words: tuple[str, ...], region: str, code: int, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.strays", *words],
        input=state,
        env={
            "PYTHONPATH": str(ROOT),
            "PATH": os.environ["PATH"],
            "AWS_REGION": region,
            "AWS_ENDPOINT_URL": moto,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_recover_wants_a_state(tmp_path: Path) -> None:
    for text in ("", "{}", json.dumps({"deployment": {}})):
        done = subprocess.run(
            [sys.executable, "-m", "infra.recover"],
            input=text,
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 2
        assert ("set AWS_REGION" if "deployment" in text else "no state") in done.stderr
