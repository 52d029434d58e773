"""The shards of a stream on AWS: as many as were predicted, encrypted, for their readers alone."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from .mock_cloud import Run, run_program
from .strict_schema import violations

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return built(tmp_path_factory.mktemp("stack"), {"reads": "12/s"})


def built(folder: Path, kinesis: dict[str, Any], **source: Any) -> Run:
    """The example with another log; beside it a group that reads nothing."""
    tree = yaml.safe_load((ROOT / "stacks" / "kinesis-sensors.yaml").read_text())
    stream = tree["workloads"]["sensors"]
    stream["log"] = {"kinesis": kinesis}
    stream["sources"]["machines"] |= source
    tree["nodes"]["others"] = {"instance": "c5.9xlarge", "count": 1}
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    config = {
        "windtunnel:stack": str(path),
        "windtunnel:enforce": "false",
        "windtunnel:replications": "2",
    }
    return run_program(config)


def test_the_shards_of_the_worked_example(tmp_path: Path) -> None:
    """4.5 MB/s and 2,500/s in, 9 MB/s by 12 reads/s out: max(5, 3, 5, 3) = 5 shards."""
    found = built(tmp_path, {"reads": "12/s"}, size="1800 B").one("kinesis/stream:Stream")
    assert found.inputs["shardCount"] == 5


def test_it_is_provisioned_encrypted_and_tagged(run: Run) -> None:
    stream = run.one("kinesis/stream:Stream")
    assert stream.inputs["name"].startswith("kinesis-sensors-sensors.machines-test-")
    assert stream.inputs["shardCount"] == 4
    assert stream.inputs["streamModeDetails"] == {"streamMode": "PROVISIONED"}
    assert (stream.inputs["encryptionType"], stream.inputs["kmsKeyId"]) == (
        "KMS",
        "alias/aws/kinesis",
    )
    assert stream.inputs["tags"]["stack"] == "kinesis-sensors"
    assert set(run.outputs["streams"]) == {"sensors.machines"}
    for one in run.clouds:
        assert violations(one.type, one.inputs) == []


def test_its_readers_alone_may_read_it(run: Run) -> None:
    [policy] = run.of("iam/rolePolicy:RolePolicy")
    assert "detectors" in policy.name
    [statement] = json.loads(policy.inputs["policy"])["Statement"]
    assert set(statement["Action"]) == {
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    }
    assert "*" not in json.dumps(statement["Resource"])


def test_fan_out_lets_them_subscribe(tmp_path: Path) -> None:
    [policy] = built(tmp_path, {"fan_out": True}).of("iam/rolePolicy:RolePolicy")
    actions = [a for one in json.loads(policy.inputs["policy"])["Statement"] for a in one["Action"]]
    assert "kinesis:SubscribeToShard" in actions
    assert "kinesis:PutRecord" not in actions


def test_what_runs_on_them_is_not_started(run: Run) -> None:
    [(name, why)] = run.outputs["not_started"].items()
    assert name == "sensors"
    assert "nothing starts a workload of kind 'stream'" in why
