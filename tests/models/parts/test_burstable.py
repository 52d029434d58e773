"""Instances whose vCPUs are slower once their credits are spent."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.reading.document import read_document
from sim.choosing.open_choices import choices


@pytest.mark.parametrize(("instance", "told"), [("t3.2xlarge", True), ("c5.4xlarge", False)])
def test_credits_are_told(stacks: Path, catalog: Catalog, instance: str, told: bool) -> None:
    file = read_stack(stacks / "grid-search.yaml", catalog)
    [name] = file.stack.nodes
    changes = {f"nodes.{name}.instance": instance, f"nodes.{name}.count": 40}
    findings = change_stack(file, changes, catalog).solved.findings
    said = [one for one in findings if "CPU credits" in one.text]
    assert [(one.level, one.place) for one in said] == (
        [("warning", f"nodes.{name}.instance")] if told else []
    )


def test_they_are_not_chosen_for_their_price(stacks: Path, catalog: Catalog) -> None:
    found = choices(read_document(stacks / "resnet50-imagenet-aws.yaml"), (), (), catalog)
    [instances] = [one.axis.values for one in found if one.axis.path.endswith(".instance")]
    assert "c5.2xlarge" in instances
    assert not {"t2.micro", "t3.2xlarge"} & set(instances)
