"""Nodes that die at once: published figures, brute force over placements, sampled placements."""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.storage.placement import (
    Placement,
    copyset_placement,
    copysets,
    rack_aware_placement,
    random_placement,
)
from models.laws.storage.simultaneous_loss import (
    SimultaneousLoss,
    copyset_loss,
    rack_aware_loss,
    random_loss,
)

near = partial(pytest.approx, rel=1e-9, abs=0)
MANY = 10**12


def test_power_cut_of_a_ram_cloud() -> None:
    # Cidon et al. (2013), abstract: 5,000 nodes of which 1 % die; 99.99 % with random
    # replication of 8,000 chunks a node, 0.15 % with copysets of the least scatter width.
    assert random_loss(5000, 50, 8000 * 5000 // 3).loss_probability > 0.9999
    assert copyset_loss(5000, 50, MANY, 3, 2).loss_probability == pytest.approx(0.0015, abs=1e-4)


def test_power_cut_of_the_file_system_of_facebook() -> None:
    # Cidon et al. (2013), abstract: 0.78 % with copysets of a scatter width of 10.
    loss = copyset_loss(5000, 50, MANY, 3, 10).loss_probability
    assert loss == pytest.approx(0.0078, abs=5e-5)


def test_as_many_dead_as_replicas() -> None:
    # Copysets: how many there are over all sets of three; random: one block has one set.
    assert copyset_loss(9, 3, MANY, 3, 2).loss_probability == near(3 / math.comb(9, 3))
    assert random_loss(9, 3, 1).loss_probability == near(1 / math.comb(9, 3))


@given(st.integers(3, 12), st.integers(0, 12), st.integers(0, 1000), st.integers(1, 3))
def test_random_placement_is_hypergeometric(n: int, dead: int, blocks: int, replicas: int) -> None:
    dead = min(dead, n)
    chance = Fraction(math.comb(dead, replicas), math.comb(n, replicas))
    answer = random_loss(n, dead, blocks, replicas)
    assert answer.loss_probability == near(float(1 - (1 - chance) ** blocks))
    assert answer.expected_blocks == near(float(blocks * chance))


@pytest.mark.parametrize("replicas", [1, 2, 3])
@pytest.mark.parametrize(
    ("racks", "per_rack", "dead"), [(2, 2, 3), (3, 2, 4), (2, 4, 5), (4, 2, 2)]
)
def test_racks_by_brute_force(racks: int, per_rack: int, dead: int, replicas: int) -> None:
    nodes, blocks = racks * per_rack, 3
    rack = [node // per_rack for node in range(nodes)]
    allowed = [
        choice
        for choice in permutations(range(nodes), replicas)
        if (replicas < 2 or rack[choice[0]] != rack[choice[1]])
        and (replicas < 3 or rack[choice[1]] == rack[choice[2]])
    ]
    loss = expected = Fraction(0)
    fatal = list(combinations(range(nodes), dead))
    for gone in fatal:
        lost = Fraction(sum(set(choice) <= set(gone) for choice in allowed), len(allowed))
        loss += (1 - (1 - lost) ** blocks) / len(fatal)
        expected += blocks * lost / len(fatal)
    answer = rack_aware_loss(racks, per_rack, dead, blocks, replicas)
    assert answer.loss_probability == near(float(loss))
    assert answer.expected_blocks == near(float(expected))


@pytest.mark.parametrize(("nodes", "dead"), [(4, 3), (6, 4), (6, 2)])
def test_copysets_of_one_permutation_by_brute_force(nodes: int, dead: int) -> None:
    loss, orders = Fraction(0), list(permutations(range(nodes)))
    for order in orders:
        sets = [set(order[at : at + 2]) for at in range(0, nodes, 2)]
        whole = sum(one <= set(range(dead)) for one in sets)
        loss += 1 - (1 - Fraction(whole, len(sets))) ** 5
    answer = copyset_loss(nodes, dead, 5, replicas=2, scatter_width=1)
    assert answer.loss_probability == near(float(loss / len(orders)))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (lambda random: random_placement(random, 30, 24), random_loss(24, 5, 30)),
        (lambda random: rack_aware_placement(random, 30, [6] * 4), rack_aware_loss(4, 6, 5, 30)),
        (
            lambda random: copyset_placement(random, 30, copysets(random, 24, 3, 4)),
            copyset_loss(24, 5, 30, 3, 4),
        ),
    ],
)
def test_sampled_placements(
    place: Callable[[np.random.Generator], Placement], expected: SimultaneousLoss
) -> None:
    random, runs = np.random.default_rng(20), 4000
    lost = np.zeros(runs)
    for run in range(runs):
        dead = np.isin(np.arange(24), random.permutation(24)[:5])
        lost[run] = dead[place(random)].all(axis=1).sum()
    # Within 4 standard errors.
    for sample, exact in (
        (lost > 0, expected.loss_probability),
        (lost, expected.expected_blocks),
    ):
        assert abs(sample.mean() - exact) < 4 * sample.std() / math.sqrt(runs)


@given(st.integers(2, 6), st.integers(2, 5), st.data())
@settings(max_examples=50, deadline=None)
def test_placement_moves_losses_but_not_their_mean(
    racks: int, per_rack: int, data: st.DataObject
) -> None:
    nodes = racks * per_rack
    dead = data.draw(st.integers(0, nodes))
    answers = [random_loss(nodes, dead, 500), copyset_loss(nodes, dead, 500)]
    assert answers[1].expected_blocks == near(answers[0].expected_blocks)
    # Fewer sets of nodes, fewer deaths that hit one.
    assert answers[1].loss_probability <= answers[0].loss_probability * (1 + 1e-9)
    racked = rack_aware_loss(racks, per_rack, dead, 500)
    assert racked.expected_blocks == near(answers[0].expected_blocks)
    assert 0 <= racked.loss_probability <= 1


def test_fewer_dead_than_replicas_lose_nothing() -> None:
    for answer in (random_loss(20, 2, 10**6), rack_aware_loss(4, 5, 2, 10**6)):
        assert answer == SimultaneousLoss(0.0, 0.0)
    assert copyset_loss(20, 2, 10**6) == SimultaneousLoss(0.0, 0.0)


def test_all_dead_loses_all() -> None:
    assert random_loss(20, 20, 7) == SimultaneousLoss(1.0, 7.0)
    assert rack_aware_loss(4, 5, 20, 7).expected_blocks == near(7.0)
    assert copyset_loss(20, 20, 7).loss_probability == near(1.0)
    assert random_loss(20, 20, 0) == SimultaneousLoss(0.0, 0.0)


def test_nonsense() -> None:
    with pytest.raises(ValueError, match="dead is 21; it must be at most 20"):
        random_loss(20, 21, 7)
    with pytest.raises(ValueError, match="dead is -1"):
        copyset_loss(20, -1, 7)
    with pytest.raises(ValueError, match=r"blocks is 1\.5"):
        random_loss(20, 3, 1.5)
    with pytest.raises(ValueError, match="replicas is 4; it must be 1, 2 or 3"):
        rack_aware_loss(4, 5, 3, 7, replicas=4)
    with pytest.raises(ValueError, match="2 racks or more"):
        rack_aware_loss(1, 5, 3, 7)
    with pytest.raises(ValueError, match="summed up to 50"):
        rack_aware_loss(20, 20, 60, 7)
    with pytest.raises(ValueError, match="nodes is 2"):
        random_loss(2, 1, 7)
