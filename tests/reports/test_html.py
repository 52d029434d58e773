"""The HTML report: complete, the same every time, self-contained, harmless."""

import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from models.description.stack import Stack
from models.prediction import Distribution, Estimate, Prediction
from models.prediction.training_answer import LimitedBy, Stage
from reports.html import render
from reports.page_templates import unbroken
from reports.wording import power_of_ten

from .page import Page

ROOT = Path(__file__).parents[2]
SECTIONS = [
    "summary",
    "stack",
    "performance",
    "spread",
    "availability",
    "durability",
    "gap",
    "cost",
    "reading",
    "assumptions",
    "sources",
    "provenance",
]
NO_FIGURE = re.compile(r"(?<![a-z])(nan|inf|none|null|undefined)(?![a-z])", re.IGNORECASE)


@pytest.fixture(scope="module", params=["aws", "constant", "on_premises"])
def case(
    request: pytest.FixtureRequest,
    stack: Stack,
    prediction: Prediction,
    bare_stack: Stack,
    constant: Prediction,
    on_premises: tuple[Stack, Prediction],
) -> tuple[Stack, Prediction]:
    cases = {
        "aws": (stack, prediction),
        "constant": (bare_stack, constant),
        "on_premises": on_premises,
    }
    return cases[request.param]


@pytest.fixture(scope="module")
def text(case: tuple[Stack, Prediction]) -> str:
    return render(*case)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_tag_is_closed_where_it_must_be(page: Page) -> None:
    assert page.faults == []


def test_every_section_is_there_and_linked(case: tuple[Stack, Prediction], page: Page) -> None:
    sections = [name for name in SECTIONS if name != "durability" or case[0].storage]
    assert [section["id"] for section in page.all("section")] == sections
    assert {f"#{name}" for name in sections} <= set(page.references)


def test_no_identifier_is_used_twice_and_every_reference_has_its_target(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    wanted = [value.removeprefix("#") for value in page.references]
    for attrs in (attrs for _, attrs in page.tags):
        wanted += attrs.get("aria-labelledby", "").split()
        wanted += re.findall(r"url\(#([^)]+)\)", " ".join(attrs.values()))
    assert set(wanted) <= set(page.ids)


def test_nothing_is_fetched_from_anywhere(text: str, page: Page) -> None:
    assert all(reference.startswith("#") for reference in page.references)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object"}
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(style) == 1
    assert not re.search(r"@import|url\(|https?:", style[0])


def test_no_address_stands_outside_the_text(text: str) -> None:
    tags = "".join(re.findall(r"<[^>]*>", text))
    assert "http" not in tags


def test_a_reader_sees_no_figure_that_is_none(page: Page) -> None:
    words = re.sub(r"Placement|cluster|none(?= \d)", "", page.text)
    found = {match.group(1) for match in NO_FIGURE.finditer(words)}
    assert found <= {"none"}  # placement none, objectives met by none: words, never Python's None
    assert "None" not in words


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_figure_has_a_title_a_description_and_a_caption(page: Page) -> None:
    drawings = page.all("svg")
    assert drawings
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert "viewbox" in drawing
        assert drawing["width"] == "100%"
        title, description = drawing["aria-labelledby"].split()
        assert {title, description} <= set(page.ids)
    assert len(page.all("desc")) == len(drawings)
    assert len(page.all("figcaption")) == len(page.all("figure"))


def test_every_table_has_a_caption_and_heads_with_a_scope(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))


def test_the_language_the_title_and_the_width_are_declared(page: Page) -> None:
    assert page.all("html") == [{"lang": "en"}]
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
    assert any(meta.get("charset") == "utf-8" for meta in page.all("meta"))


def test_the_same_prediction_gives_the_same_bytes(
    case: tuple[Stack, Prediction], text: str
) -> None:
    assert render(*case) == text


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    program = (
        "import hashlib, sys; sys.path.insert(0, '.');"
        "from tests.reports import conftest as c;"
        "from reports.html import render;"
        "print(hashlib.sha256(render(c.described(), c.predicted()).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_settings_of_matplotlib_do_not_change_the_bytes(
    stack: Stack, prediction: Prediction
) -> None:
    import matplotlib

    before = render(stack, prediction)
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "svg.fonttype": "path"}):
        assert render(stack, prediction) == before


