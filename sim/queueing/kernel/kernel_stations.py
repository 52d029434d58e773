"""What happens at a station, in compiled code: waiting, starting, interrupting, failing."""

import numpy as np

from sim.kernels.rows import fetch
from sim.kernels.streams import draw, uniform
from sim.queueing.arrays.queue_compilation import compiled, inlined, inner
from sim.queueing.arrays.tally import BINS, LENGTHS, bin_of
from sim.queueing.kernel.calendar import cancel, schedule, time_of
from sim.queueing.kernel.kernel_disciplines import BAG, BY_PRIORITY, BY_REMAINING, HEAP, LINE, STACK
from sim.queueing.kernel.kernel_servers import (
    begin_to_serve,
    count_scheduled,
    take_by_speed,
    vacate_server,
)
from sim.queueing.kernel.queue_access import (
    SMALL_COUNT,
    customer_at,
    idle_since_at,
    seconds_at,
    server_at,
    shift_at,
    slot_at,
    station_at,
    stream_at,
    world,
)
from sim.queueing.kernel.queue_records import (
    COMPLETION,
    DOWN,
    IN_REPAIR,
    NONE,
    SERVING,
    UP,
    WAITING,
)
from sim.queueing.kernel.queues import (
    append,
    bag_insert,
    bag_remove,
    heap_insert,
    heap_remove,
    prepend,
    take_first,
    unlink,
)

_BIN = SMALL_COUNT.itemsize


@inlined
def timer_of(run, s):
    """Number of the event of a station's timer."""
    return world(run).sources_count + s


@inlined
def clock_of(run, server):
    """Number of the event of a server's clock."""
    return world(run).first_server + server


@inlined
def event_of(run, c):
    """Number of the event of a customer."""
    return world(run).first_customer + c


@inlined
def change_number(run, s, change):
    """Count the time with the present number of customers, then change it."""
    station = station_at(run, s)
    now = world(run).now
    at = station.at
    elapsed = now - station.since
    if at < LENGTHS - 1:
        seconds_at(run, s * LENGTHS + at).value += elapsed
    else:
        seconds_at(run, s * LENGTHS + LENGTHS - 1).value += elapsed
        station.number += at * elapsed  # the others are summed when they are asked for
    station.since = now
    station.at = at + change


@inlined
def start(run, s, c, was_idle):
    """A server takes a customer."""
    station, customer, now = station_at(run, s), customer_at(run, c), world(run).now
    if station.scale_interval > 0:
        begin_to_serve(run, s)
    station.occupied += customer.slots
    customer.doing = SERVING
    customer.started = now
    if station.named:
        _take_server(run, s, c)
    end = now + customer.remaining
    if was_idle and station.setup >= 0 and _is_cold(run, s):
        customer.cold = 1
        end = now + (draw(stream_at(run, station.setup)) + customer.remaining)
    if station.interrupts:
        _make_interruptible(run, s, c, end)
    if world(run).wide:
        # What it will count when it leaves is known, unless something interrupts it.
        first = customer.flow * BINS
        fetch(world(run).waiting_times + _BIN * (first + bin_of(now - customer.arrived)))
        fetch(world(run).response_times + _BIN * (first + bin_of(end - customer.arrived)))
    schedule(run, COMPLETION + event_of(run, c), end)


@inner
def _is_cold(run, s):
    """Take the idle server that was busy last; whether it needs its setup."""
    station = station_at(run, s)
    if station.idle_count == 0:
        return True  # the server has never been busy
    station.idle_count -= 1
    since = idle_since_at(run, station.idle_first + station.idle_count).value
    return world(run).now - since >= station.keep_warm


