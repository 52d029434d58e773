"""Stations as people describe them: servers, how they serve, and how many of them there are."""

import itertools
import math
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import Count, Part, Positive
from models.description.quantities import Duration, Fraction
from models.queueing.disciplines import FCFS, NamedDiscipline, Special, meanings, that_go_with
from models.queueing.distributions import AnyDistribution


class Batch(Part):
    """Customers served together, as requests are on a GPU.

    A batch starts when a server is free and either `size` customers wait or the first of them has
    waited for `timeout`. It takes the service time of its first customer, and `per_customer` more
    for each of the others; but no less than `least_per_customer` for each of them. So a batch whose
    service is the reading of weights is flat until what it computes takes longer.

    Source: Williams, Waterman and Patterson (2009), Roofline, for the larger of the two.
    """

    size: Count = Field(description="most customers of one batch")
    timeout: Duration = Field(
        0.0, description="longest wait of the first customer for a full batch, a duration"
    )
    per_customer: Duration = Field(
        0.0, description="service time that each further customer adds, a duration"
    )
    least_per_customer: Duration = Field(
        0.0,
        description="least time of a batch for each of its customers, such as for computing, a"
        " duration",
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
    servers: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | Literal["infinite"] = Field(
        description="number of servers from then on; infinite: nobody waits"
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


class Scaling(Part):
    """The number of servers follows the load, as that of replicas does; decided at equal intervals.

    Wanted are ceil(replicas x utilization / target) replicas, within `minimum` and `maximum`, where
    both are means over the last interval, of the replicas that served in it. Replicas are added at
    once, and serve after `startup`; they are taken away when `cooldown` has passed since the last
    change, first those that still start. A server that is taken away while it serves completes
    that. A simulation of a steady load begins with the replicas that the target asks for at that
    load, any other with `minimum`.

    Source: Kubernetes documentation, Horizontal Pod Autoscaling, algorithm details: the ratio of
        the measured to the wanted value; replicas that start count as idle ones when more are
        wanted, and not at all when fewer are. The tolerance, 10 % there, is 0 % here unless given.
        The cooldown is that of scale-in by target tracking: AWS Application Auto Scaling user
        guide.
    """

    target: Annotated[Fraction, Positive] = Field(
        description="wanted utilization of the servers, above 0 %"
    )
    minimum: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        1, description="fewest replicas"
    )
    maximum: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        description="most replicas"
    )
    concurrency: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        1, description="servers of a replica, which start and stop together"
    )
    step: Count | None = Field(
        None, description="most replicas added or taken away at once; no limit if not given"
    )
    interval: Annotated[Duration, Positive] = Field(
        15.0,
        description="time from a decision to the next, over which utilization is measured, a"
        " duration above 0",
    )
    cooldown: Duration = Field(
        300.0,
        description="time after a change in which no replica is taken away, a duration",
    )
    startup: AnyDistribution | None = Field(
        None, description="time until a new replica serves, durations; none if not given"
    )
    tolerance: Fraction = Field(
        0.0, description="share of the target by which utilization may be off without a change"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Scaling":
        if self.minimum > self.maximum:
            raise ValueError("has a minimum above its maximum")
        return self

    def replicas_for(self, load: float) -> int:
        """Replicas that a steady load settles at, by the target alone.

        Arguments:
            load: mean number of busy servers.
        """
        # What is meant to be a whole number is one, whatever its rounding.
        wanted = math.ceil(load / self.concurrency / self.target * (1 - 1e-9))
        return min(max(wanted, self.minimum), self.maximum)


class Station(Part):
    """A queue and its servers.

    `capacity` counts customers in service and waiting. A customer who finds the station full is
    lost, or, with `when_full: block`, stays on the server of the station before, which can't serve
    anyone else; who comes from outside is lost in both cases. A server that was idle needs the
    time `setup` before it starts, unless it was idle for less than `keep_warm`; of the idle servers
    the one that was busy last serves next. Servers of unequal `speeds` take the service time over
    their speed, and keep whom they have begun to serve.
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
    keep_warm: Duration | None = Field(
        None,
        description="how long an idle server stays warm before it needs the setup again, a"
        " duration; 0 s if not given",
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
    scaling: Scaling | None = Field(
        None,
        description="the number of servers follows the load, instead of servers; constant if not"
        " given",
    )

    speeds: (
        Annotated[
            tuple[Annotated[float, Field(gt=0, le=1e6)], ...], Field(min_length=1, max_length=1000)
        ]
        | None
    ) = Field(
        None,
        description="speed of each server, no unit: a service of 6 s takes 3 s at speed 2; instead"
        " of servers, all of speed 1 if not given",
    )
    idle_server: Literal["fastest", "slowest", "random"] = Field(
        "fastest",
        description="which of several idle servers serves next where they have speeds; random:"
        " any of them alike",
    )

    @property
    def unlimited(self) -> bool:
        """There are infinitely many servers, at least for a part of the time."""
        shifts = self.schedule.shifts if self.schedule else ()
        return self.servers == "infinite" or any(one.servers == "infinite" for one in shifts)

    @property
    def different_speeds(self) -> tuple[float, ...]:
        """The speeds of its servers, each once, the fastest first; none where all are alike."""
        return tuple(sorted(set(self.speeds or ()), reverse=True))

    @property
    def speeds_in_turn(self) -> tuple[float, ...]:
        """The speed of each server, in the order in which idle ones serve; none without."""
        return tuple(sorted(self.speeds or (), reverse=self.idle_server != "slowest"))

    @model_validator(mode="before")
    @classmethod
    def _as_many_as_speeds(cls, value: object) -> object:
        if not isinstance(value, Mapping) or not isinstance(value.get("speeds"), (list, tuple)):
            return value
        if "servers" in value:
            raise ValueError("has servers and speeds, which say how many there are; give one")
        return {**value, "servers": len(value["speeds"])} if value["speeds"] else value

    @property
    def most_servers(self) -> float:
        """Servers that there can be; infinity where nobody waits."""
        if self.scaling is not None:
            return self.scaling.maximum * self.scaling.concurrency
        return math.inf if self.servers == "infinite" else self.servers

    @model_validator(mode="after")
    def _consistent(self) -> "Station":
        wrong = self.inconsistency()
        if wrong:
            raise ValueError(wrong)
        return self

    def inconsistency(self) -> str | None:
        """What does not go together; None where all does. Engines run nothing that does not."""
        infinite = self.servers == "infinite"
        given = "servers" in self.model_fields_set and self.speeds is None
        if self.scaling is not None and given:
            return "has servers and scaling; give one of them"
        if self.capacity is not None and self.capacity < self.most_servers:
            return "has a capacity below its number of servers"
        special = [one for one in Special if getattr(self, one.value) is not None]
        words = [one.value for one in special]
        if infinite and special:
            return f"has infinitely many servers and {words[0]}; give a number"
        if len(special) > 1 and special != [Special.BATCH, Special.SCALING]:
            return f"has {words[0]} and {words[1]}; a station has one of them"
        wrong = [one for one in special if one not in self.discipline.goes_with]
        if wrong:
            return f"has {wrong[0].value}, which goes with {that_go_with(wrong[0])}"
        if "idle_server" in self.model_fields_set and self.speeds is None:
            return "has an idle_server, which goes with speeds"
        if self.keep_warm is not None and self.setup is None:
            return "has keep_warm, which goes with setup"
        if self.when_full == "block" and self.capacity is None:
            return "blocks when full, but has no capacity"
        return None
