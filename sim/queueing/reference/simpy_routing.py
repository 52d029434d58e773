"""Where customers go next."""

from sim.queueing.arrays.layout_records import POWER_OF_TWO, ROUND_ROBIN, SHORTEST_QUEUE
from sim.queueing.reference.customers import Destination, Visit
from sim.queueing.reference.draws import Draws


def choose(destination: Destination, draws: Draws) -> Visit | None:
    """The next visit of a customer; None is the outside.

    Arguments:
        destination: any but a fork.
        draws: from the streams of the layout.
    """
    if len(destination.visits) == 1:
        return destination.visits[0]
    if destination.kind == ROUND_ROBIN:
        turn = destination.turn
        destination.turn = (turn + 1) % len(destination.visits)
        return destination.visits[turn]
    if destination.kind == SHORTEST_QUEUE:
        return _shortest(destination, draws)
    if destination.kind == POWER_OF_TWO:
        return _shorter_of_two(destination, draws)
    u = draws.uniform(destination.stream)
    pairs = zip(destination.cumulative, destination.visits, strict=True)
    return next((visit for bound, visit in pairs if u < bound), destination.visits[-1])


def _shortest(destination: Destination, draws: Draws) -> Visit | None:
    least = min(map(_number, destination.visits))
    shortest = [visit for visit in destination.visits if _number(visit) == least]
    if len(shortest) == 1:
        return shortest[0]
    return shortest[int(draws.uniform(destination.stream) * len(shortest))]


def _shorter_of_two(destination: Destination, draws: Draws) -> Visit | None:
    number = len(destination.visits)
    first = int(draws.uniform(destination.stream) * number)
    second = int(draws.uniform(destination.stream) * (number - 1))
    if second >= first:
        second += 1
    one, other = destination.visits[first], destination.visits[second]
    return other if _number(other) < _number(one) else one


def _number(visit: Visit | None) -> int:
    assert visit is not None  # only a split goes outside
    return visit.station.number
