"""Which nodes and zones an endpoint needs: replicas are spread evenly, and enough are up."""

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.solve import SolvedStack
from models.parts.workloads.endpoint_fit import by_zone
from models.parts.workloads.places_needed import Needed, is_exact, spread
from models.prediction import BlockResult

Solve = Callable[..., SolvedStack]
NODE = 10 / 1010  # share of time that a node is away: 1000 h up, 10 h down
ZONE = 1 / 1001
ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]


def stage(replicas: int, **keys: Any) -> dict[str, Any]:
    service = {"distribution": "exponential", "mean": "100 ms"}
    return {"nodes": "web", "replicas": replicas, "service": service, **keys}


@pytest.fixture
def solved(tmp_path: Path, catalog: Catalog) -> Solve:
    def solve(
        *replicas: int, rate: str = "5/s", count: int = 3, spares: int = 0, **keys: Any
    ) -> SolvedStack:
        stages = {f"s{k}": stage(each) for k, each in enumerate(replicas)}
        api = {"kind": "endpoint", "requests": {"rate": rate}, "stages": stages}
        web = {"instance": "c6i.32xlarge", "count": count, "mttf": "1000 h", "mttr": "10 h"}
        path = tmp_path / "served.yaml"
        path.write_text(
            yaml.safe_dump(
                {
                    "name": "served",
                    "cloud": "aws",
                    "region": "us-east-1",
                    "nodes": {"web": {**web, "spares": spares}},
                    "failure_rates": {"cloud-zone": {"mttf": "1000 h", "mttr": "1 h"}},
                    **keys,
                    "workloads": {"api": api, **keys.get("workloads", {})},
                }
            )
        )
        return read_stack(path, catalog).solved

    return solve


def block(solved: SolvedStack, name: str) -> BlockResult:
    return next(one.result() for one in solved.components if one.name == name)


def up_of(result: BlockResult) -> tuple[int, int]:
    return result.block.required, result.block.units


def k_of_n(k: int, n: int, away: float) -> float:
    """By the sum over the subsets that are up, as in a textbook."""
    return sum(math.comb(n, up) * (1 - away) ** up * away ** (n - up) for up in range(k))


@pytest.mark.parametrize(
    ("replicas", "enough", "places", "needed"),
    [
        (1, 1, 3, Needed(1, 1)),  # the node that it runs on
        (2, 1, 3, Needed(1, 2)),
        (3, 2, 3, Needed(2, 3)),
        (6, 2, 3, Needed(1, 3)),  # two on each
        (6, 3, 3, Needed(2, 3)),
        (4, 3, 3, Needed(3, 3)),  # 2, 1 and 1: the last two hold only two
        (5, 3, 3, Needed(2, 3)),  # 2, 2 and 1
        (5, 5, 3, Needed(3, 3)),
        (7, 9, 3, Needed(3, 3)),  # too few at all: what there is
        (5, 4, 10, Needed(4, 5)),
    ],
)
def test_enough_replicas_are_on_any_so_many_places(
    replicas: int, enough: int, places: int, needed: Needed
) -> None:
    assert spread(replicas, enough, places) == needed


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 12))
def test_no_fewer_places_always_hold_enough(replicas: int, enough: int, places: int) -> None:
    needed = spread(replicas, enough, places)
    held = sorted(len(range(k, replicas, places)) for k in range(min(replicas, places)))
    assert sum(held[: needed.up]) >= min(enough, replicas)
    assert sum(held[: needed.up - 1]) < enough


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 6))
def test_which_places_are_up_makes_no_difference_or_it_is_told(
    replicas: int, enough: int, places: int
) -> None:
    """Over all states of the places: as many up must hold enough, or not, whichever they are."""
    enough = min(enough, replicas)
    held = [len(range(k, replicas, places)) for k in range(min(replicas, places))]
    needed = spread(replicas, enough, places)
    states = list(itertools.product((0, 1), repeat=len(held)))
    truth = [sum(a * b for a, b in zip(held, up, strict=True)) >= enough for up in states]
    said = [sum(up) >= needed.up for up in states]
    assert is_exact(replicas, enough, places) is (truth == said)
    assert all(true or not claimed for true, claimed in zip(truth, said, strict=True))


