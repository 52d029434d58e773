"""Stacks whose units fail too often for any run to come to its end, found without a simulation."""

import math
from collections.abc import Iterator, Sequence

from models.description.quantities import YEAR, format_duration, format_percent
from models.description.stack import Stack
from models.laws.reliability.blocks import unavailability
from models.parts.enough_spares import NEARLY_ALWAYS, enough_spares
from models.parts.failure import Component
from models.parts.solve import SolvedStack
from models.prediction import Finding
from models.reading.faults import Fault, PathInFile

MOST_FAILURES = 300_000  # of all units in one replication; beyond these a simulation gives up
MOST_INTERRUPTIONS = 100_000  # of a run in one replication; likewise
_SURELY = 1.1  # times as many are expected: their deviation is a five-hundredth of them
_DEVIATIONS = 3.0  # standard deviations of the sum of waits, which are exponential
_MOSTLY = 0.5  # units that are away on average
_LIKELY = 0.01  # probability that counts: among a thousand replications some give up
_SELDOM = 0.9  # share of time: a group that is complete no longer than this is told of


def never_complete(solved: SolvedStack) -> Iterator[Fault]:
    """A fault for each group that keeps runs from ever coming to their end, at typical rates.

    Arguments:
        solved: the stack.

    Source: renewal theory: a unit fails once in mttf + mttr; of a block that is down for U of the
        time and goes down f times a second, a down time lasts U/f (Trivedi 2002, section 8.2).
    """
    components, stack = tuple(one.typical() for one in solved.components), solved.stack
    failures = {component.name: component.failures() for component in components}
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
    for name, one in solved.workloads.items():
        if one.kind.work is None:
            continue  # nothing interrupts it as a whole
        needed = [component for component in components if component.name in one.needs]
        work, rate = one.kind.work(one.answer), solved.interruption_rate(name)
        interrupted = -math.expm1(-rate * work)
        # A block that is mostly whole is soon so again.
        rare = [c for c in needed if c.required * unavailability(c.mttf, c.mttr) > _MOSTLY]
        endless = [c for c in rare if interrupted * _gives_up(_waits(c) * total) > _LIKELY]
        if endless:
            yield from (_never_whole(c, name, solved) for c in endless)
        else:
            yield from _never_done(name, work, rate, total, needed, solved)


def seldom_complete(solved: SolvedStack) -> Iterator[Finding]:
    """A warning for each group that a run needs whole and that seldom is.

    Arguments:
        solved: the stack.
    """
    for name, one in solved.workloads.items():
        if one.kind.work is None:
            continue
        groups = one.kind.groups(one.described)
        for component in (part for part in solved.components if part.name in groups):
            up = 1 - component.result().unavailability
            if up < _SELDOM:
                text = (
                    f"'{name}' needs {component.required:,} of {component.units:,} nodes at once,"
                    f" which are up together {format_percent(up)} of the time"
                )
                place = f"nodes.{component.name}"
                yield Finding("warning", place, f"{text}; {_advice(component)}")


def _named(name: str, solved: SolvedStack) -> Component:
    return next(one for one in solved.components if one.name == name)


def _advice(component: Component) -> str:
    """What makes a group complete."""
    spares = enough_spares(component)
    if spares is None or component.required + spares <= component.units:
        return "it needs fewer of them, a longer mttf or a shorter mttr"
    share = format_percent(NEARLY_ALWAYS, 0)
    return f"it needs more spares: with {spares:,}, enough are up {share} of the time"


def _never_done(
    name: str,
    work: float,
    rate: float,
    failures: float,
    needed: Sequence[Component],
    solved: SolvedStack,
) -> Iterator[Fault]:
    """A fault for a run with more interruptions, or more failures on its way, than bearable.

    Arguments:
        name: of the workload.
        work: productive time, s.
        rate: of interruptions, 1/s.
        failures: of all units, 1/s.
        needed: by the run, all of them at once.
        solved: the stack.
    """
    interruptions = rate * work
    up = math.exp(math.fsum(math.log1p(-_away(component)) for component in needed))
    fail = failures * work / up if up > 0 else math.inf
    surely = fail * (1 - _DEVIATIONS / math.sqrt(max(1.0, interruptions)))
    hint = "it needs less work or a longer mttf"
    if interruptions > _SURELY * MOST_INTERRUPTIONS:
        what = (
            f"would be interrupted {interruptions:,.0f} times, {MOST_INTERRUPTIONS:,} at the most"
        )
    elif surely > MOST_FAILURES:
        what = (
            f"would see {fail:,.0f} failures of units before its end, {MOST_FAILURES:,} at the most"
        )
        worst = max(needed, key=_away)
        if worst.name in solved.stack.nodes and _away(worst) > 1 - NEARLY_ALWAYS:
            hint = (
                f"{worst.required:,} of {worst.units:,} {worst.name} are up together"
                f" {format_percent(1 - _away(worst))} of the time, since each"
                f" {_comes_and_goes(worst)}; {_advice(_named(worst.name, solved))}"
            )
    else:
        return
    yield Fault(
        ("workloads", name),
        f"has {format_duration(work)} of work, {what} can be simulated",
        hint,
    )


def _comes_and_goes(component: Component) -> str:
    """How long one unit is up and away, in words."""
    up, away = format_duration(component.mttf), format_duration(component.mttr)
    return f"is up for {up} and then away for {away} on average"


def _away(component: Component) -> float:
    """Share of the time that a block is down, below 1."""
    return min(component.result().unavailability, 1 - 1e-16)


def _gives_up(failures: float) -> float:
    """Probability that more units fail in a wait than a simulation bears.

    Arguments:
        failures: in a mean wait; waits for a rare event are exponential.
    """
    return math.exp(-MOST_FAILURES / failures) if failures > 0 else 0.0


def _waits(component: Component) -> float:
    """How long a block that is down stays so, s."""
    away = component.result().unavailability
    if away <= 0 or math.isinf(component.mttf):
        return 0.0
    frequency = component.failure_frequency()
    return away / frequency if frequency > 0 else math.inf


def _never_whole(component: Component, workload: str, solved: SolvedStack) -> Fault:
    wait = _waits(component) / YEAR
    years = f"{wait:,.0f} years" if wait < 1e6 else "more than a million years"
    return Fault(
        _path(component.name, solved.stack),
        f"has {component.units:,} units, of which each {_comes_and_goes(component)}, and"
        f" '{workload}' needs {component.required:,} at once: it would wait {years} for them",
        _advice(_named(component.name, solved)),
    )


def _path(name: str, stack: Stack) -> PathInFile:
    for key, parts in (("nodes", stack.nodes), ("storage", stack.storage)):
        if name in parts:
            return (key, name)
    return ()
