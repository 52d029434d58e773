"""One run of a network in full: every visit in a table, and the histograms of its times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.queueing.network import Network
from sim.queueing.arrays.queue_layout import Layout, lay_out
from sim.queueing.arrays.tally import bin_edges
from sim.queueing.queue_contract import Departure, Run

if TYPE_CHECKING:
    import pandas

Traces = Mapping[str, NDArray[np.float64]]


def record(
    network: Network,
    *,
    seed: int = 1,
    traces: Traces | None = None,
    engine: str = "compiled",
    visits: int = 100_000,
) -> pandas.DataFrame:
    """Every visit of one run, from the empty network on, in the order of their ends.

    The columns are the customer's number, its class, the station, when it came and left, s, the
    time that the server needed, s, and what it waited besides, s.

    Arguments:
        network: the description, checked.
        seed: of the run, which is the first of a simulation with that seed.
        traces: recorded times of arrival, s, ascending, by class, for classes that have a trace.
        engine: compiled or simpy.
        visits: services complete.

    Raises:
        ValueError: an unknown engine.
        ImportError: pandas is missing.
    """
    import pandas

    layout = lay_out(network, np.random.SeedSequence(seed, spawn_key=(0,)), traces)
    departures: list[Departure] = []
    _recording(layout, engine, departures).advance(visits)
    table = pandas.DataFrame(departures, columns=list(Departure._fields))
    classes, stations = list(network.classes), list(network.stations)
    response = table["departed"] - table["arrived"]
    return pandas.DataFrame(
        {
            "customer": table["customer"],
            "class": [classes[k] for k in table["customer_class"]],
            "station": [stations[k] for k in table["station"]],
            "arrived": table["arrived"],
            "departed": table["departed"],
            "service_time": table["service"],
            "waiting_time": np.maximum(0.0, response - table["service"]),
            "response_time": response,
        }
    )


def histogram(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The part of a histogram of a tally that has counts: the edges of its bins, s, and the counts.

    Arguments:
        counts: by bin, as a tally has them.
    """
    edges = bin_edges()
    filled = np.flatnonzero(counts)
    if not len(filled):
        return edges[:1], counts[:0]
    first, last = int(filled[0]), int(filled[-1])
    return edges[first : last + 2], counts[first : last + 1]


def _recording(layout: Layout, engine: str, departures: list[Departure]) -> Run:
    if engine == "simpy":
        from sim.queueing.reference import SimPyRun

        return SimPyRun(layout, departures)
    if engine == "compiled":
        from sim.queueing.kernel.compiled_run import CompiledRun

        return CompiledRun(layout, departures)
    raise ValueError(f"engine is {engine!r}; it must be compiled or simpy")
