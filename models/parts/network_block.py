"""How the network fails that all nodes share: switches on premises, zones of a cloud."""

from models.description.stack import Stack
from models.parts.block_names import ZONE
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.place import provider_of


def component(stack: Stack, facts: Facts) -> Component:
    """How the network fails where all stands together: switches on premises, a zone of a cloud.

    Arguments:
        stack: that it belongs to.
        facts: the catalog.
    """
    if provider_of(stack).owned:
        rate = facts.failure_rate("top-of-rack-switch")
        cause = Cause("failure", rate.mttf, rate.mttr)
        return Component("switches", 1, stack.network.switches, (cause,), False, rate.component)
    return zones_of_a_cloud(ZONE, 1, 1, facts)


def zones_of_a_cloud(name: str, required: int, zones: int, facts: Facts) -> Component:
    """Zones as a block.

    Arguments:
        name: of it.
        required: that must be up.
        zones: there are.
        facts: the catalog.
    """
    rate = facts.failure_rate("cloud-zone")
    causes = (Cause("outage", rate.mttf, rate.mttr),)
    return Component(name, required, zones, causes, False, rate.component)
