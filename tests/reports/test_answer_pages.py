"""Pages of networks, diagrams and arrays: what the terminal shows is there, and pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.bars import Bar, bars

from .page import Page

ROOT = Path(__file__).parents[2]
Cli = Callable[..., Any]
LAWS = "--no-simulation"
CASES = [
    ("queue", "networks/mm2.yaml", (LAWS,), 3),
    ("queue", "networks/jackson.yaml", (LAWS,), 3),
    ("queue", "networks/priorities.yaml", ("--replications", 2, "--visits", 2000), 3),
    ("reliability", "diagrams/bridge.yaml", (LAWS,), 3),
    ("reliability", "diagrams/power-and-nodes.yaml", ("--histories", 50), 3),
    ("raid", "arrays/raid6.yaml", ("--groups", 50), 1),
    ("raid", "arrays/disk-arm.yaml", (LAWS,), 1),
    ("raid", "arrays/flash.yaml", (LAWS,), 0),
]


def words(text: str) -> set[str]:
    return set(text.replace("\N{NO-BREAK SPACE}", " ").replace(".", " ").split())


@pytest.mark.parametrize(("command", "file", "asked", "pictures"), CASES)
def test_a_page_shows_what_the_terminal_shows(
    command: str, file: str, asked: tuple[Any, ...], pictures: int, cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    outcome = cli(command, ROOT / file, *asked, "--report", path)
    assert outcome.out.splitlines()[-1] == str(path)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.faults == []
    shown = "\n".join(outcome.out.splitlines()[:-1])
    assert words(shown) - words(page.text) == set()
    assert text.count("<svg ") >= pictures
    cli(command, ROOT / file, *asked, "--report", path)
    assert path.read_text(encoding="utf-8") == text


def test_the_page_of_a_queue_has_the_formulas_that_were_asked_for(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    cli("queue", ROOT / "networks/mm1.yaml", LAWS, "--explain", "--report", path)
    page = Page(path.read_text(encoding="utf-8"))
    assert page.faults == []
    assert "Formula. Station server: M/M/1" in page.text
    assert "R = S / (1 - U) = 0.1 / (1 - 0.8) = 0.5 s" in page.text.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    cli("queue", ROOT / "networks/mm1.yaml", LAWS, "--report", path)
    assert "Formula." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("command", "file"), [
    ("queue", "networks/mm2.yaml"),
    ("reliability", "diagrams/bridge.yaml"),
    ("raid", "arrays/raid6.yaml"),
])  # fmt: skip
def test_an_answer_is_written_for_paper_too(
    command: str, file: str, cli: Cli, tmp_path: Path
) -> None:
    paper, page = tmp_path / "page.pdf", tmp_path / "page.html"
    outcome = cli(command, ROOT / file, LAWS, "--pdf", paper)
    assert outcome.out.splitlines()[-1] == str(paper)
    assert paper.read_bytes().startswith(b"%PDF")
    first = paper.read_bytes()
    outcome = cli(command, ROOT / file, LAWS, "--pdf", paper, "--report", page, "--json")
    assert outcome.err.splitlines() == [str(page), str(paper)]
    assert paper.read_bytes() == first


def test_json_alone_goes_to_the_pipe(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    outcome = cli("queue", ROOT / "networks/mm1.yaml", LAWS, "--json", "--report", path)
    assert outcome.out.rstrip().endswith("}")
    assert outcome.err.strip() == str(path)


def test_a_page_says_that_a_queue_grows(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    outcome = cli("queue", ROOT / "networks/overloaded-endpoint.yaml", "--report", path)
    assert outcome.code == 1
    assert "UNSTABLE" in Page(path.read_text(encoding="utf-8")).text


def test_a_page_that_can_not_be_written_is_refused_first(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for command, file in (("queue", "networks/mm1.yaml"), ("raid", "arrays/raid6.yaml")):
        outcome = cli(command, ROOT / file, "--report", tmp_path / "file" / "page.html")
        assert (outcome.code, outcome.out) == (3, "")


def test_a_bar_is_as_long_as_its_share_and_never_longer_than_the_whole() -> None:
    drawing = bars([Bar("a", 0.5, "50 %"), Bar("b", 7.0, "700 %", bad=True)], "key", "Title")
    assert "135 " in drawing  # half of 270 px
    assert "1890" not in drawing
    assert "700 %" in drawing
