"""A queueing network as people describe it: stations, classes of customers, arrivals, routing.

One description for the laws, the SimPy reference and the compiled engine alike.
"""

import itertools
import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import Count, Name, Part, Positive
from models.description.quantities import Duration, Rate
from models.queueing.disciplines import FCFS, NamedDiscipline, Special, meanings, that_go_with
from models.queueing.distributions import AnyDistribution

EXIT = "exit"  # the destination outside; what is in the network leaves it there
Weight = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[dict[str, Weight], Field(min_length=1, max_length=1000)]
Chosen = Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]


class Batch(Part):
    """Customers served together, as requests are on a GPU.

    A batch starts when a server is free and either `size` customers wait or the first of them has
    waited for `timeout`. It takes the service time of its first customer, and `per_customer` more
    for each of the others.
    """

    size: Count = Field(description="most customers of one batch")
    timeout: Duration = Field(
        0.0, description="longest wait of the first customer for a full batch, a duration"
    )
    per_customer: Duration = Field(
        0.0, description="service time that each further customer adds, a duration"
    )


class Breakdowns(Part):
    """Servers that fail and are repaired; what they interrupt goes on where it was.

    A server fails whether or not it is busy. Without a number of crews every failed server is
    repaired at once.
    """

    time_to_failure: AnyDistribution = Field(
        description="time that a server works until it fails, durations"
    )
    time_to_repair: AnyDistribution = Field(description="time of one repair, durations")
    crews: Count | None = Field(
        None, description="servers that can be under repair at once; all of them if not given"
    )


class Shift(Part):
    """The number of servers from a time on; a busy server that goes completes its service."""

    start: Duration = Field(description="time from the start of the period, a duration")
    servers: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = Field(
        description="number of servers from then on"
    )