@inner
def _make_interruptible(run, s, c, end):
    """Into the heap of those in service, with the one to be interrupted first at its root.

    The customer keeps its order of arrival in `place`, for the time when it waits again.
    """
    customer = customer_at(run, c)
    customer.place = customer.order
    if station_at(run, s).ranked == BY_PRIORITY:
        customer.key = -customer.key
    else:
        customer.key = -end
    world(run).order += 1
    customer.order = -world(run).order  # the most recent first
    station_at(run, s).interruptible = heap_insert(run, station_at(run, s).interruptible, c)


@inner
def release_interruptible(run, s, c):
    """Out of the heap of those in service, with the order of arrival as it was."""
    station_at(run, s).interruptible = heap_remove(run, station_at(run, s).interruptible, c)
    customer = customer_at(run, c)
    customer.order = customer.place
    if station_at(run, s).ranked == BY_PRIORITY:
        customer.key = -customer.key


@inner
def _take_server(run, s, c):
    station = station_at(run, s)
    server = station.first_server
    if station.speeds >= 0:
        take_by_speed(run, s, c)
        return
    while server_at(run, server).doing != UP or server_at(run, server).customer != NONE:
        server += 1
    server_at(run, server).customer = c
    customer_at(run, c).server = server


@inlined
def wait(run, s, c):
    """A customer joins the waiting."""
    station = station_at(run, s)
    customer_at(run, c).doing = WAITING
    if station.kept_in == LINE or station.kept_in == STACK:
        append(run, s, c)
    else:
        _wait_otherwise(run, s, c)
    station.waiting += 1


@inner
def _wait_otherwise(run, s, c):
    station = station_at(run, s)
    if station.kept_in == BAG:
        append(run, s, c)
        bag_insert(run, s, c)
    else:
        if station.ranked == BY_REMAINING:
            customer_at(run, c).key = customer_at(run, c).remaining
        station.root = heap_insert(run, station.root, c)


@inner
def wait_again(run, s, c):
    """A customer whose server failed goes to the head of the waiting."""
    station = station_at(run, s)
    if station.kept_in == LINE:
        customer_at(run, c).doing = WAITING
        prepend(run, s, c)
        station.waiting += 1
    else:
        wait(run, s, c)


@inlined
def take(run, s):
    """The waiting customer that is served next, taken out."""
    station = station_at(run, s)
    if station.kept_in == LINE:
        station.waiting -= 1
        return take_first(run, s)
    c = station.tail if station.kept_in == STACK else _next_otherwise(run, s)
    leave_waiting(run, s, c)
    return c


@inner
def _next_otherwise(run, s):
    station = station_at(run, s)
    if station.kept_in == BAG:
        place = np.int64(0)
        if station.waiting > 1:
            place = np.int64(uniform(stream_at(run, station.order)) * station.waiting)
        return slot_at(run, station.bag * world(run).room + place).value
    return station.root


@inlined
def leave_waiting(run, s, c):
    """Take a customer out of the waiting."""
    station = station_at(run, s)
    if station.kept_in == LINE or station.kept_in == STACK:
        unlink(run, s, c)
    else:
        _leave_otherwise(run, s, c)
    station.waiting -= 1


@inner
def _leave_otherwise(run, s, c):
    station = station_at(run, s)
    if station.kept_in == BAG:
        unlink(run, s, c)
        bag_remove(run, s, c)
    else:
        station.root = heap_remove(run, station.root, c)


@inner
def interrupts(run, s, c):
    """Take the place of the one in service that comes after; whether there was one."""
    station, customer, now = station_at(run, s), customer_at(run, c), world(run).now
    worst = station.interruptible
    if worst == NONE:
        return False
    victim = customer_at(run, worst)
    if station.ranked == BY_PRIORITY:
        if customer.key >= -victim.key:
            return False
    elif customer.remaining >= -victim.key - now:
        return False
    stop_service(run, s, worst)
    wait(run, s, worst)
    start(run, s, c, False)
    return True


