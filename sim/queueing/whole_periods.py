"""A run of a network that follows a period: whole periods, first to warm up, then to count."""

from dataclasses import dataclass

from models.queueing.periods import Intervals
from sim.output_analysis import mser5
from sim.queueing.arrays.sums import added
from sim.queueing.arrays.tally import Tally
from sim.queueing.interval_tally import IntervalTally
from sim.queueing.queue_contract import TimedRun

WINDOWS = 32  # of a run that is alone
_FEWEST_COUNTED = 2  # periods, if the run may be so long
_FEWEST_ALONE = WINDOWS  # the same in a run that is alone
_ENOUGH = 4  # times as many, where they are cheap: of few skewed ones no mean is known
_CHEAP = 2_000_000  # services of so many periods
_CHEAP_ALONE = 32_000_000  # the same in a run that is alone
_FIRST_PHASE = 10  # the first warm-up is that part of a run; the last at most half of it
_FIRST_LOOK = 20  # the first look at what a period takes is at least that part of a run
_OBSERVATIONS = 120  # of which a warm-up is judged, and the fewest that allow it
_FEWEST_TO_JUDGE = 30
_NO_END = 2**62  # services; the time alone is the limit
_LOOKS = 1000  # at the ends of intervals; each takes as long as some hundred services


@dataclass(frozen=True)
class Periods:
    """What a run counted in whole periods.

    Arguments:
        tallies: of the whole run, or of its windows.
        by_interval: of the same.
        services: complete in all.
        counted: periods after the warm-up.
        warmed_up: the warm-up came to its end.
        ended: nothing more could happen.
    """

    tallies: tuple[Tally, ...]
    by_interval: tuple[IntervalTally, ...]
    services: int
    counted: int
    warmed_up: bool = True
    ended: bool = False


def run_periods(
    run: TimedRun, intervals: Intervals, services: int, most: int, alone: bool
) -> Periods:
    """Simulate whole periods; none is counted where two of them take more services than may be.

    Arguments:
        run: from its beginning.
        intervals: of the period.
        services: about how many are to be simulated, warm-up and all.
        most: services where it stops.
        alone: the spread is to come from windows of this run.
    """
    spent, passed = _look(run, intervals.period, services, most)
    if run.now < passed * intervals.period:
        return Periods((), (), spent, 0, ended=spent < most // 2)
    fewest, cheap = (_FEWEST_ALONE, _CHEAP_ALONE) if alone else (_FEWEST_COUNTED, _CHEAP)
    asked, cheap, affordable = (n * passed // max(1, spent) for n in (services, cheap, most))
    wanted = passed + min(max(fewest, cheap), _ENOUGH * fewest)
    number = max(passed + 1, asked, min(wanted, affordable))
    more, passed, warmed_up = _warm_up(run, intervals.period, passed, number)
    spent += more
    counted = max(1, number - passed)
    windows = _windows(counted, alone)
    tallies, by_interval = [], []
    for periods in windows:
        more, tally, told = _count(run, intervals, periods)
        spent += more
        tallies.append(tally)
        by_interval.append(told)
    return Periods(tuple(tallies), tuple(by_interval), spent, sum(windows), warmed_up)


def _look(run: TimedRun, period: float, services: int, most: int) -> tuple[int, int]:
    """Simulate one period, or as many as tell how many services one takes; gives both numbers."""
    enough, spent, passed = max(1, services // _FIRST_LOOK), 0, 1
    while True:
        spent += run.advance(most // 2 - spent, passed * period)
        if run.now < passed * period or spent >= enough or 2 * spent > most // 4:
            return spent, passed
        passed *= 2


def _warm_up(run: TimedRun, period: float, passed: int, number: int) -> tuple[int, int, bool]:
    """Simulate until the cut of MSER-5 lies in the first half of what was simulated.

    With too few periods to judge by, a tenth of all is left out.

    Arguments:
        run: at the end of a period.
        period: s.
        passed: periods so far.
        number: periods of the whole run.

    Returns the services that were simulated, the periods that have passed, and whether the cut was
    found.
    """
    spent, series = 0, list[float]()
    wanted, before = max(passed, number // _FIRST_PHASE), run.responses()
    step = max(1, wanted // _OBSERVATIONS)
    while True:
        while passed < wanted:
            spent += run.advance(_NO_END, (passed + step) * period)
            passed += step
            after = run.responses()
            count = after[0] - before[0]
            series.append((after[1] - before[1]) / count if count else 0.0)
            before = after
        if len(series) < _FEWEST_TO_JUDGE or mser5(series) <= len(series) // 2:
            return spent, passed, True
        if 4 * wanted > number:
            return spent, passed, False
        wanted *= 2


def _windows(counted: int, alone: bool) -> list[int]:
    """Periods of each window; a run that is not alone has one."""
    number = min(WINDOWS, counted) if alone else 1
    return [counted // number] * number


def _count(run: TimedRun, intervals: Intervals, periods: int) -> tuple[int, Tally, IntervalTally]:
    """Count some periods; where they are many, by interval only the first of them."""
    told = min(periods, max(1, _LOOKS // len(intervals.starts)))
    began = round(run.now / intervals.period)
    run.clear()
    run.watch(intervals)
    services = run.advance(_NO_END, (began + told) * intervals.period)
    tally, by_interval = run.tally(), run.by_interval()
    run.watch(None)
    if told < periods:
        run.clear()
        services += run.advance(_NO_END, (began + periods) * intervals.period)
        tally = added([tally, run.tally()])
    return services, tally, by_interval
