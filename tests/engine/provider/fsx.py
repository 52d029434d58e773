"""Lustre file systems."""

from provider.kinds import Call, Kind, retagger, words

KINDS = {
    "fsx/lustreFileSystem:LustreFileSystem": Kind(
        "fsx",
        create=Call(
            "create_file_system",
            {"FileSystemType": "LUSTRE"},
            result="FileSystem",
            with_inputs=True,
        ),
        id="FileSystemId",
        read=Call("describe_file_systems", {"FileSystemIds": ["$id"]}, "FileSystems[0]"),
        delete=Call("delete_file_system", {"FileSystemId": "$id"}),
        within="LustreConfiguration",
        update={"tags": retagger("resource", ResourceARN="arn")},
        outputs={
            "arn": "ResourceARN",
            "dnsName": "DNSName",
            # moto gives none; this is what AWS gives to a first generation scratch system.
            "mountName": "LustreConfiguration.MountName || 'fsx'",
            "vpcId": "VpcId",
        },
        replaces=words(
            "deploymentType storageType storageCapacity perUnitStorageThroughput subnetIds "
            "securityGroupIds kmsKeyId importPath exportPath efaEnabled"
        ),
        local=frozenset({"skipFinalBackup", "finalBackupTags"}),
        tag_type="file-system",
    ),
}
