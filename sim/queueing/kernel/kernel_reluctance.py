"""Customers who do not join, and those who come again later, in compiled code."""

from sim.kernels.streams import draw, uniform
from sim.queueing.arrays.queue_compilation import inner
from sim.queueing.kernel.calendar import schedule
from sim.queueing.kernel.kernel_disciplines import SHARED
from sim.queueing.kernel.kernel_stations import event_of
from sim.queueing.kernel.queue_access import (
    customer_at,
    flow_at,
    profile_at,
    reluctance_at,
    station_at,
    stream_at,
    visit_at,
    world,
)
from sim.queueing.kernel.queue_records import AWAY, NONE


@inner
def balks(run, c, v):
    """Whether a customer who comes to a visit does not join."""
    visit, slots = visit_at(run, v), customer_at(run, c).slots
    row, station = reluctance_at(run, visit.reluctance), station_at(run, visit.station)
    if row.joins < 0:
        return False
    waiting = station.waiting
    if station.kept_in == SHARED:
        waiting = station.at - station.servers
        if waiting < 0:
            return False
    elif waiting == 0 and station.occupied + slots <= station.open:
        return False
    if waiting >= row.most_waiting:
        return True
    chance = profile_at(run, row.joins + min(waiting, row.join_count - 1)).value
    if chance >= 1.0:
        return False
    return chance <= 0.0 or uniform(stream_at(run, row.balking)) >= chance


@inner
def comes_again(run, c, v):
    """Whether a customer who was not served at a visit will come again; then it goes away."""
    visit, customer = visit_at(run, v), customer_at(run, c)
    row = reluctance_at(run, visit.reluctance)
    if row.delay < 0 or customer.tries >= row.most:
        return False
    if row.chance < 1.0 and uniform(stream_at(run, row.again)) >= row.chance:
        return False
    customer.tries += 1
    customer.doing = AWAY
    customer.visit = NONE
    customer.toward = v
    customer.flow = visit.flow
    customer.started = world(run).now
    flow_at(run, visit.flow).retried += 1
    delay = draw(stream_at(run, row.delay))
    schedule(run, event_of(run, c), world(run).now + delay)
    return True


@inner
def come_again(run, c):
    """A customer who was away comes to the same visit once more."""
    customer = customer_at(run, c)
    flow = flow_at(run, customer.flow)
    flow.returned += 1
    flow.away += world(run).now - customer.started
