"""Diagrams of a few lines, as a file would have them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.reliability.read_diagram import DiagramFile, read_diagram

Read = Callable[[str], DiagramFile]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def from_text(text: str) -> DiagramFile:
        path = tmp_path / "diagram.yaml"
        path.write_text(text, encoding="utf-8")
        return read_diagram(path)

    return from_text
