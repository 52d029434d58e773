"""Price lists as the providers document their answers, read from a server on this machine."""

import csv
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from models.catalog.load import load_catalog

Answer = Callable[[str, dict[str, Any]], tuple[int, Any]]


class _Server:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _reply(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size) or b"{}")
                outer.asked.append((self.path, body))
                status, said = answer(self.path, body)
                text = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = _reply  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], _Server]]:
    servers: list[_Server] = []

    def start(answer: Answer) -> _Server:
        servers.append(_Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "own" / "prices.csv"
    monkeypatch.setenv("WINDTUNNEL_PRICES", str(path))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("GOOGLE_API_KEY", "a-key")
    return path


def product(unit: str, *tiers: tuple[str, str], usage: str = "") -> str:
    """A product in the shape that the reference of GetProducts shows."""
    rates = {
        f"SKU.JRTCKXETXF.{number}": {
            "unit": unit,
            "beginRange": begin,
            "endRange": "Inf",
            "description": "",
            "appliesTo": [],
            "rateCode": f"SKU.JRTCKXETXF.{number}",
            "pricePerUnit": {"USD": usd},
        }
        for number, (begin, usd) in enumerate(tiers)
    }
    offer = {"priceDimensions": rates, "sku": "SKU", "effectiveDate": "2026-11-01T00:00:00Z"}
    return json.dumps(
        {
            "product": {
                "productFamily": "Compute Instance",
                "attributes": {"usagetype": usage},
                "sku": "SKU",
            },
            "serviceCode": "AmazonEC2",
            "terms": {"OnDemand": {"SKU.JRTCKXETXF": offer}},
        }
    )


def aws(path: str, body: dict[str, Any]) -> tuple[int, Any]:
    asked = {one["Field"]: one["Value"] for one in body["Filters"]}
    listed: list[str] = []
    if asked.get("instanceType") == "p4d.24xlarge":
        if "NextToken" not in body:  # a first page without what is meant
            page = {"FormatVersion": "aws_v1", "PriceList": [product("Hrs", ("0", "0.0"))]}
            return 200, {**page, "NextToken": "more"}
        listed = [product("Hrs", ("0", "20.5000000000"))]
    if asked.get("group") == "S3-API-Tier2":
        listed = [product("Requests", ("0", "0.0000004000"))]
    if asked.get("accessType") == "Read":  # of three classes, of which one has elastic throughput
        listed = [
            product("GB", ("0", "0.0100000000"), usage="SAE1-IADataAccess-Bytes"),
            product("GB", ("0", "0.0400000000"), usage="SAE1-ETDataAccess-Bytes"),
        ]
    if asked.get("volumeType") == "Standard":
        listed = [product("GB-Mo", ("0", "0.0230000000"), ("51200", "0.0220000000"))]
    return 200, {"FormatVersion": "aws_v1", "PriceList": listed}


def test_the_list_of_aws_lies_over_the_shipped_prices(
    serve: Callable[[Answer], _Server], own: Path, cli: Any
) -> None:
    server = serve(aws)
    refresh = ("catalog", "refresh", "--provider", "aws", "--region", "sa-east-1")
    outcome = cli(*refresh, "--endpoint", server.url)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"{own}: 4 prices of aws" in outcome.out
    catalog = load_catalog()
    new = catalog.price("aws", "ec2", "p4d.24xlarge", "sa-east-1", "on_demand")
    assert (new.usd, new.source[:18]) == (20.5, "AWS Price List API")
    assert catalog.price("aws", "s3", "s3-standard-get", "sa-east-1", "on_demand").usd == 0.0004
    assert catalog.price("aws", "efs", "efs-standard-read", "sa-east-1", "on_demand").usd == 0.04
    # The first of the tiers.
    assert catalog.price("aws", "s3", "s3-standard", "sa-east-1", "on_demand").usd == 0.023
    shipped = catalog.price("aws", "ec2", "p4d.24xlarge", "us-east-1", "on_demand")
    assert shipped.usd == 21.957642
    assert all(
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "sa-east-1"} in body["Filters"]
        for _, body in server.asked
    )


def sku(description: str, usd: float, usage: str = "OnDemand") -> dict[str, Any]:
    """A SKU in the shape that the reference of services.skus.list shows."""
    rate = {"startUsageAmount": 0, "unitPrice": {"currencyCode": "USD", "units": "0", "nanos": 0}}
    units, nanos = divmod(round(usd * 1e9), 10**9)
    price = {"currencyCode": "USD", "units": str(units), "nanos": nanos}
    paid = {"startUsageAmount": 1, "unitPrice": price}
    return {
        "name": "services/6F81-5844-456A/skus/0000",
        "skuId": "0000",
        "description": description,
        "category": {"resourceFamily": "Compute", "usageType": usage},
        "serviceRegions": ["us-central1"],
        "pricingInfo": [
            {"pricingExpression": {"usageUnit": "h", "tieredRates": [rate, paid]}},
        ],
    }


