"""Google Cloud's Billing Catalog: `services.skus.list` of the services that stacks are built of.

Shape: Cloud Billing Catalog API, v1: `skus` with `description`, `category.usageType`,
`serviceRegions` and `pricingInfo[].pricingExpression.tieredRates[].unitPrice` in whole units and
billionths of them; pages follow `nextPageToken`. An instance is billed by its cores, its memory
and its accelerators, each a SKU of its own.
"""

import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.price_lists.listed_price import Listed, Refused
from models.catalog.records import Catalog, Instance
from models.description.quantities import HOUR, MONTH

ENDPOINT = "https://cloudbilling.googleapis.com"
KEY = "GOOGLE_API_KEY"  # of the environment
COMPUTE, STORAGE, FILES = "6F81-5844-456A", "95FF-2EF5-5EA1", "D97E-AB26-5D95"  # services
_PATIENCE = 60.0  # s for one page
_GIB = 2.0**30
_DISK_GB = 1e9  # 375 of a local disk, which is sold as 375 GiB

_USAGES = {"OnDemand": "on_demand", "Preemptible": "spot"}
_PREFIX = {"on_demand": "", "spot": "Spot Preemptible "}
# What cores and memory of a series are called.
_SERIES = {
    "a2": "A2 Instance",
    "a3-highgpu": "A3 Instance",
    "c2": "Compute optimized",
    "c3": "C3 Instance",
    "e2": "E2 Instance",
    "g2": "G2 Instance",
    "n1": "N1 Predefined Instance",
    "n2": "N2 Instance",
}
_ACCELERATORS = {
    "A100-SXM-40GB": "Nvidia Tesla A100 GPU",
    "A100-SXM-80GB": "Nvidia Tesla A100 80GB GPU",
    "H100-SXM-80GB": "Nvidia H100 80GB GPU",
    "L4": "Nvidia L4 GPU",
    "P100-PCIe-16GB": "Nvidia Tesla P100 GPU",
    "T4": "Nvidia Tesla T4 GPU",
    "V100-SXM2-16GB": "Nvidia Tesla V100 GPU",
}
_LOCAL = "SSD backed Local Storage"  # that a machine type brings, by the GiB and month
_STORAGE = (
    (COMPUTE, r"Storage PD Capacity\b", "pd", "pd-standard", "USD/GiB-month"),
    (COMPUTE, r"Balanced PD Capacity\b", "pd", "pd-balanced", "USD/GiB-month"),
    (COMPUTE, r"SSD backed PD Capacity\b", "pd", "pd-ssd", "USD/GiB-month"),
    (
        COMPUTE,
        r"Hyperdisk Balanced Capacity\b(?!.*Confidential)",
        "pd",
        "hyperdisk-balanced",
        "USD/GiB-month",
    ),
    (
        COMPUTE,
        r"Hyperdisk Balanced IOPS\b(?!.*Confidential)",
        "pd",
        "hyperdisk-balanced-iops",
        "USD/IOPS-month",
    ),
    (
        COMPUTE,
        r"Hyperdisk Balanced Throughput\b(?!.*Confidential)",
        "pd",
        "hyperdisk-balanced-throughput",
        "USD/MBps-month",
    ),
    (COMPUTE, r"Hyperdisk Extreme Capacity\b", "pd", "hyperdisk-extreme", "USD/GiB-month"),
    (COMPUTE, r"Hyperdisk Extreme IOPS\b", "pd", "hyperdisk-extreme-iops", "USD/IOPS-month"),
    (FILES, r"Filestore Capacity Basic HDD\b", "filestore", "filestore-basic-hdd", "USD/GiB-month"),
    (FILES, r"Filestore Capacity Basic SSD\b", "filestore", "filestore-basic-ssd", "USD/GiB-month"),
    (STORAGE, r"Standard Storage (?!.*(Dual|Multi))", "gcs", "gcs-standard", "USD/GB-month"),
)

# USD by region, by usage and description.
Prices = Mapping[tuple[str, str], Mapping[str, float]]


