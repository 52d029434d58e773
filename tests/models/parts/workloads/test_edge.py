"""Frames at the edge and in a cloud by the laws: the course's figures, and who is sooner."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.workloads.edge_remedy import remedy
from models.parts.workloads.edge_solution import EdgeSolution
from models.reading.faults import InvalidDescription

HERE = "workloads.cameras"
Solved = Callable[..., EdgeSolution]


@pytest.fixture
def solved(catalog: Catalog, stacks: Path) -> Solved:
    def one(stack: str = "edge-cameras", **changes: object) -> EdgeSolution:
        paths = {f"{HERE}.{key.replace('__', '.')}": value for key, value in changes.items()}
        file = read_stack(stacks / f"{stack}.yaml", catalog, paths)
        answer = file.solved.workloads["cameras"].answer
        assert isinstance(answer, EdgeSolution)
        return answer

    return one


def test_a_camera_asks_for_231_6_gop_a_second(solved: Solved) -> None:
    # 7.72 Gop a frame, 30 frames a second.
    one = solved(
        networks={"detect": {"computation": "7.72 Gop"}}, sensors__count=1, device__count=1
    )
    edge = one.described
    assert edge.computation * edge.frame_rate == pytest.approx(231.6e9)


def test_an_hd_camera_asks_for_9_4_top_a_second_and_twelve_with_three_networks_338_4(
    solved: Solved,
) -> None:
    # 230 G x 1920 x 1080 / 225^2, for each network and camera.
    image = {"width": 225, "height": 225}
    one = {"computation": f"{230 / 30} Gop", "image": image}
    edge = solved(networks={"detect": one}).described
    of_camera = edge.computation * edge.sensors.rate
    assert of_camera == pytest.approx(230e9 * 1920 * 1080 / 225**2)
    assert of_camera == pytest.approx(9.4e12, rel=0.003)
    given = {"computation": f"{9400 / 30} Gop"}
    all_of_them = solved(networks={"a": given, "b": given, "c": given}).described
    assert all_of_them.computation * all_of_them.frame_rate == pytest.approx(338.4e12)


def test_operations_and_tops_are_read_as_computation(solved: Solved) -> None:
    given = {"computation": "10 GFLOP"}
    one = solved(networks={"a": given}, device__peak="2 TOPS", device__efficiency="50 %")
    assert one.sides[0].side.computing.service == pytest.approx(0.01)
    same = solved(networks={"a": given}, device__peak="2 Top/s", device__efficiency="50 %")
    assert same.sides[0].side.computing.service == pytest.approx(0.01)


def test_the_edge_wins_where_it_computes_for_less_than_cloud_and_way(solved: Solved) -> None:
    alone = solved().turns[0]
    near, far = (one.side for one in solved().sides)
    size, bandwidth = 60e3, 300e6 / 8
    assert alone.edge == pytest.approx(near.computing.service)
    assert alone.cloud == pytest.approx(far.computing.service + 12e-3 + size / bandwidth)
    assert alone.winner == "cloud"
    assert alone.bandwidth == pytest.approx(
        size / (near.computing.service - far.computing.service - 12e-3)
    )
    slower = solved(link__bandwidth=f"{0.99 * alone.bandwidth * 8 / 1e6} Mbps").turns[0]
    faster = solved(link__bandwidth=f"{1.01 * alone.bandwidth * 8 / 1e6} Mbps").turns[0]
    assert (slower.winner, faster.winner) == ("edge", "cloud")


def test_with_queueing_it_turns_at_a_faster_link_than_alone(solved: Solved) -> None:
    alone, loaded = solved().turns
    assert loaded.bandwidth > alone.bandwidth
    slower = solved(link__bandwidth=f"{0.99 * loaded.bandwidth * 8 / 1e6} Mbps").turns[1]
    faster = solved(link__bandwidth=f"{1.01 * loaded.bandwidth * 8 / 1e6} Mbps").turns[1]
    assert (slower.winner, faster.winner) == ("edge", "cloud")
    longer = solved(link__round_trip=f"{1e3 * loaded.round_trip * 1.01} ms").turns[1]
    assert longer.winner == "edge"


def test_a_single_camera_waits_for_nothing_and_several_do(solved: Solved) -> None:
    own = solved().sides[0]
    assert own.law.law == "D/D/1"
    assert own.response == pytest.approx(own.side.time)
    # Two cameras of 10/s on each of six devices: M/D/1 by Pollaczek and Khinchine.
    two = solved(device__count=6, sensors__rate="10/s").sides[0]
    busy, service = two.side.utilization, two.side.time
    assert two.response == pytest.approx(service * (1 + busy / (2 * (1 - busy))))


def test_devices_that_share_have_spares_and_others_lose_their_sensors(solved: Solved) -> None:
    own, shared = solved().sides[0], solved(device__shared=True).sides[0]
    each = 2 / (2 + 5 * 365)  # replaced in 2 days, fails in 5 years
    assert own.away == pytest.approx(each, rel=1e-3)
    assert own.unavailability == pytest.approx(1 - (1 - each) ** 12, rel=1e-3)
    assert shared.unavailability < own.unavailability / 100  # nine of twelve are enough
    assert shared.side.units_needed == 9


def test_sensors_that_are_not_shared_out_evenly_fill_one_device_first(solved: Solved) -> None:
    given = {"computation": "10 Gop"}
    one = solved(
        networks={"a": given},
        sensors={"count": 5, "rate": "10/s", "size": "60 kB"},
        device__count=2,
        device__peak="1 TOPS",
        device__efficiency="50 %",
    ).sides[0]
    # 20 ms a frame: three sensors ask 60 % of one device and two 40 % of the other.
    assert one.side.rate / one.side.computing.capacity == pytest.approx(0.6)
    assert one.side.utilization == pytest.approx(0.5)
    # The first is full at 50 frames/s, when its three sensors give 10/6 times as many.
    assert one.side.capacity == pytest.approx(50 * 5 / 3)
    assert one.side.most == pytest.approx(50)
    assert one.power == pytest.approx(2 * (15 + 45 * 0.5))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "nothing is near its limit"),
        ({"device__count": 5}, "`device.count` of 12 at least, instead of 5"),
        (
            {"device__count": 5, "device__shared": True},
            "`device.count` of 9 at least, instead of 5",
        ),
        ({"device__count": 9, "device__shared": True}, "more of `device.count`, or faster ones"),
        ({"device__peak": "30 TOPS"}, "a `device.peak` above 94.9 Top/s"),
    ],
)
def test_a_remedy_names_the_key_and_what_is_enough(
    changes: dict[str, object], said: str, solved: Solved
) -> None:
    assert remedy(solved(**changes)).startswith(said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"link__bandwidth": "100 Mbps"}, "a `link.bandwidth` above 173 Mbps"),
        ({"cloud__replicas": 1}, "`cloud.replicas` of 2 at least, instead of 1"),
    ],
)
def test_a_remedy_of_a_cloud_is_its_link_or_its_replicas(
    changes: dict[str, object], said: str, solved: Solved
) -> None:
    assert remedy(solved("cloud-cameras", **changes)) == said
    parts = said.split("`")[1].rpartition(".")
    enough = said.split()[-2:] if parts[2] == "bandwidth" else ["", said.split()[2]]
    value = f"{float(enough[0]) * 1.01} {enough[1]}" if enough[0] else int(enough[1])
    fixed = solved("cloud-cameras", **{**changes, said.split("`")[1].replace(".", "__"): value})
    assert not fixed.here.side.overloaded


def test_what_a_cloud_costs_is_its_nodes_and_its_link(solved: Solved) -> None:
    near, far = solved().sides
    assert near.power is not None
    hourly = 12 * 2000 / (5 * 8760) + near.power / 1e3 * 0.15 + 200 / 730
    assert sum(line.least_hourly for line in near.lines) == pytest.approx(hourly)
    assert near.power == pytest.approx(12 * (15 + 45 * near.side.utilization))
    assert {line.item for line in far.lines} == {"g6e.12xlarge, on-demand", "ebs-gp3", "link"}


def test_the_same_cloud_by_nodes_of_the_stack_or_by_an_instance(solved: Solved) -> None:
    by_instance, by_nodes = solved().sides[1], solved("cloud-cameras").sides[1]
    assert by_instance.response == by_nodes.response
    assert by_instance.unavailability == pytest.approx(by_nodes.unavailability)
    assert [line.least for line in by_instance.lines] == [line.least for line in by_nodes.lines]


def test_what_has_no_price_is_not_free(solved: Solved) -> None:
    unpriced = solved(device__price=None, device__electricity=None, link__monthly=None).sides[0]
    assert not any(line.priced for line in unpriced.lines)


def test_an_edge_in_overload_never_wins(solved: Solved) -> None:
    one = solved(device__peak="30 TOPS")
    assert one.sides[0].side.overloaded
    assert one.sides[0].response is None
    assert one.turns[1].winner == "cloud"
    assert one.turns[1].round_trip == math.inf


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"place": "cloud"}, "names no nodes there"),
        ({"link": None}, "has a cloud and no link to it"),
        ({"sensors.image": None}, "sensors.image is not given"),
        ({"device.count": 13}, "more devices than sensors"),
        ({"cloud": {"instance": "g6e.12xlrage"}}, "g6e.12xlarge"),
        ({"cloud": {"nodes": "servers"}}, "servers"),
        ({"cloud.replicas": 5}, "on a node that has 4 accelerators"),
        ({"cloud.precision": "fp64"}, "fp64"),
        ({"cloud": {"instance": "c5.18xlarge"}}, "has no accelerator: give a rate"),
        ({"device.idle_power": "70 W"}, "a power that is no less"),
        ({"link.price": "3 USD/h"}, "a price by the hour, not a price of traffic"),
    ],
)
def test_what_can_not_be_is_refused(
    changes: dict[str, object], said: str, catalog: Catalog, stacks: Path
) -> None:
    paths = {f"{HERE}.{key}": value for key, value in changes.items()}
    with pytest.raises(InvalidDescription, match=said):
        read_stack(stacks / "edge-cameras.yaml", catalog, paths)
