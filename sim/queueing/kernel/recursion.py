"""One station, first come, first served: customer by customer, without events.

With one server it is Lindley's recursion, with several Kiefer and Wolfowitz's, here in absolute
times: a customer starts when it has come and the first server is free.

Source: Lindley (1952), The theory of queues with a single server; Kiefer and Wolfowitz (1955), On
the theory of queues with many servers.
"""

import math

import numpy as np
from numpy.typing import NDArray

from models.queueing.disciplines import Order, discipline_of
from models.queueing.distributions import mean
from models.queueing.network import Trace
from models.queueing.periods import Intervals
from models.queueing.traffic import arrival_rate
from sim.kernels.streams import fill
from sim.queueing.arrays.arrivals import POISSON_OR_RENEWAL, TIME_VARYING, next_arrival
from sim.queueing.arrays.layout_records import SPLIT, UNLIMITED
from sim.queueing.arrays.queue_compilation import compiled, inlined
from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.arrays.tally import BINS, Tally, bin_of, empty_tally
from sim.queueing.interval_tally import IntervalTally, empty_intervals

_MOST_SERVERS = 1_000_000
_BLOCK = 512  # customers whose times are drawn at once
_CLOCK = np.dtype(
    [
        ("now", "f8"),  # when the last customer came, s
        ("upcoming", "f8"),  # when the next one comes, s
        ("gap", "i8"),  # place among the times between arrivals that are drawn
        ("service", "i8"),  # place among the services that are drawn
        ("interval", "i8"),  # in which the next one comes
        ("interval_end", "f8"),  # s
    ],
    align=True,
)
_SUMS = np.dtype(  # over the customers who leave in an interval
    [
        ("departures", "i8"),
        ("waited", "i8"),
        ("within", "i8"),  # the target of the class
        ("waiting_time", "f8"),
        ("waiting_time_squares", "f8"),
        ("response_time", "f8"),
        ("response_time_squares", "f8"),
        ("server_time", "f8"),
        ("arrivals", "i8"),  # who come in it
        ("busy", "f8"),  # time of the servers in it, s
        ("number", "f8"),  # time of the customers in it, s
    ],
    align=True,
)


def fits(layout: Layout) -> bool:
    """The recursion holds: one station, one open class that visits it once, nothing special.

    A station that is overloaded is left to the events, which see its queue grow.

    Arguments:
        layout: of the network.
    """
    if len(layout.stations) != 1 or len(layout.sources) != 1 or len(layout.visits) != 1:
        return False
    station, visit, source = layout.stations[0], layout.visits[0], layout.sources[0]
    customers = layout.network.classes[layout.flows[0][1]]
    plain = all(station[name] < 0 for name in ("setup", "failure", "shifts", "speeds"))
    direct = all(one["kind"] == SPLIT and one["count"] == 1 for one in layout.destinations)
    return bool(
        plain
        and not len(layout.pools)
        and direct
        and len(layout.closed) == 0
        and discipline_of(station["discipline"]).order is Order.FIRST_COME
        and station["servers"] <= _MOST_SERVERS
        and station["capacity"] == UNLIMITED
        and station["batch_size"] == 0
        and station["scale_interval"] == 0
        and visit["patience"] < 0
        and visit["reluctance"] < 0
        and visit["slots"] == 1
        and source["size_stream"] < 0
        and not isinstance(customers.arrivals, Trace)
        and arrival_rate(customers) * mean(layout.graph.visits[0].service) < station["servers"]
    )


@inlined
def _replace_first(free, time):
    """The first server of a heap of times is free later."""
    place, size = 0, free.shape[0]
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and free[child + 1] < free[child]:
            child += 1
        if free[child] >= time:
            break
        free[place] = free[child]
        place = child
    free[place] = time


@inlined
def _next_in_profile(source, rates, left, now):
    """As `next_arrival` for rates that vary with time, with an exponential that is drawn before."""
    while True:
        rate = rates[source.offset + source.state]
        if left <= rate * (source.until - now):
            return now + left / rate
        left -= rate * (source.until - now)
        now = source.until
        source.state += 1
        if source.state == source.count:
            source.state = 0
        source.until += rates[source.offset + source.count + source.state]


@compiled
def _count_later(sums, response_bins, lengths, clock, begin, end, waiting, response, target):
    """Count one who leaves after the interval in which it came: its server is busy in several."""
    place, until, since = clock.interval, clock.interval_end, begin
    here = begin - waiting
    while end >= until:
        sums[place].number += until - here
        here = until
        if since < until:
            sums[place].busy += until - since
            since = until
        place += 1
        if place == lengths.shape[0]:
            place = 0
        until += lengths[place]
    row = sums[place]
    row.busy += end - since
    row.number += end - here
    row.departures += 1
    row.waited += waiting > 0
    row.within += response <= target
    row.waiting_time += waiting
    row.waiting_time_squares += waiting * waiting
    row.response_time += response
    row.response_time_squares += response * response
    row.server_time += end - begin
    response_bins[place, bin_of(response)] += 1


