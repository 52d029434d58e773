"""What of checkov's answer is wrong: failures without a reason, idle reasons, faults not found."""

from pathlib import Path

import pytest

from .checkov_run import FAULTS, Failure, Skip, faulty, misfits, read_skips, scan, wrong
from .example_graphs import ROOT, graph_of
from .terraform_plan import plan

OPEN = Failure("CKV_AWS_24", "no port 22", "examples/one", "aws_security_group.nodes")
HIDDEN = Failure("CKV_AWS_24", "no port 22", "faulty/one", "aws_security_group.nodes")


def test_a_failure_without_a_reason_is_wrong() -> None:
    [said] = wrong([OPEN], [], {})
    assert said == "examples/one: aws_security_group.nodes: CKV_AWS_24: no port 22"


def test_a_reason_is_for_what_it_names() -> None:
    assert list(wrong([OPEN], [Skip("CKV_AWS_24", "closed elsewhere")], {})) == []
    assert list(wrong([OPEN], [Skip("CKV_AWS_24", "here", "*.nodes")], {})) == []
    other = Skip("CKV_AWS_24", "there", "*.others")
    assert len(list(wrong([OPEN], [other], {}))) == 2  # the failure, and the idle reason


def test_a_reason_that_nothing_needs_is_wrong() -> None:
    [said] = wrong([], [Skip("CKV_AWS_1", "once")], {})
    assert "nothing fails it; take it out" in said


def test_a_fault_that_is_not_found_is_wrong() -> None:
    planted = {"one": [("CKV_AWS_24", "nodes")]}
    assert list(wrong([HIDDEN], [], planted)) == []
    assert len(list(wrong([], [], planted))) == 1
    # Found in the example itself, or hidden by a reason, it is not found in the copy.
    assert len(list(wrong([OPEN], [], planted))) == 2
    hiding = Skip("CKV_AWS_24", "closed elsewhere")
    assert any("does not find" in one for one in wrong([OPEN, HIDDEN], [hiding], planted))


def test_every_reason_is_said_once_and_in_words() -> None:
    skips = read_skips()
    assert len({(one.check, one.where) for one in skips}) == len(skips)
    assert all(len(one.why.split()) >= 5 for one in skips)


def test_every_fault_changes_the_plan_of_its_example() -> None:
    for stem in {one[0] for one in FAULTS}:
        run = graph_of(ROOT / "stacks" / f"{stem}.yaml")
        mine = [one for one in FAULTS if one[0] == stem]
        broken, planted = faulty(run, mine)
        assert len(planted) == len(mine)
        assert plan(broken.clouds) != plan(run.clouds)


@pytest.mark.parametrize(
    ("ends", "said"), [("0", []), ("1", ["ERROR spec: no such property"]), ("2", ["broken"])]
)
def test_what_a_schema_says_against_a_manifest_is_told(
    ends: str, said: list[str], tmp_path: Path
) -> None:
    validator, text = tmp_path / "validator", "".join(said)
    validator.write_text(f"#!/bin/sh\n[ -z '{text}' ] || echo '{text}'\nexit {ends}\n")
    validator.chmod(0o755)
    assert misfits(validator, "kind: Pod\n", "1.35", tmp_path) == said


def test_checkov_that_fails_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "checkov"
    broken.write_text("#!/bin/sh\necho 'no such module' >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(SystemExit, match="checkov ended with 3\nno such module"):
        scan(broken, tmp_path)