def test_what_a_user_wrote_is_text_and_not_markup(stack: Stack, prediction: Prediction) -> None:
    attack = "</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)> $x_1$ {{7}}"
    hostile = stack.model_copy(update={"name": attack, "description": attack})
    train = replace(
        prediction.workloads[0],
        stages=(
            Stage(attack, 1000.0, attack, LimitedBy.BANDWIDTH),
            Stage("accelerators", 900.0, attack, LimitedBy.ACCELERATORS),
        ),
        bottleneck="accelerators",
    )
    block = replace(prediction.availability.blocks[0].block, name=attack, source=attack)
    blocks = (replace(prediction.availability.blocks[0], block=block),)
    weights = (replace(prediction.availability.importances[0], name=attack),)
    page = Page(
        render(
            hostile,
            replace(
                prediction,
                stack=attack,
                workloads=(train,),
                availability=replace(prediction.availability, blocks=blocks, importances=weights),
                assumptions=(attack,),
            ),
        )
    )
    assert page.faults == []
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert "{{7}}" in page.text
    assert "$x_1$" in page.text


def test_the_headline_figures_are_in_the_summary(stack: Stack, prediction: Prediction) -> None:
    text = re.sub(r"\s+", " ", Page(render(stack, prediction)).text)
    summary = text[
        text.index("1 of 3 objectives is missed") : text.index("Layers and service level")
    ]
    for figure in (
        "65,300 samples/s",
        "33.1 min",
        "35.7 min",
        "99.625 %",
        "72.41 USD",
        "77.89 USD",
    ):
        assert figure in summary, figure


def test_the_verdict_is_in_words_and_marks_too(stack: Stack, prediction: Prediction) -> None:
    text = Page(render(stack, prediction)).text
    assert "✗ missed" in text
    assert "✓ met" in text
    assert "▲ single point of failure" in text


def test_each_of_the_four_layers_has_its_choice(stack: Stack, prediction: Prediction) -> None:
    text = Page(render(stack, prediction)).text
    for layer in ("ML framework", "Computing framework", "Virtual machine manager", "Cluster"):
        assert layer in text
    assert "EC2 virtual machines" in text
    assert "trainers: 4 of p4d.24xlarge" in text
    assert "Service level" in text
    assert "IaaS" in text


def test_provenance_and_sources_are_complete(stack: Stack, prediction: Prediction) -> None:
    text = Page(render(stack, prediction)).text
    for words in (prediction.stack_hash, prediction.catalog_hash, prediction.version, "1,000"):
        assert words in text
    for source in prediction.sources:
        assert source.figure in text
        assert source.date in text
        assert source.source in text


def test_every_workload_has_its_figures(on_premises: tuple[Stack, Prediction]) -> None:
    page = Page(render(*on_premises))
    assert len(page.all("svg")) == 3 * 3 + 1 + 2  # each workload, the cost, the diagram twice
    assert "Workloads at a glance" in page.text


def test_a_constant_run_is_one_bar(bare_stack: Stack, constant: Prediction) -> None:
    text = Page(render(bare_stack, constant)).text
    assert "All 20 runs gave 33.1 min" in text
    assert "No objectives are set." in text
    assert "at the end only" in text
    assert "nothing else comes near" in text
    assert "The stack has no storage of its own." in text


