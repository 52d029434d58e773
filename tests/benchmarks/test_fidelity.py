"""The benchmark of fidelity: sets that feed nothing, and what its table says."""

import math
import statistics

import pytest

from benchmarks.compared import PEERS, Compared, table
from benchmarks.fidelity import hours
from benchmarks.lora_rates import lora_rates
from benchmarks.storage_input import storage_rates
from benchmarks.unfitted import judged, unfitted_steps
from models.catalog.operators import Regime
from models.catalog.records import Catalog


def test_utilization_of_storage_benchmarks_is_predicted(catalog: Catalog) -> None:
    rows = storage_rates(catalog)
    assert len(rows) == 21
    misses = [abs(one.predicted_utilization / one.utilization - 1) for one in rows]
    assert statistics.mean(misses) < 0.05
    floors = [abs(1 / one.utilization - 1) for one in rows]
    assert statistics.mean(misses) < statistics.mean(floors) / 4


def test_samples_are_as_many_as_the_bytes_that_were_read(catalog: Catalog) -> None:
    for one in storage_rates(catalog):
        assert one.predicted == pytest.approx(one.measured, rel=2e-3)


def test_low_rank_adaptation_is_predicted_without_a_fit(catalog: Catalog) -> None:
    # MLPerf Training v4.0 to v5.1; layouts are not published, the fastest is taken.
    rows = lora_rates(catalog)
    misses = [abs(one.measured / one.predicted - 1) for one in rows]
    assert statistics.mean(misses) < 0.1
    assert max(misses) < 0.35


def test_steps_of_which_nothing_is_known_lie_in_the_interval_of_other_sets(
    catalog: Catalog,
) -> None:
    found = unfitted_steps(catalog)
    assert {one.regime for one in found if one.error is None} == {
        Regime.OTHER_PRECISION, Regime.OTHER_KIND, Regime.OTHER_SOFTWARE, Regime.ADAPTED,
        Regime.EXPERTS, Regime.SMALL_EXPERTS, Regime.CONTEXT,
    }  # fmt: skip
    rows = judged(found)
    assert len(rows) == 108 + 30 + 14
    assert sum(one.inside for one in rows) / len(rows) >= 0.9


def test_fine_tuning_that_nothing_was_fitted_to_lies_in_the_stated_interval(
    catalog: Catalog,
) -> None:
    # NVIDIA/dgxc-benchmarking, ft_llama3 at 741c886: Llama 3 of 8 and 70 billion in bf16.
    rows = [one.compared for one in unfitted_steps(catalog) if one.error is not None]
    assert {one.group for one in rows} == {"nemo-2025-tuning"}
    assert all(one.inside for one in judged(unfitted_steps(catalog)) if one.group == rows[0].group)
    assert max(abs(one.predicted / one.measured - 1) for one in rows) < 0.05


def test_device_hours_are_printed_as_published(catalog: Catalog) -> None:
    printed = [float(line.split()[-2]) for line in hours(catalog)]
    assert printed == pytest.approx([232, 256, 744, 826.7, 256], abs=0.05)


def test_the_table_says_errors_intervals_and_peers() -> None:
    # By hand: off by 10 % and by 20 %, one of them inside 1.96 x 5 %, one not.
    rows = [
        Compared("vtrain-8", 1.0, 1.1, 2.0, 0.05),
        Compared("vtrain-8", 1.0, 0.8, 2.0, 0.05),
        Compared("other", 1.0, 1.0, 1.0, None),
    ]
    lines = table(rows)
    assert lines[1].split() == [
        "vtrain-8", "2", "15.0%", "20.0%", "50%", f"{math.expm1(0.098):.1%}", "100.0%", "vTrain",
        f"{PEERS['vtrain-8'][1]:.1%}",
    ]  # fmt: skip
    assert lines[2].split() == ["other", "1", "0.0%", "0.0%", "-", "-", "0.0%", "-"]
    assert lines[3].startswith("all with an interval")
