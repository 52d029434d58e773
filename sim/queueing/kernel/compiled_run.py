"""One run of a queueing network in the compiled event loop."""

import math

import numpy as np
from numpy.typing import NDArray

from models.queueing.periods import Intervals
from sim.kernels.native import Entry, native_functions
from sim.queueing.arrays.layout_records import UNLIMITED
from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.arrays.tally import CLASS, LENGTHS, POOL, STATION, Tally
from sim.queueing.interval_tally import IntervalTally, IntervalWatch, Snapshot
from sim.queueing.kernel.kernel_disciplines import SHARED
from sim.queueing.kernel.queue_records import (
    ABSENT,
    AWAY,
    BEFORE_POOL,
    BLOCKED,
    COMPLETE,
    FORKED,
    GROW,
    RECORD_FULL,
    SERVING,
    TRAVELLING,
    WAITING,
)
from sim.queueing.kernel.state import initial_state
from sim.queueing.queue_contract import Departure, TooManyCustomers

PREPARE, LOOP, ATTAIN, SCALE = native_functions(
    Entry("sim.queueing.kernel.events", "prepare", 1),
    Entry("sim.queueing.kernel.events", "loop", 2),
    Entry("sim.queueing.kernel.kernel_stations", "attain", 2),
    Entry("sim.queueing.kernel.kernel_servers", "count_scaled", 2),
)
_PIECE = 1 << 16  # customers that are looked at together
MOST_CUSTOMERS = 2_000_000  # who came from outside, in the network at the same time
_ROOM = 1024  # customers at first
_RECORDS = 65_536  # departures a block
# Where a customer is who does something, by what it does; of a station only with a visit.
_AT_STATION = np.isin(np.arange(BEFORE_POOL + 1), (WAITING, SERVING, BLOCKED))
_ON_THE_WAY = np.isin(np.arange(BEFORE_POOL + 1), (FORKED, TRAVELLING, BLOCKED, AWAY, BEFORE_POOL))
_MOST_COUNTED = 2**31 - 2**20  # departures that the bins of the loop can count, with a margin


