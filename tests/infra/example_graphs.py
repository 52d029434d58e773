"""The graph of every example stack, as the program registers it with the whole catalog."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .mock_cloud import PROJECT, Run, run_program
from .predictions import prediction

ROOT = Path(__file__).parents[2]


@cache
def examples(cloud: str) -> tuple[Path, ...]:
    """The example stacks of a cloud.

    Arguments:
        cloud: as stacks name it.
    """
    found = sorted((ROOT / "stacks").glob("*.yaml"))
    return tuple(one for one in found if yaml.safe_load(one.read_text())["cloud"] == cloud)


@cache
def refusal_of(path: Path) -> str:
    """Why nothing is built of an example; empty where it is built.

    Arguments:
        path: of the stack file.
    """
    try:
        graph_of(path)
    except pulumi.RunError as error:
        return str(error)
    return ""


@cache
def graph_of(path: Path, *changes: tuple[str, str]) -> Run:
    """What the program registers for a stack file whose objectives are met.

    Arguments:
        path: of the stack file.
        changes: paths and values in YAML, as windtunnel:set has them.

    Raises:
        pulumi.RunError: it can't be built.
    """
    import sim.predict

    stack = yaml.safe_load(path.read_text())

    def answer(file: Any, facts: Any, **options: Any) -> Any:
        return prediction(file.stack.name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sim.predict, "predict", answer)
        config = {"windtunnel:stack": str(path), "gcp:project": PROJECT}
        changed = {key: yaml.safe_load(value) for key, value in changes}
        config["windtunnel:set"] = json.dumps(changed)
        zones = stack.get("zones") or (f"{stack['region']}a",)
        return run_program(config, region=stack["region"], zones=zones)


def built(cloud: str) -> list[Path]:
    """The example stacks of a cloud that can be built there.

    Arguments:
        cloud: as stacks name it.
    """
    return [one for one in examples(cloud) if not refusal_of(one)]
