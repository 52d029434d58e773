"""What is written otherwise than it may be hears what would be right, not that it is no name."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from models.description.alerts import Email
from models.description.identities import NamePattern
from models.description.kubernetes import Version
from models.description.notebooks import NotebookName
from models.description.setup import Package, Requirement
from models.parts.workloads.container_image import Tag
from models.parts.workloads.endpoint_managed import ImageName
from models.parts.workloads.endpoint_served import Certificate, PackageInS3
from models.parts.workloads.managed_training import Channel, Prefix

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "words"),
    [
        (Certificate, "arn:aws:acm:us-east-1:123456789012:certificate/a", "mine", "the ARN of a"),
        (Channel, "train", "a b", "a channel"),
        (Email, "operations@example.com", "nobody", "an address of email"),
        (ImageName, f"{ECR}/name:1.0", "name", "a container image"),
        (NamePattern, "john*", "John*", "a name, in which"),
        (NotebookName, "MySagemakerNotebook", "my_notebook", "63 at most, without space and"),
        (Package, "git", "a b", "a package"),
        (PackageInS3, "s3://bucket/shop.tar.gz", "shop.zip", "an archive in S3"),
        (Prefix, "runs/7", "runs/", "without a slash at its ends"),
        (Requirement, "torch==2.5.1", "torch", "is not pinned"),
        (Requirement, "torch==2.5.1", "a b==1", "a package with its version"),
        (Tag, "1.4.0", "a b", "a tag"),
        (Version, "1.35", "one", "a minor version"),
    ],
)
def test_it_says_what_would_be_right(kind: Any, right: str, wrong: str, words: str) -> None:
    adapter = TypeAdapter(kind)
    assert adapter.validate_python(right) == right
    with pytest.raises(ValidationError, match=words) as error:
        adapter.validate_python(wrong)
    assert "lower-case" not in str(error.value)


def test_editors_learn_of_it() -> None:
    assert TypeAdapter(Tag).json_schema()["pattern"] == r"^[\w][\w.-]{0,127}$"


def test_a_long_text_is_cut() -> None:
    with pytest.raises(ValidationError, match=r"'x{80}\.\.\.' is not an address"):
        TypeAdapter(Email).validate_python("x" * 1000)
