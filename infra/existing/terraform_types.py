"""What Terraform calls the resources that are read, as the classes of Pulumi are called.

Pulumi's AWS and Google Cloud providers are made from those of Terraform, so that their properties
are the same, in camelCase, and blocks that may be there several times are named in the plural.
"""

import re

_SNAKE = re.compile(r"_+([a-z0-9])")

TYPES = {
    "aws_autoscaling_group": "aws:autoscaling/group:Group",
    "aws_ebs_volume": "aws:ebs/volume:Volume",
    "aws_efs_file_system": "aws:efs/fileSystem:FileSystem",
    "aws_eks_cluster": "aws:eks/cluster:Cluster",
    "aws_eks_node_group": "aws:eks/nodeGroup:NodeGroup",
    "aws_eks_pod_identity_association": ("aws:eks/podIdentityAssociation:PodIdentityAssociation"),
    "aws_fsx_lustre_file_system": "aws:fsx/lustreFileSystem:LustreFileSystem",
    "aws_iam_group": "aws:iam/group:Group",
    "aws_iam_group_policy": "aws:iam/groupPolicy:GroupPolicy",
    "aws_iam_instance_profile": "aws:iam/instanceProfile:InstanceProfile",
    "aws_iam_policy": "aws:iam/policy:Policy",
    "aws_iam_role": "aws:iam/role:Role",
    "aws_iam_role_policy": "aws:iam/rolePolicy:RolePolicy",
    "aws_iam_role_policy_attachment": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws_iam_user": "aws:iam/user:User",
    "aws_iam_user_group_membership": "aws:iam/userGroupMembership:UserGroupMembership",
    "aws_iam_user_policy": "aws:iam/userPolicy:UserPolicy",
    "aws_instance": "aws:ec2/instance:Instance",
    "aws_launch_configuration": "aws:ec2/launchConfiguration:LaunchConfiguration",
    "aws_launch_template": "aws:ec2/launchTemplate:LaunchTemplate",
    "aws_placement_group": "aws:ec2/placementGroup:PlacementGroup",
    "aws_s3_bucket": "aws:s3/bucket:Bucket",
    "aws_spot_instance_request": "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    "aws_subnet": "aws:ec2/subnet:Subnet",
    "aws_volume_attachment": "aws:ec2/volumeAttachment:VolumeAttachment",
    "aws_vpc": "aws:ec2/vpc:Vpc",
    "google_compute_attached_disk": "gcp:compute/attachedDisk:AttachedDisk",
    "google_compute_disk": "gcp:compute/disk:Disk",
    "google_compute_instance": "gcp:compute/instance:Instance",
    "google_compute_instance_group_manager": (
        "gcp:compute/instanceGroupManager:InstanceGroupManager"
    ),
    "google_compute_instance_template": "gcp:compute/instanceTemplate:InstanceTemplate",
    "google_compute_region_instance_group_manager": (
        "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"
    ),
    "google_compute_region_instance_template": (
        "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate"
    ),
    "google_compute_resource_policy": "gcp:compute/resourcePolicy:ResourcePolicy",
    "google_compute_subnetwork": "gcp:compute/subnetwork:Subnetwork",
    "google_container_cluster": "gcp:container/cluster:Cluster",
    "google_container_node_pool": "gcp:container/nodePool:NodePool",
    "google_filestore_instance": "gcp:filestore/instance:Instance",
    "google_service_account": "gcp:serviceaccount/account:Account",
    "google_storage_bucket": "gcp:storage/bucket:Bucket",
    "google_storage_bucket_iam_member": "gcp:storage/bucketIAMMember:BucketIAMMember",
}
# Blocks by the names that the providers of Pulumi give them.
BLOCKS = {
    "attached_disk": "attachedDisks",
    "disk": "disks",
    "ebs_block_device": "ebsBlockDevices",
    "ephemeral_block_device": "ephemeralBlockDevices",
    "guest_accelerator": "guestAccelerators",
    "instance_types": "instanceTypes",
    "network_interface": "networkInterfaces",
    "scratch_disk": "scratchDisks",
    "tag": "tags",
    "version": "versions",
}


def camel(name: str) -> str:
    """A property of Terraform as Pulumi calls it.

    Arguments:
        name: in snake_case.
    """
    return BLOCKS.get(name) or _SNAKE.sub(lambda found: found[1].upper(), name)
