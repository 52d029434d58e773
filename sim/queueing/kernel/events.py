"""The event loop of queueing networks, compiled.

What happens at one instant is done step by step from small agendas (who travels, who
arrives in the same batch, who leaves the same batch), so that each step is written once and the
loop can stop and go on between any two of them.
"""

from sim.kernels.rows import number_of
from sim.kernels.streams import draw
from sim.queueing.arrays.arrivals import POISSON_OR_RENEWAL, next_arrival
from sim.queueing.arrays.layout_records import OUTSIDE, SPLIT
from sim.queueing.arrays.queue_compilation import compiled, inlined, inner
from sim.queueing.arrays.tally import BINS, bin_of
from sim.queueing.kernel.calendar import (
    begin,
    expect,
    next_arrival_time,
    next_source,
    next_time,
    schedule,
    settle,
)
from sim.queueing.kernel.kernel_disciplines import HEAP, SHARED
from sim.queueing.kernel.kernel_pools import IS_LOST, PASSES, give_back_all, to_station
from sim.queueing.kernel.kernel_reluctance import balks, come_again, comes_again
from sim.queueing.kernel.kernel_replicas import decide, serve_from_now_on
from sim.queueing.kernel.kernel_routing import INTO_TASKS, choose, look_ahead
from sim.queueing.kernel.kernel_servers import end_to_serve
from sim.queueing.kernel.kernel_stations import (
    attain,
    change_number,
    clock_of,
    end_batch,
    event_of,
    free_server,
    hold_together,
    interrupts,
    leave_waiting,
    next_of_sharing,
    release_interruptible,
    release_together,
    server_event,
    share,
    shift_change,
    start,
    start_batches,
    timer_of,
    wait,
)
from sim.queueing.kernel.queue_access import (
    asked_at,
    class_at,
    closed_at,
    customer_at,
    destination_at,
    flow_at,
    profile_at,
    record_at,
    response_bin_at,
    response_within_at,
    server_at,
    shift_at,
    source_at,
    station_at,
    stream_at,
    target_at,
    trip_bin_at,
    trip_within_at,
    visit_at,
    wait_within_at,
    waiting_bin_at,
    world,
)
from sim.queueing.kernel.queue_records import (
    AWAY,
    BLOCKED,
    COMPLETE,
    COMPLETION,
    DECIDING,
    DONE,
    FINISHED,
    FORKED,
    FREE,
    GROW,
    NEVER,
    NONE,
    OFF,
    REACHED,
    RECORD_FULL,
    STARTING,
    THINKING,
    TRAVELLING,
    WAITING,
)
from sim.queueing.kernel.queues import heap_remove

_QUIET_EVENTS = 10_000_000  # without a departure; nothing but clocks goes on


@inlined
def _new_customer(run):

    c = world(run).free
    world(run).free = customer_at(run, c).next
    world(run).free_count -= 1
    return c


@inlined
def _release(run, c):

    customer_at(run, c).doing = FREE
    customer_at(run, c).next = world(run).free
    world(run).free = c
    world(run).free_count += 1


@inlined
def _travel(run, c, visit):
    """A customer is about to make a visit; the last who began to travel enters first."""
    customer_at(run, c).doing = TRAVELLING
    customer_at(run, c).toward = visit
    customer_at(run, c).next = world(run).travelling
    world(run).travelling = c


@inner
def _fork(run, c, d):
    parent, destination = customer_at(run, c), destination_at(run, d)
    parent.doing = FORKED
    parent.visit = NONE
    parent.fork = d
    parent.tasks = destination.count
    for place in range(destination.offset + destination.count - 1, destination.offset - 1, -1):
        visit = target_at(run, place).visit
        t = _new_customer(run)
        task = customer_at(run, t)
        task.serial = parent.serial
        task.row = parent.row
        task.parent = c
        task.closed = NONE
        task.customer_class = visit_at(run, visit).customer_class
        _travel(run, t, visit)


@inlined
def _begin_trip(run, c, customer_class, destination):
    customer, now = customer_at(run, c), world(run).now
    customer.entered = customer.class_since = now
    customer.customer_class = customer.origin = customer_class
    customer.visit = NONE
    class_at(run, customer_class).entered += 1
    if world(run).origins > 0:
        class_at(run, world(run).origins + customer_class).entered += 1
    visit = choose(run, destination)
    if visit >= 0:
        _travel(run, c, visit)
    elif visit == INTO_TASKS:
        _fork(run, c, destination)
    else:
        _leave_network(run, c)


