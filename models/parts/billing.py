"""Lines of the bill."""

import math

from models.catalog.records import Price
from models.description.quantities import HOUR, MONTH
from models.description.stack import Stack
from models.parts.facts import Facts
from models.prediction import CostLine


def monthly_line(
    resource: str, stack: Stack, facts: Facts, service: str, item: str, size: float
) -> CostLine:
    """What capacity costs, where it is sold by the gigabyte and month.

    Arguments:
        resource: the part of the stack.
        stack: that it belongs to.
        facts: the catalog.
        service: of the provider, such as "s3".
        item: of the catalog, such as "s3-standard".
        size: bytes.
    """
    price = facts.price(stack.cloud, service, item, str(stack.region))
    unit, size_of_unit = ("GiB", 2.0**30) if "GiB" in price.unit else ("GB", 1e9)
    usd = price.usd * HOUR / MONTH
    return CostLine(resource, item, size / size_of_unit, unit, usd, False, None, cited(price))


def whole_gib(size: float) -> float:
    """A volume's size as it is provisioned and billed: whole GiB, bytes.

    Arguments:
        size: as described, bytes.
    """
    return math.ceil(size / 2.0**30) * 2.0**30


def cited(price: Price) -> str:
    """A price's source with its date.

    Arguments:
        price: of the catalog.
    """
    return f"{price.source} ({price.date.isoformat()})"
