"""What starts a deployment by CodeDeploy, since `pulumi up` registers what it is of and no more."""

import json
import shlex
from collections.abc import Mapping

import pulumi


def start_command(group: str, region: str, task: str, container: Mapping[str, int]) -> str:
    """The command that lets a task definition answer in place of the one that does.

    Arguments:
        group: names of the application and the group, with a space between.
        region: where they are.
        task: ARN of the task definition.
        container: its port, by its name.
    """
    application, deployment_group = group.split()
    [(name, port)] = container.items()
    # AppSpec of ECS (CodeDeploy user guide, "AppSpec 'resources' section for Amazon ECS
    # deployments", 2026-11-28).
    service = {
        "Type": "AWS::ECS::Service",
        "Properties": {
            "TaskDefinition": task,
            "LoadBalancerInfo": {"ContainerName": name, "ContainerPort": port},
        },
    }
    content = json.dumps({"version": 0.0, "Resources": [{"TargetService": service}]})
    revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}
    return shlex.join(
        [
            *("aws", "deploy", "create-deployment", "--region", region),
            *("--application-name", application, "--deployment-group-name", deployment_group),
            *("--revision", json.dumps(revision)),
        ]
    )


def warn_of_what_waits(name: str, described: str, answers: str) -> None:
    """Say where what is described has been registered and something else answers.

    Arguments:
        name: of the endpoint and the stage, as output `deployments` has it.
        described: ARN of the task definition that is registered.
        answers: ARN of the one that is known to answer.
    """
    if described != answers:
        pulumi.log.warn(
            f"{name}: {described} is registered, and {answers} answers, as far as is known: no"
            " deployment is started by `pulumi up`. To start it:"
            f' eval "$(pulumi stack output deployments --json | jq -r \'."{name}".start\')";'
            " then `pulumi refresh`, so that it is known"
        )
