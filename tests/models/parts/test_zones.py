"""Which nodes stand in all zones, and what does not go with it."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.zones import in_all_zones
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
