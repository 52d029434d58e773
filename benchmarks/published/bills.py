"""Bills of what is published by hand: use times the provider's price, without this project's code.

Every figure is arithmetic over prices that a provider publishes, with their date.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.published.comparison import Comparison
from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.prediction import CostLine

STACKS = Path(__file__).parents[2] / "stacks"
ALLOWED = 0.05  # of a bill worked out by hand

IMAGES = 1_281_167 * 90  # read in 90 epochs of ImageNet


def lines(stack: str, changes: Mapping[str, object], catalog: Catalog) -> tuple[CostLine, ...]:
    """The lines of the bill of a shipped stack, with some values changed.

    Arguments:
        stack: file below stacks/.
        changes: new values by path.
        catalog: the facts.
    """
    file = change_stack(read_stack(STACKS / stack, catalog), changes, catalog)
    return file.solved.cost_lines


def per_run(found: Sequence[CostLine], resource: str) -> float:
    """USD of what a resource is billed by the run.

    Arguments:
        found: lines of a bill.
        resource: the part of the stack.
    """
    return sum(
        line.quantity * line.unit_price
        for line in found
        if line.per_run and line.resource == resource
    )


def comparisons(catalog: Catalog) -> list[Comparison]:
    """Bills beside ours.

    Arguments:
        catalog: the facts.
    """
    one_image_an_object = {"workloads.train.dataset.object_size": "110 kB"}
    gets = lines("resnet50-imagenet-aws.yaml", one_image_an_object, catalog)
    return [
        Comparison.within(
            "S3: an object an image, 90 epochs",
            "USD of GETs",
            IMAGES / 1000 * 0.0004,  # 0.0004 USD for a thousand GETs in us-east-1
            per_run(gets, "imagenet"),
            ALLOWED,
            "115.3 M GETs at 0.0004 USD/1k, Amazon S3 pricing, us-east-1",
        ),
    ]
