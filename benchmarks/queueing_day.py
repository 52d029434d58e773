"""A day of an online service: how long its simulation takes, and whether it holds the law.

python -m benchmarks.queueing_day [--rate 1000]
"""

import argparse
import math
import statistics
import sys
import time

import numpy as np

from benchmarks.verdicts import Verdicts
from models.laws.queueing.markovian import m_m_c
from models.queueing.network import Network
from models.queueing.periods import intervals_of
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.kernel.compiled_run import CompiledRun
from sim.queueing.kernel.queue_engines import compiled_run
from sim.queueing.kernel.recursion import RecursionRun
from sim.queueing.measures import percentiles

DAY = 86_400.0
LIMIT = 10.0  # s of processor time for a day, on one core
SERVICE = 0.1  # s
BUSIEST = 0.9  # of the servers, in the busiest hour
GATEWAY = 0.001  # s that a request spends at the gateway
SPARE = 200  # requests that may wait where there is a limit
KINDS = {  # what only events simulate
    "the same": (),
    "scaling": ("scaling",),
    "scaling and queue limit": ("scaling", "limit"),
    "two priorities": ("priorities",),
    "gateway in front": ("gateway",),
}


def day(mean_rate: float, *features: str) -> Network:
    """Requests whose rate follows the hour, as a sine with its peak at 15 h, and enough servers.

    Arguments:
        mean_rate: /s.
        features: scaling, the number of servers follows the load; limit, of the requests that may
            wait; priorities, half of the requests come first; gateway, all pass one before.
    """
    rates = hourly(mean_rate)
    servers = math.ceil(max(rates) * SERVICE / BUSIEST)
    workers: dict[str, object] = {"servers": servers}
    if "scaling" in features:
        startup = {"distribution": "deterministic", "value": "30 s"}
        scaled = {"target": 0.8, "minimum": servers // 3, "maximum": 2 * servers}
        workers = {"scaling": {**scaled, "startup": startup}}
    if "limit" in features:
        workers["capacity"] = 2 * servers + SPARE
    if "priorities" in features:
        workers["discipline"] = "priority"
    stations: dict[str, object] = {"workers": workers}
    service = {"workers": {"distribution": "exponential", "mean": f"{SERVICE} s"}}
    if "gateway" in features:
        stations = {"gateway": {"servers": "infinite"}, **stations}
        service["gateway"] = {"distribution": "exponential", "mean": f"{GATEWAY} s"}
    names = ("first", "second") if "priorities" in features else ("requests",)
    classes = {}
    for priority, name in enumerate(names):
        intervals = [
            {"start": f"{k} h", "rate": f"{rate / len(names)!r}/s"} for k, rate in enumerate(rates)
        ]
        classes[name] = {
            "arrivals": {"kind": "time-varying", "period": "24 h", "intervals": intervals},
            "target": "500 ms",
            "service": service,
            "route": list(stations),
            "priority": priority,
        }
    return Network.model_validate({"name": "day", "stations": stations, "classes": classes})


def hourly(mean_rate: float) -> list[float]:
    """The rate of each hour, /s.

    Arguments:
        mean_rate: /s.
    """
    return [mean_rate * (1 + 0.6 * math.sin((k - 9) * math.pi / 12)) for k in range(24)]


def main() -> int:
    """Print it; gives how many targets were missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=1000.0, help="mean requests/s of the day")
    rate = parser.parse_args().rate
    verdicts = Verdicts()
    network = day(rate)
    intervals = intervals_of(network)
    assert intervals is not None, "a day has a period"
    layout = lay_out(network, np.random.SeedSequence(1))
    run = compiled_run(layout)
    assert isinstance(run, RecursionRun)
    run.watch(intervals)
    run.advance(1000)  # compiles, if it must
    begun = time.process_time()
    served = run.advance(2**62, DAY)
    took = time.process_time() - begun
    servers = int(layout.stations[0]["servers"])
    print(f"A day at {rate:g}/s that varies by the hour, {servers} servers: {served:,} requests")
    speed = f"{took:.2f} s of one core, {took / served * 1e9:.0f} ns each"
    print(f"by recursion, told by hour, in {speed}")
    print(f"asked: at most {LIMIT:g} s; reached: {verdicts.of(took <= LIMIT)}\n")
    tally = run.by_interval()
    print("hour     rate  utilization   wait by law  simulated       P95       P99")
    errors = []
    for hour, expected in enumerate(hourly(rate)):
        flow, busy = tally.flows[hour, 0], tally.stations[hour, 0]
        wait = float(flow["waiting_time"]) / float(flow["departures"])
        law = m_m_c(expected, 1 / SERVICE, servers)
        _, p95, p99 = percentiles(tally.trip_times[hour, 0], wait + SERVICE)
        used = float(busy["busy"]) / float(busy["servers"])
        errors.append(abs(used * servers * (1 / SERVICE) / expected - 1))
        print(
            f"{hour:4} {expected:7.1f}/s {used:11.1%} {1e3 * law.waiting_time:10.4f} ms"
            f" {1e3 * wait:7.4f} ms {1e3 * p95:6.1f} ms {1e3 * p99:6.1f} ms"
        )
    print(f"load of an hour against its rate: off by {statistics.fmean(errors):.2%} in the mean\n")
    print(f"The same day by events, each asked: at most {LIMIT:g} s of one core")
    for name, features in KINDS.items():
        requests, took = _by_events(day(rate, *features))
        print(
            f"{name:24} {requests:11,} requests in {took:5.1f} s, {took / requests * 1e9:4.0f} ns"
            f" each; reached: {verdicts.of(took <= LIMIT)}"
        )
    return verdicts.missed


def _by_events(network: Network) -> tuple[int, float]:
    """Simulate a day by events: requests that came, and the time of the processor, s."""
    run = CompiledRun(lay_out(network, np.random.SeedSequence(1)))
    begun = time.process_time()
    run.advance(2**62, DAY)
    took = time.process_time() - begun
    return int(run.tally().classes["entered"].sum()), took


if __name__ == "__main__":
    sys.exit(min(main(), 1))
