"""Rates that follow the hours of a day or a week, as users write them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from models.description.quantities import Rate

DAY_HOURS = 24
WEEK_HOURS = 168


def _whole_days(rates: tuple[float, ...]) -> tuple[float, ...]:
    if not rates or len(rates) % DAY_HOURS or len(rates) > WEEK_HOURS:
        raise ValueError(
            f"must have 24 entries, one an hour of the day, or 168 of the week, not {len(rates)}"
        )
    if max(rates) == 0:
        raise ValueError("must have a rate above 0")
    return rates


ByHour = Annotated[
    tuple[Rate, ...],
    AfterValidator(_whole_days),
    Field(json_schema_extra={"minItems": DAY_HOURS, "maxItems": WEEK_HOURS}),
]
