"""The compiled engine: the recursion where a network allows it, otherwise the event loop."""

import numpy as np

from models.queueing.network import Network, Trace
from sim.queueing.arrays import queue_compilation as compilation
from sim.queueing.arrays.queue_layout import Layout, lay_out
from sim.queueing.kernel.recursion import RecursionRun, fits
from sim.queueing.queue_contract import Run


def compiled_run(layout: Layout) -> Run:
    """A new run, in the fastest way that the network allows.

    Arguments:
        layout: of the network, for this run alone.
    """
    if fits(layout):
        return RecursionRun(layout)
    return event_run(layout)


def is_compiled(network: Network, engine: str) -> bool:
    """Whether the code that simulates a network is kept; else the first run compiles it.

    Arguments:
        network: the description.
        engine: compiled or events.
    """
    traced = any(isinstance(one.arrivals, Trace) for one in network.classes.values())
    by_events = engine == "events" or traced
    if by_events or not fits(lay_out(network, np.random.SeedSequence(0))):
        from sim.queueing.kernel.compiled_run import LOOP

        return LOOP.is_compiled()
    return compilation.is_compiled("recursion._serve")


def event_run(layout: Layout) -> Run:
    """A new run by the event loop, whatever the network.

    Arguments:
        layout: of the network, for this run alone.
    """
    from sim.queueing.kernel.compiled_run import CompiledRun  # its code takes a second to load

    return CompiledRun(layout)
