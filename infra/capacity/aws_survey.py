"""What AWS says it has: regions, zones, offerings, quotas, spot prices and scores, reservations."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.aws.quota_codes import quota_code
from infra.capacity.aws_client import AmazonClients, ask
from infra.capacity.survey import Seen, Survey, Wanted, Zone, at_once, each_once
from models.capacity.place import Place

_BEST_SCORE = 10  # of a spot placement; 1 is the worst
_REGIONS_SCORED = 10  # that one request takes
_LINUX = "Linux/UNIX"


@dataclass(frozen=True)
class _Region:
    """What a region said; None where it did not answer."""

    zones: dict[str, tuple[str, bool]]  # ID and whether it is up, by name
    offered: set[tuple[str, str]] | None  # shapes and zones
    quotas: dict[str, float]
    spot_prices: dict[tuple[str, str], float]
    reserved: dict[tuple[str, str], int]


class AmazonSurveyor:
    """AWS tells what it has."""

    def __init__(self, clients: AmazonClients) -> None:
        self._clients = clients

    def survey(self, wanted: Wanted, show: Callable[[int, int], None] | None = None) -> Survey:
        """See `Surveyor.survey`."""
        buckets = {
            name: quota_code(instance, wanted.purchase) or ""
            for name, instance in wanted.shapes.items()
        }
        names = self._regions(wanted)
        for name in names:  # boto3 makes clients one after another anyway
            self._clients.client("ec2", name)
        questions = [
            question
            for name in names
            for question in self._questions(name, wanted, set(buckets.values()) - {""})
        ]
        batches = [names[k : k + _REGIONS_SCORED] for k in range(0, len(names), _REGIONS_SCORED)]
        questions += [
            self._scores(shape, batch, wanted) for batch in batches for shape in wanted.shapes
        ]
        answers, refusals = at_once(questions, show)
        parts: dict[str, dict[str, Any]] = defaultdict(dict)
        scores: dict[tuple[str, str], float] = {}
        for answer in answers:
            if answer is not None:
                region, part, found = answer
                if region:
                    parts[region].setdefault(part, {} if isinstance(found, dict) else set())
                    parts[region][part] |= found
                else:
                    scores |= found
        regions = {name: _region(parts[name]) for name in names}
        zones, seen = [], []
        for name, said in regions.items():
            for zone, (identifier, up) in sorted(said.zones.items()):
                if wanted.zones and zone not in wanted.zones:
                    continue
                zones.append(Zone(name, zone, up))
                for shape, instance in wanted.shapes.items():
                    place = Place(name, zone, shape, wanted.purchase, buckets[shape])
                    one = _seen(place, said, wanted.nodes * instance.vcpus)
                    seen.append(replace(one, chance=scores.get((shape, identifier))))
        return Survey(tuple(zones), tuple(seen), each_once(refusals))

    def _regions(self, wanted: Wanted) -> list[str]:
        ec2 = self._clients.client("ec2", self._clients.home)
        found = ask(lambda: ec2.describe_regions(AllRegions=False))["Regions"]
        names = sorted(one["RegionName"] for one in found)
        if wanted.zones:
            names = [one for one in names if any(one in zone for zone in wanted.zones)]
        return [one for one in names if not wanted.regions or one in wanted.regions]

    def _questions(
        self, region: str, wanted: Wanted, quotas: set[str]
    ) -> Iterator[Callable[[], tuple[str, str, Any]]]:
        ec2 = self._clients.client("ec2", region)
        shapes = list(wanted.shapes)

        def zones() -> tuple[str, str, Any]:
            found = ask(
                lambda: ec2.describe_availability_zones(
                    Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
                )
            )
            return region, "zones", {
                one["ZoneName"]: (one.get("ZoneId", ""), one.get("State") == "available")
                for one in found["AvailabilityZones"]
            }  # fmt: skip

        def offerings() -> tuple[str, str, Any]:
            found = _all(
                ec2, "describe_instance_type_offerings", "InstanceTypeOfferings",
                LocationType="availability-zone",
                Filters=[{"Name": "instance-type", "Values": shapes}],
            )  # fmt: skip
            return region, "offered", {(one["InstanceType"], one["Location"]) for one in found}

        def spot_prices() -> tuple[str, str, Any]:
            found = _all(
                ec2, "describe_spot_price_history", "SpotPriceHistory",
                InstanceTypes=shapes, ProductDescriptions=[_LINUX],
                StartTime=datetime.datetime.now(datetime.UTC),  # the price that holds now
            )  # fmt: skip
            newest: dict[tuple[str, str], Any] = {}
            for one in found:
                key = (one["InstanceType"], one["AvailabilityZone"])
                if key not in newest or one["Timestamp"] > newest[key]["Timestamp"]:
                    newest[key] = one
            return region, "prices", {key: float(one["SpotPrice"]) for key, one in newest.items()}

        def reservations() -> tuple[str, str, Any]:
            found = _all(
                ec2, "describe_capacity_reservations", "CapacityReservations",
                Filters=[
                    {"Name": "state", "Values": ["active"]},
                    {"Name": "instance-type", "Values": shapes},
                ],
            )  # fmt: skip
            free: dict[tuple[str, str], int] = defaultdict(int)
            for one in found:
                if one.get("InstanceMatchCriteria") == "targeted":
                    continue  # only what names it starts in it
                key = (one["InstanceType"], one["AvailabilityZone"])
                free[key] += one.get("AvailableInstanceCount", 0)
            return region, "reserved", dict(free)

        yield from (zones, offerings, reservations)
        if wanted.purchase == "spot":
            yield spot_prices
        for code in sorted(quotas):
            yield self._quota(region, code)

    def _quota(self, region: str, code: str) -> Callable[[], tuple[str, str, Any]]:
        client = self._clients.client("service-quotas", region)

        def quota() -> tuple[str, str, Any]:
            found = ask(lambda: client.get_service_quota(ServiceCode="ec2", QuotaCode=code))
            return region, "quotas", {code: float(found["Quota"]["Value"])}

        return quota

    def _scores(
        self, shape: str, regions: Sequence[str], wanted: Wanted
    ) -> Callable[[], tuple[str, str, Any]]:
        ec2 = self._clients.client("ec2", self._clients.home)

        def scores() -> tuple[str, str, Any]:
            found = _all(
                ec2, "get_spot_placement_scores", "SpotPlacementScores",
                InstanceTypes=[shape], TargetCapacity=wanted.nodes,
                SingleAvailabilityZone=True, RegionNames=list(regions),
            )  # fmt: skip
            return "", "scores", {
                (shape, one["AvailabilityZoneId"]): one["Score"] / _BEST_SCORE
                for one in found
                if "AvailabilityZoneId" in one
            }  # fmt: skip

        return scores


def _all(client: Any, operation: str, key: str, **asked: Any) -> list[Any]:
    """All pages of an answer."""
    found: list[Any] = []
    while True:
        page = ask(lambda: getattr(client, operation)(**asked))
        found += page.get(key, [])
        if not page.get("NextToken"):
            return found
        asked["NextToken"] = page["NextToken"]


def _region(parts: dict[str, Any]) -> _Region:
    return _Region(
        zones=parts.get("zones", {}),
        offered=parts.get("offered"),
        quotas=parts.get("quotas", {}),
        spot_prices=parts.get("prices", {}),
        reserved=parts.get("reserved", {}),
    )


def _seen(place: Place, region: _Region, vcpus: int) -> Seen:
    key = (place.shape, place.zone)
    return Seen(
        place,
        offered=None if region.offered is None else key in region.offered,
        quota=region.quotas.get(place.bucket),
        quota_needed=float(vcpus),
        spot_price=region.spot_prices.get(key),
        reserved=region.reserved.get(key, 0),
    )
