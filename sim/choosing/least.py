"""What no simulation of some years can beat: the least time and the least cost of a stack."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.description.quantities import HOUR, MONTH
from models.description.stack import NodeGroup
from models.parts.place import provider_of
from models.parts.shared_nodes import shares_of_nodes
from models.parts.solve import SolvedStack
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import CostLine
from sim.costs import price_draws
from sim.experiment import streams
from sim.predict import simulation
from sim.simulated_workload import Floats

# Of the time that a node is held which a run can do without, such as a spare: it is billed while
# it is up. That the mean over hundreds of years is below half of that takes a node which is away
# for half of its life.
_SPARE_TIME = 0.5
_MOSTLY_UP = 0.9


@dataclass(frozen=True)
class Least:
    """The least that a stack takes and costs in the years of a search.

    Arguments:
        completion: of each workload that is ever complete, s, one a replication; from the start.
        held: how long everything is held, s.
        cost: USD of a run, or of a month.
        monthly: USD of a month of all that is billed by the hour; None where nodes come and go.
        unpriced: what has no known price, and what to give.
        overloaded: workloads that the laws are sure have no steady state.
        answer: 95th percentile of the time of an answer, s; 0 where nothing is known of it.
    """

    completion: Mapping[str, Floats]
    held: Floats
    cost: Floats
    monthly: float | None
    unpriced: tuple[str, ...]
    overloaded: tuple[str, ...]
    answer: float

    @property
    def time(self) -> Floats:
        """When the last workload is complete, s; 0 where none ever is."""
        return self.held if self.completion else np.zeros(len(self.held))


def least(
    solved: SolvedStack,
    seed: int,
    replications: int,
    ways: Mapping[str, Sequence[str]] | None = None,
    spared: Collection[str] = (),
) -> Least:
    """What no simulation of the stack can beat, in the same years.

    Arguments:
        solved: the stack.
        seed: of the simulation.
        replications: simulated years.
        ways: to buy the nodes of each group; then it holds for all of them, and for whatever else
            can't make a run shorter or its nodes cheaper: other lines of the bill count nothing.
        spared: paths of numbers of spares that are open, too.
    """
    durations = {
        name: _duration(one, k, seed, replications)
        for k, (name, one) in enumerate(solved.workloads.items())
        if one.kind.completes(one.described)
    }
    completion = _completion(solved, durations)
    held = (
        np.maximum.reduce(list(completion.values())) if completion else np.full(replications, MONTH)
    )
    cost = np.zeros(replications)
    lines = () if ways is not None else solved.cost_lines
    unpriced = [f"{line.item}: {line.source}" for line in lines if not line.priced]
    for position, (name, group) in enumerate(solved.stack.nodes.items()):
        spares = 0 if f"nodes.{name}.spares" in spared else group.spares
        hours = _hours(name, solved, durations, held, spares)
        cheapest = None
        for way in ways.get(name, (group.purchase,)) if ways is not None else (group.purchase,):
            prices = _prices(solved, group, way, seed, position, replications)
            if prices is None:
                continue
            if cheapest is None or float(np.mean(hours * prices)) < float(np.mean(cheapest)):
                cheapest = hours * prices
        if cheapest is None:
            what = group.instance or "the machine"
            unpriced.append(f"{what}: give nodes.{name}.price")
        else:
            cost = cost + cheapest
    if ways is None:
        for line in solved.cost_lines:
            cost = cost + _line(line, held)
    ends = bool(completion)
    hourly = math.fsum(line.least_hourly for line in solved.cost_lines)
    known = ways is None and (ends or not any(line.at_most for line in solved.cost_lines))
    return Least(
        completion,
        held,
        cost,
        hourly * MONTH / HOUR if known and ends else None,
        tuple(dict.fromkeys(unpriced)),
        tuple(name for name, one in solved.workloads.items() if one.kind.overloaded(one.answer)),
        0.0 if ends else _fastest(solved, seed),
    )


def _fastest(solved: SolvedStack, seed: int) -> float:
    return max(simulation(one).fastest(one, seed) for one in solved.workloads.values())


def of_a_node(
    solved: SolvedStack,
    group: NodeGroup,
    ways: Sequence[str],
    seed: int,
    position: int,
    replications: int,
) -> float | None:
    """What a node costs at least in a month, USD: in the way of which the mean is least.

    Arguments:
        solved: a stack.
        group: that takes the place of its group.
        ways: to buy its nodes.
        seed: of the simulation.
        position: of the group in the stack.
        replications: simulated years.
    """
    draws = [_prices(solved, group, way, seed, position, replications) for way in ways]
    means = [float(one.mean()) for one in draws if one is not None]
    return min(means) * MONTH / HOUR if means else None


def _duration(one: SolvedWorkload, k: int, seed: int, replications: int) -> Floats:
    uncertainty = one.kind.uncertainty(one.answer)
    base, whole = (one.kind.least_time(one.described, one.answer, factor) for factor in (0.0, 1.0))
    if uncertainty == 0:
        return np.full(replications, whole)
    factors = np.exp(-(uncertainty**2) / 2 + uncertainty * _normals(seed, k, replications))
    return base + (whole - base) * factors * (1 - 1e-12)  # rounding must not lift it


@lru_cache(maxsize=64)
def _normals(seed: int, k: int, replications: int) -> Floats:
    """What each replication of a workload draws first for its factor."""
    return np.array([random.normal() for random in streams(seed, k, count=replications)])


def _completion(solved: SolvedStack, durations: Mapping[str, Floats]) -> dict[str, Floats]:
    found: dict[str, Floats] = {}

    def complete(name: str) -> Floats:
        if name not in found:
            before = [complete(earlier) for earlier in solved.workloads[name].described.after]
            found[name] = (np.maximum.reduce(before) if before else 0.0) + durations[name]
        return found[name]

    for name in durations:
        complete(name)
    return found


def _hours(
    name: str,
    solved: SolvedStack,
    durations: Mapping[str, Floats],
    held: Floats,
    spares: int,
) -> Floats:
    """Node-hours of a group that are billed at least."""
    group = solved.stack.nodes[name]
    if provider_of(solved.stack).owned or group.always_paid:
        return (group.count + spares) * held / HOUR
    up = _up(solved, name)
    hours = np.zeros(len(held))
    shares = shares_of_nodes(name, solved.workloads, solved.site)
    for workload, share in shares.items():
        one = solved.workloads[workload]
        if workload in durations:
            # What is interrupted as a whole has all of its nodes while it advances.
            whole = group.count if one.kind.work is not None else _SPARE_TIME * up * group.count
            hours = hours + share * (whole + _SPARE_TIME * up * spares) * durations[workload]
        elif not durations:  # else it is there for a part of the time alone
            come_and_go = one.kind.scales(one.described, name)
            there = one.kind.least_share(one.answer, name) if come_and_go else 1.0
            hours = hours + share * (there * group.count + spares) * held
    if not shares:
        hours = (group.count + spares) * held
    return hours / HOUR


def _up(solved: SolvedStack, name: str) -> int:
    """1 where a node of the group is mostly up, else 0."""
    component = solved.site.groups[name].component
    return int(component.mttf > _MOSTLY_UP * (component.mttf + component.mttr))


def _prices(
    solved: SolvedStack, group: NodeGroup, way: str, seed: int, position: int, count: int
) -> Floats | None:
    """Price of a node bought in a way in every replication; None where it is not known."""
    facts, stack = solved.site.facts, solved.stack
    bought = group if way == group.purchase else group.model_copy(update={"purchase": way})
    prices = price_draws(bought, stack, facts, seed, position, count)
    return None if not prices.any() and group.price != 0 else prices


def _line(line: CostLine, held: Floats) -> Floats:
    if line.node_group is not None or not line.priced:
        return np.zeros(len(held))
    if line.per_run:
        return np.full(len(held), line.least * line.low)
    return line.least_hourly * line.low * held / HOUR
