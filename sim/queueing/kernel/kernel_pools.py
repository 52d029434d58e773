"""Limits over several stations, in compiled code: who holds of them, and who waits for a part.

Of two pools one is around the other or they have no station in common, so that what a customer
holds is told by the innermost.
"""

from sim.queueing.arrays.queue_compilation import inner
from sim.queueing.kernel.queue_access import customer_at, held_at, pool_at, station_at, world
from sim.queueing.kernel.queue_records import BEFORE_POOL, DONE, GROW, NONE, TRAVELLING

PASSES, WAITS, IS_LOST = NONE, DONE, GROW


@inner
def to_station(run, c, s):
    """Give back what is not held at a station, and take what is: passes, waits or is lost."""
    customer, wanted = customer_at(run, c), station_at(run, s).pool
    while customer.pool != NONE and not _is_within(run, wanted, customer.pool):
        _give_back(run, c)
    while customer.pool != wanted:
        p = wanted
        while pool_at(run, p).outer != customer.pool:
            p = pool_at(run, p).outer
        pool = pool_at(run, p)
        pool.came += 1
        part = held_at(run, pool.holds + customer.origin).value
        if pool.head == NONE and pool.used + part <= pool.limit:
            _take(run, c, p, part)
        elif pool.loses:
            pool.lost += 1
            return IS_LOST
        else:
            _wait_for(run, c, p)
            return WAITS
    return PASSES


@inner
def give_back_all(run, c):
    """A customer holds nothing any more."""
    while customer_at(run, c).pool != NONE:
        _give_back(run, c)


@inner
def _is_within(run, inner_pool, outer_pool):
    while inner_pool != NONE and inner_pool != outer_pool:
        inner_pool = pool_at(run, inner_pool).outer
    return inner_pool == outer_pool


@inner
def _change(run, p, part):
    pool, now = pool_at(run, p), world(run).now
    pool.held += pool.used * (now - pool.since)
    pool.since = now
    pool.used += part


@inner
def _take(run, c, p, part):
    _change(run, p, part)
    pool_at(run, p).granted += 1
    customer_at(run, c).pool = p


@inner
def _wait_for(run, c, p):
    pool, customer = pool_at(run, p), customer_at(run, c)
    customer.doing = BEFORE_POOL
    customer.visit = NONE
    customer.place = p
    customer.started = world(run).now
    customer.next = NONE
    if pool.tail == NONE:
        pool.head = c
    else:
        customer_at(run, pool.tail).next = c
    pool.tail = c


@inner
def _give_back(run, c):
    """Of the innermost; whoever waits for it and finds enough goes on its way."""
    p = customer_at(run, c).pool
    pool = pool_at(run, p)
    _change(run, p, -held_at(run, pool.holds + customer_at(run, c).origin).value)
    customer_at(run, c).pool = pool.outer
    while pool.head != NONE:
        first = customer_at(run, pool.head)
        part = held_at(run, pool.holds + first.origin).value
        if pool.used + part > pool.limit:
            return
        f = pool.head
        pool.head = first.next
        if pool.head == NONE:
            pool.tail = NONE
        _take(run, f, p, part)
        pool.waited += 1
        pool.waiting_time += world(run).now - first.started
        first.doing = TRAVELLING
        first.next = world(run).travelling
        world(run).travelling = f
