"""The event loop of queueing networks, compiled.

What happens at one instant is done step by step from small agendas in the state (who travels, who
arrives in the same batch, who leaves the same batch), so that each step is written once and the
loop can stop and go on between any two of them.
"""

from numba import njit

from sim.kernels.arrays import borrowed
from sim.kernels.arrivals import next_arrival
from sim.kernels.calendar import begin, schedule, settle
from sim.kernels.layout import OUTSIDE, PREEMPTIVE, PRIORITY, PROCESSOR_SHARING
from sim.kernels.queues import NONE, heap_remove
from sim.kernels.routing import INTO_TASKS, choose
from sim.kernels.state import (
    BLOCKED,
    COMPLETE,
    FINISHED,
    FORKED,
    FREE,
    GROW,
    RECORD_FULL,
    SERVING,
    THINKING,
    TRAVELLING,
    WAITING,
    State,
)
from sim.kernels.stations import (
    attain,
    change_number,
    clock_of,
    event_of,
    free_server,
    interrupts,
    leave_waiting,
    next_of_sharing,
    release_interruptible,
    server_event,
    share,
    shift_change,
    start,
    start_batches,
    timer_of,
    wait,
)
from sim.kernels.streams import draw
from sim.kernels.tally import bin_of

_NEVER = float("inf")


@njit(cache=True, forceinline=True)
def _new_customer(state):
    world = state.world[0]
    c = world.free
    world.free = state.customers[c].next
    world.free_count -= 1
    return c


@njit(cache=True, forceinline=True)
def _release(state, c):
    world = state.world[0]
    state.customers[c].state = FREE
    state.customers[c].next = world.free
    world.free = c
    world.free_count += 1


@njit(cache=True, forceinline=True)
def _travel(state, c, visit):
    """A customer is about to make a visit; the last who began to travel enters first."""
    state.customers[c].state = TRAVELLING
    state.customers[c].toward = visit
    state.customers[c].next = state.world[0].travelling
    state.world[0].travelling = c


@njit(cache=True)
def _fork(state, c, d):
    parent, destination = state.customers[c], state.destinations[d]
    parent.state = FORKED
    parent.visit = NONE
    parent.fork = d
    parent.tasks = destination.count
    for place in range(destination.offset + destination.count - 1, destination.offset - 1, -1):
        visit = state.targets[place].visit
        t = _new_customer(state)
        task = state.customers[t]
        task.serial = parent.serial
        task.parent = c
        task.closed = NONE
        task.customer_class = state.visits[visit].customer_class
        _travel(state, t, visit)


@njit(cache=True, forceinline=True)
def _begin_trip(state, c, customer_class, destination):
    customer, now = state.customers[c], state.world[0].now
    customer.entered = customer.class_since = now
    customer.customer_class = customer_class
    customer.visit = NONE
    state.classes[customer_class].entered += 1
    visit = choose(state, destination)
    if visit >= 0:
        _travel(state, c, visit)
    elif visit == INTO_TASKS:
        _fork(state, c, destination)
    else:
        _leave_network(state, c)


@njit(cache=True, forceinline=True)
def _leave_network(state, c):
    customer, now = state.customers[c], state.world[0].now
    counted = state.classes[customer.customer_class]
    response = now - customer.entered
    counted.left += 1
    counted.response_time += response
    counted.response_time_squares += response * response
    counted.number += now - customer.class_since
    state.trip_times[customer.customer_class, bin_of(response)] += 1
    _end_trip(state, c)


@njit(cache=True, forceinline=True)
def _end_trip(state, c):
    customer = state.customers[c]
    if customer.closed == NONE:
        _release(state, c)
        return
    think = state.closed[customer.closed].think
    customer.state = THINKING
    pause = draw(state.streams[think], state.table) if think >= 0 else 0.0
    schedule(state.calendar, state.world[0], event_of(state, c), state.world[0].now + pause)


@njit(cache=True)
def _give_up(state, c):
    """A customer is lost, or loses patience."""
    customer = state.customers[c]
    if customer.parent != NONE:
        _complete_task(state, c)
        return
    counted = state.classes[customer.customer_class]
    counted.lost += 1
    counted.number += state.world[0].now - customer.class_since
    _end_trip(state, c)


