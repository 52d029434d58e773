"""Speedup and efficiency: what more accelerators bring."""

import functools
import math


def speedup(time_of_one: float, time_of_many: float) -> float:
    """How many times faster many work than one.

    Arguments:
        time_of_one: for the same work, s.
        time_of_many: for the same work, s.

    Source: Hennessy and Patterson, Computer Architecture, 6th edition, section 1.9.
    """
    if not (time_of_one > 0 and time_of_many > 0):
        raise ValueError(f"times must be more than 0, not {time_of_one} s and {time_of_many} s")
    return time_of_one / time_of_many


def efficiency(achieved_speedup: float, workers: int) -> float:
    """Speedup over the number of workers.

    Arguments:
        achieved_speedup: over one worker.
        workers: how many.

    Source: Grama et al. (2003), Introduction to Parallel Computing, section 5.2.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}; it must be 1 or more")
    return achieved_speedup / workers


@functools.lru_cache(maxsize=1024)  # of a thousand stacks, many have as many workers
def expected_maximum_of_normals(count: int) -> float:
    """Expected maximum of independent standard normal variables.

    Arguments:
        count: how many variables.

    Source: David and Nagaraja (2003), Order Statistics, 3rd edition, equation 3.1.1, by the
        trapezoidal rule, which converges geometrically for this integrand.
    """
    return expected_order_statistic_of_normals(count, count)


@functools.lru_cache(maxsize=1024)
def expected_order_statistic_of_normals(rank: int, count: int) -> float:
    """Expected value of one of independent standard normal variables, put in order.

    Arguments:
        rank: its place among them, 1 the smallest.
        count: how many variables.

    Raises:
        ValueError: a figure out of range.

    Source: David and Nagaraja (2003), Order Statistics, 3rd edition, equation 3.1.1, by the
        trapezoidal rule, which converges geometrically for this integrand.
    """
    if count < 1:
        raise ValueError(f"count is {count}; it must be 1 or more")
    if not 1 <= rank <= count:
        raise ValueError(f"rank is {rank}; it must be 1 to {count}")
    if count == 1:
        return 0.0
    below, above = rank - 1, count - rank
    ways = math.lgamma(count + 1) - math.lgamma(rank) - math.lgamma(above + 1)
    width, total = 0.02, 0.0
    for step in range(-500, 501):
        x = step * width
        density = ways + below * _log_below(x) + above * _log_below(-x) - x * x / 2
        total += x * math.exp(density)
    return width * total / math.sqrt(2 * math.pi)


def _log_below(x: float) -> float:
    """Logarithm of the probability that a standard normal variable is below."""
    if x > -5:
        return math.log1p(-0.5 * math.erfc(x / math.sqrt(2)))
    return _log_lower_tail(x)


def _log_lower_tail(x: float) -> float:
    return math.log(0.5 * math.erfc(-x / math.sqrt(2)))


def straggler_delay(jitter: float, workers: int) -> float:
    """Expected wait for the slowest of workers whose step times vary independently, s.

    Arguments:
        jitter: standard deviation of one worker's step time, s.
        workers: how many must all finish.

    Raises:
        ValueError: a figure out of range.

    Source: David and Nagaraja (2003), section 3.1: the maximum of independent normal variables.
    """
    if not (jitter >= 0 and math.isfinite(jitter)):
        raise ValueError(f"jitter is {jitter} s; it must be finite and 0 or more")
    return jitter * expected_maximum_of_normals(workers)
