"""The compiled engine: the recursion where a network allows it, otherwise the event loop."""

from sim.engine import Run
from sim.kernels.queueing.layout import Layout
from sim.kernels.queueing.recursion import RecursionRun, fits


def compiled_run(layout: Layout) -> Run:
    """A new run, in the fastest way that the network allows.

    Arguments:
        layout: of the network, for this run alone.
    """
    if fits(layout):
        return RecursionRun(layout)
    return event_run(layout)


def event_run(layout: Layout) -> Run:
    """A new run by the event loop, whatever the network.

    Arguments:
        layout: of the network, for this run alone.
    """
    from sim.kernels.queueing.run import CompiledRun  # its code takes a second to load

    return CompiledRun(layout)