@inner
def stop_service(run, s, c):
    """A customer in service loses its server and keeps what it still needs."""
    station, customer, now = station_at(run, s), customer_at(run, c), world(run).now
    customer.remaining = max(0.0, time_of(run, event_of(run, c)) - now)
    cancel(run, event_of(run, c))
    station.busy += now - customer.started
    customer.interrupted = 1
    station.occupied -= 1
    if station.interrupts:
        release_interruptible(run, s, c)


@inner
def start_waiting(run, s):
    """Let the waiting start for as long as servers are free."""
    station = station_at(run, s)
    while station.waiting > 0 and _fits(run, s):
        start(run, s, take(run, s), False)


@inlined
def _fits(run, s):
    """Enough servers are free for who is next; without an order, everybody takes one."""
    station = station_at(run, s)
    slots = 1
    if station.kept_in == LINE:
        slots = customer_at(run, station.head).slots
    elif station.kept_in == STACK:
        slots = customer_at(run, station.tail).slots
    elif station.kept_in == HEAP:
        slots = customer_at(run, station.root).slots
    return station.occupied + slots <= station.open


# Processor sharing: every customer attains service at the same rate, so that the one that needs
# the least more is the next to leave, whoever comes.


@compiled
def attain(run, s):
    """Bring the service that each has had up to now."""
    station, now = station_at(run, s), world(run).now
    sharing = station.at - station.occupied  # those who are blocked hold no share
    if sharing > 0:
        elapsed = now - station.shared_since
        busy = min(sharing, station.servers)
        station.attained += elapsed * busy / sharing
        station.busy += elapsed * busy
    station.shared_since = now


@inner
def next_of_sharing(run, s):
    """Set the timer to the next departure."""
    station = station_at(run, s)
    if station.root == NONE:
        cancel(run, timer_of(run, s))
        station.attained = 0.0
        return
    sharing = station.at - station.occupied
    left = max(0.0, customer_at(run, station.root).key - station.attained)
    wait_for = left * sharing / min(sharing, station.servers)
    schedule(run, COMPLETION + timer_of(run, s), world(run).now + wait_for)


@inner
def share(run, s, c):
    """A customer who has been counted at the station takes its share."""
    station, customer = station_at(run, s), customer_at(run, c)
    customer.doing = SERVING
    customer.key = station.attained + customer.service
    customer.order = world(run).order
    world(run).order += 1
    station.root = heap_insert(run, station.root, c)
    next_of_sharing(run, s)


# Batches.


@inner
def start_batches(run, s):
    """Start a batch on every free server for which enough customers wait, or long enough."""
    station, now = station_at(run, s), world(run).now
    while station.waiting > 0 and station.occupied < station.open:
        if station.waiting < station.batch_size:
            # The list is in the order of arrival, whatever the discipline of a batch.
            deadline = customer_at(run, station.head).arrived + station.batch_timeout
            if deadline > now:
                schedule(run, timer_of(run, s), deadline)
                return
        _start_batch(run, s, min(station.waiting, station.batch_size))
    cancel(run, timer_of(run, s))


@inner
def _start_batch(run, s, size):
    station, now = station_at(run, s), world(run).now
    leader = take(run, s)
    duration = customer_at(run, leader).service + station.batch_per_customer * (size - 1)
    duration = max(duration, station.batch_least * size)
    last = leader
    for _ in range(size - 1):
        c = take(run, s)
        cancel(run, event_of(run, c))  # its patience
        customer_at(run, last).companion = c
        last = c
    customer_at(run, last).companion = NONE
    c = leader
    while c != NONE:
        customer = customer_at(run, c)
        customer.doing = SERVING
        customer.started = now
        customer.service = duration
        customer.served_at_once = np.int64(customer.arrived == now)
        c = customer.companion
    if station.scale_interval > 0:
        begin_to_serve(run, s)
    station.occupied += 1
    schedule(run, COMPLETION + event_of(run, leader), now + duration)


