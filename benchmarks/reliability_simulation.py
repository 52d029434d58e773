"""How fast systems that fail and are repaired are simulated, beside RePyability and SimPy.

The mesh has 50 components in 10 layers of 5, each joined to two of the next layer. Each fails once
in 1,000 hours and is repaired in 24, exponential, by a crew of its own: 17 events a component and
year. RePyability runs its fastest engine in one process. The SimPy program is as people write it:
a process a component, and a search through the mesh whenever one changes. The group of disks is
that of Elerath and Pecht (2009): RAID 5 of 8 with latent defects and scrubbing, 10 years.
"""

import random
import statistics
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from benchmarks.verdicts import Verdicts
from models.description.quantities import HOUR
from models.laws.reliability.diagram import Graph, Identical
from models.laws.reliability.lifetimes import Exponential, Weibull
from sim.backends import Backend
from sim.raid.raid_contract import RaidGroup
from sim.raid.raid_groups import simulate_groups
from sim.reliability.rare_failures import RareFailures, rare_failures
from sim.reliability.simulate_system import simulate_system
from sim.reliability.system_contract import System, Unit

YEAR = 8760 * HOUR
WIDTH, DEPTH = 5, 10
MTTF, MTTR = 1000 * HOUR, 24 * HOUR
HISTORIES = 1000
SIMPY_HISTORIES = 50
GROUPS = 100_000
LIMIT = 0.060  # s for all histories
RATE = 128_000  # groups/s
RARE_LIMIT = 5.0  # s
ALONE = Backend(workers=1)

Edges = list[tuple[str, str]]


def mesh() -> tuple[Edges, list[str]]:
    """The edges of the mesh, from "in" to "out", and its components."""
    nodes = [f"{layer}-{k}" for layer in range(DEPTH) for k in range(WIDTH)]
    edges = [("in", f"0-{k}") for k in range(WIDTH)]
    edges += [(f"{DEPTH - 1}-{k}", "out") for k in range(WIDTH)]
    for layer in range(DEPTH - 1):
        for k in range(WIDTH):
            edges += [(f"{layer}-{k}", f"{layer + 1}-{to}") for to in (k, k + 1) if to < WIDTH]
    return edges, nodes


def windtunnel_mesh() -> Callable[[], float]:
    """A function that simulates the mesh here and gives the unavailability."""
    edges, nodes = mesh()
    diagram = Graph(edges, "in", "out", directed=True, nodes={node: node for node in nodes})
    unit = Unit(Exponential(1 / MTTF), Exponential(1 / MTTR))
    system = System(diagram, dict.fromkeys(nodes, unit))
    generator = np.random.default_rng(1)

    def run() -> float:
        answer = simulate_system(system, YEAR, generator, HISTORIES, backend=ALONE)
        return answer.unavailability.mean

    return run


def repyability_mesh() -> Callable[[], float]:
    """The same in RePyability."""
    import surpyval
    from repyability import RepairableRBD

    edges, nodes = mesh()
    law: Any = surpyval
    components = {
        node: {
            "reliability": law.Exponential.from_params([HOUR / MTTF]),
            "repairability": law.Exponential.from_params([HOUR / MTTR]),
        }
        for node in nodes
    }
    diagram: Any = RepairableRBD(edges, components)

    def run() -> float:
        answer = diagram.availability(YEAR / HOUR, mc_samples=HISTORIES, seed=1, n_jobs=1)
        return 1 - float(answer.mean_availability_interval().estimate)

    return run


class SimPyMesh:
    """A small SimPy program as people write it."""

    def __init__(self) -> None:
        edges, nodes = mesh()
        self.after: dict[str, list[str]] = {}
        for tail, head in edges:
            self.after.setdefault(tail, []).append(head)
        self.working = dict.fromkeys((*nodes, "in", "out"), True)
        self.env = simpy.Environment()
        self.works = True
        self.downtime = self.down_since = 0.0
        for node in nodes:
            self.env.process(self.live(node))

    def live(self, node: str) -> Generator[simpy.Event, Any, None]:
        """A component fails and is repaired for ever."""
        while True:
            yield self.env.timeout(random.expovariate(1 / MTTF))
            self.working[node] = False
            self.look()
            yield self.env.timeout(random.expovariate(1 / MTTR))
            self.working[node] = True
            self.look()

    def look(self) -> None:
        """Whether working components still join both ends."""
        works = self.joined()
        if self.works and not works:
            self.down_since = self.env.now
        elif works and not self.works:
            self.downtime += self.env.now - self.down_since
        self.works = works

    def joined(self) -> bool:
        """A path of working components leads from one end to the other."""
        seen, waiting = {"in"}, ["in"]
        while waiting:
            node = waiting.pop()
            if node == "out":
                return True
            for to in self.after[node]:
                if self.working[to] and to not in seen:
                    seen.add(to)
                    waiting.append(to)
        return False