def gcp(path: str, body: dict[str, Any]) -> tuple[int, Any]:
    if "95FF" in path:
        skus = [sku("Standard Storage Iowa", 0.02), sku("Standard Storage US Multi-region", 0.026)]
        return 200, {"skus": skus, "nextPageToken": ""}
    if "pageToken" not in path:
        skus = [
            sku("A2 Instance Core running in Americas", 0.031611),
            sku("A2 Instance Ram running in Americas", 0.004237),
            sku("Commitment: A2 Core in Americas for 1 Year", 0.02, "Commit1Yr"),
        ]
        return 200, {"skus": skus, "nextPageToken": "more"}
    skus = [
        sku("Nvidia Tesla A100 GPU running in Americas", 2.933908),
        sku("Balanced PD Capacity", 0.1),
    ]
    return 200, {"skus": skus}


def test_an_instance_of_google_cloud_is_its_cores_its_memory_and_its_accelerators(
    serve: Callable[[Answer], _Server], own: Path, cli: Any
) -> None:
    server = serve(gcp)
    refresh = ("catalog", "refresh", "--provider", "gcp", "--region", "us-central1")
    outcome = cli(*refresh, "--endpoint", server.url)
    assert outcome.code == 0
    catalog = load_catalog()
    price = catalog.price("gcp", "gce", "a2-highgpu-8g", "us-central1", "on_demand")
    # 96 cores, 680 GiB and 8 A100, which is the list price of the machine: 29.387 USD.
    assert price.usd == pytest.approx(96 * 0.031611 + 680 * 0.004237 + 8 * 2.933908)
    assert price.usd == pytest.approx(29.387, abs=0.01)
    assert catalog.price("gcp", "gcs", "gcs-standard", "us-central1", "on_demand").usd == 0.02
    assert catalog.price("gcp", "pd", "pd-balanced", "us-central1", "on_demand").usd == 0.1
    assert all("key=a-key" in path for path, _ in server.asked)


def newer(path: str, body: dict[str, Any]) -> tuple[int, Any]:
    """SKUs of newer machines, Hyperdisk and Filestore, by the names that Google gives them."""
    spot = "attached to Spot Preemptible VMs"
    if "D97E" in path:
        return 200, {"skus": [sku("Filestore Capacity Basic SSD (Premium) Iowa", 0.3)]}
    if "95FF" in path:
        return 200, {"skus": []}
    skus = [
        sku("A3 Instance Core running in Americas", 0.03222),
        sku("A3 Instance Ram running in Americas", 0.002817),
        sku("Nvidia H100 80GB GPU running in Americas", 11.06),
        sku("Nvidia H100 80GB Mega GPU running in Americas", 11.5),
        sku("A2 Instance Core running in Americas", 0.031611),
        sku("A2 Instance Ram running in Americas", 0.004237),
        sku("Nvidia Tesla A100 80GB GPU running in Americas", 3.92808),
        sku(f"SSD backed Local Storage {spot}", 0.05, "Preemptible"),
        sku("SSD backed Local Storage", 0.08),
        sku("N1 Predefined Instance Core running in Americas", 0.031611),
        sku("N1 Predefined Instance Ram running in Americas", 0.004237),
        sku("Nvidia Tesla T4 GPU running in Americas", 0.35),
        sku("Spot Preemptible A3 Instance Core running in Americas", 0.01, "Preemptible"),
        sku("Spot Preemptible A3 Instance Ram running in Americas", 0.001, "Preemptible"),
        sku(f"Nvidia H100 80GB GPU {spot} running in Americas", 3.0, "Preemptible"),
        sku("Hyperdisk Balanced Capacity in Iowa - Confidential Mode", 0.02),
        sku("Hyperdisk Balanced Capacity in Iowa", 0.08),
        sku("Hyperdisk Balanced IOPS in Iowa", 0.005),
        sku("Hyperdisk Extreme IOPS in Iowa", 0.032),
    ]
    return 200, {"skus": skus}


def test_newer_machines_bring_their_disks_along(
    serve: Callable[[Answer], _Server], own: Path, cli: Any
) -> None:
    where = ("--region", "us-central1", "--endpoint", serve(newer).url)
    assert cli("catalog", "refresh", "--provider", "gcp", *where).code == 0
    catalog = load_catalog()

    def usd(service: str, item: str, purchase: str = "on_demand") -> float:
        found = catalog.price("gcp", service, item, "us-central1", purchase)
        assert found.source.startswith("Cloud Billing Catalog"), item
        return found.usd

    # 208 cores, 1,872 GiB, eight H100 and 16 disks of 375 GiB: the list price, 88.49 USD.
    h100 = 208 * 0.03222 + 1872 * 0.002817 + 8 * 11.06 + 6000 * 0.08 / 730
    assert usd("gce", "a3-highgpu-8g") == pytest.approx(h100)
    spot = 208 * 0.01 + 1872 * 0.001 + 8 * 3.0 + 6000 * 0.05 / 730
    assert usd("gce", "a3-highgpu-8g", "spot") == pytest.approx(spot)
    a100 = 96 * 0.031611 + 1360 * 0.004237 + 8 * 3.92808 + 3000 * 0.08 / 730
    assert usd("gce", "a2-ultragpu-8g") == pytest.approx(a100)
    [attached] = [name for _, name in catalog.instances if "T4" in name]
    t4 = catalog.instances["gcp", attached]
    parts = t4.vcpus * 0.031611 + t4.memory / 2**30 * 0.004237 + t4.accelerators * 0.35
    assert usd("gce", attached) == pytest.approx(parts)
    assert usd("pd", "hyperdisk-balanced") == 0.08
    assert usd("pd", "hyperdisk-extreme-iops") == 0.032
    assert usd("filestore", "filestore-basic-ssd") == 0.3


