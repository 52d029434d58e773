"""The tiers of a data centre by the availability that is quoted for them."""

from dataclasses import dataclass

from models.laws.arguments import probability
from models.laws.time_units import YEAR


@dataclass(frozen=True)
class Tier:
    """A tier of the Uptime Institute.

    Arguments:
        name: "I" to "IV".
        unavailability: what its quoted availability leaves.
        design: what the building has.
    """

    name: str
    unavailability: float
    design: str

    @property
    def downtime(self) -> float:
        """In a year of 365 days, s."""
        return yearly_downtime(self.unavailability)


# Turner, Seader and Brill (2006), Tier classifications define site infrastructure performance:
# 99.671, 99.741, 99.982 and 99.995 %. The downtime of tier II is often misprinted as 22.0 h.
TIERS = (
    Tier("I", 0.00329, "one path, no redundant components"),
    Tier("II", 0.00259, "one path, redundant components"),
    Tier("III", 0.00018, "concurrently maintainable"),
    Tier("IV", 0.00005, "fault tolerant"),
)


def yearly_downtime(unavailability: float) -> float:
    """Time that a system is down in a year of 365 days, s.

    Arguments:
        unavailability: fraction of time that it is down.

    Raises:
        ValueError: the unavailability is no probability.
    """
    return probability("unavailability", unavailability) * YEAR


def tier_reached(unavailability: float) -> Tier | None:
    """The highest tier whose availability a system reaches; None below tier I.

    Arguments:
        unavailability: fraction of time that it is down.

    Raises:
        ValueError: the unavailability is no probability.
    """
    probability("unavailability", unavailability)
    reached = [tier for tier in TIERS if unavailability <= tier.unavailability]
    return reached[-1] if reached else None
