"""A queueing network as people describe it: stations, classes of customers, arrivals, routing.

One description for the laws, the SimPy reference and the compiled engine alike.
"""

import itertools
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from models.description.fields import Count, FileName, Name, Part, Positive
from models.description.quantities import Duration, Rate
from models.queueing.distributions import AnyDistribution, AnyService
from models.queueing.pools import Pool
from models.queueing.reluctance import Balking, Retries
from models.queueing.stations import Station

EXIT = "exit"  # the destination outside; what is in the network leaves it there
Weight = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[dict[str, Weight], Field(min_length=1, max_length=1000)]
Chosen = Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]


ColumnName = Annotated[str, Field(min_length=1, max_length=100)]
RateUnit = Literal["/ms", "/s", "/min", "/h", "/d"]


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
    """Poisson arrivals whose rate is a step function that repeats with a period.

    The steps are `intervals`, or the rows of a `file`: a CSV or Parquet file beside the description
    with a column of rates (`column`), such as `120/h`, or of numbers in a `unit`, such as `/h`. The
    rows are equal parts of the period, or begin at the times in the column `starts`.
    """

    kind: Literal["time-varying"] = Field("time-varying", description="kind of arrivals")
    period: Annotated[Duration, Positive] = Field(
        description="time after which the rates repeat, a duration above 0"
    )
    intervals: Annotated[tuple[Interval, ...], Field(max_length=10_000)] = Field(
        (), description="in the order of their starts, the first at 0 s; instead of a file"
    )
    file: FileName | None = Field(
        None, description="path from the folder of the description; .csv or .parquet"
    )
    column: ColumnName = Field("rate", description="column of the file that holds the rates")
    unit: RateUnit | None = Field(
        None,
        description="unit of rates that are numbers, such as /h; each has its own if not given",
    )
    starts: ColumnName | None = Field(
        None,
        description="column that holds the starts, durations or numbers of seconds; equal parts of"
        " the period if not given",
    )

    @model_validator(mode="after")
    def _ordered(self) -> "TimeVarying":
        if not self.intervals:
            raise ValueError("needs intervals, or a file with rates")
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
    """Arrivals at recorded times, from a CSV or Parquet file beside the description.

    Times are numbers of seconds from any beginning, numbers of s, ms, us or ns since 1970 (of the
    years 2000 to 2100), timestamps, or dates and times (ISO 8601), all with a time zone or all
    without. Whatever the clock, a simulation begins with the first arrival of all traces of the
    network. The arrivals of a trace end with it.
    """

    kind: Literal["trace"] = Field("trace", description="kind of arrivals")
    file: FileName = Field(description="path from the folder of the description; .csv or .parquet")
    column: ColumnName = Field("time", description="column that holds the times of arrival")


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


class RecordedSlots(Part):
    """Servers recorded beside the arrivals of a trace: each customer takes as many as it did."""

    distribution: Literal["trace"] = Field("trace", description="name of the distribution")
    column: ColumnName = Field(
        "slots", description="column of the file of the arrivals, of whole numbers"
    )


def _number(value: object) -> object:
    if isinstance(value, Mapping):
        raise ValueError("must be a whole number, or {distribution: trace, column: …}")
    return value


AnySlots = Annotated[  # `RecordedSlots` is replaced by the most of them before it is read
    Count, BeforeValidator(_number, json_schema_input_type=Count | RecordedSlots)
]


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
    target: Annotated[Duration, Positive] | None = Field(
        None,
        description="response time through the whole network that customers should be within, a"
        " duration above 0",
    )
    priority: Annotated[int, Field(strict=True, ge=0, le=1000)] = Field(
        0, description="at stations that serve by priority; the lowest number goes first"
    )
    service: Annotated[
        dict[Name, AnyService],
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
    balking: dict[Name, Balking] = Field(
        default_factory=dict,
        max_length=1000,
        description="which queues are too long to join, by station; all join where not given",
    )
    retries: dict[Name, Retries] = Field(
        default_factory=dict,
        max_length=1000,
        description="who was turned away or lost patience at a station comes again; lost where not"
        " given",
    )
    slots: dict[Name, AnySlots] = Field(
        default_factory=dict,
        max_length=1000,
        description="servers that a customer takes at once at a station, for as long as it is"
        " served; 1 where not given. Who is next waits until so many are free, and so do those"
        " behind",
    )
    holds: dict[Name, Count] = Field(
        default_factory=dict,
        max_length=1000,
        description="how much of a pool each of those who come in the class takes; 1 where not"
        " given",
    )
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
    horizon: Annotated[Duration, Positive] | None = Field(
        None,
        description="simulate from the empty network until then, a duration above 0, such as a day"
        " of a shop that opens empty; the long run if not given",
    )
    stations: Annotated[dict[Name, Station], Field(min_length=1, max_length=1000)] = Field(
        description="queues and their servers, by name"
    )
    pools: dict[Name, Pool] = Field(
        default_factory=dict,
        max_length=100,
        description="limits over several stations, by name; none if not given",
    )
    classes: Annotated[dict[Name, CustomerClass], Field(min_length=1, max_length=100)] = Field(
        description="kinds of customers, by name"
    )
