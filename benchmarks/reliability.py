"""How fast the reliability of systems is worked out, beside other tools, on one core.

python -m benchmarks.reliability [--runs 9]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from repyability import Network, NonRepairableRBD
from surpyval import FixedEventProbability  # type: ignore[attr-defined]

from benchmarks.reliability_cluster import print_cluster
from benchmarks.reliability_simulation import print_simulations
from benchmarks.verdicts import Verdicts
from models.laws.reliability.diagram import Block, Diagram, Graph, KOfN
from models.laws.reliability.diagram_compile import compile_diagram

Call = Callable[[], object]


@dataclass(frozen=True)
class Work:
    """Something that is worked out, the same by RePyability, and how long it may take.

    Arguments:
        name: what is worked out.
        ours: does it; gives the answer.
        peer: does it; gives the answer.
        limit: s.
        peer_limit: what RePyability took where the limit was set, s.
    """

    name: str
    ours: Callable[[], float]
    peer: Callable[[], float]
    limit: float
    peer_limit: float


def mesh() -> Graph:
    """50 nodes that fail, in 10 layers of 5; each is joined to its neighbours in the next layer."""
    width, depth = 5, 10
    edges = [("in", f"0.{i}") for i in range(width)]
    edges += [(f"{depth - 1}.{i}", "out") for i in range(width)]
    edges += [
        (f"{layer}.{i}", f"{layer + 1}.{k}")
        for layer in range(depth - 1)
        for i in range(width)
        for k in range(max(0, i - 1), min(width, i + 2))
    ]
    nodes = {f"{layer}.{i}": f"{layer}.{i}" for layer in range(depth) for i in range(width)}
    return Graph(edges, "in", "out", True, nodes)


def groups() -> tuple[Diagram, dict[str, float]]:
    """200 components: of 10 groups of 20, each of which needs 16, 8 must work."""
    chances = 0.25 - 0.2 * np.random.default_rng(0).random((10, 20))
    names = [[f"{group}.{unit}" for unit in range(20)] for group in range(10)]
    values = {names[i][j]: float(chances[i, j]) for i in range(10) for j in range(20)}
    return KOfN(8, *(KOfN(16, *group) for group in names)), values


def grid(size: int) -> Graph:
    """Nodes in a square, joined to their neighbours by edges that fail, from corner to corner.

    Arguments:
        size: nodes along each side.
    """
    across = [
        (f"{i},{j}", f"{i},{j + 1}", f"a{i},{j}") for i in range(size) for j in range(size - 1)
    ]
    down = [(f"{j},{i}", f"{j + 1},{i}", f"d{j},{i}") for i in range(size) for j in range(size - 1)]
    return Graph(across + down, "0,0", f"{size - 1},{size - 1}")


def mesh_works() -> tuple[Work, Work]:
    """The mesh from its description to its unavailability; and all importances once compiled."""
    graph = mesh()
    values = {name: 0.01 + 0.001 * k for k, (name, _) in enumerate(graph.nodes)}
    edges = [(edge.tail, edge.head) for edge in graph.edges]
    models = {name: FixedEventProbability.from_params(q) for name, q in values.items()}
    structure, peer = compile_diagram(graph), NonRepairableRBD(edges, models)
    return (
        Work(
            "mesh of 50, unavailability, cold",
            lambda: float(compile_diagram(graph).unavailability(values)),
            lambda: float(NonRepairableRBD(edges, models).ff()),
            4e-3,
            8.1e-3,
        ),
        Work(
            "mesh of 50, all Birnbaum importances, warm",
            lambda: sum(map(float, structure.birnbaum(values).values())),
            lambda: sum(peer.birnbaum_importance().values()),
            1e-3,
            4.7e-3,
        ),
    )


def group_works() -> tuple[Work, Work]:
    """200 components in k-of-n groups, from their description and once compiled."""
    diagram, values = groups()
    names = [[f"{i}.{j}" for j in range(20)] for i in range(10)]
    edges = [("in", unit) for group in names for unit in group]
    edges += [(unit, f"vote {i}") for i, group in enumerate(names) for unit in group]
    edges += [(f"vote {i}", "out") for i in range(10)]
    votes = {f"vote {i}": 16 for i in range(10)} | {"out": 8}
    perfect = {f"vote {i}": FixedEventProbability.from_params(0.0) for i in range(10)}
    models = {name: FixedEventProbability.from_params(q) for name, q in values.items()} | perfect
    structure, peer = compile_diagram(diagram), NonRepairableRBD(edges, models, k=votes)
    return (
        Work(
            "200 of k-of-n groups, cold",
            lambda: float(compile_diagram(diagram).unavailability(values)),
            lambda: float(NonRepairableRBD(edges, models, k=votes).ff()),
            0.5e-3,
            21e-3,
        ),
        Work(
            "200 of k-of-n groups, warm",
            lambda: float(structure.unavailability(values)),
            lambda: float(peer.ff()),
            0.5e-3,
            21e-3,
        ),
    )


def grid_work() -> Work:
    """A grid of 100 nodes and 180 edges, corner to corner, from its description."""
    graph = grid(10)
    values = {edge.part.name: 0.1 for edge in graph.edges if isinstance(edge.part, Block)}
    links: dict[Hashable, tuple[Hashable, Hashable, Any]] = {
        edge.part.name: (edge.tail, edge.head, 0.1)
        for edge in graph.edges
        if isinstance(edge.part, Block)
    }
    return Work(
        "grid of 10 x 10, cold",
        lambda: float(compile_diagram(graph).unavailability(values)),
        lambda: float(Network(links, graph.source, graph.target).ff()),
        0.3,
        1.35,
    )


def time_of(call: Call) -> float:
    """Processor time of a call, s; of several, where one is shorter than clocks tell.

    Arguments:
        call: what is timed.
    """
    calls, began = 0, time.process_time()
    while True:
        call()
        calls += 1
        spent = time.process_time() - began
        if spent >= 0.02:
            return spent / calls


def print_diagrams(runs: int, verdicts: Verdicts) -> None:
    """Print a line for each work: both times, their ratio, and whether the limit is kept.

    Arguments:
        runs: turns that both take.
        verdicts: whether targets are reached.
    """
    print(f"exact answers of block diagrams, processor time: medians of {runs} turns")
    print(
        f"{'work':44} {'RePyability':>12} {'windtunnel':>12} {'ratio':>8}"
        f" {'limit':>9} {'kept':>5} {'ratio asked':>12} {'kept':>5}"
    )
    for work in (*mesh_works(), *group_works(), grid_work()):
        ours, peer = work.ours(), work.peer()
        if not abs(ours - peer) <= 1e-9 * abs(peer):
            raise SystemExit(f"{work.name}: {ours} is not RePyability's {peer}")
        turns = [(time_of(work.ours), time_of(work.peer)) for _ in range(runs)]
        took = statistics.median(mine for mine, _ in turns)
        # Both of a turn met the same noise.
        ratio = statistics.median(other / mine for mine, other in turns)
        asked = work.peer_limit / work.limit
        print(
            f"{work.name:44} {_time(statistics.median(other for _, other in turns)):>12}"
            f" {_time(took):>12} {ratio:>6.1f} x {_time(work.limit):>9}"
            f" {verdicts.of(took <= work.limit):>5} {asked:>10.1f} x"
            f" {verdicts.of(ratio >= asked):>5}",
            flush=True,
        )


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"


def main() -> int:
    """Print everything; gives 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability")
    parser.add_argument("--runs", type=int, default=9, help="turns of each measurement")
    runs, verdicts = parser.parse_args().runs, Verdicts()
    print_diagrams(runs, verdicts)
    print_simulations(runs, verdicts)
    print_cluster(runs, verdicts)
    return int(verdicts.missed > 0)


if __name__ == "__main__":
    sys.exit(main())
