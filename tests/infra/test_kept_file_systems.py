"""A change that would end a file system with its data is refused before the first resource."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from infra.aws.kept_file_systems import Made

from .conftest import SITES
from .mock_cloud import PROJECT, Run, run_program

STACK = "resnet50-imagenet-aws"
ARN = "arn:aws:fsx:us-east-1:123456789012:file-system/fs-1"
LUSTRE = "fsx/lustreFileSystem:LustreFileSystem"
Made_ = dict[str, str]


@pytest.fixture
def run(small_catalog: None, predicted: list[Any]) -> Callable[..., Run]:
    def program(there: dict[str, Made_], **config: str) -> Run:
        settings = {f"windtunnel:{key}": value for key, value in config.items()}
        settings |= {"windtunnel:stack": f"stacks/{STACK}.yaml", "gcp:project": PROJECT}
        return run_program(settings, there=there, **SITES["aws"])

    return program


def tags(run: Callable[..., Run], **other: str) -> Made_:
    """Those of the file system as it is built."""
    found = run({}).one(LUSTRE).inputs["tags"]
    return {**found, **other}


def test_one_that_stays_what_it_is_is_no_hindrance(run: Callable[..., Run]) -> None:
    built = tags(run)
    assert built["made-as"] == "SCRATCH_2 us-east-1a 10.20.0.0/16 key of AWS 1200"
    assert len(built["made-as"]) <= 256
    run({ARN: built})
    # Of one that was made before tags said how nothing is known.
    del built["made-as"]
    run({ARN: built})


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("SCRATCH_2 us-east-1c 10.20.0.0/16 key of AWS 1200", "was made as 'SCRATCH_2 us-east-1c"),
        ("PERSISTENT_2 us-east-1a 10.20.0.0/16 key of AWS 1200", "was made as 'PERSISTENT_2"),
        ("SCRATCH_2 us-east-1a 10.20.0.0/16 key of AWS 2400", "does not shrink to 1200"),
    ],
)
def test_one_that_would_be_another_is_refused(
    run: Callable[..., Run], before: str, why: str
) -> None:
    there = {ARN: tags(run, **{"made-as": before})}
    with pytest.raises(pulumi.RunError, match=f"storage.checkpoints: .*{why}") as refused:
        run(there)
    assert ARN in str(refused.value)
    assert "'windtunnel:expendable[0]' checkpoints" in str(refused.value)
    assert run(there, expendable='["checkpoints"]').of(LUSTRE)


def test_one_that_is_described_no_more_or_is_of_another_service_is_refused(
    run: Callable[..., Run],
) -> None:
    gone = tags(run, Name=f"{STACK}-old")
    with pytest.raises(pulumi.RunError, match=r"storage.old: is no file system of the stack"):
        run({ARN: gone})
    other = ARN.replace(":fsx:", ":elasticfilesystem:")
    with pytest.raises(pulumi.RunError, match=r"storage.checkpoints: .* of another service"):
        run({other: tags(run)})


def test_a_larger_one_grows_in_place(run: Callable[..., Run]) -> None:
    small = Made("fsx", ("SCRATCH_2", "us-east-1a", "10.20.0.0/16", "key of AWS"), 600)
    run({ARN: tags(run, **small.tag())})


def test_where_aws_does_not_say_it_is_told(small_catalog: None, predicted: list[Any]) -> None:
    config = {"windtunnel:stack": f"stacks/{STACK}.yaml"}
    built = run_program(config, silent="getResources", **SITES["aws"])
    assert any("did not say which file systems there are" in one for one in built.warnings)


def test_names_are_a_list(run: Callable[..., Run]) -> None:
    with pytest.raises(pulumi.RunError, match="windtunnel:expendable must be a list of names"):
        run({}, expendable='{"a": 1}')
