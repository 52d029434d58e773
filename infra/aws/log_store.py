"""Where the logs of a stack on AWS are: who asked its buckets for what, and who spoke to whom."""

from typing import Any

import pulumi

from infra.aws.bucket import REQUESTS, Bucket, BucketArguments, only_over_tls
from infra.aws.policies import Statement, document

BALANCERS = "balancers"  # the prefix of the keys of access logs of load balancers
CONNECTIONS = "connections"  # the prefix of the keys of flow logs
KEPT = 90  # days


class LogStore(pulumi.ComponentResource):
    """A bucket that services of AWS write logs into; it goes with the stack, and they with it.

    Attributes:
        address: its name.
        arn: what policies call it.
        connections: where flow logs go.
    """

    def __init__(
        self,
        name: str,
        stack: str,
        bucket: str,
        account: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the part of the stack.
            stack: name of the stack.
            bucket: its name, unique in the world.
            account: the only one whose logs it takes.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:LogStore", name, None, opts)
        built = Bucket(
            name,
            BucketArguments(stack, bucket, version_days=1, days=KEPT),
            self,
            pulumi.ResourceOptions(parent=self, ignore_changes=["bucket"]),
        )
        built.say(built.arn.apply(lambda arn: document(statements(arn, account))))
        self.address, self.arn = built.address, built.arn
        self.connections = pulumi.Output.concat(built.arn, f"/{CONNECTIONS}/")
        self.register_outputs({"bucket": self.address})


def statements(arn: str, account: str) -> list[Statement]:
    """Lets the services in that write logs, for one account.

    Amazon S3 user guide, "Enabling Amazon S3 server access logging"; Amazon VPC user guide,
    "Amazon S3 bucket permissions for flow logs".

    Arguments:
        arn: of the bucket.
        account: whose logs it takes.
    """

    own = {"StringEquals": {"aws:SourceAccount": account}}
    # Elastic Load Balancing user guide, "Access logs for your Application Load Balancer".
    balancers = f"arn:aws:elasticloadbalancing:*:{account}:loadbalancer/*"

    def lets(
        sid: str, service: str, action: str, resource: str, when: dict[str, Any] = own
    ) -> Statement:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": when,
        }

    flows = f"{arn}/{CONNECTIONS}/AWSLogs/{account}/*"
    return [
        only_over_tls(arn),
        lets("Requests", "logging.s3", "s3:PutObject", f"{arn}/{REQUESTS}/*"),
        lets("Connections", "delivery.logs", "s3:PutObject", flows),
        lets("WhoseItIs", "delivery.logs", "s3:GetBucketAcl", arn),
        lets(
            "Balancers",
            "logdelivery.elasticloadbalancing",
            "s3:PutObject",
            f"{arn}/{BALANCERS}/AWSLogs/{account}/*",
            {"ArnLike": {"aws:SourceArn": balancers}},
        ),
    ]