@compiled
def _serve(
    sources, streams, service_stream, profile, free, clocks, gaps, services,
    lengths, sums, waiting_bins, response_bins, target, asked, waits_within, responses_within,
    count, limit,
):  # fmt: skip
    """Serve so many customers, or those who come before a limit; gives how many."""
    source, service_times = sources[0], streams[service_stream]
    between, clock = streams[source.stream], clocks[0]
    plain, varying = source.kind == POISSON_OR_RENEWAL, source.kind == TIME_VARYING
    single = free.shape[0] == 1
    first, upcoming, now = free[0], clock.upcoming, clock.now
    gap, place = clock.gap, clock.service  # kept in registers
    served = 0
    while served < count:
        if clock.interval_end <= upcoming < math.inf:
            clock.interval += 1
            if clock.interval == lengths.shape[0]:
                clock.interval = 0
            clock.interval_end += lengths[clock.interval]
            continue
        interval_end, here = clock.interval_end, response_bins[clock.interval]
        waiting_time = waiting_squares = response_time = response_squares = service_time = 0.0
        waited = within = later = 0
        before, stop = served, min(interval_end, limit)
        while served < count and upcoming < stop:
            if place == _BLOCK:
                fill(service_times, services, _BLOCK)
                place = 0
            if gap == _BLOCK:
                if plain or varying:
                    fill(between, gaps, _BLOCK)
                gap = 0
            # One of these blocks is used up, or all are served, or the next comes too late.
            size = min(count - served, _BLOCK - place, _BLOCK - gap)
            done, late = size, False
            begin = end = waiting = response = 0.0
            for k in range(size):
                if upcoming >= stop:
                    done = k
                    break
                now = upcoming
                begin = max(now, first)
                end = begin + services[place + k]
                if single:
                    first = end
                else:
                    _replace_first(free, end)
                    first = free[0]
                waiting, response = begin - now, end - now
                waiting_bins[bin_of(waiting)] += 1
                for j in range(asked.shape[0]):
                    waits_within[j] += waiting <= asked[j]
                    responses_within[j] += response <= asked[j]
                if plain:
                    upcoming = now + gaps[gap + k]
                elif varying:
                    upcoming = _next_in_profile(source, profile, gaps[gap + k], now)
                else:
                    upcoming = next_arrival(source, now)
                if end >= interval_end:
                    done, late = k + 1, True  # it is counted apart, so that this loop stays small
                    break
                waited += begin > now
                within += response <= target
                waiting_time += waiting
                waiting_squares += waiting * waiting
                response_time += response
                response_squares += response * response
                service_time += services[place + k]
                here[bin_of(response)] += 1
            if late:
                later += 1
                _count_later(
                    sums, response_bins, lengths, clock, begin, end, waiting, response, target
                )
            served += done
            place += done
            gap += done
        came = served - before
        departures = came - later
        row = sums[clock.interval]
        row.arrivals += came
        row.departures += departures
        row.waited += waited
        row.within += within
        row.waiting_time += waiting_time
        row.waiting_time_squares += waiting_squares
        row.response_time += response_time
        row.response_time_squares += response_squares
        row.server_time += service_time
        row.busy += service_time
        row.number += response_time
        if upcoming >= limit:
            break
    free[0] = first
    clock.now, clock.upcoming = now, upcoming
    clock.gap, clock.service = gap, place
    return served


