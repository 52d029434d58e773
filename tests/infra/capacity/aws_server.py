"""EC2's Query protocol and Service Quotas' JSON 1.1, in the shapes of their API references."""

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from tests.infra.capacity.loopback import Reply, World

_XMLNS = "http://ec2.amazonaws.com/doc/2016-11-15/"
_CAPACITY = (
    "We currently do not have sufficient {shape} capacity in the Availability Zone you requested"
    " ({zone}). Our system will be working on provisioning additional capacity."
)
_ELSEWHERE = (
    " You can currently get {shape} capacity by not specifying an Availability Zone in your request"
    " or choosing {zones}."
)


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_xml(one)}</{key}>" for key, one in value.items())
    if isinstance(value, list):
        return "".join(f"<item>{_xml(one)}</item>" for one in value)
    if isinstance(value, bool):
        return str(value).lower()
    return escape(str(value))


class AmazonServer:
    """Answers for every region; which one is meant stands in the signature."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.created: list[dict[str, list[str]]] = []

    def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", headers["Authorization"])
        assert scope is not None
        region = scope[1]
        if target := headers.get("X-Amz-Target"):
            return self._quotas(target.rpartition(".")[2], region, json.loads(body))
        asked = parse_qs(body.decode())
        action = asked["Action"][0]
        if failure := self.world.failure(action, region):
            return self._error(*failure)
        found = getattr(self, action)(region, asked)
        if isinstance(found, tuple):
            return self._error(*found)
        text = f'<{action}Response xmlns="{_XMLNS}"><requestId>r</requestId>{_xml(found)}'
        return 200, "text/xml", f"{text}</{action}Response>".encode()

    def _error(self, status: int, code: str, words: str) -> Reply:
        error = {"Errors": {"Error": {"Code": code, "Message": words}}, "RequestID": "r"}
        return status, "text/xml", f"<Response>{_xml(error)}</Response>".encode()

    def _quotas(self, operation: str, region: str, asked: dict[str, Any]) -> Reply:
        kind = "application/x-amz-json-1.1"
        if failure := self.world.failure(operation, region):
            status, code, words = failure
            return status, kind, json.dumps({"__type": code, "Message": words}).encode()
        assert operation == "GetServiceQuota"
        code = asked["QuotaCode"]
        value = self.world.quotas.get((region, code), 10_000.0)
        quota = {"ServiceCode": "ec2", "QuotaCode": code, "QuotaName": "vCPUs", "Value": value}
        return 200, kind, json.dumps({"Quota": quota}).encode()

    def GetCallerIdentity(self, region: str, asked: Any) -> Any:  # noqa: N802
        return {"GetCallerIdentityResult": {
            "Arn": "arn:aws:iam::123456789012:user/ann", "UserId": "A", "Account": "123456789012",
        }}  # fmt: skip

    def DescribeRegions(self, region: str, asked: Any) -> Any:  # noqa: N802
        return {"regionInfo": [
            {"regionName": name, "regionEndpoint": f"ec2.{name}.amazonaws.com",
             "optInStatus": "opt-in-not-required"}
            for name in self.world.zones
        ]}  # fmt: skip

    def DescribeAvailabilityZones(self, region: str, asked: Any) -> Any:  # noqa: N802
        return {"availabilityZoneInfo": [
            {"zoneName": zone, "zoneId": f"id-{zone}", "zoneState": "available",
             "regionName": region, "zoneType": "availability-zone"}
            for zone in self.world.zones[region]
        ]}  # fmt: skip

    def DescribeInstanceTypeOfferings(self, region: str, asked: Any) -> Any:  # noqa: N802
        shapes = _filter(asked, "instance-type")
        every = [
            {"instanceType": shape, "locationType": "availability-zone", "location": zone}
            for zone in self.world.zones[region]
            for shape in shapes
            if self.world.has(zone, shape)
        ]
        start = int(asked.get("NextToken", ["0"])[0])
        end = start + self.world.page
        more = {"nextToken": end} if end < len(every) else {}
        return {"instanceTypeOfferingSet": every[start:end], **more}

    def DescribeSpotPriceHistory(self, region: str, asked: Any) -> Any:  # noqa: N802
        return {"spotPriceHistorySet": [
            {"instanceType": shape, "productDescription": "Linux/UNIX", "spotPrice": f"{usd:.6f}",
             "timestamp": "2026-11-28T01:02:03.000Z", "availabilityZone": zone}
            for (zone, shape), usd in self.world.prices.items()
            if zone in self.world.zones[region]
        ]}  # fmt: skip

    def GetSpotPlacementScores(self, region: str, asked: Any) -> Any:  # noqa: N802
        regions = _values(asked, "RegionName")
        shape = _values(asked, "InstanceType")[0]
        return {"spotPlacementScoreSet": [
            {"region": name, "availabilityZoneId": f"id-{zone}",
             "score": round(10 * self.world.scores[zone, shape])}
            for name in regions
            for zone in self.world.zones[name]
            if (zone, shape) in self.world.scores
        ]}  # fmt: skip

    def RunInstances(self, region: str, asked: Any) -> Any:  # noqa: N802
        zone = asked["Placement.AvailabilityZone"][0]
        shape, count = asked["InstanceType"][0], int(asked["MinCount"][0])
        self.created.append(asked)
        name, made = _name(asked), []
        refusal = self._refusal(zone, shape, count, region)
        assert b"shutdown -h +" in base64.b64decode(asked["UserData"][0])
        for _ in range(self.world.partly if refusal else count):
            made.append({"instanceId": f"i-{self.world.number():017x}", "region": region,
                         "instanceState": {"code": 16, "name": "running"}})  # fmt: skip
        self.world.living[name] += made
        if refusal:
            return refusal
        return {"reservationId": "r-1", "instancesSet": made}

    def DescribeInstances(self, region: str, asked: Any) -> Any:  # noqa: N802
        (name,) = _filter(asked, "tag:windtunnel-find")
        here = [one for one in self.world.living[name] if one["region"] == region]
        return {"reservationSet": [{"reservationId": "r-1", "instancesSet": here}] if here else []}

    def TerminateInstances(self, region: str, asked: Any) -> Any:  # noqa: N802
        ids = _values(asked, "InstanceId")
        for name, several in self.world.living.items():
            self.world.living[name] = [one for one in several if one.get("instanceId") not in ids]
        return {"instancesSet": [{"instanceId": one} for one in ids]}

    def CreateCapacityReservation(self, region: str, asked: Any) -> Any:  # noqa: N802
        zone, shape = asked["AvailabilityZone"][0], asked["InstanceType"][0]
        self.created.append(asked)
        refusal = self._refusal(zone, shape, int(asked["InstanceCount"][0]), region)
        if refusal:
            return refusal
        one = {"capacityReservationId": f"cr-{self.world.number():017x}", "instanceType": shape,
               "availabilityZone": zone, "state": "active", "region": region,
               "instanceMatchCriteria": asked["InstanceMatchCriteria"][0],
               "totalInstanceCount": asked["InstanceCount"][0],
               "availableInstanceCount": asked["InstanceCount"][0]}  # fmt: skip
        self.world.living[_name(asked)].append(one)
        return {"capacityReservation": one}

    def DescribeCapacityReservations(self, region: str, asked: Any) -> Any:  # noqa: N802
        names = _filter(asked, "tag:windtunnel-find") or list(self.world.living)
        shapes = _filter(asked, "instance-type")
        return {"capacityReservationSet": [
            one
            for name in names
            for one in self.world.living[name]
            if "capacityReservationId" in one and one["region"] == region
            and (not shapes or one["instanceType"] in shapes)
        ]}  # fmt: skip

    def CancelCapacityReservation(self, region: str, asked: Any) -> Any:  # noqa: N802
        (identifier,) = asked["CapacityReservationId"]
        for name, several in self.world.living.items():
            kept = [one for one in several if one.get("capacityReservationId") != identifier]
            self.world.living[name] = kept
        return {"return": True}

    def _refusal(
        self, zone: str, shape: str, count: int, region: str
    ) -> tuple[int, str, str] | None:
        found = self.world.refusal(zone, shape, count)
        if found is None:
            return None
        code, words = found
        if code != "stockout":
            return (500 if code.startswith("Internal") else 400), code, words
        others = [
            one for one in self.world.zones[region]
            if one != zone and self.world.free.get((one, shape), 10**6) >= count
        ]  # fmt: skip
        words = _CAPACITY.format(shape=shape, zone=zone)
        if others:
            words += _ELSEWHERE.format(shape=shape, zones=", ".join(others))
        return 500, "InsufficientInstanceCapacity", words


def _values(asked: dict[str, list[str]], name: str) -> list[str]:
    return [value[0] for key, value in asked.items() if re.fullmatch(rf"{name}\.\d+", key)]


def _filter(asked: dict[str, list[str]], name: str) -> list[str]:
    for key, value in asked.items():
        if value == [name] and (number := re.fullmatch(r"Filter\.(\d+)\.Name", key)):
            return _values(asked, rf"Filter\.{number[1]}\.Value")
    return []


def _name(asked: dict[str, list[str]]) -> str:
    """The value of the label."""
    for key, value in asked.items():
        if value == ["windtunnel-find"]:
            return asked[key.replace(".Key", ".Value")][0]
    raise AssertionError("nothing is labelled")
