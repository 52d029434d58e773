"""Bare metal, virtual machines and containers: what they take of the speed, and who falls along."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.node_racks import HOSTS
from models.parts.read_stack import StackFile, read_stack
from models.reading.faults import InvalidDescription
from sim.predict import predict

HOST_AWAY = 10 / 1010
STACK: dict[str, Any] = {
    "name": "hosted",
    "cloud": "on-premises",
    "nodes": {
        "web": {
            "instance": "dgx-1-p100",
            "count": 8,
            "mttf": "1000000 years",
            "mttr": "1 h",
            "price": "1 USD/h",
            "runs_as": "virtual-machine",
            "hosts": {"nodes": 4, "mttf": "1000 h", "mttr": "10 h"},
        }
    },
    "workloads": {
        "shop": {
            "kind": "endpoint",
            "requests": {"rate": "300/s"},
            "stages": {"web": {"nodes": "web", "replicas": 8, "rate": "100/s"}},
        }
    },
}


def read(tmp_path: Path, catalog: Catalog, changes: dict[str, Any] | None = None) -> StackFile:
    path = tmp_path / "hosted.yaml"
    path.write_text(yaml.safe_dump(STACK))
    return read_stack(path, catalog, changes)


def web(file: StackFile) -> Any:
    [stage] = file.solved.workloads["shop"].answer.stages
    return stage


def test_five_per_cent_of_a_hundred_requests_a_second_leave_95(
    tmp_path: Path, catalog: Catalog
) -> None:
    bare = web(read(tmp_path, catalog))
    virtual = web(read(tmp_path, catalog, {"nodes.web.overhead": "5 %"}))
    assert bare.of_replica == pytest.approx(100)
    assert virtual.of_replica == pytest.approx(95)


def test_tasks_and_events_take_longer_on_virtual_nodes(tmp_path: Path, catalog: Catalog) -> None:
    work = {
        "sort": {
            "kind": "batch",
            "nodes": {"core": "web"},
            "container": {"memory": "8 GB"},
            "stages": {"map": {"tasks": 1, "time": "8 s"}},
        },
        "clicks": {
            "kind": "stream",
            "sources": {"shop": {"rate": "10/s", "size": "1 kB"}},
            "log": {"kafka": {"nodes": "web", "partitions": 8, "append": "5 ms"}},
            "operators": {
                "count": {"inputs": ["shop"], "nodes": "web", "instances": 1, "service": "8 ms"}
            },
            "sinks": {"out": {"inputs": ["count"]}},
        },
    }
    for name, one in work.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(STACK | {"workloads": {name: one}}))
    virtual = {"nodes.web.overhead": "20 %"}
    batch = read_stack(tmp_path / "sort.yaml", catalog, virtual).solved.workloads["sort"].answer
    assert batch.makespan == pytest.approx(10)
    stream = read_stack(tmp_path / "clicks.yaml", catalog, virtual).solved.workloads["clicks"]
    assert stream.answer.capacity == pytest.approx(100)  # of 125 on bare metal


@pytest.mark.parametrize(
    "service",
    [
        {"distribution": "exponential", "mean": "10 ms"},
        {"distribution": "uniform", "low": "5 ms", "high": "15 ms"},
        {"distribution": "hyper-exponential", "probabilities": [0.5, 0.5],
         "means": ["5 ms", "15 ms"]},
        {"distribution": "weibull", "scale": "10 ms", "shape": 1.0},
        {"distribution": "empirical", "values": ["5 ms", "15 ms"]},
    ],
    ids=lambda one: str(one["distribution"]),
)  # fmt: skip
def test_times_of_any_shape_take_longer(
    service: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    changes = {"workloads.shop.stages.web.rate": None, "workloads.shop.stages.web.service": service}
    half = {**changes, "nodes.web.overhead": "50 %"}
    assert web(read(tmp_path, catalog, changes)).of_replica == pytest.approx(100)
    assert web(read(tmp_path, catalog, half)).of_replica == pytest.approx(50)


def hosts(file: StackFile) -> Any:
    return next(one for one in file.solved.components if one.name == HOSTS)


def test_a_host_takes_its_guests_along(tmp_path: Path, catalog: Catalog) -> None:
    # 300/s need four of eight: of two hosts either one is enough.
    either = read(tmp_path, catalog)
    assert hosts(either).result().unavailability == pytest.approx(HOST_AWAY**2, rel=0.01)
    # 700/s need all eight, and so both.
    both = read(tmp_path, catalog, {"workloads.shop.requests.rate": "700/s"})
    assert hosts(both).result().unavailability == pytest.approx(1 - (1 - HOST_AWAY) ** 2, rel=1e-3)


def test_a_guest_takes_no_other_along(tmp_path: Path, catalog: Catalog) -> None:
    fragile = {
        "nodes.web.mttf": "1000 h",
        "nodes.web.mttr": "10 h",
        "nodes.web.hosts.mttf": "1000000 years",
        "workloads.shop.requests.rate": "650/s",
    }
    file = read(tmp_path, catalog, fragile)
    [nodes] = (one for one in file.solved.components if one.name == "web")
    assert (nodes.required, nodes.units) == (7, 8)  # one guest down is no outage
    assert hosts(file).result().unavailability < 1e-6


def test_the_simulated_years_lose_hosts_with_their_guests(tmp_path: Path, catalog: Catalog) -> None:
    file = read(tmp_path, catalog, {"workloads.shop.requests.rate": "700/s"})
    [shop] = predict(file, catalog, replications=200, jobs=1).workloads
    law = 1 - shop.unavailability
    assert shop.available.low - 0.001 < law < shop.available.high + 0.001
    assert law == pytest.approx((1 - HOST_AWAY) ** 2, rel=0.01)


def test_both_engines_lose_the_same_hosts(tmp_path: Path, catalog: Catalog) -> None:
    file = read(tmp_path, catalog, {"workloads.shop.requests.rate": "700/s"})
    found = [
        predict(file, catalog, replications=10, jobs=1, engine=engine).workloads[0].available.mean
        for engine in ("compiled", "simpy")
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-9)
    assert found[0] < 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nodes.web.runs_as": "mainframe"}, "bare-metal, virtual-machine, container"),
        ({"nodes.web.runs_as": "bare-metal"}, "has hosts, of what is virtual"),
        ({"nodes.web.runs_as": None}, "say runs_as: virtual-machine"),
        ({"nodes.web.hosts.nodes": 8, "nodes.web.hosts.count": 1, "nodes.web.count": 9},
         "hold 8 nodes, but 9 are wanted"),
        ({"facility": {"racks": 2, "nodes_per_rack": 4, "rack_switches": 1}},
         "take nodes along, as racks"),
        ({"nodes.web.overhead": "100 %"}, "less than 1"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused(
    changes: dict[str, Any], said: str, tmp_path: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=said):
        read(tmp_path, catalog, changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nodes.machine.runs_as": "bare-metal"}, "is a virtual machine of AWS"),
        ({"nodes.machine.hosts": {"nodes": 2, "mttf": "1 year", "mttr": "1 h"}}, "their|its own"),
        ({"nodes.machine.overhead": "5 %"}, "is not reckoned with by 'search', of kind jobs"),
    ],
)
def test_a_cloud_has_its_own_hosts(
    changes: dict[str, Any], said: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=said):
        read_stack(stacks / "grid-search.yaml", catalog, changes)
