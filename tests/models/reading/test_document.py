"""A file that is read once, and values that are set before it is checked."""

import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.queueing.read_network import change_network, read_network
from models.reading.changes import parse_changes
from models.reading.document import changed_document, read_document
from models.reading.faults import InvalidDescription

NETWORKS = Path(__file__).parents[3] / "networks"
AWS = "resnet50-imagenet-aws.yaml"


def written(folder: Path, text: str, name: str = "stack.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(call: Any, *arguments: Any) -> list[str]:
    with pytest.raises(InvalidDescription) as raised:
        call(*arguments)
    return raised.value.lines()


@pytest.mark.parametrize("hole", ["", "    count:\n", "    count: null\n"])
def test_a_hole_is_filled_before_the_stack_is_checked(
    hole: str, stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    text = (stacks / AWS).read_text(encoding="utf-8")
    path = written(tmp_path, text.replace("    count: 4\n", hole))
    assert "nodes.trainers.count" in refused(read_stack, path, catalog)[0]
    filled = read_stack(path, catalog, {"nodes.trainers.count": 3})
    assert (filled.stack.nodes["trainers"].count, filled.changed) == (3, True)


@pytest.mark.parametrize("part", ["objectives:\n", ""])
def test_a_part_that_is_empty_or_left_out_is_made(
    part: str, stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    text = (stacks / AWS).read_text(encoding="utf-8").split("objectives:")[0] + part
    path = written(tmp_path, text)
    stack = read_stack(path, catalog, {"objectives.availability.at_least": "99 %"}).stack
    assert stack.objectives.availability is not None
    assert stack.objectives.availability.at_least == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (
            "objectives.cost.month",
            "--set objectives.cost.month, which makes objectives.cost: is not a known key;"
            " known here: deadline, budget",
        ),
        (
            "objectives.availabilty.at_least",
            "--set objectives.availabilty.at_least: objectives.availabilty: does not exist and"
            " can't be changed; did you mean 'objectives.availability'?",
        ),
        (
            "nodes.other.count",
            "--set nodes.other.count, which makes nodes.other: needs either an instance",
        ),
        ("facility.racks", "--set facility.racks, which makes facility: needs both racks and"),
        ("other.x.y", "--set other.x.y, which makes other: is not a known key; known here: name,"),
    ],
)
def test_a_part_that_is_made_wrongly_is_told_of_with_what_made_it(
    path: str, says: str, stacks: Path, catalog: Catalog
) -> None:
    [told] = refused(read_stack, stacks / AWS, catalog, {path: 2})
    assert told.startswith(f"{stacks / AWS}: {says}")


def test_only_whoever_asks_makes_parts(stacks: Path, catalog: Catalog) -> None:
    document = read_document(stacks / AWS)
    [told] = refused(changed_document, document, {"nodes.other.count": 2}, "--calibration", False)
    assert "--calibration nodes.other.count: nodes.other: does not exist" in told
    [told] = refused(change_stack, read_stack(document, catalog), {"nodes.other.count": 2}, catalog)
    assert "change of nodes.other.count: nodes.other: does not exist" in told


def test_a_hole_of_a_network_is_filled(tmp_path: Path) -> None:
    text = (NETWORKS / "mm1.yaml").read_text(encoding="utf-8")
    path = written(tmp_path, text.replace("rate: 8/s", "rate: null"))
    assert refused(read_network, path)
    filled = read_network(path, {"classes.requests.arrivals.rate": "3/s"})
    arrivals = filled.network.classes["requests"].arrivals
    assert arrivals is not None
    assert arrivals.rate == 3  # type: ignore[union-attr]  # as mm1.yaml has them


def test_a_value_that_was_set_has_its_option_for_a_line(stacks: Path, catalog: Catalog) -> None:
    path = stacks / AWS
    for change, says in {
        "nodes.trainers.count=0": "--set nodes.trainers.count: must be at least 1, not '0'",
        "zones.1=us-west-2a": "--set zones.1: 'us-west-2a' is not a zone",
        "nodes.trainers={count: 0}": "--set nodes.trainers: nodes.trainers.count: must be",
        "x=1": "--set x: is not a known key",
    }.items():
        lines = refused(read_stack, path, catalog, parse_changes([change]))
        assert any(line.startswith(f"{path}: {says}") for line in lines), lines


def test_what_was_not_set_keeps_its_line(stacks: Path, tmp_path: Path, catalog: Catalog) -> None:
    text = (stacks / AWS).read_text(encoding="utf-8").replace("batch: 256", "batch: 0")
    path = written(tmp_path, text)
    line = text[: text.index("batch: 0")].count("\n") + 1
    [told] = refused(read_stack, path, catalog, {"nodes.trainers.count": 2})
    assert told.startswith(f"{path}:{line}: workloads.train.batch: ")


def test_a_notebook_is_told_of_its_change(stacks: Path, catalog: Catalog) -> None:
    file = read_stack(stacks / AWS, catalog)
    [told] = refused(change_stack, file, {"nodes.trainers.count": 0}, catalog)
    assert told == f"{stacks / AWS}: change of nodes.trainers.count: must be at least 1, not '0'"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nodes.trainer.count", "nodes.trainer: does not exist and can't be changed;"
         " did you mean 'nodes.trainers'?"),
        ("zones.2", "the list has 2 entries, counted from 0"),
        ("zones.x", "the list has 2 entries, counted from 0"),
        ("zones.²", "does not exist"),
        ("zones.99999999999999999999", "does not exist"),
        ("name.x", "does not exist"),
        ("zones.0.x", "does not exist"),
        ("..", "does not exist"),
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere_is_refused(path: str, says: str, stacks: Path) -> None:
    [told] = refused(read_document, stacks / AWS, {path: 1})
    assert says in told


