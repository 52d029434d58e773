"""A training run under failures: its expected wall time and what of it is productive."""

import math
from dataclasses import dataclass

from models.laws.checkpointing import (
    expected_time,
    failure_free_time,
    last_interval,
    number_of_checkpoints,
)


@dataclass(frozen=True)
class FailingRun:
    """A training run and what stops it.

    Arguments:
        work: productive time, s.
        interval: productive time between two checkpoints, s; may be infinite.
        write_time: that the run waits for one checkpoint, s.
        mttf: mean time between failures that stop the run, s; may be infinite.
        startup: before the first step, itself exposed to failures, s.
        restart: before the next step, with the checkpoint's reading, exposed to failures too, s.
        detection: from a failure to its discovery, in which no other failure matters, s.
        replacement: mean wait for a unit in place of the failed one, likewise, s.
        planned: interruptions that were known in advance, each right after a checkpoint.
        planned_outage: until the restart after one of them, in which nothing fails, s.
        flush_time: from the end of a wait until that checkpoint is safe, s, while work goes on:
            asynchronous saving. No longer than the interval.

    Raises:
        ValueError: an argument out of range.
    """

    work: float
    interval: float
    write_time: float
    mttf: float
    startup: float = 0.0
    restart: float = 0.0
    detection: float = 0.0
    replacement: float = 0.0
    planned: float = 0.0
    planned_outage: float = 0.0
    flush_time: float = 0.0

    def __post_init__(self) -> None:
        for name in ("interval", "mttf"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)} s; it must be more than 0")
        if not 0 < self.work < math.inf:
            raise ValueError(f"work is {self.work} s; it must be more than 0 and finite")
        for name in ("write_time", "startup", "restart", "detection", "replacement"):
            _finite(name, getattr(self, name))
        _finite("planned", self.planned)
        _finite("planned_outage", self.planned_outage)
        if _finite("flush_time", self.flush_time) > self.interval:
            raise ValueError(
                f"flush_time is {self.flush_time} s; it must be no longer than the interval,"
                f" {self.interval} s"
            )


def expected_failures(run: FailingRun) -> float:
    """Mean number of failures that stop a run until it is complete.

    Arguments:
        run: and what stops it.

    Source: Daly (2006), section 3: of exponential failures, the mean number is the mean time that
        is exposed to them, over M. A segment of length s that begins at once takes
        M e^(R/M) (e^(s/M) - 1) of it, and the first, after a startup S,
        M e^((R+s)/M) (1 - e^(-(S+s)/M)). With asynchronous saving a segment ends when a
        checkpoint is safe, a time f into the next interval, which a failure repeats:
        M e^((R+f)/M) (e^(s/M) - 1), by the same renewal argument.
    """
    if math.isinf(run.mttf):
        return 0.0
    mttf, restart, flush = run.mttf, run.restart, run.flush_time
    count = number_of_checkpoints(run.work, run.interval)
    full, last = min(run.interval, run.work), last_interval(run.work, run.interval)
    first = (full if count > 1 else last) + run.write_time + flush
    try:
        failures = math.exp((restart + first) / mttf) * -math.expm1(-(run.startup + first) / mttf)
        if count > 1:
            others = (count - 2) * math.expm1((full + run.write_time) / mttf)
            failures += math.exp((restart + flush) / mttf) * others
            # A last interval shorter than the flush waits for the checkpoint before it.
            ending = math.expm1((max(last, flush) + run.write_time) / mttf)
            failures += math.exp((restart + min(last, flush)) / mttf) * ending
        return failures + run.planned * math.expm1(restart / mttf)
    except OverflowError:
        return math.inf


def expected_wall_time(run: FailingRun) -> float:
    """Mean time from the start of a run to its end, s; infinite beyond what a double can say.

    Arguments:
        run: and what stops it.

    Source: as for `expected_failures`; each failure takes the mean time that led to it, M, and
        what passes until the restart begins.
    """
    outages = run.planned * run.planned_outage
    if math.isinf(run.mttf):
        undisturbed = failure_free_time(
            run.work, run.interval, run.write_time, run.startup, run.flush_time
        )
        return undisturbed + outages + run.planned * run.restart
    each = run.mttf + run.detection + run.replacement
    return expected_failures(run) * each + outages


def effective_training_time_ratio(
    interval: float, write_time: float, restart: float, mttf: float
) -> float:
    """Productive share of the wall time of a long run (ETTR), under exponential failures.

    With asynchronous saving the time until a checkpoint is safe counts to the restart, as in
    `expected_failures`, so that the interval which loses least depends on the wait alone.

    Arguments:
        interval: productive time between two checkpoints, t, s.
        write_time: that the run waits for one checkpoint, w, s.
        restart: from a failure until work goes on, R, itself exposed to failures, s.
        mttf: mean time between failures of the run, M, s.

    Raises:
        ValueError: an argument out of range.

    Source: the reciprocal of Daly (2006), equation 20: t/(M e^(R/M) (e^((t+w)/M) - 1)).
    """
    _positive("interval", interval)
    _finite("restart", restart)
    return interval / expected_time(interval, interval, write_time, restart, mttf)


def first_order_effective_training_time_ratio(
    interval: float, write_time: float, restart: float, mttf: float
) -> float:
    """Productive share of the wall time of a long run (ETTR), where failures are rare.

    A failure loses half an interval on average, and no failure strikes what is lost.

    Arguments:
        interval: productive time between two checkpoints, dt, s.
        write_time: of one checkpoint, w, s.
        restart: from a failure until work goes on, u0, s.
        mttf: mean time between failures of the run, 1/(N r_f), s.

    Raises:
        ValueError: an argument out of range, or failures that are not rare.

    Source: Kokolis et al. (2024), Revisiting Reliability in Large-Scale Machine Learning Research
        Clusters, arXiv 2410.21680: (1 - N r_f (u0 + dt/2))/(1 + w/dt).
    """
    _positive("interval", interval)
    _positive("mttf", mttf)
    _finite("write_time", write_time)
    _finite("restart", restart)
    lost = (restart + interval / 2) / mttf
    if lost >= 1:
        raise ValueError(
            f"mttf is {mttf} s and a failure loses {restart + interval / 2} s; the first order"
            " holds only where failures are rare: use effective_training_time_ratio"
        )
    return (1 - lost) / (1 + write_time / interval)


def mttf_of_units(units: float, failure_rate: float) -> float:
    """Mean time between failures of a run that any of its units stops, s.

    Arguments:
        units: that it uses, such as nodes.
        failure_rate: of one unit, 1/s.

    Raises:
        ValueError: an argument out of range.

    Source: Kokolis et al. (2024), section 3: 1/(N r_f).
    """
    _positive("units", units)
    if not failure_rate >= 0:
        raise ValueError(f"failure_rate is {failure_rate}/s; it must be 0 or more")
    return 1 / (units * failure_rate) if failure_rate > 0 else math.inf


def observed_failure_rate(failures: float, units: float, time: float) -> float:
    """Failures of one unit, 1/s, by those of many.

    Arguments:
        failures: that were counted.
        units: observed.
        time: of the observation, s.

    Raises:
        ValueError: an argument out of range.

    Source: Barlow and Proschan (1975), Statistical Theory of Reliability, section 3.4: failures
        over the time on test of all units.
    """
    _positive("units", units)
    _positive("time", time)
    _finite("failures", failures)
    return failures / (units * time)


def _positive(name: str, value: float) -> None:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} is {value}; it must be more than 0 and finite")


def _finite(name: str, value: float) -> float:
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} is {value}; it must be 0 or more and finite")
    return value
