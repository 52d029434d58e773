"""Small closed networks without a product form, by the Markov chain of all their states: exact."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.laws.arrays import Floats

MOST_STATES = 5000  # of a sparse system that is solved in less than a second

# Of each class the customers who think, and at each station the visits of those who are there.
_State = tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]


@dataclass(frozen=True)
class ChainStation:
    """A station with exponential services.

    Arguments:
        servers: number of them; None where nobody waits.
        in_turn: customers are served first come first served; else they share the servers evenly.
    """

    servers: int | None = 1
    in_turn: bool = True


@dataclass(frozen=True)
class ChainVisit:
    """A customer of a class at a station.

    Arguments:
        station: position of it.
        owner: position of the class.
        rate: of service, /s.
        then: probability of each visit that follows; what is missing to 1 ends the trip.
    """

    station: int
    owner: int
    rate: float
    then: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class ChainClass:
    """Customers who think, make a trip, and think again.

    Arguments:
        population: customers, 1 or more.
        think_rate: inverse of the mean time to think, /s; None where nobody thinks.
        start: probability of each first visit; they sum to 1.
    """

    population: int
    think_rate: float | None
    start: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class ChainAnswer:
    """Steady state of the chain.

    Arguments:
        throughput: trips of each class, /s; shape (classes,).
        numbers: mean number at each visit; shape (visits,).
        flows: services ended at each visit, /s; shape (visits,).
    """

    throughput: Floats
    numbers: Floats
    flows: Floats


def closed_chain(
    stations: Sequence[ChainStation], visits: Sequence[ChainVisit], classes: Sequence[ChainClass]
) -> ChainAnswer | None:
    """Steady state of a small closed network; None where it has more than `MOST_STATES` states.

    Arguments:
        stations: of the network.
        visits: of the customers.
        classes: of the customers; each makes visits of its own.

    Raises:
        ArithmeticError: some states are never left, so that the long run hangs on the beginning.

    Source: global balance; Stewart (1994), Introduction to the Numerical Solution of Markov
        Chains, section 2.3.
    """
    chain = _Chain(stations, visits, classes)
    places: dict[_State, int] = {}
    waiting = [chain.first()]
    places[waiting[0]] = 0
    edges: list[tuple[int, int, float]] = []
    while waiting:
        state = waiting.pop()
        for target, rate in chain.moves(state):
            if target not in places:
                if len(places) == MOST_STATES:
                    return None
                places[target] = len(places)
                waiting.append(target)
            edges.append((places[state], places[target], rate))
    probabilities = _steady(len(places), edges)
    numbers, flows = np.zeros(len(visits)), np.zeros(len(visits))
    for state, probability in zip(places, probabilities, strict=True):
        for visit, rate in chain.services(state):
            flows[visit] += probability * rate
        for there in state[1]:
            for visit in there:
                numbers[visit] += probability
    throughput = np.zeros(len(classes))
    for k, one in enumerate(visits):
        ends = 1 - sum(chance for _, chance in one.then)
        throughput[one.owner] += flows[k] * ends
    return ChainAnswer(throughput, numbers, flows)


def _steady(states: int, edges: Sequence[tuple[int, int, float]]) -> Floats:
    from scipy.sparse import csc_array
    from scipy.sparse.linalg import MatrixRankWarning, spsolve

    origins, targets = np.array([edge[:2] for edge in edges]).T
    rates = np.array([edge[2] for edge in edges])
    scale = rates.max()
    # One equation follows from the others; that the sum is 1 does not.
    last = states - 1
    kept, every = targets != last, np.arange(states)
    left = origins != last
    values = [rates[kept], -rates[left], np.full(states, scale)]
    rows = [targets[kept], origins[left], np.full(states, last)]
    columns = [origins[kept], origins[left], every]
    places = np.concatenate(rows), np.concatenate(columns)
    balance = csc_array((np.concatenate(values), places), shape=(states, states))
    right = np.zeros(states)
    right[-1] = scale
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MatrixRankWarning)  # its solution is not a number
        probabilities = spsolve(balance, right)
    if not np.isfinite(probabilities).all() or probabilities.min() < -1e-9:
        raise ArithmeticError("the chain has no single steady state")
    return np.asarray(np.maximum(probabilities, 0.0))


class _Chain:
    def __init__(
        self,
        stations: Sequence[ChainStation],
        visits: Sequence[ChainVisit],
        classes: Sequence[ChainClass],
    ) -> None:
        self.stations, self.visits, self.classes = stations, visits, classes

    def first(self) -> _State:
        """All think; who does not think has begun the likeliest trip."""
        thinking = tuple(c.population if c.think_rate else 0 for c in self.classes)
        state: _State = (thinking, ((),) * len(self.stations))
        for one in self.classes:
            if not one.think_rate:
                first = max(one.start, key=lambda pair: pair[1])[0]
                for _ in range(one.population):
                    state = self._joined(state, first)
        return state

    def moves(self, state: _State) -> Iterator[tuple[_State, float]]:
        """States that follow, with their rates, /s."""
        thinking, there = state
        for owner, one in enumerate(self.classes):
            if one.think_rate and thinking[owner]:
                rate = thinking[owner] * one.think_rate
                yield from self._entered(self._thought(state, owner, -1), owner, rate)
        for visit, rate in self.services(state):
            station = self.visits[visit].station
            rest = list(there[station])
            rest.remove(visit)  # the first of its kind: those in service are alike
            yield from self._following(self._placed(state, station, tuple(rest)), visit, rate)

    def services(self, state: _State) -> Iterator[tuple[int, float]]:
        """Visits whose service may end, with the rates at which one of each kind does, /s."""
        for station, present in zip(self.stations, state[1], strict=True):
            servers = len(present) if station.servers is None else station.servers
            speed = 1.0
            served = present
            if station.in_turn:
                served = present[:servers]
            elif present:
                speed = min(1.0, servers / len(present))
            for visit in sorted(set(served)):
                yield visit, served.count(visit) * self.visits[visit].rate * speed

    def _following(self, state: _State, visit: int, rate: float) -> Iterator[tuple[_State, float]]:
        here = self.visits[visit]
        ends = 1.0
        for following, chance in here.then:
            ends -= chance
            if chance > 0:
                yield self._joined(state, following), rate * chance
        if ends > 1e-12:
            owner = here.owner
            if self.classes[owner].think_rate:
                yield self._thought(state, owner, 1), rate * ends
            else:
                yield from self._entered(state, owner, rate * ends)

    def _entered(self, state: _State, owner: int, rate: float) -> Iterator[tuple[_State, float]]:
        for visit, chance in self.classes[owner].start:
            if chance > 0:
                yield self._joined(state, visit), rate * chance

    def _thought(self, state: _State, owner: int, change: int) -> _State:
        thinking = list(state[0])
        thinking[owner] += change
        return tuple(thinking), state[1]

    def _joined(self, state: _State, visit: int) -> _State:
        station = self.visits[visit].station
        return self._placed(state, station, (*state[1][station], visit))

    def _placed(self, state: _State, station: int, present: tuple[int, ...]) -> _State:
        """Those in service, and all where none waits in turn, have no order."""
        one = self.stations[station]
        served = one.servers if one.in_turn and one.servers is not None else len(present)
        ordered = (*sorted(present[:served]), *present[served:])
        return state[0], (*state[1][:station], ordered, *state[1][station + 1 :])
