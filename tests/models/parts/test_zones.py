"""Which nodes stand in all zones, and what does not go with it."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.node_racks import NodeRacks
from models.parts.read_stack import read_stack
from models.parts.zones import in_all_zones, with_their_nodes
from models.reading.faults import InvalidDescription

FLASK = "flask-endpoint.yaml"


def test_nodes_that_only_serve_stand_in_all_zones(stacks: Path, catalog: Catalog) -> None:
    serves = read_stack(stacks / FLASK, catalog).stack
    assert in_all_zones(serves)
    assert not in_all_zones(serves.model_copy(update={"zones": serves.zones[:1]}))
    assert not in_all_zones(serves.model_copy(update={"workloads": {}}))
    trains = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog).stack
    assert len(trains.zones) > 1
    assert not in_all_zones(trains)


def test_a_cluster_stands_in_one_zone(stacks: Path, catalog: Catalog) -> None:
    cluster = {"nodes.web.placement": "cluster"}
    with pytest.raises(InvalidDescription, match="keeps nodes in one zone, and these stand in 3"):
        read_stack(stacks / FLASK, catalog, cluster)
    one_zone = read_stack(stacks / FLASK, catalog, {**cluster, "zones": ["us-east-1a"]})
    assert one_zone.stack.nodes["web"].placement == "cluster"


GRID = "grid-search.yaml"
ZONES = {"zones": ["us-east-1a", "us-east-1b", "us-east-1c"]}


def test_jobs_of_one_task_stand_in_all_zones_and_gangs_in_one(
    stacks: Path, catalog: Catalog
) -> None:
    jobs = read_stack(stacks / GRID, catalog, ZONES).stack
    assert in_all_zones(jobs)
    of_two = {"workloads.search.program": None, "workloads.search.each.tasks": 2}
    gangs = read_stack(stacks / GRID, catalog, {**ZONES, **of_two}).stack
    assert not in_all_zones(gangs)


def test_a_zone_takes_the_nodes_in_it_along(stacks: Path, catalog: Catalog) -> None:
    changes = {**ZONES, "nodes.machine.count": 4, "nodes.machine.spares": 1}
    solved = read_stack(stacks / GRID, catalog, changes).solved
    zones = with_their_nodes(solved.site, solved.components)[-1]
    assert isinstance(zones, NodeRacks)
    # Five nodes in three zones in turn are two, two and one.
    assert (zones.units, [one.racks for one in zones.groups]) == (3, [(2, 2, 1)])
    one_zone = read_stack(stacks / GRID, catalog, {**changes, "zones": ZONES["zones"][:1]}).solved
    assert with_their_nodes(one_zone.site, one_zone.components) == one_zone.components
