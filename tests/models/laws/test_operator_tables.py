"""Matrix products and collectives by measured tables."""

import pytest

from models.catalog.operator_tables import serving_collectives, serving_matrices
from models.catalog.records import Catalog
from models.laws.collective_times import MeasuredCollectives
from models.laws.collectives import StraightCollectives, latency_hops
from models.laws.matrix_rates import MatrixRates


def test_a_measured_shape_takes_what_was_measured() -> None:
    rates = MatrixRates(
        (1.0, 2.0), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
    )
    assert rates.seconds(1, 1, 1) == pytest.approx(2 / 1.0)
    assert rates.seconds(2, 1, 2) == pytest.approx(8 / 6.0)
    assert rates.seconds(4, 4, 4) == pytest.approx(128 / 8.0)  # the rate of the edge


def test_a_grid_has_a_rate_for_every_point() -> None:
    with pytest.raises(ValueError, match="3 rates for 8 points"):
        MatrixRates((1.0, 2.0), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0, 3.0))


def test_an_accelerator_without_a_grid_has_that_of_the_most_alike(catalog: Catalog) -> None:
    own = serving_matrices(catalog, catalog.accelerators["A100-SXM-80GB"], "fp16")
    like = serving_matrices(catalog, catalog.accelerators["A100-SXM-40GB"], "bf16")
    assert own is not None
    assert like is not None
    assert (own.own, like.own, like.table.accelerator) == (True, False, "A100-SXM-80GB")
    assert like.rates.seconds(4096, 4096, 4096) == own.rates.seconds(4096, 4096, 4096)
    assert serving_matrices(catalog, catalog.accelerators["T4"], "bf16") is None


def test_collectives_left_out_are_interpolated(catalog: Catalog) -> None:
    # Every other size is taken away and predicted, from 64 KiB on.
    misses = []
    for row in catalog.collective_times.values():
        kept = (row.sizes[::2], row.seconds[::2])
        curve = MeasuredCollectives({(row.operation, row.members): kept})
        for size, seconds in zip(row.sizes[1::2], row.seconds[1::2], strict=True):
            if 65536 <= size < row.sizes[-2]:
                found = curve.seconds(row.operation, row.members, size)
                misses.append(abs(found / seconds - 1))
    assert sum(misses) / len(misses) < 0.07


def test_latency_grows_with_the_logarithm() -> None:
    assert [latency_hops(n) for n in (1, 2, 4, 1024)] == [0, 1, 2, 10]


def test_a_link_that_nobody_measured_follows_the_law(catalog: Catalog) -> None:
    found = serving_collectives(catalog, "P100-SXM2-16GB", catalog.links["nvlink1"])
    assert isinstance(found, StraightCollectives)
    assert found.seconds("all_reduce", 1, 1e6) == 0
    big = found.seconds("all_reduce", 8, 1e9)
    assert big == pytest.approx(2 * 7 / 8 * 1e9 / 36e9 + 6 * 3.4e-6)