def listed(
    catalog: Catalog, regions: Sequence[str], endpoint: str | None = None
) -> Iterator[Listed]:
    """Prices of what the catalog knows, as far as Google Cloud lists them.

    Arguments:
        catalog: whose items are asked for.
        regions: of Google Cloud.
        endpoint: that answers, in the place of Google's own.

    Raises:
        Refused: there is no key, or the catalog refuses or answers in an unknown shape.
    """
    key = os.environ.get(KEY, "")
    if not key:
        raise Refused(f"the Cloud Billing Catalog needs an API key in {KEY}")
    prices = {
        service: _prices(_skus(endpoint or ENDPOINT, service, key))
        for service in (COMPUTE, STORAGE, FILES)
    }
    for region in regions:
        for provider, name in catalog.instances:
            one = catalog.instances[provider, name]
            if provider == "gcp":
                yield from _of_instance(one, region, prices[COMPUTE])
        for service, pattern, sold_by, item, unit in _STORAGE:
            usd = _matching(prices[service], "on_demand", pattern, region)
            if usd is not None:
                source = f"Cloud Billing Catalog API, skus of {service} in {region}"
                yield Listed(sold_by, item, region, unit, "on_demand", usd, source)


def _of_instance(one: Instance, region: str, prices: Prices) -> Iterator[Listed]:
    words, accelerator = _SERIES.get(one.series), _ACCELERATORS.get(one.accelerator or "")
    if words is None:
        return
    for purchase, prefix in _PREFIX.items():
        core = _matching(prices, purchase, f"{prefix}{words} Core running in", region)
        memory = _matching(prices, purchase, f"{prefix}{words} Ram running in", region)
        if core is None or memory is None:
            continue
        usd = core * one.vcpus + memory * one.memory / _GIB
        how = "attached to Spot Preemptible VMs" if purchase == "spot" else ""
        if one.accelerators:
            running = f"{how} running in".strip()
            each = _matching(prices, purchase, f"{accelerator} {running}", region)
            if not accelerator or each is None:
                continue
            usd += one.accelerators * each
        if one.local_disk:
            disk = _matching(prices, purchase, f"{_LOCAL} {how}".strip() + "(?! attached)", region)
            if disk is None:
                continue
            usd += disk * one.local_disk / _DISK_GB * HOUR / MONTH
        source = (
            f"Cloud Billing Catalog API, skus of {COMPUTE} in {region}: cores, memory, GPUs, disks"
        )
        yield Listed("gce", one.name, region, "USD/h", purchase, usd, source)


def _matching(prices: Prices, purchase: str, pattern: str, region: str) -> float | None:
    for (usage, description), by_region in prices.items():
        if usage == purchase and region in by_region and re.match(pattern, description):
            return by_region[region]
    return None


def _prices(skus: Iterator[Mapping[str, Any]]) -> Prices:
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for sku in skus:
        try:
            usage = _USAGES.get(sku["category"]["usageType"])
            rates = sku["pricingInfo"][0]["pricingExpression"]["tieredRates"] if usage else ()
            # Free first tiers come before the price.
            charged = [one for one in map(_usd, rates) if one > 0]
            if usage is None or not charged:
                continue
            for region in sku["serviceRegions"]:
                found[usage, sku["description"]][region] = charged[0]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise Refused(f"Cloud Billing Catalog: a SKU of an unknown shape: {error!r}") from None
    return found


def _usd(rate: Mapping[str, Any]) -> float:
    price = rate["unitPrice"]
    if price.get("currencyCode", "USD") != "USD":
        raise ValueError(f"a price in {price['currencyCode']}")
    return float(price.get("units", 0)) + float(price.get("nanos", 0)) / 1e9


def _skus(endpoint: str, service: str, key: str) -> Iterator[Mapping[str, Any]]:
    token = ""
    while True:
        query = {"key": key, "pageSize": "5000", "currencyCode": "USD", "pageToken": token}
        asked = urllib.parse.urlencode({name: text for name, text in query.items() if text})
        page = _page(f"{endpoint}/v1/services/{service}/skus?{asked}")
        skus = page.get("skus")
        if not isinstance(skus, list):
            raise Refused("Cloud Billing Catalog: a page without skus")
        yield from skus
        token = page.get("nextPageToken", "")
        if not token:
            return


def _page(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE) as answer:
            page = json.load(answer)
    except urllib.error.HTTPError as error:  # its address has the key in it
        error.close()
        raise Refused(f"Cloud Billing Catalog: {error.code} {error.reason}") from None
    except (OSError, ValueError) as error:
        raise Refused(f"Cloud Billing Catalog: {error}") from None
    if not isinstance(page, dict):
        raise Refused("Cloud Billing Catalog: an answer of an unknown shape")
    return page
