"""Checkpoints: how often to save, and what a run without failures takes."""

import math


def young_interval(write_time: float, mttf: float) -> float:
    """First-order optimal productive time between two checkpoints, s.

    Arguments:
        write_time: of one checkpoint, s.
        mttf: mean time between interruptions of the run, s.

    Raises:
        ValueError: an argument out of range.

    Source: Young (1974), A first order approximation to the optimum checkpoint interval.
    """
    _check(write_time, mttf)
    return math.sqrt(2 * write_time * mttf)


def daly_interval(write_time: float, mttf: float) -> float:
    """Higher-order optimal productive time between two checkpoints, s.

    Arguments:
        write_time: of one checkpoint, s.
        mttf: mean time between interruptions of the run, s.

    Raises:
        ValueError: an argument out of range.

    Source: Daly (2006), A higher order estimate of the optimum checkpoint interval, equation 37.
    """
    _check(write_time, mttf)
    if write_time >= 2 * mttf:
        return mttf
    ratio = math.sqrt(write_time / (2 * mttf))
    return young_interval(write_time, mttf) * (1 + ratio / 3 + ratio * ratio / 9) - write_time


def optimal_interval(write_time: float, mttf: float) -> float:
    """Optimal productive time between two checkpoints under exponential failures, s.

    Minimizes the expected wall time per productive second, M e^(R/M) (e^((t+w)/M) - 1)/t.

    Arguments:
        write_time: of one checkpoint, w, s.
        mttf: mean time between interruptions of the run, M, s.

    Raises:
        ValueError: an argument out of range.

    Source: Daly (2006), equation 20. Its derivative vanishes where t/M = 1 - e^(-(t+w)/M), that is
        t = M (1 + W0(-e^(-w/M - 1))) with Lambert's W; solved by Newton's method.
    """
    estimate = daly_interval(write_time, mttf)
    delay = write_time / mttf
    # There the estimate is exact to the last digits, and Newton's method would lose some.
    if delay < 1e-9:
        return estimate
    # The function is convex: from wherever the first step begins, the next descend to the root.
    interval = estimate / mttf
    for _ in range(100):
        excess = interval + math.expm1(-(interval + delay))
        step = excess / -math.expm1(-(interval + delay))
        interval -= step
        if abs(step) <= 1e-15 * interval:
            break
    return mttf * interval


def time_per_work(interval: float, write_time: float, mttf: float) -> float:
    """Wall time over productive time of a run that is saved so often, but for its restarts.

    Arguments:
        interval: productive time between two checkpoints, t, s.
        write_time: of one checkpoint, w, s.
        mttf: mean time between interruptions of the run, M, s.

    Raises:
        ValueError: an argument out of range.

    Source: Daly (2006), equation 20, M (e^((t+w)/M) - 1)/t; the factor of restarts, e^(R/M), is the
        same of all intervals.
    """
    _check(write_time, mttf)
    try:
        return mttf * math.expm1((interval + write_time) / mttf) / interval
    except OverflowError:
        return math.inf


def availability_optimal_period(write_time: float, mttf: float, restart: float) -> float:
    """Time from one checkpoint to the next, its writing included, that keeps most of the time, s.

    Maximizes the availability (1 - w/t) M/(M + R + t/2): a failure costs half a period on average.

    Arguments:
        write_time: of one checkpoint, w, s.
        mttf: mean time between interruptions of the run, M, s.
        restart: from a failure until work goes on, R, s.

    Raises:
        ValueError: an argument out of range.

    Source: Saxena, Hukerikar, Blaz and Raj (2024), Optimal Checkpoint Interval with Availability
        as an Objective Function, arXiv 2410.18124: t = w + sqrt(2 (M + R) w + w²).
    """
    _check(write_time, mttf)
    if not 0 <= restart < math.inf:
        raise ValueError(f"restart is {restart} s; it must be 0 or more and finite")
    return write_time + math.sqrt(write_time * (2 * (mttf + restart) + write_time))


def number_of_checkpoints(work: float, interval: float) -> int:
    """Checkpoints of a run, the last one at its end.

    Arguments:
        work: productive time of the run, s.
        interval: productive time between two checkpoints, s; may be infinite.
    """
    if not (work > 0 and interval > 0):
        raise ValueError(f"work {work} s and interval {interval} s must be more than 0")
    if math.isinf(interval):
        return 1
    # A whole number of intervals must not gain one by rounding.
    return max(1, math.ceil(work / interval - 1e-12 * work / interval))


def last_interval(work: float, interval: float) -> float:
    """Productive time before the last checkpoint of a run, s.

    Arguments:
        work: productive time of the run, s.
        interval: productive time between two checkpoints, s; may be infinite.
    """
    count = number_of_checkpoints(work, interval)
    return work - (count - 1) * interval if count > 1 else work


def failure_free_time(
    work: float, interval: float, write_time: float, startup: float, flush_time: float = 0.0
) -> float:
    """Wall time of a run that nothing interrupts, s.

    Arguments:
        work: productive time of the run, s.
        interval: productive time between two checkpoints, s; may be infinite.
        write_time: that the run waits for one checkpoint, s.
        startup: before the first step, s.
        flush_time: from then until that checkpoint is safe, while work goes on, s. One begins
            after the one before it, and the last one is waited for.
    """
    count = number_of_checkpoints(work, interval)
    waits = flush_time
    if count > 1:
        waits += max(0.0, flush_time - last_interval(work, interval))
    return startup + work + count * write_time + waits


def expected_time(
    work: float, interval: float, write_time: float, restart: float, mttf: float
) -> float:
    """Expected wall time of a long run under exponential failures, s.

    Infinite where it takes longer than a double can say.

    Arguments:
        work: productive time of the run, s.
        interval: productive time between two checkpoints, s.
        write_time: of one checkpoint, s.
        restart: from a failure until work goes on, itself exposed to failures, s.
        mttf: mean time between failures, s.

    Raises:
        ValueError: an argument out of range.

    Source: Daly (2006), equation 20: M e^(R/M) (e^((t+w)/M) - 1) W/t.
    """
    _check(write_time, mttf)
    if math.isinf(mttf):
        return (interval + write_time) * work / interval
    try:
        return (
            mttf
            * math.exp(restart / mttf)
            * math.expm1((interval + write_time) / mttf)
            * work
            / interval
        )
    except OverflowError:
        return math.inf


def _check(write_time: float, mttf: float) -> None:
    if not (write_time > 0 and math.isfinite(write_time)):
        raise ValueError(f"write_time is {write_time} s; it must be finite and more than 0")
    if not mttf > 0:
        raise ValueError(f"mttf is {mttf} s; it must be more than 0")
