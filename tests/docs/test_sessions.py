"""What the sessions of the documentation show is what Python shows."""

from pathlib import Path

import pytest

from docs.examples import SESSION, pages, with_real_sessions

SESSIONS = [page for page in pages() if SESSION.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", SESSIONS, ids=lambda page: page.name)
def test_sessions_show_what_they_say(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert with_real_sessions(text) == text


def test_blocks_go_on_from_one_to_the_next() -> None:
    first, second = "```pycon\n>>> n = 2\n```\n", "```pycon\n>>> (\n...     n\n... )\n1\n```\n"
    page = f"{first}text\n{second}"
    assert with_real_sessions(page) == page.replace("1\n", "2\n")
