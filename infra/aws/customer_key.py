"""A key of one's own on AWS, for what the keys of its services can't encrypt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_aws import kms

from infra.aws.policies import Statement, document
from infra.names import tags

DELETED_AFTER = 30  # days, in which a key can be had back


def customer_key(
    name: str,
    stack: str,
    account: str,
    parent: pulumi.Resource,
    services: Sequence[str] = (),
    more: Sequence[Statement] = (),
    opts: pulumi.ResourceOptions | None = None,
) -> kms.Key:
    """A key that rotates every year, and that policies of this account alone let use.

    Arguments:
        name: of the part of the stack.
        stack: name of the stack.
        account: that it is in.
        parent: the component that it belongs to.
        services: of AWS that encrypt with it for this account, such as cloudwatch.amazonaws.com.
        more: statements of its policy.
        opts: of the key; none but its parent if not given.
    """
    # Without this statement no policy of an identity could let anybody use it (AWS KMS developer
    # guide, "Default key policy").
    own: Statement = {
        "Sid": "PoliciesOfTheAccount",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return kms.Key(
        name,
        description=f"{name} of {stack}",
        policy=document([own, *(_lets(one, account) for one in services), *more]),
        enable_key_rotation=True,
        deletion_window_in_days=DELETED_AFTER,
        tags=tags(stack, name),
        opts=opts or pulumi.ResourceOptions(parent=parent),
    )


def _lets(service: str, account: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
