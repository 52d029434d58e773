"""NFS file systems and where they are mounted."""

from provider.kinds import Call, Change, Kind, retagger, words


def _set_lifecycle(change: Change) -> None:
    names = {
        "transitionToIa": "TransitionToIA",
        "transitionToArchive": "TransitionToArchive",
        "transitionToPrimaryStorageClass": "TransitionToPrimaryStorageClass",
    }
    policies = [
        {names[name]: value for name, value in policy.items()}
        for policy in change.new.get("lifecyclePolicies", [])
    ]
    system = change.state["id"]
    change.call("put_lifecycle_configuration", FileSystemId=system, LifecyclePolicies=policies)


_SYSTEM = {"FileSystemId": "$fileSystemId"}

KINDS = {
    "efs/fileSystem:FileSystem": Kind(
        "efs",
        create=Call("create_file_system", with_inputs=True),
        id="FileSystemId",
        read=Call("describe_file_systems", {"FileSystemId": "$id"}, "FileSystems[0]"),
        delete=Call("delete_file_system", {"FileSystemId": "$id"}),
        apply={"lifecyclePolicies": _set_lifecycle},
        update={"tags": retagger("resource", ResourceId="id")},
        outputs={"arn": "FileSystemArn", "dnsName": "$id.efs.$region.amazonaws.com"},
        replaces=words(
            "encrypted performanceMode throughputMode provisionedThroughputInMibps kmsKeyId "
            "availabilityZoneName creationToken"
        ),
        tag_type="file-system",
    ),
    "efs/fileSystemPolicy:FileSystemPolicy": Kind(
        "efs",
        create=Call("put_file_system_policy", with_inputs=True),
        id="$fileSystemId",
        read=Call("describe_file_system_policy", _SYSTEM),
        delete=Call("delete_file_system_policy", _SYSTEM),
        revise=Call("put_file_system_policy", _SYSTEM, with_inputs=True),
        replaces=frozenset({"fileSystemId"}),
    ),
    "efs/backupPolicy:BackupPolicy": Kind(
        "efs",
        create=Call("put_backup_policy", with_inputs=True),
        id="$fileSystemId",
        read=Call("describe_backup_policy", _SYSTEM, "BackupPolicy"),
        delete=Call("put_backup_policy", {**_SYSTEM, "BackupPolicy": {"Status": "DISABLED"}}),
        revise=Call("put_backup_policy", _SYSTEM, with_inputs=True),
        replaces=frozenset({"fileSystemId"}),
    ),
    "efs/mountTarget:MountTarget": Kind(
        "efs",
        create=Call("create_mount_target", with_inputs=True),
        id="MountTargetId",
        read=Call("describe_mount_targets", {"MountTargetId": "$id"}, "MountTargets[0]"),
        delete=Call("delete_mount_target", {"MountTargetId": "$id"}),
        update={
            "securityGroups": Call(
                "modify_mount_target_security_groups",
                {"MountTargetId": "$id", "SecurityGroups": "$securityGroups"},
            ),
        },
        outputs={
            "ipAddress": "IpAddress",
            "networkInterfaceId": "NetworkInterfaceId",
            "dnsName": "$fileSystemId.efs.$region.amazonaws.com",
        },
        replaces=frozenset({"fileSystemId", "subnetId", "ipAddress"}),
    ),
}
