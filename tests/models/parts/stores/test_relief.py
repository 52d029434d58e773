"""Every store says what raises its bandwidth, and what that is where the nodes set it."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.facts import Facts

from ..asked import store
from ..every_store import KINDS, with_store


@pytest.mark.parametrize("name", KINDS)
def test_every_store_says_what_raises_its_bandwidth(
    name: str, stacks: Path, catalog: Catalog
) -> None:
    stack, facts = with_store(name, stacks, catalog), Facts(catalog)
    for clients, bandwidth in ((1, 1e6), (128, 1e12)):  # the nodes limit; the store does
        speed = store.speed(stack.storage["extra"], stack, facts, clients, bandwidth)
        assert "`" in speed.relief, speed.limit
