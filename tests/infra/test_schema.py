"""Every property that is registered is one that the provider knows, nested ones too."""

from collections.abc import Callable
from typing import Any

import pytest

from .mock_cloud import Run
from .strict_schema import violations
from .variants import AWS, GCP

CASES = [("aws", name) for name in AWS] + [("gcp", name) for name in GCP]
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@pytest.mark.parametrize(("cloud", "name"), CASES)
def test_all_resources_fit_the_schema(build: Callable[..., Run], cloud: str, name: str) -> None:
    run = build(cloud, (AWS if cloud == "aws" else GCP)[name])
    assert len(run.clouds) > 10
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


@pytest.mark.parametrize(
    ("token", "inputs", "found"),
    [
        ("aws:ec2/vpc:Vpc", {"cidrBlok": "10.0.0.0/16"}, "Vpc.cidrBlok: VpcArgs has no such"),
        (
            TEMPLATE,
            {"metadataOptions": {"httpToken": "required"}},
            "LaunchTemplate.metadataOptions.httpToken: ",
        ),
        (
            TEMPLATE,
            {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encryptd": "true"}}]},
            "LaunchTemplate.blockDeviceMappings[0].ebs.encryptd: ",
        ),
        (TEMPLATE, {"metadata_options": {}}, "LaunchTemplate.metadata_options: "),
        (
            TEMPLATE,
            {"blockDeviceMappings": [{"ebs": {"volumeSize": "big"}}]},
            "ebs.volumeSize: 'big' is not of type int",
        ),
        (
            TEMPLATE,
            {"blockDeviceMappings": [{"ebs": {"volumeSize": 1.5}}]},
            "ebs.volumeSize: 1.5 is not of type int",
        ),
        (
            TEMPLATE,
            {"blockDeviceMappings": [{"ebs": {"encrypted": True}}]},
            "ebs.encrypted: True is not of type str",
        ),
        (TEMPLATE, {"blockDeviceMappings": {"ebs": {}}}, "is not a list"),
        (TEMPLATE, {"tags": ["a"]}, "LaunchTemplate.tags: ['a'] is not a mapping"),
        (TEMPLATE, {"tags": {"a": 1}}, "LaunchTemplate.tags.a: 1 is not of type str"),
        ("aws:ec2/vpc:Vpc", {"enableDnsSupport": 1}, "1 is not of type bool"),
        ("aws:autoscaling/group:Group", {"maxSize": 1}, "Group.minSize: is required"),
        (
            "aws:s3/bucketVersioning:BucketVersioning",
            {"bucket": "b", "versioningConfiguration": {}},
            "versioningConfiguration.status: is required",
        ),
        ("gcp:compute/firewall:Firewall", {"network": "n", "allow": []}, "Firewall.allow: "),
        (
            "gcp:compute/firewall:Firewall",
            {"network": "n", "allows": [{"protocl": "tcp"}]},
            "Firewall.allows[0].protocl: ",
        ),
    ],
)
def test_a_wrong_property_is_found(token: str, inputs: dict[str, Any], found: str) -> None:
    assert any(found in text for text in violations(token, inputs)), violations(token, inputs)


def test_a_right_property_is_not_found() -> None:
    assert violations(TEMPLATE, {"metadataOptions": {"httpTokens": "required"}}) == []
    assert violations("aws:ec2/vpc:Vpc", {"enableDnsSupport": True, "tags": {"a": "b"}}) == []
