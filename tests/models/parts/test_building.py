"""The building of a stack: which blocks it gives the diagram, and what they are worth."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.description.quantities import DAY, HOUR
from models.description.stack import Stack
from models.laws.backup_power import Generators, backed_up
from models.laws.reliability.blocks import k_of_n, series
from models.laws.reliability.failure_domains import racks as in_racks
from models.laws.reliability.failure_domains import unavailability
from models.laws.reliability.repairable import Repaired
from models.laws.reliability.tiers import tier_reached
from models.parts import building as facility
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.read_stack import change_stack, read_stack
from models.parts.remedies import remedies

from .asked import solved

PLAIN = "akiba-2017.yaml"


def in_series_of(components: tuple[Component, ...]) -> float:
    return series(one.result().unavailability for one in components)


def described(stacks: Path, catalog: Catalog, building: dict[str, Any], **changes: Any) -> Stack:
    stack_file = read_stack(stacks / PLAIN, catalog)
    return change_stack(stack_file, {"facility": building, **changes}, catalog).stack


def blocks_of(stack: Stack, catalog: Catalog) -> dict[str, Component]:
    return {part.name: part for part in solved(stack, catalog).components}


def test_two_feeds_of_which_one_suffices_are_as_before(stacks: Path, catalog: Catalog) -> None:
    blocks = blocks_of(described(stacks, catalog, {"power_feeds": 2}), catalog)
    rate = catalog.failure_rates["power-feed"]
    away = rate.mttr / (rate.mttf + rate.mttr)
    assert next(iter(blocks)) == "power feeds"
    assert blocks["power feeds"].result().unavailability == pytest.approx(away**2, rel=1e-12)


def test_one_feed_a_ups_and_a_generator_by_the_law(stacks: Path, catalog: Catalog) -> None:
    power = {
        "feeds": 1,
        "ups": {"autonomy": "10 min"},
        "generators": {"start": "15 s", "fuel": "1 d", "start_failure": "2 %",
                       "common_cause": "0 %"},
    }  # fmt: skip
    rates = {"ups": {"mttf": "10000 h", "mttr": "10 h"}, "generator": {"mttf": "1000 h"}}
    stack = described(stacks, catalog, {"power": power}, failure_rates=rates)
    blocks = blocks_of(stack, catalog)
    feed = catalog.failure_rates["power-feed"]
    law = backed_up(
        Repaired.of_times(feed.mttf, feed.mttr),
        10 / 10010,
        600.0,
        Generators(1, 1, 0.02, 1 / (1000 * HOUR), 15.0, DAY),
    )
    result = blocks["power supply"].result()
    assert result.unavailability == pytest.approx(law.cycle.unavailability, rel=1e-12)
    assert result.block.mttf == pytest.approx(law.cycle.mean_up_time, rel=1e-12)
    assert blocks["power paths"].units == 1


def test_the_supply_is_no_single_point_once_generators_back_it(
    stacks: Path, catalog: Catalog
) -> None:
    def single(power: dict[str, Any]) -> bool:
        blocks = blocks_of(described(stacks, catalog, {"power": power}), catalog)
        return blocks["power supply"].result().single_point

    assert single({"feeds": 1})
    assert single({"feeds": 1, "ups": "2N"})
    assert not single({"feeds": 1, "generators": "N"})
    assert not single({"feeds": 2})


def test_feeds_also_fail_together(stacks: Path, catalog: Catalog) -> None:
    blocks = blocks_of(described(stacks, catalog, {"power": {"feeds": 2}}), catalog)
    together = catalog.failure_rates["power-feeds-together"]
    assert blocks["power supply"].mttf == pytest.approx(together.mttf, rel=0.01)
    assert "power-feeds-together" in blocks["power supply"].source
    rarely = {"power-feeds-together": {"mttf": "100 years"}}
    other = described(stacks, catalog, {"power": {"feeds": 2}}, failure_rates=rarely)
    assert blocks_of(other, catalog)["power supply"].mttf > 10 * blocks["power supply"].mttf


def test_every_addition_to_the_power_helps(stacks: Path, catalog: Catalog) -> None:
    powers = [
        {"feeds": 1},
        {"feeds": 1, "ups": "N"},
        {"feeds": 1, "ups": "2N"},
        {"feeds": 1, "ups": "2N", "generators": "N"},
        {"feeds": 1, "ups": "2N", "generators": "N+1"},
        {"feeds": 2, "ups": "2N", "generators": "N+1"},
    ]
    values = []
    for power in powers:
        stack = described(stacks, catalog, {"power": power})
        values.append(in_series_of(facility.components(stack, Facts(catalog))))
    assert values == sorted(values, reverse=True)
    # A feed alone is below tier I; a building with all of it reaches tier IV.
    assert tier_reached(values[0]) is not None
    best = tier_reached(values[-1])
    assert best is not None
    assert best.name == "IV"


def test_a_ups_of_two_systems_has_two_paths(stacks: Path, catalog: Catalog) -> None:
    blocks = blocks_of(
        described(stacks, catalog, {"power": {"feeds": 1, "ups": "2(N+1)"}}), catalog
    )
    assert (blocks["power paths"].required, blocks["power paths"].units) == (1, 2)


def test_cooling_units_follow_from_their_number_or_from_the_load(
    stacks: Path, catalog: Catalog
) -> None:
    four = blocks_of(
        described(stacks, catalog, {"cooling": {"units": 4, "redundancy": "N+1"}}), catalog
    )
    assert (four["cooling units"].required, four["cooling units"].units) == (3, 4)
    rate = catalog.failure_rates["cooling"]
    away = rate.mttr / (rate.mttf + rate.mttr)
    assert four["cooling units"].result().unavailability == pytest.approx(
        k_of_n(3, [away] * 4), rel=1e-12
    )
    assert "power feeds" in four
    # 130 nodes of 3 kW and two switches of 350 W are 390.7 kW: four units of 100 kW and a spare.
    loaded = blocks_of(
        described(
            stacks,
            catalog,
            {"cooling": {"capacity": "100 kW", "redundancy": "N+1"}},
            **{"nodes.workers.power": "3 kW", "storage.checkpoints.disks": 4},
        ),
        catalog,
    )
    assert (loaded["cooling units"].required, loaded["cooling units"].units) == (4, 5)
    twice = blocks_of(
        described(stacks, catalog, {"cooling": {"units": 6, "redundancy": "2N"}}), catalog
    )
    assert (twice["cooling systems"].required, twice["cooling systems"].units) == (1, 2)
    assert twice["cooling systems"].result().unavailability == pytest.approx(
        (1 - (1 - away) ** 3) ** 2, rel=1e-9
    )


RACKS = {"racks": 20, "nodes_per_rack": 8, "rack_switches": 1}


def test_a_rack_takes_its_nodes_along(stacks: Path, catalog: Catalog) -> None:
    # 130 nodes fill 17 racks; two spares are no rack's worth, so that every rack is needed.
    blocks = blocks_of(described(stacks, catalog, RACKS), catalog)
    racks = blocks["node racks"]
    assert (racks.required, racks.units) == (17, 17)
    assert racks.carries_work
    assert racks.result().single_point


@pytest.mark.parametrize(
    ("count", "spares", "sizes"),
    [
        (14, 2, [8, 8]),  # no rack's worth
        (24, 8, [8] * 4),  # a rack's worth
        (20, 17, [8, 8, 8, 8, 5]),  # uneven, two racks' worth and a node
        (3, 5, [8]),
    ],
)
def test_racks_and_nodes_in_series_are_exact(
    count: int, spares: int, sizes: list[int], stacks: Path, catalog: Catalog
) -> None:
    nodes = {"nodes.workers.count": count, "nodes.workers.spares": spares}
    blocks = blocks_of(described(stacks, catalog, RACKS, **nodes), catalog)
    switch = catalog.failure_rates["top-of-rack-switch"]
    rack_away = switch.mttr / (switch.mttf + switch.mttr)
    node = blocks["workers"].typical()
    away = node.mttr / (node.mttf + node.mttr)
    exact = unavailability(count, in_racks(sizes, rack_away, away))
    in_series = in_series_of((blocks["node racks"].typical(), node))
    assert in_series == pytest.approx(exact, rel=1e-9)


def test_what_weighs_most_can_be_had_in_the_building(stacks: Path, catalog: Catalog) -> None:
    nodes = {"nodes.workers.count": 24, "nodes.workers.spares": 8, "nodes.workers.price": "2 USD/h"}
    full = {**RACKS, "racks": 4, "power_feeds": 1}
    offered = remedies(solved(described(stacks, catalog, full, **nodes), catalog))
    # All slots are taken; a feed, a switch and one in each rack can be added.
    assert {name: one.what for name, one in offered.items()} == {
        "power feeds": "one more feed",
        "switches": "one more switch",
        "node racks": "one more switch in each",
    }
    room = remedies(solved(described(stacks, catalog, {**full, "racks": 5}, **nodes), catalog))
    assert (room["workers"].what, room["workers"].hourly) == ("one more spare", 2.0)
    stack = described(stacks, catalog, {**full, "racks": 5}, **nodes)
    nodes["nodes.workers.spares"] = 9
    more = described(stacks, catalog, {**full, "racks": 5}, **nodes)
    saved = solved(stack, catalog).unavailability() - solved(more, catalog).unavailability()
    assert room["workers"].saved(solved(stack, catalog).components) == pytest.approx(saved)


def test_spares_that_fill_a_rack_let_one_be_down(stacks: Path, catalog: Catalog) -> None:
    nodes = {"nodes.workers.count": 24, "nodes.workers.spares": 8}
    blocks = blocks_of(described(stacks, catalog, RACKS, **nodes), catalog)
    assert (blocks["node racks"].required, blocks["node racks"].units) == (3, 4)
    assert not blocks["node racks"].result().single_point


def test_a_second_switch_and_strip_make_a_rack_fail_less(stacks: Path, catalog: Catalog) -> None:
    one = {**RACKS, "rack_power": 1}
    two = {**one, "rack_switches": 2, "rack_power": 2}
    first = blocks_of(described(stacks, catalog, one), catalog)["node racks"]
    second = blocks_of(described(stacks, catalog, two), catalog)["node racks"]
    assert [cause.name for cause in first.causes] == ["top-of-rack-switch", "rack-power"]
    assert second.mttf > 1000 * first.mttf


@pytest.mark.parametrize(
    ("inside", "single"),
    [
        ({"rack_switches": 2, "rack_power": 2}, False),
        ({"rack_switches": 2}, False),  # nothing is said of what else may fail
        ({"rack_switches": 2, "rack_power": 1}, True),
        ({"rack_switches": 1, "rack_power": 2}, True),
    ],
)
def test_a_rack_is_no_single_point_where_all_in_it_is_double(
    inside: dict[str, int], single: bool, stacks: Path, catalog: Catalog
) -> None:
    blocks = blocks_of(
        described(stacks, catalog, {"racks": 20, "nodes_per_rack": 8, **inside}), catalog
    )
    racks = blocks["node racks"]
    assert (racks.required, racks.units) == (17, 17)
    assert racks.result().single_point is single


def test_racks_without_switches_or_power_are_only_room(stacks: Path, catalog: Catalog) -> None:
    blocks = blocks_of(described(stacks, catalog, {"racks": 20, "nodes_per_rack": 8}), catalog)
    assert "node racks" not in blocks


def test_a_workload_needs_its_building(stacks: Path, catalog: Catalog) -> None:
    stack = described(stacks, catalog, {**RACKS, "power": {"feeds": 2}, "cooling": "N+1"})
    needed = solved(stack, catalog).workloads["train"].needs
    assert {"power supply", "power paths", "cooling units", "node racks"} <= needed


def test_the_shipped_machine_room_reaches_tier_iv(stacks: Path, catalog: Catalog) -> None:
    stack, facts = read_stack(stacks / "on-premises.yaml", catalog).stack, Facts(catalog)
    results = [part.result() for part in solved(stack, catalog).components]
    away = facility.unavailability(results)
    assert away == in_series_of(facility.components(stack, facts))
    tier = tier_reached(away)
    assert tier is not None
    assert tier.name == "IV"


def test_of_feeds_alone_no_tier_is_claimed(stacks: Path, catalog: Catalog) -> None:
    stack = read_stack(stacks / PLAIN, catalog).stack
    results = [part.result() for part in solved(stack, catalog).components]
    assert facility.unavailability(results) is None
