"""Pairs that are shuffled, what spills, what is cached, and the size of K-Means."""

import numpy as np
import pytest

from models.laws.mapreduce import (
    bytes_read,
    combined_pairs,
    executor_memory,
    k_means,
    merge_passes,
)


def test_a_combiner_sends_a_pair_for_each_key_and_mapper_at_the_most() -> None:
    # 10 mappers and 100 keys: at most 1,000 pairs, where groupByKey sends every record.
    assert combined_pairs(10, 1e6, 100) == pytest.approx(1000)
    assert combined_pairs(10, 50, 100) < 10 * 50
    assert combined_pairs(10, 0, 100) == 0
    assert combined_pairs(3, 5, 1) == 3


def test_pairs_that_are_sent_are_the_keys_that_a_mapper_has_met() -> None:
    random = np.random.default_rng(1)
    met = [len(set(random.integers(0, 100, 150).tolist())) for _ in range(4000)]
    assert combined_pairs(1, 150, 100) == pytest.approx(np.mean(met), rel=0.01)


@pytest.mark.parametrize(
    ("size", "memory", "passes"),
    [(0, 100, 0), (100, 100, 0), (101, 100, 1), (1000, 100, 1), (1001, 100, 2), (10_001, 100, 3)],
)
def test_sorting_writes_all_of_its_data_as_often_as_it_merges(
    size: float, memory: float, passes: int
) -> None:
    # Runs of the memory's size, ten of which are merged at once.
    assert merge_passes(size, memory, 10) == passes


def test_an_executor_of_spark_keeps_six_tenths_of_its_heap() -> None:
    # 11 GiB: a heap of 10 GiB and a tenth beside it; less 300 MiB, 0.6 of the rest.
    gib = 2.0**30
    assert executor_memory(11 * gib) == pytest.approx((10 * gib - 300 * 2**20) * 0.6)
    assert executor_memory(512 * 2.0**20) == 0  # 384 MiB beside the heap leave less than 300


def test_hadoop_reads_in_every_iteration_and_spark_once() -> None:
    assert bytes_read(8e9, 10) == pytest.approx(80e9)
    assert bytes_read(8e9, 10, cached=1.0) == pytest.approx(8e9)
    assert bytes_read(8e9, 10, cached=0.75) == pytest.approx(8e9 * (1 + 9 * 0.25))
    with pytest.raises(ValueError, match="cached is 2"):
        bytes_read(8e9, 10, cached=2.0)


def test_k_means_of_ten_million_points() -> None:
    one = k_means(10_000_000, 100, 16_000)
    assert one.points == 8.0e9
    assert one.centroids == 12.8e6
    assert one.operations == 4.8e13
    assert one.sums == 16_000 * 101 * 8
