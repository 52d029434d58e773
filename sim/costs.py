"""What a run costs in every replication, and what the stack costs by the hour."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.catalog.records import Price
from models.parts import node_group
from models.parts.facts import Facts
from models.prediction import CostLine, CostPrediction
from models.quantities import HOUR, MONTH
from models.stack import NodeGroup, Stack
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
    """Bill every replication: nodes while their workload runs, all else until the last is complete.

    Arguments:
        stack: the description.
        simulated: its workloads.
        completion: when each is complete, s, by name and replication.
        lines: of the bill.
        facts: the catalog.
        seed: of the simulation, for prices that move.
    """
    end = np.maximum.reduce(list(completion.values()))
    node_hours = {name: np.zeros(len(end)) for name in stack.nodes}
    by_workload = []
    prices = {
        name: _price_draws(group, stack, facts, seed, position, len(end))
        for position, (name, group) in enumerate(stack.nodes.items())
    }
    for one in simulated:
        group = stack.workloads[one.job.name].nodes
        hours = _billed_hours(one, group, stack)
        node_hours[group] = node_hours[group] + hours
        by_workload.append(hours * prices[group])
    by_line = []
    for line in lines:
        if line.unit == "nodes":
            by_line.append(node_hours[line.resource] * prices[line.resource])
        elif line.per_run:
            by_line.append(np.full(len(end), line.quantity * line.unit_price))
        else:
            by_line.append(line.hourly * end / HOUR)
    total = np.sum(by_line, axis=0) if by_line else np.zeros(len(end))
    return RunCosts(total, by_line, by_workload)


def _billed_hours(one: SimulatedWorkload, group: str, stack: Stack) -> np.ndarray:
    """Node-hours of a workload: a cloud bills nodes that are up, on premises all are paid for."""
    described = stack.nodes[group]
    if stack.cloud == "on-premises":
        units = described.count + described.spares
        return np.array([units * year.time_to_train / HOUR for year in one.years])
    position = list(stack.nodes).index(group)
    return np.array([year.unit_time[position] / HOUR for year in one.years])


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
