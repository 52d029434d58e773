"""A network as arrays: what compiled code reads, and the streams that both engines share."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.queueing.disciplines import Order, number_of
from models.queueing.distributions import AnyDistribution, Empirical, exponential
from models.queueing.network import (
    CustomerClass,
    MarkovModulated,
    Network,
    Poisson,
    Renewal,
    TimeVarying,
    Trace,
)
from models.queueing.pools import innermost, outer_of
from models.queueing.slow_times import Start
from models.queueing.stations import Scaling, Station
from models.queueing.visits import Destination, Graph, Visit, graph
from sim.kernels.streams import Streams
from sim.queueing.arrays.arrivals import (
    MARKOV_MODULATED,
    POISSON_OR_RENEWAL,
    SOURCE,
    TIME_VARYING,
    TRACE,
)
from sim.queueing.arrays.layout_records import (
    CLOSED,
    DESTINATION,
    OUTSIDE,
    POOL,
    RELUCTANCE,
    ROUTINGS,
    SHIFT,
    STATION,
    TARGET,
    UNLIMITED,
    VISIT,
)

_ROUNDING = 1 + 1e-9  # what takes as long as a time is within it, whatever its rounding
_CONSTANT = (0.0, 1.0, 0.0, 0.0, 1, 1, 1, 1, -1)  # a station that does not scale


@dataclass(frozen=True)
class Layout:
    """A network as arrays.

    Arguments:
        network: the description.
        graph: its visits; positions in `visits` are those of the graph.
        flows: pairs of station and class that occur, by name.
        stations: one record a station, in the order of the description.
        pools: one record a pool.
        holds: what a customer takes of each pool, pools x classes in which it came.
        visits: one record a visit.
        reluctance: one record a visit at which some do not join, or come again.
        destinations: one record a choice of where to go.
        targets: of all destinations, one after the other.
        sources: one record an open class.
        closed: one record a closed class.
        shifts: of all schedules; each with its duration, s, and number of servers.
        profile: rates, durations and recorded arrivals of all sources, and what is recorded
            beside them.
        targets_of_classes: response times that are within the target, s; infinite without one. One
            a row of what is counted of classes: by the class in which customers leave and, where
            classes change on the way, then by the class in which they came.
        asked: times of which the shares within them are counted, s.
        streams: random streams, each with its state.
        table: values and probabilities of the streams.
    """

    network: Network
    graph: Graph
    flows: tuple[tuple[str, str], ...]
    stations: NDArray[np.void]
    pools: NDArray[np.void]
    holds: NDArray[np.int64]
    visits: NDArray[np.void]
    reluctance: NDArray[np.void]
    destinations: NDArray[np.void]
    targets: NDArray[np.void]
    sources: NDArray[np.void]
    closed: NDArray[np.void]
    shifts: NDArray[np.void]
    profile: NDArray[np.float64]
    targets_of_classes: NDArray[np.float64]
    asked: NDArray[np.float64]
    streams: NDArray[np.void]
    table: NDArray[np.float64]

    @property
    def origins(self) -> int:
        """The first row of what is counted by the class in which customers came; 0 without."""
        number = len(self.network.classes)
        return number if len(self.targets_of_classes) > number else 0


def lay_out(
    network: Network,
    seed: np.random.SeedSequence,
    traces: Mapping[str, NDArray[np.float64]] | None = None,
    mirrored: bool | None = None,
    begins: Mapping[str, Start] | None = None,
    asked: Sequence[float] = (),
) -> Layout:
    """The arrays of a checked network, with fresh streams.

    Arguments:
        network: the description.
        seed: of the run.
        traces: recorded times of arrival, s, ascending, by class, for classes that have a trace;
            and what is recorded beside them: services, s, by class/station, and servers that are
            taken at once by class/station/slots.
        mirrored: False and True for the two runs of an antithetic pair; None for any other.
        begins: what stations begin with that scale or have a setup; the others of them with the
            fewest replicas, and without a warm server.
        asked: times of which the shares within them are counted, s.
    """
    return _Builder(network, Streams(seed, mirrored), begins or {}).build(traces or {}, asked)


def _target(customers: CustomerClass) -> float:
    return math.inf if customers.target is None else customers.target * _ROUNDING


class _Builder:
    def __init__(self, network: Network, streams: Streams, begins: Mapping[str, Start]) -> None:
        self.network, self.begins = network, begins
        self.graph = graph(network)
        self.streams = streams
        self.station_of = {name: k for k, name in enumerate(network.stations)}
        self.class_of = {name: k for k, name in enumerate(network.classes)}
        self.pool_of = {name: k for k, name in enumerate(network.pools)}
        self.flows: dict[tuple[str, str], int] = {}
        self.reluctance: list[tuple[int | float, ...]] = []
        self.destinations: list[tuple[int, ...]] = []
        self.targets: list[tuple[int, float, int]] = []
        self.shifts: list[tuple[float, int]] = []
        self.profile: list[float] = []

    def build(self, traces: Mapping[str, NDArray[np.float64]], asked: Sequence[float]) -> Layout:
        visits = [self._visit(position, traces) for position in range(len(self.graph.visits))]
        stations = [self._station(name, s) for name, s in self.network.stations.items()]
        sources, closed = [], []
        for name, start in self.graph.starts.items():
            customers = self.network.classes[name]
            destination = self._destination(start, f"{name} start")
            if customers.population is not None:
                think = (
                    self.streams.add(f"{name} think", customers.think_time)
                    if customers.think_time
                    else -1
                )
                closed.append((self.class_of[name], customers.population, think, destination))
            else:
                sources.append(self._source(name, customers, destination, traces.get(name)))
        streams, table = self.streams.arrays()
        profile = np.array(self.profile or [0.0])
        rows = [(*source, streams.ctypes.data, profile.ctypes.data) for source in sources]
        return Layout(
            self.network,
            self.graph,
            tuple(self.flows),
            np.array(stations, dtype=STATION),
            self._pools(),
            self._holds(),
            np.array(visits, dtype=VISIT),
            np.array(self.reluctance, dtype=RELUCTANCE),
            np.array(self.destinations, dtype=DESTINATION),
            np.array(self.targets, dtype=TARGET),
            np.array(rows, dtype=SOURCE),
            np.array(closed, dtype=CLOSED),
            np.array(self.shifts, dtype=SHIFT),
            profile,
            np.array(
                [_target(one) for one in self.network.classes.values()]
                * (2 if self.graph.classes_change else 1)
            ),
            np.array(asked, dtype=np.float64) * _ROUNDING,
            streams,
            table,
        )

    def _visit(self, position: int, traces: Mapping[str, NDArray[np.float64]]) -> tuple[int, ...]:
        visit = self.graph.visits[position]
        beside = f"{visit.customer_class}/{visit.station}"
        name = f"{visit.station} {visit.customer_class} {position}"
        flow = self.flows.setdefault((visit.station, visit.customer_class), len(self.flows))
        return (
            self.station_of[visit.station],
            self.class_of[visit.customer_class],
            flow,
            self.streams.add(f"{name} service", visit.service),
            self.streams.add(f"{name} patience", visit.patience) if visit.patience else -1,
            self._destination(visit.destination, name) if visit.destination else -1,
            self.network.classes[visit.customer_class].priority,
            visit.slots,
            self._recorded(traces.get(beside)),
            self._recorded(traces.get(f"{beside}/slots")),
            self._reluctance(visit, name) if visit.balking or visit.retries else -1,
        )

    def _recorded(self, values: NDArray[np.float64] | None) -> int:
        """Where in the profile they are, or -1."""
        if values is None:
            return -1
        self.profile += values.tolist()
        return len(self.profile) - len(values)

    def _reluctance(self, visit: Visit, name: str) -> int:
        balking, retries = visit.balking, visit.retries
        joins = balking.join if balking else ()
        most_waiting = balking.most_waiting if balking else None
        most = retries.most if retries else None
        self.reluctance.append(
            (
                len(self.profile) if balking else -1,
                len(joins),
                UNLIMITED if most_waiting is None else most_waiting,
                self.streams.add(f"{name} balking") if balking else -1,
                self.streams.add(f"{name} delay", retries.delay) if retries else -1,
                retries.probability if retries else 0.0,
                self.streams.add(f"{name} retries") if retries else -1,
                UNLIMITED if most is None else most,
            )
        )
        self.profile += joins
        return len(self.reluctance) - 1

    def _destination(self, destination: Destination, name: str) -> int:
        count = len(destination.visits)
        cumulative = np.cumsum(destination.probabilities or (0.0,) * count)
        stream = self.streams.add(f"{name} routing")
        then = OUTSIDE if destination.then is None else destination.then
        kind = ROUTINGS.index(destination.way)
        self.destinations.append((kind, len(self.targets), count, stream, 0, then, OUTSIDE))
        # A little before, so that the rounding of a product never passes the right one.
        guides = np.searchsorted(cumulative, (np.arange(count) - 1e-9) / count, side="right")
        for visit, bound, guide in zip(destination.visits, cumulative, guides, strict=True):
            self.targets.append((OUTSIDE if visit is None else visit, float(bound), int(guide)))
        return len(self.destinations) - 1

    def _station(self, name: str, station: Station) -> tuple[int | float, ...]:
        infinite = station.servers == "infinite"
        batch, breakdowns, schedule = station.batch, station.breakdowns, station.schedule
        scaling = station.scaling
        servers = UNLIMITED if infinite else int(station.servers)
        start = self.begins.get(name, Start(scaling.minimum if scaling else 0, 0))
        if scaling:  # what it begins with
            servers = start.replicas * scaling.concurrency
        add = self.streams.add
        shifts = -1
        if schedule:
            shifts = len(self.shifts)
            ends = [*(shift.start for shift in schedule.shifts[1:]), schedule.period]
            for shift, end in zip(schedule.shifts, ends, strict=True):
                number = UNLIMITED if shift.servers == "infinite" else shift.servers
                self.shifts.append((end - shift.start, number))
        return (
            number_of(station.discipline),
            servers,
            UNLIMITED if station.capacity is None else station.capacity,
            int(station.when_full == "block"),
            add(f"{name} setup", station.setup) if station.setup else -1,
            station.keep_warm or 0.0,
            start.warm,
            add(f"{name} order") if station.discipline.order is Order.AT_RANDOM else -1,
            batch.size if batch else 0,
            batch.timeout if batch else 0.0,
            batch.per_customer if batch else 0.0,
            batch.least_per_customer if batch else 0.0,
            add(f"{name} failure", breakdowns.time_to_failure) if breakdowns else -1,
            add(f"{name} repair", breakdowns.time_to_repair) if breakdowns else -1,
            (breakdowns.crews or UNLIMITED) if breakdowns else 0,
            shifts,
            len(schedule.shifts) if schedule else 0,
            schedule.period if schedule else math.inf,
            *(self._scaling(name, scaling) if scaling else _CONSTANT),
            *self._speeds(name, station),
            -1 if (pool := innermost(self.network.pools, name)) is None else self.pool_of[pool],
        )

    def _pools(self) -> NDArray[np.void]:
        outer, classes = outer_of(self.network.pools), len(self.network.classes)
        rows = [
            (
                pool.limit,
                int(pool.when_full == "lose"),
                -1 if (around := outer[name]) is None else self.pool_of[around],
                k * classes,
            )
            for k, (name, pool) in enumerate(self.network.pools.items())
        ]
        return np.array(rows, dtype=POOL)

    def _holds(self) -> NDArray[np.int64]:
        classes = self.network.classes.values()
        rows = [one.holds.get(name, 1) for name in self.network.pools for one in classes]
        return np.array(rows or [0], dtype=np.int64)

    def _speeds(self, name: str, station: Station) -> tuple[int, int]:
        if station.speeds is None:
            return -1, -1
        first, at_random = len(self.profile), station.idle_server == "random"
        self.profile += station.speeds_in_turn
        return first, self.streams.add(f"{name} idle server") if at_random else -1

    def _scaling(self, name: str, scaling: Scaling) -> tuple[int | float, ...]:
        startup = self.streams.add(f"{name} startup", scaling.startup) if scaling.startup else -1
        return (
            scaling.interval,
            scaling.target,
            scaling.tolerance,
            scaling.cooldown,
            scaling.minimum,
            scaling.maximum,
            UNLIMITED if scaling.step is None else scaling.step,
            scaling.concurrency,
            startup,
        )

    def _source(
        self,
        name: str,
        customers: CustomerClass,
        destination: int,
        trace: NDArray[np.float64] | None,
    ) -> tuple[int | float, ...]:
        arrivals, offset = customers.arrivals, len(self.profile)
        kind, until, period, count = POISSON_OR_RENEWAL, math.inf, math.inf, 0
        interarrival: AnyDistribution | None = None
        state_stream = -1
        if isinstance(arrivals, Poisson):
            interarrival = exponential(1 / arrivals.rate)
        elif isinstance(arrivals, Renewal):
            interarrival = arrivals.interarrival
        elif isinstance(arrivals, MarkovModulated):
            kind, count, until = MARKOV_MODULATED, len(arrivals.rates), 0.0
            interarrival = exponential(1.0)
            self.profile += [*arrivals.rates, *arrivals.holding_times]
            state_stream = self.streams.add(f"{name} state")
        elif isinstance(arrivals, TimeVarying):
            kind, count, period = TIME_VARYING, len(arrivals.intervals), arrivals.period
            interarrival = exponential(1.0)
            starts = [interval.start for interval in arrivals.intervals]
            lengths = np.diff([*starts, period])
            self.profile += [*(interval.rate for interval in arrivals.intervals), *lengths]
            until = float(lengths[0])
        elif isinstance(arrivals, Trace):
            assert trace is not None, "the caller reads the trace"
            kind, count = TRACE, len(trace)
            self.profile += trace.tolist()
        return (
            kind,
            self.class_of[name],
            destination,
            self.streams.add(f"{name} arrivals", interarrival),
            state_stream,
            self._size_stream(name, customers),
            offset,
            count,
            0,
            until,
            period,
        )

    def _size_stream(self, name: str, customers: CustomerClass) -> int:
        batch = customers.arrival_batch
        if batch is None:
            return -1
        sizes = Empirical.model_construct(
            values=tuple(map(float, batch.sizes)), weights=batch.probabilities
        )
        return self.streams.add(f"{name} batch", sizes)
