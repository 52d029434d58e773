"""Deployments of a service of ECS by CodeDeploy: new tasks stand beside the old ones first."""

from typing import Any

import pulumi
from pulumi_aws import codedeploy, iam

from infra.aws.identity import assumed_by, role
from infra.aws.load_balancer import LoadBalancer
from infra.aws.policies import document
from infra.names import plain_name, tags

SERVICE = "codedeploy.amazonaws.com"
LONGEST_NAME = 100  # characters of an application and of a group
KEPT_MINUTES = 10  # that the old tasks stay beside the new ones
# AWSCodeDeployRoleForECS is all that it says, narrowed to this service, its target groups and the
# roles of its tasks (CodeDeploy user guide, "Create a service role for CodeDeploy", 2026-11-28).
_LOOKS = (
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
)


class BlueGreen(pulumi.ComponentResource):
    """An application of CodeDeploy and its one group of deployments.

    Attributes:
        group: names of the application and the group, with a space between.
    """

    def __init__(
        self,
        name: str,
        stack: str,
        cluster: pulumi.Input[str],
        service: pulumi.Output[str],
        tasks: pulumi.Output[str],
        balancer: LoadBalancer,
        parent: pulumi.Resource,
    ) -> None:
        """Build it.

        Arguments:
            name: of the endpoint and the stage.
            stack: name of the stack.
            cluster: name of the cluster.
            service: name of the service.
            tasks: ARN of the role by which its tasks are started.
            balancer: that sends it requests.
            parent: the component that it belongs to.
        """
        super().__init__(
            "windtunnel:aws:BlueGreen", name, None, pulumi.ResourceOptions(parent=parent)
        )
        inside = pulumi.ResourceOptions(parent=self)
        called = plain_name(stack, name, longest=LONGEST_NAME)
        made = role(f"{name}-deploys", stack, assumed_by(SERVICE), inside)
        policy = iam.RolePolicy(
            f"{name}-deploys",
            role=made.id,
            policy=pulumi.Output.all(cluster, service, balancer.listener, tasks).apply(_policy),
            opts=inside,
        )
        application = codedeploy.Application(
            name, name=called, compute_platform="ECS", tags=tags(stack, name), opts=inside
        )
        group = codedeploy.DeploymentGroup(
            name,
            app_name=application.name,
            deployment_group_name=called,
            service_role_arn=made.arn,
            deployment_config_name="CodeDeployDefault.ECSAllAtOnce",
            deployment_style={
                "deployment_option": "WITH_TRAFFIC_CONTROL",
                "deployment_type": "BLUE_GREEN",
            },
            ecs_service={"cluster_name": cluster, "service_name": service},
            load_balancer_info={
                "target_group_pair_info": {
                    "prod_traffic_route": {"listener_arns": [balancer.listener]},
                    "target_groups": [{"name": one} for one in balancer.target_groups],
                }
            },
            blue_green_deployment_config={
                "deployment_ready_option": {"action_on_timeout": "CONTINUE_DEPLOYMENT"},
                "terminate_blue_instances_on_deployment_success": {
                    "action": "TERMINATE",
                    "termination_wait_time_in_minutes": KEPT_MINUTES,
                },
            },
            auto_rollback_configuration={
                "enabled": True,
                "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"],
            },
            tags=tags(stack, name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.group: pulumi.Output[str] = pulumi.Output.concat(
            application.name, " ", group.deployment_group_name
        )
        self.register_outputs({"group": self.group})


def _policy(known: list[Any]) -> str:
    """What CodeDeploy may do: this service's task sets, this listener, and nothing of others."""
    cluster, service, listener, tasks = known
    # The listener's ARN says where all of it is.
    _, partition, _, region, account, path = listener.split(":", 5)
    where = f"arn:{partition}:ecs:{region}:{account}"
    rules = path.replace("listener/", "listener-rule/", 1)
    balancing = f"arn:{partition}:elasticloadbalancing:{region}:{account}"
    return document(
        [
            {
                "Effect": "Allow",
                "Action": [
                    "ecs:CreateTaskSet",
                    "ecs:DeleteTaskSet",
                    "ecs:DescribeServices",
                    "ecs:UpdateServicePrimaryTaskSet",
                ],
                "Resource": [
                    f"{where}:service/{cluster}/{service}",
                    f"{where}:task-set/{cluster}/{service}/*",
                ],
            },
            {
                "Effect": "Allow",
                "Action": [
                    "elasticloadbalancing:ModifyListener",
                    "elasticloadbalancing:ModifyRule",
                ],
                "Resource": [listener, f"{balancing}:{rules}/*"],
            },
            # These know no resource that could be named.
            {"Effect": "Allow", "Action": list(_LOOKS), "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": tasks,
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            },
        ]
    )
