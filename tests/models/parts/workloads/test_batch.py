"""MapReduce and Spark as they are described: containers, stages, what a task takes, faults."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.workloads.batch_solution import BatchSolution
from models.reading.faults import InvalidDescription

GIB = 2.0**30
Solve = Callable[..., BatchSolution]

# A node of 16 vCPU, 64 GiB and 1 GB/s, with two disks of 200 MB/s each.
MACHINE = {"vcpus": 16, "memory": "64 GiB", "network": "1 GB/s", "network_link": "ethernet-100g"}


def described(batch: dict[str, Any], count: int = 4, **keys: Any) -> dict[str, Any]:
    return {
        "name": "analytics",
        "cloud": "on-premises",
        "nodes": {
            "core": {"machine": MACHINE, "count": count, "price": "1 USD/h"},
            **keys.get("nodes", {}),
        },
        "storage": {
            "disks": {
                "kind": "local",
                "nodes": "core",
                "disk": "textbook-ssd",
                "disks": 2,
                "price": "1 USD/month",
            },
            "lake": {"kind": "nas", "size": "100 TB", "bandwidth": "2 GB/s"},
        },
        "workloads": {
            "job": {
                "kind": "batch",
                "nodes": {"core": "core"},
                "container": {"memory": "4 GiB"},
                **batch,
            }
        },
    }


@pytest.fixture
def solved(tmp_path: Path, catalog: Catalog) -> Solve:
    def run(batch: dict[str, Any], **keys: Any) -> BatchSolution:
        path = tmp_path / "analytics.yaml"
        path.write_text(yaml.safe_dump(described(batch, **keys)))
        answer = read_stack(path, catalog).solved.workloads["job"].answer
        assert isinstance(answer, BatchSolution)
        return answer

    return run


def one_stage(**stage: Any) -> dict[str, Any]:
    return {"stages": {"map": stage}}


@pytest.mark.parametrize(
    ("container", "more", "containers"),
    [
        # 56 GiB of 64 are left: 14 of 4 GiB; 16 vCPUs hold 16 of one, 8 of two.
        ({"memory": "4 GiB"}, {}, 14),
        ({"memory": "4 GiB", "vcpus": 2}, {}, 8),
        ({"memory": "4 GiB"}, {"reserved": "0 B"}, 16),
        ({"memory": "4 GiB"}, {"slots": 10}, 10),
        ({"memory": "56 GiB"}, {}, 1),
    ],
)
def test_yarn_starts_as_many_containers_as_both_resources_hold(
    container: dict[str, Any], more: dict[str, Any], containers: int, solved: Solve
) -> None:
    found = solved({"container": container, **more, **one_stage(tasks=10, time="1 s")})
    assert found.groups[0].slots == containers
    assert found.containers == 4 * containers


def test_a_container_that_fits_on_no_node_is_refused(solved: Solve) -> None:
    with pytest.raises(InvalidDescription, match=r"container: of 1 vCPUs and 68\.7 GB fits on no"):
        solved({"container": {"memory": "64 GiB"}, **one_stage(tasks=1, time="1 s")})


def test_a_stage_has_a_task_for_each_split_of_its_input(solved: Solve) -> None:
    found = solved(one_stage(input={"store": "lake", "size": "10 GiB"}))
    assert found.tasks == 80  # of 128 MiB
    larger = one_stage(input={"store": "lake", "size": "10 GiB"}, split="1 GiB")
    assert solved(larger).tasks == 10


def test_equal_tasks_take_as_many_waves_as_do_not_fit_side_by_side(solved: Solve) -> None:
    # 56 containers: 113 tasks of 10 s in three waves, 5 reduce tasks of 4 s in one.
    stages = {
        "map": {"tasks": 113, "time": "10 s"},
        "reduce": {"after": ["map"], "tasks": 5, "time": "4 s"},
    }
    found = solved({"stages": stages, "startup": "7 s"})
    assert [one.waves for one in found.steps] == [3, 1]
    assert found.makespan == pytest.approx(7 + 3 * 10 + 4)
    assert (found.bounds.low, found.bounds.high) == pytest.approx((41, 41))
    assert found.bounds.low <= found.makespan <= found.bounds.high
    assert solved({"stages": stages, "variation": 0.2}).makespan is None


@pytest.mark.parametrize(
    ("stage", "limit", "seconds"),
    [
        # 56 tasks, 14 on each of 4 nodes, of 1 GB each.
        ({"rate": "10 MB/s"}, "compute", 100.0),
        # All of them from the lake at 2 GB/s, and 14 GB through 1 GB/s of a node.
        ({"rate": "10 GB/s"}, "lake", 28.0),
        # Each node fetches 40 GB, 10 of them its own.
        ({"broadcast": "30 GB", "time": "1 s"}, "network", 44.0),
    ],
)
def test_a_task_takes_the_longest_of_its_links(
    stage: dict[str, Any], limit: str, seconds: float, solved: Solve
) -> None:
    read = {"store": "lake", "size": "56 GB"}
    found = solved(one_stage(input=read, tasks=56, **stage))
    [time] = found.steps[0].times
    assert time.links[0].name == limit
    assert time.local == pytest.approx(seconds)


def test_what_is_shuffled_crosses_the_network_but_for_the_part_of_ones_own_node(
    solved: Solve,
) -> None:
    stages = {
        "map": {"tasks": 56, "time": "1 s", "shuffle": "56 GB"},
        "reduce": {"after": ["map"], "tasks": 56},
    }
    [_, reduce] = solved({"stages": stages}).steps
    # 14 GB a node, of which three quarters come from the others, at 1 GB/s.
    assert reduce.times[0].local == pytest.approx(14 * 3 / 4)
    assert reduce.times[0].links[0].name == "network"


def test_what_crosses_oversubscribed_switches_takes_longer(
    tmp_path: Path, catalog: Catalog
) -> None:
    stages = {
        "map": {"tasks": 56, "time": "1 s", "shuffle": "56 GB"},
        "reduce": {"after": ["map"], "tasks": 56},
    }
    path = tmp_path / "analytics.yaml"
    tree = {"network": {"tree": {"leaf_ports": 2, "oversubscription": 4.0}}}
    path.write_text(yaml.safe_dump({**described({"stages": stages}), **tree}))
    [_, reduce] = read_stack(path, catalog).solved.workloads["job"].answer.steps
    # Of the three others, two are under another leaf, whose uplinks carry a quarter.
    assert reduce.times[0].local == pytest.approx(14 * 3 / 4 * 4 * 2 / 3)


def test_disks_of_the_nodes_hold_what_is_shuffled_and_hdfs(solved: Solve, catalog: Catalog) -> None:
    disk = catalog.disks["textbook-ssd"]
    stages = {
        "map": {"input": {"store": "disks", "size": "56 GB"}, "tasks": 56, "shuffle": "28 GB"},
        "reduce": {"after": ["map"], "tasks": 56, "output": {"store": "disks", "size": "14 GB"}},
    }
    hdfs = {"hdfs": {"store": "disks", "replication": 3}, "scratch": ["disks"]}
    first, second = solved({"stages": stages, **hdfs, "container": {"memory": "4 GiB"}}).steps
    read, write = 4 * 2 * disk.sequential_read, 4 * 2 * disk.sequential_write
    assert first.times[0].local == pytest.approx(56e9 / read + 28e9 / write)
    assert first.times[0].links[0].name == "disks"
    # Fetched once, and written three times.
    assert second.times[0].local == pytest.approx(28e9 / read + 3 * 14e9 / write)
    # Elsewhere the block comes through the network as well, 14 GB a node.
    assert first.times[0].remote >= 14.0


def test_a_combiner_shuffles_a_pair_for_each_key_and_task(solved: Solve) -> None:
    def pairs(combine: bool) -> float | None:
        shuffle = {"records": 10_000_000.0, "keys": 100, "pair": "20 B", "combine": combine}
        found = solved(one_stage(tasks=10, time="1 s", shuffle=shuffle))
        assert found.steps[0].moves.shuffled == pytest.approx(20 * found.steps[0].moves.pairs)
        return found.steps[0].moves.pairs

    assert pairs(combine=True) == pytest.approx(1000)
    assert pairs(combine=False) == pytest.approx(10_000_000)


ITERATIVE = {
    "stages": {
        "assign": {
            "input": {"store": "lake", "size": "80 GB"},
            "tasks": 56,
            "cache": True,
            "shuffle": "1 GB",
        },
        "update": {"after": ["assign"], "tasks": 1, "time": "2 s"},
        "save": {"after": ["update"], "tasks": 1, "time": "1 s"},
    },
    "iterations": {"count": 5, "stages": ["assign", "update"]},
}


def test_spark_reads_once_what_fits_and_hadoop_in_every_iteration(solved: Solve) -> None:
    spark = solved(ITERATIVE)
    names = [one.step.name for one in spark.steps]
    assert names[:3] == ["assign 1", "update 1", "assign 2"]
    assert names[-1] == "save"
    assert spark.steps[2].step.after == (1,)
    assert spark.steps[-1].step.after == (9,)
    assert spark.cached == {"assign": 1.0}  # 56 executors of 2 GB
    assert spark.read("assign") == pytest.approx(80e9)
    assert spark.steps[2].moves.store == 0
    assert spark.steps[2].times[0].remote > spark.steps[2].times[0].local  # read again
    hadoop = solved({**ITERATIVE, "engine": "hadoop"})
    assert hadoop.cached == {}
    assert hadoop.read("assign") == pytest.approx(5 * 80e9)


def test_what_does_not_fit_in_memory_is_read_again(solved: Solve) -> None:
    # 2 GiB of a container: a heap of 1.63 GiB, 300 MiB less, 0.6 of it: 855 MB in each of 56.
    found = solved({**ITERATIVE, "container": {"memory": "2 GiB"}, "slots": 14})
    heap = 2 - 384 / 1024  # more than a tenth of the heap is beside it
    assert found.cached["assign"] == pytest.approx(56 * 0.6 * (heap - 300 / 1024) * GIB / 80e9)
    again = 80e9 * (1 - found.cached["assign"])
    assert found.steps[2].moves.store == pytest.approx(again)
    assert found.read("assign") == pytest.approx(80e9 + 4 * again)


def test_what_has_no_room_to_be_sorted_spills(solved: Solve) -> None:
    stages = {
        "map": {"tasks": 56, "time": "1 s", "shuffle": "560 GB"},
        "reduce": {"after": ["map"], "tasks": 56},
    }
    few = solved({"stages": stages, "scratch": ["disks"]})
    # 10 GB a task in 2.2 GB of memory: five runs, merged in one pass, on both sides.
    assert few.steps[0].moves.spilled == pytest.approx(560e9)
    assert few.steps[1].moves.spilled == pytest.approx(560e9)
    many = {**stages, "reduce": {"after": ["map"], "tasks": 560}}
    assert solved({"stages": many, "scratch": ["disks"]}).steps[1].moves.spilled == 0


def test_task_nodes_read_hdfs_through_the_network(solved: Solve) -> None:
    extra = {"extra": {"machine": MACHINE, "count": 2, "price": "1 USD/h"}}
    found = solved(
        {
            "nodes": {"core": "core", "task": "extra"},
            "hdfs": {"store": "disks"},
            **one_stage(input={"store": "disks", "size": "84 GB"}, tasks=84),
        },
        nodes=extra,
    )
    core, task = found.steps[0].times
    # 84 tasks of 1 GB on 14 containers of each of 6 nodes: 14 GB through 1 GB/s of a node.
    assert {one.name: one.time for one in core.links}["network"] == 0
    for links in (core.remote_links, task.links, task.remote_links):
        assert {one.name: one.time for one in links}["network"] == pytest.approx(14.0)


@pytest.mark.parametrize(
    ("batch", "says"),
    [
        (one_stage(time="1 s"), "has no input to be split; say how many `tasks` it has"),
        (
            {"stages": {"a": {"after": ["b"], "tasks": 1}, "b": {"after": ["a"], "tasks": 1}}},
            "workloads.job.stages.a.after: stages go round in a circle: a -> b -> a",
        ),
        (
            {"stages": {"a": {"after": ["mapp"], "tasks": 1}}},
            "workloads.job.stages.a.after.0: unknown stage 'mapp'; the file has: a",
        ),
        (one_stage(tasks=1, rate="1 MB/s"), "stages.map.rate: reads and fetches nothing"),
        (one_stage(tasks=1, time="1 s", rate="1 MB/s"), "has a time and a rate"),
        ({"nodes": {"core": "cores"}, **one_stage(tasks=1)}, "'core'"),
        (
            {"scratch": ["disks", "disks"], **one_stage(tasks=1)},
            "scratch.1: names 'disks' twice; its disks are shared once",
        ),
        (
            {"nodes": {"core": "core", "task": "core"}, **one_stage(tasks=1)},
            "names a group twice",
        ),
        ({"hdfs": {"store": "lake"}, **one_stage(tasks=1)}, "'lake' is of kind nas, not disks"),
        (
            {"hdfs": {"store": "disks", "replication": 5}, **one_stage(tasks=1)},
            "wants 5 replicas of each block on different nodes, but core has 4",
        ),
        (
            one_stage(input={"store": "disks", "size": "1 GB"}),
            "'disks' is disks of each node, which the others can't read; say `hdfs`",
        ),
        (
            {
                "stages": {
                    "a": {"tasks": 1},
                    "b": {"after": ["a"], "tasks": 1},
                    "c": {"after": ["b"], "tasks": 1},
                },
                "iterations": {"count": 2, "stages": ["a", "c"]},
            },
            "run stages again that wait for one that is not among them",
        ),
        (
            {"stages": {"a": {"tasks": 1}}, "iterations": {"count": 2, "stages": ["b"]}},
            "iterations.stages.0: unknown stage 'b'; the file has: a",
        ),
    ],
)
def test_what_is_wrong_is_said(batch: dict[str, Any], says: str, solved: Solve) -> None:
    with pytest.raises(InvalidDescription) as caught:
        solved(batch)
    assert says in str(caught.value)


def test_an_unknown_node_group_is_told_once(solved: Solve) -> None:
    disks = {"hdfs": {"store": "disks"}, "scratch": ["disks"]}
    with pytest.raises(InvalidDescription) as caught:
        solved({"nodes": {"core": "cores"}, **disks, **one_stage(tasks=1)})
    [fault] = caught.value.faults
    assert fault.where == "workloads.job.nodes.core"


def test_stages_wait_for_stages_even_where_something_else_is_misspelled(solved: Solve) -> None:
    stages = {"a": {"tasks": 1}, "b": {"after": ["a"], "tasks": 1, "tme": "1 s"}}
    with pytest.raises(InvalidDescription) as caught:
        solved({"stages": stages})
    assert len(caught.value.faults) == 1
    assert "tme: is not a known key; did you mean 'time'?" in str(caught.value)


def test_pairs_that_are_wrong_are_not_told_to_be_a_size(solved: Solve) -> None:
    shuffle = {"records": 10, "keys": 0, "pair": "1 B"}
    with pytest.raises(InvalidDescription) as caught:
        solved(one_stage(tasks=1, shuffle=shuffle))
    [fault] = caught.value.faults
    assert fault.path[-2:] == ("shuffle", "keys")


def test_tasks_beyond_a_million_are_refused(solved: Solve) -> None:
    looped = {"tasks": 600_000, "time": "1 s"}
    with pytest.raises(InvalidDescription, match="have 1,200,000 tasks in all iterations"):
        solved({**one_stage(**looped), "iterations": {"count": 2, "stages": ["map"]}})


def test_a_store_of_hdfs_holds_the_replicas(solved: Solve) -> None:
    data = {"store": "disks", "size": "900 TB"}
    with pytest.raises(InvalidDescription, match=r"but 675 TB are put there"):
        solved({"hdfs": {"store": "disks"}, **one_stage(input=data, tasks=100)})


def test_nodes_without_scratch_disks_beside_others_are_told_of(
    tmp_path: Path, catalog: Catalog
) -> None:
    extra = {"extra": {"machine": MACHINE, "count": 2, "price": "1 USD/h"}}
    batch = {
        "nodes": {"core": "core", "task": "extra"},
        "scratch": ["disks"],
        **one_stage(tasks=10, time="1 s", shuffle="1 GB"),
    }
    path = tmp_path / "analytics.yaml"
    path.write_text(yaml.safe_dump(described(batch, nodes=extra)))
    told = [one.text for one in read_stack(path, catalog).solved.findings]
    assert any("nodes of extra have no scratch disks" in text for text in told)
    path.write_text(yaml.safe_dump(described({**batch, "nodes": {"core": "core"}})))
    told = [one.text for one in read_stack(path, catalog).solved.findings]
    assert not any("scratch" in text for text in told)
