"""google-cloud-compute against a server that speaks the REST API of Compute Engine."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.capacity.cloud import NoClient, Refused
from infra.capacity.gcp_client import GoogleClients
from infra.capacity.gcp_provisioner import GoogleProvisioner
from infra.capacity.gcp_survey import GoogleSurveyor
from infra.capacity.journal import Creation
from infra.capacity.survey import Seen, Survey, Wanted
from models.capacity.place import Place
from models.capacity.refusal import Kind
from models.catalog.records import Catalog
from tests.infra.capacity.gcp_server import GoogleServer
from tests.infra.capacity.loopback import Loopback, World

Start = Callable[..., tuple[GoogleServer, Loopback]]
SHAPE = "a2-highgpu-8g"
A = Place("us-central1", "us-central1-a", SHAPE, "on_demand", "NVIDIA_A100_GPUS")


def world() -> World:
    regions = ("us-central1", "us-east1", "europe-west4", "asia-east1")
    return World({one: [f"{one}-{letter}" for letter in "abc"] for one in regions}, (SHAPE,))


@pytest.fixture
def clients(gcp: Start) -> Iterator[Callable[[], GoogleClients]]:
    made: list[GoogleClients] = []

    def make() -> GoogleClients:
        made.append(GoogleClients())
        return made[-1]

    yield make
    for one in made:
        one.close()


def wanted(catalog: Catalog, **changes: object) -> Wanted:
    base = Wanted({SHAPE: catalog.instances["gcp", SHAPE]}, 4, "on_demand")
    return replace(base, **changes)  # type: ignore[arg-type]


def seen(survey: Survey, zone: str) -> Seen:
    return next(one for one in survey.seen if one.place.zone == zone)


def test_survey(gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog) -> None:
    has = world()
    has.offered["us-east1-c"] = set()
    has.quotas["europe-west4", "NVIDIA_A100_GPUS"] = 16.0
    has.scores["us-central1-b", SHAPE] = 0.7
    server, loopback = gcp(has)
    server.accelerators = {zone for zones in has.zones.values() for zone in zones}
    server.accelerators.discard("us-east1-b")
    found = GoogleSurveyor(clients()).survey(wanted(catalog))
    assert len(found.zones) == 12
    assert {one.place.zone for one in found.seen if not one.offered} == {"us-east1-c", "us-east1-b"}
    assert {one.place.region for one in found.seen if one.enough_quota is False} == {"europe-west4"}
    assert seen(found, "us-central1-b").chance == 0.7
    assert seen(found, "us-central1-a").chance is None
    assert found.unanswered == ()
    assert loopback.most <= 10


def test_quota_of_all_regions_counts(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    server, _ = gcp(world())
    server.global_gpus = 8.0
    found = GoogleSurveyor(clients()).survey(wanted(catalog))
    assert all(one.enough_quota is False for one in found.seen)


def test_pages_and_named_places(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    has.page = 1
    gcp(has)
    surveyor = GoogleSurveyor(clients())
    assert len(surveyor.survey(wanted(catalog)).zones) == 12
    found = surveyor.survey(wanted(catalog, regions=("us-east1",), zones=("us-east1-b",)))
    assert [one.name for one in found.zones] == ["us-east1-b"]


def test_spot_history_and_reservations(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    has.prices["us-central1-a", SHAPE] = 8.8
    sku = {"count": "4", "inUseCount": "1", "instanceProperties": {"machineType": SHAPE}}
    has.living["somebody"] = [
        {"name": "somebody", "zone": "us-east1-a", "specificReservation": sku}
    ]
    server, _ = gcp(has)
    server.pre_empted["us-central1-a"] = 0.25
    found = GoogleSurveyor(clients()).survey(wanted(catalog, purchase="spot"))
    here = seen(found, "us-central1-a")
    assert here.spot_price == pytest.approx(8.8)
    assert here.pre_empted == 0.25
    assert here.place.bucket == "PREEMPTIBLE_NVIDIA_A100_GPUS"
    assert seen(found, "us-central1-b").spot_price is None
    assert seen(found, "us-east1-a").reserved == 3


def test_a_reservation_of_the_same_machine_has_the_same_accelerators(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    names = ("n1-standard-96+8xV100", "n1-standard-96+4xT4")
    shapes = {name: catalog.instances["gcp", name] for name in names}
    has = world()

    def reserved(count: int, **more: object) -> None:
        one = {"count": str(count), "instanceProperties": {"machineType": "n1-standard-96", **more}}
        has.living[f"r{count}"] = [
            {"name": f"r{count}", "zone": "us-east1-a", "specificReservation": one}
        ]

    reserved(5)
    reserved(3, guestAccelerators=[{"acceleratorType": "nvidia-tesla-t4", "acceleratorCount": 4}])
    sku = {"count": "9", "instanceProperties": {"machineType": SHAPE}}
    has.living["named"] = [
        # Only what names it starts in it.
        {"name": "named", "zone": "us-east1-a", "specificReservation": sku,
         "specificReservationRequired": True}
    ]  # fmt: skip
    gcp(has)
    every = {**shapes, SHAPE: catalog.instances["gcp", SHAPE]}
    found = GoogleSurveyor(clients()).survey(wanted(catalog, shapes=every))
    free = {one.place.shape: one.reserved for one in found.seen if one.place.zone == "us-east1-a"}
    assert free == {names[0]: 0, names[1]: 3, SHAPE: 0}


def test_partial_failure_and_throttling(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    has.failing["advice", "us-east1"] = [(403, "forbidden", "Required permission")]
    has.failing["zones", ""] = [(403, "rateLimitExceeded", "too fast"), None]
    has.failing["regions", ""] = [(503, "backendError", "later"), None]
    gcp(has)
    found = GoogleSurveyor(clients()).survey(wanted(catalog))
    assert len(found.zones) == 12
    assert [one.code for one in found.unanswered] == ["forbidden"]
    assert all(one.offered for one in found.seen)
    assert all(one.quota == 10_000.0 for one in found.seen)


def test_no_word_on_types_is_not_a_no(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    has.failing["machine_types", ""] = [(403, "forbidden", "Required permission")]
    gcp(has)
    found = GoogleSurveyor(clients()).survey(wanted(catalog))
    assert all(one.offered is None for one in found.seen)


def test_no_zones_at_all(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    words = "Compute Engine API has not been used in project 1 before or it is disabled."
    has.failing["zones", ""] = [(403, "accessNotConfigured", words)]
    gcp(has)
    with pytest.raises(Refused, match="has not been used") as refused:
        GoogleSurveyor(clients()).survey(wanted(catalog))
    assert refused.value.refusal.kind is Kind.CONFIGURATION


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none"))
    with pytest.raises(NoClient, match="no credentials of Google Cloud"):
        GoogleClients()


def test_nobody_answers(
    gcp: Start,
    clients: Callable[[], GoogleClients],
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gcp(world())
    monkeypatch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", "http://127.0.0.1:9")
    with pytest.raises(NoClient, match="can't be reached"):
        GoogleSurveyor(clients()).survey(wanted(catalog))


def creation(**changes: object) -> Creation:
    base = Creation("wt-1", A, 4, 100.0, 1_000_000.0, 1_003_600.0)
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("reservation", [False, True])
def test_life_of_a_creation(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog, reservation: bool
) -> None:
    has = world()
    server, _ = gcp(has)
    provisioner = GoogleProvisioner(clients(), wanted(catalog).shapes)
    one = creation(reservation=reservation)
    made = provisioner.create(one)
    assert len(made) == (1 if reservation else 4)
    assert list(provisioner.find(one)) == list(made)
    assert list(provisioner.find(creation(name="wt-2", reservation=reservation))) == []
    asked = server.created[0]
    if reservation:
        assert asked["deleteAfterDuration"]["seconds"] == "3600"
        assert asked["specificReservationRequired"] is True
    else:
        scheduling = asked["instanceProperties"]["scheduling"]
        assert scheduling["maxRunDuration"]["seconds"] == "3600"
        assert scheduling["instanceTerminationAction"] == "DELETE"
        assert asked["count"] == asked["minCount"] == "4"
    provisioner.delete(one, made)
    assert has.nodes == 0
    provisioner.delete(one, made)  # what is no longer there is deleted


def test_spot_nodes_are_asked_for(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    server, _ = gcp(world())
    provisioner = GoogleProvisioner(clients(), wanted(catalog).shapes)
    provisioner.create(creation(place=replace(A, purchase="spot")))
    scheduling = server.created[0]["instanceProperties"]["scheduling"]
    assert scheduling["provisioningModel"] == "SPOT"


REFUSALS = {
    "ZONE_RESOURCE_POOL_EXHAUSTED": Kind.STOCKOUT,
    "ZONE_RESOURCE_STOCKOUT": Kind.STOCKOUT,
    "REGION_RESOURCE_STOCKOUT": Kind.REGION_STOCKOUT,
    "insufficientCapacity": Kind.STOCKOUT,
    "VM_MIN_COUNT_NOT_REACHED": Kind.STOCKOUT,
    "QUOTA_EXCEEDED": Kind.QUOTA,
    "quotaExceeded": Kind.QUOTA,
    "UNSUPPORTED_OPERATION": Kind.PRE_EMPTED,
    "RESOURCE_NOT_READY": Kind.TRANSIENT,
    "RESOURCE_OPERATION_RATE_EXCEEDED": Kind.TRANSIENT,
    "rateLimitExceeded": Kind.TRANSIENT,
    "RESOURCE_NOT_FOUND": Kind.VANISHED,
    "VPC_NOT_FOUND": Kind.CONFIGURATION,
    "IAM_PERMISSION_DENIED": Kind.NO_PERMISSION,
    "SUBNET_NOT_FOUND_FOR_VPC": Kind.NO_NETWORK,
    "8": Kind.TPU_STOCKOUT,
    "9": Kind.TPU_RESERVATION_SHORT,
    "3": Kind.PRE_EMPTED,
    "forbidden": Kind.NO_PERMISSION,
    "NOVEL": Kind.UNKNOWN,
}


def test_refusals_of_creations(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    gcp(has)
    provisioner = GoogleProvisioner(clients(), wanted(catalog).shapes)
    for code, kind in REFUSALS.items():
        has.refusals["us-central1-a"] = [(code, "as Google puts it")]
        with pytest.raises(Refused) as refused:
            provisioner.create(creation(name=f"wt-{code.lower()}"))
        found = refused.value.refusal
        assert (found.kind, found.code, found.place) == (kind, code, A)
        assert found.words == "as Google puts it"


def test_stockout_names_zones(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    for zones in has.zones.values():
        for zone in zones:
            has.free[zone, SHAPE] = 0
    has.free["us-east1-b", SHAPE] = 4
    gcp(has)
    provisioner = GoogleProvisioner(clients(), wanted(catalog).shapes)
    with pytest.raises(Refused) as refused:
        provisioner.create(creation())
    assert refused.value.refusal.kind is Kind.STOCKOUT
    assert refused.value.refusal.hinted == ("us-east1-b",)


def test_part_of_a_creation_is_found(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    has.refusals["us-central1-a"] = [("VM_MIN_COUNT_NOT_REACHED", "2 of 4")]
    has.partly = 2
    gcp(has)
    provisioner = GoogleProvisioner(clients(), wanted(catalog).shapes)
    with pytest.raises(Refused):
        provisioner.create(creation())
    found = provisioner.find(creation())
    assert len(found) == 2
    provisioner.delete(creation(), found)
    assert has.nodes == 0


def test_a_lost_answer_is_told_from_a_refusal(
    gcp: Start, clients: Callable[[], GoogleClients], catalog: Catalog
) -> None:
    has = world()
    _, server = gcp(has)

    def lost(number: int) -> None:
        raise ConnectionError

    server.after = lost
    provisioner = GoogleProvisioner(clients(), wanted(catalog).shapes)
    with pytest.raises(Refused) as refused:
        provisioner.create(creation())
    assert refused.value.refusal.kind is Kind.NO_ANSWER
    assert has.nodes == 4
    server.after = lambda number: None
    assert len(provisioner.create(creation())) == 4  # asked for once more, it is the same
    assert has.nodes == 4
