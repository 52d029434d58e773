"""A run of the command line that is asked to end deletes what it has created."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.capacity.journal import Journal
from tests.infra.capacity.aws_server import AmazonServer
from tests.infra.capacity.loopback import Loopback, World

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c(
    aws: Callable[..., tuple[AmazonServer, Loopback]],
    stacks: Path,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    has = World({"us-east-1": [f"us-east-1{one}" for one in "abcdef"]}, ("p4d.24xlarge",))
    server, loopback = aws(has)
    stack = tmp_path / "stack.yaml"
    stack.write_bytes((stacks / "resnet50-imagenet-aws.yaml").read_bytes())
    options = ["--attempt", "--limit", "9 kUSD", "--time-to-live", "1 h", "--keep-testing", "6"]
    process = subprocess.Popen(
        [sys.executable, "-m", "windtunnel", "find", str(stack), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    def interrupt(request: int) -> None:
        if len(server.created) == 2 and process.poll() is None:  # one is kept, one to be deleted
            loopback.after = lambda request: None
            process.send_signal(number)

    loopback.after = interrupt
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert out == ""
    assert len(server.created) >= 2
    assert has.nodes == 0
    with Journal(stack.with_name("stack.find.jsonl")) as journal:
        assert not any(one.may_exist for one in journal.creations.values())
