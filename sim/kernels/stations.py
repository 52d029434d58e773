"""What happens at a station, in compiled code: waiting, starting, interrupting, failing."""

import numpy as np
from numba import njit

from sim.kernels.calendar import cancel, schedule
from sim.kernels.layout import (
    FCFS,
    LCFS,
    PREEMPTIVE,
    RANDOM,
    SRPT,
)
from sim.kernels.queues import (
    NONE,
    append,
    bag_insert,
    bag_remove,
    heap_insert,
    heap_remove,
    prepend,
    unlink,
)
from sim.kernels.state import DOWN, IN_REPAIR, SERVING, UP, WAITING
from sim.kernels.streams import draw, uniform
from sim.kernels.tally import LENGTHS


@njit(cache=True, forceinline=True)
def timer_of(state, s):
    """Number of the event of a station's timer."""
    return state.sources.shape[0] + s


@njit(cache=True, forceinline=True)
def clock_of(state, server):
    """Number of the event of a server's clock."""
    return state.sources.shape[0] + state.stations.shape[0] + server


@njit(cache=True, forceinline=True)
def event_of(state, c):
    """Number of the event of a customer."""
    return state.sources.shape[0] + state.stations.shape[0] + state.servers.shape[0] + c


@njit(cache=True, forceinline=True)
def change_number(state, s, change):
    """Count the time with the present number of customers, then change it."""
    station = state.stations[s]
    now = state.world[0].now
    at = station.at
    elapsed = now - station.since
    if at < LENGTHS - 1:
        state.lengths[s, at] += elapsed
    else:
        state.lengths[s, LENGTHS - 1] += elapsed
        station.number += at * elapsed  # the others are summed when they are asked for
    station.since = now
    station.at = at + change


@njit(cache=True, forceinline=True)
def start(state, s, c, was_idle):
    """A server takes a customer."""
    station, customer, now = state.stations[s], state.customers[c], state.world[0].now
    station.occupied += 1
    customer.state = SERVING
    customer.started = now
    end = now + customer.remaining
    if was_idle and station.setup >= 0:
        end = now + draw(state.streams[station.setup], state.table) + customer.remaining
    if station.discipline >= PREEMPTIVE:
        _make_interruptible(state.world, state.stations, state.customers, s, c, end)
    if station.failure >= 0:
        _take_server(state.stations, state.servers, state.customers, s, c)
    schedule(state.calendar, state.world[0], event_of(state, c), end)


@njit(cache=True)
def _make_interruptible(world, stations, customers, s, c, end):
    """Into the heap of those in service, with the one to be interrupted first at its root.

    The customer keeps its order of arrival in `place`, for the time when it waits again.
    """
    customer = customers[c]
    customer.place = customer.order
    if stations[s].discipline == PREEMPTIVE:
        customer.key = -customer.key
    else:
        customer.key = -end
    world[0].order += 1
    customer.order = -world[0].order  # the most recent first
    stations[s].interruptible = heap_insert(customers, stations[s].interruptible, c)


@njit(cache=True)
def release_interruptible(stations, customers, s, c):
    """Out of the heap of those in service, with the order of arrival as it was."""
    stations[s].interruptible = heap_remove(customers, stations[s].interruptible, c)
    customer = customers[c]
    customer.order = customer.place
    if stations[s].discipline == PREEMPTIVE:
        customer.key = -customer.key


@njit(cache=True)
def _take_server(stations, servers, customers, s, c):
    server = stations[s].first_server
    while servers[server].state != UP or servers[server].customer != NONE:
        server += 1
    servers[server].customer = c
    customers[c].server = server


@njit(cache=True, forceinline=True)
def wait(state, s, c):
    """A customer joins the waiting."""
    station = state.stations[s]
    state.customers[c].state = WAITING
    if station.discipline == FCFS or station.discipline == LCFS:
        append(state.customers, station, c)
    else:
        _wait_otherwise(state.stations, state.customers, state.bags, s, c)
    station.waiting += 1


@njit(cache=True)
def _wait_otherwise(stations, customers, bags, s, c):
    station = stations[s]
    if station.discipline == RANDOM:
        append(customers, station, c)
        bag_insert(customers, bags[station.bag], station, c)
    else:
        if station.discipline == SRPT:
            customers[c].key = customers[c].remaining
        station.root = heap_insert(customers, station.root, c)


