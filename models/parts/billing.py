"""Lines of the bill."""

import math

from models.catalog.errors import UnknownName
from models.catalog.price_unit import read_price_unit
from models.catalog.provider_record import Billed
from models.catalog.records import Price
from models.description.quantities import HOUR, MONTH, PriceOfAll, PricePerSize
from models.description.stack import Stack
from models.parts.facts import Facts
from models.prediction import CostLine

GIVEN = "the stack file"  # source of a price
_GB = 1e9


def billed_line(
    resource: str,
    item: str,
    quantity: float,
    unit: str,
    billed: Billed | None,
    stack: Stack,
    facts: Facts,
    *,
    per_run: bool = False,
    remedy: str = "",
) -> CostLine:
    """A line by the price list; one without a price where that has none.

    Arguments:
        resource: the part of the stack.
        item: what is billed, for people.
        quantity: how much, in the unit of the price: held, in an hour, or in a run.
        unit: of the quantity, for people.
        billed: where the price list has it; None where nothing is known of it.
        stack: that it belongs to.
        facts: the catalog.
        per_run: the quantity is of a run.
        remedy: what to give where there is no price; without it what the catalog has instead.
    """
    try:
        if billed is None:
            raise UnknownName("price", item, ())
        price = facts.price(
            stack.cloud, billed.service, billed.item, str(stack.region), unit=billed.unit
        )
    except LookupError as error:
        why = remedy or str(error)
        return unpriced_line(resource, item, quantity, unit, why, per_run=per_run)
    monthly = read_price_unit(price.unit).monthly and not per_run
    usd = price.usd * HOUR / MONTH if monthly else price.usd
    return _line(resource, item, quantity, unit, usd, per_run, price)


def _line(
    resource: str, item: str, quantity: float, unit: str, usd: float, per_run: bool, price: Price
) -> CostLine:
    low, high = price.low / price.usd, price.high / price.usd
    source = cited(price)
    return CostLine(
        *(resource, item, quantity, unit, usd, per_run, None, source),
        low=low, high=high, service=price.service,
    )  # fmt: skip


def unpriced_line(
    resource: str, item: str, quantity: float, unit: str, why: str, *, per_run: bool = False
) -> CostLine:
    """A line whose price is not known, so that the bill is the least.

    Arguments:
        resource: the part of the stack.
        item: what is billed.
        quantity: how much.
        unit: of the quantity.
        why: no price is known, or what to give.
        per_run: the quantity is of a run.
    """
    return CostLine(resource, item, quantity, unit, None, per_run, None, why)


def own_price_line(resource: str, price: PricePerSize | PriceOfAll, size: float) -> CostLine:
    """Storage by the price that the stack file gives.

    Arguments:
        resource: the part of the stack.
        price: as given.
        size: that is billed, bytes.
    """
    if isinstance(price, PricePerSize):
        usd = price.usd * _GB
        return CostLine(resource, "capacity", size / _GB, "GB", usd, False, None, GIVEN)
    return CostLine(resource, "storage", 1, "store", price.usd, False, None, GIVEN)


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
    try:
        price = facts.price(stack.cloud, service, item, str(stack.region))
    except LookupError as error:
        return unpriced_line(resource, item, size / _GB, "GB", str(error))
    unit = read_price_unit(price.unit)
    if unit.size is None or not unit.monthly:
        why = f"its price is in {price.unit}, which is no size by the month"
        return unpriced_line(resource, item, size / _GB, "GB", why)
    usd = price.usd * HOUR / MONTH
    return _line(resource, item, size / unit.size, unit.counted, usd, False, price)


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