class Schedule(Part):
    """Shifts that repeat with a period, the first of them from 0 s on."""

    period: Annotated[Duration, Positive] = Field(
        description="time after which the shifts repeat, a duration above 0"
    )
    shifts: Annotated[tuple[Shift, ...], Field(min_length=1, max_length=1000)] = Field(
        description="in the order of their starts, the first at 0 s"
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Schedule":
        starts = [shift.start for shift in self.shifts]
        if starts[0] != 0:
            raise ValueError("needs a first shift that starts at '0 s'")
        if any(later <= earlier for earlier, later in itertools.pairwise(starts)):
            raise ValueError("needs shifts in the order of their starts")
        if starts[-1] >= self.period:
            raise ValueError("needs shifts that start within the period")
        return self


class Station(Part):
    """A queue and its servers.

    `capacity` counts customers in service and waiting. A customer who finds the station full is
    lost, or, with `when_full: block`, stays on the server of the station before, which can't serve
    anyone else; who comes from outside is lost in both cases. A server that was idle needs the
    time `setup` before it starts.
    """

    servers: Count | Literal["infinite"] = Field(
        1, description="number of servers; infinite: nobody waits"
    )
    discipline: NamedDiscipline = Field(
        FCFS,
        description=f"who is served next. {meanings()}",
        json_schema_extra={"default": FCFS.name},
    )
    capacity: Count | None = Field(
        None, description="most customers in service and waiting; no limit if not given"
    )
    when_full: Literal["lose", "block"] = Field(
        "lose",
        description="what becomes of who finds it full. lose: is lost; block: stays on the server"
        " of the station before",
    )
    setup: AnyDistribution | None = Field(
        None,
        description="time that an idle server needs before it starts, durations; none if not given",
    )
    batch: Batch | None = Field(
        None, description="customers are served together; one by one if not given"
    )
    breakdowns: Breakdowns | None = Field(
        None, description="servers fail and are repaired; they never fail if not given"
    )
    schedule: Schedule | None = Field(
        None,
        description="the number of servers changes with time, instead of servers; constant if not"
        " given",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Station":
        infinite = self.servers == "infinite"
        servers = math.inf if self.servers == "infinite" else self.servers
        if self.capacity is not None and self.capacity < servers:
            raise ValueError("has a capacity below its number of servers")
        special = [one for one in Special if getattr(self, one.value) is not None]
        words = [one.value for one in special]
        if infinite and special:
            raise ValueError(f"has infinitely many servers and {words[0]}; give a number")
        if len(special) > 1:
            raise ValueError(f"has {words[0]} and {words[1]}; a station has one of them")
        if special and special[0] not in self.discipline.goes_with:
            raise ValueError(f"has {words[0]}, which goes with {that_go_with(special[0])}")
        if self.when_full == "block" and self.capacity is None:
            raise ValueError("blocks when full, but has no capacity")
        return self


class Poisson(Part):
    """Arrivals at random, at a constant rate."""

    kind: Literal["poisson"] = Field("poisson", description="kind of arrivals")
    rate: Annotated[Rate, Positive] = Field(description="mean arrivals in a time, above 0")


class Renewal(Part):
    """Independent times between arrivals."""

    kind: Literal["renewal"] = Field("renewal", description="kind of arrivals")
    interarrival: AnyDistribution = Field(description="time between two arrivals, durations")


class MarkovModulated(Part):
    """Poisson arrivals whose rate changes with a hidden state, which holds for exponential times.

    After a state comes any of the others alike, or the next where there are two.
    """

    kind: Literal["markov-modulated"] = Field("markov-modulated", description="kind of arrivals")
    rates: Annotated[tuple[Rate, ...], Field(min_length=2, max_length=100)] = Field(
        description="rate of arrivals in each state; one of them above 0"
    )
    holding_times: Annotated[
        tuple[Annotated[Duration, Positive], ...], Field(min_length=2, max_length=100)
    ] = Field(description="mean time that each state lasts, durations above 0")

    @model_validator(mode="after")
    def _consistent(self) -> "MarkovModulated":
        if len(self.rates) != len(self.holding_times):
            raise ValueError("needs as many holding_times as rates")
        if max(self.rates) == 0:
            raise ValueError("needs a rate above 0")
        return self


class Interval(Part):
    """The rate of arrivals from a time on."""

    start: Duration = Field(description="time from the start of the period, a duration")
    rate: Rate = Field(description="rate of arrivals from then on")


class TimeVarying(Part):
    """Poisson arrivals whose rate is a step function that repeats with a period."""

    kind: Literal["time-varying"] = Field("time-varying", description="kind of arrivals")
    period: Annotated[Duration, Positive] = Field(
        description="time after which the rates repeat, a duration above 0"
    )
    intervals: Annotated[tuple[Interval, ...], Field(min_length=1, max_length=10_000)] = Field(
        description="in the order of their starts, the first at 0 s"
    )

    @model_validator(mode="after")
    def _ordered(self) -> "TimeVarying":
        starts = [interval.start for interval in self.intervals]
        if starts[0] != 0:
            raise ValueError("needs a first interval that starts at '0 s'")
        if any(later <= earlier for earlier, later in itertools.pairwise(starts)):
            raise ValueError("needs intervals in the order of their starts")
        if starts[-1] >= self.period:
            raise ValueError("needs intervals that start within the period")
        if max(interval.rate for interval in self.intervals) == 0:
            raise ValueError("needs a rate above 0")
        return self


class Trace(Part):
    """Arrivals at recorded times, in seconds, from a CSV or Parquet file beside the description.

    The arrivals of a trace end with it.
    """

    kind: Literal["trace"] = Field("trace", description="kind of arrivals")
    file: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        description="path from the folder of the description; .csv or .parquet"
    )
    column: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "time", description="column that holds the times of arrival, s"
    )


AnyArrivals = Annotated[
    Poisson | Renewal | MarkovModulated | TimeVarying | Trace, Field(discriminator="kind")
]


