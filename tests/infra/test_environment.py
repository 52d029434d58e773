"""One stack file in several Pulumi stacks: names, tags, what is kept, and what is set otherwise."""

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from infra.names import bucket_name, unique_name
from infra.settings import PREFIX, SETTINGS
from models.catalog.load import load_catalog
from models.parts.read_stack import read_stack
from models.reading.document import changed_document, read_document
from sim.predict import predict

from .conftest import ROOT, SITES, example
from .mock_cloud import PROJECT, Run, run_program

Config = dict[str, str]
STACK = "stacks/resnet50-imagenet-aws.yaml"
KEEPERS = {  # what data is in, by cloud
    "aws": ("s3/bucket:Bucket", "fsx/lustreFileSystem:LustreFileSystem"),
    "gcp": ("storage/bucket:Bucket", "filestore/instance:Instance"),
}


@pytest.fixture
def run(small_catalog: None, predicted: list[Any]) -> Callable[..., Run]:
    """Runs the program on the example of a cloud, in an environment of a name and settings."""

    def program(cloud: str = "aws", environment: str = "test", **config: str) -> Run:
        settings = {f"windtunnel:{key}": value for key, value in config.items()}
        settings["windtunnel:stack"] = f"stacks/resnet50-imagenet-{cloud}.yaml"
        settings["gcp:project"] = PROJECT
        return run_program(settings, environment=environment, **SITES[cloud])

    return program


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A unique name as a Pulumi stack of a name gives it."""

    def name(environment: str, *parts: str, longest: int = 63) -> str:
        monkeypatch.setattr(pulumi, "get_project", lambda: "windtunnel")
        monkeypatch.setattr(pulumi, "get_stack", lambda: environment)
        return unique_name(*parts, longest=longest)

    return name


def physical_names(run: Run) -> set[str]:
    """Every name that the program gives itself, and the engine adds nothing to."""
    keys = ("bucket", "name", "accountId")
    resources = [one for one in run.clouds if "bucketObject" not in one.type]
    owners = [one for one in resources if one.type.endswith(("bucket:Bucket", ":Account"))]
    return {str(one.inputs[key]) for one in owners for key in keys if key in one.inputs}


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_two_pulumi_stacks_of_one_file_share_no_name(run: Callable[..., Run], cloud: str) -> None:
    dev, prod = (physical_names(run(cloud, name)) for name in ("dev", "prod"))
    assert dev
    assert len(dev) == len(prod)
    assert not dev & prod


@pytest.mark.parametrize("longest", [30, 63])
def test_names_whose_parts_join_to_the_same_text_differ(
    names: Callable[..., str], longest: int
) -> None:
    parts = [("a-b", "c"), ("a", "b-c"), ("a", "b", "c"), ("a", "bc"), ("a" * 40, "b" * 40)]
    parts += [("a" * 40, "b" * 39 + "c")]
    found = [
        names(environment, *of, longest=longest)
        for of, environment in itertools.product(parts, ("d", "c-d", "D"))
    ]
    assert len(set(found)) == len(found)
    assert all(len(name) <= longest for name in found)


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html and
# https://cloud.google.com/storage/docs/buckets#naming; without dots, on both.
BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


@pytest.mark.parametrize("environment", ["dev", "Team_A.prod", "x" * 100])
def test_a_bucket_has_a_name_that_both_clouds_take(
    names: Callable[..., str], environment: str
) -> None:
    names(environment, "a", "b")
    for stack in ("s", "s" * 40):
        assert BUCKET.fullmatch(bucket_name(stack, "data", "123456789012", "us-east-1"))


def test_a_reserved_name_is_refused(names: Callable[..., str]) -> None:
    names("dev", "a", "b")
    with pytest.raises(pulumi.RunError, match=r"storage.data: .*, which is reserved; rename"):
        bucket_name("my-google-data", "data", "123456789012", "us-east-1")


def test_a_bucket_keeps_its_name(run: Callable[..., Run]) -> None:
    assert run("aws").one("s3/bucket:Bucket", "imagenet").ignored == ("bucket",)
    assert run("gcp").one("storage/bucket:Bucket").ignored == ("name",)


def test_grants_of_parts_that_join_to_the_same_text_are_two(tmp_path: Path) -> None:
    stack = example("gcp")
    store = stack["storage"]["imagenet"]
    stack["storage"] |= {"c": store, "b-c": store}
    stack["nodes"]["others"] = stack["nodes"]["trainers"]
    stack["identities"] = {
        "a-b": {"nodes": "trainers", "permissions": [{"store": "c", "access": "read"}]},
        "a": {"nodes": "others", "permissions": [{"store": "b-c", "access": "read"}]},
    }
    for use in ("imagenet", "checkpoints"):
        stack["identities"]["a-b"]["permissions"].append({"store": use, "access": "read_write"})
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(stack))
    config = {
        "windtunnel:stack": str(path),
        "windtunnel:enforce": "false",
        "windtunnel:replications": "2",
        "gcp:project": PROJECT,
    }
    built = run_program(config, **SITES["gcp"])
    urns = [one.urn for one in built.of("BucketIAMMember")]
    assert len(set(urns)) == len(urns) > 2


def test_tags_say_whose_it_is_and_who_pays(run: Callable[..., Run]) -> None:
    told = {"owner": "Ann <ann@example.com>".translate({60: "", 62: ""}), "costCenter": "R&D"}
    with pytest.raises(pulumi.RunError, match=r"windtunnel:costCenter: 'R&D' can't be a tag"):
        run("aws", **told)
    told["costCenter"] = "R/D 7"
    tags = run("aws", "dev", **told).one("s3/bucket:Bucket", "imagenet").inputs["tags"]
    assert tags == {
        "Name": "resnet50-imagenet-aws-imagenet",
        "project": "windtunnel",
        "stack": "resnet50-imagenet-aws",
        "environment": "dev",
        "owner": "Ann ann@example.com",
        "cost-center": "R/D 7",
        "managed-by": "windtunnel",
    }
    labels = run("gcp", "dev", **told).one("storage/bucket:Bucket").inputs["labels"]
    assert (labels["owner"], labels["cost-center"]) == ("ann-ann-example-com", "r-d-7")
    assert all(re.fullmatch(r"[a-z0-9_-]{0,63}", value) for value in labels.values())


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_stores_are_protected_where_that_is_wanted(run: Callable[..., Run], cloud: str) -> None:
    for protect in ("true", "false"):
        built = run(cloud, protect=protect)
        protected = {one.type for one in built.resources if one.protect}
        keepers = {f"{cloud}:{name}" for name in KEEPERS[cloud]}
        assert protected == (keepers if protect == "true" else set())


@pytest.mark.parametrize(
    ("days", "status", "kept"), [("0", "Suspended", 1), ("7", "Enabled", 7), ("", "Enabled", 30)]
)
def test_old_versions_are_kept_as_long_as_was_said(
    run: Callable[..., Run], days: str, status: str, kept: int
) -> None:
    said = {"versionDays": days} if days else {}
    aws = run("aws", **said)
    assert aws.one("BucketVersioning", "imagenet").inputs["versioningConfiguration"] == {
        "status": status
    }
    (rule,) = aws.one("BucketLifecycleConfiguration", "imagenet").inputs["rules"]
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": kept}
    bucket = run("gcp", **said).one("storage/bucket:Bucket").inputs
    assert bucket["versioning"] == {"enabled": status == "Enabled"}
    assert bucket["lifecycleRules"][1]["condition"]["daysSinceNoncurrentTime"] == kept


def test_values_of_the_file_are_set_as_on_the_command_line(run: Callable[..., Run]) -> None:
    built = run(set=json.dumps({"nodes.trainers.count": 2, "network.cidr": "10.30.0.0/16"}))
    assert built.one("autoscaling/group:Group").inputs["desiredCapacity"] == 2
    assert built.one("ec2/vpc:Vpc").inputs["cidrBlock"] == "10.30.0.0/16"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"set": '{"nodes.trainers.cuont": 2}'}, r"windtunnel:set nodes.trainers.cuont: .*'count'"),
        ({"set": '{"nodes.trainers.count": 0}'}, r"windtunnel:set nodes.trainers.count: must be"),
        ({"set": "[1]"}, "windtunnel:set must hold values by path"),
        ({"set": "{"}, r"windtunnel:set must hold .*--path 'windtunnel:set\["),
        ({"expendable": "scratch"}, "windtunnel:expendable must be a list .*--path"),
        ({"expendable": "[1]"}, "windtunnel:expendable must be a list of names"),
        ({"protct": "true"}, "windtunnel:protct is no setting; did you mean 'protect'?"),
        ({"costcenter": "R"}, "did you mean 'costCenter'.* pulumi config rm windtunnel:costcenter"),
        ({"xyz": "1"}, "windtunnel:xyz is no setting; there are stack, enforce, "),
        ({"versionDays": "-1"}, "windtunnel:versionDays must be from 0 to 3650, not -1"),
        ({"protect": "perhaps"}, "windtunnel:protect"),
    ],
)
def test_a_bad_setting_is_refused(run: Callable[..., Run], config: Config, message: str) -> None:
    with pytest.raises(pulumi.RunError, match=message):
        run(**config)


def test_bad_settings_are_told_before_the_prediction(
    run: Callable[..., Run], predicted: list[Any]
) -> None:
    with pytest.raises(pulumi.RunError):
        run(versionDays="-1")
    assert predicted == []


def test_settings_are_those_that_are_documented() -> None:
    page = (ROOT / "docs" / "provisioning.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `windtunnel:(\w+)`", page, re.MULTILINE) == list(SETTINGS)
    typed = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    assert {key.removeprefix(PREFIX) for key in typed} <= set(SETTINGS)


@pytest.mark.parametrize("environment", ["dev", "test", "prod"])
def test_the_environments_that_are_shipped_meet_their_objectives(environment: str) -> None:
    config = yaml.safe_load((ROOT / f"Pulumi.{environment}.yaml").read_text())["config"]
    assert config["windtunnel:protect"] if environment == "prod" else True
    catalog = load_catalog()
    changes = config.get("windtunnel:set", {})
    document = changed_document(read_document(ROOT / config["windtunnel:stack"]), changes)
    prediction = predict(read_stack(document, catalog), catalog, seed=1, replications=200)
    assert prediction.fine
