"""Endpoints over time: against the laws, in overload, with their bill and their objectives."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from scipy import stats

from models.catalog.records import Catalog
from models.description.quantities import HOUR, MONTH, YEAR
from models.description.stack import Stack
from models.laws.queueing.markovian import erlang_b, erlang_c
from models.parts.read_stack import read_stack
from models.parts.workloads.endpoint import Endpoint
from models.prediction import Estimate, Prediction
from models.prediction.endpoint_answer import EndpointPrediction
from reports import answer_tables, serving_tables
from reports.wording import percent
from reports.workloads import endpoint as endpoint_tables
from sim.predict import predict

Predict = Callable[..., Prediction]


def exponential(mean: str) -> dict[str, str]:
    return {"distribution": "exponential", "mean": mean}


def stage(mean: str = "100 ms", **keys: Any) -> dict[str, Any]:
    return {"nodes": "web", "service": exponential(mean), **keys}


def described(stages: dict[str, Any], rate: Any = "5/s", count: int = 3, **keys: Any) -> Any:
    api = {"kind": "endpoint", "stages": stages, **keys.pop("endpoint", {})}
    api["requests"] = rate if isinstance(rate, dict) else {"rate": rate}
    return {
        "name": "served",
        "cloud": "aws",
        "region": "us-east-1",
        "nodes": {"web": {"instance": "c6i.32xlarge", "count": count}},
        **keys,
        "workloads": {"api": api, **keys.get("workloads", {})},
    }


@pytest.fixture
def predicted(tmp_path: Path, catalog: Catalog) -> Predict:
    def run(*arguments: Any, **keys: Any) -> Prediction:
        path = tmp_path / "served.yaml"
        path.write_text(yaml.safe_dump(described(*arguments, **keys)))
        return predict(read_stack(path, catalog), catalog, replications=20, jobs=1)

    return run


def endpoint(prediction: Prediction) -> EndpointPrediction:
    found = next(one for one in prediction.workloads if one.name == "api")
    assert isinstance(found, EndpointPrediction)
    return found


def test_two_stages_in_a_row_respond_as_two_mm1(predicted: Predict) -> None:
    one = endpoint(predicted({"gateway": stage("20 ms"), "function": stage("100 ms")}))
    assert one.response is not None
    # Its own interval at 95 %, and half as much again, so that 1 of 300 seeds fails, not 1 of 20.
    half = 1.5 * (one.response.high - one.response.low) / 2
    assert one.response.mean == pytest.approx(1 / 45 + 1 / 5, abs=half)
    assert one.law_response is not None
    assert one.law_response.mean == pytest.approx(1 / 45 + 1 / 5, rel=1e-9)


def test_scaling_for_45_a_second_settles_at_six_replicas(predicted: Predict) -> None:
    # Erlang: 4.5 busy of 10/s each; at a target of 0.8 that is ceil(4.5 / 0.8) = 6. A decision
    # sees the utilization of 30 s: 4.5 busy with a deviation of sqrt(2 * 4.5 * 0.1 / 30) = 0.17,
    # and 4.5 + 0.3 asks for the seventh, which stays for a cooldown of 10 decisions: between 6 and
    # 7 replicas on average.
    scaling = {"target": "80 %", "maximum": 10, "interval": "30 s", "cooldown": "5 min"}
    prediction = predicted({"web": stage(scaling=scaling)}, "45/s", count=10)
    one = endpoint(prediction)
    paid = one.stages[0].paid_replicas
    assert paid is not None
    assert 6 <= paid.mean <= 7
    # The law beside the simulation is of ten: 4.5 of them busy.
    assert one.law == "M/M/c (Erlang C), with all replicas that there can be"
    assert one.law_response is not None
    assert one.law_response.mean == pytest.approx(0.1 + erlang_c(10, 4.5) / 55, rel=1e-9)
    # Ten nodes, one a replica: those that are up are paid for.
    nodes = next(line for line in prediction.cost.lines if line.node_group == "web")
    assert one.hourly == pytest.approx(
        sum(line.hourly for line in prediction.cost.lines if "web" in line.resource)
        - nodes.hourly * (1 - paid.mean / 10),
        rel=1e-6,
    )
    assert prediction.cost.of == "a month"
    idle = (1 - paid.mean / 10) * nodes.hourly * MONTH / HOUR
    month = prediction.cost.monthly - idle
    # The records of flows are drawn, from nothing to ten times as many; they are next to nothing.
    [records] = [line for line in prediction.cost.lines if line.low != line.high]
    drawn = records.hourly * MONTH / HOUR
    assert drawn < 1e-4 * month
    assert abs(prediction.cost.run.mean.mean - month) <= records.high * drawn
    assert one.monthly == pytest.approx(one.hourly * MONTH / HOUR)
    # And they alone draw: power times time.
    energy = prediction.energy
    assert energy is not None
    assert energy.run.mean.mean == pytest.approx(energy.building * MONTH * paid.mean / 10, rel=1e-6)
    assert energy.yearly == pytest.approx(energy.building * YEAR * paid.mean / 10, rel=1e-6)


def test_servers_of_a_replica_are_not_replicas(predicted: Predict) -> None:
    scaling = {"target": "80 %", "maximum": 5, "interval": "30 s"}
    one = endpoint(predicted({"web": stage(concurrency=4, scaling=scaling)}, "45/s", count=5))
    paid = one.stages[0].paid_replicas
    assert paid is not None
    assert 1.5 < paid.mean < 2.5  # ceil(4.5 / 4 / 0.8) = 2 replicas of four


def test_the_monthly_cost_that_is_wanted_is_that_of_the_replicas_that_are_up(
    predicted: Predict,
) -> None:
    scaling = {"target": "80 %", "maximum": 10, "interval": "30 s"}
    wanted = {"monthly_cost": {"at_most": "30000 USD"}}
    prediction = predicted({"web": stage(scaling=scaling)}, "45/s", count=10, objectives=wanted)
    assert prediction.cost.monthly > 30000 > prediction.cost.run.mean.mean
    assert [one.probability for one in prediction.objectives] == [1.0]
    fixed = predicted({"web": stage(replicas=10)}, "45/s", count=10, objectives=wanted)
    assert [one.probability for one in fixed.objectives] == [0.0]
    assert any("nodes of web are paid for as" in text for text in prediction.assumptions)


@pytest.mark.parametrize(
    ("stages", "keys", "most"),
    [
        ({"web": {"scaling": True}}, {}, True),
        ({"web": {"scaling": True}, "b": {"scaling": True}}, {}, True),
        ({"web": {}}, {}, False),
        ({"web": {"scaling": True}, "b": {"replicas": 2}}, {}, False),  # the second holds its nodes
        ({"web": {"scaling": True}}, {"purchase": "reserved", "price": "1 USD/h"}, False),
    ],
)
def test_the_bill_by_the_hour_says_that_it_is_the_most_where_nodes_come_and_go(
    stages: dict[str, Any], keys: dict[str, Any], most: bool, predicted: Predict
) -> None:
    scaling = {"target": "80 %", "maximum": 3, "interval": "30 s"}
    drawn = {
        name: stage(**{key: scaling if key == "scaling" else value for key, value in said.items()})
        for name, said in stages.items()
    }
    web = {"instance": "c6i.32xlarge", "count": 3, **keys}
    prediction = predicted(drawn, nodes={"web": web})
    one, cost = endpoint(prediction), prediction.cost
    assert (cost.at_most, one.hourly_is_mean) == (most, most)
    assert [line.resource for line in cost.lines if line.at_most] == (["web"] if most else [])
    said = dict(endpoint_tables.lines(one, Endpoint.model_construct()))["Cost"]
    assert ("on average" in said) is most
    bill = answer_tables.cost_lines(Stack.model_construct(cloud="aws"), prediction)
    assert [cell.note for cell in bill.total[4:6]] == ["at most" if most else ""] * 2
    own = next(row for row in bill.rows if row[0].text == "web")
    assert [cell.note for cell in own[4:6]] == ["at most" if most else ""] * 2


def test_overload_is_unstable_and_has_no_mean(predicted: Predict) -> None:
    latency = {"workload": "api", "percentile": 95, "at_most": "1 s"}
    loss = {"workload": "api", "at_most": "1 %"}
    availability = {"at_least": "99 %", "probability": "90 %"}
    objectives = {"latency": latency, "loss": loss, "availability": availability}
    prediction = predicted({"web": stage(concurrency=4)}, "50/s", objectives=objectives)
    one = endpoint(prediction)
    assert one.unstable == ("web",)
    assert (one.response, one.p50, one.p95, one.p99, one.within_target) == (None,) * 5
    assert one.law_response is None
    assert one.throughput.mean == pytest.approx(40)
    assert [each.probability for each in prediction.objectives] == [0.0, 0.0, 0.0]
    # Its parts are up, but what is up is never enough.
    assert (one.unavailability, one.available.mean) == (1.0, 0.0)
    assert prediction.availability.unavailability < 0.05
    [up] = [each for each in prediction.objectives if each.name == "availability"]
    assert up.predicted == "0 %: api can't keep up with the load"


@pytest.mark.parametrize("percentage", [90, 99.9])
def test_any_percentile_may_be_wanted(percentage: float, predicted: Predict) -> None:
    # The response of M/M/1 is exponential, with a mean of 1/(10 - 5) = 0.2 s.
    exact = -math.log(1 - percentage / 100) * 0.2
    for share, met in ((1.1, True), (0.9, False)):
        wanted = {"workload": "api", "percentile": percentage, "at_most": f"{share * exact} s"}
        prediction = predicted({"web": stage()}, objectives={"latency": wanted})
        one = endpoint(prediction)
        assert one.latency is not None
        assert one.latency.response is not None
        half = 1.5 * (one.latency.response.high - one.latency.response.low) / 2
        assert one.latency.response.mean == pytest.approx(exact, abs=half)
        [judged] = prediction.objectives
        assert (judged.probability > 0.95) is met
        assert judged.predicted.startswith(f"P{percentage} ")
    said = dict(endpoint_tables.lines(one, Endpoint.model_construct()))[""]
    assert f"P{percentage} " in said


@pytest.mark.parametrize(("percentage", "said"), [(99.9, False), (99.9995, True)])
def test_a_percentile_that_hardly_a_request_is_beyond_is_said(
    percentage: float, said: bool, predicted: Predict
) -> None:
    wanted = {"workload": "api", "percentile": percentage, "at_most": "5 s"}
    prediction = predicted({"web": stage()}, objectives={"latency": wanted})
    told = [one.text for one in prediction.warnings if one.place == "workloads.api"]
    assert any(f"beyond their P{percentage}" in text for text in told) is said


def test_where_no_request_is_answered_that_is_said(predicted: Predict) -> None:
    # Eight of 8/s in 10 ms is next to impossible, and a batch of fewer waits for 1 s.
    web = stage(batch={"size": 8, "timeout": "1 s"}, timeout="10 ms")
    latency = {"workload": "api", "percentile": 95, "at_most": "1 s"}
    loss = {"workload": "api", "at_most": "1 %"}
    prediction = predicted({"web": web}, "8/s", objectives={"latency": latency, "loss": loss})
    one = endpoint(prediction)
    assert (one.unstable, one.response, one.load, one.highest_load) == ((), None, (), 0.0)
    assert one.loss is not None
    assert (one.loss.mean, one.throughput.mean, one.per_thousand) == (1.0, 0.0, None)
    assert [each.probability for each in prediction.objectives] == [0.0, 0.0]
    assert prediction.objectives[0].predicted == "none of the requests are answered"


def test_what_a_run_is_too_short_for_is_said_with_the_prediction(predicted: Predict) -> None:
    prediction = predicted({"web": stage(concurrency=4)}, "39.9/s")
    told = [one.text for one in prediction.warnings if one.place == "workloads.api"]
    assert any("too near its limit for runs of" in text for text in told)


def test_a_queue_limit_turns_overload_into_loss(predicted: Predict) -> None:
    # M/M/4/4, Erlang B at 5 Erlang.
    one = endpoint(predicted({"web": stage(concurrency=4, queue_limit=0)}, "50/s"))
    assert not one.unstable
    assert one.loss is not None
    half = (one.loss.high - one.loss.low) / 2
    assert one.loss.mean == pytest.approx(erlang_b(4, 5.0), abs=max(0.002, 1.5 * half))
    assert one.throughput.mean == pytest.approx(50 * (1 - erlang_b(4, 5.0)), rel=0.01)


def test_overload_on_average_is_unstable_by_the_hour_too(predicted: Predict) -> None:
    # 10/s are served, and 12/s come on average, in some hours less.
    one = endpoint(predicted({"web": stage()}, {"by_hour": ["20/s"] * 12 + ["4/s"] * 12}))
    assert (one.unstable, one.response, one.loss) == (("web",), None, None)
    assert one.simulation == "nothing is simulated in overload"
    said = dict(endpoint_tables.lines(one, Endpoint.model_construct()))["Bottleneck"]
    assert said == "web, asked for 120.0 % of what it can serve"
    assert [part.busy for part in one.hours] == pytest.approx([2.0] * 12 + [0.4] * 12)


def test_what_serves_less_than_its_highest_load_is_never_available(predicted: Predict) -> None:
    up = {"at_least": "99 %", "probability": "90 %"}
    limited = {"web": stage(concurrency=3, queue_limit=10)}
    prediction = predicted(limited, "40/s", objectives={"availability": up})  # 133 % of 30/s
    one = endpoint(prediction)
    assert (one.unstable, one.serves_highest_load) == ((), False)
    assert one.response is not None
    assert (one.unavailability, one.available.mean) == (1.0, 0.0)
    assert (prediction.overloaded, prediction.never_available) == ((), ("api",))
    [judged] = prediction.objectives
    assert (judged.probability, judged.met) == (0.0, False)
    said = dict(endpoint_tables.lines(one, Endpoint.model_construct()))["Available"]
    assert said == "never: it serves less than its highest load, whatever is up"
    # Where three in ten may be lost, 28/s of 30/s are enough.
    loss = {"workload": "api", "at_most": "30 %"}
    prediction = predicted(limited, "40/s", objectives={"availability": up, "loss": loss})
    one = endpoint(prediction)
    assert one.unavailability < 0.01
    assert (one.serves_highest_load, prediction.never_available) == (True, ())
    assert all(judged.met for judged in prediction.objectives)


def test_a_queue_limit_of_one_stage_keeps_the_endpoint_stable_where_no_law_has_it(
    predicted: Predict,
) -> None:
    # The first stage is M/M/1/6 at a load of 1.5, whatever follows.
    one = endpoint(predicted({"a": stage("100 ms", queue_limit=5), "b": stage("1 ms")}, "15/s"))
    assert "without timeouts, refusals" in one.law
    assert one.unstable == ()
    assert one.loss is not None
    expected = (1 - 1.5) * 1.5**6 / (1 - 1.5**7)
    assert one.loss.mean == pytest.approx(expected, rel=0.02)
    assert one.throughput.mean == pytest.approx(15 * (1 - expected), rel=0.01)
    # A stage behind it that has no limit is overloaded all the same.
    two = endpoint(predicted({"a": stage("100 ms", queue_limit=5), "b": stage("125 ms")}, "15/s"))
    assert two.unstable == ("b",)
    assert two.loss is None


def test_of_loss_nothing_is_said_where_none_can_be(predicted: Predict) -> None:
    def said(one: EndpointPrediction) -> dict[str, str]:
        return dict(endpoint_tables.lines(one, Endpoint.model_construct()))

    never = endpoint(predicted({"web": stage()}))
    assert never.loss == Estimate.exact(0.0)
    assert never.stages[0].loss is None
    assert "Loss" not in said(never)
    assert "Cold starts" not in said(never)
    # One server that starts whenever it was idle: (1 - load) / (1 + rate * setup) find it so.
    cold = endpoint(predicted({"web": stage(replicas=1, cold_start="100 ms")}))
    assert cold.stages[0].cold is not None
    assert cold.stages[0].cold.low < 1 / 3 < cold.stages[0].cold.high
    assert said(cold)["Cold starts"].startswith("web: 33.")
    overloaded = endpoint(predicted({"web": stage()}, "15/s"))
    assert overloaded.loss is None
    assert said(overloaded)["Loss"] == "not known in overload"
    limited = endpoint(predicted({"web": stage(queue_limit=0)}))
    assert limited.loss is not None
    assert said(limited)["Loss"].startswith("33.")  # M/M/1/1 at a load of 0.5: 1/3


def test_a_function_without_a_queue_is_erlang_b(predicted: Predict) -> None:
    function = {"memory": "1 GB", "concurrency": 3}
    served = {"function": function, "queue_limit": 0, "service": exponential("100 ms")}
    one = endpoint(predicted({"f": served}, "20/s"))
    assert one.loss is not None
    assert one.loss.mean == pytest.approx(erlang_b(3, 2.0), abs=0.003)


def test_functions_are_billed_by_the_request_and_the_gb_second(predicted: Predict) -> None:
    served = {"function": {"memory": "2 GB"}, "service": exponential("100 ms")}
    gateway = {"gateway": "http-api", "service": exponential("1 ms")}
    prediction = predicted({"gateway": gateway, "f": served}, "10/s")
    by_item = {line.item: line for line in prediction.cost.lines}
    assert by_item["function requests"].quantity == pytest.approx(0.036)  # millions an hour
    assert by_item["function duration"].quantity == pytest.approx(36_000 * 0.1 * 2)
    assert by_item["http-api"].quantity == pytest.approx(0.036)
    # AWS Lambda, us-east-1: 0.20 USD a million requests, 0.0000166667 USD a GB-s; HTTP API:
    # 1.00 USD a million. A thousand requests: 0.0002 + 200 * 0.0000166667 + 0.001 USD; and lines of
    # the access log, 300 bytes each as is estimated, at 0.50 USD a GB.
    one = endpoint(prediction)
    log = 1000 * 300e-9 * 0.50
    assert one.per_thousand == pytest.approx(0.0002 + 200 * 0.0000166667 + 0.001 + log, rel=0.02)


def test_a_load_balancer_is_billed_by_the_hour(predicted: Predict) -> None:
    # AWS, Application Load Balancer, us-east-1: 0.0225 USD/h, 16.43 USD in 730 h; and 0.005 USD/h
    # for its public address in the one zone.
    balancer = {"gateway": "application-load-balancer", "service": exponential("2 ms")}
    alone = endpoint(predicted({"web": stage()}))
    prediction = predicted({"gateway": balancer, "web": stage()})
    [line] = [one for one in prediction.cost.lines if one.item == "application-load-balancer"]
    assert (line.quantity, line.unit, line.unit_price) == (1, "gateways", 0.0225)
    assert line.hourly * MONTH / HOUR == pytest.approx(16.425)
    one = endpoint(prediction)
    assert one.hourly - alone.hourly == pytest.approx(0.0225 + 0.005, abs=1e-12)
    assert one.monthly - alone.monthly == pytest.approx(16.425 + 3.65)


@pytest.mark.parametrize("replicas", [1, 3])
def test_simulated_percentiles_of_a_stage_are_those_of_mmc(
    replicas: int, predicted: Predict
) -> None:
    # P(response > t) of M/M/c, Gross and Harris (1998), section 2.3, at half the load.
    one = endpoint(
        predicted({"web": stage(replicas=replicas, concurrency=2)}, f"{10 * replicas}/s")
    )
    servers, load = 2 * replicas, float(replicas)
    waits, gap = erlang_c(servers, load), servers - 1 - load
    for found, percentage in ((one.p50, 50), (one.p95, 95), (one.p99, 99)):
        assert found is not None
        half = 1.5 * (found.high - found.low) / 2

        def later(time: float) -> float:
            slower = -math.expm1(-10 * time * gap) / gap if gap else 10 * time
            return math.exp(-10 * time) * (1 + waits * slower)

        assert later(found.mean + half) <= 1 - percentage / 100 <= later(found.mean - half)


def test_three_replicas_and_one_killed_are_no_outage(predicted: Predict) -> None:
    stages = {"web": stage(replicas=3)}
    away = {}
    for rate in ("15/s", "25/s"):  # two of 10/s each serve 15/s, but not 25/s
        prediction = predicted(stages, rate)
        one = endpoint(prediction)
        assert one.cases[0].survives is (rate == "15/s")
        away[rate] = one.unavailability
    assert away["15/s"] < away["25/s"]


def test_an_endpoint_beside_a_training_run_pays_as_long_as_that_takes(
    predicted: Predict,
) -> None:
    jobs = {
        "kind": "jobs",
        "nodes": "batch",
        "count": 4,
        "run_time": "30 min",
        "each": {"vcpus": 128},
    }
    nodes = {
        "web": {"instance": "c6i.32xlarge", "count": 3},
        "batch": {"instance": "c6i.32xlarge", "count": 1, "mttf": "1000000 years"},
    }
    prediction = predicted({"web": stage(replicas=3)}, nodes=nodes, workloads={"batch": jobs})
    assert prediction.cost.of == "the run"
    # Two hours of four nodes, and of their volumes.
    assert prediction.cost.run.mean.mean == pytest.approx(2 * prediction.cost.hourly, rel=1e-3)


@pytest.mark.parametrize(
    ("mine", "theirs", "part"),
    [
        ({"vcpus": 32}, {"vcpus": 64}, 3 * 32 / (3 * 32 + 64)),
        # A quarter of the 256 GiB of each of three nodes, against 32 of 384 threads.
        ({"vcpus": 1, "memory": "64 GiB"}, {"vcpus": 32}, 3 / 4),
        ({"vcpus": 32}, {}, 1 / 2),  # one does not say what it needs
    ],
)
def test_endpoints_that_share_nodes_pay_for_them_once(
    mine: dict[str, Any], theirs: dict[str, Any], part: float, predicted: Predict
) -> None:
    other = {"kind": "endpoint", "requests": {"rate": "5/s"}, "stages": {"web": stage(**theirs)}}
    prediction = predicted({"web": stage(replicas=3, **mine)}, workloads={"other": other})
    nodes = [one for one in prediction.cost.lines if "web" in (one.node_group, one.volumes_of)]
    once = sum(line.hourly for line in nodes)
    paid = {one.name: one for one in prediction.workloads if isinstance(one, EndpointPrediction)}
    assert paid["api"].hourly == pytest.approx(part * once, rel=1e-6)
    assert paid["other"].hourly == pytest.approx((1 - part) * once, rel=1e-6)
    # And so in the bill of a month.
    by_month = [one.cost.mean.mean for one in paid.values()]
    [line] = [k for k, one in enumerate(prediction.cost.lines) if one.node_group == "web"]
    assert sum(by_month) == pytest.approx(prediction.cost.run_lines[line], rel=1e-9)
    assert paid["api"].cost.mean.mean == pytest.approx(part * sum(by_month), rel=1e-6)


def test_an_endpoint_after_a_run_pays_from_its_end_on(predicted: Predict) -> None:
    # Of one hour of jobs and one of others, on the same nodes and on others.
    hour = {"kind": "jobs", "count": 1, "run_time": "1 h", "each": {"vcpus": 128}}
    never = {"instance": "c6i.32xlarge", "count": 1, "mttf": "1000000 years"}
    prediction = predicted(
        {"web": stage()},
        nodes={"web": never, "batch": never},
        endpoint={"after": ["first"]},
        workloads={
            "first": {**hour, "nodes": "web"},
            "second": {**hour, "nodes": "batch", "after": ["first"]},
        },
    )
    price = next(line.unit_price for line in prediction.cost.lines if line.node_group == "web")
    costs = {one.name: one.cost.mean.mean for one in prediction.workloads}
    assert costs == pytest.approx(dict.fromkeys(("api", "first", "second"), price), rel=1e-6)


def test_latency_by_hour_follows_the_load(predicted: Predict) -> None:
    rates = ["1/s"] * 12 + ["8/s"] * 12
    keys = {"endpoint": {"target": "200 ms"}}
    one = endpoint(predicted({"web": stage()}, {"by_hour": rates}, **keys))
    assert [part.rate for part in one.hours] == [1.0] * 12 + [8.0] * 12
    # The response of M/M/1 is exponential, once settled: with 1/s its mean is 1/9 s.
    for part in one.hours[1:12]:
        assert part.p50 is not None
        assert part.within_target is not None
        assert part.p50.mean == pytest.approx(math.log(2) / 9, rel=0.06)
        assert part.within_target.mean == pytest.approx(1 - math.exp(-9 * 0.2), rel=0.04)
    quiet, busy = one.hours[6].response, one.hours[18].response
    assert quiet is not None
    assert busy is not None
    # M/M/1 once settled: 1/(10 - 1) and 1/(10 - 8).
    assert quiet.mean == pytest.approx(1 / 9, rel=0.05)
    assert busy.mean == pytest.approx(1 / 2, rel=0.25)
    assert one.law_response is None


def test_a_week_has_its_hours_too(predicted: Predict) -> None:
    rates = ["1/s"] * 144 + ["8/s"] * 24
    one = endpoint(predicted({"web": stage()}, {"by_hour": rates}))
    assert len(one.hours) == 168
    assert all(part.response is not None for part in one.hours)
    # M/M/1 once settled: 1/(10 - 1) and 1/(10 - 8).
    weekday = [part.response.mean for part in one.hours[1:144] if part.response]
    assert sum(weekday) / len(weekday) == pytest.approx(1 / 9, rel=0.05)
    sunday = [part.response.mean for part in one.hours[145:] if part.response]
    assert sum(sunday) / len(sunday) == pytest.approx(1 / 2, rel=0.15)


def test_a_zone_comes_back_by_itself_and_a_replica_is_started(predicted: Predict) -> None:
    startup = {"distribution": "deterministic", "value": "60 s"}
    zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
    one = endpoint(predicted({"web": stage(replicas=3, startup=startup)}, zones=zones))
    replica, zone = one.cases
    assert (replica.of_zones, zone.of_zones) == (False, True)
    rows = serving_tables.cases(one).rows
    first, second = (" ".join(f"{cell.text} {cell.note}" for cell in cells) for cells in rows)
    assert "1 min" in first
    assert "1 min" not in second
    assert "not known" not in second


def test_every_stage_that_scales_has_its_replicas_by_the_hour(predicted: Predict) -> None:
    # At 1/s one of 10/s is enough; at 18/s and a target of 60 %, three of 10/s and two of 20/s.
    rates = ["1/s"] * 12 + ["18/s"] * 12
    scaling = {"target": "60 %", "maximum": 5, "interval": "30 s"}
    stages = {
        "front": stage("100 ms", scaling=scaling),
        "middle": stage("1 ms", replicas=1),
        "model": stage("50 ms", scaling=scaling),
    }
    one = endpoint(predicted(stages, {"by_hour": rates}, count=5))
    for part in one.hours:
        assert [each.stage for each in part.replicas] == ["front", "model"]
    quiet, busy = one.hours[6].replicas, one.hours[18].replicas
    assert all(1 <= each.paid.mean < 1.5 for each in quiet)
    assert 3 <= busy[0].paid.mean < 4
    assert 2 <= busy[1].paid.mean < 3
    table = serving_tables.hours(one, one.hours)
    assert [head.title for head in table.columns[-2:]] == ["Replicas of front", "Replicas of model"]
    assert {len(cells) for cells in table.rows} == {len(table.columns)}


def test_busy_by_the_hour_and_in_the_long_run_are_of_the_replicas_that_are_up(
    predicted: Predict,
) -> None:
    # 1/s and 18/s of 100 ms keep 0.1 and 1.8 servers busy, however many are up; of the five that
    # there can be that is 2 % and 36 %.
    scaling = {"target": "60 %", "maximum": 5, "interval": "30 s"}
    rates = ["1/s"] * 12 + ["18/s"] * 12
    one = endpoint(predicted({"web": stage(scaling=scaling)}, {"by_hour": rates}, count=5))
    quiet, busy = one.hours[6], one.hours[18]
    assert (quiet.utilization, busy.utilization) == (pytest.approx(0.02), pytest.approx(0.36))
    for hour, work in ((quiet, 0.1), (busy, 1.8)):
        assert hour.busy * hour.replicas[0].paid.mean == pytest.approx(work, rel=0.05)
    [web] = one.stages
    assert web.busy is not None
    assert web.paid_replicas is not None
    by_hour = [hour.busy * hour.replicas[0].paid.mean for hour in one.hours]
    assert web.busy * web.paid_replicas.mean == pytest.approx(sum(by_hour) / 24, rel=0.01)
    shown = [cells[2].text for cells in serving_tables.hours(one, one.hours).rows]
    assert shown == [percent(hour.busy) for hour in one.hours]


def test_the_same_seed_gives_the_same_answer(predicted: Predict) -> None:
    first, second = (predicted({"web": stage(replicas=3)}, "20/s") for _ in range(2))
    assert first == second


def test_overload_leaves_with_1_and_no_number_that_is_none(tmp_path: Path, cli: Any) -> None:
    path = tmp_path / "served.yaml"
    latency = {"workload": "api", "percentile": 95, "at_most": "1 s"}
    stages = {"web": stage(concurrency=4), "front": {"gateway": "http-api", "rate": "1000/s"}}
    path.write_text(
        yaml.safe_dump(described(stages, "50/s", count=1, objectives={"latency": latency}))
    )
    shown = cli("predict", path, "--replications", 20)
    assert shown.code == 1, shown.err
    assert "UNSTABLE" in shown.out
    assert "inf" not in shown.out.replace("infra", "")
    assert max(map(len, shown.out.splitlines())) <= 80
    written = cli("predict", path, "--json", "--replications", 20)
    assert written.code == 1

    def refuse(name: str) -> float:
        raise AssertionError(f"{name} in JSON")

    document = json.loads(written.out, parse_constant=refuse)
    [api] = document["workloads"]
    assert api["response_s"] is None
    assert api["p95_s"] is None
    assert math.isfinite(api["throughput_requests_per_s"]["mean"])


def test_a_loss_has_its_law_beside_it(predicted: Predict) -> None:
    # Erlang B: 200 places for 200 in service lose 5.435 % (Erlang 1917), whatever the service.
    web = {"nodes": "web", "concurrency": 200, "service": "2 s", "queue_limit": 0}
    prediction = predicted({"web": web}, "100/s", count=1)
    one = endpoint(prediction)
    assert one.law_loss is not None
    assert one.law_loss.mean == pytest.approx(erlang_b(200, 200), rel=1e-9)
    assert one.law_loss.mean == pytest.approx(0.05435, rel=1e-3)
    assert one.loss is not None
    assert one.loss.low <= one.law_loss.mean <= one.loss.high
    told = dict(endpoint_tables.lines(one, Endpoint.model_construct(stages={}, target=None)))
    assert told["By the law"] == "mean 2 s, 5.4 % lost; M/G/c/c (Erlang B)"
    [table] = endpoint_tables.gap(one)
    assert [cell.text for cell in table.rows[1]][:2] == ["Not answered", "5.4 %"]
    assert any("just what comes at the most, 100 requests/s" in w.text for w in prediction.warnings)
    assert endpoint(predicted({"web": stage()}, "5/s")).law_loss is None


def test_a_bill_of_which_nothing_is_known_has_no_figure(predicted: Predict) -> None:
    # The catalog has no price of functions of Google Cloud.
    place = {"cloud": "gcp", "region": "us-central1", "nodes": {}}
    one = endpoint(predicted({"web": {"function": {"memory": "1 GB"}, "service": "1 s"}}, **place))
    told = dict(endpoint_tables.lines(one, Endpoint.model_construct(stages={}, target=None)))
    assert told["Cost"] == "not known: nothing of it has a known price"


def test_replicas_that_come_too_late_are_no_matter_of_their_most(predicted: Predict) -> None:
    # 1/s for twelve hours, then 45/s: one replica of 10/s has a queue of 35/s * 10 min then.
    hours = ["1/s"] * 12 + ["45/s"] * 12
    slow = {"target": "80 %", "maximum": 10, "interval": "1 min", "startup": "10 min"}
    wanted = {"latency": {"workload": "api", "percentile": 95, "at_most": "500 ms"}}
    web = {"web": stage(scaling=slow)}
    one = endpoint(predicted(web, {"by_hour": hours}, count=10, objectives=wanted))
    assert one.p95 is not None
    assert one.p95.mean > 0.5
    assert one.highest_load is not None
    assert one.highest_load > 45
    assert one.remedy.startswith("a higher `stages.web.scaling.minimum`, or a lower `target`")
    told = dict(endpoint_tables.lines(one, Endpoint.model_construct(stages={}, target=None)))
    assert "that is wanted, with all replicas up; " in told["Highest load"]


def test_a_few_runs_do_not_know_one_in_a_million(predicted: Predict) -> None:
    # 18/s over a day are four runs, of which three differences say how far they are off.
    rates = ["6/s"] * 7 + ["18/s"] * 3 + ["28/s"] * 4 + ["22/s"] * 5 + ["30/s"] * 3 + ["12/s"] * 2
    wanted = {"latency": {"workload": "api", "percentile": 95, "at_most": "1 s"}}
    web = {"web": stage("250 ms", replicas=8)}
    prediction = predicted(web, {"by_hour": rates}, count=1, objectives=wanted)
    one = endpoint(prediction)
    assert one.p95 is not None
    assert one.independent == 4
    error = (one.p95.high - one.p95.mean) / 3.182446  # Student's 0.975, three degrees of freedom
    [met] = prediction.objectives
    tail = stats.t.sf((one.p95.mean - 1.0) / error, 3)
    assert met.probability == pytest.approx(tail, rel=1e-3)
    assert met.probability > 1e-7  # what a normal distribution would say is less


def test_a_load_balancer_of_google_cloud_is_a_forwarding_rule(predicted: Predict) -> None:
    # cloud.google.com/load-balancing/pricing: 0.025 USD/h for each of the first five.
    place = {"cloud": "gcp", "region": "europe-west4", "nodes": {}}
    balancer = {"gateway": "application-load-balancer", "service": "2 ms"}
    prediction = predicted({"gateway": balancer}, **place)
    assert endpoint(prediction).hourly == pytest.approx(0.025, rel=1e-12)
    assert not endpoint(prediction).cost_at_least
