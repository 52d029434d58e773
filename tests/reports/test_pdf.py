"""A page on paper: nothing is lost, nothing runs over, the same bytes each time."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from models.description.stack import Stack
from models.prediction import Prediction
from reports.html import render
from reports.page_tree import page_tree
from reports.pdf import pdf
from reports.pdf_drawing import on_paper

ROOT = Path(__file__).parents[2]
PAGE = """<!DOCTYPE html><html><head><title>a name</title><style>p {}</style></head><body>
<header><h1>A name</h1></header><nav><a href="#x">left out</a></nav>
<section><h2>Head</h2><p>Some <strong>words</strong>.</p>%s</section></body></html>"""


def table(rows: int, cell: str = "value") -> str:
    body = "".join(f"<tr><th>row {n}</th><td class='number'>{cell}</td></tr>" for n in range(rows))
    head = "<thead><tr><th>Name</th><th class='number'>Figure</th></tr></thead>"
    return f"<table><caption>Many</caption>{head}<tbody>{body}</tbody></table>"


def pages(document: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", document))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is put on paper, piece by piece."""
    from fpdf import FPDF

    found: list[str] = []
    measured = [0]  # calls that only ask how lines break
    cell, multi_cell = FPDF.cell, FPDF.multi_cell

    def seen(self: FPDF, w: float, h: float, text: str = "", **more: object) -> object:
        found.append(text)
        return cell(self, w, h, text, **more)

    def seen_lines(self: FPDF, w: float, h: object, text: str = "", **more: object) -> object:
        measured[0] += bool(more.get("dry_run"))
        found.extend([] if measured[0] else [text])
        try:
            return multi_cell(self, w, h, text, **more)
        finally:
            measured[0] -= bool(more.get("dry_run"))

    monkeypatch.setattr(FPDF, "cell", seen)
    monkeypatch.setattr(FPDF, "multi_cell", seen_lines)
    return found


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_word_of_the_page_is_on_paper(
    stack: Stack, prediction: Prediction, written: list[str]
) -> None:
    page = render(stack, prediction)
    pdf(page)
    # A cell is put line by line beside others, so that its own words stand together.
    paper = letters("".join(written))
    [body] = page_tree(page).all("body")
    for one in body.all("h1", "h2", "h3", "p", "dt", "dd", "caption", "figcaption", "th", "td"):
        if "narrow" in one.classes:  # what it says that a telephone leaves out is here
            continue
        for word in one.line("small").replace("\N{NO-BREAK SPACE}", " ").split(" "):
            assert letters(word) in paper, word
    for small in body.all("small"):
        assert all(word[:8] in paper for word in small.line().split())


def test_a_page_has_its_name_and_its_number_and_its_sections(
    stack: Stack, prediction: Prediction
) -> None:
    document = pdf(render(stack, prediction))
    assert document.startswith(b"%PDF-")
    assert 6 <= pages(document) <= 14
    assert b"/Outlines" in document


def test_the_foot_of_each_page_has_the_name_and_the_number(written: list[str]) -> None:
    many = pages(pdf(PAGE % table(150)))
    assert [one for one in written if one == "a name"] == ["a name"] * many
    assert [f"{n} of {{nb}}" for n in range(1, many + 1)] == [
        one for one in written if one.endswith("{nb}")
    ]
    assert "left out" not in written
    assert written.count("Figure") == many  # heads stand at the top of each page


def test_a_long_table_goes_on_over_pages() -> None:
    assert pages(pdf(PAGE % table(10))) == 1
    assert pages(pdf(PAGE % table(150))) >= 3


def test_a_row_longer_than_a_page_goes_on_over_pages() -> None:
    long = " ".join(["word"] * 6000)
    page = (
        PAGE
        % f"<table><caption>c</caption><tbody><tr><th>a</th><td>{long}</td></tr></tbody></table>"
    )
    assert pages(pdf(page)) >= 2


@pytest.mark.parametrize("cell", ["x" * 3000, "", "\N{NO-BREAK SPACE}", "1 234 567.89 USD/month"])
def test_any_cell_can_be_laid_out(cell: str) -> None:
    assert pages(pdf(PAGE % table(3, cell))) >= 1


def test_the_tree_has_the_text_of_the_page_and_its_drawings(
    stack: Stack, prediction: Prediction
) -> None:
    page = render(stack, prediction)
    root = page_tree(page)
    assert [one.line() for one in root.all("h1")] == ["resnet50-imagenet-aws"]
    drawings = list(root.all("svg"))
    assert len(drawings) == page.count("<svg ")
    assert all(one.drawing.endswith("</svg>") for one in drawings)
    rows = sum(1 for table in root.all("table") for _ in table.all("tr"))
    assert rows == page.count("<tr>")
    assert root.children[-1] is not None


def test_a_hatch_is_drawn_as_lines_within_its_rectangle() -> None:
    path = "M 10 40 \nL 30 40 \nL 30 50 \nL 10 50 \nz\n"
    style = "fill: url(#key-h0); stroke: #0f3557"
    svg = f'<svg viewBox="0 0 100 60"><path d="{path}" style="{style}"/></svg>'
    drawn = on_paper(svg)
    assert (drawn.width, drawn.height) == (100, 60)
    assert "url(" not in drawn.svg
    lines = re.findall(r'd="([^"]+)"', drawn.svg)[1]
    points = [(float(x), float(y)) for x, y in re.findall(r"[ML] ([\d.]+) ([\d.]+)", lines)]
    assert len(points) == 2 * 9  # every 3 px from 3 to 27, and each rises by 10
    assert all(10 <= x <= 30 and 40 <= y <= 50 for x, y in points)


def test_the_same_page_gives_the_same_bytes_in_another_process(
    stack: Stack, prediction: Prediction, tmp_path: Path
) -> None:
    page = render(stack, prediction)
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    program = (
        "import hashlib, sys; from pathlib import Path; from reports.pdf import pdf;"
        "page = Path(sys.argv[1]).read_text(encoding='utf-8');"
        "print(hashlib.sha256(pdf(page)).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "page.html")],
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True,
        check=True,
    ).stdout.strip()  # fmt: skip
    assert other == hashlib.sha256(pdf(page)).hexdigest()
