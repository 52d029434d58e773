"""What nodes boot: an image that is named, or the newest of the day they were first built."""

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import SITES
from .mock_cloud import PROJECT, Run, run_program
from .variants import nodes

Build = Callable[..., Run]
TEMPLATE = {"aws": "LaunchTemplate", "gcp": "InstanceTemplate"}
PROPERTY = {"aws": "imageId", "gcp": "disks[0].sourceImage"}
NAMED = {"aws": "ami-0a1b2c3d4e5f67890", "gcp": "projects/ours/global/images/torch-7"}


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_newer_image_does_not_replace_nodes(build: Build, cloud: str) -> None:
    assert build(cloud).one(TEMPLATE[cloud]).ignored == (PROPERTY[cloud],)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_the_newest_is_taken_where_that_is_wanted(
    small_catalog: None, predicted: list[Any], cloud: str
) -> None:
    config = {
        "windtunnel:stack": f"stacks/resnet50-imagenet-{cloud}.yaml",
        "windtunnel:newestImages": "true",
        "gcp:project": PROJECT,
    }
    assert run_program(config, **SITES[cloud]).one(TEMPLATE[cloud]).ignored == ()


@pytest.mark.parametrize(
    ("cloud", "asked"),
    [
        ("aws", {"filters": [{"name": "image-id", "values": [NAMED["aws"]]}]}),
        ("gcp", {"name": "torch-7", "project": "ours"}),
    ],
)
def test_an_image_that_is_named_is_looked_up_and_changes_with_its_name(
    build: Build, cloud: str, asked: dict[str, Any]
) -> None:
    run = build(cloud, nodes(image=NAMED[cloud]))
    calls = [arguments for token, arguments in run.calls if token.endswith(("getAmi", "getImage"))]
    assert calls == [asked]
    assert run.one(TEMPLATE[cloud]).ignored == ()
    assert "named" in run.one(TEMPLATE[cloud]).name


# The image that a template keeps would not start nodes of another kind.
@pytest.mark.parametrize(
    ("cloud", "instance"), [("aws", "c7g.16xlarge"), ("gcp", "n2-standard-32")]
)
def test_nodes_of_another_kind_have_another_template(
    build: Build, cloud: str, instance: str
) -> None:
    other = build(cloud, nodes(instance=instance, placement="none")).one(TEMPLATE[cloud]).name
    assert other != build(cloud).one(TEMPLATE[cloud]).name
