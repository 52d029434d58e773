"""What a run costs in every replication, and what the stack costs by the hour."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.catalog.records import Price
from models.description.quantities import HOUR, MONTH
from models.description.stack import NodeGroup, Stack
from models.parts import node_group
from models.parts.facts import Facts
from models.prediction import CostLine, CostPrediction
from sim.experiment import distribution, streams
from sim.workload import SimulatedWorkload

_PRICE_STREAM = 10_000  # key of the streams of prices, beyond the number of any workload


@dataclass(frozen=True)
class RunCosts:
    """USD of one run in every replication.

    Arguments:
        total: of all lines.
        by_line: of each line of the bill.
        by_workload: of the nodes of each workload.
    """

    total: np.ndarray
    by_line: list[np.ndarray]
    by_workload: list[np.ndarray]


def run_costs(
    stack: Stack,
    simulated: Sequence[SimulatedWorkload],
    completion: Mapping[str, np.ndarray],
    lines: Sequence[CostLine],
    facts: Facts,
    seed: int,
) -> RunCosts:
    """Bill every replication: everything is held until the last workload is complete.

    Arguments:
        stack: the description.
        simulated: its workloads.
        completion: when each is complete, s, by name and replication.
        lines: of the bill.
        facts: the catalog.
        seed: of the simulation, for prices that move.
    """
    end = np.maximum.reduce(list(completion.values()))
    node_costs, busy_costs = {}, {}
    for position, (name, group) in enumerate(stack.nodes.items()):
        prices = _price_draws(group, stack, facts, seed, position, len(end))
        held, busy = _billed_hours(name, stack, simulated, end)
        node_costs[name] = held * prices
        busy_costs[name] = iter([hours * prices for hours in busy])
    by_workload = [next(busy_costs[stack.workloads[one.job.name].nodes]) for one in simulated]
    by_line = []
    for line in lines:
        if line.unit == "nodes":
            by_line.append(node_costs[line.resource])
        elif line.per_run:
            by_line.append(np.full(len(end), line.quantity * line.unit_price))
        else:
            by_line.append(line.hourly * end / HOUR)
    total = np.sum(by_line, axis=0) if by_line else np.zeros(len(end))
    return RunCosts(total, by_line, by_workload)


def _billed_hours(
    group: str, stack: Stack, simulated: Sequence[SimulatedWorkload], end: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Node-hours of a group until the end, and of each of its workloads.

    The nodes are held until the last workload of the stack is complete. A cloud bills on-demand
    and spot nodes that are up; reserved nodes and those on premises are paid for all the time.
    """
    described = stack.nodes[group]
    units, position = described.count + described.spares, list(stack.nodes).index(group)
    always = stack.cloud == "on-premises" or described.purchase == "reserved"
    idle, busy = end, []
    for one in simulated:
        if stack.workloads[one.job.name].nodes == group:
            times = np.array([year.time_to_train for year in one.years])
            up = np.array([year.unit_time[position] for year in one.years])
            busy.append((units * times if always else up) / HOUR)
            idle = idle - times
    return np.sum([units * idle / HOUR, *busy], axis=0), busy


def _price_draws(
    group: NodeGroup, stack: Stack, facts: Facts, seed: int, position: int, count: int
) -> np.ndarray:
    """Price of one node in every replication: a spot price moves between its low and its high."""
    price = node_group.hourly_price(group, stack, facts)
    if not isinstance(price, Price):
        return np.full(count, price)
    if price.low == price.high:
        return np.full(count, price.usd)
    (random,) = streams(seed, _PRICE_STREAM, position, count=1)
    return random.triangular(price.low, price.usd, price.high, count)


def cost_prediction(stack: Stack, lines: tuple[CostLine, ...], costs: RunCosts) -> CostPrediction:
    """What the stack costs by the hour, the month and the run.

    Arguments:
        stack: the description.
        lines: of the bill.
        costs: of one run in every replication.
    """
    hourly = math.fsum(line.hourly for line in lines)
    changed = [line for line in lines if line.alternative is not None]
    other = None
    if changed:
        other = hourly + math.fsum(float(line.alternative or 0) - line.hourly for line in changed)
    spot = any(group.purchase == "spot" for group in stack.nodes.values())
    return CostPrediction(
        lines=lines,
        hourly=hourly,
        monthly=hourly * MONTH / HOUR,
        run=distribution(costs.total.tolist()),
        run_lines=tuple(float(np.mean(values)) for values in costs.by_line),
        alternative_hourly=other,
        alternative="on-demand" if spot else "spot",
    )