@inlined
def _leave_network(run, c):
    customer, now = customer_at(run, c), world(run).now
    response = now - customer.entered
    class_at(run, customer.customer_class).number += now - customer.class_since
    _count_trip(run, customer.customer_class, response)
    if world(run).origins > 0:
        _count_trip(run, world(run).origins + customer.origin, response)
    _end_trip(run, c)
    if customer.pool != NONE:
        give_back_all(run, c)


@inlined
def _count_trip(run, row, response):
    counted = class_at(run, row)
    counted.left += 1
    counted.within += response <= counted.target
    counted.response_time += response
    counted.response_time_squares += response * response
    trip_bin_at(run, row * BINS + bin_of(response)).value += 1
    asked = world(run).asked_count
    for k in range(asked):
        within = response <= asked_at(run, k).value
        trip_within_at(run, row * asked + k).value += within


@inlined
def _end_trip(run, c):
    customer = customer_at(run, c)
    if customer.closed == NONE:
        _release(run, c)
        return
    think = closed_at(run, customer.closed).think
    if think < 0:
        _travel(run, c, NONE)
        return
    customer.doing = THINKING
    pause = draw(stream_at(run, think))
    schedule(run, event_of(run, c), world(run).now + pause)


@inner
def _turn_away(run, c, v):
    """A customer is not served at a visit, and comes again or is lost."""
    if visit_at(run, v).reluctance < 0 or not comes_again(run, c, v):
        _give_up(run, c)
    elif customer_at(run, c).pool != NONE:
        give_back_all(run, c)


@inner
def _give_up(run, c):
    """A customer is lost."""
    customer = customer_at(run, c)
    customer.tries = 0
    if customer.parent != NONE:
        _complete_task(run, c)
        return
    counted = class_at(run, customer.customer_class)
    counted.lost += 1
    counted.number += world(run).now - customer.class_since
    if world(run).origins > 0:
        class_at(run, world(run).origins + customer.origin).lost += 1
    _end_trip(run, c)
    if customer.pool != NONE:
        give_back_all(run, c)


@inner
def _change_class(run, c, customer_class):
    customer, now = customer_at(run, c), world(run).now
    class_at(run, customer.customer_class).number += now - customer.class_since
    customer.class_since = now
    customer.customer_class = customer_class


@inner
def _passes(run, c, s):
    """Whether a customer has what the pools of a station ask for, or must wait or is lost."""
    if customer_at(run, c).parent != NONE:
        return True  # tasks hold nothing
    what = to_station(run, c, s)
    if what == IS_LOST:
        _give_up(run, c)
    return what == PASSES


@inlined
def _enter(run, c):
    """A traveller comes to its station."""
    customer = customer_at(run, c)
    v = customer.toward
    visit = visit_at(run, v)
    s = visit.station
    station = station_at(run, s)
    if station.pool != customer.pool and not _passes(run, c, s):
        return
    if station.at >= station.capacity and customer.parent == NONE:
        flow_at(run, visit.flow).lost += 1
        _turn_away(run, c, v)
        return
    customer.slots = visit.slots
    if visit.recorded_slots >= 0:
        customer.slots = int(profile_at(run, visit.recorded_slots + customer.row).value)
    if visit.reluctance >= 0 and balks(run, c, v):
        flow_at(run, visit.flow).balked += 1
        _turn_away(run, c, v)
        return
    now = world(run).now
    if visit.customer_class != customer.customer_class:
        _change_class(run, c, visit.customer_class)
    if visit.recorded >= 0:
        service = profile_at(run, visit.recorded + customer.row).value
    else:
        service = draw(stream_at(run, visit.service))
    customer.visit = v
    customer.station = s
    customer.flow = visit.flow
    customer.arrived = now
    customer.service = service
    customer.remaining = service
    customer.cold = 0
    flow_at(run, visit.flow).arrivals += 1
    if station.at == 0:
        station.busy_since = now
    if station.kept_in == SHARED:
        attain(run, s)
        change_number(run, s, 1)
        customer.served_at_once = 1
        share(run, s, c)
        return
    change_number(run, s, 1)
    if station.kept_in == HEAP:
        customer.key = visit.priority
        customer.order = world(run).order
        world(run).order += 1
    customer.served_at_once = 0
    if station.batch_size > 0:
        wait(run, s, c)
    elif station.occupied + customer.slots <= station.open and station.waiting == 0:
        customer.served_at_once = 1
        start(run, s, c, True)
    elif station.interrupts and interrupts(run, s, c):
        customer.served_at_once = 1
    else:
        wait(run, s, c)
    if visit.patience >= 0:
        patience = draw(stream_at(run, visit.patience))
        if customer.doing == WAITING:
            schedule(run, event_of(run, c), now + patience)
    if station.batch_size > 0:
        start_batches(run, s)


