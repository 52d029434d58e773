"""Flat keys, beside the bucket of moto."""

import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from models.laws.storage.object_keys import deleted, listed

KEYS = ["dir/f1", "dir/f2", "f3"]


def test_to_delete_one_object_leaves_the_other_and_there_is_no_folder() -> None:
    left = deleted(KEYS, "dir/f1")
    assert left == ["dir/f2", "f3"]
    assert listed(left, delimiter="/") == (["f3"], ["dir/"])
    # The folder is no object: to delete it deletes nothing, and it goes with its last object.
    assert deleted(left, "dir/") == deleted(left, "dir") == left
    assert listed(deleted(left, "dir/f2"), delimiter="/") == (["f3"], [])


def test_a_prefix_is_any_beginning_not_a_folder() -> None:
    assert listed(KEYS, "dir/f") == (["dir/f1", "dir/f2"], [])
    assert listed(["dir/f1", "directory"], "dir") == (["dir/f1", "directory"], [])
    assert listed(["dir/f1", "directory"], "dir", "/") == (["directory"], ["dir/"])


names = st.text(st.sampled_from("ab/"), min_size=1, max_size=5).filter(
    lambda key: not key.startswith("/") and "//" not in key
)


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    credentials = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    with mock.patch.dict(os.environ, credentials), mock_aws():
        yield boto3.client("s3", region_name="us-east-1")


@settings(max_examples=40, deadline=None)
@given(keys=st.sets(names, max_size=6), prefix=st.sampled_from(["", "a", "a/", "b/a"]))
def test_moto_lists_the_same(bucket: Any, keys: set[str], prefix: str) -> None:
    bucket.create_bucket(Bucket="keys")
    for key in keys:
        bucket.put_object(Bucket="keys", Key=key)
    found = bucket.list_objects_v2(Bucket="keys", Prefix=prefix, Delimiter="/")
    contents = [one["Key"] for one in found.get("Contents", [])]
    beginnings = [one["Prefix"] for one in found.get("CommonPrefixes", [])]
    assert listed(keys, prefix, "/") == (contents, beginnings)
    for key in keys:
        bucket.delete_object(Bucket="keys", Key=key)
    bucket.delete_bucket(Bucket="keys")
