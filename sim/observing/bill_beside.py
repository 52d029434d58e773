"""A bill beside the prediction, product by product."""

from collections.abc import Sequence

from models.catalog.provider_record import Cloud, Provider
from models.description.quantities import HOUR, MONTH
from models.measurements.measured import BilledProduct
from models.prediction import CostLine
from models.prediction.observation_answer import BilledBeside


def billed_beside(
    bill: Sequence[BilledProduct], lines: Sequence[CostLine], provider: Provider
) -> tuple[BilledBeside, ...]:
    """What each product was billed and predicted, those of the bill first, in its order.

    Arguments:
        bill: a month of it; empty where nothing was billed.
        lines: of the predicted bill.
        provider: that wrote the bill.
    """
    if not bill:
        return ()
    products = provider.products if isinstance(provider, Cloud) else {}
    billed = {one.name for one in bill}
    predicted: dict[str, float] = {}
    for line in lines:
        called = products.get(line.service, ())
        usd = line.least_hourly * MONTH / HOUR
        if called and usd:
            name = next((one for one in called if one in billed), called[0])
            predicted[name] = predicted.get(name, 0.0) + usd
    found = [
        BilledBeside(
            one.name, one.usd, predicted.get(one.name) if one.compared else None, one.compared
        )
        for one in bill
    ]
    left = [
        BilledBeside(name, None, usd, True) for name, usd in predicted.items() if name not in billed
    ]
    at = sum(one.compared for one in found)
    return (*found[:at], *left, *found[at:])