class BatchSize(Part):
    """How many customers arrive together: sizes with their probabilities."""

    sizes: Annotated[tuple[Count, ...], Field(min_length=1, max_length=1000)] = Field(
        description="numbers of customers who arrive together"
    )
    probabilities: Annotated[tuple[Weight, ...], Field(min_length=1, max_length=1000)] = Field(
        description="of each size, 0 to 1; their sum is 1"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "BatchSize":
        if len(self.sizes) != len(self.probabilities):
            raise ValueError("needs as many probabilities as sizes")
        if abs(sum(self.probabilities) - 1) > 1e-9:
            raise ValueError(f"has probabilities that sum to {sum(self.probabilities):.6g}, not 1")
        return self


class Split(Part):
    """To one of several destinations by probability; a destination is `exit` or a visit."""

    kind: Literal["split"] = Field("split", description="kind of routing")
    to: Share = Field(description="probability of each destination, 0 to 1; their sum is 1")

    @model_validator(mode="after")
    def _complete(self) -> "Split":
        if abs(sum(self.to.values()) - 1) > 1e-9:
            raise ValueError(f"has probabilities that sum to {sum(self.to.values()):.6g}, not 1")
        return self


class Dispatch(Part):
    """To one of several stations by their state; ties go to any of them alike.

    `shortest-queue` compares the customers at each station, `power-of-two` those of two stations
    drawn at random, and `round-robin` takes the stations in turn.
    """

    kind: Literal["shortest-queue", "power-of-two", "round-robin"] = Field(
        description="how the station is chosen. shortest-queue: fewest customers of all;"
        " power-of-two: the fewer of two drawn at random; round-robin: in turn"
    )
    to: Chosen = Field(
        description="stations to choose from; station/class changes class on the way"
    )


class Fork(Part):
    """Into as many tasks as there are stations, at the same time; joined again when all are done.

    A task is served once at its station, and the customer goes on to `then` with the last.
    """

    kind: Literal["fork"] = Field("fork", description="kind of routing")
    to: Chosen = Field(
        description="stations of the tasks, one each; station/class changes class on the way"
    )
    then: str = Field(EXIT, description="destination once all tasks are done")


AnyRouting = Annotated[Split | Dispatch | Fork, Field(discriminator="kind")]


class CustomerClass(Part):
    """Customers alike: how they come, where they go, what they need there.

    Open classes have `arrivals`, closed ones a `population` that thinks for `think_time` between
    two trips. `route` lists stations in their order; `routing` says for `start` and for each
    station where to go next. A destination is a station, `station/class` to change class on the
    way, or `exit`.
    """

    arrivals: AnyArrivals | None = Field(
        None, description="how customers come from outside, for an open class"
    )
    arrival_batch: BatchSize | None = Field(
        None, description="how many customers come at each arrival; 1 if not given"
    )
    population: Count | None = Field(
        None, description="number of customers who stay in the network, for a closed class"
    )
    think_time: AnyDistribution | None = Field(
        None, description="time between two trips of a closed class, durations; none if not given"
    )
    priority: Annotated[int, Field(strict=True, ge=0, le=1000)] = Field(
        0, description="at stations that serve by priority; the lowest number goes first"
    )
    service: Annotated[
        dict[Name, AnyDistribution],
        Field(
            default_factory=dict,
            max_length=1000,
            description="service time at each station that it visits, durations on one server",
        ),
    ]
    patience: Annotated[
        dict[Name, AnyDistribution],
        Field(
            default_factory=dict,
            max_length=1000,
            description="longest wait at a station before a customer leaves, durations; no limit"
            " where not given",
        ),
    ]
    route: Annotated[tuple[Name, ...], Field(max_length=1000)] = Field(
        (), description="stations in the order of the visits, then exit; instead of routing"
    )
    routing: Annotated[
        dict[Name, AnyRouting],
        Field(
            default_factory=dict,
            max_length=1001,
            description="where to go from start and from each station; instead of route",
        ),
    ]

    @model_validator(mode="after")
    def _consistent(self) -> "CustomerClass":
        if self.arrivals is not None and self.population is not None:
            raise ValueError("has arrivals and a population; a class is open or closed")
        if self.population is None and self.think_time is not None:
            raise ValueError("has a think_time, which goes with a population")
        if self.arrivals is None and self.arrival_batch is not None:
            raise ValueError("has an arrival_batch, which goes with arrivals")
        if self.route and self.routing:
            raise ValueError("has a route and a routing; give one of them")
        return self


class Network(Part):
    """A queueing network; its file is what `windtunnel queue` reads."""

    name: Name = Field(
        description="of the network; lower-case letters, digits and inner hyphens, 40 at most"
    )
    stations: Annotated[dict[Name, Station], Field(min_length=1, max_length=1000)] = Field(
        description="queues and their servers, by name"
    )
    classes: Annotated[dict[Name, CustomerClass], Field(min_length=1, max_length=100)] = Field(
        description="kinds of customers, by name"
    )
