"""Patterns of policies, after "IAM JSON policy elements: Resource" of the IAM User Guide."""

import time

import pytest

from models.laws.access.wildcards import arn_matches, matches, resource_matches


@pytest.mark.parametrize(
    ("pattern", "text", "meant"),
    [
        ("*", "", True),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:Get?bject", "s3:Getbject", False),
        ("s3:GetObject", "s3:GetObjectAcl", False),
        ("a.c", "abc", False),
        ("a+", "aa", False),
        ("dir/*", "dir/f1", True),
        ("dir/*", "dir/a/b", True),
        ("dir/*", "dir", False),
        ("dir/*", "dir/", True),
        ("dir/?", "dir/f1", False),
        ("*\n", "a\n", True),
    ],
)
def test_a_star_is_any_text_and_a_question_mark_one_sign(
    pattern: str, text: str, meant: bool
) -> None:
    assert matches(pattern, text) is meant


def test_only_actions_have_no_case() -> None:
    assert not matches("S3:getobject", "s3:GetObject")
    assert matches("S3:getobject", "s3:GetObject", any_case=True)


@pytest.mark.parametrize(
    ("pattern", "resource", "meant"),
    [
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/2/test/object.jpg", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", False),
        ("arn:aws:s3:::bucket*", "arn:aws:s3:::bucket-2/key", True),
        ("arn:aws:s3:::bucket/a:*", "arn:aws:s3:::bucket/a:b:c", True),
        ("arn:aws:sqs:*:123456789012:q", "arn:aws:sqs:eu-west-1:123456789012:q", True),
        # A star stays within its part: it is no account and no region.
        ("arn:aws:sqs:*:q", "arn:aws:sqs:eu-west-1:123456789012:q", False),
        # A pattern with fewer parts means any of those that it lacks.
        ("arn:aws:s3", "arn:aws:s3:::bucket", True),
        ("arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:123456789012:q", True),
        ("*", "arn:aws:s3:::bucket", True),
        ("models", "models", True),
    ],
)
def test_the_parts_of_an_arn_are_compared_one_by_one(
    pattern: str, resource: str, meant: bool
) -> None:
    assert resource_matches(pattern, resource) is meant


def test_in_conditions_an_arn_has_all_its_parts() -> None:
    assert arn_matches("arn:aws:iam::*:role/train*", "arn:aws:iam::123456789012:role/trainer")
    assert not arn_matches("arn:aws:iam", "arn:aws:iam::123456789012:role/trainer")


def test_no_pattern_takes_long_not_to_match() -> None:
    start = time.perf_counter()
    assert not matches("*" * 1000 + "b", "a" * 2000)
    assert not matches("*a" * 12 + "b", "a" * 60)
    assert time.perf_counter() - start < 5
