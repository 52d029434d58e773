"""Groups of machines."""

from provider.kinds import Call, Change, Kind, Properties, words


def _prepare(inputs: Properties) -> Properties:
    zones = inputs.get("vpcZoneIdentifiers")
    if isinstance(zones, list):
        return {**inputs, "vpcZoneIdentifiers": ",".join(zones)}
    return inputs


def _retag(change: Change) -> None:
    group = {"ResourceId": change.state["name"], "ResourceType": "auto-scaling-group"}
    kept = {tag["key"] for tag in change.new.get("tags", [])}
    gone = [tag["key"] for tag in change.old.get("tags", []) if tag["key"] not in kept]
    if gone:
        change.call("delete_tags", Tags=[{**group, "Key": key} for key in gone])
    tags = [
        {**group, **{name[0].upper() + name[1:]: value for name, value in tag.items()}}
        for tag in change.new.get("tags", [])
    ]
    if tags:
        change.call("create_or_update_tags", Tags=tags)


def _refresh(change: Change) -> None:
    """A new template replaces running machines where the group is to be refreshed."""
    refresh = change.new.get("instanceRefresh")
    if refresh is None or change.old.get("launchTemplate") == change.new.get("launchTemplate"):
        return
    preferences = {
        name[0].upper() + name[1:]: value for name, value in refresh.get("preferences", {}).items()
    }
    change.call(
        "start_instance_refresh",
        AutoScalingGroupName=change.state["name"],
        Strategy=refresh["strategy"],
        Preferences=preferences,
    )


_GROUP = {"AutoScalingGroupName": "$name"}
_MEASURED = {**_GROUP, "Metrics": "$enabledMetrics", "Granularity": "1Minute"}

_TARGETS = {
    "AutoScalingGroupName": "$autoscalingGroupName",
    "TargetGroupARNs": ["$lbTargetGroupArn"],
}

KINDS = {
    "autoscaling/attachment:Attachment": Kind(
        "autoscaling",
        create=Call("attach_load_balancer_target_groups", with_inputs=True),
        id="$autoscalingGroupName-$lbTargetGroupArn",
        read=Call(
            "describe_auto_scaling_groups",
            {"AutoScalingGroupNames": ["$autoscalingGroupName"]},
            "AutoScalingGroups[?contains(TargetGroupARNs, '$lbTargetGroupArn')] | [0]",
        ),
        delete=Call("detach_load_balancer_target_groups", _TARGETS),
        rename={"lbTargetGroupArn": "TargetGroupARNs"},
        replaces=words("autoscalingGroupName lbTargetGroupArn"),
    ),
    "autoscaling/group:Group": Kind(
        "autoscaling",
        create=Call("create_auto_scaling_group", with_inputs=True),
        id="$name",
        read=Call(
            "describe_auto_scaling_groups",
            {"AutoScalingGroupNames": ["$name"]},
            "AutoScalingGroups[0]",
        ),
        delete=Call("delete_auto_scaling_group", {**_GROUP, "ForceDelete": True}),
        prepare=_prepare,
        revise=Call("update_auto_scaling_group", _GROUP, with_inputs=True),
        revised=_refresh,
        rename={
            "name": "AutoScalingGroupName",
            "vpcZoneIdentifiers": "VPCZoneIdentifier",
            "launchConfiguration": "LaunchConfigurationName",
            "loadBalancers": "LoadBalancerNames",
            "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
            "launchTemplate.id": "LaunchTemplateId",
            "launchTemplate.name": "LaunchTemplateName",
        },
        update={"tags": _retag},
        apply={"enabledMetrics": Call("enable_metrics_collection", _MEASURED)},
        outputs={"arn": "AutoScalingGroupARN"},
        replaces=frozenset({"targetGroupArns", "loadBalancers", "serviceLinkedRoleArn"}),
        local=words(
            "forceDelete forceDeleteWarmPool waitForCapacityTimeout ignoreFailedScalingActivities"
            " instanceRefresh metricsGranularity"
        ),
        name="name",
    ),
}
