"""boto3 against a server that speaks the Query and JSON protocols with the shapes of AWS."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.capacity.aws_client import AmazonClients
from infra.capacity.aws_provisioner import AmazonProvisioner
from infra.capacity.aws_survey import AmazonSurveyor
from infra.capacity.cloud import NoClient, Refused
from infra.capacity.journal import Creation
from infra.capacity.survey import Survey, Wanted
from models.capacity.place import Place
from models.capacity.refusal import Kind
from models.catalog.records import Catalog
from tests.infra.capacity.aws_server import AmazonServer
from tests.infra.capacity.loopback import Loopback, World

Start = Callable[..., tuple[AmazonServer, Loopback]]
SHAPE = "p4d.24xlarge"
A = Place("us-east-1", "us-east-1a", SHAPE, "on_demand", "L-417A185B")


def world() -> World:
    regions = ("us-east-1", "us-west-2", "eu-west-1", "ap-south-1")
    return World({one: [f"{one}{letter}" for letter in "abc"] for one in regions}, (SHAPE,))


@pytest.fixture
def clients(aws: Start) -> Iterator[Callable[[], AmazonClients]]:
    made: list[AmazonClients] = []

    def make() -> AmazonClients:
        made.append(AmazonClients())
        return made[-1]

    yield make
    for one in made:
        one.close()


def wanted(catalog: Catalog, **changes: object) -> Wanted:
    base = Wanted({SHAPE: catalog.instances["aws", SHAPE]}, 4, "on_demand")
    return replace(base, **changes)  # type: ignore[arg-type]


def seen(survey: Survey, zone: str) -> object:
    return next(one for one in survey.seen if one.place.zone == zone)


def test_survey(aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog) -> None:
    has = world()
    has.offered["us-west-2c"] = set()
    has.quotas["eu-west-1", "L-417A185B"] = 96.0
    has.scores["us-east-1b", SHAPE] = 0.9
    _, server = aws(has)
    found = AmazonSurveyor(clients()).survey(wanted(catalog))
    assert [one.name for one in found.zones] == sorted(
        zone for zones in has.zones.values() for zone in zones
    )
    assert {one.place.zone for one in found.seen if not one.offered} == {"us-west-2c"}
    assert {one.place.region for one in found.seen if one.enough_quota is False} == {"eu-west-1"}
    assert seen(found, "us-east-1b").chance == 0.9  # type: ignore[attr-defined]
    assert seen(found, "us-east-1a").chance is None  # type: ignore[attr-defined]
    assert found.unanswered == ()
    assert server.most <= 10


def test_pages(aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog) -> None:
    has = world()
    has.page = 1
    aws(has)
    found = AmazonSurveyor(clients()).survey(wanted(catalog))
    assert all(one.offered for one in found.seen)


def test_named_regions_and_zones_alone(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog
) -> None:
    aws(world())
    surveyor = AmazonSurveyor(clients())
    found = surveyor.survey(wanted(catalog, regions=("eu-west-1",)))
    assert {one.region for one in found.zones} == {"eu-west-1"}
    found = surveyor.survey(wanted(catalog, zones=("us-west-2b", "eu-west-1a")))
    assert {one.name for one in found.zones} == {"us-west-2b", "eu-west-1a"}


def test_spot_prices_and_reservations(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog
) -> None:
    has = world()
    has.prices["us-east-1a", SHAPE] = 12.3456
    one = {"capacityReservationId": "cr-1", "instanceType": SHAPE, "state": "active"}
    one |= {"availabilityZone": "us-east-1c", "region": "us-east-1", "availableInstanceCount": 4}
    has.living["somebody"] += [
        one,
        {**one, "capacityReservationId": "cr-2", "instanceMatchCriteria": "open"},
        # Only what names it starts in it.
        {**one, "capacityReservationId": "cr-3", "instanceMatchCriteria": "targeted"},
    ]
    aws(has)
    found = AmazonSurveyor(clients()).survey(wanted(catalog, purchase="spot"))
    assert seen(found, "us-east-1a").spot_price == 12.3456  # type: ignore[attr-defined]
    assert seen(found, "us-east-1b").spot_price is None  # type: ignore[attr-defined]
    assert seen(found, "us-east-1c").reserved == 8  # type: ignore[attr-defined]
    assert seen(found, "us-east-1a").place.bucket == "L-7212CCBC"  # type: ignore[attr-defined]


def test_partial_failure(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog
) -> None:
    """What one region does not say costs no other its row; what is not said is not known."""
    has = world()
    has.failing["DescribeInstanceTypeOfferings", "ap-south-1"] = [
        (403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
    ]
    has.failing["GetSpotPlacementScores", ""] = [(400, "MaxConfigLimitExceeded", "too many")]
    has.failing["GetServiceQuota", "us-west-2"] = [(400, "NoSuchResourceException", "none")]
    aws(has)
    found = AmazonSurveyor(clients()).survey(wanted(catalog))
    assert len(found.zones) == 12
    assert {one.place.region for one in found.seen if one.offered is None} == {"ap-south-1"}
    assert {one.place.region for one in found.seen if one.quota is None} == {"us-west-2"}
    assert {one.code for one in found.unanswered} == {
        "UnauthorizedOperation", "MaxConfigLimitExceeded", "NoSuchResourceException",
    }  # fmt: skip


def test_throttling_is_backed_off(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog
) -> None:
    has = world()
    throttled = (503, "RequestLimitExceeded", "Request limit exceeded.")
    has.failing["DescribeRegions", ""] = [throttled, throttled, None]
    has.failing["DescribeAvailabilityZones", "eu-west-1"] = [throttled, None]
    aws(has)
    assert len(AmazonSurveyor(clients()).survey(wanted(catalog)).zones) == 12


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NoClient, match="no credentials of AWS"):
        AmazonClients()


def test_nobody_answers(
    aws: Start,
    clients: Callable[[], AmazonClients],
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws(world())
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("infra.capacity.aws_client._ATTEMPTS", 1)
    with pytest.raises(NoClient, match=r"127\.0\.0\.1:9"):
        AmazonSurveyor(clients()).survey(wanted(catalog))


def creation(**changes: object) -> Creation:
    base = Creation("wt-1", A, 4, 100.0, 1_000_000.0, 1_003_600.0)
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("reservation", [False, True])
def test_life_of_a_creation(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog, reservation: bool
) -> None:
    has = world()
    server, _ = aws(has)
    provisioner = AmazonProvisioner(clients(), wanted(catalog).shapes)
    one = creation(reservation=reservation)
    made = provisioner.create(one)
    assert len(made) == (1 if reservation else 4)
    assert list(provisioner.find(one)) == list(made)
    assert list(provisioner.find(creation(name="wt-2", reservation=reservation))) == []
    asked = server.created[0]
    assert asked["ClientToken"] == ["wt-1"]
    if reservation:
        assert asked["EndDateType"] == ["limited"]
        # AWS ends it within an hour after this, by the end that was asked for.
        assert asked["EndDate"] == ["1970-01-12T13:46:40Z"]
    else:
        assert asked["InstanceInitiatedShutdownBehavior"] == ["terminate"]
        assert asked["MinCount"] == asked["MaxCount"] == ["4"]
    provisioner.delete(one, made)
    assert has.nodes == 0
    provisioner.delete(one, made)  # what is no longer there is deleted


def test_spot_nodes_are_asked_for(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog
) -> None:
    server, _ = aws(world())
    provisioner = AmazonProvisioner(clients(), wanted(catalog).shapes)
    provisioner.create(creation(place=replace(A, purchase="spot")))
    assert server.created[0]["InstanceMarketOptions.MarketType"] == ["spot"]


REFUSALS = {
    "InsufficientHostCapacity": Kind.STOCKOUT,
    "InsufficientReservedInstanceCapacity": Kind.STOCKOUT,
    "UnfulfillableCapacity": Kind.STOCKOUT,
    "InsufficientCapacity": Kind.STOCKOUT,
    "SpotMaxPriceTooLow": Kind.BID,
    "MaxSpotInstanceCountExceeded": Kind.QUOTA,
    "VcpuLimitExceeded": Kind.QUOTA,
    "InstanceLimitExceeded": Kind.QUOTA,
    "Unsupported": Kind.NOT_OFFERED,
    "InsufficientFreeAddressesInSubnet": Kind.NO_ADDRESSES,
    "VolumeLimitExceeded": Kind.VOLUME_QUOTA,
    "InsufficientVolumeCapacity": Kind.VOLUME_STOCKOUT,
    "UnauthorizedOperation": Kind.NO_PERMISSION,
    "AuthFailure": Kind.NO_PERMISSION,
    "DryRunOperation": Kind.WOULD_BE_ALLOWED,
    "RequestLimitExceeded": Kind.TRANSIENT,
    "InternalError": Kind.TRANSIENT,
    "Novel": Kind.UNKNOWN,
}


def test_refusals_of_creations(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog
) -> None:
    has = world()
    _, server = aws(has)
    provisioner = AmazonProvisioner(clients(), wanted(catalog).shapes)
    for number, (code, kind) in enumerate(REFUSALS.items(), 1):
        has.refusals["us-east-1a"] = [(code, "as AWS puts it")]
        with pytest.raises(Refused) as refused:
            provisioner.create(creation())
        found = refused.value.refusal
        assert (found.kind, found.code, found.place) == (kind, code, A)
        assert found.words == "as AWS puts it"
        assert server.asked == number  # the library repeats no creation


def test_stockout_names_zones(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog
) -> None:
    has = world()
    has.free["us-east-1a", SHAPE] = 3
    has.free["us-east-1b", SHAPE] = 0
    aws(has)
    provisioner = AmazonProvisioner(clients(), wanted(catalog).shapes)
    with pytest.raises(Refused) as refused:
        provisioner.create(creation())
    assert refused.value.refusal.kind is Kind.STOCKOUT
    assert refused.value.refusal.hinted == ("us-east-1c",)


def test_a_lost_answer_is_told_from_a_refusal(
    aws: Start, clients: Callable[[], AmazonClients], catalog: Catalog
) -> None:
    has = world()
    _, server = aws(has)

    def lost(number: int) -> None:
        raise ConnectionError

    server.after = lost
    provisioner = AmazonProvisioner(clients(), wanted(catalog).shapes)
    with pytest.raises(Refused) as refused:
        provisioner.create(creation())
    assert refused.value.refusal.kind is Kind.NO_ANSWER
    assert has.nodes == 4
    server.after = lambda number: None
    provisioner.delete(creation(), provisioner.find(creation()))
    assert has.nodes == 0
