"""`windtunnel find` as people and machines use it, against clouds on this machine."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from tests.infra.capacity.aws_server import AmazonServer
from tests.infra.capacity.gcp_server import GoogleServer
from tests.infra.capacity.loopback import Loopback, World

Cli = Callable[..., Any]
Aws = Callable[..., tuple[AmazonServer, Loopback]]
Gcp = Callable[..., tuple[GoogleServer, Loopback]]
SHAPE = "p4d.24xlarge"
OUTCOMES = {"successful", "no resource type", "no capacity", "no quota"}
ATTEMPT = ("--attempt", "--limit", "1000 USD", "--time-to-live", "1 h")


@pytest.fixture
def stack(tmp_path: Path, stacks: Path) -> Path:
    path = tmp_path / "stack.yaml"
    path.write_bytes((stacks / "resnet50-imagenet-aws.yaml").read_bytes())
    return path


@pytest.fixture
def google_stack(tmp_path: Path, stacks: Path) -> Path:
    path = tmp_path / "stack.yaml"
    path.write_bytes((stacks / "resnet50-imagenet-gcp.yaml").read_bytes())
    return path


FEW = ("us-east-1", "us-east-2", "eu-west-1")  # boto3 takes its time for each


def world(catalog: Catalog, cloud: str = "aws", *shapes: str) -> World:
    """The regions and zones of a cloud; of AWS few of them, with twelve zones."""
    regions = {name: row for (where, name), row in catalog.regions.items() if where == cloud}
    names = FEW if cloud == "aws" else tuple(regions)
    return World({name: list(regions[name].zones) for name in names}, shapes or (SHAPE,))


def test_dry(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    regions = [row for (where, _), row in catalog.regions.items() if where == "aws"]
    has = World({one.name: list(one.zones) for one in regions}, (SHAPE,))
    has.offered = {zone: set() for zone in has.zones["us-west-2"]}
    has.quotas["eu-west-1", "L-417A185B"] = 96.0
    has.scores["us-east-2b", SHAPE] = 0.9
    _, server = aws(has)
    outcome = cli("find", stack)
    assert outcome.code == 0
    assert outcome.err == ""
    assert max(map(len, outcome.out.splitlines())) <= 80
    for zones in has.zones.values():
        for zone in zones:
            assert any(line.startswith(f"{zone} ") for line in outcome.out.splitlines()), zone
    assert "Best of 52 zones: us-east-2b" in outcome.out
    assert server.most <= 10
    assert has.living == {}
    assert not stack.with_name("stack.find.jsonl").exists()


def test_json_and_csv(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    has = world(catalog)
    has.offered["us-east-1a"] = set()
    has.quotas["eu-west-1", "L-417A185B"] = 96.0
    aws(has)
    told = json.loads(cli("find", stack, "--json").out)
    assert told["schema"] == "windtunnel-capacity/1"
    rows = {one["zone"]: one for one in told["rows"]}
    assert len(rows) == 12
    assert rows["us-east-1a"]["outcome"] == "no resource type"
    assert rows["us-east-1a"]["offered"] is False
    assert rows["eu-west-1b"]["outcome"] == "no quota"
    assert rows["us-east-1b"]["outcome"] is None
    assert {one["outcome"] for one in rows.values()} <= {None, *OUTCOMES}
    table = list(csv.DictReader(io.StringIO(cli("find", stack, "--csv").out)))
    assert len(table) == 12
    assert table[0]["zone"] == told["best"]["zone"]
    assert {"offered", "allocated", "outcome", "words", "next"} <= set(table[0])


def test_named_places_alone(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    aws(world(catalog))
    told = json.loads(cli("find", stack, "--region", "eu-west-1", "--json").out)
    assert {one["region"] for one in told["rows"]} == {"eu-west-1"}
    told = json.loads(cli("find", stack, "--zone", "eu-west-1b", "--json").out)
    assert [one["zone"] for one in told["rows"]] == ["eu-west-1b"]
    wrong = cli("find", stack, "--region", "eu-west-9")
    assert wrong.code == 2
    assert "did you mean eu-west-" in wrong.err
    wrong = cli("find", stack, "--zone", "eu-west-1z")
    assert wrong.code == 2
    assert "eu-west-1z" in wrong.err


def test_nowhere(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    has = world(catalog)
    has.offered = {zone: set() for zones in has.zones.values() for zone in zones}
    aws(has)
    outcome = cli("find", stack)
    assert outcome.code == 1
    assert "can be had in none of 12 zones" in outcome.out


def test_write_keeps_comments(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    has = world(catalog)
    has.offered = {
        zone: {SHAPE} if zone in ("eu-west-1b", "eu-west-1c") else set()
        for zones in has.zones.values()
        for zone in zones
    }
    aws(has)
    outcome = cli("find", stack, "--write")
    assert outcome.code == 0
    text = stack.read_text()
    assert "region: eu-west-1\n" in text
    assert "zones: [eu-west-1b, eu-west-1c]" in text
    assert "# DALI decodes on the GPU" in text
    assert cli("check", stack).code == 0


def test_attempt_keeps_one_and_tests_ten_zones(
    cli: Cli, aws: Aws, catalog: Catalog, stack: Path
) -> None:
    has = world(catalog)
    for zone in ("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e"):
        has.free[zone, SHAPE] = 0
    has.refusals["us-east-2a"] = [("VcpuLimitExceeded", "You have requested more vCPU capacity")]
    has.refusals["eu-west-1b"] = [("Unsupported", "not supported in your requested zone")]
    aws(has)
    outcome = cli("find", stack, *ATTEMPT, "--keep-testing", 10, "--json")
    assert outcome.code == 0
    told = json.loads(outcome.out)
    assert told["tested"] == 10
    tried = [one for one in told["rows"] if one["outcome"]]
    assert len({one["zone"] for one in tried}) >= 10
    assert {one["outcome"] for one in tried} <= OUTCOMES
    assert [one["allocated"] for one in tried if one["kept"]] == [True]
    assert has.nodes == 4
    assert list(has.living[told["kept"]])


def test_attempt_says_what_the_cloud_said(
    cli: Cli, aws: Aws, catalog: Catalog, stack: Path
) -> None:
    has = world(catalog)
    for zones in has.zones.values():
        for zone in zones:
            has.free[zone, SHAPE] = 0
    aws(has)
    outcome = cli("find", stack, *ATTEMPT, "--region", "us-east-1", "--region", "us-east-2")
    assert outcome.code == 1
    assert outcome.out.count("no capacity") == 9
    assert "InsufficientInstanceCapacity: We currently do not have" in outcome.out
    assert "Next: another zone or shape" in " ".join(outcome.out.split())
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert has.nodes == 0


def test_kept_is_found_again_and_cleaned(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    has = world(catalog)
    aws(has)
    assert cli("find", stack, *ATTEMPT, "--region", "us-east-1").code == 0
    again = cli("find", stack, *ATTEMPT)
    assert again.code == 0
    assert "kept; 4 x p4d.24xlarge in us-east-1" in again.out
    assert cli("find", stack, "--resume").out == again.out
    assert has.nodes == 4
    cleaned = cli("find", stack, "--clean")
    assert cleaned.code == 0
    assert "deleted" in cleaned.out
    assert has.nodes == 0
    assert cli("find", stack, "--clean").out == "nothing was left\n"


def test_with_other_credentials_nothing_is_forgotten(
    cli: Cli, aws: Aws, catalog: Catalog, stack: Path
) -> None:
    has = world(catalog)
    aws(has)
    assert cli("find", stack, *ATTEMPT, "--region", "us-east-1").code == 0
    (journal,) = stack.parent.glob("*.jsonl")
    journal.write_text(journal.read_text().replace("AWS account 123456789012", "AWS account 9"))
    before = journal.read_bytes()
    for what in ("--clean", "--resume"):
        outcome = cli("find", stack, what)
        assert outcome.code == 2
        assert "is in AWS account 9, and the credentials are of AWS account 1234" in outcome.err
    assert journal.read_bytes() == before
    assert has.nodes == 4


def test_reservation_goes_into_the_stack(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    has = world(catalog)
    aws(has)
    outcome = cli("find", stack, *ATTEMPT, "--reserve", "--write", "--zone", "us-east-1c")
    assert outcome.code == 0
    (reservation,) = next(iter(has.living.values()))
    assert f"name: {reservation['capacityReservationId']}" in stack.read_text()
    assert cli("check", stack).code == 0


def test_limit(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    has = world(catalog)
    aws(has)
    few = ("--attempt", "--limit", "10 USD", "--time-to-live", "1 h")
    outcome = cli("find", stack, *few, "--region", "us-east-1")
    assert outcome.code == 1
    assert "--limit: 6 places were not tried" in outcome.out
    assert has.nodes == 0


def test_any_gpu_ranks_by_objectives(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    shapes = ("p4d.24xlarge", "g5.xlarge", "p5.48xlarge")
    aws(world(catalog, "aws", *shapes))
    names = [part for one in shapes for part in ("--instance", one)]
    outcome = cli("find", stack, *names, "--region", "us-east-1", "--json")
    told = json.loads(outcome.out)
    misses = {one["instance"]: one["misses"] for one in told["rows"]}
    assert "deadline" in misses["g5.xlarge"]
    assert misses["p4d.24xlarge"] == []
    ranked = sorted((one for one in told["rows"] if one["rank"]), key=lambda one: one["rank"])
    assert {one["instance"] for one in ranked[-6:]} == {"g5.xlarge"}


def test_objectives_choose_where_the_file_leaves_the_shape_open(
    cli: Cli, aws: Aws, catalog: Catalog, stack: Path
) -> None:
    names = [
        name for (where, name), one in catalog.instances.items()
        if where == "aws" and one.accelerators
    ]  # fmt: skip
    aws(world(catalog, "aws", *names))
    stack.write_text(stack.read_text().replace("instance: p4d.24xlarge", "instance: any"))
    told = json.loads(cli("find", stack, "--region", "us-east-1", "--json").out)
    assert all(one["misses"] == [] for one in told["rows"])
    assert {"p4d.24xlarge", "p5.48xlarge"} <= {one["instance"] for one in told["rows"]}
    assert "g4dn.xlarge" not in {one["instance"] for one in told["rows"]}


def test_a_budget_is_judged_by_the_prices_of_each_region(
    cli: Cli, aws: Aws, catalog: Catalog, stack: Path
) -> None:
    regions = {name: catalog.regions["aws", name].zones for name in ("us-east-1", "ap-northeast-1")}
    aws(World({name: list(zones) for name, zones in regions.items()}, (SHAPE,)))
    text = stack.read_text()
    budget = "  budget: {at_most: 60 USD, probability: 95 %}\n"
    kept = re.sub(r"(?m)^  budget: .*\n", "", text)
    stack.write_text(kept.replace("objectives:\n", "objectives:\n" + budget))
    told = json.loads(cli("find", stack, "--json").out)
    misses = {one["region"]: one["misses"] for one in told["rows"]}
    assert misses == {"us-east-1": [], "ap-northeast-1": ["budget"]}
    assert told["best"]["region"] == "us-east-1"


def test_google_cloud(cli: Cli, gcp: Gcp, catalog: Catalog, google_stack: Path) -> None:
    shape = next(
        line.split(":")[1].strip()
        for line in google_stack.read_text().splitlines()
        if "instance:" in line
    )
    has = world(catalog, "gcp", shape)
    server, loopback = gcp(has)
    has.scores["europe-west4-a", shape] = 0.9
    outcome = cli("find", google_stack)
    assert outcome.code == 0
    assert loopback.most <= 10
    for zones in has.zones.values():
        for zone in zones:
            assert any(line.startswith(f"{zone} ") for line in outcome.out.splitlines()), zone
    outcome = cli("find", google_stack, *ATTEMPT, "--keep-testing", 10, "--json")
    told = json.loads(outcome.out)
    assert told["tested"] == 10
    assert told["best"]["kept"]
    assert len(has.living[told["kept"]]) == told["nodes"]
    assert has.nodes == told["nodes"]
    assert server.created


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--attempt",), "--limit '50 USD' --time-to-live '1 h'"),
        (("--attempt", "--limit", "5 USD"), "--time-to-live"),
        (("--attempt", "--limit", "5", "--time-to-live", "1 h"), "--limit"),
        (("--attempt", "--limit", "5 USD", "--time-to-live", "1 s"), "too short"),
        (("--keep-testing", "10"), "--keep-testing: is of --attempt"),
        (("--limit", "5 USD"), "--limit: is of --attempt"),
        (("--instance", "p4d.24xlage"), "p4d.24xlarge"),
        (("--nodes", "trainer"), "trainers"),
        (("--resume",), "no journal"),
        (("--clean",), "no journal"),
    ],
)
def test_bad_input(cli: Cli, stack: Path, options: tuple[str, ...], words: str) -> None:
    outcome = cli("find", stack, *options)
    assert outcome.code == 2
    assert words in outcome.err
    assert "Traceback" not in outcome.err


def test_on_premises(cli: Cli, stacks: Path) -> None:
    outcome = cli("find", stacks / "on-premises.yaml")
    assert outcome.code == 2
    assert "'cloud' is none of aws, gcp" in outcome.err


def test_no_credentials(
    cli: Cli, stack: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    outcome = cli("find", stack)
    assert outcome.code == 3
    assert outcome.err.startswith("no credentials of AWS were found; set AWS_PROFILE")


def test_refused_credentials(cli: Cli, aws: Aws, catalog: Catalog, stack: Path) -> None:
    has = world(catalog)
    has.failing["DescribeRegions", ""] = [
        (401, "AuthFailure", "AWS was not able to validate the provided access credentials")
    ]
    aws(has)
    outcome = cli("find", stack)
    assert outcome.code == 3
    assert "AuthFailure: AWS was not able to validate" in outcome.err


def test_another_file_as_journal(cli: Cli, stack: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text("hello\n")
    outcome = cli("find", stack, "--clean", "--journal", path)
    assert outcome.code == 2
    assert "other.jsonl:1" in outcome.err
