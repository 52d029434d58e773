"""The AWS Price List API: `GetProducts`, one question for each item and region.

Shape: AWS Price List Query API reference, GetProducts: `PriceList` holds texts of JSON with
`product.attributes` and `terms.OnDemand.<offer>.priceDimensions.<rate>`, each with `unit`,
`beginRange` and `pricePerUnit.USD`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from infra.price_lists.listed_price import Listed, Refused
from models.catalog.records import Catalog

HOME = "us-east-1"  # where the price list is answered
_MIB_IN_GIB = 1024


@dataclass(frozen=True)
class Question:
    """How AWS is asked for an item.

    Arguments:
        service: of the catalog's price list.
        item: of it.
        unit: of the catalog's price.
        code: of the service, as AWS has it.
        filters: attributes that must be so.
        asked_unit: of the price dimension that is meant.
        usage: with which the type of usage ends, after the letters of the region; any if empty.
        times: the catalog's price of one that AWS has.
    """

    service: str
    item: str
    unit: str
    code: str
    filters: Mapping[str, str]
    asked_unit: str
    times: float = 1.0
    usage: str = ""


def _volume(name: str) -> dict[str, str]:
    return {"productFamily": "Storage", "volumeApiName": name}


_STANDARD = {
    "productFamily": "Storage",
    "volumeType": "Standard",
    "storageClass": "General Purpose",
}
_NAT = {"productFamily": "NAT Gateway", "group": "NGW:NatGateway"}
QUESTIONS = (
    Question("s3", "s3-standard", "USD/GB-month", "AmazonS3", _STANDARD, "GB-Mo"),
    Question(
        "s3", "s3-standard-put", "USD/1k requests", "AmazonS3", {"group": "S3-API-Tier1"},
        "Requests", 1000.0,
    ),
    Question(
        "s3", "s3-standard-get", "USD/1k requests", "AmazonS3", {"group": "S3-API-Tier2"},
        "Requests", 1000.0,
    ),
    Question(
        "efs", "efs-standard", "USD/GiB-month", "AmazonEFS",
        {"productFamily": "Storage", "storageClass": "General Purpose"}, "GB-Mo",
    ),
    *(
        # Elastic throughput: reads and writes of all that is not infrequently accessed.
        Question(
            "efs", f"efs-standard-{item}", "USD/GB", "AmazonEFS", {"accessType": access}, "GB",
            usage="ETDataAccess-Bytes",
        )
        for item, access in (("read", "Read"), ("write", "Write"))
    ),
    Question("ebs", "ebs-gp3", "USD/GiB-month", "AmazonEC2", _volume("gp3"), "GB-Mo"),
    Question("ebs", "ebs-io2", "USD/GiB-month", "AmazonEC2", _volume("io2"), "GB-Mo"),
    Question("ebs", "ebs-st1", "USD/GiB-month", "AmazonEC2", _volume("st1"), "GB-Mo"),
    Question(
        "ebs", "ebs-gp3-iops", "USD/IOPS-month", "AmazonEC2",
        {"productFamily": "System Operation", "volumeApiName": "gp3"}, "IOPS-Mo",
    ),
    Question(
        "ebs", "ebs-io2-iops", "USD/IOPS-month", "AmazonEC2",
        {"productFamily": "System Operation", "volumeApiName": "io2", "group": "EBS IOPS"},
        "IOPS-Mo",
    ),
    Question(
        "ebs", "ebs-gp3-throughput", "USD/MBps-month", "AmazonEC2",
        {"productFamily": "Provisioned Throughput", "volumeApiName": "gp3"}, "GiBps-mo",
        1 / _MIB_IN_GIB,
    ),
    Question("nat", "nat-gateway", "USD/h", "AmazonEC2", _NAT, "Hrs"),
    Question("nat", "nat-data", "USD/GB", "AmazonEC2", _NAT, "GB"),
)  # fmt: skip


def _of_instances(catalog: Catalog) -> Iterator[Question]:
    for provider, name in catalog.instances:
        if provider == "aws":
            filters = {
                "instanceType": name, "operatingSystem": "Linux", "tenancy": "Shared",
                "preInstalledSw": "NA", "capacitystatus": "Used",
            }  # fmt: skip
            yield Question("ec2", name, "USD/h", "AmazonEC2", filters, "Hrs")


def listed(
    catalog: Catalog, regions: Sequence[str], endpoint: str | None = None
) -> Iterator[Listed]:
    """Prices of what the catalog knows, as far as AWS lists them.

    Arguments:
        catalog: whose items are asked for.
        regions: of AWS.
        endpoint: that answers, in the place of AWS's own.

    Raises:
        Refused: boto3 or credentials are missing, or AWS refuses.
    """
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError
    except ImportError:
        raise Refused("the price list of AWS needs boto3: python -m pip install boto3") from None
    try:
        with closing(boto3.client("pricing", region_name=HOME, endpoint_url=endpoint)) as client:
            for region in regions:
                yield from _in_region(client, catalog, region)
    except (BotoCoreError, ClientError, ResponseParserError, OSError, ValueError) as error:
        raise Refused(f"AWS Price List API: {error}") from None


def _in_region(client: Any, catalog: Catalog, region: str) -> Iterator[Listed]:
    for question in (*_of_instances(catalog), *QUESTIONS):
        usd = _price(_products(client, question, region), question)
        if usd is not None:
            source = f"AWS Price List API, GetProducts of {question.code} in {region}"
            yield Listed(
                question.service, question.item, region, question.unit, "on_demand",
                usd * question.times, source,
            )  # fmt: skip


def _products(client: Any, question: Question, region: str) -> Iterator[Mapping[str, Any]]:
    wanted = {**question.filters, "regionCode": region}
    filters = [{"Type": "TERM_MATCH", "Field": key, "Value": text} for key, text in wanted.items()]
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=question.code, Filters=filters, FormatVersion="aws_v1"
    )
    for page in pages:
        texts = page.get("PriceList")
        if not isinstance(texts, list):
            raise Refused("AWS Price List API: an answer without a price list")
        for text in texts:
            try:
                product = json.loads(text)
            except (TypeError, ValueError):
                raise Refused("AWS Price List API: a product that is no JSON") from None
            yield product


def _price(products: Iterator[Mapping[str, Any]], question: Question) -> float | None:
    """The first tier of the dimension that is meant; None where AWS does not sell it there."""
    found = []
    for product in products:
        try:
            if not _usage(product, question).endswith(question.usage):
                continue
            offers = product["terms"].get("OnDemand", {}).values()
            for offer in offers:
                for rate in offer["priceDimensions"].values():
                    first = float(rate.get("beginRange", 0)) == 0
                    usd = float(rate["pricePerUnit"]["USD"])
                    if first and usd > 0 and _same(rate["unit"], question.asked_unit):
                        found.append(usd)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refused(f"AWS Price List API: a product of an unknown shape: {error!r}") from None
    # Reservations of capacity and the like have other attributes; of two that are left, the
    # dearer is the list price and the other a special form of it.
    return max(found) if found else None


def _usage(product: Mapping[str, Any], question: Question) -> str:
    """The type of usage of a product, where it is asked for."""
    return str(product["product"]["attributes"]["usagetype"]) if question.usage else ""


def _same(unit: str, other: str) -> bool:
    names = {"quantity": "gb", "hours": "hrs"}
    one, two = unit.casefold(), other.casefold()
    return names.get(one, one) == names.get(two, two)
