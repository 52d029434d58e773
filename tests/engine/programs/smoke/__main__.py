"""A network, a subnet in it, a bucket and a role."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
vpc = aws.ec2.Vpc("network", cidr_block=config.get("cidr") or "10.0.0.0/16")
subnet = aws.ec2.Subnet(
    "subnet",
    vpc_id=vpc.id,
    cidr_block=config.get("subnet") or "10.0.1.0/24",
    tags={"owner": config.get("owner") or "nobody"},
    opts=pulumi.ResourceOptions(parent=vpc),
)
bucket = aws.s3.Bucket("checkpoints", force_destroy=True)
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "ec2.amazonaws.com"},
        }
    ],
}
role = aws.iam.Role("node", assume_role_policy=json.dumps(trust))

pulumi.export("vpc", vpc.id)
pulumi.export("subnet", subnet.id)
pulumi.export("bucket", bucket.bucket)
pulumi.export("role", role.name)
pulumi.export("account", aws.get_caller_identity().account_id)
pulumi.export("token", config.get_secret("token"))
