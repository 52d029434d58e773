"""Descriptions of streams that can't be, each with what would be right."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.description.quantities import YEAR
from models.parts.read_stack import read_stack
from models.parts.workloads.stream_job import StreamJob
from models.parts.workloads.stream_topics import topics
from models.reading.faults import InvalidDescription

ROOT = Path(__file__).parents[4]
Faults = Callable[..., str]


def service() -> dict[str, str]:
    return {"distribution": "exponential", "mean": "1 ms"}


def operator(*inputs: str, **keys: Any) -> dict[str, Any]:
    return {"inputs": list(inputs), "nodes": "all", "instances": 2, "service": service(), **keys}


@pytest.fixture
def faults(tmp_path: Path, catalog: Catalog) -> Faults:
    def run(cloud: str = "aws", storage: Any = None, **keys: Any) -> str:
        workload = {
            "kind": "stream",
            "sources": {"web": {"rate": "10/s", "size": "1 kB"}},
            "log": {"kafka": {"nodes": "all", "partitions": 4, "replicas": 2, "append": "1 ms"}},
            "operators": {"work": operator("web")},
            "sinks": {"out": {"inputs": ["work"]}},
            **keys,
        }
        nodes = {"all": {"instance": "c5.9xlarge", "count": 2}}
        tree = {"name": "streamed", "cloud": cloud, "nodes": nodes}
        tree["storage"] = storage or {}
        tree |= {"region": {"aws": "us-east-1", "gcp": "us-central1"}[cloud]}
        if cloud == "gcp":
            nodes["all"]["instance"] = "c3-standard-88"
        path = tmp_path / "streamed.yaml"
        path.write_text(yaml.safe_dump({**tree, "workloads": {"clicks": workload}}))
        try:
            read_stack(path, catalog)
        except InvalidDescription as error:
            return "\n".join(map(str, error.faults))
        return ""

    return run


def test_it_is_read(faults: Faults) -> None:
    assert faults() == ""


def test_a_circle_is_refused_with_its_way(faults: Faults) -> None:
    round_about = {"a": operator("web"), "b": operator("c"), "c": operator("b", "a")}
    said = faults(operators=round_about, sinks={"out": {"inputs": ["c"]}})
    assert "events go round in a circle: " in said
    assert "b -> c -> b" in said or "c -> b -> c" in said
    assert "a stream has no loops" in said


def test_an_operator_that_takes_its_own_events_is_a_circle(faults: Faults) -> None:
    operators = {"a": operator("web"), "b": operator("b")}
    assert "circle: b -> b" in faults(operators=operators, sinks={"out": {"inputs": ["a"]}})


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"sinks": {"out": {"inputs": ["wrok"]}}}, "did you mean 'work'?"),
        ({"operators": {"work": operator("web"), "idle": operator("web")}}, "idle: feeds nothing"),
        ({"operators": {"work": operator("web", by_key=True)}}, "goes by keys, and events of web"),
        ({"operators": {"web": operator("web")}}, "is the name of one of its sources too"),
        (
            {"operators": {"work": operator("web"), "more": operator("web", "work")}},
            "mixes sources, which it reads, and operators",
        ),
        ({"operators": {"work": operator("web", nodes="some")}}, "unknown node group 'some'"),
        ({"operators": {"work": operator("web", vcpus=40.0)}}, "needs 40 vCPUs; a node of all has"),
        ({"operators": {"work": operator("web", instances=80)}}, "operators need 80 vCPUs of all"),
        (
            {"log": {"kafka": {"nodes": "all", "partitions": 4, "replicas": 3, "append": "1 ms"}}},
            "is 3, and all has 2 nodes, one a replica",
        ),
        (
            {"log": {"kafka": {"nodes": "all", "partitions": 4, "replicas": 1, "in_sync": 2,
                               "append": "1 ms"}}},
            "has in_sync of 2, more than 1 replicas",
        ),
        ({"log": {"kinesis": {"shards": 2, "reads": "11/s"}}}, "2 shards allow 10"),
        ({"log": {}}, "needs one of kafka and kinesis"),
        ({"sources": {"web": {"rate": "1/s", "size": "1 kB", "partition": 4}}}, "has 0 to 3"),
        ({"sources": {"web": {"size": "1 kB"}}}, "needs one of rate, by_hour and trace"),
        (
            {"operators": {"work": operator("web", window={"session": "1 s",
                                                           "allowed_lateness": "1 s"})}},
            "has sessions, which give their result once",
        ),
        (
            {"operators": {"work": operator("web", window={"sliding": {"size": "1 s",
                                                                       "every": "2 s"}})}},
            "leave out events between them",
        ),
        (
            {"operators": {"work": operator("web", window={"fixed": "1 s"}, emits=2)}},
            "has a window, which gives one result, and emits",
        ),
        ({"checkpoint": {"interval": "1 s", "restart": "1 s", "state": "1 GB"}}, "without a store"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused(keys: dict[str, Any], says: str, faults: Faults) -> None:
    assert says in faults(**keys)


def test_kinesis_is_of_aws(faults: Faults) -> None:
    said = faults("gcp", log={"kinesis": {"shards": 2}})
    assert "is not to be had on Google Cloud" in said
    assert "describe brokers with 'kafka'" in said


def test_an_unknown_group_of_brokers_is_told_once(faults: Faults) -> None:
    kafka = {"nodes": "al", "partitions": 4, "replicas": 2, "append": "1 ms", "store": "log"}
    disk = {"kind": "block", "service": "ebs-gp3", "size": "1 TB", "nodes": "all"}
    said = faults(log={"kafka": kafka}, storage={"log": disk})
    assert said == "workloads.clicks.log.kafka.nodes: unknown node group 'al'; did you mean 'all'?"


def test_a_record_that_kinesis_does_not_take_is_refused(faults: Faults) -> None:
    # Amazon Kinesis Data Streams Developer Guide: 10 MiB a record at the most, 1 MiB by default.
    log = {"kinesis": {"shards": 20}}
    said = faults(log=log, sources={"web": {"rate": "1/s", "size": "11 MiB"}})
    assert "sources.web.size: is 11.5 MB; a record of Kinesis has at most 10 MiB" in said
    assert faults(log=log, sources={"web": {"rate": "1/s", "size": "10 MiB"}}) == ""


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        ({"acks": "leader", "in_sync": 2}, "counts with acks of all alone"),
        ({"follower_lag": "10 ms"}, "counts with acks of leader alone"),
        ({"acks": "leader", "follower_lag": "0 s"}, "follower_lag"),
        ({"acks": "none"}, "acks"),
    ],
)
def test_who_acknowledges_is_refused_where_it_can_not_be(
    faults: Faults, keys: dict[str, Any], wrong: str
) -> None:
    kafka = {"nodes": "all", "partitions": 4, "replicas": 2, "append": "1 ms", **keys}
    assert wrong in faults(log={"kafka": kafka})


def test_a_leader_may_acknowledge_alone(faults: Faults) -> None:
    kafka = {"nodes": "all", "partitions": 4, "replicas": 2, "append": "1 ms", "acks": "leader"}
    assert faults(log={"kafka": kafka}) == ""
    assert faults(log={"kafka": {**kafka, "follower_lag": "5 ms"}}) == ""


def test_what_is_acknowledged_is_lost_by_the_law(stacks: Path, catalog: Catalog) -> None:
    def lost(store: str | None = "log", **keys: Any) -> tuple[float | None, StreamJob]:
        path = "workloads.clicks.log.kafka"
        keys = {"replicas": 2, "in_sync": 1, "store": store, **keys}
        changes = {f"{path}.{key}": value for key, value in keys.items()}
        read = read_stack(stacks / "kafka-clickstream.yaml", catalog, changes)
        job = read.solved.workloads["clicks"].answer
        return topics(job)[0].acknowledged_lost, job

    none, job = lost()
    assert none == 0
    assert job.broker is not None
    f, b = 1 / job.broker[0], 1 / job.broker[1]
    # 6,000/s for 10 ms, as often as one of two leaders that have a follower fails.
    leader, _ = lost(acks="leader", follower_lag="10 ms")
    assert leader == pytest.approx(60 * f * (b / (f + b)) ** 2 * YEAR)
    assert lost(acks="leader")[0] is None  # nothing says how far followers are behind
    alone = 2 * f * b / (f + b) ** 2
    until = 1 / (f + b) / (1 - f / (f + b) / 2)
    unclean, _ = lost(unclean_election=True)
    assert unclean == pytest.approx(6000 * alone * f * until / 2 * YEAR)
    assert lost(unclean_election=True, in_sync=2)[0] == pytest.approx(0, abs=1e-9)
    # Disks of an instance go with it, and with them what nothing here reckons.
    assert lost(store=None)[0] is None


@pytest.mark.parametrize(("rate", "shards"), [("2999/s", 3), ("3000/s", 4)])
def test_shards_that_nobody_chose_are_not_full(
    rate: str, shards: int, tmp_path: Path, catalog: Catalog
) -> None:
    """Three take 3,000 records a second; as many would let the queue grow without end."""
    tree = yaml.safe_load((ROOT / "stacks" / "kinesis-sensors.yaml").read_text())
    stream = tree["workloads"]["sensors"]
    stream["log"] = {"kinesis": {"fan_out": True}}
    stream["sources"]["machines"] |= {"rate": rate, "size": "100 B"}
    path = tmp_path / "sensors.yaml"
    path.write_text(yaml.safe_dump(tree))
    job: StreamJob = read_stack(path, catalog).solved.workloads["sensors"].answer
    assert job.logs["machines"].places == shards
