"""Clusters that EMR runs."""

import json
from typing import Any

from provider.kinds import Call, Change, Kind, Properties, words


def _group(role: str, found: Properties) -> Properties:
    """A group of instances in the spelling of the API."""
    volumes = [
        {
            "volumesPerInstance": one.get("volumesPerInstance"),
            "volumeSpecification": {
                name: one[key]
                for name, key in (
                    ("volumeType", "type"),
                    ("sizeInGB", "size"),
                    ("iops", "iops"),
                    ("throughput", "throughput"),
                )
                if key in one
            },
        }
        for one in found.get("ebsConfigs", [])
    ]
    group = {
        "name": found.get("name", role),
        "instanceRole": role,
        "instanceType": found["instanceType"],
        "instanceCount": found.get("instanceCount", 1),
        "market": "SPOT" if found.get("bidPrice") else "ON_DEMAND",
        "ebsConfiguration": {"ebsBlockDeviceConfigs": volumes} if volumes else None,
        "bidPrice": found.get("bidPrice"),
    }
    return {name: value for name, value in group.items() if value is not None}


_ATTRIBUTES = {
    "subnetId": "ec2SubnetId",
    "emrManagedMasterSecurityGroup": "emrManagedMasterSecurityGroup",
    "emrManagedSlaveSecurityGroup": "emrManagedSlaveSecurityGroup",
    "serviceAccessSecurityGroup": "serviceAccessSecurityGroup",
}
_OF_INSTANCES = ("keepJobFlowAliveWhenNoSteps", "terminationProtection", "unhealthyNodeReplacement")


def _cluster(inputs: Properties) -> Properties:
    """What the API wants of a cluster: its instances in a structure, its settings as a list."""
    sent = dict(inputs)
    attributes = dict(sent.pop("ec2Attributes", {}))
    sent["jobFlowRole"] = attributes.pop("instanceProfile")
    instances: dict[str, Any] = {_ATTRIBUTES[key]: one for key, one in attributes.items()}
    for key in _OF_INSTANCES:
        if key in sent:
            name = "terminationProtected" if key == "terminationProtection" else key
            instances[name] = sent.pop(key)
    instances["instanceGroups"] = [
        _group(role, sent.pop(key))
        for role, key in (("MASTER", "masterInstanceGroup"), ("CORE", "coreInstanceGroup"))
        if key in sent
    ]
    sent["instances"] = instances
    sent["applications"] = [{"name": one} for one in sent.pop("applications", [])]
    if "configurationsJson" in sent:
        sent["configurations"] = json.loads(sent.pop("configurationsJson"))
    return sent


def _resize_core(change: Change) -> None:
    cluster = change.state["id"]
    groups = change.call("list_instance_groups", ClusterId=cluster)["InstanceGroups"]
    [core] = [one["Id"] for one in groups if one["InstanceGroupType"] == "CORE"]
    count = change.new["coreInstanceGroup"]["instanceCount"]
    change.call(
        "modify_instance_groups",
        ClusterId=cluster,
        InstanceGroups=[{"InstanceGroupId": core, "InstanceCount": count}],
    )


def _protect(change: Change) -> None:
    protected = bool(change.new.get("terminationProtection"))
    change.call(
        "set_termination_protection",
        JobFlowIds=[change.state["id"]],
        TerminationProtected=protected,
    )


def _retag(change: Change) -> None:
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("remove_tags", ResourceId=change.state["id"], TagKeys=gone)
    pairs = [{"Key": key, "Value": value} for key, value in new.items()]
    change.call("add_tags", ResourceId=change.state["id"], Tags=pairs)


def _add_group(inputs: Properties) -> Properties:
    sent = dict(inputs)
    return {"jobFlowId": sent.pop("clusterId"), "instanceGroups": [_group("TASK", sent)]}


def _resize_task(change: Change) -> None:
    _set_count(change, change.new["instanceCount"])


def _end_group(change: Change) -> None:
    """EMR has no way to end a group before its cluster ends; it can be empty."""
    _set_count(change, 0)


def _set_count(change: Change, count: int) -> None:
    cluster = change.state["clusterId"]
    group = {"InstanceGroupId": change.state["id"], "InstanceCount": count}
    change.call("modify_instance_groups", ClusterId=cluster, InstanceGroups=[group])


KINDS = {
    "emr/securityConfiguration:SecurityConfiguration": Kind(
        "emr",
        create=Call("create_security_configuration", with_inputs=True),
        id="$name",
        read=Call("describe_security_configuration", {"Name": "$name"}),
        delete=Call("delete_security_configuration", {"Name": "$name"}),
        rename={"configuration": "SecurityConfiguration"},
        replaces=frozenset({"configuration"}),
        name="name",
    ),
    "emr/cluster:Cluster": Kind(
        "emr",
        create=Call("run_job_flow", with_inputs=True),
        id="JobFlowId",
        read=Call(
            "describe_cluster",
            {"ClusterId": "$id"},
            "[Cluster][?!starts_with(Status.State, 'TERMINAT')] | [0]",
        ),
        delete=Call("terminate_job_flows", {"JobFlowIds": ["$id"]}),
        prepare=_cluster,
        update={
            "coreInstanceGroup": _resize_core,
            "terminationProtection": _protect,
            "tags": _retag,
        },
        outputs={"arn": "ClusterArn", "masterPublicDns": "MasterPublicDnsName"},
        replaces=words(
            "releaseLabel applications serviceRole ec2Attributes masterInstanceGroup "
            "configurationsJson ebsRootVolumeSize securityConfiguration logUri "
            "keepJobFlowAliveWhenNoSteps unhealthyNodeReplacement name"
        ),
        tag_type="cluster",
    ),
    "emr/instanceGroup:InstanceGroup": Kind(
        "emr",
        create=Call("add_instance_groups", with_inputs=True),
        id="InstanceGroupIds[0]",
        read=Call(
            "list_instance_groups",
            {"ClusterId": "$clusterId"},
            "InstanceGroups[?Id=='$id' && RequestedInstanceCount>`0`] | [0]",
        ),
        delete=_end_group,
        prepare=_add_group,
        update={"instanceCount": _resize_task},
        replaces=frozenset({"clusterId", "instanceType", "bidPrice", "ebsConfigs", "name"}),
    ),
}
