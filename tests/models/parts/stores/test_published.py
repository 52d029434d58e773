"""Durability that services publish, in a stack."""

import math
from functools import partial
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.facts import Facts
from models.parts.read_stack import read_stack
from models.prediction import StoreDurability

from ..asked import store
from ..every_store import FILES, with_store

near = partial(pytest.approx, rel=1e-9, abs=0)


def durability(stack: Stack, name: str, catalog: Catalog) -> StoreDurability | None:
    return store.durability(name, stack.storage[name], stack, Facts(catalog))


def test_eleven_nines_are_of_an_object_and_year(stacks: Path, catalog: Catalog) -> None:
    # AWS: of 10 million objects, one is lost in 10,000 years. Here 140.9 GB are in objects of
    # 128 MB.
    stack = read_stack(stacks / FILES["aws"], catalog).stack
    found = durability(stack, "imagenet", catalog)
    assert found is not None
    objects = math.ceil(1281167 * 110e3 / 128e6)
    assert found.loss_probability == near(-math.expm1(objects * math.log1p(-1e-11)))
    assert found.expected_loss == near(150e9 * 1e-11)
    assert found.normalized_loss == near(1e-11)
    assert found.mttdl is None
    assert found.method == "measured"
    assert found.law == "s3-standard publishes 99.999999999 % an object and year, 1,102 objects"


def test_a_store_that_nothing_is_put_into_has_one_object(stacks: Path, catalog: Catalog) -> None:
    found = durability(with_store("gcs", stacks, catalog), "extra", catalog)
    assert found is not None
    assert found.loss_probability == near(1e-11)
    assert found.law.endswith("1 object")


def test_volumes_are_lost_whole(stacks: Path, catalog: Catalog) -> None:
    # EBS gp3: 99.8 % of volumes survive a year; four nodes have one of 500 GB each.
    found = durability(with_store("ebs", stacks, catalog), "extra", catalog)
    assert found is not None
    assert found.capacity == near(4 * 500e9)
    assert found.loss_probability == near(1 - 0.998**4)
    assert found.expected_loss == near(4 * 500e9 * 0.002)
    assert found.law == "ebs-gp3 publishes 99.8 % a volume and year, 4 volumes"


@pytest.mark.parametrize("kind", ["fsx", "filestore", "nas"])
def test_where_nothing_is_published_nothing_is_said(
    kind: str, stacks: Path, catalog: Catalog
) -> None:
    assert durability(with_store(kind, stacks, catalog), "extra", catalog) is None
