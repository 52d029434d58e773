"""What follows a load: targets and their policies."""

from provider.kinds import Call, Kind, words

_TARGET = {
    "ServiceNamespace": "$serviceNamespace",
    "ResourceId": "$resourceId",
    "ScalableDimension": "$scalableDimension",
}

KINDS = {
    "appautoscaling/target:Target": Kind(
        "application-autoscaling",
        create=Call("register_scalable_target", with_inputs=True),
        id="$resourceId",
        read=Call(
            "describe_scalable_targets",
            {"ServiceNamespace": "$serviceNamespace", "ResourceIds": ["$resourceId"]},
            "ScalableTargets[0]",
        ),
        delete=Call("deregister_scalable_target", _TARGET),
        revise=Call("register_scalable_target", _TARGET, with_inputs=True),
        replaces=words("serviceNamespace resourceId scalableDimension"),
    ),
    "appautoscaling/policy:Policy": Kind(
        "application-autoscaling",
        create=Call("put_scaling_policy", with_inputs=True),
        id="$name",
        read=Call(
            "describe_scaling_policies",
            {"ServiceNamespace": "$serviceNamespace", "PolicyNames": ["$name"]},
            "ScalingPolicies[0]",
        ),
        delete=Call("delete_scaling_policy", {**_TARGET, "PolicyName": "$name"}),
        revise=Call("put_scaling_policy", {**_TARGET, "PolicyName": "$name"}, with_inputs=True),
        rename={"name": "PolicyName"},
        replaces=words("serviceNamespace resourceId scalableDimension"),
        name="name",
    ),
}