@inner
def _count_within(run, flow, waiting, response):
    asked = world(run).asked_count
    for k in range(asked):
        time = asked_at(run, k).value
        wait_within_at(run, flow * asked + k).value += waiting <= time
        response_within_at(run, flow * asked + k).value += response <= time


@inlined
def _count_departure(run, c, s):
    """A customer leaves the place it had at a station."""
    customer = customer_at(run, c)
    now = world(run).now
    flow = flow_at(run, customer.flow)
    response = now - customer.arrived
    waiting = max(0.0, response - customer.service)
    if customer.served_at_once and waiting < 1e-9 * response + 1e-15 * now:
        waiting = 0.0  # what is left is rounding
    flow.departures += 1
    flow.response_time += response
    flow.response_time_squares += response * response
    flow.waiting_time += waiting
    flow.waiting_time_squares += waiting * waiting
    flow.server_time += customer.service * customer.slots
    flow.waited += 1 - customer.served_at_once * (1 - customer.cold)
    flow.cold += customer.cold
    customer.tries = 0
    response_bin_at(run, customer.flow * BINS + bin_of(response)).value += 1
    waiting_bin_at(run, customer.flow * BINS + bin_of(waiting)).value += 1
    if world(run).asked_count > 0:
        _count_within(run, customer.flow, waiting, response)
    world(run).departures += 1
    if world(run).record_room > 0:
        row = record_at(run, world(run).recorded)
        row.serial = customer.serial
        row.customer_class = visit_at(run, customer.visit).customer_class
        row.station = s
        row.visit = customer.visit
        row.arrived = customer.arrived
        row.departed = now
        row.service = customer.service
        world(run).recorded += 1
    _vacate(run, s)


@inner
def _count_departure_apart(run, c, s):
    """The same for those who were blocked."""
    _count_departure(run, c, s)


@inlined
def _vacate(run, s):
    """A place at a station becomes free."""
    change_number(run, s, -1)
    station = station_at(run, s)
    if station.at == 0 and station.busy_since >= world(run).began:
        station.busy_periods += 1
        station.busy_period_time += world(run).now - station.busy_since


@inner
def _block(run, c, s, visit):
    """A customer stays on its server until there is a place where it goes."""
    customer = customer_at(run, c)
    station = station_at(run, s)
    if station.kept_in == SHARED:
        station.occupied += 1
    elif station.batch_size > 0:
        hold_together(run, c)
    _wait_for_place(run, c, visit)
    customer.doing = BLOCKED


@inner
def _wait_for_place(run, c, visit):
    target = station_at(run, visit_at(run, visit).station)
    customer_at(run, c).toward = visit
    customer_at(run, c).next = NONE
    if target.blocked_tail == NONE:
        target.blocked_head = c
    else:
        customer_at(run, target.blocked_tail).next = c
    target.blocked_tail = c


@inner
def _unblock(run, s):
    """A place at a station is free for one who is blocked; so is then the place that it leaves."""
    while True:
        station = station_at(run, s)
        c = station.blocked_head
        if c == NONE or station.at >= station.capacity:
            return
        customer = customer_at(run, c)
        station.blocked_head = customer.next
        if station.blocked_head == NONE:
            station.blocked_tail = NONE
        if customer.visit == NONE:  # it was forked, and held no server
            _travel(run, c, customer.toward)
            return
        before = customer.station
        upstream = station_at(run, before)
        if upstream.kept_in == SHARED:
            attain(run, before)
            upstream.occupied -= 1
            _count_departure_apart(run, c, before)
            next_of_sharing(run, before)
        else:
            _count_departure_apart(run, c, before)
            if upstream.batch_size > 0:
                release_together(run, before, c)
            else:
                free_server(run, before, c)
        _travel(run, c, customer.toward)
        s = before


@inner
def _complete_task(run, c):
    p = customer_at(run, c).parent
    _release(run, c)
    parent = customer_at(run, p)
    parent.tasks -= 1
    if parent.tasks > 0:
        return
    visit = destination_at(run, parent.fork).then
    if visit == OUTSIDE:
        _leave_network(run, p)
        return
    target = station_at(run, visit_at(run, visit).station)
    if target.blocks and target.at >= target.capacity:
        parent.doing = BLOCKED
        _wait_for_place(run, p, visit)
    else:
        _travel(run, p, visit)


