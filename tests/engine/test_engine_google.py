"""The real engine carries every example on Google Cloud through its whole life.

No emulator of Google Cloud is known that has what nodes need, so the provider holds every property
against the SDK and the limits that the APIs document, in memory.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cut_off import cut, mend
from engine import EngineError
from examples import ROOT, Example, examples
from google_cloud import API, KINDS, PROJECT, GoogleCloud, faults
from imported_again import holds, read
from meddling import Meddling, Unfinished

GROUP = "gcp:compute/instanceGroupManager:InstanceGroupManager"
TEMPLATE = "gcp:compute/instanceTemplate:InstanceTemplate"
# It has every type of resource that any example has.
FULL = ROOT / "stacks" / "resnet50-imagenet-gcp.yaml"


def of(cloud: GoogleCloud, token: str) -> list[dict[str, Any]]:
    return [state for (kind, _), state in cloud.living.items() if kind == token]


def group_of(cloud: GoogleCloud, stack: Example, name: str) -> dict[str, Any]:
    """The managed group of a node group, by what the program says of it."""
    told = stack.engine.outputs()["node_groups"][name]
    (found,) = [one for one in of(cloud, GROUP) if one["name"] in str(told)]
    return found


def refusal_of(stack: Example) -> str | None:
    """What the engine says of an update that is not complete; None of one that is."""
    try:
        stack.engine.up("--continue-on-error")
    except EngineError as error:
        return str(error)
    return None


@pytest.mark.parametrize("path", examples("gcp"), ids=lambda path: path.stem)
def test_an_example_lives_from_preview_to_destroy(
    path: Path, example: Callable[[Path], Example], google: GoogleCloud, tmp_path: Path
) -> None:
    stack = example(path)
    engine = stack.engine
    preview = engine.preview()
    assert {step["op"] for step in preview["steps"]} == {"create"}
    assert google.living == {}

    assert engine.up() == {"create": len(preview["steps"])}
    state = engine.export()
    holds(stack.tree, read(tmp_path, preview), stack.folder, policies=False)
    holds(stack.tree, read(tmp_path, state), stack.folder)
    assert "pending_operations" not in state["deployment"]
    made = [one for one in state["deployment"]["resources"] if one["type"] in KINDS]
    assert {(one["type"], one["id"]) for one in made} == set(google.living)
    assert engine.up() == {"same": len(preview["steps"])}

    group = stack.group()
    assert group is not None
    count = stack.more()
    assert set(engine.up()) == {"same", "update"}
    spares = stack.tree["nodes"][group].get("spares", 0)
    assert group_of(google, stack, group)["targetSize"] == count + spares

    before = {one["selfLink"] for one in of(google, TEMPLATE)}
    wanted = stack.other_instance(set)
    engine.up()
    (template,) = [one for one in of(google, TEMPLATE) if one["selfLink"] not in before]
    assert wanted.startswith(template["machineType"])
    (version,) = group_of(google, stack, group)["versions"]
    assert version["instanceTemplate"].partition("?")[0] == template["selfLink"]

    assert set(engine.refresh()) == {"same"}
    engine.destroy()
    assert google.living == {}


def test_cards_of_gpus_come_and_go_with_the_machines_that_have_them(
    example: Callable[[Path], Example], google: GoogleCloud
) -> None:
    """A3 Mega has eight beside its first, A3 High four, A2 none."""
    stack, network = example(FULL), "gcp:compute/network:Network"
    group = str(stack.group())

    def built(instance: str) -> tuple[int, int]:
        stack.change(lambda tree: tree["nodes"][group].update(instance=instance, placement="none"))
        stack.engine.up()
        [template] = of(google, TEMPLATE)
        return len(of(google, network)), len(template["networkInterfaces"])

    assert built("a3-megagpu-8g") == (9, 9)
    assert set(stack.engine.up()) == {"same"}
    assert built("a3-highgpu-8g") == (5, 5)
    assert built("a2-highgpu-8g") == (1, 1)
    assert set(stack.engine.refresh()) == {"same"}
    stack.engine.destroy()
    assert google.living == {}


# What Google Cloud answers, in turn, and of a group whose nodes can't be had.
FAULTS = (
    "googleapi: Error 503: The service is unavailable",
    "googleapi: Error 429: Quota exceeded for quota metric 'Mutate requests', rateLimitExceeded",
    'Post "https://compute.googleapis.com": context deadline exceeded',
)
STOCKOUT = "ZONE_RESOURCE_POOL_EXHAUSTED: the zone does not have enough resources available"


def test_what_is_refused_once_is_built_by_the_next_update(
    example: Callable[[Path], Example], google: GoogleCloud, meddling: Meddling
) -> None:
    stack = example(FULL)
    lock, refused = threading.Lock(), dict[str, str]()

    def refuse(operation: str, urn: str) -> None:
        with lock:
            if operation == "create" and urn not in refused and GROUP not in urn:
                refused[urn] = FAULTS[len(refused) % len(FAULTS)]
                raise ValueError(refused[urn])

    def no_capacity(operation: str, urn: str) -> None:
        if operation == "create" and GROUP in urn:
            refused[urn] = STOCKOUT
            raise Unfinished(STOCKOUT)

    meddling.before, meddling.after = refuse, no_capacity
    for _ in range(20):
        known = set(refused)
        told = refusal_of(stack)
        if told is None:
            break
        told = " ".join(told.split())
        new = refused.keys() - known
        assert new, told
        assert all(urn in told and refused[urn] in told for urn in new)
        assert "Traceback" not in told
    else:
        pytest.fail("it is never complete")
    assert len(refused) == len(google.living)
    assert {*FAULTS, STOCKOUT} == {*refused.values()}
    assert set(stack.engine.up()) == {"same"}
    stack.engine.destroy()
    assert google.living == {}


def test_every_type_of_every_example_is_refused_once() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.infra.example_graphs import graph_of

    def types(*paths: Path) -> set[str]:
        return {one.type for path in paths for one in graph_of(path).clouds}

    assert types(FULL) == types(*examples("gcp"))


CUTS = (
    ("after", "gcp:compute/network:Network"),
    ("before", "gcp:storage/bucket:Bucket"),
    ("after", "gcp:serviceaccount/account:Account"),
    ("after", "gcp:compute/routerNat:RouterNat"),
    ("after", GROUP),
)


def test_an_engine_that_is_killed_again_and_again_builds_all_once(
    example: Callable[[Path], Example], google: GoogleCloud, meddling: Meddling
) -> None:
    engine = example(FULL).engine
    for position, (moment, kind) in enumerate(CUTS):
        cut(engine, meddling, moment, kind, [one for _, one in CUTS[position + 1 :]])
        with pytest.raises(EngineError, match="currently locked"):
            engine.up()
        assert f"{kind}::" in mend(engine)
        engine.refresh()  # what was not made is taken out again
        state = engine.export()["deployment"]
        # All that is there is known; but for who may use buckets, which is set again.
        known = {(one["type"], one["id"]) for one in state["resources"] if one.get("id")}
        assert {one for one in google.living if "IAMMember" not in one[0]} <= known
    engine.up()
    state = engine.export()["deployment"]
    assert not state.get("pending_operations")
    made = [(one["type"], one["id"]) for one in state["resources"] if one["type"] in KINDS]
    assert len(made) == len(set(made))
    assert set(made) == set(google.living)
    assert set(engine.up()) == {"same"}
    engine.destroy()
    assert google.living == {}


@pytest.mark.parametrize(
    ("token", "properties", "said"),
    [
        ("gcp:compute/network:Network", {"name": "Net"}, "name: 'Net' does not match"),
        ("gcp:compute/network:Network", {"name": "n" * 64}, "does not match"),
        ("gcp:compute/network:Network", {"name": "n", "mtu": 9000}, "mtu: is from 1300 to 8896"),
        ("gcp:storage/bucket:Bucket", {"name": "a-b", "labels": {"Team": "x"}}, "is no label"),
        ("gcp:serviceaccount/account:Account", {"accountId": "short"}, "does not match"),
        (GROUP, {"name": "g", "targetSize": 1001}, "targetSize"),
        (TEMPLATE, {"name": "t", "guestAccelerators": [{"count": 1}]}, "onHostMaintenance"),
        (TEMPLATE, {"name": "t", "metadataStartupScript": "x" * 262_145}, "256 KiB"),
    ],
)
def test_the_cloud_keeps_to_the_limits(token: str, properties: dict[str, Any], said: str) -> None:
    assert any(said in one for one in faults(token, properties))


def test_the_cloud_refuses_what_is_twice_not_there_or_in_use() -> None:
    cloud, token = GoogleCloud(), "gcp:compute/network:Network"
    network = cloud.create(token, {"name": "n"})
    with pytest.raises(ValueError, match="already exists"):
        cloud.create(token, {"name": "n"})
    below = {
        "name": "s",
        "region": "us-central1",
        "network": network["selfLink"],
        "ipCidrRange": "10.0.0.0/16",
    }
    missing = {**below, "network": f"{API}{PROJECT}/global/networks/m"}
    with pytest.raises(ValueError, match="was not found"):
        cloud.create("gcp:compute/subnetwork:Subnetwork", missing)
    subnet = cloud.create("gcp:compute/subnetwork:Subnetwork", below)
    with pytest.raises(ValueError, match="already being used by"):
        cloud.delete(token, network["id"])
    twice = {"name": "t", "networkInterfaces": [{"subnetwork": subnet["id"]}] * 2}
    with pytest.raises(ValueError, match="are in one network"):
        cloud.create(TEMPLATE, twice)
    cloud.delete("gcp:compute/subnetwork:Subnetwork", subnet["id"])
    cloud.delete(token, network["id"])
    assert cloud.living == {}
