"""A journal keeps what is whole, and nothing of anything else."""

from pathlib import Path

import pytest

from reports.journal import Journal, OtherJournal

ROWS = [{"number": 1, "usd": 0.1 + 0.2}, {"number": 2, "usd": None}, {"number": 3, "usd": 1e-300}]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "me") as journal:
        journal.add(ROWS[:1])
        journal.add(ROWS[1:])
    with Journal(path, "me") as journal:
        assert journal.rows == ROWS
        journal.done()
    assert not path.exists()


@pytest.mark.parametrize("cut", range(1, 120, 7))
def test_half_a_line_is_written_anew(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "me") as journal:
        journal.add(ROWS)
    whole = path.read_bytes()
    path.write_bytes(whole[: max(0, len(whole) - cut)])
    with Journal(path, "me") as journal:
        assert journal.rows == ROWS[: len(journal.rows)]
        journal.add(ROWS[len(journal.rows) :])
    assert path.read_bytes() == whole


@pytest.mark.parametrize("content", [b'{"of": "you"}\n', b"diary\n", b'{"of": "you"}\n{"a": 1}\n'])
def test_what_is_of_something_else_stays(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(OtherJournal, match="delete it to begin"):
        Journal(path, "me")
    assert path.read_bytes() == content
