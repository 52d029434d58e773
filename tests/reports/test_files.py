"""Files of a report: whole or not at all, and none written over by another stack's."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reports.files import check_folder, marked, page_path, source_of, write_whole


def test_files_are_replaced_together(tmp_path: Path) -> None:
    one, two = tmp_path / "new" / "a.html", tmp_path / "new" / "a.json"
    write_whole({one: b"1", two: b"2"})
    write_whole({one: b"3", two: b"4"})
    assert (one.read_bytes(), two.read_bytes()) == (b"3", b"4")
    assert sorted(tmp_path.rglob("*.*")) == [one, two]


def test_what_can_t_be_written_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    one, two = tmp_path / "a.html", tmp_path / "a.json"
    one.write_bytes(b"before")
    (tmp_path / f".{two.name}.{os.getpid()}").mkdir()
    with pytest.raises(OSError, match="json"):
        write_whole({one: b"1", two: b"2"})
    assert one.read_bytes() == b"before"


TERMINATED = """
import os, signal, sys
from pathlib import Path
from reports.files import write_whole

folder = Path(sys.argv[1])
replace, write_bytes = Path.replace, Path.write_bytes

def slow_write(path, content):
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
    return write_bytes(path, content)

Path.write_bytes = slow_write
write_whole({folder / "a.html": b"1" * 100_000, folder / "a.json": b"2"})
print("not reached")
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_in_the_middle_leaves_no_part_of_a_file(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", TERMINATED, str(tmp_path), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == -getattr(signal, name)
    left = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert left in ({}, {"a.html": 100_000, "a.json": 1})


def test_the_page_of_another_file_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    one, two = (source_of(tmp_path / name / "stack.yaml", folder) for name in "ab")
    first = page_path(folder, "x", one)
    assert first == folder / "x.html"
    write_whole({first: marked("<html></html>\n", one).encode()})
    assert page_path(folder, "x", one) == first
    second = page_path(folder, "x", two)
    assert second.name.startswith("x-")
    assert second != first
    write_whole({second: marked("", two).encode()})
    assert (page_path(folder, "x", one), page_path(folder, "x", two)) == (first, second)


def test_a_page_that_says_nothing_of_its_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<html></html>\n", encoding="utf-8")
    assert page_path(tmp_path, "x", "0" * 16) == tmp_path / "x.html"


def test_a_checkout_elsewhere_has_the_same_marks(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("one", "two")]
    one, two = (source_of(at / "stacks" / "a.yaml", at / "reports") for at in places)
    assert one == two


def test_a_folder_is_tried_before_long_work(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    assert [*(tmp_path / "a" / "b").iterdir()] == []
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        check_folder(tmp_path / "file")
