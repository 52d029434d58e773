"""Every kind of resource that the provider serves is made, found, changed and ended for real."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine import Engine, EngineError
from provider.server import KINDS

EVERY_KIND = Path(__file__).parent / "programs" / "every_kind"
Client = Callable[[str], Any]
Make = Callable[[Path], Engine]


def test_every_kind_lives_from_up_to_destroy(engine: Make, aws: Client) -> None:
    stack = engine(EVERY_KIND)
    stack.init("test")
    made = stack.up()["create"]
    kinds = {resource["type"] for resource in stack.export()["deployment"]["resources"]}
    assert kinds - {"pulumi:pulumi:Stack", "pulumi:providers:aws"} == set(KINDS)
    assert stack.up() == {"same": made}
    assert stack.refresh() == {"same": made}

    stack.config_set_all({"tag": "two", "nodes": "2", "wide": "true"})
    assert set(stack.up()) == {"same", "update"}
    group = aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]
    assert group["DesiredCapacity"] == 2
    assert stack.outputs()["template"] == 2

    stack.destroy()
    ours = [{"Name": "isDefault", "Values": ["false"]}]
    assert aws("ec2").describe_vpcs(Filters=ours)["Vpcs"] == []
    assert aws("s3").list_buckets()["Buckets"] == []
    assert aws("fsx").describe_file_systems()["FileSystems"] == []


REFUSED_BY_MOTO = {
    "aws.ec2.Vpc('range', cidr_block='10.0.0.0/99')": "InvalidParameterValue.*10.0.0.0/99",
    "aws.ec2.PlacementGroup('group', strategy='near')": "strategy 'near' is unknown",
    "aws.ec2.Instance('node', ami='ami-1', instance_type='p9.huge')": "InvalidInstanceType",
    "aws.iam.Policy('policy', policy='{}')": "MalformedPolicyDocument",
}
REFUSED_IN_PREVIEW = {
    "aws.sns.SmsPreferences('sms')": "has no resource aws:sns/smsPreferences:SmsPreferences",
    "aws.s3.Bucket('payer', request_payer='Requester')": "requestPayer",
    "aws.ebs.Volume('disk', availability_zone='us-east-1a', size='big')": "a number is wanted",
    "aws.ec2.get_vpc(default=True)": "has no function aws:ec2/getVpc:getVpc",
}


def write_program(folder: Path, *statements: str) -> Path:
    program = folder / "program"
    (program / "infra").mkdir(parents=True)
    (program / "Pulumi.yaml").write_text("name: bad\nruntime: python\nmain: infra\n")
    text = "\n".join(["import pulumi_aws as aws", *statements])
    (program / "infra" / "__main__.py").write_text(text)
    return program


def test_what_moto_refuses_fails_and_is_reported(engine: Make, tmp_path: Path) -> None:
    stack = engine(write_program(tmp_path, *REFUSED_BY_MOTO))
    stack.init("test")
    with pytest.raises(EngineError) as refusal:
        stack.up("--continue-on-error")
    told = str(refusal.value)
    assert [reason for reason in REFUSED_BY_MOTO.values() if not re.search(reason, told)] == []


@pytest.mark.parametrize(("statement", "reason"), REFUSED_IN_PREVIEW.items())
def test_what_the_provider_does_not_know_fails_in_the_preview(
    engine: Make, tmp_path: Path, statement: str, reason: str
) -> None:
    stack = engine(write_program(tmp_path, statement))
    stack.init("test")
    with pytest.raises(EngineError, match=reason):
        stack.preview()
