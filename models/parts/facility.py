"""The building, on premises: power feeds."""

from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.stack import Facility


def component(facility: Facility, facts: Facts) -> Component:
    """How the power fails: any one feed suffices.

    Arguments:
        facility: the building.
        facts: the catalog.
    """
    rate = facts.failure_rate("power-feed")
    cause = Cause("failure", rate.mttf, rate.mttr)
    return Component("power feeds", 1, facility.power_feeds, (cause,), False, rate.component)
