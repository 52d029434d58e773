"""The page of bills lists every resource that the programs build."""

import re
from pathlib import Path

import pytest

from docs.bills import RESOURCES, page
from models.catalog.records import Catalog

INFRA = Path(__file__).parents[2] / "infra"
MODULES = re.compile(r"^\s*from pulumi_(?:aws|gcp) import (?:\(([\w,\s]+)\)|([\w, ]+))", re.M)
BUILT = re.compile(r"\b([a-z]\w*)\.([A-Z]\w+)(?=\()")
NO_RESOURCES = ("Args", "ArgsDict")  # what a resource is described by


def _built(text: str) -> set[str]:
    """The resources that a file of the program makes, by the modules that it imports."""
    modules = {
        one.strip() for pair in MODULES.findall(text) for one in "".join(pair).split(",") if one
    }
    return {
        f"{module}.{name}"
        for module, name in BUILT.findall(text)
        if module in modules and not name.endswith(NO_RESOURCES)
    }


@pytest.mark.parametrize("cloud", RESOURCES)
def test_every_resource_that_is_built_is_listed(cloud: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (INFRA / cloud).glob("*.py")]
    built = {name for text in texts for name in _built(text)}
    listed = {name for one in RESOURCES[cloud] for name in one.built}
    assert built
    assert built == listed


def test_what_is_billed_is_in_the_price_list(catalog: Catalog) -> None:
    text = page(catalog)
    assert "| its address | hours | `public-ipv4` | all 16 |" in text
    for cloud, resources in RESOURCES.items():
        for one in resources:
            for service, item in one.items:
                assert any(
                    (row.provider, row.service) == (cloud, service) and row.item.startswith(item)
                    for row in catalog.prices
                ), (cloud, service, item)
