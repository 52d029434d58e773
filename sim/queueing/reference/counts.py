"""What a run counts, as it goes."""

import math

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.arrays.tally import CLASS, FLOW, LENGTHS, STATION, Tally, bin_of, empty_tally
from sim.queueing.interval_tally import Snapshot
from sim.queueing.queue_contract import Departure
from sim.queueing.reference.customers import Customer, Visit


class Level:
    """A number that changes, and its integral over time.

    Arguments:
        environment: of SimPy.
        value: to begin with.
    """

    def __init__(self, environment: simpy.Environment, value: int = 0) -> None:
        self._environment = environment
        self._area = self._cleared = 0.0
        self._since = environment.now
        self.value = value

    def change(self, by: int) -> None:
        """Change the number now."""
        now = self._environment.now
        self._area += self.value * (now - self._since)
        self._since = now
        self.value += by

    def set(self, value: int) -> None:
        """Set the number now."""
        self.change(value - self.value)

    def total(self) -> float:
        """The integral from the beginning of the run until now, s."""
        self.change(0)
        return self._area

    def area(self) -> float:
        """The integral since it began anew until now, s."""
        return self.total() - self._cleared

    def clear(self) -> None:
        """Begin the integral anew."""
        self._cleared = self.total()


class Counts:
    """The tally of a run, and the levels whose integrals it has.

    Arguments:
        environment: of SimPy.
        layout: of the run.
        record: takes every departure, where one is given.
    """

    def __init__(
        self, environment: simpy.Environment, layout: Layout, record: list[Departure] | None
    ) -> None:
        self._environment = environment
        self._record = record
        stations, classes = len(layout.stations), len(layout.targets_of_classes)
        self._origins = layout.origins
        self._asked = layout.asked
        self._start(len(layout.flows), stations, classes)
        self._at_station = [Level(environment) for _ in range(stations)]
        self._in_flow = [Level(environment) for _ in layout.flows]
        self._in_class = [Level(environment) for _ in range(classes)]
        self._away = [Level(environment) for _ in layout.flows]  # who will come again
        self.busy = [Level(environment) for _ in range(stations)]
        self.servers = [Level(environment) for _ in range(stations)]
        self.paid = [Level(environment) for _ in range(stations)]
        self.each_busy: dict[tuple[int, int], Level] = {}  # by station and server of a speed
        self._scaling = layout.stations["scale_interval"] > 0
        self._targets = layout.targets_of_classes
        # Time that those who are gone waited, by flow, and who is there, with the same to come.
        self._waited = [0.0] * len(layout.flows)
        self._waited_before = [0.0] * len(layout.flows)
        self._present: dict[Customer, Visit] = {}
        self.departures = 0  # since the run began

    def at_station(self, station: int) -> int:
        """How many customers are at a station."""
        return self._at_station[station].value

    def _start(self, flows: int, stations: int, classes: int) -> None:
        # Rows of an array are slow to change; these become one with the tally.
        self._flows = _rows(FLOW, flows)
        self._stations = _rows(STATION, stations)
        self._classes = _rows(CLASS, classes)
        self._bins = empty_tally(flows, stations, classes, len(self._asked))
        self._cleared = self._environment.now
        self._lengths_since = [self._cleared] * stations
        self._busy_since = [math.nan] * stations  # not a number before the first period that counts

    # Customers in the network.

    def entered(self, customer: Customer) -> None:
        """A customer enters the network, or begins a trip."""
        self._classes[customer.customer_class]["entered"] += 1
        if self._origins:
            self._classes[self._origins + customer.customer_class]["entered"] += 1
        self._in_class[customer.customer_class].change(1)

    def class_changed(self, customer: Customer, to: int) -> None:
        """A customer is of another class from now on."""
        self._in_class[customer.customer_class].change(-1)
        self._in_class[to].change(1)

    def left(self, customer: Customer) -> None:
        """A customer has completed its way."""
        time = self._environment.now - customer.entered
        self._in_class[customer.customer_class].change(-1)
        self._count_trip(customer.customer_class, time)
        if self._origins:
            assert customer.trips is not None
            self._count_trip(self._origins + customer.trips.customer_class, time)

    def _count_trip(self, row: int, time: float) -> None:
        counted = self._classes[row]
        counted["left"] += 1
        counted["within"] += bool(time <= self._targets[row])
        counted["response_time"] += time
        counted["response_time_squares"] += time * time
        self._bins.trip_times[row, bin_of(time)] += 1
        self._bins.trips_within[row] += time <= self._asked

    def lost(self, customer: Customer) -> None:
        """A customer leaves the network before the end of its way."""
        self._classes[customer.customer_class]["lost"] += 1
        if self._origins:
            assert customer.trips is not None
            self._classes[self._origins + customer.trips.customer_class]["lost"] += 1
        self._in_class[customer.customer_class].change(-1)

    # Customers at stations.

    def found_full(self, visit: Visit) -> None:
        """A customer is not let in."""
        self._flows[visit.flow]["lost"] += 1

    def did_not_join(self, visit: Visit) -> None:
        """A customer finds the queue too long."""
        self._flows[visit.flow]["balked"] += 1

    def went_away(self, visit: Visit) -> None:
        """A customer who was not served will come again."""
        self._flows[visit.flow]["retried"] += 1
        self._away[visit.flow].change(1)

    def came_again(self, visit: Visit) -> None:
        """A customer comes to a visit once more."""
        self._flows[visit.flow]["returned"] += 1
        self._away[visit.flow].change(-1)

    def let_in(self, customer: Customer, visit: Visit) -> None:
        """A customer is at a station from now on."""
        self._present[customer] = visit
        self._flows[visit.flow]["arrivals"] += 1
        self._change_at_station(visit, 1)

    def out_of_patience(self, customer: Customer, visit: Visit) -> None:
        """A customer leaves a station without service."""
        del self._present[customer]
        self._waited[visit.flow] += self._environment.now - customer.arrived
        self._flows[visit.flow]["abandoned"] += 1
        self._change_at_station(visit, -1)

    def served(self, customer: Customer, visit: Visit) -> None:
        """A customer leaves a station after its service."""
        now, row, service = self._environment.now, visit.flow, customer.service
        response = now - customer.arrived
        at_once = customer.started == customer.arrived
        waiting = max(0.0, response - service)
        if at_once and waiting < 1e-9 * response + 1e-15 * now:
            waiting = 0.0  # what is left is rounding
        counted = self._flows[row]
        counted["departures"] += 1
        counted["waiting_time"] += waiting
        del self._present[customer]
        self._waited[row] += waiting
        counted["waiting_time_squares"] += waiting * waiting
        counted["response_time"] += response
        counted["response_time_squares"] += response * response
        counted["server_time"] += service * customer.slots
        counted["waited"] += not at_once or customer.cold
        counted["cold"] += customer.cold
        self._bins.waiting_times[row, bin_of(waiting)] += 1
        self._bins.response_times[row, bin_of(response)] += 1
        self._bins.waits_within[row] += waiting <= self._asked
        self._bins.responses_within[row] += response <= self._asked
        self._change_at_station(visit, -1)
        self.departures += 1
        if self._record is not None:
            self._record.append(
                Departure(
                    customer.serial,
                    visit.customer_class,
                    visit.station_number,
                    visit.number,
                    customer.arrived,
                    now,
                    service,
                )
            )

    def _change_at_station(self, visit: Visit, by: int) -> None:
        station, now = visit.station_number, self._environment.now
        level = self._at_station[station]
        self._count_length(station)
        self._in_flow[visit.flow].change(by)
        level.change(by)
        number = level.value
        if by == 1 and number == 1:
            self._busy_since[station] = now
        elif number == 0 and not math.isnan(self._busy_since[station]):
            counted = self._stations[station]
            counted["busy_periods"] += 1
            counted["busy_period_time"] += now - self._busy_since[station]

    def _count_length(self, station: int) -> None:
        now, number = self._environment.now, self._at_station[station].value
        elapsed = now - self._lengths_since[station]
        self._bins.lengths[station, min(number, LENGTHS - 1)] += elapsed
        self._lengths_since[station] = now

    # The tally.

    def responses(self) -> tuple[int, float]:
        """Services complete since the count began, and the sum of their response times, s."""
        departures = sum(int(flow["departures"]) for flow in self._flows)
        return departures, sum(float(flow["response_time"]) for flow in self._flows)

    def snapshot(self) -> Snapshot:
        """A copy of what is told by interval, with the integrals until now."""
        self._integrate()
        return Snapshot(
            self._environment.now,
            _array(self._flows, FLOW),
            _array(self._stations, STATION),
            _array(self._classes, CLASS),
            self._bins.trip_times.copy(),
        )

    def tally(self) -> Tally:
        """A copy, with the integrals until now."""
        self._integrate()
        return Tally(
            self._environment.now - self._cleared,
            _array(self._flows, FLOW),
            _array(self._stations, STATION),
            _array(self._classes, CLASS),
            self._bins.waiting_times.copy(),
            self._bins.response_times.copy(),
            self._bins.trip_times.copy(),
            self._bins.lengths.copy(),
            self._bins.waits_within.copy(),
            self._bins.responses_within.copy(),
            self._bins.trips_within.copy(),
            np.array([self.each_busy[key].area() for key in sorted(self.each_busy)]),
            self._bins.pools,
        )

    def _integrate(self) -> None:
        for station, row in enumerate(self._stations):
            self._count_length(station)
            row["number"] = self._at_station[station].area()
            row["busy"] = self.busy[station].area()
            row["servers"] = self.servers[station].area()
            row["paid"] = (self.paid if self._scaling[station] else self.servers)[station].area()
        waited = self._all_waited()
        for row, total, before in zip(self._flows, waited, self._waited_before, strict=True):
            row["waiting"] = total - before
        for rows, levels in ((self._flows, self._in_flow), (self._classes, self._in_class)):
            for row, level in zip(rows, levels, strict=True):
                row["number"] = level.area()
        for row, level in zip(self._flows, self._away, strict=True):
            row["away"] = level.area()

    def _all_waited(self) -> list[float]:
        """Time that customers of each flow have waited since the run began, s."""
        waited, now = list(self._waited), self._environment.now
        for customer, visit in self._present.items():
            had = visit.station.attained(customer)
            waited[visit.flow] += max(0.0, now - customer.arrived - had)
        return waited

    def clear(self) -> None:
        """Begin to count anew."""
        self._waited_before = self._all_waited()
        self._start(len(self._flows), len(self._stations), len(self._classes))
        levels_of_stations = (self._at_station, self.busy, self.servers, self.paid)
        of_servers = list(self.each_busy.values())
        for levels in (*levels_of_stations, of_servers, self._in_flow, self._in_class, self._away):
            for level in levels:
                level.clear()


def _rows(kind: np.dtype[np.void], number: int) -> list[dict[str, float]]:
    assert kind.names is not None
    return [dict.fromkeys(kind.names, 0) for _ in range(number)]


def _array(rows: list[dict[str, float]], kind: np.dtype[np.void]) -> NDArray[np.void]:
    return np.array([tuple(row.values()) for row in rows], kind)
