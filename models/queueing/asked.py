"""What is asked of an answer beside what every answer has: shares within times, percentiles."""

from dataclasses import dataclass

PERCENTAGES = (50.0, 95.0, 99.0)  # of which every answer has the percentiles
MOST_ASKED = 20


@dataclass(frozen=True)
class Asked:
    """What somebody asks.

    Arguments:
        times: of which the shares that wait, and respond, no longer are asked, s; 0 or more.
        percentages: of which the percentiles are asked, above 0 and below 100.

    Raises:
        ValueError: out of range, or too many.
    """

    times: tuple[float, ...] = ()
    percentages: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.times) > MOST_ASKED or len(self.percentages) > MOST_ASKED:
            raise ValueError(f"asks for more than {MOST_ASKED} times or percentages")
        for time in self.times:
            if not 0 <= time < float("inf"):
                raise ValueError(f"within is {time:g} s; it must be 0 s or more")
        for percentage in self.percentages:
            if not 0 < percentage < 100:
                raise ValueError(
                    f"percentile is {percentage:.12g}; it must be above 0 and below 100"
                )

    @property
    def all_percentages(self) -> tuple[float, ...]:
        """Those of every answer and those that are asked, in their order."""
        return tuple(sorted({*PERCENTAGES, *self.percentages}))


NOTHING = Asked()
