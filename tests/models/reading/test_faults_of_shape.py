"""Whatever the shape of a file is: faults that a person can act on, and never a failure."""

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from benchmarks.mutants import Source, mutant, paths, sources
from models.parts.kinds import STACK, WORKLOADS
from models.queueing.network import Network
from models.reading.document import Document, read_document
from models.reading.faults import Fault, InvalidDescription, with_lines
from models.reading.validation import faults_of

SOURCES = sources()
WRONG: tuple[Any, ...] = (None, True, -1, 0.5, "x", [], ["x"], {}, {"x": 1}, {"kind": "x", "y": 1})


def faults(tree: dict[str, Any], model: type[BaseModel]) -> list[Fault]:
    try:
        model.model_validate(tree)
    except ValidationError as error:
        return faults_of(error, model, tree)
    return []


def model_of(source: Source) -> type[BaseModel]:
    return Network if source.network else STACK


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def damaged(source: Source) -> Iterator[dict[str, Any]]:
    """Each place of a file deleted or of a wrong type, and each part with a key too many."""
    for path in paths(source.tree)[1:]:
        tree = copy.deepcopy(source.tree)
        del at(tree, path[:-1])[path[-1]]
        yield tree
        for wrong in random.Random(str(path)).sample(WRONG, 5):
            tree = copy.deepcopy(source.tree)
            at(tree, path[:-1])[path[-1]] = copy.deepcopy(wrong)
            yield tree
        if isinstance(at(source.tree, path), dict):
            tree = copy.deepcopy(source.tree)
            at(tree, path)["kindd"] = 1
            yield tree


def kind_places(source: Source) -> list[tuple[Any, ...]]:
    # What a variant holds has its shape once it is chosen: test_chosen_variant.
    found = (path for path in paths(source.tree) if path and path[0] != "variants")
    return [path for path in found if path[-1] in ("kind", "distribution")]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path.stem)
def test_a_file_damaged_in_any_place_has_faults_with_words_and_places(source: Source) -> None:
    model = model_of(source)
    for tree in damaged(source):
        known = set(paths(tree))
        for fault in faults(tree, model):
            assert fault.message
            assert not fault.hint.endswith(": ")
            assert fault.path in known or fault.path[:-1] in known


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path.stem)
def test_an_unknown_kind_hides_no_unknown_key_below_it(source: Source) -> None:
    model = model_of(source)
    for path in kind_places(source):
        tree = copy.deepcopy(source.tree)
        kind = at(tree, path)
        at(tree, path[:-1])[path[-1]] = str(kind)[:-1]
        part = path[:-1]
        inner = [
            below for below in paths(at(tree, part)) if isinstance(at(tree, part + below), dict)
        ]
        at(tree, part + inner[-1])["whre"] = 1
        found = {fault.path: fault for fault in faults(tree, model)}
        assert f"did you mean '{kind}'?" in str(found.pop(path))
        # A table of probabilities by name holds any name; then their sum is refused.
        assert any(place[: len(part)] == part for place in found)


def test_many_things_wrong_at_once_are_all_told() -> None:
    for seed in range(300):
        source, tree = mutant(SOURCES, seed)
        _, tree = mutant([Source(source.path, tree, source.network)], seed + 1)
        found = faults(tree, model_of(source))
        assert len({fault.path for fault in found}) == len(found)


def test_two_mistakes_have_their_lines(tmp_path: Path) -> None:
    # Two ordinary mistakes: an unknown kind, and an unknown key deeper in the same part.
    text = (Path(__file__).parents[3] / "stacks/resnet50-imagenet-aws.yaml").read_text("utf-8")
    text = text.replace("kind: training", "kind: trainin")
    text = text.replace("{where: accelerator}", "{where: accelerator, whre: x}")
    path = tmp_path / "stack.yaml"
    path.write_text(text, encoding="utf-8")
    document: Document = read_document(path)
    lines = InvalidDescription(
        "stack.yaml", with_lines(faults(document.tree, STACK), document.places)
    ).lines()
    number = {part: i for i, line in enumerate(text.splitlines(), 1) for part in line.split()}
    kinds = ", ".join(
        get_args(one.description.model_fields["kind"].annotation)[0] for one in WORKLOADS
    )
    assert lines == [
        f"stack.yaml:{number['trainin']}: workloads.train.kind: 'trainin' is not known;"
        f" one of {kinds}; did you mean 'training'?",
        f"stack.yaml:{number['whre:']}: workloads.train.dataset.preparation.whre:"
        " is not a known key; did you mean 'where'?",
    ]


@pytest.mark.parametrize("kind", [None, 7, [], "fast"])
def test_a_part_of_no_kind_at_all_says_which_there_are(kind: object) -> None:
    source = next(one for one in SOURCES if one.path.stem == "resnet50-imagenet-aws")
    tree = copy.deepcopy(source.tree)
    tree["storage"]["imagenet"] = {"kind": kind, "size": "1 GB", "siez": "1 GB"}
    [fault] = faults(tree, STACK)
    assert fault.path == ("storage", "imagenet", "kind")
    assert "one of object, " in fault.message


def test_a_part_without_its_kind_is_taken_for_the_one_that_has_its_keys() -> None:
    source = next(one for one in SOURCES if one.path.stem == "resnet50-imagenet-aws")
    tree = copy.deepcopy(source.tree)
    del tree["storage"]["imagenet"]["kind"]
    tree["storage"]["imagenet"]["size"] = 150
    found = {fault.path[2:]: str(fault) for fault in faults(tree, STACK)}
    assert "kind: is required but not given" in found["kind",]
    assert "needs a unit" in found["size",]


def test_no_more_faults_are_told_than_a_person_reads() -> None:
    tree = {"name": "x", **{f"key{i}": {"kind": i} for i in range(2000)}}
    first, *others = sorted(faults(tree, STACK), key=lambda fault: fault.path != ())
    assert first.message == "has 2,002 faults, of which 500 are told"
    assert len(others) == 500


def test_a_plain_value_where_each_station_has_one_says_how_to_write_it() -> None:
    arrivals, service = {"kind": "poisson", "rate": "1/s"}, {"it": "1 s"}
    one = {"arrivals": arrivals, "service": service, "slots": 7, "route": ["it"]}
    tree = {"name": "n", "stations": {"it": {"servers": 9}}, "classes": {"c": one}}
    [fault] = faults(tree, Network)
    assert fault.path == ("classes", "c", "slots")
    assert fault.hint == "write it under a name, such as {NAME: 7}"
