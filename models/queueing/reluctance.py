"""Customers who do not join a queue that looks too long, and those who come again later."""

from typing import Annotated

from pydantic import Field, model_validator

from models.description.fields import Count, Part, Positive
from models.description.quantities import Fraction
from models.queueing.distributions import AnyDistribution

Chance = Annotated[float, Field(ge=0, le=1)]


class Balking(Part):
    """Customers who do not join a queue that looks too long.

    Who finds a free server, or a place where all are served at once, always joins. Any other joins
    with the probability in the place of the number who wait, which counts from 0; the last of them
    holds for all longer queues. Nobody joins where `most_waiting` or more wait.

    Source: Gross and Harris (1998), Fundamentals of Queueing Theory, section 2.10.
    """

    join: Annotated[tuple[Chance, ...], Field(min_length=1, max_length=1000)] = Field(
        (1.0,),
        description="probability of joining where nobody waits, where one waits and so on, 0 to 1;"
        " the last holds for all longer queues",
    )
    most_waiting: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = Field(
        None, description="where as many wait, nobody joins; no limit if not given"
    )

    @model_validator(mode="after")
    def _says_something(self) -> "Balking":
        if self.most_waiting is None and "join" not in self.model_fields_set:
            raise ValueError("needs join or most_waiting")
        return self

    def joins(self, waiting: int) -> float:
        """Probability of joining a queue where all servers are busy.

        Arguments:
            waiting: how many wait in it.
        """
        if self.most_waiting is not None and waiting >= self.most_waiting:
            return 0.0
        return self.join[min(waiting, len(self.join) - 1)]


class Retries(Part):
    """Customers who come again to a station after they were turned away or lost patience there.

    Whoever finds the station full, does not join or gives up comes again after the `delay`, with
    the `probability`, and at most as many times as `most` says; the others are lost.

    Source: Falin and Templeton (1997), Retrial Queues, sections 1.2 and 2.1.
    """

    delay: AnyDistribution = Field(description="time until a customer comes again, durations")
    probability: Annotated[Fraction, Positive] = Field(
        1.0, description="share of those turned away who come again, each time, above 0 %"
    )
    most: Count | None = Field(
        None, description="times that a customer comes again at most; no limit if not given"
    )

    @property
    def for_ever(self) -> bool:
        """Nobody is lost: all come again until they are served."""
        return self.probability == 1 and self.most is None
