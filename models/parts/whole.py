"""All parts of a stack together: everything that can fail, everything that costs."""

from models.description.stack import ObjectStore, Stack
from models.laws.reliability import blocks
from models.parts import building as facility
from models.parts import energy, node_group, store
from models.parts import shared_network as network
from models.parts.billing import cited
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.workloads.training_job import TrainingJob
from models.prediction import CostLine


def components(stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """Everything of a stack that can fail, in series.

    Arguments:
        stack: the description.
        facts: the catalog.
    """
    building = facility.components(stack, facts)
    groups = [
        node_group.component(name, group, stack, facts) for name, group in stack.nodes.items()
    ]
    stores = [
        component
        for name, described in stack.storage.items()
        for component in store.components(name, described, stack, facts)
    ]
    shared = (*building, network.component(stack, facts))
    return (*shared, *groups, *facility.racks(stack, facts), *stores)


def needs(workload: str, stack: Stack, facts: Facts) -> frozenset[str]:
    """Names of the components that a workload needs to be up.

    Arguments:
        workload: its name.
        stack: the description.
        facts: the catalog.
    """
    described = stack.workloads[workload]
    own = {described.nodes, described.dataset.store, described.checkpoint.store}
    others = {name for name in stack.nodes if name not in own} | {
        component.name
        for name, one in stack.storage.items()
        if name not in own
        for component in store.components(name, one, stack, facts)
    }
    return frozenset(
        c.name for c in components(stack, facts) if c.name in own or c.name not in others
    )


def interruption_rate(all_components: tuple[Component, ...], needed: frozenset[str]) -> float:
    """How often a workload is interrupted, 1/s.

    Arguments:
        all_components: of the stack.
        needed: names of those that the workload needs.
    """
    return sum(c.interruption_rate() for c in all_components if c.name in needed)


def unavailability(all_components: tuple[Component, ...]) -> float:
    """Fraction of time in which some component has too few units.

    Arguments:
        all_components: of the stack, independent and in series.
    """
    return blocks.series(c.result().unavailability for c in all_components)


def cost_lines(stack: Stack, jobs: tuple[TrainingJob, ...], facts: Facts) -> tuple[CostLine, ...]:
    """Everything of a stack that costs.

    Arguments:
        stack: the description.
        jobs: its workloads, which are billed for the requests that they make.
        facts: the catalog.
    """
    lines = [
        line
        for name, group in stack.nodes.items()
        for line in node_group.cost_lines(name, group, stack, facts)
    ]
    for name, described in stack.storage.items():
        lines += store.cost_lines(name, described, stack, facts)
    lines += network.cost_lines(stack, facts)
    lines += energy.cost_lines(stack, facts)
    lines += [line for job in jobs for line in _requests(job, stack, facts)]
    return tuple(lines)


def _requests(job: TrainingJob, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """Reads of a bucket are billed by the thousand."""
    name = stack.workloads[job.name].dataset.store
    described = stack.storage[name]
    if not isinstance(described, ObjectStore):
        return ()
    billed_as = facts.storage_service(stack.cloud, described.service).billed_as
    try:
        price = facts.price(
            stack.cloud,
            billed_as,
            f"{described.service}-get",
            str(stack.region),
            unit="USD/1k requests",
        )
    except LookupError as error:
        usd, source = 0.0, f"counted as 0: {error}"
    else:
        usd, source = price.usd, cited(price)
    thousands = job.requests / 1000
    line = CostLine(name, "read requests", thousands, "thousand requests", usd, True, None, source)
    return (line,)
