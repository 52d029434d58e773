"""The network that nodes share: how it fails, what it costs."""

from models.catalog.provider_record import Billed
from models.description.stack import Stack
from models.parts.billing import billed_line
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.place import provider_of
from models.prediction import CostLine


def component(stack: Stack, facts: Facts, required: int | None = None, zones: int = 1) -> Component:
    """How the network fails: switches on premises, the zones of a cloud.

    Arguments:
        stack: that it belongs to.
        facts: the catalog.
        required: zones that must be up; by default all stands in one.
        zones: over which all is spread.
    """
    if provider_of(stack).owned:
        rate = facts.failure_rate("top-of-rack-switch")
        cause = Cause("failure", rate.mttf, rate.mttr)
        return Component("switches", 1, stack.network.switches, (cause,), False, rate.component)
    rate = facts.failure_rate("cloud-zone")
    causes = (Cause("outage", rate.mttf, rate.mttr),)
    needed = zones if required is None else required
    return Component("zone", needed, zones, causes, False, rate.component)


def cost_lines(stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the network costs by the hour: the gateway through which private nodes reach out.

    Arguments:
        stack: that it belongs to.
        facts: the catalog.
    """
    if provider_of(stack).owned:
        return ()
    billed = Billed("nat", "nat-gateway", "USD/h")
    return (billed_line("network", "NAT gateway", 1, "gateway", billed, stack, facts),)
