"""One file for several variants of a stack: one holds, and faults are told at their lines."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.document import read_document
from models.reading.faults import InvalidDescription

EXAMPLE = Path(__file__).parents[3] / "stacks" / "image-labels.yaml"


@pytest.mark.parametrize(
    ("variant", "place"),
    [
        ("rekognition", "rekognition-detect-labels"),
        ("sagemaker", "ml.g5.xlarge"),
        ("ec2", "gpus"),
    ],
)
def test_one_key_chooses(variant: str, place: str, catalog: Catalog) -> None:
    stack_file = read_stack(EXAMPLE, catalog, {"variant": variant})
    answer = stack_file.solved.workloads["labels"].answer
    assert answer.stages[-1].place == place
    assert set(stack_file.stack.nodes) == ({"gpus"} if variant == "ec2" else set())
    assert set(stack_file.stack.storage) == ({"models"} if variant == "sagemaker" else set())


def test_the_file_chooses_itself(catalog: Catalog) -> None:
    assert (
        read_stack(EXAMPLE, catalog).stack
        == read_stack(EXAMPLE, catalog, {"variant": "rekognition"}).stack
    )


def test_variants_are_other_stacks(catalog: Catalog) -> None:
    digests = {
        read_stack(EXAMPLE, catalog, {"variant": one}).digest
        for one in ("rekognition", "sagemaker", "ec2")
    }
    assert len(digests) == 3


def test_what_is_set_goes_before_what_the_variant_says(catalog: Catalog) -> None:
    changes = {"nodes.gpus.count": 3, "variant": "ec2"}
    assert read_stack(EXAMPLE, catalog, changes).stack.nodes["gpus"].count == 3
    with pytest.raises(InvalidDescription):  # the nodes are those of another variant
        read_stack(EXAMPLE, catalog, {"nodes.gpus.count": 3})


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("variant: rekognition", "variant: recognition", "did you mean 'rekognition'"),
        ("variant: rekognition", "", "say `variant:`, one of rekognition, sagemaker, ec2"),
        ("workloads.labels.stages.ask:", "workload.labels.stages.ask:", "did you mean 'workloads'"),
        ("mean: 400 ms", "mean: 400", "mean"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    tmp_path: Path, catalog: Catalog, before: str, after: str, said: str
) -> None:
    path = tmp_path / "labels.yaml"
    path.write_text(EXAMPLE.read_text().replace(before, after, 1))
    with pytest.raises(InvalidDescription) as refused:
        read_stack(path, catalog)
    assert said in str(refused.value)


def test_a_fault_within_a_variant_has_its_line(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "labels.yaml"
    text = EXAMPLE.read_text().replace("mean: 400 ms", "mean: 400", 1)
    path.write_text(text)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "mean: 400}" in one)
    with pytest.raises(InvalidDescription) as refused:
        read_stack(path, catalog)
    assert [fault.line for fault in refused.value.faults] == [line]


def test_a_file_without_variants_is_as_it_was(catalog: Catalog, stacks: Path) -> None:
    read = read_stack(stacks / "lambda-endpoint.yaml", catalog)
    assert read.document.tree == read_document(stacks / "lambda-endpoint.yaml").tree


def test_a_choice_among_none_is_told(catalog: Catalog, stacks: Path) -> None:
    with pytest.raises(InvalidDescription, match="variant: names one of `variants`, and there are"):
        read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog, {"variant": "ec2"})
