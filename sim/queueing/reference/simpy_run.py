"""A run of a queueing network in SimPy."""

import math
from dataclasses import replace
from typing import Any

import simpy

from models.queueing.periods import Intervals
from sim.queueing.arrays.arrivals import next_arrival
from sim.queueing.arrays.layout_records import FORK
from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.arrays.tally import Tally
from sim.queueing.interval_tally import IntervalTally, IntervalWatch
from sim.queueing.queue_contract import Departure, TooManyCustomers
from sim.queueing.reference.build import build_trips
from sim.queueing.reference.counts import Counts
from sim.queueing.reference.customers import Activity, Customer, Destination, Trips, Visit
from sim.queueing.reference.draws import Draws
from sim.queueing.reference.simpy_pools import Granted, Pools
from sim.queueing.reference.simpy_reluctance import balks, comes_again
from sim.queueing.reference.simpy_routing import choose
from sim.queueing.reference.simpy_stations import World

MOST_CUSTOMERS = 200_000  # who came from outside, in the network at the same time
QUIET_EVENTS = 1_000_000  # without a departure; nothing but failures, shifts and arrivals goes on


class SimPyRun:
    """One run of a network: sources let customers in, and each goes its way as a process.

    Arguments:
        layout: of the network, for this run alone; the state of its streams and sources moves on.
        record: takes every departure from a station, in order, where one is given.
    """

    def __init__(self, layout: Layout, record: list[Departure] | None = None) -> None:
        self._layout = layout
        self._environment = simpy.Environment()
        self._draws = Draws(layout)
        self._counts = Counts(self._environment, layout, record)
        self._pools = Pools(self._environment, layout)
        world = World(self._environment, self._draws, self._counts)
        open_trips, closed_trips = build_trips(layout, world)
        self._intervals: Intervals | None = None
        self._watch: IntervalWatch | None = None
        self._names = tuple(layout.network.stations)
        self._serials = 0
        self._sources = len(layout.sources)  # that have not come to their end
        self._came = 0  # from outside, and still in the network
        self._population = 0
        for closed, trips in zip(layout.closed, closed_trips, strict=True):
            for _ in range(closed["population"]):
                self._population += 1
                customer = self._new_customer(trips)
                customer.process = self._environment.process(self._live(customer))
        for source, trips in zip(layout.sources, open_trips, strict=True):
            self._environment.process(self._let_in(source, trips))

    # The protocol of a run.

    @property
    def now(self) -> float:
        """Time since the beginning of the run, s."""
        return float(self._environment.now)

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
        return self._watch.advance(self._advance, self._counts.snapshot, visits, until)

    def _advance(self, visits: int, until: float) -> int:
        counts, environment = self._counts, self._environment
        before = last = counts.departures
        quiet = 0
        while counts.departures - before < visits and quiet < QUIET_EVENTS and self._goes_on():
            following = environment.peek()
            if math.isinf(following):
                break  # all customers block each other
            if following >= until:
                environment._now = until  # `run` would let some of what happens then happen
                break
            environment.step()
            quiet = quiet + 1 if counts.departures == last else 0
            last = counts.departures
        return counts.departures - before

    def watch(self, intervals: Intervals | None) -> None:
        """Count by interval from now on, the start of a period.

        Arguments:
            intervals: of the period; None for no longer.
        """
        self._intervals = intervals
        self._watch = IntervalWatch(intervals, self._counts.snapshot()) if intervals else None

    def by_interval(self) -> IntervalTally:
        """A copy of what has been counted by interval, up to now."""
        assert self._watch is not None, "a watch has begun"
        self._watch.look(self._counts.snapshot())
        return self._watch.tally()

    def tally(self) -> Tally:
        """A copy of what has been counted, integrals up to now."""
        return replace(self._counts.tally(), pools=self._pools.tally())

    def responses(self) -> tuple[int, float]:
        """Services complete since the count began, and the sum of their response times, s."""
        return self._counts.responses()

    def clear(self) -> None:
        """Begin to count anew; the state of the network stays."""
        self._counts.clear()
        self._pools.clear()
        self.watch(self._intervals)

    def _goes_on(self) -> bool:
        if self._came > MOST_CUSTOMERS:
            numbers = [self._counts.at_station(station) for station in range(len(self._names))]
            numbers += [len(pool.line) for pool in self._pools.all]
            worst = max(range(len(numbers)), key=numbers.__getitem__)
            names = (*self._names, *self._layout.network.pools)
            raise TooManyCustomers(names[worst], numbers[worst])
        # Failures, repairs and shifts go on without end, but concern nobody any more.
        return self._sources + self._came + self._population > 0

    # Processes.

    def _let_in(self, source: Any, trips: Trips) -> Activity:
        """The customers of an open class arrive."""
        environment = self._environment
        size = int(source["size_stream"])
        arrival = 0.0
        while True:
            arrival = float(next_arrival(source, arrival))
            if math.isinf(arrival):
                break
            row = int(source["state"]) - 1
            yield environment.timeout(max(0.0, arrival - environment.now))
            for _ in range(int(self._draws.value(size)) if size >= 0 else 1):
                self._came += 1
                customer = self._new_customer(trips)
                customer.row = row
                self._begin_trip(customer)
                if customer.visit or customer.again or customer.gate:
                    customer.process = environment.process(self._live(customer))
        self._sources -= 1

    def _live(self, customer: Customer) -> Activity:
        """A customer goes from station to station, and from trip to trip if its class is closed."""
        trips = customer.trips
        assert trips is not None
        while not customer.tasks:  # or the last of them goes on with it
            if customer.visit is not None:
                yield from self._pass(customer, customer.visit)
            elif customer.gate is not None:
                yield customer.gate  # whoever gives back what it waits for moves it on
            elif customer.again is not None:
                yield from self._come_again(customer, customer.again)
            elif trips.closed:
                if trips.think >= 0:
                    yield self._environment.timeout(self._draws.value(trips.think))
                self._begin_trip(customer)
            else:
                return

    def _work(self, task: Customer, parent: Customer, then: Visit | None) -> Activity:
        """A task is served; with the last one the customer that forked goes on."""
        visit = task.visit
        assert visit is not None
        if (yield from task.wait_until_served()):
            visit.station.leave(task)
        parent.tasks -= 1
        if parent.tasks == 0:
            parent.process = task.process
            yield from self._move(parent, then)
            yield from self._live(parent)

    # Parts of a way.

    def _pass(self, customer: Customer, visit: Visit) -> Activity:
        """A customer is served and goes where it goes next, or runs out of patience."""
        if not (yield from customer.wait_until_served()):
            self._turn_away(customer, visit)
            return
        customer.tries = 0
        destination = visit.destination
        assert destination is not None  # only tasks end at a station
        if destination.kind == FORK:
            visit.station.leave(customer)
            self._fork(customer, destination)
        else:
            yield from self._move(customer, choose(destination, self._draws))

    def _move(self, customer: Customer, to: Visit | None) -> Activity:
        """A customer goes on to a visit or outside, as soon as the next station lets it."""
        here = customer.visit.station if customer.visit else None
        there = to.station if to else None
        if to and there and there is not here and there.blocks and there.full:
            # Whoever leaves that station moves this customer on.
            yield there.wait_for_place(customer, to)
            return
        if here:
            here.leave(customer, returns=there is here)
        self._enter(customer, to)

    def _begin_trip(self, customer: Customer) -> None:
        trips = customer.trips
        assert trips is not None
        customer.entered = self._environment.now
        customer.customer_class = customer.origin = trips.customer_class
        self._counts.entered(customer)
        if trips.destination.kind == FORK:
            self._fork(customer, trips.destination)
        else:
            self._enter(customer, choose(trips.destination, self._draws))

    def _fork(self, customer: Customer, destination: Destination) -> None:
        customer.tasks = len(destination.visits)
        for visit in destination.visits:
            assert visit is not None  # tasks are served somewhere
            task = Customer(customer.serial, visit.customer_class, parent=customer)
            task.row = customer.row
            visit.station.admit(task, visit)
            work = self._work(task, customer, destination.then)
            task.process = self._environment.process(work)

    def _enter(self, customer: Customer, visit: Visit | None) -> None:
        """A customer comes to its station, or leaves the network; others take what it held."""
        granted = self._pools.give_back(customer, visit.pool) if visit else []
        if visit and not self._pools.take(customer, visit):
            if customer.gate is None:
                self._lose(customer)
        else:
            self._come_in(customer, visit)
        self._let_go_on(granted)

    def _let_go_on(self, granted: Granted) -> None:
        """The last who was let through enters first."""
        for waiting, to in reversed(granted):
            self._enter(waiting, to)

    def _come_in(self, customer: Customer, visit: Visit | None) -> None:
        if visit is None:
            self._counts.left(customer)
            self._end_trip(customer)
        elif visit.station.full:
            self._counts.found_full(visit)
            self._turn_away(customer, visit)
        elif visit.reluctance is not None and balks(
            visit, self._draws.slots(customer, visit), visit.reluctance, self._draws
        ):
            self._counts.did_not_join(visit)
            self._turn_away(customer, visit)
        else:
            visit.station.admit(customer, visit)

    def _turn_away(self, customer: Customer, visit: Visit) -> None:
        if visit.reluctance is not None and comes_again(customer, visit.reluctance, self._draws):
            customer.tries += 1
            customer.again = visit
            self._counts.went_away(visit)
            self._let_go_on(self._pools.give_back(customer, -1))
        else:
            self._lose(customer)

    def _come_again(self, customer: Customer, visit: Visit) -> Activity:
        assert visit.reluctance is not None  # or it would not come again
        yield self._environment.timeout(self._draws.value(visit.reluctance.delay))
        customer.again = None
        self._counts.came_again(visit)
        self._enter(customer, visit)

    def _lose(self, customer: Customer) -> None:
        customer.tries = 0
        self._counts.lost(customer)
        self._end_trip(customer)

    def _end_trip(self, customer: Customer) -> None:
        assert customer.trips is not None
        self._came -= not customer.trips.closed
        self._let_go_on(self._pools.give_back(customer, -1))

    def _new_customer(self, trips: Trips) -> Customer:
        self._serials += 1
        return Customer(self._serials - 1, trips.customer_class, trips)
