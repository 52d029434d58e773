"""The real engine carries a small program through its whole life against moto."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from engine import Engine, EngineError

from infra.existing.read_program import Format, read_program
from infra.existing.running_stack import StackNotReached

OURS = [{"Name": "cidr", "Values": ["10.0.0.0/16"]}]
SMOKE = Path(__file__).parent / "programs" / "smoke"
Client = Callable[[str], Any]
Make = Callable[[Path], Engine]


@pytest.fixture
def smoke(engine: Make) -> Engine:
    made = engine(SMOKE)
    made.init("test")
    return made


def created(steps: list[dict[str, Any]]) -> set[str]:
    return {step["urn"].split("::")[-1] for step in steps if step["op"] == "create"}


def test_a_program_lives_from_preview_to_destroy(smoke: Engine, aws: Client) -> None:
    steps = smoke.preview()["steps"]
    assert created(steps) == {"smoke-test", "network", "subnet", "checkpoints", "node"}
    assert aws("ec2").describe_vpcs(Filters=OURS)["Vpcs"] == []

    smoke.config_set("token", "swordfish", secret=True)
    smoke.up()
    outputs = smoke.outputs()
    assert outputs["token"] == "swordfish"
    assert "swordfish" not in str(smoke.export())
    subnets = aws("ec2").describe_subnets(SubnetIds=[outputs["subnet"]])["Subnets"]
    assert subnets[0]["VpcId"] == outputs["vpc"]
    assert subnets[0]["CidrBlock"] == "10.0.1.0/24"
    aws("s3").head_bucket(Bucket=outputs["bucket"])
    assert aws("iam").get_role(RoleName=outputs["role"])["Role"]["Arn"]

    assert smoke.up() == {"same": 5}
    smoke.destroy()
    assert aws("ec2").describe_vpcs(Filters=OURS)["Vpcs"] == []
    with pytest.raises(ClientError, match="404"):
        aws("s3").head_bucket(Bucket=outputs["bucket"])
    with pytest.raises(ClientError, match="NoSuchEntity"):
        aws("iam").get_role(RoleName=outputs["role"])


def test_a_running_stack_is_read_where_it_runs(
    smoke: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    smoke.config_set("token", "swordfish", secret=True)
    smoke.up()
    for name, value in smoke.environment.items():
        monkeypatch.setenv(name, value)
    for stack in (None, "test"):
        read = read_program(smoke.folder, stack=stack)
        assert read.format is Format.PULUMI_EXPORT
        assert {one.name for one in read.after.resources} >= {"network", "checkpoints", "node"}
        assert "swordfish" not in str(read)
    with pytest.raises(StackNotReached, match="no stack named 'other'"):
        read_program(smoke.folder, stack="other")


def test_a_change_updates_in_place_and_a_new_address_replaces(smoke: Engine, aws: Client) -> None:
    smoke.up()
    before = smoke.outputs()["subnet"]
    smoke.config_set("owner", "ada")
    assert smoke.up() == {"same": 4, "update": 1}
    tags = aws("ec2").describe_subnets(SubnetIds=[before])["Subnets"][0]["Tags"]
    assert tags == [{"Key": "owner", "Value": "ada"}]
    smoke.config_set("subnet", "10.0.2.0/24")
    steps = smoke.preview()["steps"]
    assert {step["op"] for step in steps} == {"same", "replace"}
    smoke.up()
    assert smoke.outputs()["subnet"] != before


def test_refresh_finds_what_was_deleted_outside(smoke: Engine, aws: Client) -> None:
    smoke.up()
    aws("s3").delete_bucket(Bucket=smoke.outputs()["bucket"])
    assert smoke.refresh()["delete"] == 1
    assert smoke.up()["create"] == 1


def test_a_bad_value_is_refused_and_what_was_made_is_kept(smoke: Engine, aws: Client) -> None:
    smoke.config_set("subnet", "192.168.0.0/24")
    with pytest.raises(EngineError, match=r"InvalidSubnet\.Range"):
        smoke.up()
    assert len(aws("ec2").describe_vpcs(Filters=OURS)["Vpcs"]) == 1
    smoke.config_set("subnet", "10.0.1.0/24")
    assert smoke.up()["create"] == 1