class CompiledRun:
    """One run of a network.

    Arguments:
        layout: of the network, for this run alone; the state of its streams and sources moves on.
        record: takes every departure from a station, in order, where one is given.
    """

    def __init__(self, layout: Layout, record: list[Departure] | None = None) -> None:
        self._layout = layout
        self._record = record
        population = int(layout.closed["population"].sum())
        records = 0 if record is None else _RECORDS + len(layout.stations)
        self._state = initial_state(layout, population + _ROOM, records)
        self._address = self._state.address
        # What is read and written often, as views of arrays that stay where they are.
        world, flows = self._state.world, self._state.flows
        self._now, self._until = world["now"], world["until"].view(np.float64)
        self._departures, self._recorded = world["departures"], world["recorded"]
        self._served, self._response_time = flows["departures"], flows["response_time"]
        # What the bins of the loop were emptied into, and how many departures there were then.
        shape = self._state.waiting_times.shape
        self._waiting_times, self._response_times = (
            np.zeros(shape, np.int64),
            np.zeros(shape, np.int64),
        )
        self._emptied_at = 0
        self._intervals: Intervals | None = None
        self._watch: IntervalWatch | None = None
        PREPARE(self._address)

    @property
    def now(self) -> float:
        """Time since the beginning of the run, s."""
        return float(self._now[0])

    def advance(self, visits: int, until: float = math.inf) -> int:
        """Simulate until that many more services are complete; gives how many were.

        Fewer only where the time is reached, or where nothing more can happen, such as after the
        end of a trace.

        Arguments:
            visits: departures from stations.
            until: time since the beginning of the run, s; what happens then is left.

        Raises:
            TooManyCustomers: the number of customers in the network grows beyond all bounds.
        """
        if self._watch is None:
            return self._advance(visits, until)
        return self._watch.advance(self._advance, self._snapshot, visits, until)

    def _advance(self, visits: int, until: float) -> int:
        self._until[0] = until
        before = int(self._departures[0])
        while True:
            most = self._emptied_at + _MOST_COUNTED
            why = LOOP(self._address, min(before + visits, most))
            done = int(self._departures[0]) - before
            if self._record is not None:
                self._keep_record(self._record)
            if why == GROW:
                self._grow()
            elif why == COMPLETE and done < visits:
                self._empty_bins()
            elif why != RECORD_FULL:
                return done

    def _empty_bins(self) -> None:
        state = self._state
        for total, bins in (
            (self._waiting_times, state.waiting_times),
            (self._response_times, state.response_times),
        ):
            total += bins
            bins[...] = 0
        self._emptied_at = int(self._departures[0])

    def _grow(self) -> None:
        room = len(self._state.customers)
        if room - int(self._state.world["population"][0]) > MOST_CUSTOMERS:
            network, waiting = self._layout.network, self._state.customers["doing"] == BEFORE_POOL
            before = np.bincount(
                self._state.customers["place"][waiting], minlength=len(network.pools)
            )
            numbers = np.concatenate([self._state.stations["at"], before])
            worst = int(np.argmax(numbers))
            raise TooManyCustomers([*network.stations, *network.pools][worst], int(numbers[worst]))
        self._state.grow(2 * room)

    def _keep_record(self, record: list[Departure]) -> None:
        count = int(self._recorded[0])
        record += [Departure(*row) for row in self._state.record[:count].tolist()]
        self._recorded[0] = 0

    def tally(self) -> Tally:
        """A copy of what has been counted, integrals up to now."""
        state, now = self._state, self.now
        flows, classes = self._flows_and_classes()
        stations = self._stations()
        lengths = state.lengths.copy()
        at = np.minimum(state.stations["at"], LENGTHS - 1)
        since = now - state.stations["since"]
        lengths[np.arange(len(at)), at] += since
        stations["number"] += lengths[:, :-1] @ np.arange(LENGTHS - 1.0)
        beyond = at == LENGTHS - 1
        stations["number"][beyond] += (state.stations["at"] * since)[beyond]
        return Tally(
            now - float(state.world["began"][0]),
            flows,
            stations,
            classes,
            self._waiting_times + state.waiting_times,
            self._response_times + state.response_times,
            state.trip_times.copy(),
            lengths,
            state.waits_within.copy(),
            state.responses_within.copy(),
            state.trips_within.copy(),
            self._each_busy(now),
            self._pools(now),
        )

    def _snapshot(self) -> Snapshot:
        flows, classes = self._flows_and_classes()
        return Snapshot(self.now, flows, self._stations(), classes, self._state.trip_times.copy())

    def _flows_and_classes(self) -> tuple[NDArray[np.void], NDArray[np.void]]:
        self._share_up_to_now()
        state = self._state
        flows, classes = state.flows.copy(), _fields(state.classes, CLASS)
        flows["number"] += flows["response_time"]
        flows["waiting"] += flows["waiting_time"]
        self._add_present(flows, classes, self.now, 1.0)
        return flows, classes

    def _stations(self) -> NDArray[np.void]:
        """All but the number of customers, which the lengths of the queues tell."""
        self._share_up_to_now()
        self._scale_up_to_now()
        stations = _fields(self._state.stations, STATION)
        stations["busy"] += self._busy_now(self.now)
        stations["servers"] = self._servers_time(self.now)
        scaling = self._state.stations["scale_interval"] > 0
        paid = self._state.stations["paid_time"]
        stations["paid"] = np.where(scaling, paid, stations["servers"])
        return stations

    def watch(self, intervals: Intervals | None) -> None:
        """Count by interval from now on, the start of a period.

        Arguments:
            intervals: of the period; None for no longer.
        """
        self._intervals = intervals
        self._watch = IntervalWatch(intervals, self._snapshot()) if intervals else None

    def by_interval(self) -> IntervalTally:
        """A copy of what has been counted by interval, up to now."""
        assert self._watch is not None, "a watch has begun"
        self._watch.look(self._snapshot())
        return self._watch.tally()

    def responses(self) -> tuple[int, float]:
        """Services complete since the count began, and the sum of their response times, s."""
        return int(self._served.sum()), float(self._response_time.sum())

    def clear(self) -> None:
        """Begin to count anew; the state of the network stays."""
        state, now = self._state, self.now
        self._share_up_to_now()
        self._scale_up_to_now()
        state.flows[...] = np.zeros(1, state.flows.dtype)
        for name in CLASS.names or ():
            state.classes[name] = 0
        self._empty_bins()
        for histogram in (self._waiting_times, self._response_times, state.trip_times):
            histogram[...] = 0
        for within in (state.waits_within, state.responses_within, state.trips_within):
            within[...] = 0
        state.lengths[...] = 0.0
        for name in ("number", "servers_time", "paid_time", "busy_periods", "busy_period_time"):
            state.stations[name] = 0
        state.stations["since"] = state.stations["open_since"] = now
        state.stations["busy_since"][state.stations["at"] > 0] = -np.inf  # it does not count
        # What those who are present have had so far will come with their departures.
        self._add_present(state.flows, state.classes, now, -1.0)
        state.servers["busy"] = 0.0
        each = state.stations["speeds"][state.servers["station"]] >= 0
        state.servers["busy"][each] = -self._each_busy(now)
        for name in POOL.names or ():
            state.pools[name] = 0
        state.pools["since"] = now
        if len(state.pools):
            self._add_waiting(state.pools, now, -1.0)
        state.stations["busy"] = 0.0
        state.stations["busy"] = -self._busy_now(now)
        state.world["began"] = now
        self.watch(self._intervals)

    def _pools(self, now: float) -> NDArray[np.void]:
        rows = self._state.pools
        pools = _fields(rows, POOL)
        pools["held"] += rows["used"] * (now - rows["since"])
        pools["waiting"] += rows["waiting_time"]
        self._add_waiting(pools, now, 1.0)
        return pools

    def _add_waiting(self, pools: NDArray[np.void], now: float, sign: float) -> None:
        """Add the time of those who wait before a pool."""
        customers = self._state.customers
        waiting = customers[customers["doing"] == BEFORE_POOL]
        np.add.at(pools["waiting"], waiting["place"], sign * (now - waiting["started"]))

    def _each_busy(self, now: float) -> NDArray[np.float64]:
        """Time of each server that has a speed of its own."""
        servers = self._state.servers
        mine = servers[self._state.stations["speeds"][servers["station"]] >= 0]
        busy: NDArray[np.float64] = mine["busy"].copy()
        taken = np.flatnonzero(mine["customer"] >= 0)
        held = self._state.customers[mine["customer"][taken]]
        # Who is blocked holds its server, and keeps it busy no longer.
        busy[taken] += np.minimum(now - held["started"], held["service"])
        return busy

    def _share_up_to_now(self) -> None:
        for s in np.flatnonzero(self._state.stations["kept_in"] == SHARED):
            ATTAIN(self._address, int(s))

    def _scale_up_to_now(self) -> None:
        for s in np.flatnonzero(self._state.stations["scale_interval"] > 0):
            SCALE(self._address, int(s))

    def _add_present(
        self, flows: NDArray[np.void], classes: NDArray[np.void], now: float, sign: float
    ) -> None:
        """Add the time of those who are present to the integrals of their flows and classes."""
        present = np.flatnonzero(self._state.customers["doing"])  # the others are free
        # Copies of all millions at once would take gigabytes.
        for start in range(0, len(present), _PIECE):
            self._add_some(present[start : start + _PIECE], flows, classes, now, sign)

    def _add_some(
        self,
        numbers: NDArray[np.int64],
        flows: NDArray[np.void],
        classes: NDArray[np.void],
        now: float,
        sign: float,
    ) -> None:
        customers = self._state.customers  # its rows are long: only what is needed is gathered
        doing = customers["doing"][numbers]
        at_station = _AT_STATION[doing] & (customers["visit"][numbers] >= 0)
        there = numbers[at_station]
        which = customers["flow"][there]
        present = now - customers["arrived"][there]
        np.add.at(flows["number"], which, sign * present)
        waiting = np.maximum(present - self._attained(there, now), 0.0)
        np.add.at(flows["waiting"], which, sign * waiting)
        away = numbers[doing == AWAY]
        elsewhere = now - customers["started"][away]
        np.add.at(flows["away"], customers["flow"][away], sign * elsewhere)
        inside = at_station | _ON_THE_WAY[doing]
        inside &= customers["parent"][numbers] < 0
        inner = numbers[inside]
        since = now - customers["class_since"][inner]
        np.add.at(classes["number"], customers["customer_class"][inner], sign * since)

    def _attained(self, numbers: NDArray[np.int64], now: float) -> NDArray[np.float64]:
        """Service that some customers at a station have had so far, s."""
        state, customers = self._state, self._state.customers
        service = customers["service"][numbers]
        stations, station = state.stations, customers["station"][numbers]
        shared = (stations["kept_in"] == SHARED)[station]
        together = (stations["batch_size"] > 0)[station]
        first, leaves = int(state.world["first_customer"][0]), int(state.world["leaves"][0])
        ends = state.nodes["time"][leaves:].view(np.float64)
        place = state.calendar["place"][first + numbers]
        # What is left to do at the end of a setup that goes on is all that it needs.
        remaining, doing = customers["remaining"][numbers], customers["doing"][numbers]
        left = np.minimum(remaining, ends[np.maximum(place, 0)] - now)
        left = np.where(together, service - (now - customers["started"][numbers]), left)
        left = np.where(shared, customers["key"][numbers] - stations["attained"][station], left)
        waiting = np.where(together, service, remaining)
        left = np.where(doing == SERVING, left, np.where(doing == WAITING, waiting, 0.0))
        return np.asarray(service - np.clip(left, 0.0, service))

    def _busy_now(self, now: float) -> NDArray[np.float64]:
        """Time of the services that go on, by station; a batch counts once."""
        state = self._state
        busy = np.zeros(len(state.stations))
        serving = np.flatnonzero(state.customers["doing"] == SERVING)
        station = state.customers["station"][serving]
        first = int(state.world["first_customer"][0])
        own = state.calendar["place"][first + serving] != ABSENT
        own &= state.stations["kept_in"][station] != SHARED
        mine = state.customers[serving[own]]
        np.add.at(busy, station[own], (now - mine["started"]) * mine["slots"])
        return busy

    def _servers_time(self, now: float) -> NDArray[np.float64]:
        state = self._state
        stations = state.stations
        nominal = np.where(stations["servers"] == UNLIMITED, 0, stations["servers"])
        elapsed = now - float(state.world["began"][0])
        there = np.maximum(stations["open"], stations["occupied"])
        scheduled = stations["servers_time"] + there * (now - stations["open_since"])
        total: NDArray[np.float64] = np.where(stations["shifts"] >= 0, scheduled, nominal * elapsed)
        scaling = stations["scale_interval"] > 0
        return np.where(scaling, stations["servers_time"], total)


def _fields(rows: NDArray[np.void], kind: np.dtype[np.void]) -> NDArray[np.void]:
    """The fields of a tally among those of the kernel."""
    kept = np.zeros(len(rows), kind)
    for name in set(kind.names or ()) & set(rows.dtype.names or ()):
        kept[name] = rows[name]
    return kept
