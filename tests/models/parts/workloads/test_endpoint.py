"""Endpoints on a stack by the laws: known answers, what fits, what is refused."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.laws.queueing.markovian import erlang_c
from models.parts.read_stack import read_stack
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_laws import response, within_wait_target
from models.reading.faults import InvalidDescription

EXPONENTIAL = "exponential"
Solve = Callable[..., EndpointJob]


def exponential(mean: str) -> dict[str, str]:
    return {"distribution": EXPONENTIAL, "mean": mean}


def stage(mean: str = "100 ms", **keys: Any) -> dict[str, Any]:
    return {"nodes": "web", "service": exponential(mean), **keys}


def described(
    stages: dict[str, Any], requests: Any = "5/s", count: int = 3, **keys: Any
) -> dict[str, Any]:
    api = {"kind": "endpoint", "stages": stages, **keys.pop("endpoint", {})}
    api["requests"] = requests if isinstance(requests, dict) else {"rate": requests}
    return {
        "name": "served",
        "cloud": "aws",
        "region": "us-east-1",
        "nodes": {"web": {"instance": "c6i.32xlarge", "count": count}},
        "workloads": {"api": api},
        **keys,
    }


@pytest.fixture
def solved(tmp_path: Path, catalog: Catalog) -> Solve:
    def solve(stages: dict[str, Any], requests: Any = "5/s", **keys: Any) -> EndpointJob:
        path = tmp_path / "served.yaml"
        path.write_text(yaml.safe_dump(described(stages, requests, **keys)))
        answer: EndpointJob = read_stack(path, catalog).solved.workloads["api"].answer
        return answer

    return solve


def test_two_stages_of_one_server_each_are_two_mm1_in_a_row(solved: Solve) -> None:
    # Jackson: 1/(50 - 5) + 1/(10 - 5) = 0.2222 s.
    job = solved({"gateway": stage("20 ms"), "function": stage("100 ms")})
    assert job.law.classes[0].response_time is not None
    assert job.law.classes[0].response_time.mean == pytest.approx(1 / 45 + 1 / 5, rel=1e-9)
    assert job.bottleneck.name == "function"
    assert job.capacity == pytest.approx(10)


def test_four_workers_of_100_ms_serve_40_a_second_at_most(solved: Solve) -> None:
    job = solved({"workers": stage("100 ms", concurrency=4)}, "39/s")
    assert job.capacity == pytest.approx(40)
    assert not job.law.unstable
    assert solved({"workers": stage("100 ms", concurrency=4)}, "40/s").law.unstable


@pytest.mark.parametrize("rate", [50.0, 41.0])
def test_overload_has_no_mean_by_the_law(rate: float, solved: Solve) -> None:
    job = solved({"workers": stage("100 ms", concurrency=4)}, f"{rate}/s")
    assert [one.station for one in job.law.unstable] == ["workers"]
    assert not job.law.classes or job.law.classes[0].response_time is None


@pytest.mark.parametrize(
    ("percentage", "at_most"),
    [(95, 0.5), (99, 1.0), (50, 0.2), (90, 0.5), (99.9, 1.0), (99.9999, 2.0)],
)
def test_the_highest_load_of_one_server_is_that_of_the_closed_form(
    percentage: float, at_most: float, solved: Solve
) -> None:
    # The response of M/M/1 is exponential: its quantile p is -ln(1 - p) / (mu - lambda).
    objective = {"workload": "api", "percentile": percentage, "at_most": f"{at_most} s"}
    job = solved({"server": stage("100 ms")}, objectives={"latency": objective})
    expected = max(0.0, 10 + math.log(1 - percentage / 100) / at_most)
    assert job.highest_load == pytest.approx(expected, rel=1e-6)


def test_the_highest_load_under_a_loss_is_that_of_the_closed_form(solved: Solve) -> None:
    # M/M/4/6: at this load of 10/s each, one in ten thousand finds six there.
    stages = {"web": stage("100 ms", concurrency=4, queue_limit=2)}
    objectives = {"loss": {"workload": "api", "at_most": "0.01 %"}}
    job = solved(stages, "5/s", objectives=objectives)
    assert job.highest_load is not None
    load = job.highest_load / 10
    terms = [load**n / math.factorial(n) for n in range(5)]
    terms += [terms[4] * (load / 4) ** k for k in (1, 2)]
    assert terms[6] / math.fsum(terms) == pytest.approx(1e-4, rel=1e-6)
    # With a latency too, the stricter of both counts.
    objectives["latency"] = {"workload": "api", "percentile": 95, "at_most": "250 ms"}
    assert solved(stages, "5/s", objectives=objectives).highest_load == 0.0


def test_a_target_stands_for_95_percent_where_no_objective_says_more(solved: Solve) -> None:
    job = solved({"server": stage("100 ms")}, endpoint={"target": "500 ms"})
    assert job.highest_load == pytest.approx(10 - math.log(20) / 0.5, rel=1e-6)
    impossible = solved({"server": stage("100 ms")}, endpoint={"target": "200 ms"})
    assert impossible.highest_load == 0  # P95 of the service alone is 300 ms


def test_highest_load_falls_as_the_objective_is_tightened(solved: Solve) -> None:
    loads = [
        solved({"workers": stage("100 ms", concurrency=4)}, endpoint={"target": target})
        for target in ("2 s", "1 s", "500 ms", "400 ms")
    ]
    found = [one.highest_load or 0.0 for one in loads]
    assert found == sorted(found, reverse=True)
    assert all(0 < load < 40 for load in found)


def later_than(time: float, servers: int, rate: float, mean: float) -> float:
    """P(response > time) of M/M/c, first come first served.

    Source: Gross and Harris (1998), Fundamentals of Queueing Theory, section 2.3: the wait is 0
        with 1 - C and else exponential with c mu - lambda, and the service is added to it.
    """
    mu, load = 1 / mean, rate * mean
    waits, gap = erlang_c(servers, load), servers - 1 - load
    return math.exp(-mu * time) * (1 + waits * -math.expm1(-mu * time * gap) / gap)


@pytest.mark.parametrize(("replicas", "concurrency"), [(1, 2), (3, 1), (3, 4), (10, 8)])
@pytest.mark.parametrize("busy", [0.3, 0.7, 0.95])
@pytest.mark.parametrize("percentage", [50.0, 95.0, 99.0])
def test_percentiles_of_a_stage_are_those_of_mmc(
    replicas: int, concurrency: int, busy: float, percentage: float, solved: Solve
) -> None:
    servers = replicas * concurrency
    rate = busy * servers / 0.1
    web = stage("100 ms", replicas=replicas, concurrency=concurrency)
    job = solved({"web": web}, f"{rate}/s")
    time = response(job, job.law, percentage)
    assert time is not None
    assert later_than(time, servers, rate, 0.1) == pytest.approx(1 - percentage / 100, rel=1e-6)


def test_a_load_of_nearly_1_in_phases_is_no_warning(solved: Solve) -> None:
    # Erlang-4 on five servers up to 10/s, where the matrices of the law have nothing left.
    service = {"distribution": "erlang", "mean": "0.5 s", "phases": 4}
    web = {"nodes": "web", "replicas": 5, "service": service}
    job = solved({"web": web}, "8/s", objectives=losing("0.1 %"))
    assert job.highest_load is not None
    assert 9.9 < job.highest_load <= 10 * (1 + 1e-9)


@pytest.mark.parametrize(("percentage", "below"), [(95.0, 0.003), (99.0, 0.018), (99.9, 0.032)])
def test_a_percentile_from_two_moments_is_near_the_exact_one(
    percentage: float, below: float, solved: Solve
) -> None:
    """Of two M/M/1 in a row: times of 1/45 and 1/5 s, independent and exponential.

    Source: Reich (1957), Waiting times when queues are in tandem; the tail of their sum is
        (a exp(-bt) - b exp(-at)) / (a - b).
    """
    job = solved({"a": stage("20 ms"), "b": stage("100 ms")})
    time = response(job, job.law, percentage)
    assert time is not None
    exact = time / (1 - below)
    tail = (45 * math.exp(-5 * exact) - 5 * math.exp(-45 * exact)) / 40
    assert tail == pytest.approx(1 - percentage / 100, rel=0.01)


@pytest.mark.parametrize(
    ("zones", "survives"),
    [
        (["us-east-1a", "us-east-1b", "us-east-1c"], True),
        (["us-east-1a", "us-east-1b"], False),
    ],
)
def test_a_zone_down_is_survived_where_the_others_serve_the_load(
    zones: list[str], survives: bool, solved: Solve
) -> None:
    # Six replicas of 10/s on three nodes: in three zones 40/s are served without one, in two only
    # 20/s without that of two nodes.
    job = solved({"web": stage("100 ms", replicas=6)}, "35/s", zones=zones)
    last = job.cases[-1]
    assert last.what == f"one of {len(zones)} zones"
    assert last.survives is survives
    assert last.utilization == pytest.approx(35 / (40 if survives else 20))


def losing(share: str) -> dict[str, Any]:
    return {"loss": {"workload": "api", "at_most": share}}


@pytest.mark.parametrize(
    ("rate", "limits", "loss", "needed"),
    [
        # Of 10/s each; a load of exactly 1 is not served.
        ("40/s", {}, None, 5),
        ("39/s", {}, None, 4),
        ("40/s", {"queue_limit": 5}, None, 5),
        ("40/s", {"queue_limit": 5}, "10 %", 4),  # 36/s
        ("40/s", {"timeout": "1 s"}, "25 %", 4),  # 30/s
        ("40/s", {"timeout": "1 s"}, "26 %", 3),  # 29.6/s
        ("40/s", {}, "25 %", 5),  # nothing is refused: all that comes must be served
    ],
)
def test_up_is_what_serves_the_highest_load_less_the_loss_that_is_allowed(
    rate: str, limits: dict[str, Any], loss: str | None, needed: int, solved: Solve
) -> None:
    keys = {"objectives": losing(loss)} if loss else {}
    job = solved({"web": stage(replicas=4, **limits)}, rate, **keys)
    assert job.units_needed(job.stages[0]) == needed
    assert job.serves_highest_load is (needed <= 4)
    assert job.cases[0].survives is (needed <= 3)
    assert job.cases[0].utilization == pytest.approx(float(rate.removesuffix("/s")) / 30)


def test_a_stage_behind_one_that_refuses_serves_what_that_passes_on(solved: Solve) -> None:
    # At most 20/s of 30/s get through the first, which the second just does not serve.
    stages = {"a": stage(replicas=2, queue_limit=0), "b": stage(replicas=2)}
    job = solved(stages, "30/s", objectives=losing("40 %"))
    assert [job.units_needed(one) for one in job.stages] == [2, 3]
    assert not job.serves_highest_load
    wider = solved({**stages, "b": stage(replicas=3)}, "30/s", objectives=losing("40 %"))
    assert wider.serves_highest_load
    # With one of the first two down less than 18/s get through.
    assert [case.survives for case in wider.cases] == [False, False]


def test_a_peak_of_one_hour_is_the_load_that_is_served_or_not(solved: Solve) -> None:
    day = {"by_hour": ["1/s"] * 23 + ["25/s"]}
    assert not solved({"web": stage(replicas=2)}, day).serves_highest_load
    assert solved({"web": stage(replicas=3)}, day).serves_highest_load


def test_without_zones_an_endpoint_is_solved_all_the_same(solved: Solve) -> None:
    job = solved({"web": stage(replicas=3)})
    assert [case.what for case in job.cases] == ["one replica of web"]


def test_a_replica_less_is_the_same_as_one_never_there(solved: Solve) -> None:
    three = solved({"web": stage("100 ms", replicas=3)}, "15/s")
    two = solved({"web": stage("100 ms", replicas=2)}, "15/s")
    assert two.law.classes[0].response_time is not None
    assert three.cases[0].response == pytest.approx(two.law.classes[0].response_time.mean)


def test_a_network_on_a_gpu_takes_the_longer_of_computing_and_reading(solved: Solve) -> None:
    # L4: 121 TFLOP/s dense in fp16, 300 GB/s. Both are taken as the catalog has them.
    gpus = {"gpus": {"instance": "g4dn.xlarge", "count": 1}}
    model = {"computation": "65 TFLOP", "weights": "1 GB", "efficiency": "50 %"}
    computing = {"nodes": "gpus", "accelerators": 1, "model": {**model}}
    # T4: 65 TFLOP/s in fp16, half of it reached: 2 s.
    job = solved({"model": computing}, "0.1/s", nodes=gpus)
    assert job.capacity == pytest.approx(0.5, rel=0.01)
    reading = {**computing, "model": {**model, "computation": "1 MFLOP", "weights": "8 GB"}}
    # T4: 320 GB/s, 80 % of it reached: 8 / 256 s.
    job = solved({"model": reading}, "0.1/s", nodes=gpus)
    assert job.capacity == pytest.approx(32.0, rel=0.01)
    # 10 ms to read, and 2 ms to compute each: flat up to five, and 40 ms for twenty.
    model = {"computation": "65 GFLOP", "weights": "2.56 GB", "efficiency": "50 %"}
    batched = {**computing, "model": model, "batch": {"size": 20, "timeout": "5 ms"}}
    job = solved({"model": batched}, "0.1/s", nodes=gpus)
    batch, service = job.stages[0].batch, job.stages[0].service
    assert batch is not None
    assert (batch.per_customer, batch.least_per_customer) == pytest.approx((0.0, 2e-3), rel=0.01)
    assert service.moment(1) == pytest.approx(10e-3, rel=0.01)
    assert job.capacity == pytest.approx(20 / 40e-3, rel=0.01)


def test_a_model_takes_an_accelerator_even_where_nothing_says_so(solved: Solve) -> None:
    gpus = {"gpus": {"instance": "g4dn.xlarge", "count": 2}}
    served = {"nodes": "gpus", "model": {"computation": "65 GFLOP", "weights": "1 GB"}}
    assert solved({"m": {**served, "replicas": 2}}, "1/s", nodes=gpus).capacity > 0
    with pytest.raises(InvalidDescription, match="needs 25 accelerators on a node of gpus"):
        solved({"m": {**served, "replicas": 50}}, "1/s", nodes=gpus)


def test_replicas_of_all_stages_and_endpoints_find_room_side_by_side(solved: Solve) -> None:
    # One of 128 vCPUs each, on three nodes: one after another.
    each = stage("20 ms", vcpus=128)
    assert solved({"a": each, "b": each, "c": each}).capacity == pytest.approx(50)
    with pytest.raises(
        InvalidDescription, match=r"needs 256 vCPUs on a node of web \(1 of a, 1 of"
    ):
        solved({"a": each, "b": each, "c": each, "d": each})
    alike = {"kind": "endpoint", "requests": {"rate": "1/s"}}
    first = {**alike, "stages": {"a": {**each, "replicas": 3}}}
    both = {"api": first, "other": {**alike, "stages": {"m": each}}}
    with pytest.raises(InvalidDescription, match=r"\(1 of a, 1 of other\.m\), which has 128 vCPUs"):
        solved({}, workloads=both)


def test_more_at_once_than_vcpus_is_a_warning(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "served.yaml"
    for changes, warned in (({}, True), ({"vcpus": 10}, False)):
        stages = {"a": stage("20 ms", replicas=6, concurrency=100, **changes)}
        path.write_text(yaml.safe_dump(described(stages)))
        found = read_stack(path, catalog).solved.findings
        text = "a serves 200 requests at once on a node of 128 vCPUs"
        assert any(text in one.text for one in found) is warned


@pytest.mark.parametrize(("timeout", "warned"), [("500 ms", True), ("2 s", False)])
def test_a_timeout_shorter_than_the_cold_start_is_a_warning(
    timeout: str, warned: bool, tmp_path: Path, catalog: Catalog
) -> None:
    path = tmp_path / "served.yaml"
    path.write_text(yaml.safe_dump(described({"a": stage(cold_start="1 s", timeout=timeout)})))
    found = read_stack(path, catalog).solved.findings
    text = "a waits 500 ms at the most, and 1 s for a cold start, in which no request gives up"
    assert any(text in one.text for one in found) is warned


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ({"web": {"nodes": "web"}}, "needs one of service, model and rate"),
        (
            {"web": {"service": exponential("1 s")}},
            "needs one of nodes, function, gateway, sagemaker, fargate and ai_service",
        ),
        ({"web": stage(rate="5/s")}, "has service and rate; give one of service, model and rate"),
        ({"web": stage(keep_warm="1 min")}, "goes with a cold_start"),
        (
            {
                "m": {
                    "nodes": "web",
                    "concurrency": 4,
                    "model": {"computation": "1 GFLOP", "weights": "1 GB"},
                }
            },
            "has a model and concurrency; requests that share an accelerator are a batch",
        ),
        (
            {"web": stage(cold_start="1 s", scaling={"target": "80 %", "maximum": 3})},
            "has cold_start and scaling; a stage has one of them; a new replica takes scaling.star",
        ),
        (
            {"web": stage(cold_start="1 s", batch={"size": 4, "timeout": "1 ms"})},
            "has cold_start and batch; a stage has one of them",
        ),
        (
            {"g": {"gateway": "http-api", "rate": "9/s", "queue_limit": 3}},
            "has queue_limit, which goes with its concurrency",
        ),
        (
            {"web": stage(replicas=1000, concurrency=1_000_000)},
            "serves 1,000,000,000 requests at once; more than 1,000,000 are not simulated",
        ),
        ({"exit": stage()}, "'exit' is taken"),
        ({"start": stage()}, "'start' is taken"),
        ({"web": stage(nodes="wab")}, "did you mean 'web'"),
        ({"web": stage(replicas=0)}, "must be at least 1"),
        (
            {"web": stage(vcpus=100, replicas=6)},
            "which has 128 vCPUs; 3 nodes can't hold these replicas",
        ),
        ({"web": stage(accelerators=1)}, "needs 1 accelerator on a node of web"),
        ({"web": stage(timeout="0 s")}, "must be more than 0"),
        ({"web": stage("0 s")}, "must be more than 0"),
        ({"web": stage("1e-320 s")}, "beyond what windtunnel reckons with"),
        ({"web": stage(queue_limit=-1)}, "must be at least 0"),
        (
            {"web": stage(replicas=2, scaling={"target": "80 %", "maximum": 3})},
            "has replicas and scaling",
        ),
        (
            {"web": stage(startup=exponential("1 s"), scaling={"target": "80 %", "maximum": 3})},
            "write it as scaling.startup",
        ),
        (
            {"g": {"gateway": "http-api", "rate": "9/s", "startup": exponential("1 s")}},
            "has startup, which goes with nodes",
        ),
        (
            {"web": stage(scaling={"target": "80 %", "maximum": 3, "concurrency": 2})},
            "has scaling.concurrency",
        ),
        (
            {"web": stage(scaling={"target": "80 %", "maximum": 3, "minimum": 4})},
            "minimum above its maximum",
        ),
        (
            {
                "f": {
                    "function": {"memory": "1 GB"},
                    "concurrency": 2,
                    "service": exponential("1 s"),
                }
            },
            "write function.concurrency",
        ),
        (
            {"f": {"function": {"memory": "1 GB"}, "replicas": 2, "service": exponential("1 s")}},
            "has replicas, which goes with nodes",
        ),
        (
            {"f": {"function": {"memory": "20 GB"}, "service": exponential("1 s")}},
            "function.memory: is 20 GB; a function of AWS has 128 MB to 10.7 GB",
        ),
        (
            {"f": {"function": {"memory": "1 GB"}, "service": exponential("20 min")}},
            "takes 20 min; a function of AWS may run 15 min",
        ),
        (
            {"m": {"nodes": "web", "model": {"computation": "1 GFLOP", "weights": "1 GB"}}},
            "have no accelerator",
        ),
        ({}, "workloads.api.stages"),
    ],
)
def test_what_is_wrong_with_a_stage_is_said_with_line_and_path(
    stages: dict[str, Any], message: str, solved: Solve
) -> None:
    with pytest.raises(InvalidDescription) as caught:
        solved(stages)
    said = str(caught.value)
    assert message in said
    assert "workloads.api" in said
    assert "served.yaml:" in said


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ({}, "needs one of rate, by_hour and trace"),
        ({"rate": "1/s", "by_hour": ["1/s"] * 24}, "has rate and by_hour; give one of"),
        ({"rate": "0/s"}, "must be more than 0"),
        ({"rate": 5}, "needs a unit"),
        ({"by_hour": ["1/s"] * 25}, "or 168 of the week, not 25"),
        ({"by_hour": ["1/s"] * 23}, "by_hour: must have 24 entries, one an hour of the day"),
        ({"by_hour": ["0/s"] * 24}, "must have a rate above 0"),
        ({"trace": "nothing.csv"}, "requests.trace"),
    ],
)
def test_what_is_wrong_with_requests_is_said_with_line_and_path(
    requests: dict[str, Any], message: str, solved: Solve
) -> None:
    with pytest.raises(InvalidDescription) as caught:
        solved({"web": stage()}, requests)
    assert message in str(caught.value)
    assert "workloads.api.requests" in str(caught.value)


def test_a_trace_counts_from_its_first_arrival_and_knows_its_busiest_part(
    solved: Solve, tmp_path: Path
) -> None:
    # 1/s for 50 minutes, then 9/s for ten, by the clock of the epoch.
    began = 1_700_000_000
    times = [began + k for k in range(3000)] + [began + 3000 + k / 9 for k in range(5401)]
    (tmp_path / "arrivals.csv").write_text("time\n" + "\n".join(map(str, times)))
    job = solved({"web": stage("200 ms", replicas=2)}, {"trace": "arrivals.csv"})
    assert job.recorded[0] == 0
    assert job.mean_rate == pytest.approx(8400 / 3600)
    assert job.highest_rate == pytest.approx(9, rel=0.01)
    assert not job.cases[0].survives  # one replica serves 5/s
    (tmp_path / "arrivals.csv").write_text("time\n7\n7\n7")
    with pytest.raises(InvalidDescription, match="all of its arrivals at one time, and so no rate"):
        solved({"web": stage()}, {"trace": "arrivals.csv"})


def test_a_trace_of_arrivals_is_read_from_the_folder_of_the_stack(
    solved: Solve, tmp_path: Path
) -> None:
    rows = ["time", *(f"{second / 5}" for second in range(501))]
    (tmp_path / "arrivals.csv").write_text("\n".join(rows) + "\n")
    job = solved({"web": stage()}, {"trace": "arrivals.csv"})
    assert job.mean_rate == pytest.approx(5)
    assert len(job.recorded) == 501
    with pytest.raises(InvalidDescription, match=r"requests\.column"):
        solved({"web": stage()}, {"trace": "arrivals.csv", "column": "when"})


@pytest.mark.parametrize(
    ("percentile", "message"),
    [
        (0, "must be more than 0, not '0'"),
        (100, "must be less than 100, not '100'"),
        (-5, "must be more than 0"),
        (math.nan, "must be a number"),
        (True, "must be a number"),
        ("95 %", "must be a number, not '95 %'"),
        ("P95", "must be a number"),
    ],
)
def test_a_percentile_lies_between_0_and_100(percentile: Any, message: str, solved: Solve) -> None:
    objective = {"workload": "api", "percentile": percentile, "at_most": "1 s"}
    with pytest.raises(InvalidDescription) as caught:
        solved({"web": stage()}, objectives={"latency": objective})
    assert "objectives.latency.percentile" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(("percentile", "warned"), [(0.95, True), (99.9, False)])
def test_a_share_in_place_of_a_percentage_is_a_warning(
    percentile: float, warned: bool, tmp_path: Path, catalog: Catalog
) -> None:
    objective = {"workload": "api", "percentile": percentile, "at_most": "1 s"}
    path = tmp_path / "served.yaml"
    path.write_text(yaml.safe_dump(described({"web": stage()}, objectives={"latency": objective})))
    found = read_stack(path, catalog).solved.findings
    assert any("for P95 write 95" in one.text for one in found) is warned


@pytest.mark.parametrize("hours", [24, 168])
def test_a_day_and_a_week_by_the_hour_have_their_mean_and_their_highest(
    hours: int, solved: Solve
) -> None:
    rates = [f"{1 + hour % 24}/s" for hour in range(hours)]
    job = solved({"web": stage(concurrency=4)}, {"by_hour": rates})
    assert (job.mean_rate, job.highest_rate) == (pytest.approx(12.5), 24)


@pytest.mark.parametrize(("agents", "share"), [(28, 0.857), (27, 0.782)])
def test_28_agents_answer_80_percent_of_250_calls_an_hour_in_30_s(
    agents: int, share: float, solved: Solve
) -> None:
    # Erlang C: 250/h of 330 s are 22.9 erlang; 27 agents are too few for 80 %.
    calls = stage("330 s", concurrency=agents, wait_target="30 s")
    job = solved({"agents": calls}, "250/h")
    assert within_wait_target(job, job.stages[0]) == pytest.approx(share, abs=5e-4)
    limited = solved({"agents": {**calls, "queue_limit": 3}}, "250/h")
    assert within_wait_target(limited, limited.stages[0]) is None
