"""The page of bills lists every resource that the programs build."""

import re
from pathlib import Path

import pytest

from docs.bills import RESOURCES, page
from models.catalog.records import Catalog

INFRA = Path(__file__).parents[2] / "infra"
BUILT = re.compile(
    r"\b(?:ec2|vpc|efs|fsx|s3|iam|autoscaling|kinesis|lambda_|apigatewayv2|cloudwatch|compute|storage|filestore|serviceaccount)"
    r"\.[A-Z]\w+(?=\()"
)


@pytest.mark.parametrize("cloud", RESOURCES)
def test_every_resource_that_is_built_is_listed(cloud: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (INFRA / cloud).glob("*.py")]
    built = {name for text in texts for name in BUILT.findall(text)}
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
