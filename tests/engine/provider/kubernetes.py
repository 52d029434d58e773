"""Clusters of EKS, their nodes and add-ons, who is let in, and what pods may do."""

from provider.kinds import Call, Change, Kind, Properties, words

_CLUSTER = {"name": "$name"}
_GROUP = {"clusterName": "$clusterName", "nodegroupName": "$nodeGroupName"}
_ADD_ON = {"clusterName": "$clusterName", "addonName": "$addonName"}
_ENTRY = {"clusterName": "$clusterName", "principalArn": "$principalArn"}
_POD = {"clusterName": "$clusterName", "associationId": "$id"}


def _logging(inputs: Properties) -> Properties:
    sent = dict(inputs)
    types = sent.pop("enabledClusterLogTypes", [])
    return {**sent, "logging": {"clusterLogging": [{"types": types, "enabled": True}]}}


def _retag(change: Change) -> None:
    arn, old, new = change.state["arn"], change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("untag_resource", resourceArn=arn, tagKeys=gone)
    if new:
        change.call("tag_resource", resourceArn=arn, tags=new)


def _config(change: Change) -> None:
    size = change.new["scalingConfig"]
    change.call(
        "update_nodegroup_config",
        clusterName=change.state["clusterName"],
        nodegroupName=change.state["nodeGroupName"],
        scalingConfig={key: int(value) for key, value in size.items()},
        updateConfig={
            key: value if isinstance(value, str) else int(value)
            for key, value in change.new["updateConfig"].items()
        },
    )


def _version(change: Change) -> None:
    change.call(
        "update_nodegroup_version",
        clusterName=change.state["clusterName"],
        nodegroupName=change.state["nodeGroupName"],
        version=change.new["version"],
        launchTemplate=change.new["launchTemplate"],
    )


KINDS = {
    "eks/cluster:Cluster": Kind(
        "eks",
        create=Call("create_cluster", with_inputs=True),
        id="$name",
        read=Call("describe_cluster", _CLUSTER, "cluster"),
        delete=Call("delete_cluster", _CLUSTER),
        prepare=_logging,
        rename={"vpcConfig": "resourcesVpcConfig"},
        update={
            "tags": _retag,
            "vpcConfig": Call(
                "update_cluster_config", {**_CLUSTER, "resourcesVpcConfig": "$vpcConfig"}
            ),
            "version": Call("update_cluster_version", {**_CLUSTER, "version": "$version"}),
        },
        outputs={"arn": "arn", "endpoint": "endpoint", "vpcConfig": "resourcesVpcConfig"},
        replaces=words(
            "accessConfig bootstrapSelfManagedAddons enabledClusterLogTypes encryptionConfig"
            " roleArn"
        ),
        name="name",
        tag_type="cluster",
    ),
    "eks/nodeGroup:NodeGroup": Kind(
        "eks",
        create=Call("create_nodegroup", with_inputs=True),
        id="$clusterName:$nodeGroupName",
        read=Call("describe_nodegroup", _GROUP, "nodegroup"),
        delete=Call("delete_nodegroup", _GROUP),
        rename={"nodeRoleArn": "nodeRole", "subnetIds": "subnets"},
        update={
            "tags": _retag,
            "scalingConfig": _config,
            "updateConfig": _config,
            "launchTemplate": _version,
            "version": _version,
        },
        outputs={
            "arn": "nodegroupArn",
            "resources": "[{autoscalingGroups: resources.autoScalingGroups}]",
        },
        replaces=words("amiType capacityType clusterName nodeRoleArn subnetIds"),
        name="nodeGroupName",
        tag_type="nodegroup",
    ),
    "eks/addon:Addon": Kind(
        "eks",
        create=Call("create_addon", with_inputs=True),
        id="$clusterName:$addonName",
        read=Call("describe_addon", _ADD_ON, "addon"),
        delete=Call("delete_addon", _ADD_ON),
        rename={"resolveConflictsOnCreate": "resolveConflicts"},
        update={
            "tags": _retag,
            "addonVersion": Call(
                "update_addon",
                {**_ADD_ON, "addonVersion": "$addonVersion", "resolveConflicts": "PRESERVE"},
            ),
        },
        outputs={"arn": "addonArn"},
        local=words("preserve resolveConflictsOnUpdate"),
        replaces=words("addonName clusterName podIdentityAssociations"),
        tag_type="addon",
    ),
    "eks/accessEntry:AccessEntry": Kind(
        "eks",
        create=Call("create_access_entry", with_inputs=True),
        id="$clusterName:$principalArn",
        read=Call("describe_access_entry", _ENTRY, "accessEntry"),
        delete=Call("delete_access_entry", _ENTRY),
        update={"tags": _retag},
        outputs={"arn": "accessEntryArn"},
        replaces=words("clusterName principalArn"),
        tag_type="access-entry",
    ),
    "eks/accessPolicyAssociation:AccessPolicyAssociation": Kind(
        "eks",
        create=Call("associate_access_policy", with_inputs=True),
        id="$clusterName#$principalArn#$policyArn",
        read=Call(
            "list_associated_access_policies",
            _ENTRY,
            "associatedAccessPolicies[?policyArn=='$policyArn'] | [0]",
        ),
        delete=Call("disassociate_access_policy", {**_ENTRY, "policyArn": "$policyArn"}),
        replaces=words("accessScope clusterName policyArn principalArn"),
    ),
    "eks/podIdentityAssociation:PodIdentityAssociation": Kind(
        "eks",
        create=Call("create_pod_identity_association", with_inputs=True),
        id="association.associationId",
        read=Call("describe_pod_identity_association", _POD, "association"),
        delete=Call("delete_pod_identity_association", _POD),
        update={"tags": _retag},
        outputs={"arn": "associationArn", "associationId": "associationId"},
        replaces=words("clusterName namespace roleArn serviceAccount"),
        tag_type="pod-identity-association",
    ),
}