@njit(cache=True)
def wait_again(state, s, c):
    """A customer whose server failed goes to the head of the waiting."""
    station = state.stations[s]
    if station.discipline == FCFS:
        state.customers[c].state = WAITING
        prepend(state.customers, station, c)
        station.waiting += 1
    else:
        wait(state, s, c)


@njit(cache=True, forceinline=True)
def take(state, s):
    """The waiting customer that is served next, taken out."""
    station = state.stations[s]
    if station.discipline == FCFS:
        c = station.head
    elif station.discipline == LCFS:
        c = station.tail
    else:
        c = _next_otherwise(state.stations, state.bags, state.streams, s)
    leave_waiting(state, s, c)
    return c


@njit(cache=True)
def _next_otherwise(stations, bags, streams, s):
    station = stations[s]
    if station.discipline == RANDOM:
        place = 0
        if station.waiting > 1:
            place = np.int64(uniform(streams[station.order]) * station.waiting)
        return bags[station.bag, place]
    return station.root


@njit(cache=True, forceinline=True)
def leave_waiting(state, s, c):
    """Take a customer out of the waiting."""
    station = state.stations[s]
    if station.discipline == FCFS or station.discipline == LCFS:
        unlink(state.customers, station, c)
    else:
        _leave_otherwise(state.stations, state.customers, state.bags, s, c)
    station.waiting -= 1


@njit(cache=True)
def _leave_otherwise(stations, customers, bags, s, c):
    station = stations[s]
    if station.discipline == RANDOM:
        unlink(customers, station, c)
        bag_remove(customers, bags[station.bag], station, c)
    else:
        station.root = heap_remove(customers, station.root, c)


@njit(cache=True)
def interrupts(state, s, c):
    """Take the place of the one in service that comes after; whether there was one."""
    station, customer, now = state.stations[s], state.customers[c], state.world[0].now
    worst = station.interruptible
    if worst == NONE:
        return False
    victim = state.customers[worst]
    if station.discipline == PREEMPTIVE:
        if customer.key >= -victim.key:
            return False
    elif customer.remaining >= -victim.key - now:
        return False
    stop_service(state, s, worst)
    wait(state, s, worst)
    start(state, s, c, False)
    return True


@njit(cache=True)
def stop_service(state, s, c):
    """A customer in service loses its server and keeps what it still needs."""
    station, customer, now = state.stations[s], state.customers[c], state.world[0].now
    place = state.calendar[event_of(state, c)].place
    customer.remaining = max(0.0, state.calendar[place].time - now)
    cancel(state.calendar, state.world[0], event_of(state, c))
    station.busy += now - customer.started
    customer.interrupted = 1
    station.occupied -= 1
    if station.discipline >= PREEMPTIVE:
        release_interruptible(state.stations, state.customers, s, c)


@njit(cache=True)
def start_waiting(state, s):
    """Let the waiting start for as long as servers are free."""
    station = state.stations[s]
    while station.waiting > 0 and station.occupied < station.open:
        start(state, s, take(state, s), False)


# Processor sharing: every customer attains service at the same rate, so that the one that needs
# the least more is the next to leave, whoever comes.


@njit(cache=True)
def attain(state, s):
    """Bring the service that each has had up to now."""
    station, now = state.stations[s], state.world[0].now
    sharing = station.at - station.occupied  # those who are blocked hold no share
    if sharing > 0:
        elapsed = now - station.shared_since
        busy = min(sharing, station.servers)
        station.attained += elapsed * busy / sharing
        station.busy += elapsed * busy
    station.shared_since = now


@njit(cache=True)
def next_of_sharing(state, s):
    """Set the timer to the next departure."""
    station = state.stations[s]
    if station.root == NONE:
        cancel(state.calendar, state.world[0], timer_of(state, s))
        station.attained = 0.0
        return
    sharing = station.at - station.occupied
    left = max(0.0, state.customers[station.root].key - station.attained)
    wait_for = left * sharing / min(sharing, station.servers)
    schedule(state.calendar, state.world[0], timer_of(state, s), state.world[0].now + wait_for)


