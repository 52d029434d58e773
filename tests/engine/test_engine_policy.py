"""The policy pack holds a program against the objectives of an overlay, before it is built."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from engine import Engine, EngineError

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "stacks" / "resnet50-imagenet-aws.yaml"


@pytest.fixture
def pack(tmp_path: Path, environment: dict[str, str]) -> Path:
    """A policy pack, and what serves it on the path as an installation has it."""
    server = tmp_path / "bin" / "pulumi-analyzer-policy-windtunnel"
    server.write_text(
        f"#!/bin/sh\nPYTHONPATH='{ROOT}' exec '{sys.executable}' -m infra.policy \"$@\"\n"
    )
    server.chmod(0o755)
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("name: objectives\nruntime: windtunnel\n")
    return folder


def overlay(pack: Path, within: str) -> None:
    tree: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text())
    said = {
        # What no program says: how full the stores are, and what runs.
        "storage": {name: {"size": one["size"]} for name, one in tree["storage"].items()},
        "workloads": tree["workloads"],
        "objectives": {
            "deadline": {**tree["objectives"]["deadline"], "within": within},
        },
    }
    (pack / "overlay.yaml").write_text(yaml.safe_dump(said))


def test_a_program_that_would_miss_its_objectives_is_not_built(
    engine: Callable[[Path], Engine], pack: Path, images: list[str]
) -> None:
    project = engine(ROOT)
    project.init("test")
    project.config_set_all(
        {
            "aws:region": "us-east-1",
            "windtunnel:stack": str(EXAMPLE),
            "windtunnel:replications": "2",
            "windtunnel:enforce": "false",
        }
    )
    overlay(pack, "100 h")
    project.run("preview", "--policy-pack", str(pack))

    overlay(pack, "1 min")
    with pytest.raises(EngineError, match="deadline: "):
        project.run("preview", "--policy-pack", str(pack))
    with pytest.raises(EngineError, match="deadline: "):
        project.run("up", "--yes", "--policy-pack", str(pack))
    assert not project.export()["deployment"].get("resources")

    config = pack / "config.json"
    config.write_text('{"objectives": {"enforcementLevel": "advisory"}}')
    told = project.run("preview", "--policy-pack", str(pack), "--policy-pack-config", str(config))
    assert "deadline: " in told

    (pack / "overlay.yaml").write_text("workloads: {}\n")
    with pytest.raises(EngineError, match="objectives: is missing"):
        project.run("preview", "--policy-pack", str(pack))
