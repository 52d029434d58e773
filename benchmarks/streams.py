"""How fast streams are simulated, beside SimPy, and how far the laws are from what is simulated.

python -m benchmarks.streams [--events 10000000] [--runs 3]
"""

import argparse
import math
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.verdicts import Verdicts
from models.catalog.load import load_catalog
from models.laws.streaming.keys import zipf_shares
from models.parts.read_stack import read_stack
from models.queueing.distributions import AnyDistribution, Deterministic, exponential
from sim.backends import Backend, run_all
from sim.predict import predict
from sim.streaming.kernel.compiled_stream import SIMULATE
from sim.streaming.stream_contract import (
    EventGraph,
    EventSource,
    EventStage,
    EventWindow,
    Route,
    Span,
    StreamOutcome,
    WindowKind,
    simulator,
)

STACKS = Path(__file__).parents[1] / "stacks"
EXAMPLES = ("kafka-clickstream", "kinesis-sensors")
LIMIT = 5.0  # s for ten million events
PREDICTION = 2.0  # s for a prediction
RATE, KEYS, RUNS = 20_000.0, 100_000, 2  # events/s, keys, and runs beside each other
_SIMPY = 20_000  # events that SimPy is asked for
WINDOWS = {
    "fixed": EventWindow(WindowKind.SLIDING, 10.0, 10.0, 1.0),
    "sliding": EventWindow(WindowKind.SLIDING, 10.0, 5.0, 1.0),
    "session": EventWindow(WindowKind.SESSION, 5.0, 0.0, 1.0),
}


def main() -> None:
    """Print a line for each kind of window and each example; leave with 1 where one is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3, help="counted runs, of which the median")
    arguments = parser.parse_args()
    verdicts = Verdicts()
    if not SIMULATE.is_compiled():
        print("(making the machine code; once on a machine)", file=sys.stderr)
    _simulated("fixed", 1000)
    print(f"{'windows':10} {'events':>12} {'time':>8} {'<= 5 s':>7} {'events/s':>12} {'SimPy':>7}")
    for window in WINDOWS:
        _print(window, arguments.events, arguments.runs, verdicts)
    print()
    print(f"{'example':20} {'warm':>8} {'<= 2 s':>7} {'largest law error of a stage':>30}")
    for name in EXAMPLES:
        _predicted(name, arguments.runs, verdicts)
    sys.exit(verdicts.missed > 0)


def graph(window: str, service: AnyDistribution) -> EventGraph:
    """A source, its log of six brokers, an operator with windows by key, and a sink.

    Arguments:
        window: its name.
        service: of the operator.
    """
    shares = zipf_shares(KEYS, 0.9)
    delay = exponential(0.3)
    web = EventSource("web", (math.inf,), (RATE,), shares, 48, None, delay, 0)
    log = Deterministic.model_construct(value=10e-6)
    return EventGraph(
        (web,),
        (
            EventStage("log", 6, Route.BY_PARTITION, log, (1,)),
            EventStage(
                "gather", 24, Route.BY_KEY, service, (2,), reads=True, window=WINDOWS[window]
            ),
            EventStage("sink", 4, Route.IN_TURN, exponential(50e-6), ()),
        ),
    )


def _simulated(window: str, events: int) -> list[StreamOutcome]:
    span = Span(events / RUNS / RATE)
    seeds = [np.random.SeedSequence(1, spawn_key=(run,)) for run in range(RUNS)]
    run = partial(simulator("compiled"), graph(window, exponential(0.5e-3)), span)
    return run_all(run, seeds, Backend("threads"))


def _print(window: str, events: int, runs: int, verdicts: Verdicts) -> None:
    times, count = [], 0
    for _ in range(runs):
        begin = time.perf_counter()
        count = sum(sum(one.sent) for one in _simulated(window, events))
        times.append(time.perf_counter() - begin)
    took = statistics.median(times)
    begin = time.perf_counter()
    simpy = simulator("simpy")(
        graph(window, exponential(0.5e-3)), Span(_SIMPY / RATE), np.random.SeedSequence(1)
    )
    slow = (time.perf_counter() - begin) / sum(simpy.sent)
    verdict = verdicts.of(took <= LIMIT)
    print(
        f"{window:10} {count:12,} {took:6.2f} s {verdict:>7} {count / took:12,.0f}"
        f" {slow * count / took:6.0f}x"
    )


def _predicted(name: str, runs: int, verdicts: Verdicts) -> None:
    catalog = load_catalog()
    times, worst = [], 0.0
    for _ in range(runs + 1):  # the first one warms up
        begin = time.perf_counter()
        prediction = predict(read_stack(STACKS / f"{name}.yaml", catalog), catalog)
        times.append(time.perf_counter() - begin)
        [stream] = prediction.workloads
        worst = max(
            abs(stage.response.mean / stage.law_response - 1)
            for stage in stream.stages  # type: ignore[attr-defined]
            if stage.response is not None and stage.law_response
        )
    took = statistics.median(times[1:])
    print(f"{name:20} {took:6.2f} s {verdicts.of(took <= PREDICTION):>7} {worst:29.1%}")


if __name__ == "__main__":
    main()
