"""Training with parameter servers: how many updates there are, and how stale they are."""

import math
from collections.abc import Sequence

from models.laws.scaling import expected_order_statistic_of_normals


def synchronous_updates(step_times: Sequence[float], backup_workers: int = 0) -> float:
    """Gradients of workers that are used in a second, where each update waits for enough of them.

    Of n workers the update takes the first n - b gradients and drops the others, whose workers
    begin anew with the rest.

    Arguments:
        step_times: of each worker, s, its exchange with the servers included.
        backup_workers: b, for which no update waits.

    Raises:
        ValueError: a figure out of range.

    Source: Chen et al. (2016), Revisiting distributed synchronous SGD, arXiv 1604.00981, section 3.
    """
    _check(step_times)
    used = len(step_times) - backup_workers
    if not 1 <= used <= len(step_times):
        raise ValueError(
            f"backup_workers is {backup_workers}; of {len(step_times)} workers it must leave one"
        )
    return used / sorted(step_times)[used - 1]


def asynchronous_updates(
    step_times: Sequence[float],
    size: float = 0.0,
    server_bandwidth: float = math.inf,
    servers: int = 1,
) -> float:
    """Gradients of workers that are used in a second, where each is used as soon as it is there.

    Arguments:
        step_times: of each worker, s, its exchange with the servers included.
        size: bytes of the parameters, pushed and pulled once an update.
        server_bandwidth: of one server's link, one way, bytes/s.
        servers: over which the parameters are spread evenly.

    Raises:
        ValueError: a figure out of range.

    Source: Dean et al. (2012), Large scale distributed deep networks, section 4.1; servers serve no
        more than their links carry (Li et al. 2014, Scaling distributed machine learning with the
        parameter server, OSDI).
    """
    _check(step_times)
    if size < 0 or not server_bandwidth > 0 or servers < 1:
        raise ValueError(
            f"size {size} must be 0 or more, server_bandwidth {server_bandwidth} more than 0 and"
            f" servers {servers} 1 or more"
        )
    alone = sum(1 / time for time in step_times)
    return alone if size == 0 else min(alone, servers * server_bandwidth / (2 * size))


def mean_staleness(workers: int) -> float:
    """Updates of others between the pull and the push of a worker, on average over all updates.

    Between two updates of a worker of rate r there are (R - r)/r of the others, all together R;
    weighted by the rates that is n - 1, however fast the workers are.

    Arguments:
        workers: n, each asynchronous.

    Raises:
        ValueError: there are none.

    Source: Zhang et al. (2016), Staleness-aware async-SGD for distributed deep learning, arXiv
        1511.05950, section 3.1.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}; it must be 1 or more")
    return float(workers - 1)


def backup_delay(jitter: float, workers: int, backup_workers: int) -> float:
    """Expected wait for all but the slowest of workers whose step times vary independently, s.

    Arguments:
        jitter: standard deviation of one worker's step time, s.
        workers: n, whose step times are normal.
        backup_workers: b, for which nobody waits.

    Raises:
        ValueError: a figure out of range.

    Source: David and Nagaraja (2003), Order Statistics, 3rd edition, equation 3.1.1: the (n-b)th of
        n normal variables; Chen et al. (2016), arXiv 1604.00981, section 3.
    """
    if not (jitter >= 0 and math.isfinite(jitter)):
        raise ValueError(f"jitter is {jitter} s; it must be finite and 0 or more")
    return jitter * expected_order_statistic_of_normals(workers - backup_workers, workers)


def exponential_wait(mean: float, workers: int, backup_workers: int = 0) -> float:
    """Expected step of all but the slowest of workers whose step times are exponential, s.

    Arguments:
        mean: of one worker's step time, s.
        workers: n.
        backup_workers: b, for which nobody waits.

    Raises:
        ValueError: a figure out of range.

    Source: David and Nagaraja (2003), Order Statistics, 3rd edition, section 2.5 (Rényi 1953):
        mean x (H_n - H_b).
    """
    if not (mean > 0 and 0 <= backup_workers < workers):
        raise ValueError(
            f"mean {mean} s must be more than 0, and backup_workers {backup_workers} 0 or more and"
            f" fewer than workers {workers}"
        )
    return mean * sum(1 / k for k in range(backup_workers + 1, workers + 1))


def _check(step_times: Sequence[float]) -> None:
    if len(step_times) == 0:
        raise ValueError("step_times are none; there must be one a worker")
    for time in step_times:
        if not (time > 0 and math.isfinite(time)):
            raise ValueError(f"step_times has {time} s; each must be finite and more than 0")
