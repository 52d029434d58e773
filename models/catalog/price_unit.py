"""What a price is for, read from its unit: 'USD/GB-month' is of a gigabyte held for a month."""

from dataclasses import dataclass

from models.catalog.units import Bytes

_REQUESTS = {"1k requests": 1e3, "1M requests": 1e6}
_SIZES = {"MB": 1e6, "GB": 1e9, "GiB": 2.0**30, "TB": 1e12, "TiB": 2.0**40}


@dataclass(frozen=True)
class PriceUnit:
    """What is counted, and whether it is paid for by the month.

    Arguments:
        counted: as it is written, such as 'GB' or '1M requests'; empty for the thing itself.
        size: of what is counted; None where that is no amount of data.
        requests: how many are counted; None where that is something else.
        monthly: it is rented by the month.
    """

    counted: str
    size: Bytes | None
    requests: float | None
    monthly: bool


def read_price_unit(text: str) -> PriceUnit:
    """The unit of a price.

    Arguments:
        text: as the price list has it, such as 'USD/h', 'USD/GiB-month' or 'USD/1k requests'.
    """
    each = text.partition("/")[2]
    counted, _, period = each.rpartition("-")
    monthly = period == "month"
    counted = counted if monthly else each
    return PriceUnit(counted, _SIZES.get(counted), _REQUESTS.get(counted), monthly)
