"""Clusters, services and tasks of ECS, repositories of ECR, deployments of CodeDeploy."""

import json
from typing import Any

from provider.kinds import UNKNOWN, Call, Change, Kind, Properties, words


def _task(inputs: Properties) -> Properties:
    told = inputs["containerDefinitions"]
    return inputs if told == UNKNOWN else {**inputs, "containerDefinitions": json.loads(told)}


def _service(inputs: Properties) -> Properties:
    sent = dict(inputs)
    for key in ("waitForSteadyState",):
        sent.pop(key, None)
    network = dict(sent.pop("networkConfiguration", {}))
    if "assignPublicIp" in network:
        network["assignPublicIp"] = "ENABLED" if network["assignPublicIp"] else "DISABLED"
    deployment: dict[str, Any] = {}
    if "deploymentCircuitBreaker" in sent:
        deployment["deploymentCircuitBreaker"] = sent.pop("deploymentCircuitBreaker")
    for key, name in (
        ("deploymentMaximumPercent", "maximumPercent"),
        ("deploymentMinimumHealthyPercent", "minimumHealthyPercent"),
    ):
        if key in sent:
            deployment[name] = int(sent.pop(key))
    if deployment:
        sent["deploymentConfiguration"] = deployment
    return {**sent, "networkConfiguration": {"awsvpcConfiguration": network}}


def _count(change: Change) -> None:
    change.call(
        "update_service",
        cluster=change.state["cluster"],
        service=change.state["name"],
        desiredCount=int(change.new["desiredCount"]),
        taskDefinition=change.new["taskDefinition"],
    )


def _end_service(change: Change) -> None:
    change.call(
        "delete_service",
        cluster=change.state["cluster"],
        service=change.state["name"],
        force=True,
    )


def _retag_group(change: Change) -> None:
    arn = change.state["arn"]
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("untag_resource", ResourceArn=arn, TagKeys=gone)
    pairs = [{"Key": key, "Value": value} for key, value in new.items()]
    change.call("tag_resource", ResourceArn=arn, Tags=pairs)


_NAMES = {"applicationName": "$appName", "deploymentGroupName": "$deploymentGroupName"}


def _retag(change: Change) -> None:
    arn, old, new = change.state["arn"], change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("untag_resource", resourceArn=arn, tagKeys=gone)
    pairs = [{"key": key, "value": value} for key, value in new.items()]
    change.call("tag_resource", resourceArn=arn, tags=pairs)


def _retag_repository(change: Change) -> None:
    arn, old, new = change.state["arn"], change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("untag_resource", resourceArn=arn, tagKeys=gone)
    pairs = [{"Key": key, "Value": value} for key, value in new.items()]
    change.call("tag_resource", resourceArn=arn, tags=pairs)


def _one_encryption(inputs: Properties) -> Properties:
    """The API takes one, where the provider has a list of them."""
    found = inputs.get("encryptionConfigurations")
    return {**inputs, "encryptionConfigurations": found[0]} if found else inputs


