"""What a file holds is shown, and never obeyed."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.description.printable import ascii_json, printable, printable_json

SHOWN = {
    "plain": "plain",
    "Größe ✓ 日本 10 %": "Größe ✓ 日本 10 %",
    "a\nb\rc\td": r"a\nb\rc\td",
    "\x1b[31mred\x1b[0m": r"\x1b[31mred\x1b[0m",
    "\x9b2J": r"\x9b2J",  # the C1 form of ESC [
    "\x00\x07\x7f": r"\x00\x07\x7f",
    # Boucher and Anderson (2021), Trojan Source: overrides and isolates of direction.
    "\u202eevil\u202c \u2066x\u2069": r"\u202eevil\u202c \u2066x\u2069",
    "\u200bx\ufeff\u2028": r"\u200bx\ufeff\u2028",
    "\udcff\udc80": r"\xff\x80",  # bytes of a file name that is not UTF-8
    "\ud800": r"\ud800",
    "\U000e0041": r"\U000e0041",
}


@pytest.mark.parametrize("text", SHOWN)
def test_what_would_be_obeyed_is_shown_as_an_escape(text: str) -> None:
    assert printable(text) == SHOWN[text]


def test_what_a_page_needs_may_stay() -> None:
    assert printable("a\n\tb\x1b", keep="\n\t") == "a\n\tb\\x1b"


@given(st.text())
def test_nothing_that_is_shown_is_a_control(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    kinds = {unicodedata.category(sign) for sign in shown}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert all(unicodedata.bidirectional(s) not in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI",
                                                    "FSI", "PDI") for s in shown)  # fmt: skip


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_json_stays_the_same_value(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    assert json.loads(printable_json(text)) == value
    assert json.loads(ascii_json(text)) == value
    assert ascii_json(text).isascii()
    assert printable(printable_json(text), keep="\n") == printable_json(text)
