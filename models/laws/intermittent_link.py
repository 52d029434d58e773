"""A link that comes and goes, with a buffer before it: what is lost."""

import math

from models.laws.arguments import non_negative, positive


def lost_share(inflow: float, bandwidth: float, buffer: float, mttf: float, mttr: float) -> float:
    """Share of what flows in that is lost since the buffer is full while the link is away.

    Up and away last for exponential times; what flows in is a fluid.

    Arguments:
        inflow: bytes/s; less than the bandwidth.
        bandwidth: of the link while it is up, bytes/s.
        buffer: that is kept while it is away, bytes.
        mttf: mean time that the link is up, s.
        mttr: mean time that it is away, s.

    Raises:
        ValueError: an argument out of range; the buffer is never emptied.

    Source: Anick, Mitra and Sondhi (1982), Stochastic theory of a data-handling system with
        multiple sources, Bell System Technical Journal 61 (8), for one source that is on while the
        link is away; with a finite buffer, whose states balance at both of its ends.
    """
    positive("inflow", inflow)
    positive("bandwidth", bandwidth)
    non_negative("buffer", buffer)
    positive("mttf", mttf)
    non_negative("mttr", mttr)
    if inflow >= bandwidth:
        raise ValueError(f"inflow is {inflow:g} B/s; it must be less than the bandwidth")
    if mttr == 0:
        return 0.0
    down, up = 1 / mttf, 1 / mttr
    drains = bandwidth - inflow
    decay = up / inflow - down / drains  # of the density of what is buffered, 1/byte
    # At the end where the density is highest it is 1, so that nothing overflows.
    at_empty, at_full = math.exp(min(0.0, decay * buffer)), math.exp(min(0.0, -decay * buffer))
    steps = abs(decay) * buffer
    area = buffer if steps == 0 else -math.expm1(-steps) / abs(decay)
    empty, full = inflow / down * at_empty, inflow / up * at_full
    between = (1 + inflow / drains) * area
    return full / (empty + full + between)


def drain_time(inflow: float, bandwidth: float, buffer: float, away: float) -> float:
    """Time from the return of the link until what was buffered is gone, s.

    Arguments:
        inflow: bytes/s; infinite time where it is the bandwidth or more.
        bandwidth: of the link while it is up, bytes/s.
        buffer: that is kept while it is away, bytes.
        away: how long it was, s.

    Raises:
        ValueError: an argument out of range.

    Source: Newell (1982), Applications of Queueing Theory, chapter 2: a fluid.
    """
    non_negative("inflow", inflow)
    positive("bandwidth", bandwidth)
    non_negative("buffer", buffer)
    non_negative("away", away)
    kept = min(buffer, inflow * away)
    if kept == 0:
        return 0.0
    return kept / (bandwidth - inflow) if inflow < bandwidth else math.inf
