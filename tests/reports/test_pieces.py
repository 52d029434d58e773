"""Words that are wider than their column."""

import io
import itertools

from rich.console import Console

from reports.pieces import in_pieces
from reports.table import Table, columns, row
from reports.terminal import drawn

PATH = "workloads.train.dataset.preparation.where"


def test_a_long_word_is_parted_behind_its_marks_and_a_short_one_is_not() -> None:
    assert in_pieces(f"of {PATH}", 24, len) == "of workloads.train.dataset. preparation.where"
    assert in_pieces(PATH, len(PATH), len) == PATH
    assert in_pieces("incomprehensibilities", 10, len) == "incomprehensibilities"
    # No two pieces fit into one line.
    pieces = in_pieces(PATH, 16, len).split(" ")
    assert all(len(a) + len(b) > 16 for a, b in itertools.pairwise(pieces))


def test_a_path_goes_on_in_the_next_line_behind_a_dot() -> None:
    console = Console(width=60, record=True, file=io.StringIO())
    console.print(drawn(Table("", columns("Line", "Effect"), (row(PATH, "x " * 40),))))
    lines = [line[:24].strip() for line in console.export_text().splitlines()]
    assert [line for line in lines if line.startswith(("workloads", "preparation"))]
    assert not any(line.startswith(("ploads", "reparation")) for line in lines)