@inlined
def _go_on(run, c, s, holds_server):
    """A customer whose service is complete goes where it goes next, or is blocked."""
    customer = customer_at(run, c)
    destination = visit_at(run, customer.visit).destination
    visit = OUTSIDE
    if destination >= 0:
        visit = choose(run, destination)
    returns = False
    if visit >= 0:
        next_station = visit_at(run, visit).station
        returns = next_station == s
        target = station_at(run, next_station)
        if target.blocks and not returns and target.at >= target.capacity:
            _block(run, c, s, visit)
            return
    _count_departure(run, c, s)
    if holds_server:
        free_server(run, s, c)
    if visit >= 0:
        _travel(run, c, visit)
    elif destination < 0:
        _complete_task(run, c)
    elif visit == INTO_TASKS:
        _fork(run, c, destination)
    else:
        _leave_network(run, c)
    if station_at(run, s).blocked_head != NONE and not returns:
        _unblock(run, s)  # whoever was blocked enters first


@inner
def _go_on_apart(run, c, s):
    """The same for services that are rare: one copy of the code more instead of two."""
    _go_on(run, c, s, False)


@inner
def _abandon(run, c):
    customer, now = customer_at(run, c), world(run).now
    s = customer.station
    leave_waiting(run, s, c)
    _vacate(run, s)
    flow = flow_at(run, customer.flow)
    flow.abandoned += 1
    flow.number += now - customer.arrived
    flow.waiting += now - customer.arrived
    if station_at(run, s).batch_size > 0:
        start_batches(run, s)
    _turn_away(run, c, customer.visit)
    if station_at(run, s).blocked_head != NONE:
        _unblock(run, s)


@inner
def _timer(run, s):
    """A shift begins, or a batch has waited long enough."""
    if station_at(run, s).shifts >= 0:
        shift_change(run, s)
    else:
        start_batches(run, s)


@inner
def _clock(run, server):
    """A server fails or is repaired; the number of servers is decided; a replica has started."""
    doing = server_at(run, server).doing
    if doing == DECIDING:
        decide(run, server)
    elif doing == STARTING:
        serve_from_now_on(run, server)
    else:
        server_event(run, server)


@inner
def _complete_sharing(run, s):
    """The first of those who share a station is served."""
    attain(run, s)
    c = station_at(run, s).root
    station_at(run, s).root = heap_remove(run, c, c)
    _go_on_apart(run, c, s)
    next_of_sharing(run, s)


@inner
def _complete_batch(run, c, s):
    world(run).departing = c
    world(run).departing_station = s
    world(run).agenda += 1


@inlined
def _arrive(run, source, row):
    c = _new_customer(run)
    customer = customer_at(run, c)
    customer.row = row
    customer.serial = world(run).serial
    world(run).serial += 1
    customer.closed = NONE
    customer.parent = NONE
    _begin_trip(run, c, source.customer_class, source.destination)


@inlined
def _let_come(run):
    """The source that is next sends its customers."""
    number, now = next_source(run), world(run).now
    source = source_at(run, number)
    row = source.state - 1  # the next one moves it on
    if source.kind == POISSON_OR_RENEWAL:
        gap = draw(stream_at(run, source.stream))
        expect(run, number, now + gap)
    else:
        expect(run, number, next_arrival(source, now))
    if source.size_stream < 0:
        _arrive(run, source, row)
    else:
        world(run).arriving = number
        world(run).arriving_row = row
        world(run).agenda += 1
        size = draw(stream_at(run, source.size_stream))
        world(run).arriving_left = int(size)


@compiled
def prepare(run):
    """The first events of a run: arrivals, failures and shifts."""
    for d in range(world(run).destinations_count):
        if destination_at(run, d).kind == SPLIT:
            look_ahead(run, d)
    for k in range(world(run).sources_count):
        expect(run, k, next_arrival(source_at(run, k), 0.0))
    for server in range(world(run).servers_count):
        station = station_at(run, server_at(run, server).station)
        if server_at(run, server).doing == DECIDING:
            schedule(run, clock_of(run, server), station.scale_interval)
            continue
        if server_at(run, server).doing == OFF:
            continue
        failure = draw(stream_at(run, station.failure))
        schedule(run, clock_of(run, server), failure)
    for s in range(world(run).stations_count):
        if station_at(run, s).shifts >= 0:
            length = shift_at(run, station_at(run, s).shifts).duration
            schedule(run, timer_of(run, s), length)
    for row in range(world(run).closed_count):
        for _ in range(closed_at(run, row).population):
            c = _new_customer(run)
            customer_at(run, c).closed = row
            customer_at(run, c).parent = NONE
            customer_at(run, c).serial = world(run).population
            customer_at(run, c).customer_class = closed_at(run, row).customer_class
            customer_at(run, c).doing = THINKING
            world(run).population += 1
            world(run).agenda += 1
    world(run).serial = world(run).population


