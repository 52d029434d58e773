"""Placements of replicas: who may hold what, and that every choice is as likely as it should be."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.placement import (
    Placement,
    copyset_placement,
    copysets,
    permutations,
    rack_aware_placement,
    random_placement,
)

seeds = st.integers(0, 2**32 - 1)


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def distinct(placement: Placement) -> bool:
    ordered = np.sort(placement, axis=1)
    return bool((np.diff(ordered, axis=1) > 0).all())


def far_off(counts: list[int], shares: list[float]) -> float:
    """Chi-squared over its mean, in standard deviations."""
    total, free = sum(counts), len(counts) - 1
    squares = sum(
        (count - total * share) ** 2 / (total * share)
        for count, share in zip(counts, shares, strict=True)
    )
    return (squares - free) / math.sqrt(2 * free)


@given(seeds, st.integers(1, 5), st.integers(0, 20))
def test_random_placement_uses_distinct_nodes(seed: int, replicas: int, spare: int) -> None:
    placement = random_placement(generator(seed), 50, replicas + spare, replicas)
    assert placement.shape == (50, replicas)
    assert distinct(placement)
    assert placement.min() >= 0
    assert placement.max() < replicas + spare


def test_random_placement_makes_every_set_alike() -> None:
    placement = random_placement(generator(), 60_000, 6, 3)
    counts = Counter(tuple(sorted(row)) for row in placement.tolist())
    assert len(counts) == 20
    assert far_off(list(counts.values()), [1 / 20] * 20) < 5


@given(seeds, st.lists(st.integers(2, 6), min_size=2, max_size=5), st.integers(1, 4))
def test_hdfs_uses_two_racks(seed: int, racks: list[int], replicas: int) -> None:
    placement = rack_aware_placement(generator(seed), 50, racks, replicas)
    rack_of = np.repeat(np.arange(len(racks)), racks)
    assert distinct(placement)
    if replicas >= 2:
        assert (rack_of[placement[:, 0]] != rack_of[placement[:, 1]]).all()
    if replicas >= 3:
        assert (rack_of[placement[:, 2]] == rack_of[placement[:, 1]]).all()


def test_hdfs_makes_every_allowed_choice_as_likely_as_its_rules() -> None:
    racks = [2, 3, 2]
    placement = rack_aware_placement(generator(), 120_000, racks)
    rack_of = np.repeat(np.arange(3), racks)
    shares = {
        (first, second, third): 1 / 7 / (7 - racks[rack_of[first]]) / (racks[rack_of[second]] - 1)
        for first in range(7)
        for second in range(7)
        for third in range(7)
        if rack_of[first] != rack_of[second] == rack_of[third] and second != third
    }
    counts = Counter(tuple(row) for row in placement.tolist())
    assert set(counts) == set(shares)
    assert math.isclose(sum(shares.values()), 1)
    assert far_off([counts[key] for key in shares], list(shares.values())) < 5


def test_the_writer_keeps_the_first_replica() -> None:
    placement = rack_aware_placement(generator(), 100, [4, 4], writer=5)
    assert (placement[:, 0] == 5).all()
    assert (placement[:, 1] < 4).all()


@given(seeds, st.integers(2, 4), st.integers(1, 12), st.integers(0, 20))
def test_copysets_cut_permutations(seed: int, replicas: int, scatter: int, spare: int) -> None:
    nodes = replicas + spare
    sets = copysets(generator(seed), nodes, replicas, scatter)
    count = permutations(replicas, scatter)
    assert sets.shape == (count * (nodes // replicas), replicas)
    for cut in np.split(sets, count):
        assert len(np.unique(cut)) == cut.size
    placement = copyset_placement(generator(seed), 30, sets)
    assert {tuple(row) for row in placement.tolist()} <= {tuple(row) for row in sets.tolist()}


def test_permutations_for_a_scatter_width() -> None:
    # Cidon et al. (2013), section 4: S / (R - 1); a scatter width of 10 needs 5 with 3 replicas.
    assert permutations(3, 10) == 5
    assert permutations(3, 2) == 1
    assert permutations(3, 3) == 2


def test_the_same_seed_places_alike() -> None:
    first, second = (rack_aware_placement(generator(7), 20, [3, 3, 3]) for _ in range(2))
    assert (first == second).all()


def test_nonsense() -> None:
    random = generator()
    with pytest.raises(ValueError, match="nodes is 2"):
        random_placement(random, 5, 2, 3)
    with pytest.raises(ValueError, match="blocks is -1"):
        random_placement(random, -1, 5)
    with pytest.raises(ValueError, match="2 racks or more"):
        rack_aware_placement(random, 5, [8])
    with pytest.raises(ValueError, match="2 nodes or more in each"):
        rack_aware_placement(random, 5, [4, 1])
    with pytest.raises(ValueError, match="as many nodes"):
        rack_aware_placement(random, 5, [2, 2], replicas=5)
    with pytest.raises(ValueError, match="writer is 8"):
        rack_aware_placement(random, 5, [4, 4], writer=8)
    with pytest.raises(ValueError, match="scatter_width is 0"):
        copysets(random, 9, 3, 0)
    with pytest.raises(ValueError, match="replicas is 1"):
        copysets(random, 9, 1, 2)
