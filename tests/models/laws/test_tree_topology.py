"""Trees of switches: how many nodes a leaf has, and what oversubscription costs."""

import dataclasses
import math
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.laws.collectives import StraightCollectives
from models.laws.matrix_rates import MatrixRates
from models.laws.transformers.machine import Cluster
from models.laws.tree_topology import Tree, exchange_slowdown, nodes_of_leaf, ring_slowdown
from models.parts.read_stack import change_stack, read_stack
from models.reading.faults import InvalidDescription


def test_a_rail_reaches_as_many_nodes_as_a_leaf_has_ports() -> None:
    # DGX SuperPOD: 32 nodes of 8 links, a leaf of 32 ports down for each rail.
    assert nodes_of_leaf(32, 8, rail=True) == 32
    assert nodes_of_leaf(32, 8) == 4


@pytest.mark.parametrize(
    ("nodes", "together", "oversubscription", "slower"),
    [
        (16, 16, 4.0, 1.0),  # all under one leaf
        (64, 16, 4.0, 1.0),  # one link of sixteen leaves it, and it carries four
        (64, 2, 4.0, 2.0),  # one of two leaves it: half of the leaf's traffic over a quarter
        (64, 1, 4.0, 4.0),  # all of it
        (64, 1, 1.0, 1.0),
    ],
)
def test_rings_by_hand(nodes: int, together: int, oversubscription: float, slower: float) -> None:
    assert ring_slowdown(nodes, together, oversubscription) == slower


@pytest.mark.parametrize(
    ("nodes", "together", "oversubscription", "slower"),
    [
        (16, 16, 4.0, 1.0),
        (64, 16, 4.0, 4 * 48 / 63),
        (64, 1, 4.0, 4.0),
        (20, 16, 3.0, 1.0),  # 4 of 19 leave the leaf, which carries a third
    ],
)
def test_exchanges_by_hand(
    nodes: int, together: int, oversubscription: float, slower: float
) -> None:
    assert exchange_slowdown(nodes, together, oversubscription) == pytest.approx(slower)


def test_a_group_whose_members_are_far_apart_leaves_the_leaf_more_often() -> None:
    tree = Tree(leaf=16, oversubscription=4.0, packed=True)
    assert [tree.slowdown("all_reduce", 64, stride) for stride in (1, 4, 8, 16)] == [1, 1, 2, 4]
    spread = dataclasses.replace(tree, packed=False)
    assert spread.slowdown("all_reduce", 64) == 4.0


def test_only_what_goes_between_nodes_is_slower() -> None:
    rates = MatrixRates((1.0, 2.0), (1.0, 2.0), (1.0, 2.0), (1e12,) * 8)
    inside = StraightCollectives(math.inf, 0.0)
    cluster = Cluster(8, 1e12, 1e12, rates, inside, 1e11, 1e10, 0.0)
    slow = dataclasses.replace(cluster, tree=Tree(4, 3.0, packed=False))
    for operation in ("all_reduce", "all_to_all"):
        base = cluster.collective(operation, 64, 1, 1e9)
        assert slow.collective(operation, 64, 1, 1e9) == pytest.approx(3 * base)
        assert slow.collective(operation, 8, 1, 1e9) == cluster.collective(operation, 8, 1, 1e9)


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(ValueError, match="oversubscription"):
        ring_slowdown(4, 2, 0.5)
    with pytest.raises(ValueError, match="ports"):
        nodes_of_leaf(0, 1)


def test_a_stack_on_an_oversubscribed_tree_sums_more_slowly(stacks: Path, catalog: Catalog) -> None:
    flat = read_stack(stacks / "akiba-2017.yaml", catalog)
    base = flat.solved.workloads["train"].answer.step
    tree = {"leaf_ports": 16, "oversubscription": 4.0, "placement": "spread"}
    spread = change_stack(flat, {"network.tree": tree}, catalog)
    step = spread.solved.workloads["train"].answer.step
    latency = 2 * 127 * catalog.links["infiniband-fdr"].latency
    assert step.inter_node - latency == pytest.approx(4 * (base.inter_node - latency))
    packed = change_stack(flat, {"network.tree": tree | {"placement": "packed"}}, catalog)
    assert packed.solved.workloads["train"].answer.step == base


def test_a_layout_knows_the_tree(stacks: Path, catalog: Catalog) -> None:
    flat = read_stack(stacks / "gpt3-175b-on-1024.yaml", catalog)
    tree = {"leaf_ports": 32, "oversubscription": 8.0, "placement": "spread", "rail": True}
    slow = change_stack(flat, {"network.tree": tree}, catalog)
    steps = [file.solved.workloads["train"].answer.step.total for file in (flat, slow)]
    assert steps[1] > steps[0]


def test_a_cloud_has_its_own_switches(stacks: Path, catalog: Catalog) -> None:
    file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    with pytest.raises(InvalidDescription, match=r"network.tree: is only for on premises"):
        change_stack(file, {"network.tree": {"leaf_ports": 16}}, catalog)