class RecursionRun:
    """One run of a station by recursion.

    A customer is counted with all its time when it comes: the integrals are those of the customers
    that have come, whatever of them lies ahead, and the lengths of the queue are not told apart.
    Only its servers are counted as busy up to now, so that no more of them are than there are.
    By interval it counts where it leaves, and its server where it is busy.

    Arguments:
        layout: of a network that fits, for this run alone.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._free = np.zeros(int(layout.stations[0]["servers"]))
        self._gaps, self._services = np.empty(_BLOCK), np.empty(_BLOCK)
        self._target = float(layout.targets_of_classes[0])
        self._clock = np.zeros(1, _CLOCK)
        self._clock["gap"] = self._clock["service"] = _BLOCK
        self._now = self._began = self._ahead_before = 0.0
        self._intervals: Intervals | None = None
        self._lengths = np.array([math.inf])
        self._clock["interval_end"] = math.inf
        self._clear()
        self._begin()

    def _begin(self) -> None:
        """When the first customer comes."""
        source, profile = self._layout.sources[0], self._layout.profile
        between = self._layout.streams[source["stream"]]
        self._clock["upcoming"] = _first(source, between, profile, self._gaps, self._clock)

    def _clear(self) -> None:
        self._sums = np.zeros(len(self._lengths), _SUMS)
        self._waiting = np.zeros(BINS, np.int64)
        self._responses = np.zeros((len(self._lengths), BINS), np.int64)
        self._waits_within, self._responses_within = (
            np.zeros(len(self._layout.asked), np.int64) for _ in range(2)
        )

    def _ahead(self) -> float:
        """Time that the servers will be busy from now on for those who have come, s."""
        return float(np.maximum(self._free - self._now, 0.0).sum())

    @property
    def now(self) -> float:
        """Time since the beginning of the run, s."""
        return self._now

    def advance(self, visits: int, until: float = math.inf) -> int:
        """Simulate so many customers more, or those who come before a time; gives how many.

        Arguments:
            visits: departures from the station.
            until: time since the beginning of the run, s.
        """
        layout = self._layout
        service = int(layout.visits[0]["service"])
        served = _serve(
            layout.sources, layout.streams, service, layout.profile, self._free, self._clock,
            self._gaps, self._services, self._lengths, self._sums, self._waiting,
            self._responses, self._target, layout.asked, self._waits_within,
            self._responses_within, visits, until,
        )  # fmt: skip
        self._now = until if served < visits else float(self._clock["now"][0])
        return int(served)

    def responses(self) -> tuple[int, float]:
        """Departures so far, and the sum of their response times, s."""
        return int(self._sums["departures"].sum()), float(self._sums["response_time"].sum())

    def tally(self) -> Tally:
        """A copy of what has been counted."""
        time = self._now - self._began
        counted = empty_tally(1, 1, 1)
        flow, station, customers = counted.flows[0], counted.stations[0], counted.classes[0]
        for name in flow.dtype.names:
            if name in (_SUMS.names or ()) and name != "number":
                flow[name] = self._sums[name].sum()
        flow["number"], flow["waiting"] = flow["response_time"], flow["waiting_time"]
        station["number"] = flow["response_time"]
        station["busy"] = flow["server_time"] + self._ahead_before - self._ahead()
        station["servers"] = station["paid"] = len(self._free) * time
        if len(self._free) == 1:  # each who does not wait begins one, and they fill the time
            station["busy_periods"] = flow["departures"] - flow["waited"]
            station["busy_period_time"] = flow["server_time"]
        customers["entered"] = customers["left"] = flow["departures"]
        customers["within"] = self._sums["within"].sum()
        for name in ("response_time", "response_time_squares"):
            customers[name] = flow[name]
        customers["number"] = flow["number"]
        responses = self._responses.sum(axis=0)[np.newaxis]
        waiting = self._waiting[np.newaxis].copy()
        return Tally(
            time, counted.flows, counted.stations, counted.classes,
            waiting, responses, responses.copy(), counted.lengths,
            self._waits_within[np.newaxis].copy(), self._responses_within[np.newaxis].copy(),
            self._responses_within[np.newaxis].copy(), counted.each_busy,
            counted.pools,
        )  # fmt: skip

    def clear(self) -> None:
        """Begin to count anew; the state of the station stays."""
        self._clear()
        self._began, self._ahead_before = self._now, self._ahead()

    def watch(self, intervals: Intervals | None) -> None:
        """Count anew, and by interval from now on, the start of a period.

        Arguments:
            intervals: of the period; None for no longer.
        """
        self._intervals = intervals
        self._lengths = intervals.lengths if intervals else np.array([math.inf])
        self._clock["interval"] = 0
        self._clock["interval_end"] = self._now + self._lengths[0]
        self.clear()

    def by_interval(self) -> IntervalTally:
        """A copy of what has been counted by interval, at the end of a period."""
        assert self._intervals is not None, "a watch has begun"
        times = self._lengths * round((self._now - self._began) / self._intervals.period)
        counted = empty_intervals(len(times), 1, 1, 1)
        flows, classes = counted.flows[:, 0], counted.classes[:, 0]
        for name in flows.dtype.names or ():
            if name in (_SUMS.names or ()):
                flows[name] = self._sums[name]
        for name in ("busy", "number"):
            counted.stations[:, 0][name] = self._sums[name]
        for name in ("servers", "paid"):
            counted.stations[:, 0][name] = len(self._free) * times
        classes["entered"], classes["left"] = flows["arrivals"], flows["departures"]
        for name in ("within", "response_time", "response_time_squares"):
            classes[name] = self._sums[name]
        trip_times: NDArray[np.int64] = self._responses[:, np.newaxis].copy()
        return IntervalTally(times, counted.flows, counted.stations, counted.classes, trip_times)


@compiled
def _first(source, between, profile, gaps, clocks):
    """When the first customer comes, s."""
    clock = clocks[0]
    if source.kind == POISSON_OR_RENEWAL:
        fill(between, gaps, _BLOCK)
        clock.gap = 1
        return gaps[0]
    if source.kind == TIME_VARYING:
        fill(between, gaps, _BLOCK)
        clock.gap = 1
        return _next_in_profile(source, profile, gaps[0], 0.0)
    return next_arrival(source, 0.0)
