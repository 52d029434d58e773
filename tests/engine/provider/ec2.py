"""Machines and disks: launch templates, instances, placement groups and volumes."""

from provider.kinds import Call, Change, Kind, Properties, UnmodelledError, words
from provider.vpc import attribute, kind, retag_by

_DISK = {"volumeSize", "volumeType", "iops", "throughput", "encrypted", "kmsKeyId", "snapshotId"}
_DISK |= {"deleteOnTermination"}
_PLACEMENT = {
    "placementGroup": "groupName",
    "placementPartitionNumber": "partitionNumber",
    "availabilityZone": "availabilityZone",
    "tenancy": "tenancy",
}


def _disk(disk: Properties) -> Properties:
    rest = {name: value for name, value in disk.items() if name != "deviceName"}
    if unknown := rest.keys() - _DISK:
        raise UnmodelledError(f"a disk of an instance: no way to set {', '.join(sorted(unknown))}")
    return {"deviceName": disk.get("deviceName", "/dev/xvda"), "ebs": rest}


def _instance(inputs: Properties) -> Properties:
    """The inputs of an instance, grouped as RunInstances wants them."""
    request: Properties = {"MinCount": 1, "MaxCount": 1}
    for name, value in inputs.items():
        match name:
            case "iamInstanceProfile":
                request[name] = {"name": value}
            case "monitoring":
                request[name] = {"enabled": value}
            case "rootBlockDevice" | "ebsBlockDevices":
                disks = value if isinstance(value, list) else [value]
                request.setdefault("blockDeviceMappings", []).extend(map(_disk, disks))
            case _ if name in _PLACEMENT:
                request.setdefault("placement", {})[_PLACEMENT[name]] = value
            case _:
                request[name] = value
    if (public := request.pop("associatePublicIpAddress", None)) is not None:
        # With an address of its own the interface takes the subnet and the groups too.
        groups = request.pop("vpcSecurityGroupIds", [])
        interface: Properties = {
            "deviceIndex": 0,
            "associatePublicIpAddress": public,
            "groups": groups,
        }
        if "subnetId" in request:
            interface["subnetId"] = request.pop("subnetId")
        request["networkInterfaces"] = [interface]
    return request


def _promote(change: Change) -> None:
    if change.new.get("updateDefaultVersion"):
        template = change.state["id"]
        versions = change.call("describe_launch_templates", LaunchTemplateIds=[template])
        latest = versions["LaunchTemplates"][0]["LatestVersionNumber"]
        change.call("modify_launch_template", LaunchTemplateId=template, DefaultVersion=str(latest))


_TEMPLATE = {
    "name": "LaunchTemplateName",
    "description": "VersionDescription",
    "networkInterfaces.securityGroups": "Groups",
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "securityGroupNames": "SecurityGroups",
    "tagSpecifications": "LaunchTemplateData.TagSpecifications",
}

KINDS = {
    "ec2/placementGroup:PlacementGroup": kind(
        "placement_group",
        "placement-group",
        "PlacementGroups[0]",
        id="$name",
        read=Call("describe_placement_groups", {"GroupNames": ["$name"]}, "PlacementGroups[0]"),
        delete=Call("delete_placement_group", {"GroupName": "$name"}),
        rename={"name": "GroupName"},
        update={"tags": retag_by("placementGroupId")},
        outputs={"placementGroupId": "GroupId"},
        replaces=frozenset({"strategy", "partitionCount", "spreadLevel"}),
        name="name",
    ),
    "ec2/launchTemplate:LaunchTemplate": kind(
        "launch_template",
        "launch-template",
        "LaunchTemplates[0]",
        within="LaunchTemplateData",
        rename=_TEMPLATE,
        revise=Call(
            "create_launch_template_version", {"LaunchTemplateId": "$id"}, with_inputs=True
        ),
        revised=_promote,
        outputs={"latestVersion": "LatestVersionNumber", "defaultVersion": "DefaultVersionNumber"},
        local=frozenset({"updateDefaultVersion"}),
        name="name",
    ),
    "ec2/capacityReservation:CapacityReservation": kind(
        "capacity_reservation",
        "capacity-reservation",
        "CapacityReservations[?State=='active'] | [0]",
        delete=Call("cancel_capacity_reservation", {"CapacityReservationId": "$id"}),
        update={
            "instanceCount": Call(
                "modify_capacity_reservation",
                {"CapacityReservationId": "$id", "InstanceCount": "$instanceCount"},
            ),
        },
        outputs={"instanceCount": "TotalInstanceCount"},
        replaces=words(
            "instanceType instancePlatform availabilityZone placementGroupArn tenancy"
            " ebsOptimized ephemeralStorage"
        ),
    ),
    "ec2/instance:Instance": kind(
        "instance",
        "instance",
        "Reservations[0].Instances[?State.Name!='terminated'] | [0]",
        create=Call("run_instances", result="Instances[0]", with_inputs=True),
        delete=Call("terminate_instances", {"InstanceIds": ["$id"]}),
        prepare=_instance,
        rename={
            "ami": "ImageId",
            "vpcSecurityGroupIds": "SecurityGroupIds",
            "privateIp": "PrivateIpAddress",
            "userDataBase64": "UserData",
        },
        apply={
            "sourceDestCheck": attribute(
                "modify_instance_attribute", "InstanceId", "sourceDestCheck"
            ),
        },
        outputs={
            "privateIp": "PrivateIpAddress",
            "publicIp": "PublicIpAddress",
            "privateDns": "PrivateDnsName",
            "availabilityZone": "Placement.AvailabilityZone",
            "instanceState": "State.Name",
            "primaryNetworkInterfaceId": "NetworkInterfaces[0].NetworkInterfaceId",
        },
        replaces=words(
            "ami instanceType subnetId availabilityZone keyName iamInstanceProfile userData "
            "placementGroup rootBlockDevice ebsBlockDevices networkInterfaces tenancy "
            "vpcSecurityGroupIds associatePublicIpAddress instanceMarketOptions"
        ),
        local=frozenset({"userDataReplaceOnChange", "forceDestroy"}),
    ),
    "ebs/volume:Volume": kind(
        "volume",
        "volume",
        "Volumes[0]",
        create=Call("create_volume", with_inputs=True),
        rename={"type": "VolumeType"},
        revise=Call("modify_volume", {"VolumeId": "$id"}, with_inputs=True),
        replaces=frozenset({"availabilityZone", "encrypted", "kmsKeyId", "snapshotId"}),
    ),
    "ec2/volumeAttachment:VolumeAttachment": Kind(
        "ec2",
        create=Call("attach_volume", with_inputs=True),
        id="vai-$volumeId-$instanceId",
        read=Call(
            "describe_volumes",
            {"VolumeIds": ["$volumeId"]},
            "Volumes[0].Attachments[?InstanceId=='$instanceId'] | [0]",
        ),
        delete=Call("detach_volume", {"VolumeId": "$volumeId", "InstanceId": "$instanceId"}),
        rename={"deviceName": "Device"},
        replaces=frozenset({"deviceName", "instanceId", "volumeId"}),
        local=frozenset({"forceDetach", "skipDestroy", "stopInstanceBeforeDetaching"}),
    ),
}