def test_what_was_read_before_is_kept_and_named_in_the_digest(
    serve: Callable[[Answer], _Server], own: Path, cli: Any
) -> None:
    before = load_catalog().digest
    for provider, region, answer in (("aws", "us-east-1", aws), ("gcp", "us-central1", gcp)):
        where = ("--region", region, "--endpoint", serve(answer).url)
        assert cli("catalog", "refresh", "--provider", provider, *where).code == 0
    catalog = load_catalog()
    assert catalog.price("aws", "ec2", "p4d.24xlarge", "us-east-1", "on_demand").usd == 20.5
    assert catalog.price("gcp", "pd", "pd-balanced", "us-central1", "on_demand").usd == 0.1
    assert catalog.digest != before


def test_columns_of_your_own_are_kept(
    serve: Callable[[Answer], _Server], own: Path, cli: Any
) -> None:
    own.parent.mkdir()
    own.write_text(
        "contract,provider,service,item,region,unit,purchase,usd,low_usd,high_usd,date,source,note\n"
        "C-17,aws,ec2,p4d.24xlarge,us-east-1,USD/h,reserved,12,,,2026-01-02,our contract,\n"
        "C-18, gcp,pd,pd-balanced,us-central1,USD/GiB-month,on_demand,1,,,2026-01-02,old,\n"
    )
    where = ("--region", "us-central1", "--endpoint", serve(gcp).url)
    assert cli("catalog", "refresh", "--provider", "gcp", *where).code == 0
    with own.open(newline="") as stream:
        rows = {(row["item"], row["purchase"]): row for row in csv.DictReader(stream)}
    assert rows["p4d.24xlarge", "reserved"]["contract"] == "C-17"
    assert rows["a2-highgpu-8g", "on_demand"]["contract"] == ""
    assert rows["pd-balanced", "on_demand"]["usd"] == "0.1"
    assert {row["provider"] for row in rows.values()} == {"aws", "gcp"}
    reserved = load_catalog().price("aws", "ec2", "p4d.24xlarge", "us-east-1", "reserved")
    assert reserved.usd == 12.0


@pytest.mark.parametrize("provider", ["aws", "gcp"])
@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, {"__type": "AccessDeniedException", "message": "no", "error": {"code": 403}}),
        (200, b"<html>"),
        (200, {"PriceList": ["{}"], "skus": [{"category": {"usageType": "OnDemand"}}]}),
        (200, {"PriceList": [], "skus": []}),
    ],
)
def test_a_list_that_refuses_changes_nothing(
    provider: str,
    status: int,
    said: Any,
    serve: Callable[[Answer], _Server],
    own: Path,
    cli: Any,
) -> None:
    own.parent.mkdir()
    shipped = Path(load_catalog.__code__.co_filename).parent / "tables" / "prices.csv"
    own.write_text("".join(shipped.read_text().splitlines(keepends=True)[:2]))
    kept = own.read_bytes()
    server = serve(lambda path, body: (status, said))
    region = {"aws": "us-east-1", "gcp": "us-central1"}[provider]
    refresh = ("catalog", "refresh", "--provider", provider, "--region", region)
    outcome = cli(*refresh, "--endpoint", server.url)
    assert outcome.code == 3
    assert "nothing was changed" in outcome.err
    assert "a-key" not in outcome.err
    assert "Traceback" not in outcome.err
    assert own.read_bytes() == kept
    assert [path.name for path in own.parent.iterdir()] == ["prices.csv"]


def test_what_is_asked_wrongly_is_said(
    own: Path, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "aws" in cli("catalog", "refresh").err
    assert cli("catalog", "refresh", "--provider", "azure").code == 2
    wrong = cli("catalog", "refresh", "--provider", "aws", "--region", "us-east-9")
    assert (wrong.code, "us-east-1" in wrong.err) == (2, True)
    monkeypatch.setenv("GOOGLE_API_KEY", "")
    without = cli("catalog", "refresh", "--provider", "gcp")
    assert (without.code, "GOOGLE_API_KEY" in without.err) == (3, True)