KINDS = {
    "ecs/cluster:Cluster": Kind(
        "ecs",
        create=Call("create_cluster", with_inputs=True),
        id="cluster.clusterArn",
        read=Call("describe_clusters", {"clusters": ["$id"]}, "clusters[?status=='ACTIVE'] | [0]"),
        delete=Call("delete_cluster", {"cluster": "$id"}),
        rename={"name": "clusterName"},
        update={"tags": _retag},
        outputs={"arn": "clusterArn"},
        replaces=words("settings"),
        name="name",
        tag_type="cluster",
    ),
    "ecs/taskDefinition:TaskDefinition": Kind(
        "ecs",
        create=Call("register_task_definition", with_inputs=True),
        id="taskDefinition.taskDefinitionArn",
        read=Call(
            "describe_task_definition",
            {"taskDefinition": "$id"},
            "[taskDefinition][?status=='ACTIVE'] | [0]",
        ),
        delete=Call("deregister_task_definition", {"taskDefinition": "$id"}),
        prepare=_task,
        update={"tags": _retag},
        outputs={"arn": "taskDefinitionArn", "revision": "revision"},
        replaces=words(
            "containerDefinitions cpu executionRoleArn family memory networkMode"
            " requiresCompatibilities"
        ),
        tag_type="task-definition",
    ),
    "ecs/service:Service": Kind(
        "ecs",
        create=Call("create_service", with_inputs=True),
        id="service.serviceArn",
        read=Call(
            "describe_services",
            {"cluster": "$cluster", "services": ["$name"]},
            "services[?status=='ACTIVE'] | [0]",
        ),
        delete=_end_service,
        prepare=_service,
        rename={"name": "serviceName"},
        update={"tags": _retag, "desiredCount": _count, "taskDefinition": _count},
        outputs={"arn": "serviceArn"},
        local=words("waitForSteadyState"),
        replaces=words(
            "cluster deploymentController launchType loadBalancers networkConfiguration"
            " deploymentCircuitBreaker deploymentMaximumPercent deploymentMinimumHealthyPercent"
            " healthCheckGracePeriodSeconds platformVersion propagateTags"
        ),
        name="name",
        tag_type="service",
    ),
    "ecr/repository:Repository": Kind(
        "ecr",
        create=Call("create_repository", with_inputs=True),
        id="$name",
        read=Call("describe_repositories", {"repositoryNames": ["$name"]}, "repositories[0]"),
        delete=Call("delete_repository", {"repositoryName": "$name", "force": "$forceDelete"}),
        rename={
            "name": "repositoryName",
            "encryptionConfigurations": "encryptionConfiguration",
        },
        prepare=_one_encryption,
        update={"tags": _retag_repository},
        outputs={"arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
        local=words("forceDelete"),
        replaces=words("encryptionConfigurations imageTagMutability imageScanningConfiguration"),
        name="name",
        tag_type="repository",
    ),
    "ecr/lifecyclePolicy:LifecyclePolicy": Kind(
        "ecr",
        create=Call("put_lifecycle_policy", with_inputs=True),
        id="$repository",
        read=Call("get_lifecycle_policy", {"repositoryName": "$repository"}),
        delete=Call("delete_lifecycle_policy", {"repositoryName": "$repository"}),
        rename={"repository": "repositoryName", "policy": "lifecyclePolicyText"},
        update={
            "policy": Call(
                "put_lifecycle_policy",
                {"repositoryName": "$repository", "lifecyclePolicyText": "$policy"},
            )
        },
        replaces=words("repository"),
    ),
    "codedeploy/application:Application": Kind(
        "codedeploy",
        create=Call("create_application", with_inputs=True),
        id="$name",
        read=Call("get_application", {"applicationName": "$name"}, "application"),
        delete=Call("delete_application", {"applicationName": "$name"}),
        rename={"name": "applicationName"},
        update={"tags": _retag_group},
        outputs={
            "arn": "arn:aws:codedeploy:$region:$account:application:$name",
            "applicationId": "applicationId",
        },
        replaces=words("computePlatform"),
        name="name",
        tag_type="application",
    ),
    "codedeploy/deploymentGroup:DeploymentGroup": Kind(
        "codedeploy",
        create=Call("create_deployment_group", with_inputs=True),
        id="$appName:$deploymentGroupName",
        read=Call("get_deployment_group", _NAMES, "deploymentGroupInfo"),
        delete=Call("delete_deployment_group", _NAMES),
        rename={
            "appName": "applicationName",
            "ecsService": "ecsServices",
            "loadBalancerInfo.targetGroupPairInfo": "targetGroupPairInfoList",
            "blueGreenDeploymentConfig": "blueGreenDeploymentConfiguration",
        },
        update={"tags": _retag_group},
        outputs={
            "arn": "arn:aws:codedeploy:$region:$account:deploymentgroup:$appName/"
            "$deploymentGroupName",
        },
        replaces=words(
            "appName autoRollbackConfiguration blueGreenDeploymentConfig deploymentConfigName"
            " deploymentStyle ecsService loadBalancerInfo serviceRoleArn"
        ),
        name="deploymentGroupName",
        tag_type="deployment-group",
    ),
}
