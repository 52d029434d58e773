"""The compiled engine: the recursion where a network allows it, otherwise the event loop."""

from sim.queueing.arrays.queue_layout import Layout
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


def event_run(layout: Layout) -> Run:
    """A new run by the event loop, whatever the network.

    Arguments:
        layout: of the network, for this run alone.
    """
    from sim.queueing.kernel.compiled_run import CompiledRun  # its code takes a second to load

    return CompiledRun(layout)
