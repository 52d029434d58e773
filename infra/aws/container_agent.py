"""The agent of ECS on nodes of the stack, which starts tasks there."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from infra.aws.policies import Grant


def agent_grants(cluster: pulumi.Output[str]) -> Iterator[Grant]:
    """What the role of a node needs so that ECS starts tasks on it.

    Arguments:
        cluster: ARN of the cluster.
    """

    def statements(arn: str) -> list[Mapping[str, Any]]:
        instances = arn.replace(":cluster/", ":container-instance/") + "/*"
        return [
            {
                "Effect": "Allow",
                "Action": ["ecs:DeregisterContainerInstance", "ecs:RegisterContainerInstance"],
                "Resource": arn,
            },
            {
                "Effect": "Allow",
                "Action": [
                    "ecs:Poll",
                    "ecs:StartTelemetrySession",
                    "ecs:UpdateContainerInstancesState",
                ],
                "Resource": instances,
                "Condition": {"ArnEquals": {"ecs:cluster": arn}},
            },
            {
                "Effect": "Allow",
                "Action": ["ecs:SubmitContainerStateChange", "ecs:SubmitTaskStateChange"],
                "Resource": arn,
            },
            # It knows no resource that could be named.
            {"Effect": "Allow", "Action": ["ecs:DiscoverPollEndpoint"], "Resource": "*"},
        ]

    yield Grant(cluster, statements)


def agent_lines(cluster: str, accelerators: int) -> str:
    """Lines of a startup script after which ECS starts tasks on a node.

    Arguments:
        cluster: its name.
        accelerators: of the node.
    """
    told = [f"ECS_CLUSTER={cluster}", "ECS_ENABLE_TASK_ENI=true"]
    if accelerators:
        told.append("ECS_ENABLE_GPU_SUPPORT=true")
    listed = "\n".join(told)
    return "\n".join(
        [
            "try_often install docker ecs-init",
            "mkdir -p /etc/ecs",
            f"cat >/etc/ecs/ecs.config <<'END'\n{listed}\nEND",
            "systemctl enable docker ecs",
            # The agent waits for the end of this script, which so must not wait for it.
            "systemctl start --no-block docker ecs",
        ]
    )