@inner
def _is_over(run):
    """Nothing will happen any more, or nothing that concerns anyone."""
    if next_arrival_time(run) < NEVER:
        return False
    return world(run).pending == 0 or world(run).free_count == world(run).room


@inner
def _next_on_agenda(run):
    """Do the next of what goes on at this instant; NONE if there is nothing."""
    stations = world(run).stations_count
    if world(run).record_room > 0 and world(run).recorded + stations >= world(run).record_room:
        return RECORD_FULL
    if world(run).departing != NONE:
        c = world(run).departing
        world(run).departing = customer_at(run, c).companion
        _go_on_apart(run, c, world(run).departing_station)
        return DONE
    if world(run).departing_station != NONE:
        end_batch(run, world(run).departing_station)
        world(run).departing_station = NONE
        world(run).agenda -= 1
        return DONE
    if world(run).arriving != NONE:
        source = source_at(run, world(run).arriving)
        world(run).arriving_left -= 1
        if world(run).arriving_left == 0:
            world(run).arriving = NONE
            world(run).agenda -= 1
        _arrive(run, source, world(run).arriving_row)
        return DONE
    if world(run).populating < world(run).population:
        c = world(run).populating  # they were the first to be made
        world(run).populating += 1
        world(run).agenda -= 1
        think = closed_at(run, customer_at(run, c).closed).think
        if think >= 0:
            pause = draw(stream_at(run, think))
            schedule(run, event_of(run, c), pause)
        else:
            _travel(run, c, NONE)
        return DONE
    return NONE


@compiled
def loop(run, departures):
    """Let events happen until so many services are complete; tells why it came back.

    Arguments:
        run: address of the record through which all others are found.
        departures: services complete since the beginning of the run.
    """
    sources, stations = world(run).sources_count, world(run).stations_count
    first_customer = world(run).first_customer
    quiet, before = _QUIET_EVENTS, world(run).departures
    while True:
        c = world(run).travelling
        if c != NONE:
            if customer_at(run, c).toward >= 0:
                world(run).travelling = customer_at(run, c).next
                _enter(run, c)
                continue
            if world(run).free_count < world(run).reserve:
                return GROW
            world(run).travelling = customer_at(run, c).next
            row = closed_at(run, customer_at(run, c).closed)
            _begin_trip(run, c, row.customer_class, row.destination)
            continue
        if world(run).departures >= departures:
            return COMPLETE
        if world(run).free_count < world(run).reserve:
            return GROW
        if world(run).agenda > 0:
            why = _next_on_agenda(run)
            if why == RECORD_FULL:
                return RECORD_FULL
            if why == DONE:
                continue
        settle(run)
        if world(run).pending <= world(run).clocks and _is_over(run):
            return FINISHED
        quiet -= 1
        if quiet == 0:
            if world(run).departures == before:
                return FINISHED
            quiet, before = _QUIET_EVENTS, world(run).departures
        arrival, other = next_arrival_time(run), next_time(run)
        if min(arrival, other) >= world(run).until:
            world(run).now = number_of(world(run).until)
            return REACHED
        if arrival < other:
            world(run).now = number_of(arrival)
            _let_come(run)
            continue
        event = begin(run)
        if event >= COMPLETION:
            event -= COMPLETION
            if event < first_customer:
                _complete_sharing(run, event - sources)
                continue
            c = event - first_customer
            s = customer_at(run, c).station
            station = station_at(run, s)
            customer = customer_at(run, c)
            station.busy += (world(run).now - customer.started) * customer.slots
            if station.scale_interval > 0:
                end_to_serve(run, s)
            if station.batch_size > 0:
                _complete_batch(run, c, s)
            else:
                if station.interrupts:
                    release_interruptible(run, s, c)
                _go_on(run, c, s, True)
        elif event >= first_customer:
            c = event - first_customer
            doing = customer_at(run, c).doing
            if doing == WAITING:
                _abandon(run, c)
            elif doing == AWAY:
                come_again(run, c)
                _travel(run, c, customer_at(run, c).toward)
            else:
                _travel(run, c, NONE)
        elif event < sources + stations:
            _timer(run, event - sources)
        else:
            _clock(run, event - sources - stations)
