"""Nodes and spares in racks, against the enumeration of all states of nodes and racks."""

import math
from itertools import product

import pytest

from models.laws.reliability.failure_domains import racks, unavailability
from models.laws.reliability.racked_groups import RackedGroup

from .racked import short_of_nodes

HOUR = 3600.0


def enumerated(
    groups: list[RackedGroup], rack_away: float, rack_rate: float
) -> tuple[float, float]:
    """Share of time and frequency of too few nodes, by every state of every node and rack."""
    places = [
        (which, rack)
        for which, group in enumerate(groups)
        for rack, count in enumerate(group.racks)
        for _ in range(count)
    ]
    count = len(groups[0].racks)
    away = [groups[which].unavailability for which, _ in places] + [rack_away] * count
    rates = [groups[which].failure_rate for which, _ in places] + [rack_rate] * count

    def enough(down: tuple[bool, ...]) -> bool:
        working = [0] * len(groups)
        for (which, rack), gone in zip(places, down, strict=False):
            working[which] += not gone and not down[len(places) + rack]
        return all(up >= group.required for up, group in zip(working, groups, strict=True))

    short, frequency = [], []
    for down in product((False, True), repeat=len(away)):
        chance = math.prod(u if gone else 1 - u for u, gone in zip(away, down, strict=True))
        if not enough(down):
            short.append(chance)
            continue
        for part, gone in enumerate(down):
            after = (*down[:part], True, *down[part + 1 :])
            if not gone and not enough(after):
                frequency.append(chance * rates[part])
    return math.fsum(short), math.fsum(frequency)


def nodes(required: int, in_racks: tuple[int, ...], away: float = 0.1) -> RackedGroup:
    return RackedGroup(required, in_racks, away, (0.2 + away) / HOUR)


@pytest.mark.parametrize(
    ("groups", "rack_away"),
    [
        ([nodes(4, (4,))], 0.05),
        ([nodes(4, (2, 2, 2))], 0.05),  # spares fill a rack
        ([nodes(3, (2, 2, 2))], 0.05),  # and a node more
        ([nodes(5, (3, 3, 2))], 0.2),  # uneven, spares fill either
        ([nodes(6, (3, 3, 2))], 0.2),  # uneven, spares fill the small one alone
        ([nodes(1, (1, 1, 1, 1))], 0.3),
        ([nodes(2, (4, 1, 2), 0.0)], 0.3),
        ([nodes(2, (2, 2), 1e-6)], 1e-7),
        ([nodes(2, (2, 1)), nodes(1, (0, 1, 2), 0.3)], 0.1),  # two groups share a rack
        ([nodes(1, (1, 0, 0)), nodes(1, (1, 0, 0)), nodes(2, (1, 2, 1), 0.2)], 0.1),
        ([nodes(2, (2, 1, 0)), nodes(2, (0, 0, 3), 0.3)], 0.1),  # no rack in common
    ],
)
def test_it_is_the_sum_over_all_states(groups: list[RackedGroup], rack_away: float) -> None:
    racks_of = max(len(group.racks) for group in groups)
    filled = [
        RackedGroup(
            one.required,
            one.racks + (0,) * (racks_of - len(one.racks)),
            one.unavailability,
            one.failure_rate,
        )
        for one in groups
    ]
    away, frequency = enumerated(filled, rack_away, 0.03 / HOUR)
    found = short_of_nodes(groups, rack_away, 0.03 / HOUR)
    assert found.unavailability == pytest.approx(away, rel=1e-11)
    assert found.frequency == pytest.approx(frequency, rel=1e-9)


def test_one_group_is_the_law_of_failure_domains() -> None:
    sizes = (40, 40, 40, 17)
    found = short_of_nodes([RackedGroup(90, sizes, 0.01, 1e-6)], 2e-4, 1e-8)
    exact = unavailability(90, racks(sizes, 2e-4, 0.01))
    assert found.unavailability == pytest.approx(exact, rel=1e-10)


def test_forty_nodes_of_which_eight_are_spare_in_five_racks() -> None:
    # A node is away for 24 h in 744 h, a rack by its switch (4 h in 20 years) or its power strip (4
    # h in 500,000 h); summed over the 32 states of the racks and the counts of nodes by hand.
    node = 1 / (1 + 1 / (24 / 720 + 24 / 3_033_381))
    rack = 1 / (1 + 1 / (4 / 175_200 + 4 / 500_000))
    short = 0.0
    for down in range(6):
        chance = math.comb(5, down) * rack**down * (1 - rack) ** (5 - down)
        left = 40 - 8 * down
        few = [
            math.comb(left, gone) * node**gone * (1 - node) ** (left - gone)
            for gone in range(max(0, left - 31), left + 1)
        ]
        short += chance * math.fsum(few)
    found = short_of_nodes([RackedGroup(32, (8,) * 5, node, 1e-6)], rack, 1e-8)
    assert found.unavailability == pytest.approx(short, rel=1e-12)
    assert found.unavailability == pytest.approx(1.0435e-4, rel=1e-3)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="required is 5; there are 4 nodes"):
        RackedGroup(5, (2, 2), 0.1, 1.0)
    with pytest.raises(ValueError, match="side by side"):
        short_of_nodes([nodes(1, (0, 0, 2)), nodes(1, (2, 0, 0))], 0.1, 1.0)
