"""A group of logs, kept for a year, and what may be written to it."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch

from infra.aws.policies import Grant
from infra.builders import Place
from infra.names import tags

# AWS Foundational Security Best Practices, CloudWatch.16: a year at the least.
KEPT_DAYS = 365


def log_group(
    name: str, path: str, stack: str, opts: pulumi.ResourceOptions
) -> cloudwatch.LogGroup:
    """A group of logs; AWS encrypts it with keys of its own.

    Arguments:
        name: of the part whose logs they are.
        path: of the group in the account.
        stack: name of the stack.
        opts: of the resource.
    """
    return cloudwatch.LogGroup(
        name, name=path, retention_in_days=KEPT_DAYS, tags=tags(stack, name), opts=opts
    )


def writes_streams(place: Place, group: str, streams: str) -> Grant:
    """What may write to some streams of a group that a service has for all of an account.

    Arguments:
        place: where the stack is built.
        group: name of the group.
        streams: names of the streams, with * for any text.
    """
    return Grant(
        f"arn:aws:logs:{place.region}:{place.owner}:log-group:{group}",
        lambda arn: [
            # These know no stream that could be named.
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogGroup", "logs:CreateLogStream"],
                "Resource": [arn, f"{arn}:*"],
            },
            {
                "Effect": "Allow",
                "Action": ["logs:PutLogEvents"],
                "Resource": f"{arn}:log-stream:{streams}",
            },
        ],
    )


def writes(group: cloudwatch.LogGroup) -> Grant:
    """What may write to a group, and to no other.

    Arguments:
        group: of logs.
    """
    return Grant(
        group.arn,
        lambda arn: [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": f"{arn}:*",
            }
        ],
    )
