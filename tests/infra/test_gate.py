"""The gate: nothing is built of a stack that is bad, elsewhere, or predicted to miss."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from models.parts.billing import unpriced_line
from models.prediction import ObjectiveResult
from models.prediction.training_answer import TrainingPrediction

from .conftest import ROOT, SITES, example
from .mock_cloud import PROJECT, Run, run_program
from .predictions import prediction

Asked = list[dict[str, Any]]
STACK = "stacks/resnet50-imagenet-aws.yaml"


@pytest.fixture
def missed(monkeypatch: pytest.MonkeyPatch, predicted: Asked) -> None:
    """The prediction misses its deadline."""
    import sim.predict

    def answer(file: Any, facts: Any, **options: Any) -> Any:
        return prediction(file.stack.name, probability=0.8)

    monkeypatch.setattr(sim.predict, "predict", answer)


def stopped(**config: str) -> str:
    """Why the program stopped; it has registered nothing then."""
    run = Run()
    with pytest.raises(pulumi.RunError) as caught:
        run_program({f"windtunnel:{key}": value for key, value in config.items()}, run=run)
    assert run.resources == []
    assert set(run.outputs) == set()
    return str(caught.value)


def written(tmp_path: Path, change: Callable[[dict[str, Any]], Any]) -> str:
    stack = example("aws")
    change(stack)
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(stack, sort_keys=False))
    return str(path)


def test_a_stack_file_that_is_not_named_is_told() -> None:
    assert stopped(stack=" ").startswith("windtunnel:stack names no file; set it: pulumi config")


@pytest.mark.usefixtures("small_catalog", "missed")
def test_a_missed_objective_stops_before_anything_is_registered() -> None:
    message = stopped(stack=STACK)
    assert "'resnet50-imagenet-aws' is predicted to miss its objectives" in message
    assert "deadline: train within 1 h; predicted: 55 min" in message
    assert "(probability 80.0%, required 95.0%)" in message
    assert "pulumi config set windtunnel:enforce false" in message


@pytest.mark.usefixtures("small_catalog", "missed")
def test_a_missed_objective_is_built_if_that_is_wanted_and_warned_of() -> None:
    run = run_program({"windtunnel:stack": STACK, "windtunnel:enforce": "false"})
    assert run.one("autoscaling/group:Group")
    assert "deadline: train within 1 h" in run.warnings[0]
    assert run.outputs["prediction"]["objectives_met"] is False
    assert run.outputs["prediction"]["objectives"]["deadline"]["met"] is False


@pytest.mark.usefixtures("small_catalog", "predicted")
def test_what_can_t_be_said_counts_as_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.predict

    def answer(file: Any, facts: Any, **options: Any) -> Any:
        made = prediction(file.stack.name)
        line = unpriced_line("trainers", "p5e.48xlarge, on-demand", 4, "nodes", "give its price")
        budget = ObjectiveResult("budget", "at most 1 USD", "0 USD", 1.0, 0.95, at_least=True)
        return replace(made, cost=replace(made.cost, lines=(line,)), objectives=(budget,))

    monkeypatch.setattr(sim.predict, "predict", answer)
    message = stopped(stack=STACK)
    assert "is predicted to leave open whether it meets its objectives" in message
    assert "it can't be said whether it is met, which counts as missed" in message
    assert "no price is known of trainers: p5e.48xlarge, on-demand" in message
    run = run_program({"windtunnel:stack": STACK, "windtunnel:enforce": "false"})
    assert "leave open" in run.warnings[0]
    numbers = run.outputs["prediction"]
    assert numbers["objectives"]["budget"] | {"predicted": "", "target": ""} == {
        "target": "", "predicted": "", "probability": 1.0, "met": False, "verdict": "unknown",
    }  # fmt: skip
    assert (numbers["objectives_met"], numbers["cost_at_least"]) == (False, True)


@pytest.mark.usefixtures("small_catalog")
def test_what_has_no_steady_state_is_not_built(
    monkeypatch: pytest.MonkeyPatch, predicted: Asked
) -> None:
    import sim.predict

    monkeypatch.setattr(TrainingPrediction, "overloaded", True)
    monkeypatch.setattr(
        sim.predict, "predict", lambda file, facts, **options: prediction(file.stack.name)
    )
    message = stopped(stack=STACK)
    assert "'resnet50-imagenet-aws' is predicted to be overloaded; nothing is built" in message
    assert "workloads.train: has no steady state" in message


@pytest.mark.usefixtures("small_catalog")
def test_the_headline_numbers_are_outputs(predicted: Asked) -> None:
    config = {"windtunnel:stack": STACK, "windtunnel:seed": "7", "windtunnel:replications": "50"}
    outputs = run_program(config).outputs
    built = {"network", "buckets", "file_systems", "node_groups", "node_updates"}
    # What another program builds on.
    others = {"subnets", "security_groups", "roles", "hosts", "host_files"}
    assert set(outputs) == built | others | {"not_started", "prediction", "to_fill"}
    assert outputs["subnets"] == ["Subnet-private-us-east-1a", "Subnet-private-us-east-1b"]
    assert outputs["security_groups"] == {"nodes": "SecurityGroup-nodes"}
    assert outputs["roles"]["trainers"].startswith("arn:aws:iam::123456789012:role/trainer")
    assert outputs["hosts"] == {"trainers": ["10.20.0.9", "10.20.0.10"]}
    assert outputs["host_files"] == {"trainers": "10.20.0.9 slots=8\n10.20.0.10 slots=8\n"}
    assert "say what they start, as its `program`" in outputs["not_started"]["train"]
    numbers = outputs["prediction"]
    assert numbers["nodes"] == {}  # of a prediction that is made up
    assert numbers["workloads"] == {
        "train": {
            "kind": "training",
            "throughput_samples_per_second": 75_000,
            "availability": pytest.approx(0.999),
            "completion_seconds": {"p50": 3000, "p95": 3300},
        }
    }
    assert numbers["availability"] == pytest.approx(0.999)
    assert numbers["run_cost_usd"] == {"p50": 90, "p95": 99}
    assert numbers["hourly_cost_usd"] == 98
    assert numbers["objectives_met"] is True
    assert (numbers["version"], numbers["seed"]) == ("0.1.0", 1)
    assert (numbers["stack_hash"], numbers["catalog_hash"]) == ("5" * 64, "7" * 64)
    assert predicted == [{"seed": 7, "replications": 50}]


@pytest.mark.usefixtures("small_catalog")
def test_seed_and_replications_have_defaults(predicted: Asked) -> None:
    run_program({"windtunnel:stack": STACK})
    assert predicted == [{"seed": 1, "replications": 1000}]


@pytest.mark.usefixtures("small_catalog")
def test_a_bad_stack_says_file_and_line(predicted: Asked, tmp_path: Path) -> None:
    path = written(tmp_path, lambda stack: stack["nodes"]["trainers"].update(cuont=4))
    message = stopped(stack=path)
    lines = Path(path).read_text().splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if "cuont" in text)
    assert message == (
        f"{path}:{line}: nodes.trainers.cuont: is not a known key; did you mean 'count'?"
    )
    assert predicted == []


@pytest.mark.usefixtures("small_catalog")
def test_a_file_that_is_not_there_is_named_as_the_user_did(predicted: Asked) -> None:
    assert stopped(stack="stacks/none.yaml").startswith("stacks/none.yaml: cannot be read: ")


@pytest.mark.usefixtures("small_catalog", "predicted")
def test_a_stack_on_premises_has_nothing_to_provision() -> None:
    assert "nothing to provision" in stopped(stack="stacks/akiba-2017.yaml")


@pytest.mark.usefixtures("small_catalog", "predicted")
@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "windtunnel:stack"),
        ({"stack": STACK, "enforce": "perhaps"}, "perhaps"),
        ({"stack": STACK, "seed": "-1"}, "windtunnel:seed must be from 0 to 9223372036854775807"),
        ({"stack": STACK, "seed": str(2**63)}, "not 9223372036854775808"),
        ({"stack": STACK, "replications": "1"}, "replications must be from 2 to 1000000, not 1"),
        ({"stack": STACK, "replications": "1000001"}, "to 1000000, not 1000001"),
        ({"stack": STACK, "replications": "many"}, "many"),
    ],
)
def test_bad_configuration_is_refused(config: dict[str, str], message: str) -> None:
    assert message in stopped(**config)


@pytest.mark.usefixtures("small_catalog", "predicted")
def test_a_run_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.predict
    from sim.cluster.cluster_contract import NoProgress

    def never(*_: Any, **__: Any) -> None:
        raise NoProgress("'train' never comes to its end")

    monkeypatch.setattr(sim.predict, "predict", never)
    assert "'train' never comes to its end" in stopped(stack=STACK)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_the_example_passes_with_the_real_catalog_and_the_real_prediction(cloud: str) -> None:
    site = {"region": "us-east-1", "zones": ("us-east-1a", "us-east-1b")}
    if cloud == "gcp":
        site = {"region": "us-central1", "zones": ("us-central1-c",)}
    config = {
        "windtunnel:stack": f"stacks/resnet50-imagenet-{cloud}.yaml",
        "windtunnel:enforce": "false",
        "windtunnel:replications": "50",
        "gcp:project": PROJECT,
    }
    run = run_program(config, **site)  # type: ignore[arg-type]
    numbers = run.outputs["prediction"]
    instance = {"aws": "p4d.24xlarge", "gcp": "a2-highgpu-8g"}[cloud]
    assert numbers["nodes"] == {"trainers": {"count": 4, "instance": instance}}
    assert numbers["workloads"]["train"]["throughput_samples_per_second"] > 0
    times = numbers["workloads"]["train"]["completion_seconds"]
    assert 0 < times["p50"] <= times["p95"]
    assert 0 < numbers["availability"] < 1
    assert len(run.clouds) > 10


def _small(stack: str, **config: str) -> dict[str, str]:
    return {
        "windtunnel:stack": f"stacks/{stack}.yaml",
        "windtunnel:enforce": "false",
        "windtunnel:replications": "2",
        **config,
    }


@pytest.mark.parametrize(
    ("stack", "workload", "groups"),
    [
        ("gpu-endpoint", "classify", {"web", "gpus"}),
        ("cloud-cameras", "cameras", {"servers"}),
    ],
)
def test_a_kind_that_nothing_starts_is_refused_and_its_nodes_and_stores_are_built(
    stack: str, workload: str, groups: set[str]
) -> None:
    file = yaml.safe_load((ROOT / "stacks" / f"{stack}.yaml").read_text())
    config, site = _small(stack, **{"gcp:project": PROJECT}), SITES[file["cloud"]]
    run = run_program(config, **site)
    [(refused, why)] = run.outputs["not_started"].items()
    assert refused == workload
    kind = file["workloads"][workload]["kind"]
    assert why.startswith(f"nothing starts a workload of kind '{kind}' on {file['cloud']} yet; ")
    assert "its node groups and stores are built" in why
    assert f"workloads.{workload}: {why}" in run.warnings
    assert set(run.outputs["node_groups"]) == set(file["nodes"]) == groups
    stores = file.get("storage", {}).items()
    assert set(run.outputs["buckets"]) == {name for name, one in stores if one["kind"] == "object"}


@pytest.mark.parametrize(
    ("stack", "token", "key", "where"),
    [
        (
            "flask-endpoint", "autoscaling/group:Group", "vpcZoneIdentifiers",
            [f"Subnet-private-us-east-1{letter}" for letter in "abc"],
        ),
        (
            "gpu-endpoint", "RegionInstanceGroupManager", "distributionPolicyZones",
            ["us-central1-a", "us-central1-c"],
        ),
    ],
)  # fmt: skip
def test_nodes_that_only_serve_stand_in_all_zones(
    stack: str, token: str, key: str, where: list[str], tmp_path: Path
) -> None:
    file = yaml.safe_load((ROOT / "stacks" / f"{stack}.yaml").read_text())
    if file["cloud"] == "gcp":
        file["zones"] = where
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(file))
    config = _small(stack, **{"gcp:project": PROJECT, "windtunnel:stack": str(path)})
    groups = run_program(config, **SITES[file["cloud"]]).of(token)
    assert [one.inputs[key] for one in groups] == [where] * len(file["nodes"])


def test_a_stack_of_what_a_cloud_does_not_build_has_nothing_to_provision(tmp_path: Path) -> None:
    file = yaml.safe_load((ROOT / "stacks" / "lambda-endpoint.yaml").read_text())
    file |= {"cloud": "gcp", "region": "us-central1"}
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(file))
    config = {k.partition(":")[2]: v for k, v in _small("lambda-endpoint").items()}
    message = stopped(**{**config, "stack": str(path)})
    assert "nothing to provision: stack 'lambda-endpoint' has no nodes and no stores" in message
    assert "workloads.api: nothing starts a workload of kind 'endpoint' on gcp" in message


def test_what_stands_at_the_edge_is_built_by_no_cloud() -> None:
    message = stopped(**{k.partition(":")[2]: v for k, v in _small("edge-cameras").items()})
    assert "nothing to provision: stack 'edge-cameras' has no nodes and no stores" in message
    assert "workloads.cameras: a workload of kind 'edge' stands outside of aws" in message


@pytest.mark.usefixtures("small_catalog", "predicted")
def test_a_store_of_a_kind_that_a_cloud_does_not_build_stops_before_anything_is_registered(
    tmp_path: Path,
) -> None:
    stack, run = example("gcp"), Run()
    stack["storage"]["scratch"] = {
        "kind": "local", "nodes": "trainers", "disk": "x", "disks": 2, "level": "0",
    }  # fmt: skip
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(stack, sort_keys=False))
    config = {"windtunnel:stack": str(path), "gcp:project": PROJECT}
    said = "storage.scratch.kind: 'local' can't be built on gcp; what can is object, nas, block"
    with pytest.raises(pulumi.RunError, match=re.escape(said)):
        run_program(config, run=run, **SITES["gcp"])
    assert run.resources == []


def test_only_the_gate_and_the_policy_pack_predict() -> None:
    importing = {
        path.name
        for path in (ROOT / "infra").rglob("*.py")
        if re.search(r"^\s*(from|import) sim\b", path.read_text(), re.MULTILINE)
    }
    # Beside it, what holds programs of others.
    assert importing == {"gate.py", "verdict.py"}