def simpy_mesh() -> float:
    """Unavailability by the SimPy program, from fewer histories."""
    random.seed(1)
    downtime = 0.0
    for _ in range(SIMPY_HISTORIES):
        one = SimPyMesh()
        one.env.run(until=YEAR)
        downtime += one.downtime
    return downtime / YEAR / SIMPY_HISTORIES


def raid_group() -> RaidGroup:
    """RAID 5 of 8 disks with latent defects and scrubbing."""
    return RaidGroup(
        8,
        1,
        Weibull(1.12, 461_386 * HOUR),
        Weibull(2.0, 12 * HOUR, 6 * HOUR),
        Exponential(1.08e-4 / HOUR),
        Weibull(3.0, 168 * HOUR, 6 * HOUR),
    )


def print_simulations(runs: int, verdicts: Verdicts) -> None:
    """Print the figures of this file.

    Arguments:
        runs: repetitions, of which the median counts.
        verdicts: whether targets are reached.
    """
    print_mesh(runs, verdicts)
    print_raid(runs, verdicts)
    print_rare(runs, verdicts)


def print_mesh(runs: int, verdicts: Verdicts) -> None:
    """Print how long the histories of the mesh take, beside the other tools.

    Arguments:
        runs: repetitions, of which the median counts.
        verdicts: whether targets are reached.
    """
    tools = {"windtunnel": windtunnel_mesh(), "RePyability": repyability_mesh()}
    for run in tools.values():
        run()  # what is compiled and loaded only once
    times: dict[str, list[float]] = {name: [] for name in (*tools, "SimPy")}
    for _ in range(runs):
        for name, run in tools.items():
            times[name].append(_time_of(run))
        times["SimPy"].append(_time_of(simpy_mesh) * HISTORIES / SIMPY_HISTORIES)
    took = statistics.median(times["windtunnel"])
    print(f"availability of a mesh of 50 components, a year, {HISTORIES:,} histories")
    print(
        f"{'windtunnel':46} {took * 1e3:8.1f} ms, limit {LIMIT * 1e3:g} ms"
        f"  {verdicts.of(took <= LIMIT)}"
    )
    for name in ("RePyability", "SimPy"):
        pairs = zip(times[name], times["windtunnel"], strict=True)
        ratio = statistics.median(other / ours for other, ours in pairs)
        print(f"{name:46} {statistics.median(times[name]) * 1e3:8.0f} ms, {ratio:,.0f} x as long")


def print_raid(runs: int, verdicts: Verdicts) -> None:
    """Print how many groups of disks are simulated a second.

    Arguments:
        runs: repetitions, of which the median counts.
        verdicts: whether targets are reached.
    """
    group, mission = raid_group(), 10 * YEAR
    generator = np.random.default_rng(1)
    simulate_groups(group, mission, 2, generator, backend=ALONE)
    took = statistics.median(
        _time_of(lambda: simulate_groups(group, mission, GROUPS, generator, backend=ALONE))
        for _ in range(runs)
    )
    rate = GROUPS / took
    print(
        f"{'RAID 5 of 8, defects and scrubbing, 10 years':46} {rate:8,.0f} groups/s,"
        f" limit {RATE:,}  {verdicts.of(rate >= RATE)}"
    )


def print_rare(runs: int, verdicts: Verdicts) -> None:
    """Print how long an unavailability of 1e-9 takes to 10 %.

    Arguments:
        runs: repetitions, of which the median counts.
        verdicts: whether targets are reached.
    """
    unit = Unit(Exponential(1 / MTTF), Exponential(1 / HOUR))
    system = System(Identical(1, 3, "unit"), {"unit": unit})
    generator = np.random.default_rng(1)
    answers: list[RareFailures] = [rare_failures(system, generator)]
    took = statistics.median(
        _time_of(lambda: answers.append(rare_failures(system, generator))) for _ in range(runs)
    )
    found, exact = answers[-1].unavailability, (1 / 1001) ** 3
    print(
        f"{'unavailability of 1e-9 to 10 %':46} {took * 1e3:8.1f} ms, limit"
        f" {RARE_LIMIT * 1e3:g} ms  {verdicts.of(took <= RARE_LIMIT)}"
    )
    print(f"{'':46} {found.low:.3e} to {found.high:.3e}, exact {exact:.3e}")


def _time_of(run: Callable[[], Any]) -> float:
    """Processor time, s."""
    began = time.process_time()
    run()
    return time.process_time() - began