def test_read_with_changes_or_changed_afterwards_is_the_same(
    stacks: Path, catalog: Catalog
) -> None:
    changes = {"nodes.trainers.count": 2}
    one = read_stack(stacks / AWS, catalog, changes)
    other = change_stack(read_stack(stacks / AWS, catalog), changes, catalog)
    assert one == other
    assert one.digest == other.digest
    network = NETWORKS / "mm1.yaml"
    by = {"classes.requests.arrivals.rate": "3/s"}
    assert read_network(network, by).digest == change_network(read_network(network), by).digest


def test_a_document_is_not_changed_by_its_changes(stacks: Path) -> None:
    document = read_document(stacks / AWS)
    before = str(document.tree)
    value = {"at_most": "1 USD"}
    changed = changed_document(document, {"objectives.budget": value})
    changed.tree["objectives"]["budget"]["at_most"] = "2 USD"
    assert str(document.tree) == before
    assert value == {"at_most": "1 USD"}
    assert changed.digest != document.digest


def test_standard_input_is_a_file(
    stacks: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    given((stacks / AWS).read_bytes())
    assert read_stack("-", catalog).stack == read_stack(stacks / AWS, catalog).stack
    given((NETWORKS / "mm1.yaml").read_bytes())
    document = read_document("-")
    assert read_network(document).name == "<stdin>"
    given(b"name: [\n")
    assert refused(read_document, "-")[0].startswith("<stdin>:2: is not valid YAML")
    monkeypatch.setattr(sys, "stdin", None)
    assert "is empty" in refused(read_document, "-")[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    import threading

    os.mkfifo(tmp_path / "pipe")
    content = (NETWORKS / "mm1.yaml").read_bytes()
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
    writer.start()
    document = read_document(tmp_path / "pipe")
    writer.join()
    assert read_network(document).network.name == "mm1"


@pytest.mark.parametrize("text", ["nodes: {<<: {a: 1}}", "<<: {a: 1}", "a: &a {b: 1}\nc: {<<: *a}"])
def test_a_merge_key_is_refused_with_a_way_out(text: str, tmp_path: Path) -> None:
    [told] = refused(read_document, written(tmp_path, text))
    assert told.endswith(
        "has a merge key (<<), which is not read; write its keys out;"
        " an alias may stand for a whole part"
    )


def test_only_a_missing_file_has_a_nearest_one(tmp_path: Path) -> None:
    written(tmp_path, "", "trainers.yaml")
    written(tmp_path, "", "unrelated.yaml")
    assert f"did you mean '{tmp_path / 'trainers.yaml'}'?" in str(
        refused(read_document, tmp_path / "trainer.yaml")
    )
    for name in ("network.yaml", "x.yaml", "a\0b.yaml"):
        assert "did you mean" not in str(refused(read_document, tmp_path / name))
    (tmp_path / "folder.yaml").mkdir()
    assert "did you mean" not in str(refused(read_document, tmp_path / "folder.yaml"))
    assert "did you mean" not in str(refused(read_document, tmp_path / "none" / "trainer.yaml"))


def test_names_in_messages_break_no_line(tmp_path: Path) -> None:
    text = 'name: x\n"a\\e[31m\\nb": 1\ncloud: "\\u202eswa"\n'
    for line in refused(read_document, written(tmp_path, text + "? [1]\n: 2\n", "\x1b[2J.yaml")):
        assert line.isprintable()
    document = read_document(written(tmp_path, text, "new\nline.yaml"))
    with pytest.raises(InvalidDescription) as raised:
        read_network(document)
    assert len(str(raised.value).splitlines()) == len(raised.value.faults)
    assert "new\\nline.yaml:2: a\\x1b[31m\\nb: is not a known key" in str(raised.value)
    assert all(line.isprintable() for line in raised.value.lines())


def test_changes_are_kept_with_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a: {b: 1}\nlist: [x, y]\n", encoding="utf-8")
    document = read_document(path, {"a.b": 2, "list.1": "z", "a.c": True})
    assert [(one.path, one.value, one.before) for one in document.changes] == [
        ("a.b", 2, 1),
        ("list.1", "z", "y"),
        ("a.c", True, None),
    ]
    again = changed_document(document, {"a.c": False})
    assert [one.path for one in again.changes] == ["a.b", "list.1", "a.c"]
    assert read_document(path).changes == ()