@njit(cache=True)
def _change_class(state, c, customer_class):
    customer, now = state.customers[c], state.world[0].now
    state.classes[customer.customer_class].number += now - customer.class_since
    customer.class_since = now
    customer.customer_class = customer_class


@njit(cache=True, forceinline=True)
def _enter(state, c):
    """A traveller comes to its station."""
    world, customer = state.world[0], state.customers[c]
    v = customer.toward
    visit = state.visits[v]
    s = visit.station
    station = state.stations[s]
    if station.at >= station.capacity and customer.parent == NONE:
        state.flows[visit.flow].lost += 1
        _give_up(state, c)
        return
    now = world.now
    if visit.customer_class != customer.customer_class:
        _change_class(state, c, visit.customer_class)
    service = draw(state.streams[visit.service], state.table)
    customer.visit = v
    customer.arrived = now
    customer.service = service
    customer.remaining = service
    state.flows[visit.flow].arrivals += 1
    if station.at == 0:
        station.busy_since = now
    if station.discipline == PROCESSOR_SHARING:
        attain(state, s)
        change_number(state, s, 1)
        customer.served_at_once = 1
        share(state, s, c)
        return
    change_number(state, s, 1)
    if station.discipline >= PRIORITY:
        customer.key = visit.priority
        customer.order = world.order
        world.order += 1
    customer.served_at_once = 0
    if station.batch_size > 0:
        wait(state, s, c)
    elif station.occupied < station.open and station.waiting == 0:
        customer.served_at_once = 1
        start(state, s, c, True)
    elif station.discipline >= PREEMPTIVE and interrupts(state, s, c):
        customer.served_at_once = 1
    else:
        wait(state, s, c)
    if visit.patience >= 0:
        patience = draw(state.streams[visit.patience], state.table)
        if customer.state == WAITING:
            schedule(state.calendar, world, event_of(state, c), now + patience)
    if station.batch_size > 0:
        start_batches(state, s)


@njit(cache=True, forceinline=True)
def _count_departure(state, c, s):
    """A customer leaves the place it had at a station."""
    world, customer = state.world[0], state.customers[c]
    now = world.now
    visit = state.visits[customer.visit]
    flow = state.flows[visit.flow]
    response = now - customer.arrived
    waiting = max(0.0, response - customer.service)
    if customer.served_at_once and waiting < 1e-9 * response:
        waiting = 0.0  # what is left is rounding
    flow.departures += 1
    flow.response_time += response
    flow.response_time_squares += response * response
    flow.waiting_time += waiting
    flow.waiting_time_squares += waiting * waiting
    flow.service_time += customer.service
    flow.waited += 1 - customer.served_at_once
    state.response_times[visit.flow, bin_of(response)] += 1
    state.waiting_times[visit.flow, bin_of(waiting)] += 1
    world.departures += 1
    if state.record.shape[0] > 0:
        row = state.record[world.recorded]
        row.serial = customer.serial
        row.customer_class = visit.customer_class
        row.station = s
        row.visit = customer.visit
        row.arrived = customer.arrived
        row.departed = now
        row.service = customer.service
        world.recorded += 1
    _vacate(state, s)


@njit(cache=True, forceinline=True)
def _vacate(state, s):
    """A place at a station becomes free."""
    change_number(state, s, -1)
    station, world = state.stations[s], state.world[0]
    if station.at == 0 and station.busy_since >= world.began:
        station.busy_periods += 1
        station.busy_period_time += world.now - station.busy_since


@njit(cache=True)
def _block(state, c, s, visit):
    """A customer stays on its server until there is a place where it goes."""
    customer = state.customers[c]
    station = state.stations[s]
    if station.discipline == PROCESSOR_SHARING:
        station.occupied += 1
    _wait_for_place(state, c, visit)
    customer.state = BLOCKED


@njit(cache=True)
def _wait_for_place(state, c, visit):
    target = state.stations[state.visits[visit].station]
    state.customers[c].toward = visit
    state.customers[c].next = NONE
    if target.blocked_tail == NONE:
        target.blocked_head = c
    else:
        state.customers[target.blocked_tail].next = c
    target.blocked_tail = c


