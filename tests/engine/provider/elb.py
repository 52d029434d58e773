"""Load balancers, the nodes behind them, and what they listen to."""

from provider.kinds import Call, Change, Kind, Properties, words

_ARN = {"LoadBalancerArn": "$id"}
# Attributes that are set after creation, by property: their keys, and how a value is written.
_OF_BALANCERS = {
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "enableDeletionProtection": "deletion_protection.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
}
_OF_TARGETS = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
}


def _text(value: object) -> str:
    if isinstance(value, float):  # as the engine has all numbers
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _made(change: Change) -> None:
    """A balancer; metrics name it by the end of its ARN."""
    change.state["arnSuffix"] = change.state["id"].split(":loadbalancer/")[1]
    _balancer_attributes(change)


def _made_targets(change: Change) -> None:
    change.state["arnSuffix"] = change.state["id"].rpartition(":")[2]
    _target_attributes(change)


def _balancer_attributes(change: Change) -> None:
    found = {
        key: change.new[name]
        for name, key in _OF_BALANCERS.items()
        if change.new.get(name) is not None
    }
    for name, value in change.new.get("accessLogs", {}).items():
        found[f"access_logs.s3.{name}"] = value
    change.call(
        "modify_load_balancer_attributes",
        LoadBalancerArn=change.state["id"],
        Attributes=[{"Key": key, "Value": _text(value)} for key, value in found.items()],
    )


def _target_attributes(change: Change) -> None:
    found = {key: change.new[name] for name, key in _OF_TARGETS.items() if name in change.new}
    change.call(
        "modify_target_group_attributes",
        TargetGroupArn=change.state["id"],
        Attributes=[{"Key": key, "Value": _text(value)} for key, value in found.items()],
    )


def _retag(change: Change) -> None:
    arn = [change.state["id"]]
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("remove_tags", ResourceArns=arn, TagKeys=gone)
    pairs = [{"Key": key, "Value": value} for key, value in new.items()]
    change.call("add_tags", ResourceArns=arn, Tags=pairs)


def _balancer(inputs: Properties) -> Properties:
    sent = {key: one for key, one in inputs.items() if key not in {*_OF_BALANCERS, "accessLogs"}}
    internal = sent.pop("internal", False)
    return {**sent, "scheme": "internal" if internal else "internet-facing"}


def _health(inputs: Properties) -> Properties:
    """The health check of a target group, whose keys stand in the request itself."""
    check = inputs.get("healthCheck", {})
    found = {
        "healthCheckPath": check.get("path"),
        "healthCheckIntervalSeconds": check.get("interval"),
        "healthCheckTimeoutSeconds": check.get("timeout"),
        "healthyThresholdCount": check.get("healthyThreshold"),
        "unhealthyThresholdCount": check.get("unhealthyThreshold"),
        "matcher": {"HttpCode": check["matcher"]} if "matcher" in check else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _targets(inputs: Properties) -> Properties:
    sent = {key: one for key, one in inputs.items() if key not in {*_OF_TARGETS, "healthCheck"}}
    return {**sent, **_health(inputs)}


def _actions(inputs: Properties) -> Properties:
    sent = dict(inputs)
    if "certificateArn" in sent:
        sent["certificates"] = [{"CertificateArn": sent.pop("certificateArn")}]
    sent["defaultActions"] = [
        {
            **{key: value for key, value in one.items() if key != "redirect"},
            **({"redirectConfig": one["redirect"]} if "redirect" in one else {}),
        }
        for one in sent["defaultActions"]
    ]
    return sent


KINDS = {
    "lb/loadBalancer:LoadBalancer": Kind(
        "elbv2",
        create=Call("create_load_balancer", with_inputs=True),
        id="LoadBalancers[0].LoadBalancerArn",
        read=Call("describe_load_balancers", {"LoadBalancerArns": ["$id"]}, "LoadBalancers[0]"),
        delete=Call("delete_load_balancer", _ARN),
        prepare=_balancer,
        rename={"loadBalancerType": "Type"},
        created=_made,
        update={
            **dict.fromkeys((*_OF_BALANCERS, "accessLogs"), _balancer_attributes),
            "securityGroups": Call(
                "set_security_groups",
                {"LoadBalancerArn": "$id", "SecurityGroups": "$securityGroups"},
            ),
            "tags": _retag,
        },
        outputs={
            "arn": "LoadBalancerArn",
            "dnsName": "DNSName",
            "zoneId": "CanonicalHostedZoneId",
            "arnSuffix": "$arnSuffix",
        },
        replaces=words("internal loadBalancerType subnets"),
        name="name",
        tag_type="loadbalancer",
    ),
    "lb/targetGroup:TargetGroup": Kind(
        "elbv2",
        create=Call("create_target_group", with_inputs=True),
        id="TargetGroups[0].TargetGroupArn",
        read=Call("describe_target_groups", {"TargetGroupArns": ["$id"]}, "TargetGroups[0]"),
        delete=Call("delete_target_group", {"TargetGroupArn": "$id"}),
        prepare=_targets,
        created=_made_targets,
        update={
            **dict.fromkeys(_OF_TARGETS, _target_attributes),
            "healthCheck": lambda change: change.call(
                "modify_target_group",
                TargetGroupArn=change.state["id"],
                **{key[0].upper() + key[1:]: one for key, one in _health(change.new).items()},
            ),
            "tags": _retag,
        },
        outputs={"arn": "TargetGroupArn", "arnSuffix": "$arnSuffix"},
        replaces=words("port protocol targetType vpcId"),
        name="name",
        tag_type="targetgroup",
    ),
    "lb/listener:Listener": Kind(
        "elbv2",
        create=Call("create_listener", with_inputs=True),
        id="Listeners[0].ListenerArn",
        read=Call("describe_listeners", {"ListenerArns": ["$id"]}, "Listeners[0]"),
        delete=Call("delete_listener", {"ListenerArn": "$id"}),
        prepare=_actions,
        update={"tags": _retag},
        revise=Call("modify_listener", {"ListenerArn": "$id"}, with_inputs=True),
        outputs={"arn": "ListenerArn"},
        replaces=words("loadBalancerArn"),
        tag_type="listener",
    ),
}
