"""What relieves an endpoint: the key of the stack file, and how much of it is enough."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.laws.queueing.markovian import erlang_c
from models.parts.read_stack import read_stack
from models.parts.workloads.endpoint_remedy import remedy

Told = Callable[..., str]


def stage(**keys: Any) -> dict[str, Any]:
    return {"nodes": "web", "service": {"distribution": "exponential", "mean": "100 ms"}, **keys}


@pytest.fixture
def told(tmp_path: Path, catalog: Catalog) -> Told:
    def tell(web: dict[str, Any], rate: str, at_most: str = "", **keys: Any) -> str:
        api = {"kind": "endpoint", "requests": {"rate": rate}, "stages": {"web": web}}
        stack = {
            "name": "served",
            "cloud": "aws",
            "region": "us-east-1",
            "nodes": {"web": {"instance": "g4dn.xlarge", "count": 3}},
            "workloads": {"api": api},
            **keys,
        }
        if at_most:
            stack["objectives"] = {"latency": {"workload": "api", "at_most": at_most}}
        path = tmp_path / "served.yaml"
        path.write_text(yaml.safe_dump(stack))
        solved = read_stack(path, catalog).solved
        return remedy(solved.workloads["api"].answer, solved.site)

    return tell


def test_overload_takes_so_many_replicas(told: Told) -> None:
    # 50/s of 10/s each; five would be busy all the time.
    needed = "of 6 at least, instead of 4, for the highest load of 50/s"
    assert told(stage(replicas=4), "50/s") == f"`stages.web.replicas` {needed}"
    scaled = told(stage(scaling={"target": "80 %", "maximum": 4}), "50/s")
    assert scaled == f"`stages.web.scaling.maximum` {needed}"


def test_a_managed_stage_takes_so_many_requests_at_once(told: Told) -> None:
    service = stage()["service"]
    function = {"function": {"memory": "1 GB", "concurrency": 4}, "service": service}
    text = told(function, "50/s", nodes={})
    assert text.startswith("`stages.web.function.concurrency` of 6 at least, instead of 4")
    assert told(function, "5/s", nodes={}).startswith("one more of `stages.web.function.concurr")
    gateway = {"gateway": "http-api", "service": service}
    assert told(gateway, "50/s", nodes={}) == "nothing is near its limit"
    bounded = told({**gateway, "concurrency": 4}, "50/s", nodes={})
    assert bounded.startswith("`stages.web.concurrency` of 6 at least")


def later_than(time: float, servers: int, rate: float) -> float:
    """P(response > time) of M/M/c of 100 ms, Gross and Harris (1998), section 2.3."""
    load = rate * 0.1
    waits, gap = erlang_c(servers, load), servers - 1 - load
    return math.exp(-10 * time) * (1 + waits * -math.expm1(-10 * time * gap) / gap)


@pytest.mark.parametrize("at_most", [0.32, 0.4, 0.6])
def test_a_latency_takes_so_many_replicas(at_most: float, told: Told) -> None:
    enough = next(n for n in range(3, 50) if later_than(at_most, n, 18.5) <= 0.05)
    assert enough > 2
    text = told(stage(replicas=2), "18.5/s", f"{at_most} s")
    assert text == (
        f"`stages.web.replicas` of {enough}, instead of 2, keeps to the latency at the highest"
        " load of 18.5/s"
    )
    assert told(stage(replicas=enough), "18.5/s", f"{at_most} s").startswith("one more of")


def test_a_latency_that_the_service_alone_misses_takes_something_else(told: Told) -> None:
    # P95 of an exponential service of 100 ms is 300 ms.
    text = told(stage(replicas=2), "5/s", "250 ms")
    assert text.startswith("more of `stages.web.replicas` alone do not keep to the latency")


def test_batches_are_told_where_reading_takes_longest(told: Told) -> None:
    # T4: 65 TFLOP/s in fp16 and 320 GB/s; 10 ms to read, and 2 ms to compute each.
    model = {"computation": "65 GFLOP", "weights": "2.56 GB", "efficiency": "50 %"}
    text = told({"nodes": "web", "model": model}, "10/s")
    assert text.startswith("one more of `stages.web.replicas` adds 100 requests/s")
    assert "a `batch` of 5 reads the weights once" in text
    computing = told({"nodes": "web", "model": {**model, "computation": "6.5 TFLOP"}}, "1/s")
    assert "batch" not in computing


@pytest.mark.parametrize(
    ("web", "rate", "said"),
    [
        # One T4 a node: the sixth replica is on a sixth node.
        (
            stage(replicas=3, accelerators=1),
            "50/s",
            "`stages.web.replicas` of 6 at least, instead of 3 (with `nodes.web.count` of 6,"
            " instead of 3), for the highest load of 50/s",
        ),
        # 4 vCPUs a node, of which one replica takes 3.
        (
            stage(replicas=3, vcpus=3),
            "5/s",
            "one more of `stages.web.replicas` (with `nodes.web.count` of 4, instead of 3) adds"
            " 10 requests/s",
        ),
        (stage(replicas=3, vcpus=2), "5/s", "one more of `stages.web.replicas` adds 10 requests/s"),
    ],
)
def test_replicas_that_do_not_fit_take_more_nodes(
    web: dict[str, Any], rate: str, said: str, told: Told
) -> None:
    assert told(web, rate) == said
