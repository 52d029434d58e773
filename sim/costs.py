"""What a run costs in every replication, and what the stack costs by the hour."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from models.catalog.providers import service_of
from models.catalog.records import Price
from models.description.quantities import HOUR, MONTH
from models.description.stack import NodeGroup, Stack
from models.parts import node_group
from models.parts.facts import Facts
from models.parts.shared_nodes import shares_of_nodes
from models.parts.solve import SolvedStack
from models.parts.whole_start import always_paid
from models.prediction import CostLine, CostPrediction
from sim.experiment import distribution, streams
from sim.simulated_workload import Floats, Simulated

_UNCERTAIN_STREAM = 10_001  # key of the stream of what is not known for sure of a bill
_PRICE_STREAM = 10_000  # key of the streams of prices, beyond the number of any workload


@dataclass(frozen=True)
class RunCosts:
    """USD of one run in every replication.

    Arguments:
        held: how long everything is held, s.
        of: what that is.
        total: of all lines.
        by_line: of each line of the bill.
        by_workload: of the nodes of each workload, by its name.
        node_hours: that nodes of each group are billed, h, by its name.
    """

    held: Floats
    of: Literal["the run", "a month"]
    total: Floats
    by_line: list[Floats]
    by_workload: dict[str, Floats]
    node_hours: dict[str, Floats]


def run_costs(
    solved: SolvedStack,
    simulated: Mapping[str, Simulated],
    completion: Mapping[str, Floats],
    seed: int,
) -> RunCosts:
    """Bill every replication: everything is held until the last workload is complete.

    A stack of which nothing is ever complete is billed for a month.

    Arguments:
        solved: the stack.
        simulated: its workloads, by name.
        completion: when each is complete that ever is, s, by name and replication.
        seed: of the simulation, for prices that move.
    """
    stack = solved.stack
    count = len(next(iter(simulated.values())).available)
    held = np.maximum.reduce(list(completion.values())) if completion else np.full(count, MONTH)
    node_costs: dict[str, Floats] = {}
    node_hours: dict[str, Floats] = {}
    by_workload = {name: np.zeros(count) for name in simulated}
    for position, (name, group) in enumerate(stack.nodes.items()):
        prices = price_draws(group, stack, solved.site.facts, seed, position, count)
        hours, busy = _billed_hours(name, solved, simulated, completion, held)
        node_costs[name], node_hours[name] = hours * prices, hours
        for workload, own in busy.items():
            by_workload[workload] = by_workload[workload] + own * prices
    drawn = uncertain_draws(seed, count)
    by_line = [
        cost_of_line(line, held, drawn) if line.node_group is None else node_costs[line.node_group]
        for line in solved.cost_lines
    ]
    total = np.sum(by_line, axis=0) if by_line else np.zeros(count)
    of: Literal["the run", "a month"] = "the run" if completion else "a month"
    return RunCosts(held, of, total, by_line, by_workload, node_hours)


@lru_cache(maxsize=64)
def uncertain_draws(seed: int, count: int) -> Floats:
    """How dear what is uncertain of a bill is in every replication: all of it in the same ones.

    Arguments:
        seed: of the simulation.
        count: replications.
    """
    (random,) = streams(seed, _UNCERTAIN_STREAM, count=1)
    drawn = random.random(count)
    drawn.flags.writeable = False
    return drawn


def cost_of_line(line: CostLine, held: Floats, drawn: Floats) -> Floats:
    """USD in every replication of a line of the bill that is no node's.

    Arguments:
        line: of the bill.
        held: how long everything is held, s, one a replication.
        drawn: of what is uncertain, 0 to 1, one a replication.
    """
    cost = np.full(len(held), line.least) if line.per_run else line.least_hourly * held / HOUR
    return cost if line.low == line.high else cost * _triangular(drawn, line.low, line.high)


def _triangular(drawn: Floats, low: float, high: float) -> Floats:
    """Quantiles of the triangular distribution with its mode at 1."""
    below = (1 - low) / (high - low)
    return np.where(
        drawn < below,
        low + np.sqrt(drawn * (high - low) * (1 - low)),
        high - np.sqrt((1 - drawn) * (high - low) * (high - 1)),
    )


def _billed_hours(
    group: str,
    solved: SolvedStack,
    simulated: Mapping[str, Simulated],
    completion: Mapping[str, Floats],
    held: Floats,
) -> tuple[Floats, dict[str, Floats]]:
    """Node-hours of a group as long as it is held, and of each of its workloads.

    A cloud bills on-demand and spot nodes that are up; nodes that are reserved, be it only so that
    all of them start, and those on premises are paid for all the time. Between workloads, all
    nodes are held.
    """
    described = solved.stack.nodes[group]
    units = described.count + described.spares
    always = always_paid(solved.stack, group)
    idle, busy = held, {}
    for name, share in shares_of_nodes(group, solved.workloads, solved.site).items():
        one = simulated[name]
        duration, worked = one.duration, one.worked[group]
        if duration is None:
            # What never ends is there from the end of what it waits for on, and says what it works
            # in a month.
            before = [completion[earlier] for earlier in solved.workloads[name].described.after]
            duration = held - np.maximum.reduce(before) if before else held
            worked = worked * duration / MONTH
        busy[name] = share * (units * duration if always else worked) / HOUR
        idle = idle - share * duration
    if service_of(solved.stack.cloud, str(described.instance)) is not None:
        idle = np.zeros(len(held))  # the service starts them for its job, and ends them with it
    return np.sum([units * idle / HOUR, *busy.values()], axis=0), busy


def price_draws(
    group: NodeGroup, stack: Stack, facts: Facts, seed: int, position: int, count: int
) -> Floats:
    """Price of one node in every replication: a spot price moves between its low and its high.

    Arguments:
        group: the node group.
        stack: that it belongs to.
        facts: the catalog.
        seed: of the simulation.
        position: of the group in the stack.
        count: replications.
    """
    price = node_group.hourly_price(group, stack, facts)
    if price is None:  # not known: the bill is the least, and says so
        return np.zeros(count)
    if not isinstance(price, Price):
        return np.full(count, price)
    if price.low == price.high:
        return np.full(count, price.usd)
    (random,) = streams(seed, _PRICE_STREAM, position, count=1)
    return random.triangular(price.low, price.usd, price.high, count)


def cost_prediction(solved: SolvedStack, costs: RunCosts) -> CostPrediction:
    """What the stack costs by the hour, the month and the run.

    Arguments:
        solved: the stack.
        costs: of one run in every replication.
    """
    lines = solved.cost_lines
    hourly = math.fsum(line.least_hourly for line in lines)
    bought = {name: group.purchase == "spot" for name, group in solved.stack.nodes.items()}
    spot = any(bought.values())
    # Where some nodes are spot, these alone are bought another way, so that all are on demand.
    changed = [line for line in lines if line.alternative is not None]
    if spot:
        changed = [
            line for line in lines if line.volumes_of is None and bought.get(line.node_group or "")
        ]
    other = None
    if changed and all(line.alternative is not None for line in changed):
        other = hourly + math.fsum(
            float(line.alternative or 0) - line.least_hourly for line in changed
        )
    stack, facts = solved.stack, solved.site.facts
    even = [node_group.break_even(name, group, stack, facts) for name, group in stack.nodes.items()]
    return CostPrediction(
        lines=lines,
        hourly=hourly,
        monthly=hourly * MONTH / HOUR,
        of=costs.of,
        run=distribution(costs.total.tolist()),
        run_lines=tuple(
            float(np.mean(values)) if line.priced else None
            for line, values in zip(lines, costs.by_line, strict=True)
        ),
        alternative_hourly=other,
        alternative="on-demand" if spot else "spot",
        break_even=tuple(found for found in even if found is not None),
    )
