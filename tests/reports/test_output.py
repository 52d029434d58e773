"""What is printed reaches any terminal and any pipe, and commands neither."""

import io
import json
import sys

import pytest
from rich.console import Group
from rich.text import Text

from reports.output import say, say_json, show, within
from reports.table import Table, columns, row
from reports.terminal import drawn

PLAIN = {
    "✓ met, ✗ missed": "+ met, - missed",
    "1.03 \N{MULTIPLICATION SIGN} as long": "1.03 x as long",
    "1.5 \N{MULTIPLICATION SIGN} 10⁻⁶": "1.5 x 10-6",
    "a \N{EN DASH} b — c…": "a - b - c...",
    "Größe, naïve": "Grosse, naive",
    "日本": "??",
}


class Ascii(io.TextIOWrapper):
    """An output that knows ASCII alone, and what was written to it."""

    def __init__(self, encoding: str = "ascii") -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding)


@pytest.mark.parametrize("text", PLAIN)
def test_what_an_encoding_lacks_becomes_the_nearest(text: str) -> None:
    assert within(text, "ascii") == PLAIN[text].replace("Grosse", "Gro?e")
    assert within(text, "utf-8") == within(text, None) == text
    assert within("✓ 2 \N{MULTIPLICATION SIGN} 3", "cp1252") == "+ 2 \N{MULTIPLICATION SIGN} 3"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_an_output_of_any_encoding_is_written(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Ascii(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    say("✓ 日本")
    say_json('{"a": "✓ 😀"}\n')
    show(Text("\N{MULTIPLICATION SIGN}"))
    first, second, third = out.bytes.getvalue().decode(encoding).splitlines()
    assert first[0] in "✓+√"
    assert json.loads(second) == {"a": "✓ 😀"}
    assert third in "\N{MULTIPLICATION SIGN}x"


def test_an_answer_can_t_command_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show(Text("a\x1b[31mb\u202ec\nd"))
    assert capsys.readouterr().out == "a\\x1b[31mb\\u202ec\nd\n"


def test_nobody_reads_a_closed_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    say("a")
    say("a", error=True)
    say_json("{}\n")
    show(Text("a"))


def test_a_disk_that_is_full_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    monkeypatch.setattr(sys, "stderr", Full())
    with pytest.raises(OSError, match="No space"):
        say("a")
    say("a", error=True)  # there is nowhere to say it


def test_a_table_that_is_wider_than_a_pipe_keeps_its_figures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heads = columns("Name", *(f"Figure{k}>" for k in range(9)))
    rows = (row("a-name-that-is-long", *(f"1,234,567.{k}" for k in range(9))),)
    show(Group(drawn(Table("Wide", heads, rows))))
    said = capsys.readouterr().out
    assert all(f"1,234,567.{k}" in said for k in range(9))
    show(Group(Text("word " * 30)))  # what has no table is of 80 columns
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