@njit(cache=True)
def _unblock(state, s):
    """A place at a station is free for one who is blocked; so is then the place that it leaves."""
    while True:
        station = state.stations[s]
        c = station.blocked_head
        if c == NONE or station.at >= station.capacity:
            return
        customer = state.customers[c]
        station.blocked_head = customer.next
        if station.blocked_head == NONE:
            station.blocked_tail = NONE
        v = customer.visit
        if v == NONE:  # it was forked, and held no server
            _travel(state, c, customer.toward)
            return
        before = state.visits[v].station
        upstream = state.stations[before]
        if upstream.discipline == PROCESSOR_SHARING:
            attain(state, before)
            upstream.occupied -= 1
            _count_departure(state, c, before)
            next_of_sharing(state, before)
        else:
            _count_departure(state, c, before)
            if upstream.batch_size == 0:
                free_server(state, before, c)
        _travel(state, c, customer.toward)
        s = before


@njit(cache=True)
def _complete_task(state, c):
    p = state.customers[c].parent
    _release(state, c)
    parent = state.customers[p]
    parent.tasks -= 1
    if parent.tasks > 0:
        return
    visit = state.destinations[parent.fork].then
    if visit == OUTSIDE:
        _leave_network(state, p)
        return
    target = state.stations[state.visits[visit].station]
    if target.blocks and target.at >= target.capacity:
        parent.state = BLOCKED
        _wait_for_place(state, p, visit)
    else:
        _travel(state, p, visit)


@njit(cache=True, forceinline=True)
def _go_on(state, c, s, holds_server):
    """A customer whose service is complete goes where it goes next, or is blocked."""
    customer = state.customers[c]
    destination = state.visits[customer.visit].destination
    visit = OUTSIDE
    if destination >= 0:
        visit = choose(state, destination)
    returns = False
    if visit >= 0:
        next_station = state.visits[visit].station
        returns = next_station == s
        target = state.stations[next_station]
        if target.blocks and not returns and target.at >= target.capacity:
            _block(state, c, s, visit)
            return
    _count_departure(state, c, s)
    if holds_server:
        free_server(state, s, c)
    if visit >= 0:
        _travel(state, c, visit)
    if state.stations[s].blocked_head != NONE and not returns:
        _unblock(state, s)
    if visit >= 0:
        return
    if destination < 0:
        _complete_task(state, c)
    elif visit == INTO_TASKS:
        _fork(state, c, destination)
    else:
        _leave_network(state, c)


@njit(cache=True)
def _abandon(state, c):
    customer, now = state.customers[c], state.world[0].now
    visit = state.visits[customer.visit]
    s = visit.station
    leave_waiting(state, s, c)
    _vacate(state, s)
    flow = state.flows[visit.flow]
    flow.abandoned += 1
    flow.number += now - customer.arrived
    if state.stations[s].batch_size > 0:
        start_batches(state, s)
    if state.stations[s].blocked_head != NONE:
        _unblock(state, s)
    _give_up(state, c)


@njit(cache=True)
def _timer(state, s):
    """A shift begins, a batch has waited long enough, or the first of those who share is done."""
    station = state.stations[s]
    if station.shifts >= 0:
        shift_change(state, s)
    elif station.batch_size > 0:
        start_batches(state, s)
    else:
        attain(state, s)
        c = station.root
        station.root = heap_remove(state.customers, c, c)
        _go_on(state, c, s, False)
        next_of_sharing(state, s)


@njit(cache=True, forceinline=True)
def _arrive(state, source):
    c = _new_customer(state)
    customer = state.customers[c]
    customer.serial = state.world[0].serial
    state.world[0].serial += 1
    customer.closed = NONE
    customer.parent = NONE
    _begin_trip(state, c, source.customer_class, source.destination)


@njit(cache=True)
def prepare(state):
    """The first events of a run: arrivals, failures and shifts."""
    world = state.world[0]
    for k in range(state.sources.shape[0]):
        first = next_arrival(state.sources[k], state.streams, state.table, state.profile, 0.0)
        schedule(state.calendar, world, k, first)
    for server in range(state.servers.shape[0]):
        station = state.stations[state.servers[server].station]
        failure = draw(state.streams[station.failure], state.table)
        schedule(state.calendar, world, clock_of(state, server), failure)
    for s in range(state.stations.shape[0]):
        if state.stations[s].shifts >= 0:
            length = state.shifts[state.stations[s].shifts].duration
            schedule(state.calendar, world, timer_of(state, s), length)
    for row in range(state.closed.shape[0]):
        for _ in range(state.closed[row].population):
            c = _new_customer(state)
            state.customers[c].closed = row
            state.customers[c].parent = NONE
            state.customers[c].serial = world.population
            state.customers[c].customer_class = state.closed[row].customer_class
            state.customers[c].state = THINKING
            world.population += 1
    world.serial = world.population


