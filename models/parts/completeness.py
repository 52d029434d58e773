"""Stacks whose units fail too often for any run to come to its end, found without a simulation."""

import math
from collections.abc import Iterator

from models.description.quantities import YEAR
from models.description.stack import Stack
from models.laws.reliability.blocks import unavailability
from models.parts.failure import Component
from models.parts.solve import SolvedStack
from models.reading.faults import Fault, PathInFile

MOST_FAILURES = 300_000  # of all units in one replication; beyond these a simulation gives up
_SURELY = 1.1  # times as many are expected: their deviation is a five-hundredth of them
_BEYOND = 1000.0  # times as long as a simulation goes on
_MOSTLY = 0.5  # units that are away on average
_LIKELY = 0.01  # probability of an interruption that counts


def never_complete(solved: SolvedStack) -> Iterator[Fault]:
    """A fault for each group that keeps runs from ever coming to their end.

    Arguments:
        solved: the stack.

    Source: renewal theory: a unit fails once in mttf + mttr; of a block that is down for U of the
        time and goes down f times a second, a down time lasts U/f (Trivedi 2002, section 8.2).
    """
    components, stack = solved.components, solved.stack
    failures = {component.name: _failures(component) for component in components}
    total = math.fsum(failures.values())
    if total * YEAR > _SURELY * MOST_FAILURES:
        worst = max(components, key=lambda component: failures[component.name])
        yield Fault(
            _path(worst.name, stack),
            f"units fail {total * YEAR:,.0f} times a year, {failures[worst.name] / total:.0%} of"
            f" them of {worst.name}; more than {MOST_FAILURES:,} can't be simulated",
            "it needs fewer of them or a longer mttf",
        )
        return
    # A block that is mostly whole is soon so again.
    rare = [c for c in components if c.required * unavailability(c.mttf, c.mttr) > _MOSTLY]
    endless = [c for c in rare if _waits(c) * total > _BEYOND * MOST_FAILURES]
    if not endless:
        return
    for name, one in solved.workloads.items():
        if one.kind.work is None:
            continue  # nothing interrupts it as a whole
        expected = solved.interruption_rate(name) * one.kind.work(one.answer)
        if -math.expm1(-expected) > _LIKELY:
            yield from (_never_whole(c, name, stack) for c in endless if c.name in one.needs)


def _failures(component: Component) -> float:
    """How often units of a block fail in the long run, 1/s."""
    if math.isinf(component.mttf):
        return 0.0
    return component.units / (component.mttf + component.mttr)


def _waits(component: Component) -> float:
    """How long a block that is down stays so, s."""
    away = component.result().unavailability
    if away <= 0 or math.isinf(component.mttf):
        return 0.0
    frequency = component.failure_frequency()
    return away / frequency if frequency > 0 else math.inf


def _never_whole(component: Component, workload: str, stack: Stack) -> Fault:
    each = unavailability(component.mttf, component.mttr)
    wait = _waits(component) / YEAR
    years = f"{wait:,.0f} years" if wait < 1e6 else "more than a million years"
    return Fault(
        _path(component.name, stack),
        f"has {component.units:,} units, each of them away for {each:.2g} of the time, and"
        f" '{workload}' needs {component.required:,} at once: it would wait {years} for them",
        "it needs fewer of them, more spares, a longer mttf or a shorter mttr",
    )


def _path(name: str, stack: Stack) -> PathInFile:
    for key, parts in (("nodes", stack.nodes), ("storage", stack.storage)):
        if name in parts:
            return (key, name)
    return ()
