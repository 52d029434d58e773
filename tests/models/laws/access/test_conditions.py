"""Conditions, after "IAM JSON policy elements: Condition operators" of the IAM User Guide."""

import pytest

from models.laws.access.conditions import NOTHING_KNOWN, Context, met, not_said
from models.laws.access.truth import Truth

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
REQUEST = Context(
    {
        "aws:SecureTransport": ("true",),
        "aws:SourceIp": ("203.0.113.7",),
        "aws:PrincipalArn": ("arn:aws:iam::123456789012:role/trainer",),
        "s3:prefix": ("dir/f1",),
        "s3:max-keys": ("10",),
        "aws:TagKeys": ("team", "cost"),
    }
)


@pytest.mark.parametrize(
    ("operator", "key", "values", "found"),
    [
        ("StringEquals", "s3:prefix", ("dir/f1",), YES),
        ("StringEquals", "s3:prefix", ("DIR/F1",), NO),
        ("StringEquals", "s3:prefix", ("dir/*",), NO),
        ("StringEquals", "s3:prefix", ("x", "dir/f1"), YES),
        ("StringEqualsIgnoreCase", "s3:prefix", ("DIR/F1",), YES),
        ("StringNotEquals", "s3:prefix", ("x", "dir/f1"), NO),
        ("StringLike", "s3:prefix", ("dir/*",), YES),
        ("StringNotLike", "s3:prefix", ("dir/*",), NO),
        ("Bool", "aws:SecureTransport", ("false",), NO),
        ("Bool", "AWS:securetransport", ("True",), YES),
        ("IpAddress", "aws:SourceIp", ("203.0.113.0/24",), YES),
        ("IpAddress", "aws:SourceIp", ("203.0.113.7",), YES),
        ("IpAddress", "aws:SourceIp", ("2001:db8::/32",), NO),
        ("NotIpAddress", "aws:SourceIp", ("203.0.113.0/24", "10.0.0.0/8"), NO),
        ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/train*",), YES),
        ("ArnEquals", "aws:PrincipalArn", ("arn:aws:iam::*:role/train*",), YES),
        ("ArnNotLike", "aws:PrincipalArn", ("arn:aws:iam::*:user/*",), YES),
        ("NumericLessThanEquals", "s3:max-keys", ("10",), YES),
        ("NumericLessThan", "s3:max-keys", ("10",), NO),
        ("NumericEquals", "s3:prefix", ("10",), NO),
        ("Null", "s3:prefix", ("false",), YES),
        ("Null", "s3:delimiter", ("true",), YES),
        # A key that is not in the request matches nothing; what must not match holds then.
        ("StringEquals", "s3:delimiter", ("/",), NO),
        ("StringNotEquals", "s3:delimiter", ("/",), YES),
        ("StringEqualsIfExists", "s3:delimiter", ("/",), YES),
        ("StringEqualsIfExists", "s3:prefix", ("x",), NO),
        # Of a key with many values all, or one.
        ("ForAllValues:StringEquals", "aws:TagKeys", ("team", "cost", "x"), YES),
        ("ForAllValues:StringEquals", "aws:TagKeys", ("team",), NO),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ("team",), YES),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", ("team",), YES),
        ("ForAllValues:StringEquals", "s3:delimiter", ("/",), YES),
        ("ForAnyValue:StringEquals", "s3:delimiter", ("/",), NO),
        ("StringSounds", "s3:prefix", ("x",), UNKNOWN),
        ("ForMostValues:StringEquals", "s3:prefix", ("x",), UNKNOWN),
        ("StringEquals", "s3:prefix", ("${aws:username}/f1",), UNKNOWN),
    ],
)
def test_an_operator_compares_as_aws_says(
    operator: str, key: str, values: tuple[str, ...], found: Truth
) -> None:
    assert met(((operator, key, values),), REQUEST) is found


def test_all_conditions_must_hold() -> None:
    holds = ("StringLike", "s3:prefix", ("dir/*",))
    does_not = ("Bool", "aws:SecureTransport", ("false",))
    unknown = ("StringSounds", "s3:prefix", ("x",))
    assert met((), REQUEST) is YES
    assert met((holds, holds), REQUEST) is YES
    assert met((holds, unknown), REQUEST) is UNKNOWN
    assert met((unknown, does_not), REQUEST) is NO


def test_of_a_request_of_which_nothing_is_known_nothing_can_be_said_and_why() -> None:
    conditions = (
        ("Bool", "aws:SecureTransport", ("false",)),
        ("StringSounds", "s3:prefix", ("x",)),
    )
    assert met(conditions, NOTHING_KNOWN) is UNKNOWN
    assert not_said(conditions, NOTHING_KNOWN) == [
        "it depends on aws:SecureTransport",
        "the operator StringSounds is not known here",
    ]
    variable = (("StringEquals", "s3:prefix", ("${aws:username}/f1",)),)
    assert not_said(variable, REQUEST) == ["s3:prefix is compared with a variable"]
