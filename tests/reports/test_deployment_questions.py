"""Nine questions of deployment: answered from the stack file, or marked open."""

from dataclasses import replace
from pathlib import Path

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.read_stack import read_stack
from models.prediction import Prediction
from reports.deployment_questions import deployment_questions
from reports.html import render
from reports.wording import NONE
from sim.predict import predict

from .page import Page

ASKED = (
    "Value", "Tools", "Dependencies", "Consumption", "Cloud or own hardware", "Users", "Security",
    "Retraining", "Monitoring",
)  # fmt: skip


def answers(stack: Stack, prediction: Prediction) -> dict[str, tuple[str, str]]:
    table = deployment_questions(stack, prediction)
    cells = [[cell.text for cell in row] for row in table.rows]
    return {name.partition(":")[0].rstrip("?"): (said, left) for name, said, left in cells}


def test_the_nine_are_asked_in_order(stack: Stack, prediction: Prediction) -> None:
    assert tuple(answers(stack, prediction)) == ASKED
    page = Page(render(stack, prediction))
    assert page.faults == []
    assert "Nine questions of deployment" in page.text


def test_every_question_is_answered_or_open(
    stack: Stack, prediction: Prediction, on_premises: tuple[Stack, Prediction]
) -> None:
    for one in ((stack, prediction), on_premises):
        for said, left in answers(*one).values():
            assert said != NONE or left.startswith("open: ")
            assert left == NONE or left.startswith("open: ")


def test_when_requests_come_is_open_unless_the_file_says_it(catalog: Catalog, stacks: Path) -> None:
    rates = ["20/s", *(["40/s"] * 23)]
    path = "workloads.shop.requests"
    for requests, said, left in (
        ({}, "18 requests/s", "open: who they are, and when they come"),
        ({f"{path}.rate": None, f"{path}.by_hour": rates}, ", by the hour", "open: who they are"),
    ):
        read = read_stack(stacks / "flask-endpoint.yaml", catalog, requests)
        found = answers(read.stack, predict(read, catalog, replications=2))["Users"]
        assert said in found[0]
        assert found[1] == left


def test_what_the_file_says_is_the_answer(stack: Stack, prediction: Prediction) -> None:
    found = answers(stack, prediction)
    assert "cheap enough for the budget" in found["Value"][0]
    assert "imagenet: s3-standard" in found["Dependencies"][0]
    assert "4 \N{MULTIPLICATION SIGN} p4d.24xlarge" in found["Consumption"][0]
    assert found["Cloud or own hardware"] == (
        "AWS, nodes on-demand", "open: what own nodes would cost (`own` of a node group)"
    )  # fmt: skip
    assert "trainer may read imagenet, read and write checkpoints" in found["Security"][0]
    access = tuple(replace(one, outcome="denied") for one in prediction.access)
    denied = answers(stack, replace(prediction, access=access))
    assert "trainer may do nothing" in denied["Security"][0]
    assert found["Users"] == (NONE, "open: who uses its results")
    assert "train: P95" in found["Retraining"][0]


def test_what_the_file_does_not_say_is_open(stack: Stack, prediction: Prediction) -> None:
    bare = stack.model_copy(update={"description": "", "identities": {}})
    found = answers(bare, prediction)
    assert "`description`" in found["Value"][1]
    assert "`identities`" in found["Security"][1]


def test_own_hardware_asks_for_the_cloud(on_premises: tuple[Stack, Prediction]) -> None:
    said, left = answers(*on_premises)["Cloud or own hardware"]
    assert said == "own hardware, on premises"
    assert left == "open: what as much would cost in a cloud"


def test_a_stack_of_managed_services_has_no_nodes_to_speak_of(
    stacks: Path, catalog: Catalog
) -> None:
    stack_file = read_stack(stacks / "lambda-endpoint.yaml", catalog)
    prediction = predict(stack_file, catalog, replications=20, jobs=1)
    found = answers(stack_file.stack, prediction)
    assert found["Cloud or own hardware"] == (
        "AWS, no nodes of its own", "open: what own nodes in their place would cost"
    )  # fmt: skip
    assert found["Security"] == (NONE, "open: whose data are in it, and who may change it")
    text = Page(render(stack_file.stack, prediction)).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "nodes none" not in text
    assert "the nodes take no role" not in text
    assert "It has no replicas of its own: whatever of it fails stops it, 17.5 h a year" in text