@pytest.mark.parametrize(
    ("replicas", "rate", "notes"),
    [
        ((5,), "35/s", ["nodes of web are down makes a difference"]),  # 2, 2 and 1: four needed
        ((5,), "25/s", []),  # any two nodes hold three
        ((6,), "35/s", []),
        ((1, 1), "5/s", []),  # both of two nodes
        ((3, 2), "15/s", ["any 1 node down count as an outage"]),  # the second needs its two alone
        ((3, 3), "25/s", []),
        ((3, 6), "25/s", []),  # the first needs all, whatever the second bears
        ((1, 2), "5/s", ["any 1 node down count as an outage"]),  # the last is on two nodes
    ],
)
def test_what_is_counted_too_badly_is_told(
    replicas: tuple[int, ...], rate: str, notes: list[str], solved: Solve
) -> None:
    found = solved(*replicas, rate=rate)
    told = [one.text for one in found.findings if "makes a difference" in one.text]
    assert len(told) == len(notes)
    assert all(note in text for note, text in zip(notes, told, strict=True))
    # Over all states of the nodes it is never down more seldom than said.
    nodes = [[0] * 3 for _ in replicas]
    for one, stage_nodes in enumerate(nodes):
        for k in range(replicas[one]):
            stage_nodes[(sum(replicas[:one]) + k) % 3] += 1
    enough, short = math.ceil(float(rate.removesuffix("/s")) / 10), 0.0
    for up in itertools.product((0, 1), repeat=3):
        if any(sum(a * b for a, b in zip(s, up, strict=True)) < enough for s in nodes):
            short += math.prod(1 - NODE if each else NODE for each in up)
    said = block(found, "web").unavailability
    assert said >= short * (1 - 1e-9)
    assert (said == pytest.approx(short, rel=1e-9)) is (not notes)


def test_zones_that_are_counted_too_badly_are_told(solved: Solve) -> None:
    # 4, 2 and 2 of 10/s each, four needed: the first zone alone holds them, or both others.
    found = solved(8, rate="35/s", count=4, zones=ZONES)
    assert any("which zones are down" in one.text for one in found.findings)
    for replicas, count in ((6, 6), (5, 5), (4, 4)):
        exact = solved(replicas, rate="35/s", count=count, zones=ZONES)
        assert not any("which zones are down" in one.text for one in exact.findings)


def test_stages_with_one_replica_each_need_the_node_of_each(solved: Solve) -> None:
    web = block(solved(1, 1), "web")
    assert up_of(web) == (2, 2)
    assert web.unavailability == pytest.approx(1 - (1 - NODE) ** 2, rel=1e-9)
    other = {"kind": "endpoint", "requests": {"rate": "5/s"}, "stages": {"web": stage(1)}}
    assert up_of(block(solved(1, workloads={"other": other}), "web")) == (2, 2)
    assert up_of(block(solved(1, 1, 1, 1), "web")) == (3, 3)


def test_one_replica_on_three_nodes_needs_the_node_that_it_runs_on(solved: Solve) -> None:
    web = block(solved(1), "web")
    assert up_of(web) == (1, 1)
    assert web.unavailability == pytest.approx(NODE, rel=1e-9)
    assert web.single_point


def test_two_of_three_replicas_are_enough(solved: Solve) -> None:
    # 15/s take two of 10/s each: down with two or three nodes away.
    web = block(solved(3, rate="15/s"), "web")
    assert up_of(web) == (2, 3)
    by_hand = 3 * NODE**2 * (1 - NODE) + NODE**3
    assert web.unavailability == pytest.approx(by_hand, rel=1e-9)
    assert web.unavailability == pytest.approx(k_of_n(2, 3, NODE), rel=1e-9)


def test_a_spare_stands_in_for_the_node_of_the_only_replica(solved: Solve) -> None:
    web = block(solved(1, spares=1), "web")
    assert up_of(web) == (1, 2)
    assert web.unavailability == pytest.approx(NODE**2, rel=1e-9)


def test_of_two_stages_on_a_group_the_one_that_bears_less_counts(solved: Solve) -> None:
    web = block(solved(3, 2, rate="15/s"), "web")  # the second needs both of its replicas
    assert up_of(web) == (3, 3)
    assert up_of(block(solved(3, 3, rate="5/s"), "web")) == (1, 3)


def test_of_two_endpoints_on_a_group_the_one_that_bears_less_counts(solved: Solve) -> None:
    other = {"kind": "endpoint", "requests": {"rate": "5/s"}, "stages": {"web": stage(2)}}
    assert up_of(block(solved(3, workloads={"other": other}), "web")) == (2, 3)


@pytest.mark.parametrize(
    ("replicas", "rate", "needed"),
    [
        (6, "35/s", (2, 3)),  # four of 10/s are enough: a zone down is survived
        (6, "45/s", (3, 3)),  # five: it is not
        (6, "15/s", (1, 3)),  # two: two zones down are survived
        (1, "5/s", (1, 1)),  # the zone that it is in
        (2, "5/s", (1, 2)),
    ],
)
def test_a_zone_down_is_survived_or_not(
    replicas: int, rate: str, needed: tuple[int, int], solved: Solve
) -> None:
    found = solved(replicas, rate=rate, count=6, zones=ZONES)
    zone = block(found, "zone")
    assert up_of(zone) == needed
    assert zone.unavailability == pytest.approx(k_of_n(*needed, ZONE), rel=1e-9)
    cases = found.workloads["api"].answer.cases
    assert cases[-1].survives is (needed[0] < needed[1])


