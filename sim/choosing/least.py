"""What no simulation of some years can beat: the least time and the least cost of a stack."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType

import numpy as np

from models.description.quantities import HOUR, MONTH
from models.description.stack import NodeGroup
from models.parts.node_failures import component
from models.parts.shared_nodes import shares_of_nodes
from models.parts.solve import SolvedStack
from models.parts.whole_start import always_paid
from models.prediction import CostLine
from sim.choosing.beside import Beside
from sim.costs import cost_of_line, price_draws, uncertain_draws
from sim.predict import simulation, years_worth
from sim.simulated_workload import Floats

# Of the time that a node is held which a run can do without, such as a spare: it is billed while
# it is up. That the mean over hundreds of years is below half of that takes a node which is away
# for half of its life.
_SPARE_TIME = 0.5
_MOSTLY_UP = 0.9
_ROUNDING = 1e-9
_SURE = 7.0  # logarithm of how unlikely the years must be that are below what is said of them


@dataclass(frozen=True)
class Least:
    """The least that a stack takes and costs in the years of a search.

    Arguments:
        completion: of each workload that is ever complete, s, one a replication; from the start.
        held: how long everything is held, s.
        cost: USD of a run, or of a month, one a replication.
        undisturbed: the same of those in which no node is away.
        disturbed: share of the replications in which one may be.
        mean_cost: USD that the mean over all replications is not below.
        monthly: USD of a month of all that is billed by the hour; None where nodes come and go.
        unpriced: what has no known price, and what to give.
        overloaded: workloads that the laws are sure have no steady state.
        answer: 95th percentile of the time of an answer, s; 0 where nothing is known of it.
    """

    completion: Mapping[str, Floats]
    held: Floats
    cost: Floats
    undisturbed: Floats
    disturbed: float
    mean_cost: float
    monthly: float | None
    unpriced: tuple[str, ...]
    overloaded: tuple[str, ...]
    answer: float

    @property
    def time(self) -> Floats:
        """When the last workload is complete, s; 0 where none ever is."""
        return self.held if self.completion else np.zeros(len(self.held))

    def cost_within(self, share: float) -> float:
        """USD that no smaller share of the runs cost at the most.

        Arguments:
            share: of the runs, 0 to 1.
        """
        sure = within(self.cost, share)
        left = share - self.disturbed
        return sure if left <= 0 else max(sure, within(self.undisturbed, left))


def within(values: Sequence[float] | Floats, share: float) -> float:
    """The least limit that a share of values keep to.

    Arguments:
        values: one a replication.
        share: of them, 0 to 1.
    """
    ordered = np.sort(values)
    return float(ordered[max(0, math.ceil(len(ordered) * share - _ROUNDING) - 1)])


@dataclass(frozen=True)
class _Hours:
    """Node-hours of a group that are billed at least.

    Arguments:
        sure: one a replication.
        undisturbed: where none of its nodes is away.
        disturbed: share of the replications in which one may be.
        mean_share: of what is billed undisturbed that is so in the mean over all of them.
    """

    sure: Floats
    undisturbed: Floats
    disturbed: float = 0.0
    mean_share: float = 1.0


def least(
    solved: SolvedStack,
    seed: int,
    replications: int,
    ways: Mapping[str, Sequence[str]] | None = None,
    spares: Mapping[str, int] = MappingProxyType({}),
    others: Beside | None = None,
) -> Least:
    """What no simulation of the stack can beat, in the same years.

    Arguments:
        solved: the stack.
        seed: of the simulation.
        replications: simulated years that are asked for.
        ways: to buy the nodes of each group; then it holds for all of them, and for whatever else
            can't make a run shorter or its nodes cheaper.
        spares: of each group of which their number is open, too, at the most.
        others: what counts of the other lines of the bill then; without it, nothing.
    """
    replications = years_worth(solved, replications)[0]
    times = {
        name: simulation(one).least_time(one, seed, k, replications)
        for k, (name, one) in enumerate(solved.workloads.items())
    }
    ends = [name for name, one in solved.workloads.items() if one.kind.completes(one.described)]
    durations = {name: times[name] for name in ends}
    completion = _completion(solved, durations)
    held = (
        np.maximum.reduce(list(completion.values())) if completion else np.full(replications, MONTH)
    )
    bill = _Bill(solved, seed, replications, durations, held)
    groups = [
        bill.group(position, name, spares, () if ways is None else ways.get(name, ()))
        for position, name in enumerate(solved.stack.nodes)
    ]
    drawn = uncertain_draws(seed, replications)
    lines = () if ways is not None else solved.cost_lines
    unpriced = [
        f"{line.item}: {line.source}"
        for line in solved.cost_lines
        if not line.priced and (ways is None or (others is not None and others.untouched(line)))
    ]
    unpriced += [one for one in groups if isinstance(one, str)]
    costs = [one for one in groups if not isinstance(one, str)]
    rest = np.sum([np.zeros(replications), *(_line(line, held, drawn) for line in lines)], axis=0)
    if ways is not None and others is not None:
        rest = others.least(solved, held, drawn)
    hourly = math.fsum(line.least_hourly for line in solved.cost_lines)
    return Least(
        completion,
        held,
        rest + sum(one.sure for one in costs),
        rest + sum(one.undisturbed for one in costs),
        math.fsum(one.disturbed for one in costs),
        float(rest.mean()) + math.fsum(one.mean for one in costs),
        hourly * MONTH / HOUR if ways is None and ends else None,
        tuple(dict.fromkeys(unpriced)),
        tuple(name for name, one in solved.workloads.items() if one.kind.overloaded(one.answer)),
        0.0 if ends else max(float(one.max()) for one in times.values()),
    )


@dataclass(frozen=True)
class _Cost:
    """USD that a group costs at least.

    Arguments:
        sure: one a replication.
        undisturbed: where none of its nodes is away.
        disturbed: share of the replications in which one may be.
        mean: over all of them.
    """

    sure: Floats
    undisturbed: Floats
    disturbed: float
    mean: float

    def or_else(self, other: "_Cost") -> "_Cost":
        """Of either, whichever is less.

        Arguments:
            other: of the same group, bought in another way.
        """
        return _Cost(
            np.minimum(self.sure, other.sure),
            np.minimum(self.undisturbed, other.undisturbed),
            max(self.disturbed, other.disturbed),
            min(self.mean, other.mean),
        )


def _cost(price: Floats, hours: _Hours) -> _Cost:
    sure, undisturbed = price * hours.sure, price * hours.undisturbed
    mean = max(float(sure.mean()), hours.mean_share * float(undisturbed.mean()))
    return _Cost(sure, undisturbed, hours.disturbed, mean)


@dataclass(frozen=True)
class _Bill:
    """What nodes are billed at least.

    Arguments:
        solved: the stack.
        seed: of the simulation.
        replications: simulated years.
        durations: of workloads that come to their end, at least, s.
        held: how long everything is held, s.
    """

    solved: SolvedStack
    seed: int
    replications: int
    durations: Mapping[str, Floats]
    held: Floats

    def group(
        self, position: int, name: str, most: Mapping[str, int], ways: Sequence[str]
    ) -> _Cost | str:
        """What it costs at least, bought in any of the ways; what to give where none has a price.

        Arguments:
            position: of the group in the stack.
            name: of the group.
            most: spares of each group of which their number is open.
            ways: to buy its nodes; none where it is bought as it is described.
        """
        solved, group = self.solved, self.solved.stack.nodes[name]
        known = []
        for way in ways or (group.purchase,):
            bought = group.model_copy(update={"purchase": way})
            prices = _prices(solved, bought, self.seed, position, self.replications)
            if prices is not None:
                hours = self._hours(name, bought, most.get(name))
                known.append(_cost(prices, hours))
        if not known:
            return f"{group.instance or 'the machine'}: give nodes.{name}.price"
        return reduce(_Cost.or_else, known)

    def _hours(self, name: str, group: NodeGroup, most_spares: int | None) -> _Hours:
        """Of the group as it is bought, with as many spares as it has or with any number."""
        solved, held = self.solved, self.held
        nodes, spares = group.count, group.spares if most_spares is None else 0
        more = {"spares": group.spares if most_spares is None else most_spares}
        unit = component(name, group.model_copy(update=more), solved.stack, solved.site.facts)
        away, often = unit.of_a_unit()
        up = int(away < 1 - _MOSTLY_UP)
        shares = shares_of_nodes(name, solved.workloads, solved.site)
        own = [name for name in shares if name in self.durations]
        as_few = group.model_copy(update={"spares": spares})
        if always_paid(solved.stack, name, as_few) or not shares:
            whole = (nodes + spares) * held / HOUR
            return _Hours(whole, whole)
        sure, undisturbed = np.zeros(len(held)), np.zeros(len(held))
        steady = True
        for workload, share in shares.items():
            one = solved.workloads[workload]
            if workload in self.durations:
                duration = share * self.durations[workload]
                # What is interrupted as a whole has all of its nodes while it advances.
                mine = spares + (0 if one.kind.work is not None else nodes)
                kept = 1.0 if one.kind.kept else _SPARE_TIME * up
                sure = sure + (nodes + spares - mine + kept * mine) * duration
                undisturbed = undisturbed + (nodes + spares) * duration
                steady = steady and one.kind.work is None and not one.described.after
            elif not self.durations:  # else it is there for a part of the time alone
                come_and_go = one.kind.scales(one.described, name)
                there = one.kind.least_share(one.answer, name) if come_and_go else 1.0
                sure = sure + share * (there * nodes + spares) * held
                undisturbed = sure
        if not (own and len(own) == len(shares)):
            return _Hours(sure / HOUR, sure / HOUR)
        failures = unit.units * often * float(held.max())
        disturbed = _at_most(min(1.0, failures), self.replications)
        if not steady or all(solved.workloads[one].kind.kept for one in own):
            return _Hours(sure / HOUR, sure / HOUR, disturbed)
        share = max(0.0, 1 - _at_most(away, self.replications))
        return _Hours(sure / HOUR, undisturbed / HOUR, disturbed, share)


def _at_most(share: float, replications: int) -> float:
    """The mean of so many values from 0 to 1 that have such a mean, whatever chance did.

    Source: Bernstein's inequality, with the largest variance of such values.
    """
    return share + math.sqrt(2 * share * _SURE / replications) + 2 * _SURE / (3 * replications)


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
    bought = [group.model_copy(update={"purchase": way}) for way in ways]
    draws = [_prices(solved, one, seed, position, replications) for one in bought]
    means = [float(one.mean()) for one in draws if one is not None]
    return min(means) * MONTH / HOUR if means else None


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


def _prices(
    solved: SolvedStack, group: NodeGroup, seed: int, position: int, count: int
) -> Floats | None:
    """Price of a node of a group in every replication; None where it is not known."""
    prices = price_draws(group, solved.stack, solved.site.facts, seed, position, count)
    return None if not prices.any() and group.price != 0 else prices


def _line(line: CostLine, held: Floats, drawn: Floats) -> Floats:
    if line.node_group is not None or not line.priced:
        return np.zeros(len(held))
    return cost_of_line(line, held, drawn)
