"""Racks with groups of uncertain rates, against the exact law at every fleet."""

import math

import pytest

from models.laws.reliability.blocks import series, unavailability
from models.laws.reliability.racked_groups import RackedGroup
from models.parts.failure import Cause, Component
from models.parts.node_racks import NAME, GroupInRacks, NodeRacks

from ..laws.reliability.racked import short_of_nodes


def group(name: str, racks: tuple[int, ...], *causes: Cause) -> GroupInRacks:
    return GroupInRacks(Component(name, sum(racks) - 1, sum(racks), causes, True, "test"), racks)


def failing(rate: str, mttf: float = 1e5, spread: float = 0.8) -> Cause:
    return Cause("failure", mttf, 3e3, rate=rate, spread=spread)


def site(*groups: GroupInRacks, rack: Cause) -> NodeRacks:
    return NodeRacks(NAME, 1, 4, (rack,), False, "test", True, groups)


def crossed(racks: NodeRacks) -> tuple[float, float]:
    """Unavailability that racks add and their failure frequency: every rate with every other."""
    away, often, nodes, nodes_often = [], [], [], []
    for weight, fleet in racks.fleets():
        assert isinstance(fleet, NodeRacks)
        alone = [one.nodes.away() for one in fleet.groups]
        groups = [
            RackedGroup(
                one.nodes.required,
                one.racks,
                unavailability(one.nodes.mttf, one.nodes.mttr),
                1 / one.nodes.mttf,
            )
            for one in fleet.groups
        ]
        short = short_of_nodes(groups, unavailability(fleet.mttf, fleet.mttr), 1 / fleet.mttf)
        away.append(weight * short.unavailability)
        often.append(weight * short.frequency)
        nodes.append(weight * series(alone))
        nodes_often.append(
            weight
            * sum(
                one.nodes.downs() * (1 - series(alone[:k] + alone[k + 1 :]))
                for k, one in enumerate(fleet.groups)
            )
        )
    left = 1 - math.fsum(nodes)
    added = (math.fsum(away) - math.fsum(nodes)) / left
    return added, (math.fsum(often) - math.fsum(nodes_often) * (1 - added)) / left


CERTAIN = Cause("failure", 1e6, 4e3)
FIRST, SECOND = (2, 2, 0, 0), (0, 1, 2, 2)


@pytest.mark.parametrize(
    "racks",
    [
        # Each its own rate; both the same; one with a rate of both and another; uncertain racks.
        site(
            group("a", FIRST, failing("a")),
            group("b", SECOND, failing("b", 3e5, 0.4)),
            rack=CERTAIN,
        ),
        site(group("a", FIRST, failing("a")), group("b", SECOND, failing("a")), rack=CERTAIN),
        site(
            group("a", FIRST, failing("a"), failing("reclaim", 5e4)),
            group("b", SECOND, failing("reclaim", 5e4)),
            rack=CERTAIN,
        ),
        site(group("a", FIRST, failing("a")), rack=failing("rack", 1e6)),
    ],
)
def test_rates_need_not_be_crossed(racks: NodeRacks) -> None:
    added, often = crossed(racks)
    result = racks.result()
    assert result.unavailability == pytest.approx(added, rel=1e-9)
    assert racks.failure_frequency() == pytest.approx(often, rel=1e-9)
    assert 0 < added < 1
