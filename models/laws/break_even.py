"""When own hardware has paid for itself against what a cloud bills by the hour."""

import math

from models.laws.arguments import non_negative


def break_even_time(purchase: float, cloud_hourly: float, own_hourly: float) -> float:
    """Hours of use after which own hardware costs less than a cloud's; infinite if it never does.

    Arguments:
        purchase: of the hardware, USD.
        cloud_hourly: what the cloud bills for as much, USD/h.
        own_hourly: what the own hardware costs to run, electricity and people, USD/h.

    Raises:
        ValueError: an argument out of range.

    Source: both sums are equal at purchase / (cloud_hourly - own_hourly).
    """
    non_negative("purchase", purchase)
    non_negative("cloud_hourly", cloud_hourly)
    non_negative("own_hourly", own_hourly)
    saved = cloud_hourly - own_hourly
    if saved <= 0:
        return 0.0 if purchase == 0 and saved == 0 else math.inf
    return purchase / saved
