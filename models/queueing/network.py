"""A queueing network as people describe it: stations, classes of customers, arrivals, routing.

One description for the laws, the SimPy reference and the compiled engine alike.
"""

import itertools
import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.fields import Count, Name, Part, Positive
from models.quantities import Duration, Rate
from models.queueing.distributions import AnyDistribution

Discipline = Literal[
    "fcfs",  # first come, first served
    "lcfs",  # last come, first served, without interrupting
    "random",  # any waiting customer alike
    "processor-sharing",  # all at once, each at an equal share of the servers, at most one each
    "priority",  # by class, without interrupting
    "preemptive-priority",  # by class; what is interrupted goes on later where it was
    "srpt",  # shortest remaining service first, interrupting
]
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

    size: Count
    timeout: Duration = 0.0
    per_customer: Duration = 0.0


class Breakdowns(Part):
    """Servers that fail and are repaired; what they interrupt goes on where it was.

    A server fails whether or not it is busy. Without a number of crews every failed server is
    repaired at once.
    """

    time_to_failure: AnyDistribution
    time_to_repair: AnyDistribution
    crews: Count | None = None


class Shift(Part):
    """The number of servers from a time on; a busy server that goes completes its service."""

    start: Duration
    servers: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class Schedule(Part):
    """Shifts that repeat with a period, the first of them from 0 s on."""

    period: Annotated[Duration, Positive]
    shifts: Annotated[tuple[Shift, ...], Field(min_length=1, max_length=1000)]

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

    servers: Count | Literal["infinite"] = 1
    discipline: Discipline = "fcfs"
    capacity: Count | None = None
    when_full: Literal["lose", "block"] = "lose"
    setup: AnyDistribution | None = None
    batch: Batch | None = None
    breakdowns: Breakdowns | None = None
    schedule: Schedule | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "Station":
        infinite = self.servers == "infinite"
        servers = math.inf if self.servers == "infinite" else self.servers
        if self.capacity is not None and self.capacity < servers:
            raise ValueError("has a capacity below its number of servers")
        alone = {
            "batch": self.batch,
            "setup": self.setup,
            "breakdowns": self.breakdowns,
            "schedule": self.schedule,
        }
        special = [name for name, value in alone.items() if value is not None]
        if infinite and special:
            raise ValueError(f"has infinitely many servers and {special[0]}; give a number")
        if len(special) > 1:
            raise ValueError(f"has {special[0]} and {special[1]}; a station has one of them")
        interrupting = self.discipline in ("processor-sharing", "preemptive-priority", "srpt")
        if special and interrupting:
            raise ValueError(f"has {special[0]}, which goes with fcfs, lcfs, random and priority")
        if self.batch and self.discipline == "priority":
            raise ValueError("has batch, which goes with fcfs, lcfs and random")
        if self.when_full == "block" and self.capacity is None:
            raise ValueError("blocks when full, but has no capacity")
        return self


class Poisson(Part):
    """Arrivals at random, at a constant rate."""

    kind: Literal["poisson"] = "poisson"
    rate: Annotated[Rate, Positive]


class Renewal(Part):
    """Independent times between arrivals."""

    kind: Literal["renewal"] = "renewal"
    interarrival: AnyDistribution


class MarkovModulated(Part):
    """Poisson arrivals whose rate changes with a hidden state, which holds for exponential times.

    After a state comes any of the others alike, or the next where there are two.
    """

    kind: Literal["markov-modulated"] = "markov-modulated"
    rates: Annotated[tuple[Rate, ...], Field(min_length=2, max_length=100)]
    holding_times: Annotated[
        tuple[Annotated[Duration, Positive], ...], Field(min_length=2, max_length=100)
    ]

    @model_validator(mode="after")
    def _consistent(self) -> "MarkovModulated":
        if len(self.rates) != len(self.holding_times):
            raise ValueError("needs as many holding_times as rates")
        if max(self.rates) == 0:
            raise ValueError("needs a rate above 0")
        return self


class Interval(Part):
    """The rate of arrivals from a time on."""

    start: Duration
    rate: Rate


class TimeVarying(Part):
    """Poisson arrivals whose rate is a step function that repeats with a period."""

    kind: Literal["time-varying"] = "time-varying"
    period: Annotated[Duration, Positive]
    intervals: Annotated[tuple[Interval, ...], Field(min_length=1, max_length=10_000)]

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

    kind: Literal["trace"] = "trace"
    file: Annotated[str, Field(min_length=1, max_length=500)]
    column: Annotated[str, Field(min_length=1, max_length=100)] = "time"


AnyArrivals = Annotated[
    Poisson | Renewal | MarkovModulated | TimeVarying | Trace, Field(discriminator="kind")
]


class BatchSize(Part):
    """How many customers arrive together: sizes with their probabilities."""

    sizes: Annotated[tuple[Count, ...], Field(min_length=1, max_length=1000)]
    probabilities: Annotated[tuple[Weight, ...], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _consistent(self) -> "BatchSize":
        if len(self.sizes) != len(self.probabilities):
            raise ValueError("needs as many probabilities as sizes")
        if abs(sum(self.probabilities) - 1) > 1e-9:
            raise ValueError(f"has probabilities that sum to {sum(self.probabilities):.6g}, not 1")
        return self


class Split(Part):
    """To one of several destinations by probability; a destination is `exit` or a visit."""

    kind: Literal["split"] = "split"
    to: Share

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

    kind: Literal["shortest-queue", "power-of-two", "round-robin"]
    to: Chosen


class Fork(Part):
    """Into as many tasks as there are stations, at the same time; joined again when all are done.

    A task is served once at its station, and the customer goes on to `then` with the last.
    """

    kind: Literal["fork"] = "fork"
    to: Chosen
    then: str = EXIT


AnyRouting = Annotated[Split | Dispatch | Fork, Field(discriminator="kind")]


class CustomerClass(Part):
    """Customers alike: how they come, where they go, what they need there.

    Open classes have `arrivals`, closed ones a `population` that thinks for `think_time` between
    two trips. `route` lists stations in their order; `routing` says for `start` and for each
    station where to go next. A destination is a station, `station/class` to change class on the
    way, or `exit`.
    """

    arrivals: AnyArrivals | None = None
    arrival_batch: BatchSize | None = None
    population: Count | None = None
    think_time: AnyDistribution | None = None
    priority: Annotated[int, Field(strict=True, ge=0, le=1000)] = 0
    service: Annotated[dict[Name, AnyDistribution], Field(default_factory=dict, max_length=1000)]
    patience: Annotated[dict[Name, AnyDistribution], Field(default_factory=dict, max_length=1000)]
    route: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()
    routing: Annotated[dict[Name, AnyRouting], Field(default_factory=dict, max_length=1001)]

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

    name: Name
    stations: Annotated[dict[Name, Station], Field(min_length=1, max_length=1000)]
    classes: Annotated[dict[Name, CustomerClass], Field(min_length=1, max_length=100)]
