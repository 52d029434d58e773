"""Groups in racks, all of them at rates that are certain."""

from collections.abc import Sequence

from models.laws.reliability.racked_groups import (
    RackedGroup,
    Short,
    one_after_another,
    passage,
    side_by_side,
)


def short_of_nodes(groups: Sequence[RackedGroup], rack_away: float, rack_rate: float) -> Short:
    """Share of time in which some group has too few nodes that work in racks that are up."""
    shared = side_by_side([group.racks for group in groups])
    return one_after_another(
        [
            passage(group, begins, rack_away, rack_rate)
            for group, begins in zip(groups, shared, strict=True)
        ]
    )
