"""LINE's native engine, where the package line-solver is installed: a peer of the benchmark."""

import importlib.util
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from models.queueing.network import Network, Poisson, Split

SERVICES = 500_000


def line_engine() -> Path | None:
    """LINE's native engine, where the package line-solver is installed on Linux."""
    found = importlib.util.find_spec("line_solver")
    if found is None or found.origin is None:
        return None
    engine = Path(found.origin).parent / "bin" / "ldes"
    return engine if engine.exists() and sys.platform == "linux" else None


def line_model(network: Network) -> dict[str, Any]:
    """An open network of one class as LINE's engine reads it.

    Arguments:
        network: with exponential services and splits, or a route of one station.
    """
    [(_, jobs)] = network.classes.items()
    assert isinstance(jobs.arrivals, Poisson)
    nodes: list[dict[str, Any]] = [
        {"name": "Source", "type": "Source", "service": _line_law(jobs.arrivals.rate)}
    ]
    for name, station in network.stations.items():
        nodes.append(
            {
                "name": name,
                "type": "Queue",
                "scheduling": "FCFS",
                "servers": station.servers,
                "service": _line_law(1 / jobs.service[name].moment(1)),
            }
        )
    nodes.append({"name": "Sink", "type": "Sink"})
    ways: dict[str, dict[str, float]] = {}
    for name, split in jobs.routing.items():
        assert isinstance(split, Split)
        to = {"Sink" if where == "exit" else where: share for where, share in split.to.items()}
        ways["Source" if name == "start" else name] = to
    path = ["Source", *jobs.route, "Sink"]
    for here, there in itertools.pairwise(path if jobs.route else ()):
        ways[here] = {there: 1.0}
    return {
        "format": "line-model",
        "version": "1.0",
        "model": {
            "type": "Network",
            "name": "benchmark",
            "nodes": nodes,
            "classes": [{"name": "Jobs", "type": "Open"}],
            "routing": {"type": "matrix", "matrix": {"Jobs,Jobs": ways}},
        },
    }


def _line_law(rate: float) -> dict[str, Any]:
    return {"Jobs": {"type": "Exp", "params": {"lambda": rate}}}


def line_rate(engine: Path, network: Network) -> float:
    """Visits in a second of processor time of LINE's engine, with as little to do as it can.

    Arguments:
        engine: the program.
        network: what is simulated.
    """
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.json"
        model.write_text(json.dumps(line_model(network)))
        command = (
            *(str(engine), "solve", str(model), "-o", str(Path(folder) / "result.json")),
            *("-s", str(SERVICES), "--numthreads", "1"),
            *("--tranfilter", "none", "--cimethod", "none"),
        )
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        return math.nan
    return SERVICES / (usage.ru_utime + usage.ru_stime)
