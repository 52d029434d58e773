"""Streams over time: against the laws, by the hour, in overload, after failures, with a bill."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.description.quantities import HOUR, MONTH
from models.parts.read_stack import read_stack
from models.parts.workloads.stream import Stream
from models.prediction import Prediction
from models.prediction.stream_answer import StreamPrediction
from models.reading.faults import InvalidDescription
from reports.json_report import as_json
from reports.workloads import stream as stream_report
from sim.predict import predict

Predict = Callable[..., Prediction]


def exponential(mean: str) -> dict[str, str]:
    return {"distribution": "exponential", "mean": mean}


def described(**keys: Any) -> dict[str, Any]:
    """A source, Kafka, one operator and one sink, with changes by dotted path."""
    workload: dict[str, Any] = {
        "kind": "stream",
        "sources": {"web": {"rate": "500/s", "size": "1 kB", "keys": {"count": 1000}}},
        "log": {"kafka": {"nodes": "all", "partitions": 4, "replicas": 2, "append": "5 ms"}},
        "operators": {
            "work": {
                "inputs": ["web"],
                "nodes": "all",
                "instances": 4,
                "service": exponential("4 ms"),
            }
        },
        "sinks": {"out": {"inputs": ["work"]}},
    }
    tree = {
        "name": "streamed",
        "cloud": "aws",
        "region": "us-east-1",
        "nodes": {"all": {"instance": "c5.9xlarge", "count": 3}},
        "workloads": {"clicks": workload},
        "objectives": keys.pop("objectives", {}),
    }
    for path, value in keys.items():
        place, *steps = path.split("__")
        here = workload
        for step in [place, *steps][:-1]:
            here = here.setdefault(step, {})
        here[[place, *steps][-1]] = value
    return tree


@pytest.fixture
def predicted(tmp_path: Path, catalog: Catalog) -> Predict:
    def run(engine: str = "compiled", **keys: Any) -> Prediction:
        path = tmp_path / "streamed.yaml"
        path.write_text(yaml.safe_dump(described(**keys)))
        file = read_stack(path, catalog)
        return predict(file, catalog, replications=20, jobs=1, engine=engine)

    return run


def stream(prediction: Prediction) -> StreamPrediction:
    [found] = prediction.workloads
    assert isinstance(found, StreamPrediction)
    return found


def test_the_law_and_the_simulation_agree(predicted: Predict) -> None:
    one = stream(predicted())
    reader = next(stage for stage in one.stages if stage.name == "work")
    assert reader.response is not None
    assert reader.law_response == pytest.approx(reader.response.mean, rel=0.03)
    [sink] = one.sinks
    assert sink.latency is not None
    assert sink.law_latency == pytest.approx(sink.latency.mean, rel=0.03)
    assert one.lag is not None
    assert one.law_lag == pytest.approx(one.lag.mean, rel=0.03)
    assert one.throughput.mean == 500
    assert one.capacity == pytest.approx(500 / reader.utilization)


def test_both_engines_predict_the_same(predicted: Predict, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.streaming import stream_runs

    for name in ("_COUNTED", "_VISITS", "_THIN"):
        monkeypatch.setattr(stream_runs, name, 4000)
    changes: dict[str, Any] = {"checkpoint": {"interval": "10 s", "restart": "1 s"}}
    changes["operators__work__window"] = {"fixed": "500 ms"}
    changes["operators__work__by_key"] = True
    compiled, simpy = (stream(predicted(engine, **changes)) for engine in ("compiled", "simpy"))
    for mine, theirs in zip(compiled.stages, simpy.stages, strict=True):
        assert mine.response is not None
        assert theirs.response is not None
        assert mine.response.mean == pytest.approx(theirs.response.mean, rel=1e-9)
    assert compiled.p99 is not None
    assert simpy.p99 is not None
    assert compiled.p99.mean == pytest.approx(simpy.p99.mean, rel=1e-9)
    assert compiled.recovery is not None
    assert simpy.recovery is not None
    assert compiled.recovery.drain == pytest.approx(simpy.recovery.drain)


def test_overload_has_no_latency_and_a_remedy(predicted: Predict) -> None:
    """Four instances of 250/s take 1,000/s; of 2,000/s about 1,000/s are left behind."""
    whole = predicted(sources__web__rate="2000/s")
    one = stream(whole)
    assert one.unstable == ("work",)
    assert (one.p50, one.p95, one.p99, one.lag, one.law_lag, one.loss) == (None,) * 6
    assert one.throughput.mean == pytest.approx(1000)
    assert one.behind == pytest.approx(1000)
    assert one.overloaded
    assert one.unavailability == 1
    assert one.remedy.endswith("a partition each: a higher `log.kafka.partitions` first")
    assert any("grows without end" in finding.text for finding in whole.warnings)
    shown = dict(stream_report.lines(one, None))  # type: ignore[arg-type]
    assert "the lag grows by 1,000 events/s" in shown["UNSTABLE"]


def test_enough_instances_by_the_remedy_are_enough(predicted: Predict) -> None:
    changes = {"sources__web__rate": "2000/s", "log__kafka__partitions": 900}
    remedy = stream(predicted(**changes)).remedy
    found = re.fullmatch(r"`operators.work.instances` of (\d+), instead of 4, .*", remedy)
    assert found is not None
    assert not stream(predicted(**changes, operators__work__instances=int(found[1]))).unstable


def test_a_remedy_reckons_with_the_partitions_that_each_instance_reads(predicted: Predict) -> None:
    # 8 partitions, all as full: 4 instances read two each, and so does the busiest of 5, 6 and 7.
    changes = {"log__kafka__partitions": 8, "operators__work__instances": 4}
    changes |= {"sources__web__keys": None}
    remedy = stream(predicted(**changes)).remedy
    assert remedy.startswith("`operators.work.instances` of 8, instead of 4, lets it take")
    remedy = stream(predicted(**{**changes, "operators__work__instances": 8})).remedy
    assert remedy.endswith("a partition each: a higher `log.kafka.partitions` first")


def test_a_hot_key_is_told_apart_from_too_few_instances(predicted: Predict) -> None:
    one = stream(predicted(sources__web__keys={"count": 100, "skew": 2.0}))
    assert "gets" in one.remedy
    assert "spread its keys" in one.remedy
    [topic] = one.topics
    assert topic.hottest > 0.6


def test_a_hot_key_fills_one_shard(predicted: Predict) -> None:
    """All events of one key at 1 MB/s: one shard of four is just full, and the others idle."""
    one = stream(
        predicted(
            log={"kinesis": {"shards": 4}},
            sources__web={"rate": "1000/s", "size": "1 kB", "keys": {"count": 1}},
        )
    )
    [topic] = one.topics
    assert topic.utilization == pytest.approx(1.0)
    assert topic.hottest == 1
    assert one.unstable[0] == "log"


def test_shards_are_the_fewest_that_the_load_needs(predicted: Predict) -> None:
    source = {"rate": "2500/s", "size": "1400 B", "keys": {"count": 100_000}}
    log = {"kinesis": {"reads": "12/s", "fan_out": False}}
    operators = {"operators__work__service": exponential("1 ms"), "log": log}
    one = stream(predicted(sources__web=source, **operators))
    assert (one.topics[0].partitions, one.topics[0].needed_by) == (4, "bytes written")
    assert one.added == pytest.approx(
        4 / 12 / 2
    )  # one consumer polls four shards 12 times a second
    sent = stream(
        predicted(sources__web=source, **operators | {"log": {"kinesis": {"fan_out": True}}})
    )
    assert sent.added == 0


def test_micro_batches_add_half_their_interval(predicted: Predict) -> None:
    plain, batched = stream(predicted()), stream(predicted(micro_batch="2 s"))
    assert (plain.added, batched.added) == (0, 1)
    waits = [next(s for s in one.stages if s.role == "reader").waiting for one in (plain, batched)]
    assert waits[0] is not None
    assert waits[1] is not None
    # And what came before in the batch: half of what a batch takes.
    assert waits[1].mean == pytest.approx(1 + 0.5 + 0.005, rel=0.03)
    assert batched.p50.mean > plain.p50.mean + 0.9  # type: ignore[union-attr]


def test_what_comes_in_bursts_behind_batches_has_its_law(predicted: Predict) -> None:
    # Four readers pass on a second's events within 400 ms, of which the next stage does 0.8 s.
    after = {"inputs": ["work"], "nodes": "all", "instances": 2, "service": exponential("3.2 ms")}
    changes = {"operators__after": after, "sinks__out__inputs": ["after"], "micro_batch": "1 s"}
    one = stream(predicted(operators__work__service=exponential("3.2 ms"), **changes))
    behind = next(stage for stage in one.stages if stage.name == "after")
    assert behind.response is not None
    assert behind.law_response == pytest.approx(behind.response.mean, rel=0.1)
    assert behind.law_response > 0.15  # one by one they would take 16 ms
    [sink] = one.sinks
    assert sink.latency is not None
    assert sink.p95 is not None
    assert sink.law_latency == pytest.approx(sink.latency.mean, rel=0.05)
    assert sink.law_p95 == pytest.approx(sink.p95.mean, rel=0.05)


def test_sessions_of_all_keys_together_that_never_end_are_told(predicted: Predict) -> None:
    whole = predicted(operators__work__window={"session": "6 s"})
    said = [one.text for one in whole.warnings if one.place == "workloads.clicks.operators.work"]
    assert len(said) == 1
    assert said[0].startswith("events come to an instance every ")
    assert said[0].endswith("; `by_key: true` is for a result of each key")
    keyed = predicted(operators__work__window={"session": "6 s"}, operators__work__by_key=True)
    assert not [one for one in keyed.warnings if one.place.endswith("operators.work")]


@pytest.mark.parametrize(("skew", "close"), [(0.0, 0.05), (0.9, 0.05)])
def test_results_of_all_keys_wait_for_each_other_at_the_next_stage(
    skew: float, close: float, predicted: Predict
) -> None:
    # 100 keys and more in each window of 2 s: 0.2 s of work and more at once, for one of four.
    source = {"rate": "500/s", "size": "1 kB", "keys": {"count": 500, "skew": skew}}
    changes: dict[str, Any] = {
        "sources__web": {**source, "delay": exponential("100 ms")},
        "operators__work__window": {"fixed": "2 s", "watermark": "500 ms"},
        "operators__work__by_key": True,
        "sinks__out": {"inputs": ["work"], "instances": 4, "service": exponential("4 ms")},
    }
    [sink] = stream(predicted(**changes)).sinks
    assert sink.latency is not None
    assert sink.p95 is not None
    assert sink.law_latency == pytest.approx(sink.latency.mean, rel=close)
    assert sink.law_p95 == pytest.approx(sink.p95.mean, rel=2 * close)
    batched = stream(predicted(micro_batch="1 s", **changes)).sinks
    assert batched[0].law_latency is None  # windows and batches meet as their lengths divide


def test_a_few_long_windows_are_counted_whole(predicted: Predict) -> None:
    changes: dict[str, Any] = {"sources__web__rate": "2500/s", "operators__work__service": "1 ms"}
    window = {"sliding": {"size": "40 s", "every": "10 s"}}
    one = stream(predicted(operators__work__window=window, operators__work__by_key=True, **changes))
    [found] = one.windows
    assert found.results is not None
    assert found.results.mean == pytest.approx(found.law_results, rel=0.02)
    [sink] = one.sinks
    assert sink.rate is not None
    assert sink.rate.mean == pytest.approx(found.law_results, rel=0.02)


def test_a_day_builds_up_and_drains_a_backlog(predicted: Predict) -> None:
    rates = ["200/s"] * 8 + ["1500/s"] * 2 + ["200/s"] * 14
    source = {"by_hour": rates, "size": "1 kB", "keys": {"count": 100_000}}
    one = stream(predicted(sources__web=source))
    assert (one.unstable, one.highest_rate) == ((), 1500)
    law = [hour.law_backlog for hour in one.hours]
    busy = next(stage for stage in one.stages if stage.name == "work")
    # Each instance takes 250/s of the 375/s that come, whatever the keys.
    assert law[9] == pytest.approx(2 * HOUR * 500, rel=0.1)
    assert law[7] == 0
    assert law[23] == 0
    assert busy.utilization > 1
    for hour in one.hours:
        assert hour.backlog is not None
        assert hour.backlog.mean == pytest.approx(hour.law_backlog, rel=0.1, abs=20_000)
    assert one.p95 is not None
    assert one.p95.mean > 60  # those of the busy hours wait
    assert one.lag is not None
    assert one.lag.mean == pytest.approx(one.law_lag, rel=0.1)


def test_after_a_failure_it_catches_up_as_the_fluid_says(predicted: Predict) -> None:
    checkpoint = {"interval": "60 s", "restart": "20 s", "detection": "10 s"}
    one = stream(predicted(checkpoint=checkpoint, sources__web__keys={"count": 100_000})).recovery
    assert one is not None
    assert one.downtime == 30
    assert one.replayed == 500 * 30
    assert one.backlog == 500 * 60
    busy = 500 * 0.004 / 4
    assert one.law_drain == pytest.approx(60 * busy / (1 - busy), rel=0.2)  # of even keys
    assert one.drain is not None
    assert one.drain.mean == pytest.approx(one.law_drain, rel=0.15)
    assert 0 < one.interruptions < 10


def test_without_checkpoints_nothing_is_said_of_recovery(predicted: Predict) -> None:
    whole = predicted()
    assert stream(whole).recovery is None
    assert any("is not known" in finding.text for finding in whole.warnings)


def test_one_broker_down_loses_nothing(predicted: Predict) -> None:
    quiet = {"sources__web__rate": "100/s"}  # of which one node takes all
    one = stream(predicted(**quiet))
    [topic] = one.topics
    assert (topic.replicas, topic.lost_with_one_down, topic.lost_with_two_down) == (2, 0, 2)
    assert topic.to_spare == 1
    assert one.cases[0].lost == 0
    bare = stream(predicted(log__kafka__replicas=1, **quiet))
    assert bare.topics[0].lost_with_one_down == 2
    assert bare.topics[0].to_spare == 0
    assert bare.unavailability > one.unavailability  # which needs all of its brokers


def test_windows_and_late_events_by_law_and_simulated(predicted: Predict) -> None:
    window = {"fixed": "2 s", "watermark": "1 s"}
    delayed = {
        "rate": "500/s",
        "size": "1 kB",
        "keys": {"count": 50},
        "delay": exponential("500 ms"),
    }
    keys = {"operators__work__window": window, "operators__work__by_key": True}
    wanted = {"loss": {"workload": "clicks", "at_most": "10 %"}}
    prediction = predicted(sources__web=delayed, objectives=wanted, **keys)
    one = stream(prediction)
    [objective] = prediction.objectives
    assert objective.target == "at most 10 % of the events of clicks"
    assert objective.predicted.endswith(" % miss their windows")
    [found] = one.windows
    assert found.results is not None
    assert found.late is not None
    assert found.law_results == pytest.approx(found.results.mean, rel=0.05)
    assert found.law_late == pytest.approx(found.late.mean, rel=0.1)
    assert found.law_late < 0.25 * math.exp(-2) * (1 - math.exp(-4))  # of very many events
    assert one.loss == found.late
    [sink] = one.sinks
    assert sink.windowed
    assert sink.latency is not None
    assert sink.p95 is not None
    assert sink.law_latency == pytest.approx(sink.latency.mean, rel=0.03)
    assert sink.law_p95 == pytest.approx(sink.p95.mean, rel=0.05)
    assert sink.p50 is not None
    assert sink.p50.mean > 1  # the watermark's delay


def test_an_objective_of_latency_is_of_the_slowest_sink(predicted: Predict) -> None:
    wanted = {"latency": {"workload": "clicks", "percentile": 99.9, "at_most": "1 s"}}
    whole = predicted(objectives=wanted)
    [met] = whole.objectives
    one = stream(whole)
    assert met.met
    assert one.latency is not None
    assert one.latency.response is not None
    assert one.p99 is not None
    assert one.latency.response.mean > one.p99.mean


def test_what_it_costs(predicted: Predict) -> None:
    one = stream(
        predicted(log={"kinesis": {"shards": 5}}, sources__web={"rate": "100/s", "size": "30 kB"})
    )
    lines = 5 * 0.015 + 100 * HOUR * 2 / 1e6 * 0.014  # two payload units each
    nodes = 3 * 1.53
    assert one.hourly == pytest.approx(lines + nodes, rel=0.02)  # and their system volumes
    assert one.monthly == pytest.approx(one.hourly * MONTH / HOUR)
    assert one.per_million == pytest.approx(one.hourly / (100 * HOUR) * 1e6)


def test_json_has_every_part(predicted: Predict) -> None:
    tree = json.loads(as_json(predicted(checkpoint={"interval": "10 s", "restart": "1 s"})))
    [one] = tree["workloads"]
    assert {"topics", "stages", "windows", "sinks", "recovery", "hours", "cases"} <= set(one)
    assert one["throughput_events_per_s"]["mean"] == 500
    assert one["stages"][1]["law_response_s"] > 0
    assert one["topics"][0]["links_without"] == 4


@pytest.mark.parametrize("rate", [100, 300, 600, 900])
def test_a_higher_load_is_slower_and_busier(predicted: Predict, rate: int) -> None:
    less = stream(predicted(sources__web__rate=f"{rate / 2:g}/s"))
    more = stream(predicted(sources__web__rate=f"{rate}/s"))
    assert less.law_lag < more.law_lag  # type: ignore[operator]
    for quiet, busy in zip(less.stages, more.stages, strict=True):
        assert quiet.utilization <= busy.utilization
        assert (quiet.law_response or 0) <= (busy.law_response or 0)


def recorded(tmp_path: Path, hours: tuple[int, ...]) -> str:
    """A trace of so many events in each hour, evenly, and one at the end."""
    times = [
        hour * HOUR + (k + 0.5) * HOUR / count
        for hour, count in enumerate(hours)
        for k in range(count)
    ]
    lines = [0.0, *times, len(hours) * HOUR]
    (tmp_path / "clicks.csv").write_text("time\n" + "\n".join(f"{one:.3f}" for one in lines))
    return "clicks.csv"


def test_a_backlog_by_the_hour_from_a_trace(predicted: Predict, tmp_path: Path) -> None:
    """Of 1,000 that can be taken in an hour, 1,500 come in the second: 500 wait at its end."""
    trace = recorded(tmp_path, (200, 1500, 700, 100))
    source = {"trace": trace, "size": "1 kB", "partition": 0}
    service = {"distribution": "deterministic", "value": "3.6 s"}
    one = stream(predicted(sources__web=source, operators__work__service=service))
    law = [hour.law_backlog for hour in one.hours]
    assert law == pytest.approx([0, 500, 200, 0], abs=3)
    assert [hour.rate * HOUR for hour in one.hours] == pytest.approx([200, 1500, 700, 100], abs=1)
    for hour in one.hours:
        assert hour.backlog is not None
        assert hour.backlog.mean == pytest.approx(hour.law_backlog, abs=120)
    assert one.law_lag == pytest.approx(500, abs=3)


def test_a_trace_of_less_than_an_hour_is_a_steady_load(predicted: Predict, tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text("time\n0\n1\n2\n")
    one = stream(predicted(sources__web={"trace": "short.csv", "size": "1 kB"}))
    assert one.arrival_rate == 1
    assert one.hours == ()


@pytest.mark.parametrize(
    ("lines", "says"),
    [("0\n0\n", "at one time, and so no rate"), ("0\n700000\n", "194 hours long; a week of 168")],
)
def test_a_trace_that_says_too_little_or_too_much(
    lines: str, says: str, predicted: Predict, tmp_path: Path
) -> None:
    (tmp_path / "bad.csv").write_text(f"time\n{lines}")
    with pytest.raises(InvalidDescription, match=says):
        predicted(sources__web={"trace": "bad.csv", "size": "1 kB"})


def test_an_objective_of_lag(predicted: Predict) -> None:
    one = stream(predicted())
    assert one.lag is not None
    for at_most, met in ((round(2 * one.lag.mean), True), (round(one.lag.mean / 2), False)):
        wanted = {"lag": {"workload": "clicks", "at_most": at_most}}
        [found] = predicted(objectives=wanted).objectives
        assert (found.name, found.met) == ("lag", met)
        assert "behind" in found.target
    wanted = {"lag": {"workload": "clicks", "at_most": 10**9}}
    [found] = predicted(objectives=wanted, sources__web__rate="2000/s").objectives
    assert (found.met, found.predicted) == (False, "unstable, so that it grows")


def test_percentiles_by_the_law(predicted: Predict) -> None:
    for changes in ({}, {"micro_batch": "2 s"}, {"log": {"kinesis": {"shards": 4}}}):
        [sink] = stream(predicted(**changes)).sinks
        pairs = ((sink.law_p50, sink.p50), (sink.law_p95, sink.p95), (sink.law_p99, sink.p99))
        for law, seen in pairs:
            assert seen is not None
            assert law == pytest.approx(seen.mean, rel=0.06)


def test_bytes_between_zones_are_billed(tmp_path: Path, catalog: Catalog) -> None:
    """Three brokers in three zones: two copies and two of three reads leave a zone, out and in."""
    path, found = tmp_path / "zones.yaml", []
    for zones in (["us-east-1a"], ["us-east-1a", "us-east-1b", "us-east-1c"]):
        tree = {**described(log__kafka__replicas=3), "zones": zones}
        path.write_text(yaml.safe_dump(tree))
        lines = read_stack(path, catalog).solved.cost_lines
        found.append([line for line in lines if "between zones" in line.item])
    assert found[0] == []
    [line] = found[1]
    assert line.quantity == pytest.approx(500 * 1e3 * HOUR / 1e9 * (2 + 2 / 3) * 2)
    assert line.unit_price == 0.01


@pytest.mark.parametrize(
    "changes",
    [
        {"operators__work__emits": 0.0},  # nothing comes to the sink
        {"operators__work__service": {"distribution": "pareto", "minimum": "1 ms", "shape": 1.5}},
        {"sources__web": {"by_hour": ["0/s"] * 23 + ["10/s"], "size": "1 B"}},
        {"sources__web": {"rate": "1/d", "size": "1 MB"}, "micro_batch": "1 h"},
        {"sources__web": {"rate": "1/d", "size": "1 B"},
         "checkpoint": {"interval": "1 s", "restart": "1 s"}},
        {"sources__web__rate": "100000/s", "operators__work__service": "0 s"},
        {"operators__work__window": {"session": "10 d"}, "operators__work__by_key": True},
    ],
)  # fmt: skip
def test_what_is_rare_or_endless_is_predicted(changes: dict[str, Any], predicted: Predict) -> None:
    whole = predicted(**changes)
    as_json(whole)  # which refuses what is not a number
    one = stream(whole)
    assert one.throughput.mean > 0
    stream_report.lines(one, Stream.model_construct(micro_batch=0.0))
    assert stream_report.tables(one, Stream.model_construct())
    assert stream_report.gap(one) is not None


@pytest.mark.parametrize(
    "window",
    [
        {"sliding": {"size": "2 s", "every": "500 ms"}, "watermark": "200 ms"},
        {"fixed": "1 s", "watermark": "200 ms", "allowed_lateness": "300 ms"},
        {"session": "150 ms", "watermark": "3 s"},
    ],
)
@pytest.mark.parametrize("skew", [0.0, 1.0])
def test_every_kind_of_window_has_its_law(
    window: dict[str, Any], skew: float, predicted: Predict
) -> None:
    source = {
        "rate": "500/s",
        "size": "1 kB",
        "keys": {"count": 100, "skew": skew},
        "delay": exponential("300 ms"),
    }
    work = {
        "inputs": ["web"],
        "nodes": "all",
        "instances": 1,
        "by_key": True,
        "service": exponential("500 us"),
        "window": window,
    }
    [found] = stream(predicted(sources__web=source, operators__work=work)).windows
    assert found.results is not None
    assert found.late is not None
    # Late events of few open nothing, so that a little less is given than without them.
    assert found.law_results == pytest.approx(found.results.mean, rel=0.03)
    if found.law_late is not None:
        assert found.law_late == pytest.approx(found.late.mean, rel=0.1, abs=2e-4)
