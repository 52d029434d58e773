"""What --vary says: values as a list of YAML has them, and ranges."""

from typing import Any

import pytest

from models.description.plain_values import said
from models.reading.faults import InvalidDescription
from models.reading.variations import combinations, parse_variations


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=1,2,4", (1, 2, 4)),
        ("a.b=1..4", (1, 2, 3, 4)),
        ("a.b=1..16:5,20", (1, 6, 11, 16, 20)),
        ("a.b=on_demand,spot", ("on_demand", "spot")),
        ("a.b=1 TB,2 TB", ("1 TB", "2 TB")),
        ("a.b=10 GB..30 GB:10 GB", ("10 GB", "20 GB", "30 GB")),
        ("a.b=0.5 h..1.5 h:0.5 h", ("0.5 h", "1 h", "1.5 h")),
        ("a.b=10/s..30/s:10/s", ("10/s", "20/s", "30/s")),
        ("a.b=0.1..0.3:0.1", (0.1, 0.2, 0.3)),
        ("zones=[a],[a, b]", (["a"], ["a", "b"])),
        ("a.b=1,1,1.0,true", (1, 1.0, True)),
        ("a.b=null,8+3", (None, "8+3")),
    ],
)
def test_values_of_a_path(text: str, values: tuple[Any, ...]) -> None:
    (axis,) = parse_variations([text])
    assert axis.path == text.partition("=")[0]
    assert axis.values == values
    assert [type(one) for one in axis.values] == [type(one) for one in values]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["a.b"], "--vary: 'a.b' is not PATH=V1,V2,..."),
        (["=3"], "--vary: '=3' is not PATH=V1,V2,..."),
        (["a.b="], "--vary a.b: has no values"),
        (["a.b=1", "a.b=2"], "--vary a.b: is there twice"),
        (["a.b=4..1"], "'4..1' leads nowhere; a range is written like 1..16"),
        (["a.b=1..4:0"], "leads nowhere"),
        (["a.b=1..9999999"], "has too many values; a path is varied in 100,000 steps at most"),
        (["a.b=1 GB..4 TB:1 GB"], "mixes units"),
        (["a.b=1 GB..4 GB"], "has no step"),
        (["a.b=x..y"], "'x..y' is no range"),
        (["a.b=[1"], "--vary a.b"),
    ],
)
def test_what_says_no_values_is_refused(texts: list[str], message: str) -> None:
    with pytest.raises(InvalidDescription) as refused:
        parse_variations(texts)
    assert message in str(refused.value)


def test_combinations_vary_the_last_path_first() -> None:
    axes = parse_variations(["a=1,2", "b=x,y"])
    assert list(combinations(axes)) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]
    assert list(combinations(())) == [{}]


def test_values_in_words() -> None:
    assert said(["a", {"b": True}]) == "[a, {b: true}]"
    assert said(None) == "null"