def test_nodes_stand_in_the_zones_in_turn(solved: Solve) -> None:
    """Four nodes in three zones are 2, 1 and 1, of which 25/s of 10/s each take three replicas.

    Without the first zone two are left; without one of the others three are.
    """
    for replicas, nodes, zones, placed in (
        (4, 4, ZONES, (2, 1, 1)),
        (5, 2, ZONES, (3, 2, 0)),
        (7, 4, ZONES[:2], (4, 3)),
    ):
        site = solved(replicas, rate="5/s", count=nodes, zones=zones).site
        assert by_zone("api", site) == {"s0": placed}
    found = solved(4, rate="25/s", count=4, zones=ZONES)
    assert up_of(block(found, "zone")) == (1, 1)
    assert up_of(block(found, "other zone")) == (1, 2)
    whole = 1 - (1 - ZONE) * (1 - ZONE**2)
    away = 1 - (1 - k_of_n(3, 4, NODE)) * (1 - whole)
    assert found.unavailability(found.workloads["api"].needs) == pytest.approx(away, rel=1e-6)
    down = found.workloads["api"].answer.cases[-1]
    assert ([one.left for one in down.stages], down.survives) == ([2], False)


def test_what_the_cloud_manages_stands_in_no_zone(solved: Solve) -> None:
    function = {
        "function": {"memory": "512 MB", "concurrency": 100},
        "service": {"distribution": "exponential", "mean": "100 ms"},
    }
    api = {"kind": "endpoint", "requests": {"rate": "5/s"}, "stages": {"f": function}}
    for zones in ([], ZONES):
        found = solved(1, zones=zones, nodes={}, failure_rates={}, workloads={"api": api})
        assert [one.name for one in found.components] == ["api f"]


def test_an_endpoint_is_up_while_its_nodes_and_its_zones_are(solved: Solve) -> None:
    found = solved(6, rate="35/s", count=6, zones=ZONES)
    away = 1 - (1 - k_of_n(4, 6, NODE)) * (1 - k_of_n(2, 3, ZONE))
    assert found.unavailability(found.workloads["api"].needs) == pytest.approx(away, rel=1e-6)
    alone = solved(6, rate="35/s", count=6)
    away = 1 - (1 - k_of_n(4, 6, NODE)) * (1 - ZONE)  # all in one zone
    assert alone.unavailability(alone.workloads["api"].needs) == pytest.approx(away, rel=1e-6)


def enumerated(counts: list[int], enough: int, away: float) -> float:
    """Share of time in which too few replicas are in zones that are up, over all states of them."""
    short = 0.0
    for up in itertools.product((0, 1), repeat=len(counts)):
        if sum(count * each for count, each in zip(counts, up, strict=True)) < enough:
            short += math.prod(1 - away if each else away for each in up)
    return short


@pytest.mark.parametrize(
    ("replicas", "count", "rate", "left"),
    [
        # On 4 nodes of 3 zones, 2, 1 and 1: 25/s need three of 10/s, which only the first zone's
        # loss, or that of both others, leaves too few of.
        (4, 4, "25/s", 2),
        (4, 4, "35/s", 2),  # all four are needed
        (5, 5, "35/s", 3),  # 2, 2 and 1: four are needed, and the last zone is not
        (8, 4, "35/s", 4),  # 4, 2 and 2: no zone alone is an outage
        (2, 6, "5/s", 1),  # in two zones; the third is nothing to it
        (3, 1, "15/s", 0),  # all on one node, in one zone
    ],
)
def test_a_zone_counts_as_an_outage_where_its_loss_leaves_too_few(
    replicas: int, count: int, rate: str, left: int, solved: Solve
) -> None:
    found = solved(replicas, rate=rate, count=count, zones=ZONES)
    api = found.workloads["api"]
    nodes = [len(range(node, replicas, count)) for node in range(count)]
    counts = [sum(nodes[zone::3]) for zone in range(3)]
    assert by_zone("api", found.site)["s0"] == tuple(counts)
    assert api.answer.cases[-1].stages[0].left == left == replicas - max(counts)
    zones = [one for one in found.components if one.name in ("zone", "other zone")]
    away = 1 - math.prod(1 - one.result().unavailability for one in zones)
    enough = math.ceil(float(rate.removesuffix("/s")) / 10)
    by_hand = enumerated(counts, enough, ZONE)
    if replicas == 8:
        # Of two zones down at a time the first is one; any two count, so that it is the most.
        assert by_hand == pytest.approx(2 * ZONE**2 * (1 - ZONE) + ZONE**3)
        assert away == pytest.approx(3 * ZONE**2 * (1 - ZONE) + ZONE**3)
        return
    assert away == pytest.approx(by_hand, rel=1e-9)


def test_stages_go_on_over_nodes_and_zones_where_the_last_ended(solved: Solve) -> None:
    # Of 4 nodes in 3 zones, the first stage takes 1, 2 and 3, the second 4, 1 and 2.
    placed = by_zone("api", solved(3, 3, count=4, zones=ZONES).site)
    assert placed == {"s0": (1, 1, 1), "s1": (2, 1, 0)}
