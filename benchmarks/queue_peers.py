"""Five stations with feedback beside a loop in C, Ciw and LINE, in one run on one core."""

import importlib.util
import math
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.line import line_engine, line_rate
from benchmarks.verdicts import Verdicts
from models.queueing.network import Network, Poisson, Split
from models.queueing.traffic import traffic

LOOP = Path(__file__).parent / "queue_loop.c"
_OPTIONS = ("-O3", "-march=native", "-o")
_CUSTOMERS = 3_000_000  # that the loop in C simulates
_CIW_CUSTOMERS = 3_000
LEAST = 4e6  # customers/s, or
MOST_TIMES_C = 2.0  # times as long as the loop in C takes


def compiled_loop(folder: Path) -> Path | None:
    """The loop in C as a program; None where there is no compiler.

    Arguments:
        folder: that it is written to.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    program = folder / "queue_loop"
    subprocess.run([compiler, *_OPTIONS, str(program), str(LOOP), "-lm"], check=True)
    return program


def loop_in_c(program: Path, network: Network, customers: int) -> tuple[float, float]:
    """Customers in a second of processor time by the loop in C, and their mean time, s.

    Arguments:
        program: compiled.
        network: open, of one class, with exponential times and splits.
        customers: that leave.
    """
    arrivals, means, servers, start, routing = _as_matrices(network)
    words: list[object] = [program, len(means), customers, arrivals]
    words += [1 / mean for mean in means]
    words += [*servers, *start, *(share for row in routing for share in row)]
    done = subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True)
    rate, response = map(float, done.stdout.split())
    return rate, response


def _as_matrices(
    network: Network,
) -> tuple[float, list[float], list[int], list[float], list[list[float]]]:
    [(_, jobs)] = network.classes.items()
    assert isinstance(jobs.arrivals, Poisson)
    names = list(network.stations)
    splits = {name: split for name, split in jobs.routing.items() if isinstance(split, Split)}
    return (
        jobs.arrivals.rate,
        [jobs.service[name].moment(1) for name in names],
        [int(network.stations[name].servers or 1) for name in names],
        [splits["start"].to.get(name, 0.0) for name in names],
        [[splits[here].to.get(there, 0.0) for there in names] for here in names],
    )


def ciw_rate(network: Network) -> float:
    """Customers in a second of processor time by Ciw; not a number where it is not installed.

    Arguments:
        network: as of `loop_in_c`.
    """
    if importlib.util.find_spec("ciw") is None:
        return math.nan
    ciw: Any = importlib.import_module("ciw")
    arrivals, means, servers, start, routing = _as_matrices(network)
    made = ciw.create_network(
        arrival_distributions=[
            ciw.dists.Exponential(arrivals * share) if share else None for share in start
        ],
        service_distributions=[ciw.dists.Exponential(1 / mean) for mean in means],
        number_of_servers=servers,
        routing=routing,
    )
    ciw.seed(1)
    simulation = ciw.Simulation(made)
    began = time.process_time()
    simulation.simulate_until_max_time(_CIW_CUSTOMERS / arrivals)
    return _CIW_CUSTOMERS / (time.process_time() - began)


def print_peers(network: Network, ours: Callable[[], float], runs: int, verdicts: Verdicts) -> None:
    """Print the rate of each, in turns, and whether ours is as fast as it should be.

    Arguments:
        network: of five stations.
        ours: customers/s of our event loop, over a window.
        runs: repetitions.
        verdicts: whether targets are reached.
    """
    [trips] = traffic(network).trips.values()
    visits, line = float(trips.sum()), line_engine()
    with tempfile.TemporaryDirectory() as folder:
        program = compiled_loop(Path(folder))
        turns: dict[str, list[float]] = {"ours": [], "C": [], "LINE": [], "Ciw": []}
        for _ in range(runs):
            turns["ours"].append(ours())
            if program is not None:
                turns["C"].append(loop_in_c(program, network, _CUSTOMERS)[0])
            if line is not None:
                turns["LINE"].append(line_rate(line, network) / visits)
            turns["Ciw"].append(ciw_rate(network))
    found = {name: statistics.median(each) if each else math.nan for name, each in turns.items()}
    mine, in_c = found["ours"], found["C"]
    reached = mine >= LEAST or mine * MOST_TIMES_C >= in_c
    print(
        "\nfive stations with feedback, customers in a second of processor, in turns: "
        + ", ".join(f"{name} {_rate(rate)}" for name, rate in found.items())
    )
    if not math.isnan(in_c):
        print(f"a loop in C is {in_c / mine:.2f} times as fast", end="; ")
    print(f"target {_rate(LEAST)}, or C within {MOST_TIMES_C:g} times  {verdicts.of(reached)}")


def _rate(rate: float) -> str:
    return "not installed" if math.isnan(rate) else f"{rate / 1e6:.3g} M"
