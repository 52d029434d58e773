"""How many spares a group needs to have its units together nearly always."""

from dataclasses import replace

from models.laws.spares import spares_needed
from models.parts.failure import Component

NEARLY_ALWAYS = 0.99  # of the time


def enough_spares(component: Component) -> int | None:
    """The fewest spares with which enough units work 99 % of the time; None if no number does.

    Arguments:
        component: whose units, with the spares that it has, may be too few.
    """

    def away(required: int, spares: int, rate: float, time: float) -> float:
        return replace(component, units=required + spares).result().unavailability

    required, rate = component.required, 1 / component.mttf
    try:
        return spares_needed(required, rate, component.mttr, 1 - NEARLY_ALWAYS, away)
    except ValueError:
        return None
