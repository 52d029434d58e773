"""Random requests and policies, in the grammar of AWS, for the benchmark of decisions."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ACCOUNT = "123456789012"
USERS = tuple(f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in ("john", "mary", "zhang"))
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OF_OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
OF_BUCKETS = ("s3:ListBucket", "s3:GetBucketLocation")
BUCKETS = ("models", "models-logs", "data")
KEYS = ("dir/f1", "dir/f2", "dir/a/b", "f1", "a:b/f1")
CONTEXT = {
    "aws:SecureTransport": ("true", "false"),
    "aws:SourceIp": ("203.0.113.7", "10.0.0.1"),
    "aws:PrincipalTag/team": ("red", "blue", "Red"),
    "aws:UserAgent": ("curl/8", "boto3/1.40"),
    "aws:PrincipalArn": USERS,
    "aws:MultiFactorAuthAge": ("10", "300"),
}
Document = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A request and the policies that decide on it.

    Arguments:
        who: ARN of the user who asks.
        action: that they want to do.
        resource: its ARN.
        context: other values of the request, by condition key.
        identity: policies of the user.
        resource_policies: of the bucket, none or one.
    """

    who: str
    action: str
    resource: str
    context: dict[str, str]
    identity: tuple[Document, ...]
    resource_policies: tuple[Document, ...]


def cases(number: int, seed: int) -> list[Case]:
    """Random cases, the same for the same seed.

    Arguments:
        number: of them.
        seed: of the random numbers.
    """
    drawn = random.Random(seed)
    return [_case(drawn) for _ in range(number)]


def _case(drawn: random.Random) -> Case:
    bucket = drawn.choice(BUCKETS)
    action, resource = drawn.choice(OF_BUCKETS), f"arn:aws:s3:::{bucket}"
    if drawn.random() < 0.7:
        action, resource = drawn.choice(OF_OBJECTS), f"{resource}/{drawn.choice(KEYS)}"
    who = drawn.choice(USERS)
    context = {key: drawn.choice(values) for key, values in CONTEXT.items() if drawn.random() < 0.6}
    context["aws:PrincipalArn"] = who
    identity = tuple(
        {"Version": "2012-10-17", "Statement": _statements(drawn, of=None)}
        for _ in range(drawn.randint(0, 2))
    )
    beside = tuple(
        {"Version": "2012-10-17", "Statement": _statements(drawn, of=bucket)}
        for _ in range(drawn.randint(0, 1))
    )
    return Case(who, action, resource, context, identity, beside)


def _statements(drawn: random.Random, of: str | None) -> list[Document]:
    return [_statement(drawn, of) for _ in range(drawn.randint(1, 3))]


def _statement(drawn: random.Random, of: str | None) -> Document:
    written: Document = {"Effect": "Deny" if drawn.random() < 0.3 else "Allow"}
    written |= _listed(drawn, "Action", _ACTIONS)
    resources = _RESOURCES if of is None else _within(of)
    written |= _listed(drawn, "Resource", resources)
    if of is not None:
        written |= _principal(drawn, written["Effect"])
    if drawn.random() < 0.35:
        written["Condition"] = _condition(drawn)
    return written


def _listed(drawn: random.Random, key: str, patterns: Sequence[str]) -> Document:
    name = f"Not{key}" if drawn.random() < 0.15 else key
    return {name: drawn.sample(patterns, drawn.randint(1, 3))}


_ACTIONS = (
    *OF_OBJECTS,
    *OF_BUCKETS,
    *("*", "s3:*", "s3:Get*", "s3:*Object", "s3:Get?bject", "s3:*Bucket*", "S3:getobject"),
)
_RESOURCES = (
    *(f"arn:aws:s3:::{bucket}" for bucket in BUCKETS),
    *(f"arn:aws:s3:::{bucket}/*" for bucket in BUCKETS),
    *("*", "arn:aws:s3:::*", "arn:aws:s3:::models*", "arn:aws:s3:::models/dir/*"),
    *("arn:aws:s3:::models/dir/f?", "arn:aws:s3:::*/f1", "arn:aws:s3:::*log*"),
    *("arn:aws:s3:*:*:data/*", "arn:*:s3:::data/a:*"),
)


def _within(bucket: str) -> tuple[str, ...]:
    base = f"arn:aws:s3:::{bucket}"
    return (base, f"{base}/*", f"{base}/dir/*", f"{base}/dir/f?", f"{base}/*/f1", f"{base}*")


def _principal(drawn: random.Random, effect: str) -> Document:
    some = drawn.sample(USERS, drawn.randint(1, 2))
    if effect == "Deny" and drawn.random() < 0.2:
        return {"NotPrincipal": {"AWS": [*some, ROOT]}}
    chance = drawn.random()
    if chance < 0.2:
        return {"Principal": {"AWS": "*"}}
    return {"Principal": {"AWS": [ROOT] if chance < 0.3 else some}}


def _condition(drawn: random.Random) -> Document:
    condition: Document = {}
    for key in drawn.sample(list(CONTEXT), drawn.randint(1, 2)):
        operator, values = drawn.choice(_TESTS[key])
        if drawn.random() < 0.2:
            operator += "IfExists"
        if drawn.random() < 0.1:
            operator, values = "Null", (drawn.choice(("true", "false")),)
        condition.setdefault(operator, {})[key] = drawn.sample(
            values, drawn.randint(1, len(values))
        )
    return condition


_TESTS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "aws:SecureTransport": (("Bool", ("true",)), ("Bool", ("false",))),
    "aws:SourceIp": (
        ("IpAddress", ("203.0.113.0/24", "192.0.2.1")),
        ("NotIpAddress", ("10.0.0.0/8", "2001:db8::/32")),
    ),
    "aws:PrincipalTag/team": (
        ("StringEquals", ("red", "green")),
        ("StringNotEquals", ("red",)),
        ("StringEqualsIgnoreCase", ("RED",)),
        ("StringLike", ("r*", "bl?e")),
    ),
    "aws:UserAgent": (("StringLike", ("curl/*",)), ("StringNotLike", ("curl/?", "wget*"))),
    "aws:PrincipalArn": (
        ("ArnLike", ("arn:aws:iam::*:user/j*", "arn:aws:iam::*:role/*")),
        ("ArnNotLike", ("arn:aws:iam::*:user/mar?",)),
        ("ArnEquals", USERS[:2]),
    ),
    "aws:MultiFactorAuthAge": (
        ("NumericLessThan", ("300", "20")),
        ("NumericGreaterThanEquals", ("300",)),
        ("NumericNotEquals", ("10",)),
    ),
}
