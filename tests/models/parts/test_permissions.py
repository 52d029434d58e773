"""Who may do what with which store of a stack, after the IAM User Guide."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.laws.access.conditions import Context
from models.parts.permissions import access, kept_from, more_than_needed
from models.parts.read_stack import StackFile, read_stack
from models.prediction.access_answer import AccessCell
from models.reading.faults import InvalidDescription

# "Identity-based policies and resource-based policies": of 36 cells 19 are allowed. John may list
# and read x; Carlos has all of y from both sides together and nothing of z, where he is denied
# what his own policy allows; Mary may do everything; Zhang has policies of resources alone.
EXAMPLE = {
    "john-smith": {"x": "LR", "y": "", "z": ""},
    "carlos-salazar": {"x": "", "y": "LRW", "z": ""},
    "mary-major": {"x": "LRW", "y": "LRW", "z": "LRW"},
    "zhang-wei": {"x": "", "y": "LR", "z": "LRW"},
}


@pytest.fixture(scope="module")
def example(stacks: Path, catalog: Catalog) -> StackFile:
    return read_stack(stacks / "iam-example.yaml", catalog)


@pytest.mark.parametrize("who", EXAMPLE)
@pytest.mark.parametrize("store", "xyz")
@pytest.mark.parametrize("action", ["list", "read", "write"])
def test_the_example_of_the_course(who: str, store: str, action: str, example: StackFile) -> None:
    [cell] = [
        one
        for one in access(example.stack)
        if (one.who, one.store, one.action) == (who, store, action)
    ]
    assert (cell.outcome == "allowed") is (action[0].upper() in EXAMPLE[who][store])
    assert (cell.outcome == "denied") is ((who, store) == ("carlos-salazar", "z"))


def test_nineteen_of_the_thirty_six_are_allowed_and_by_what(example: StackFile) -> None:
    cells = access(example.stack)
    assert len(cells) == 36
    assert sum(one.outcome == "allowed" for one in cells) == 19
    because = {(one.who, one.action, one.store): one.because for one in cells}
    assert because["carlos-salazar", "list", "y"] == (
        "identities.carlos-salazar.permissions.0",
        "storage.y.permissions.0",
    )
    assert because["carlos-salazar", "read", "z"] == ("storage.z.permissions.0",)
    # What a group may its users may, and a group is nobody who could ask.
    assert because["mary-major", "write", "z"] == ("identities.administrators.permissions.0",)


def stack_of(change: dict[str, Any], catalog: Catalog, folder: Path) -> StackFile:
    """Two groups of nodes, a bucket, a file system and a volume, with identities."""
    tree = {
        "name": "small",
        "cloud": "aws",
        "region": "us-east-1",
        "nodes": {name: {"instance": "g4dn.xlarge", "count": 1} for name in ("gpu", "other")},
        "storage": {
            "models": {"kind": "object", "service": "s3-standard", "size": "1 GB"},
            "files": {"kind": "nas", "service": "efs-standard", "size": "1 GB"},
            "disk": {"kind": "block", "service": "ebs-gp3", "size": "1 TB", "nodes": "gpu"},
        },
        "workloads": {
            "work": {
                "kind": "jobs",
                "nodes": "gpu",
                "run_time": "1 h",
                "count": 1,
                "each": {"vcpus": 1},
            }
        },
    }
    storage = change.pop("storage", {})
    for name, keys in storage.items():
        tree["storage"][name] |= keys  # type: ignore[index]
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(tree | change, sort_keys=False))
    return read_stack(file, catalog)


def user(*permissions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"identities": {"ann": {"kind": "user", "permissions": list(permissions), **keys}}}


def outcomes(cells: tuple[AccessCell, ...], who: str = "ann") -> dict[tuple[str, str, str], str]:
    return {(one.action, one.store, one.objects): one.outcome for one in cells if one.who == who}


def test_stores_that_no_policy_decides_on_are_their_nodes(catalog: Catalog, tmp_path: Path) -> None:
    change = user() | {"storage": {}}
    change["identities"]["trainer"] = {"nodes": "gpu"}
    found = {
        one.who: (one.outcome, one.reason)
        for one in access(stack_of(change, catalog, tmp_path).stack)
        if (one.store, one.action) == ("disk", "read")
    }
    assert found == {
        "ann": ("not allowed", "only nodes reach it"),
        "trainer": ("allowed", "it is attached to its nodes, and no policy is between them"),
        "other": ("not allowed", "it is attached to gpu"),
    }


def test_nodes_without_a_role_may_do_nothing_in_a_cloud(catalog: Catalog, tmp_path: Path) -> None:
    cells = access(stack_of(user(), catalog, tmp_path).stack)
    assert outcomes(cells, "gpu")["read", "models", ""] == "not allowed"
    assert outcomes(cells, "gpu")["read", "files", ""] == "not allowed"


def test_on_premises_without_identities_it_can_t_be_said(stacks: Path, catalog: Catalog) -> None:
    cells = access(read_stack(stacks / "akiba-2017.yaml", catalog).stack)
    mounted = [one for one in cells if one.outcome == "can't be said"]
    assert {one.reason for one in mounted} == {"no identity says what its nodes may do"}


def test_objects_are_told_apart_by_their_keys(catalog: Catalog, tmp_path: Path) -> None:
    permissions = (
        {"store": "models", "access": "read", "objects": "dir/*"},
        {"store": "mod*", "access": "read", "effect": "deny", "objects": "dir/secret"},
    )
    stack = stack_of(user(*permissions), catalog, tmp_path).stack
    found = outcomes(access(stack))
    assert found["read", "models", "dir/*"] == "allowed"
    assert found["read", "models", "dir/secret"] == "denied"
    assert found["read", "models", ""] == "not allowed"
    asked = ["dir/f1", "dir/a/b", "dir", "directory", "dir/secret"]
    found = outcomes(access(stack, keys={"models": asked}))
    assert [found["read", "models", key] for key in asked] == [
        *("allowed", "allowed", "not allowed", "not allowed", "denied")
    ]


def test_objects_are_told_apart_for_whoever_policies_tell_them_apart(
    catalog: Catalog, tmp_path: Path
) -> None:
    own = {
        name: {
            "kind": "user",
            "permissions": [{"store": "models", "access": "read", "objects": f"{name}/*"}],
        }
        for name in ("ann", "bob")
    }
    said = [{"identity": "b*", "access": "write", "objects": "shared/*"}]
    change = {"identities": own, "storage": {"models": {"permissions": said}}}
    cells = access(stack_of(change, catalog, tmp_path).stack)
    asked = {
        name: {one.objects for one in cells if (one.who, one.store) == (name, "models")}
        for name in own
    }
    assert asked == {"ann": {"ann/*", ""}, "bob": {"shared/*", "bob/*", ""}}


def test_conditions_are_kept_and_what_is_not_known_is_never_allowed(
    catalog: Catalog, tmp_path: Path
) -> None:
    permissions = (
        {
            "store": "models",
            "access": "read",
            "when": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        },
        {"store": "models", "access": "write", "when": {"DateEquals": {"aws:SourceIp": "x"}}},
        {
            "store": "*",
            "access": "read_write",
            "effect": "deny",
            "when": {"Bool": {"aws:SecureTransport": False}},
        },
    )
    stack = stack_of(user(*permissions), catalog, tmp_path).stack
    known = {"aws:SecureTransport": ("true",), "aws:SourceIp": ("10.1.2.3",)}
    cells = access(stack, context=Context(known))
    assert outcomes(cells)["read", "models", ""] == "allowed"
    [strange] = [
        one for one in cells if (one.action, one.store) == ("write", "models") and one.who == "ann"
    ]
    assert strange.outcome == "can't be said"
    assert strange.reason == "the operator DateEquals is not known here"
    elsewhere = access(stack, context=Context(known | {"aws:SourceIp": ("203.0.113.7",)}))
    assert outcomes(elsewhere)["read", "models", ""] == "not allowed"
    plain = access(stack, context=Context(known | {"aws:SecureTransport": ("false",)}))
    assert outcomes(plain)["read", "models", ""] == "denied"
    unsaid = {
        one.action: one.reason
        for one in access(stack)
        if one.who == "ann" and one.store == "models"
    }
    assert unsaid["read"] == "it depends on aws:SecureTransport; it depends on aws:SourceIp"


def test_a_denial_keeps_a_workload_from_its_data(stacks: Path, catalog: Catalog) -> None:
    path = stacks / "resnet50-imagenet-aws.yaml"
    whole = read_stack(path, catalog)
    assert all(kept_from(whole.stack, use) == () for use in whole.solved.uses)
    deny = [{"identity": "trainer", "access": "list", "effect": "deny"}]
    with pytest.raises(InvalidDescription, match="'imagenet' may not be used for read by the role"):
        read_stack(path, catalog, {"storage.imagenet.permissions": deny})


def test_nodes_of_a_cluster_that_emr_runs_have_the_role_of_the_core(
    stacks: Path, catalog: Catalog
) -> None:
    worker = {"nodes": "core", "permissions": [{"store": "lake", "access": "read"}]}
    whole = read_stack(stacks / "emr-spark.yaml", catalog, {"identities": {"worker": worker}})
    assert all(kept_from(whole.stack, use) == () for use in whole.solved.uses)
    cells = [one for one in access(whole.stack) if (one.store, one.action) == ("lake", "read")]
    read = {one.who: one for one in cells}
    assert read["task"].outcome == "allowed"
    assert read["task"].because == ("identities.worker.permissions.0",)
    assert read["notebook"].outcome == "not allowed"  # which is none of its nodes


def test_a_store_may_let_in_a_role_that_has_no_policy(stacks: Path, catalog: Catalog) -> None:
    changes: dict[str, object] = {
        "identities.trainer.permissions": [{"store": "checkpoints", "access": "read_write"}],
        "storage.imagenet.permissions": [{"identity": "train*", "access": "read"}],
    }
    found = access(read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog, changes).stack)
    assert outcomes(found, "trainer")["read", "imagenet", ""] == "allowed"


def test_what_no_workload_needs_is_told(stacks: Path, catalog: Catalog) -> None:
    path = stacks / "resnet50-imagenet-aws.yaml"
    more: dict[str, object] = {"identities.trainer.permissions.0.access": "read_write"}
    for changes, found in (({}, []), (more, [("write", "imagenet")])):
        read = read_stack(path, catalog, changes)
        cells = access(read.stack, read.solved.uses)
        extra = [(one.action, one.store) for one in more_than_needed(read.stack, cells)]
        assert extra == found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (user(groups=["staff"]), "identities.ann.groups.0: unknown group 'staff'"),
        (user(nodes="gpu"), "identities.ann: is a user; only a role is taken by nodes"),
        ({"identities": {"ann": {}}}, "identities.ann: is a role that no nodes take"),
        (
            {"identities": {"ann": {"kind": "group", "groups": ["ann"]}}},
            "identities.ann: is a group; only users are in groups",
        ),
        (user({"store": "modles", "access": "read"}), "did you mean 'models'"),
        (user({"store": "x*", "access": "read"}), "unknown store 'x*'"),
        (user({"store": "models", "access": "delete"}), "identities.ann.permissions.0.access"),
        (
            user({"store": "*", "access": "read", "objects": "a/*"}),
            "permissions.0.objects: 'files' is of kind 'nas' and has no objects with keys",
        ),
        (
            user()
            | {"storage": {"models": {"permissions": [{"identity": "an", "access": "read"}]}}},
            "storage.models.permissions.0.identity: unknown user or role 'an'; did you mean 'ann'?",
        ),
        (
            user(
                {"store": "models", "access": "read", "when": {"IpAdress": {"aws:SourceIp": "x"}}}
            ),
            "unknown condition operator 'IpAdress'; did you mean 'IpAddress'?",
        ),
        (
            user() | {"storage": {"disk": {"permissions": [{"identity": "*", "access": "read"}]}}},
            "storage.disk.permissions: no policy decides who uses a store of kind 'block'",
        ),
        (
            {
                "identities": {"staff": {"kind": "group"}},
                "storage": {"models": {"permissions": [{"identity": "staff", "access": "read"}]}},
            },
            "'staff' is a group, which the policy of a store can't name; name its users",
        ),
    ],
)
def test_what_can_t_be_is_told(
    change: dict[str, Any], message: str, catalog: Catalog, tmp_path: Path
) -> None:
    with pytest.raises(InvalidDescription) as raised:
        stack_of(dict(change), catalog, tmp_path)
    assert message in "\n".join(raised.value.lines())


@pytest.mark.parametrize(
    ("permissions", "found"),
    [
        ([("allow", "list")], ""),
        ([("allow", "read")], "LR"),
        ([("allow", "write")], "LRW"),
        ([("allow", "read_write"), ("deny", "write")], "LR"),
        ([("allow", "read_write"), ("deny", "list")], ""),
        ([("allow", "read_write"), ("deny", "read")], ""),
    ],
)
def test_a_file_system_is_mounted_or_not(
    permissions: list[tuple[str, str]], found: str, catalog: Catalog, tmp_path: Path
) -> None:
    said = [{"store": "files", "effect": one, "access": what} for one, what in permissions]
    cells = outcomes(access(stack_of(user(*said), catalog, tmp_path).stack))
    assert found == "".join(
        action[0].upper()
        for action in ("list", "read", "write")
        if cells[action, "files", ""] == "allowed"
    )


def test_conditions_of_aws_are_refused_where_no_policy_has_them(
    stacks: Path, catalog: Catalog
) -> None:
    # cloud.google.com/iam/docs/conditions-overview: conditions are expressions in CEL.
    when = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    path = "identities.trainer.permissions.0.when"
    with pytest.raises(InvalidDescription, match="which Google Cloud does not have"):
        read_stack(stacks / "resnet50-imagenet-gcp.yaml", catalog, {path: when})
    assert read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog, {path: when})
