"""Customers who do not join, and those who come again later."""

from sim.queueing.reference.customers import Customer, Reluctance, Visit
from sim.queueing.reference.draws import Draws


def balks(visit: Visit, slots: int, reluctance: Reluctance, draws: Draws) -> bool:
    """Whether a customer who comes to a visit does not join.

    Arguments:
        visit: to a station with room.
        slots: servers that it takes at once.
        reluctance: of those who come to it.
        draws: from the streams of the layout.
    """
    if not reluctance.joins:
        return False
    waiting = visit.station.ahead(slots)
    if waiting is None:
        return False
    if waiting >= reluctance.most_waiting:
        return True
    chance = reluctance.joins[min(waiting, len(reluctance.joins) - 1)]
    if chance in (0.0, 1.0):
        return chance == 0.0
    return draws.uniform(reluctance.balking) >= chance


def comes_again(customer: Customer, reluctance: Reluctance, draws: Draws) -> bool:
    """Whether a customer who was not served will come again.

    Arguments:
        customer: with the number of times that it has.
        reluctance: of the visit.
        draws: from the streams of the layout.
    """
    if reluctance.delay < 0 or customer.tries >= reluctance.most:
        return False
    return reluctance.chance == 1.0 or draws.uniform(reluctance.again) < reluctance.chance