@pytest.mark.parametrize(
    "values",
    [(0.0,), (5.0,), (1.0, 2.0), (0.0,) * 50, (60.0,) * 999 + (1e7,), tuple(range(1, 4000))],
    ids=["zero", "one", "two", "zeros", "outlier", "many"],
)
def test_any_distribution_can_be_drawn(
    stack: Stack, prediction: Prediction, values: tuple[float, ...]
) -> None:
    ordered = sorted(values)
    middle = Estimate.exact(float(ordered[len(ordered) // 2]))
    last = Estimate.exact(float(ordered[int(0.95 * (len(ordered) - 1))]))
    drawn = Distribution(middle, middle, last, tuple(float(value) for value in values))
    train = replace(prediction.workloads[0], time_to_train=drawn)
    cost = replace(prediction.cost, run=drawn)
    page = Page(render(stack, replace(prediction, workloads=(train,), cost=cost)))
    assert page.faults == []
    assert "None" not in page.text


def test_startup_is_a_loss_of_its_own(stack: Stack, prediction: Prediction) -> None:
    text = Page(render(stack, prediction)).text
    assert "Startup 2.01 min 6.1 % of a run without failures" in text
    assert "2.01 min of startup and 680 ms of checkpoints, without failures" in text
    assert "The run goes on from its last checkpoint" in text


def test_a_run_shorter_than_the_interval_starts_again(stack: Stack, prediction: Prediction) -> None:
    train = replace(prediction.workloads[0], checkpoint_interval=1863.0, checkpoints=1)
    text = Page(render(stack, replace(prediction, workloads=(train,)))).text
    assert "A failure starts the run again; it is saved at the end only" in text
    assert "goes on from its last checkpoint" not in text


def test_on_premises_the_building_is_not_billed_and_no_cloud_network_is_shown(
    on_premises: tuple[Stack, Prediction], stack: Stack, prediction: Prediction
) -> None:
    at_home, in_the_cloud = Page(render(*on_premises)).text, Page(render(stack, prediction)).text
    for words in ("Private addresses", "Login by ssh"):
        assert words not in at_home
        assert words in in_the_cloud
    assert "electricity of the site are not in the bill" in at_home
    assert "electricity of the site are not in the bill" not in in_the_cloud


def test_one_node_is_in_the_singular(stack: Stack, prediction: Prediction) -> None:
    line = replace(prediction.cost.lines[0], quantity=1)
    cost = replace(prediction.cost, lines=(line, *prediction.cost.lines[1:]))
    text = Page(render(stack, replace(prediction, cost=cost))).text
    assert " 1 node " in text
    assert "1 nodes" not in text


def test_figures_keep_their_units_and_names_their_hyphens() -> None:
    space = "\N{NO-BREAK SPACE}"
    assert unbroken("1,319 GB at 0.14 USD/h") == f"1,319{space}GB at 0.14{space}USD/h"
    assert unbroken("98.6 %, 3 samples") == f"98.6{space}%, 3 samples"
    assert unbroken("trains resnet-50, <b>") == (
        'trains <span class="name">resnet-50</span>, &lt;b&gt;'
    )
    assert unbroken("https://example.org/a-1") == "https://example.org/a-1"
    assert unbroken("a higher `nodes.a.count` <b>") == (
        "a higher <code>nodes.a.count</code> &lt;b&gt;"
    )


def test_drawings_side_by_side_are_of_one_height(stack: Stack, prediction: Prediction) -> None:
    one_sided = stack.objectives.model_copy(update={"deadline": None})
    drawn = render(stack.model_copy(update={"objectives": one_sided}), prediction)
    boxes = re.findall(
        r'aria-labelledby="(?:workload-1-time|cost-run)-title[^>]*viewBox="(.*?)"', drawn
    )
    assert len(boxes) == 2
    assert boxes[0] == boxes[1]


def test_an_unlimited_stage_is_said_to_be_so(stack: Stack, prediction: Prediction) -> None:
    train = prediction.workloads[0]
    stages = (
        Stage("storage", math.inf, "no limit is published", LimitedBy.BANDWIDTH),
        train.stages[1],
    )
    unlimited = replace(train, stages=stages, headroom=math.inf)
    page = Page(render(stack, replace(prediction, workloads=(unlimited,))))
    assert "unlimited" in page.text
    assert not NO_FIGURE.search(page.text)


def test_no_machine_path_is_in_the_report(stack: Stack, prediction: Prediction) -> None:
    assert str(ROOT) not in render(stack, prediction)


def test_durability_and_failed_disks_have_their_tables(
    on_premises: tuple[Stack, Prediction], stack: Stack, prediction: Prediction
) -> None:
    at_home, in_the_cloud = Page(render(*on_premises)).text, Page(render(stack, prediction)).text
    for words in ("Importance of the blocks", "Minimal cut sets", "Durability of the stores"):
        assert words in at_home
        assert words in in_the_cloud
    assert "★ workers: 85.2 % of downtime; one more saves 22.7 h a year." in at_home
    assert "When a disk fails" in at_home
    assert "When a disk fails" not in in_the_cloud


def test_where_no_durability_is_published_the_report_says_so(
    stack: Stack, prediction: Prediction
) -> None:
    page = Page(render(stack, replace(prediction, durability=())))
    assert "No durability is published for the stores of this stack." in page.text
    assert "Durability of the stores" not in page.text


def test_a_power_of_ten_stays_in_one_piece() -> None:
    whole = unbroken(f"{power_of_ten(9.1e8)} years")
    assert " " not in whole
    assert whole.replace("\N{NO-BREAK SPACE}", " ") == f"{power_of_ten(9.1e8)} years"


def test_the_remedy_stands_beside_the_bottleneck(stack: Stack, prediction: Prediction) -> None:
    page = Page(render(stack, prediction))
    remedy = prediction.workloads[0].remedy.replace("`", "")  # keys are code on a page
    text = " ".join(page.text.split())
    assert f"Remedy: {remedy}." in text
    assert f"remedy: {remedy}" in text  # of the question what holds it back