@njit(cache=True)
def loop(arrays, departures):
    """Let events happen until so many services are complete; tells why it came back."""
    state = State(
        borrowed(arrays.world),
        borrowed(arrays.stations),
        borrowed(arrays.visits),
        borrowed(arrays.destinations),
        borrowed(arrays.targets),
        borrowed(arrays.sources),
        borrowed(arrays.closed),
        borrowed(arrays.shifts),
        borrowed(arrays.profile),
        borrowed(arrays.streams),
        borrowed(arrays.table),
        borrowed(arrays.customers),
        borrowed(arrays.calendar),
        borrowed(arrays.servers),
        borrowed(arrays.bags),
        borrowed(arrays.flows),
        borrowed(arrays.classes),
        borrowed(arrays.waiting_times),
        borrowed(arrays.response_times),
        borrowed(arrays.trip_times),
        borrowed(arrays.lengths),
        borrowed(arrays.record),
    )
    world = state.world[0]
    sources, stations = state.sources.shape[0], state.stations.shape[0]
    first_customer = sources + stations + state.servers.shape[0]
    recording = state.record.shape[0] > 0
    while True:
        if world.departures >= departures:
            return COMPLETE
        if recording and world.recorded + stations >= state.record.shape[0]:
            return RECORD_FULL
        c = world.travelling
        if c != NONE:
            world.travelling = state.customers[c].next
            _enter(state, c)
            continue
        if world.departing != NONE:
            c = world.departing
            world.departing = state.customers[c].companion
            s = world.departing_station
            _go_on(state, c, s, False)
            continue
        if world.departing_station != NONE:
            station = state.stations[world.departing_station]
            station.occupied -= 1
            start_batches(state, world.departing_station)
            world.departing_station = NONE
            continue
        if world.free_count < world.reserve:
            return GROW
        if world.arriving != NONE:
            source = state.sources[world.arriving]
            world.arriving_left -= 1
            if world.arriving_left == 0:
                world.arriving = NONE
            _arrive(state, source)
            continue
        if world.populating < world.population:
            c = world.populating  # they were the first to be made
            world.populating += 1
            think = state.closed[state.customers[c].closed].think
            if think >= 0:
                pause = draw(state.streams[think], state.table)
                schedule(state.calendar, world, event_of(state, c), pause)
            else:
                row = state.closed[state.customers[c].closed]
                _begin_trip(state, c, row.customer_class, row.destination)
            continue
        settle(state.calendar, world)
        if world.pending == 0 or state.calendar[0].time == _NEVER:
            return FINISHED
        event = begin(state.calendar, world)
        if event >= first_customer:
            c = event - first_customer
            doing = state.customers[c].state
            if doing == SERVING:
                s = state.visits[state.customers[c].visit].station
                station = state.stations[s]
                station.busy += world.now - state.customers[c].started
                if station.batch_size > 0:
                    world.departing = c
                    world.departing_station = s
                else:
                    if station.discipline >= PREEMPTIVE:
                        release_interruptible(state.stations, state.customers, s, c)
                    _go_on(state, c, s, True)
            elif doing == WAITING:
                _abandon(state, c)
            else:
                row = state.closed[state.customers[c].closed]
                _begin_trip(state, c, row.customer_class, row.destination)
        elif event < sources:
            source = state.sources[event]
            upcoming = next_arrival(source, state.streams, state.table, state.profile, world.now)
            schedule(state.calendar, world, event, upcoming)
            if source.size_stream < 0:
                _arrive(state, source)
            else:
                world.arriving = event
                size = draw(state.streams[source.size_stream], state.table)
                world.arriving_left = int(size)
        elif event < sources + stations:
            _timer(state, event - sources)
        else:
            server_event(state, event - sources - stations)
