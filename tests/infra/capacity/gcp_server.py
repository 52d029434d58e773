"""Compute Engine's REST API, v1, in the shapes of its reference."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.infra.capacity.loopback import Reply, World

_WORDS = "The zone 'projects/p/zones/{zone}' does not have enough resources available"
PROJECT = "somewhere"


def google_account(folder: Path) -> Path:
    """A file of credentials that sign their own tokens, which no server is asked for."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "credentials.json"
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "1",
        "private_key": key.decode(),
        "client_email": f"nobody@{PROJECT}.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": "http://127.0.0.1:9/token",
    }
    path.write_text(json.dumps(account))
    return path


class GoogleServer:
    """Answers for one project."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.created: list[dict[str, Any]] = []
        self.ids: dict[str, dict[str, Any]] = {}  # operations by request ID
        self.accelerators: set[str] | None = None  # zones with them; all if None
        self.pre_empted: dict[str, float] = {}
        self.operations: dict[str, dict[str, Any]] = {}
        self.global_gpus = 10_000.0
        self.routes = [
            ("GET", r"/zones", self._zones),
            ("GET", r"/regions", self._regions),
            ("GET", r"", self._project),
            ("GET", r"/aggregated/machineTypes", self._machine_types),
            ("GET", r"/aggregated/acceleratorTypes", self._accelerator_types),
            ("GET", r"/aggregated/reservations", self._reservations),
            ("POST", r"/regions/(?P<region>[^/]+)/advice/capacity", self._advice),
            ("POST", r"/regions/(?P<region>[^/]+)/advice/capacityHistory", self._history),
            ("POST", r"/zones/(?P<zone>[^/]+)/instances/bulkInsert", self._bulk_insert),
            ("GET", r"/zones/(?P<zone>[^/]+)/instances", self._instances),
            ("DELETE", r"/zones/(?P<zone>[^/]+)/instances/(?P<name>[^/]+)", self._delete),
            ("POST", r"/zones/(?P<zone>[^/]+)/reservations", self._reserve),
            ("GET", r"/zones/(?P<zone>[^/]+)/reservations/(?P<name>[^/]+)", self._reservation),
            ("DELETE", r"/zones/(?P<zone>[^/]+)/reservations/(?P<name>[^/]+)", self._delete),
            ("POST", r"/zones/(?P<zone>[^/]+)/operations/(?P<name>[^/]+)/wait", self._wait),
        ]

    def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        url = urlsplit(path)
        rest = url.path.removeprefix(f"/compute/v1/projects/{PROJECT}")
        for verb, pattern, answer in self.routes:
            if verb == method and (found := re.fullmatch(pattern, rest)):
                operation = answer.__name__.removeprefix("_")
                place = found.groupdict()
                failure = self.world.failure(operation, place.get("region", place.get("zone", "")))
                if failure:
                    return _error(*failure)
                asked = {key: value[0] for key, value in parse_qs(url.query).items()}
                said = answer(asked=asked, body=json.loads(body or b"{}"), **place)
                if isinstance(said, tuple):
                    return _error(*said)
                return 200, "application/json", json.dumps(said).encode()
        return _error(404, "notFound", f"no {method} {rest}")

    def _pages(self, asked: dict[str, str], key: str, items: list[Any]) -> dict[str, Any]:
        start = int(asked.get("pageToken", "0"))
        end = start + self.world.page
        more = {"nextPageToken": str(end)} if end < len(items) else {}
        return {key: items[start:end], **more}

    def _zones(self, asked: dict[str, str], body: Any) -> Any:
        return self._pages(asked, "items", [
            {"name": zone, "status": "UP", "region": f"{_self(region)}/regions/{region}"}
            for region, zones in self.world.zones.items()
            for zone in zones
        ])  # fmt: skip

    def _regions(self, asked: dict[str, str], body: Any) -> Any:
        return self._pages(asked, "items", [
            {"name": region, "status": "UP", "quotas": [
                {"metric": metric, "limit": self.world.quotas.get((region, metric), 10_000.0),
                 "usage": 0.0}
                for metric in ("NVIDIA_A100_GPUS", "PREEMPTIBLE_NVIDIA_A100_GPUS", "CPUS")
            ]}
            for region in self.world.zones
        ])  # fmt: skip

    def _project(self, asked: dict[str, str], body: Any) -> Any:
        quota = {"metric": "GPUS_ALL_REGIONS", "limit": self.global_gpus, "usage": 0.0}
        return {"name": PROJECT, "quotas": [quota]}

    def _scopes(self, key: str, items: dict[str, list[Any]]) -> Any:
        warning = {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}}
        return {"items": {
            f"zones/{zone}": {key: items[zone]} if items.get(zone) else warning
            for zones in self.world.zones.values()
            for zone in zones
        }}  # fmt: skip

    def _machine_types(self, asked: dict[str, str], body: Any) -> Any:
        names = re.findall(r'"([^"]+)"', asked["filter"])
        return self._scopes("machineTypes", {
            zone: [{"name": name, "zone": zone} for name in names if self.world.has(zone, name)]
            for zones in self.world.zones.values()
            for zone in zones
        })  # fmt: skip

    def _accelerator_types(self, asked: dict[str, str], body: Any) -> Any:
        return self._scopes("acceleratorTypes", {
            zone: [{"name": "nvidia-tesla-a100"}]
            for zones in self.world.zones.values()
            for zone in zones
            if self.accelerators is None or zone in self.accelerators
        })  # fmt: skip

    def _reservations(self, asked: dict[str, str], body: Any) -> Any:
        found: dict[str, list[Any]] = {}
        for several in self.world.living.values():
            for one in several:
                if "specificReservation" in one:
                    found.setdefault(one["zone"], []).append(one)
        return self._scopes("reservations", found)

    def _advice(self, region: str, asked: dict[str, str], body: Any) -> Any:
        zone = body["distributionPolicy"]["zones"][0]["zone"].rpartition("/")[2]
        (selection,) = body["instanceFlexibilityPolicy"]["instanceSelections"].values()
        shape = selection["machineTypes"][0]
        if (zone, shape) not in self.world.scores:
            return {"recommendations": []}
        scores = {"obtainability": self.world.scores[zone, shape], "estimatedUptime": "3600s"}
        shard = {"machineType": shape, "zone": zone, "instanceCount": body["size"]}
        return {"recommendations": [{"scores": scores, "shards": [shard]}]}

    def _history(self, region: str, asked: dict[str, str], body: Any) -> Any:
        zone = body["locationPolicy"]["location"].rpartition("/")[2]
        shape = body["instanceProperties"]["machineType"]
        usd = self.world.prices.get((zone, shape))
        prices = [] if usd is None else [
            {"interval": {"startTime": "2026-11-01T00:00:00Z"},
             "listPrice": {"currencyCode": "USD", "units": "99"}},
            {"interval": {"startTime": "2026-11-20T00:00:00Z"},
             "listPrice": {"currencyCode": "USD", "units": str(int(usd)),
                           "nanos": round(1e9 * (usd % 1))}},
        ]  # fmt: skip
        taken = [] if zone not in self.pre_empted else [
            {"interval": {"startTime": "2026-11-20T00:00:00Z"},
             "preemptionRate": self.pre_empted[zone]}
        ]  # fmt: skip
        return {"location": zone, "machineType": shape, "priceHistory": prices,
                "preemptionHistory": taken}  # fmt: skip

    def _operation(self, zone: str, request: str = "", error: Any = None) -> Any:
        name = f"operation-{self.world.number()}"
        done = {"name": name, "status": "DONE", "zone": zone}
        if error:
            done |= {"error": {"errors": [error]}, "httpErrorStatusCode": 503}
        self.operations[name] = done
        running = {"name": name, "status": "RUNNING", "zone": zone}
        if request:
            self.ids[request] = running
        return running

    def _wait(self, zone: str, name: str, asked: dict[str, str], body: Any) -> Any:
        return self.operations[name]

    def _bulk_insert(self, zone: str, asked: dict[str, str], body: Any) -> Any:
        request = asked["requestId"]
        if request in self.ids:
            return self.ids[request]
        self.created.append(body)
        properties, count = body["instanceProperties"], int(body["minCount"])
        label = properties["labels"]["windtunnel-find"]
        refusal = self._refusal(zone, properties["machineType"], count)
        if isinstance(refusal, tuple):
            return refusal
        for number in range(self.world.partly if refusal else count):
            name = body["namePattern"].replace("####", f"{number:04d}")
            self.world.living[label].append({"name": name, "zone": zone, "status": "RUNNING"})
        return self._operation(zone, request, refusal)

    def _reserve(self, zone: str, asked: dict[str, str], body: Any) -> Any:
        self.created.append(body)
        sku = body["specificReservation"]
        shape = sku["instanceProperties"]["machineType"]
        refusal = self._refusal(zone, shape, int(sku["count"]))
        if isinstance(refusal, tuple):
            return refusal
        if not refusal:
            self.world.living[body["name"]].append({**body, "zone": zone})
        return self._operation(zone, asked["requestId"], refusal)

    def _refusal(self, zone: str, shape: str, count: int) -> Any:
        """A refused request as a tuple, an error of the operation as what it says, or nothing."""
        found = self.world.refusal(zone, shape, count)
        if found is None:
            return None
        code, words = found
        if code != "stockout":
            if code.isupper() or code.isdigit():
                return {"code": code, "message": words}
            return (503 if code == "insufficientCapacity" else 403), code, words
        others = [
            one for several in self.world.zones.values() for one in several
            if one != zone and self.world.free.get((one, shape), 10**6) >= count
        ]  # fmt: skip
        metadata = {"vmType": shape, "zone": zone, "zonesAvailable": ",".join(others)}
        info = {"domain": "compute.googleapis.com", "reason": "resource_availability"}
        return {
            "code": "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS",
            "message": _WORDS.format(zone=zone),
            "errorDetails": [
                {"localizedMessage": {"locale": "en-US", "message": "unavailable"}},
                {"errorInfo": {**info, "metadatas": metadata}},
            ],
        }

    def _instances(self, zone: str, asked: dict[str, str], body: Any) -> Any:
        found = re.fullmatch(r'labels\.windtunnel-find = "([^"]+)"', asked["filter"])
        assert found is not None
        here = [one for one in self.world.living[found[1]] if one["zone"] == zone]
        return self._pages(asked, "items", here)

    def _reservation(self, zone: str, name: str, asked: dict[str, str], body: Any) -> Any:
        for one in self.world.living[name]:
            if one["zone"] == zone:
                return one
        return 404, "notFound", f"The resource 'reservations/{name}' was not found"

    def _delete(self, zone: str, name: str, asked: dict[str, str], body: Any) -> Any:
        for label, several in self.world.living.items():
            kept = [one for one in several if (one["name"], one["zone"]) != (name, zone)]
            if len(kept) < len(several):
                self.world.living[label] = kept
                return self._operation(zone)
        return 404, "notFound", f"The resource '{name}' was not found"


def _self(region: str) -> str:
    return f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"


def _error(status: int, reason: str, words: str) -> Reply:
    error = {"code": status, "message": words,
             "errors": [{"message": words, "domain": "global", "reason": reason}]}  # fmt: skip
    return status, "application/json", json.dumps({"error": error}).encode()
