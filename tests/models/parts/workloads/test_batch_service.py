"""A service that runs the cluster of a batch: what it demands and what it bills."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

CLUSTER = "workloads.cluster"


def bill(stacks: Path, catalog: Catalog, changes: dict[str, Any]) -> dict[str, Any]:
    solved = read_stack(stacks / "emr-spark.yaml", catalog, changes).solved
    return {one.resource: one for one in solved.cost_lines if "fee" in one.item}


def test_each_node_is_billed_the_fee_of_its_instance(stacks: Path, catalog: Catalog) -> None:
    # aws.amazon.com/emr/pricing: 0.048 USD/h beside an m5.xlarge, 0.27 beside the largest.
    found = bill(stacks, catalog, {"nodes.master.instance": "m5.xlarge"})
    assert {name: (one.quantity, one.unit_price) for name, one in found.items()} == {
        "cluster master": (1, 0.048),
        "cluster core": (4, 0.27),
        "cluster task": (4, 0.27),  # whatever the nodes were bought for
    }


@pytest.mark.parametrize("changes", [{}, {f"{CLUSTER}.fee": "0.1 USD/h"}])
def test_the_key_of_its_disks_is_billed(
    changes: dict[str, object], stacks: Path, catalog: Catalog
) -> None:
    # aws.amazon.com/kms/pricing: 1 USD a month; 730 hours of it, whatever the fee is.
    lines = read_stack(stacks / "emr-spark.yaml", catalog, changes).solved.cost_lines
    [key] = [one for one in lines if "key" in one.item]
    assert key.quantity * (key.unit_price or 0) * 730 == pytest.approx(1.0)


def test_a_fee_of_ones_own_takes_the_place_of_the_catalogs(stacks: Path, catalog: Catalog) -> None:
    [line] = bill(stacks, catalog, {f"{CLUSTER}.fee": "0.1 USD/h"}).values()
    assert (line.quantity, line.unit_price, line.source) == (9, 0.1, "the stack file")


def test_a_fee_that_is_not_known_is_not_zero(stacks: Path, catalog: Catalog) -> None:
    line = bill(stacks, catalog, {"nodes.task.instance": "g4dn.12xlarge"})["cluster task"]
    assert line.unit_price is None
    assert line.source == "give workloads.cluster.fee, the same for all its nodes"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({f"{CLUSTER}.release": None}, "service: needs its `release`; write it like emr-7.5.0"),
        ({f"{CLUSTER}.release": "7.5"}, "release: "),
        ({f"{CLUSTER}.service": "emrr"}, "emr"),
        ({f"{CLUSTER}.service": None}, "release: is of a service, and none runs the cluster"),
        ({f"{CLUSTER}.applications": ["Spark", "Livi"]}, "did you mean 'Livy'"),
        ({f"{CLUSTER}.applications": ["Hadoop", "Livy"]}, "lacks Spark, the engine of the batch"),
        ({f"{CLUSTER}.applications": ["Spark", "Spark"]}, "applications.1: names Spark twice"),
        ({f"{CLUSTER}.nodes.master": None}, "nodes: needs a `master`"),
        ({"nodes.master.count": 2}, "nodes.master: 'master' has 2 nodes; the service has 1 or 3"),
        (
            {f"{CLUSTER}.notebook": "notebok"},
            "notebook: unknown node group 'notebok'; did you mean",
        ),
        ({f"{CLUSTER}.notebook": "core"}, "notebook: 'core' is of the cluster itself"),
        ({f"{CLUSTER}.applications": ["Spark"]}, "notebook: reaches Livy, which `applications`"),
        ({f"{CLUSTER}.service": None}, "notebook: is of a service, and none runs the cluster"),
        ({"nodes.core.boot_disk": "200 GB"}, "boot_disk: is 200 GB; nodes of the service boot"),
        ({"nodes.core.boot_disk": "60 GB"}, "boot_disk: differs; nodes of one cluster boot from"),
        (
            {"storage.master-disks.nodes": "notebook"},
            "nodes.master.instance: c5.9xlarge has no disk of its own; the service would add some",
        ),
        ({"cloud": "gcp", "region": "us-central1", "zones": ["us-central1-a"]}, "service of AWS"),
    ],
)
def test_what_the_service_does_not_do_is_refused(
    changes: dict[str, Any], says: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription) as caught:
        read_stack(stacks / "emr-spark.yaml", catalog, changes)
    assert says in str(caught.value)
