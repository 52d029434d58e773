"""How compiled code keeps who waits in each order that it knows, as numbers in the records."""

from typing import NamedTuple

from models.queueing.disciplines import Order

LINE, STACK, BAG, HEAP, SHARED = range(5)  # where who waits is kept; shared: nobody waits
BY_ARRIVAL, BY_PRIORITY, BY_REMAINING = range(3)  # what a heap compares


class Way(NamedTuple):
    """What compiled code needs to know of an order.

    Arguments:
        kept_in: where who waits is kept.
        ranked: what is compared.
    """

    kept_in: int
    ranked: int = BY_ARRIVAL


WAYS: dict[Order, Way] = {
    Order.FIRST_COME: Way(LINE),
    Order.LAST_COME: Way(STACK),
    Order.AT_RANDOM: Way(BAG),
    Order.BY_PRIORITY: Way(HEAP, BY_PRIORITY),
    Order.BY_REMAINING: Way(HEAP, BY_REMAINING),
    Order.TOGETHER: Way(SHARED),
}
