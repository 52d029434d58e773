"""The network that nodes share: how it fails, what it costs."""

from models.description.stack import Stack
from models.parts.billing import cited
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
    try:
        price = facts.price(
            stack.cloud, "nat", "nat-gateway", str(stack.region), "on_demand", "USD/h"
        )
    except LookupError as error:
        usd, source, priced = 0.0, f"counted as 0: {error}", False
    else:
        usd, source, priced = price.usd, cited(price), True
    line = CostLine("network", "NAT gateway", 1, "gateway", usd, False, None, source, priced=priced)
    return (line,)