@njit(cache=True)
def share(state, s, c):
    """A customer who has been counted at the station takes its share."""
    station, customer = state.stations[s], state.customers[c]
    customer.state = SERVING
    customer.key = station.attained + customer.service
    station.root = heap_insert(state.customers, station.root, c)
    next_of_sharing(state, s)


# Batches.


@njit(cache=True)
def start_batches(state, s):
    """Start a batch on every free server for which enough customers wait, or long enough."""
    station, now = state.stations[s], state.world[0].now
    while station.waiting > 0 and station.occupied < station.open:
        deadline = state.customers[station.head].arrived + station.batch_timeout
        if station.waiting < station.batch_size and deadline > now:
            schedule(state.calendar, state.world[0], timer_of(state, s), deadline)
            return
        _start_batch(state, s, min(station.waiting, station.batch_size))
    cancel(state.calendar, state.world[0], timer_of(state, s))


@njit(cache=True)
def _start_batch(state, s, size):
    station, now = state.stations[s], state.world[0].now
    leader = take(state, s)
    duration = state.customers[leader].service + station.batch_per_customer * (size - 1)
    last = leader
    for _ in range(size - 1):
        c = take(state, s)
        cancel(state.calendar, state.world[0], event_of(state, c))  # its patience
        state.customers[last].companion = c
        last = c
    state.customers[last].companion = NONE
    c = leader
    while c != NONE:
        customer = state.customers[c]
        customer.state = SERVING
        customer.started = now
        customer.service = duration
        customer.served_at_once = np.int64(customer.arrived == now)
        c = customer.companion
    station.occupied += 1
    schedule(state.calendar, state.world[0], event_of(state, leader), now + duration)


# Failures, repairs and shifts.


@njit(cache=True)
def server_event(state, server):
    """A server fails, or is repaired."""
    unit, now = state.servers[server], state.world[0].now
    s = unit.station
    station = state.stations[s]
    if unit.state == UP:
        unit.state = DOWN
        station.open -= 1
        c = unit.customer
        if c != NONE and state.customers[c].state == SERVING:
            stop_service(state, s, c)
            unit.customer = NONE
            wait_again(state, s, c)
            start_waiting(state, s)
        elif c != NONE:
            # It keeps the customer that is blocked on it, and is not a server meanwhile.
            station.occupied -= 1
        if station.repairing < station.crews:
            _repair(state, server)
        elif station.crew_tail == NONE:
            station.crew_head = station.crew_tail = server
        else:
            state.servers[station.crew_tail].next = server
            station.crew_tail = server
        return
    station.repairing -= 1
    unit.state = UP
    station.open += 1
    if unit.customer != NONE:
        station.occupied += 1
    first = station.crew_head
    if first != NONE:
        station.crew_head = state.servers[first].next
        state.servers[first].next = NONE
        if station.crew_head == NONE:
            station.crew_tail = NONE
        _repair(state, first)
    failure = now + draw(state.streams[station.failure], state.table)
    schedule(state.calendar, state.world[0], clock_of(state, server), failure)
    start_waiting(state, s)


@njit(cache=True)
def _repair(state, server):
    unit = state.servers[server]
    station = state.stations[unit.station]
    station.repairing += 1
    unit.state = IN_REPAIR
    end = state.world[0].now + draw(state.streams[station.repair], state.table)
    schedule(state.calendar, state.world[0], clock_of(state, server), end)


@njit(cache=True)
def shift_change(state, s):
    """The next shift begins."""
    station, now = state.stations[s], state.world[0].now
    station.servers_time += station.open * (now - station.open_since)
    station.open_since = now
    station.shift = (station.shift + 1) % station.shift_count
    shift = state.shifts[station.shifts + station.shift]
    station.open = shift.servers
    schedule(state.calendar, state.world[0], timer_of(state, s), now + shift.duration)
    start_waiting(state, s)


@njit(cache=True, forceinline=True)
def free_server(state, s, c):
    """The server of a customer is free, and takes the next who waits."""
    station, customer = state.stations[s], state.customers[c]
    if station.failure >= 0:
        server = state.servers[customer.server]
        server.customer = NONE
        if server.state != UP:
            return  # it failed under a blocked customer, and was taken off then
    station.occupied -= 1
    if station.waiting > 0 and station.occupied < station.open:
        if station.batch_size > 0:
            start_batches(state, s)
        else:
            start(state, s, take(state, s), False)
