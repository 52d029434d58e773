"""Tables beside a description are found in its folder, and refused before they fill the memory."""

import io
import os
import tracemalloc
from pathlib import Path

import pytest

from models.reading import table_files
from models.reading.table_files import InvalidTable, check_lines, opened


def content_of(name: str, folder: Path, most: int = 100) -> bytes:
    return opened(name, folder, most, lambda stream: stream.read())


def test_a_file_beside_the_description_is_read(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.csv").write_text("x\n1\n")
    assert content_of("below/a.csv", tmp_path) == b"x\n1\n"


@pytest.mark.parametrize("name", ["../a.csv", "/etc/hostname"])
def test_one_elsewhere_is_not(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidTable, match="is not in the folder of the description"):
        content_of(name, tmp_path)


def test_one_that_is_missing_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "times.csv").touch()
    with pytest.raises(InvalidTable) as caught:
        content_of("time.csv", tmp_path)
    assert caught.value.hint == "did you mean 'times.csv'?"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(InvalidTable, match="is not a file"):
        content_of("a.csv", tmp_path)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"head\n1\n2\n3\n", False),
        (b"head\n1\n2\n3", False),
        (b"head\n1\n2\n3\n4", True),
        (b"head\n1\n2\n3\n4\n", True),
        (b"", False),
    ],
)
def test_rows_are_counted_by_their_ends(content: bytes, refused: bool) -> None:
    stream = io.BytesIO(content)
    if refused:
        with pytest.raises(InvalidTable, match="more than 3 lines below its head; so many jobs"):
            check_lines(stream, 3, "jobs")  # type: ignore[arg-type]  # a file in the memory
    else:
        check_lines(stream, 3, "jobs")  # type: ignore[arg-type]
    assert stream.tell() == 0


def test_many_lines_are_counted_in_little_memory_and_no_further_than_needed(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"1\n" * 10_000_000)
    tracemalloc.start()
    with file.open("rb", buffering=0) as stream:
        seen = _Counting(stream)
        with pytest.raises(InvalidTable):
            check_lines(seen, 1_000_000, "rows")  # type: ignore[arg-type]  # it reads as one
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 * table_files._PIECE
    assert seen.count <= 2_000_002 + table_files._PIECE


class _Counting:
    """A file that counts what is read of it."""

    def __init__(self, stream: io.FileIO) -> None:
        self._stream, self.count = stream, 0

    def read(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self.count += len(piece)
        return piece

    def seek(self, place: int) -> int:
        return self._stream.seek(place)