@inner
def hold_together(run, c):
    """One of the batch that leaves its server is blocked, and holds it with the others who are."""
    other = world(run).departing_held
    if other == NONE:
        customer_at(run, c).companion = c
    else:
        customer_at(run, c).companion = customer_at(run, other).companion
        customer_at(run, other).companion = c
    world(run).departing_held = c


@inner
def release_together(run, s, c):
    """One who was blocked with its batch goes; the last one frees the server."""
    after = customer_at(run, c).companion
    if after != c:
        before = after
        while customer_at(run, before).companion != c:
            before = customer_at(run, before).companion
        customer_at(run, before).companion = after
        if world(run).departing_held == c:
            world(run).departing_held = before
    elif world(run).departing_held == c:  # others are still on their way
        world(run).departing_held = NONE
    else:
        vacate_server(run, s, 1)
        start_batches(run, s)


@inner
def end_batch(run, s):
    """All of a batch have gone on or are blocked."""
    if world(run).departing_held == NONE:
        vacate_server(run, s, 1)
    world(run).departing_held = NONE
    start_batches(run, s)


# Failures, repairs and shifts.


@inner
def server_event(run, server):
    """A server fails, or is repaired."""
    unit, now = server_at(run, server), world(run).now
    s = unit.station
    station = station_at(run, s)
    if unit.doing == UP:
        unit.doing = DOWN
        station.open -= 1
        c = unit.customer
        if c != NONE and customer_at(run, c).doing == SERVING:
            stop_service(run, s, c)
            unit.customer = NONE
            wait_again(run, s, c)
            start_waiting(run, s)
        elif c != NONE:
            # It keeps the customer that is blocked on it, and is not a server meanwhile.
            station.occupied -= 1
        if station.repairing < station.crews:
            _repair(run, server)
        elif station.crew_tail == NONE:
            station.crew_head = station.crew_tail = server
        else:
            server_at(run, station.crew_tail).next = server
            station.crew_tail = server
        return
    station.repairing -= 1
    unit.doing = UP
    station.open += 1
    if unit.customer != NONE:
        station.occupied += 1
    first = station.crew_head
    if first != NONE:
        station.crew_head = server_at(run, first).next
        server_at(run, first).next = NONE
        if station.crew_head == NONE:
            station.crew_tail = NONE
        _repair(run, first)
    failure = now + draw(stream_at(run, station.failure))
    schedule(run, clock_of(run, server), failure)
    start_waiting(run, s)


@inner
def _repair(run, server):
    unit = server_at(run, server)
    station = station_at(run, unit.station)
    station.repairing += 1
    unit.doing = IN_REPAIR
    end = world(run).now + draw(stream_at(run, station.repair))
    schedule(run, clock_of(run, server), end)


@inner
def shift_change(run, s):
    """The next shift begins."""
    station, now = station_at(run, s), world(run).now
    count_scheduled(run, s)
    station.shift = (station.shift + 1) % station.shift_count
    shift = shift_at(run, station.shifts + station.shift)
    station.open = shift.servers
    schedule(run, timer_of(run, s), now + shift.duration)
    start_waiting(run, s)


@inlined
def free_server(run, s, c):
    """The server of a customer is free, and takes the next who waits."""
    station, customer = station_at(run, s), customer_at(run, c)
    if station.named:
        server = server_at(run, customer.server)
        server.customer = NONE
        if station.speeds >= 0:
            server.busy += customer.service
        elif server.doing != UP:
            return  # it failed under a blocked customer, and was taken off then
    vacate_server(run, s, customer.slots)
    if customer.slots > 1 or station.several:
        start_waiting(run, s)
    elif station.waiting > 0 and station.occupied < station.open:
        if station.batch_size > 0:
            start_batches(run, s)
        else:
            start(run, s, take(run, s), False)
    elif station.setup >= 0:
        idle_since_at(run, station.idle_first + station.idle_count).value = world(run).now
        station.idle_count += 1
