"""One station, first come, first served: customer by customer, without events.

With one server it is Lindley's recursion, with several Kiefer and Wolfowitz's, here in absolute
times: a customer starts when it has come and the first server is free.

Source: Lindley (1952), The theory of queues with a single server; Kiefer and Wolfowitz (1955), On
the theory of queues with many servers.
"""

import numpy as np

from models.queueing.disciplines import FCFS, number_of
from models.queueing.distributions import mean
from models.queueing.network import Trace
from models.queueing.traffic import arrival_rate
from sim.kernels.streams import fill
from sim.queueing.arrays.arrivals import POISSON_OR_RENEWAL, next_arrival
from sim.queueing.arrays.queue_compilation import compiled, inlined
from sim.queueing.arrays.queue_layout import SPLIT, UNLIMITED, Layout
from sim.queueing.arrays.tally import Tally, bin_of, empty_tally

_MOST_SERVERS = 1_000_000
_BLOCK = 512  # customers whose times are drawn at once


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
    plain = all(station[name] < 0 for name in ("setup", "failure", "shifts"))
    direct = all(one["kind"] == SPLIT and one["count"] == 1 for one in layout.destinations)
    return bool(
        plain
        and direct
        and len(layout.closed) == 0
        and station["discipline"] == number_of(FCFS)
        and station["servers"] <= _MOST_SERVERS
        and station["capacity"] == UNLIMITED
        and station["batch_size"] == 0
        and visit["patience"] < 0
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


@compiled
def _serve(sources, streams, service_stream, free, flow, waiting_bins, response_bins, now, count):
    """Serve so many customers; gives the time when the last of them came."""
    source, service_times = sources[0], streams[service_stream]
    between = streams[source.stream]
    plain, single = source.kind == POISSON_OR_RENEWAL, free.shape[0] == 1
    waiting_time = waiting_squares = response_time = response_squares = service_time = 0.0
    waited = 0
    first = free[0]
    gaps, services = np.empty(_BLOCK), np.empty(_BLOCK)
    for k in range(count):
        place = k % _BLOCK
        if place == 0:
            size = min(_BLOCK, count - k)
            fill(service_times, services, size)
            if plain:
                fill(between, gaps, size)
        now = now + gaps[place] if plain else next_arrival(source, now)
        begin = max(now, first)
        service = services[place]
        end = begin + service
        if single:
            first = end
        else:
            _replace_first(free, end)
            first = free[0]
        waiting, response = begin - now, end - now
        waited += begin > now
        waiting_time += waiting
        waiting_squares += waiting * waiting
        response_time += response
        response_squares += response * response
        service_time += service
        waiting_bins[bin_of(waiting)] += 1
        response_bins[bin_of(response)] += 1
    free[0] = first
    record = flow[0]
    record.arrivals += count
    record.departures += count
    record.waited += waited
    record.waiting_time += waiting_time
    record.waiting_time_squares += waiting_squares
    record.response_time += response_time
    record.response_time_squares += response_squares
    record.service_time += service_time
    return now


class RecursionRun:
    """One run of a station by recursion.

    A customer is counted with all its time when it comes: the integrals are those of the customers
    that have come, whatever of them lies ahead, and the lengths of the queue are not told apart.

    Arguments:
        layout: of a network that fits, for this run alone.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._free = np.zeros(int(layout.stations[0]["servers"]))
        self._now = self._began = 0.0
        self._counted = empty_tally(1, 1, 1)

    def advance(self, visits: int) -> int:
        """Simulate so many customers more; gives how many they were.

        Arguments:
            visits: departures from the station.
        """
        layout, counted = self._layout, self._counted
        service = int(layout.visits[0]["service"])
        self._now = _serve(
            layout.sources,
            layout.streams,
            service,
            self._free,
            counted.flows,
            counted.waiting_times[0],
            counted.response_times[0],
            self._now,
            visits,
        )
        return visits

    def responses(self) -> tuple[int, float]:
        """Departures so far, and the sum of their response times, s."""
        flow = self._counted.flows[0]
        return int(flow["departures"]), float(flow["response_time"])

    def tally(self) -> Tally:
        """A copy of what has been counted."""
        time = self._now - self._began
        flows, responses = self._counted.flows.copy(), self._counted.response_times.copy()
        flow = flows[0]
        flow["number"] = flow["response_time"]
        counted = empty_tally(1, 1, 1)
        station, customers = counted.stations[0], counted.classes[0]
        station["number"], station["busy"] = flow["response_time"], flow["service_time"]
        station["servers"] = len(self._free) * time
        if len(self._free) == 1:  # each who does not wait begins one, and they fill the time
            station["busy_periods"] = flow["departures"] - flow["waited"]
            station["busy_period_time"] = flow["service_time"]
        customers["entered"] = customers["left"] = flow["departures"]
        for name in ("response_time", "response_time_squares"):
            customers[name] = flow[name]
        customers["number"] = flow["number"]
        waiting = self._counted.waiting_times.copy()
        return Tally(
            time,
            flows,
            counted.stations,
            counted.classes,
            waiting,
            responses,
            responses.copy(),
            counted.lengths,
        )

    def clear(self) -> None:
        """Begin to count anew; the state of the station stays."""
        self._counted = empty_tally(1, 1, 1)
        self._began = self._now
