"""Another tag of a container that CodeDeploy deploys: what `pulumi up` does, says, and leaves."""

import json
import shlex
from collections.abc import Callable
from typing import Any

from examples import ROOT, Example


def test_another_tag_is_registered_told_and_deployed_by_its_command(
    example: Callable[[Any], Example], aws: Callable[[str], Any]
) -> None:
    stack = example(ROOT / "stacks" / "ecs-endpoint.yaml")
    engine = stack.engine
    engine.up()
    first = engine.outputs()["deployments"]["shop.web"]

    def change(tree: dict[str, Any]) -> None:
        tree["workloads"]["shop"]["stages"]["web"]["container"]["tag"] = "1.5.0"

    stack.change(change)
    printed = engine.run("up", "--yes", "--skip-preview")
    second = engine.outputs()["deployments"]["shop.web"]
    assert second["task_definition"] != first["task_definition"]
    told = " ".join(printed.split())
    assert f"{second['task_definition']} is registered, and {first['task_definition']}" in told
    # Nothing is said to be changed that is not.
    [service] = [
        one["outputs"]
        for one in engine.export()["deployment"]["resources"]
        if one["urn"].endswith("ecs/service:Service::shop.web")
    ]
    assert service["taskDefinition"] == first["task_definition"]

    words = shlex.split(second["start"])
    given = dict(zip(words[3::2], words[4::2], strict=True))
    started = aws("codedeploy").create_deployment(
        applicationName=given["--application-name"],
        deploymentGroupName=given["--deployment-group-name"],
        revision=json.loads(given["--revision"]),
    )
    assert started["deploymentId"]
