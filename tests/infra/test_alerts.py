"""Alarms, a dashboard and a budget: of what was predicted, told to one address, billed as built."""

import base64
import json
import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.aws.lustre import lustre_capacity
from models.catalog.load import load_catalog
from models.catalog.providers import cloud
from models.parts.alarms import cost_lines, watched
from models.parts.facts import Facts
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

from .example_graphs import ROOT, graph_of
from .mock_cloud import SUFFIX, Run, run_program
from .strict_schema import violations
from .test_balanced_endpoint import built as balanced

CATALOG = load_catalog()
ALARM, GROUP = "cloudwatch/metricAlarm:MetricAlarm", "autoscaling/group:Group"


@pytest.fixture(scope="module")
def clicks() -> Run:
    return graph_of(ROOT / "stacks" / "kafka-clickstream.yaml")


@pytest.fixture(scope="module")
def classify() -> Run:
    return graph_of(ROOT / "stacks" / "sagemaker-endpoint.yaml")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return balanced(tmp_path_factory.mktemp("shop"))


def script_of(run: Run, group: str) -> str:
    [found] = [
        one.inputs["userData"]
        for one in run.of("ec2/launchTemplate:LaunchTemplate")
        if one.name.partition(".")[0] == group
    ]
    return base64.b64decode(found).decode()


def alarms(run: Run) -> dict[str, dict[str, Any]]:
    return {one.name.removeprefix("alerts-"): one.inputs for one in run.of(ALARM)}


def test_every_property_is_one_of_the_provider(clicks: Run, classify: Run, shop: Run) -> None:
    for run in (clicks, classify, shop):
        assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_a_group_with_too_few_nodes_is_told_and_one_without_any_measure(clicks: Run) -> None:
    alarm = alarms(clicks)["brokers-nodes"]
    assert alarm["metricName"] == "GroupInServiceInstances"
    assert alarm["dimensions"] == {"AutoScalingGroupName": f"brokers{SUFFIX}"}
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 3)
    assert alarm["treatMissingData"] == "breaching"
    group = clicks.one(GROUP, "brokers").inputs
    assert group["enabledMetrics"] == ["GroupInServiceInstances"]  # else nothing is measured


def test_stores_are_told_when_they_are_full_or_larger_than_described(clicks: Run) -> None:
    found = alarms(clicks)
    # Amazon S3 user guide, "Metrics and dimensions": measured once a day.
    archive = found["results-full"]
    assert (archive["metricName"], archive["period"]) == ("BucketSizeBytes", 86_400)
    assert archive["threshold"] == 1e12
    # Amazon EFS user guide, "Amazon CloudWatch metrics for Amazon EFS": every 15 minutes.
    state = found["state-full"]
    assert (state["metricName"], state["period"]) == ("StorageBytes", 900)
    assert (state["dimensions"]["StorageClass"], state["threshold"]) == ("Total", 20e9)
    log = found["log-full"]
    assert (log["metricName"], log["threshold"], log["statistic"]) == ("Fullness", 90, "Maximum")
    assert log["dimensions"] == {"Group": "brokers", "Store": "log"}


def test_little_that_is_left_of_lustre_is_told(tmp_path: Path) -> None:
    """FSx for Lustre user guide, "Metrics and dimensions": free capacity, summed over its disks."""
    tree = yaml.safe_load((ROOT / "stacks" / "resnet50-imagenet-aws.yaml").read_text())
    tree["alerts"] = {"email": "operations@example.com"}
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    run = run_program({"windtunnel:stack": str(path), **config})
    alarm = alarms(run)["checkpoints-full"]
    assert (alarm["metricName"], alarm["statistic"]) == ("FreeDataStorageCapacity", "Sum")
    assert alarm["comparisonOperator"] == "LessThanThreshold"
    capacity = lustre_capacity(1.2e12) * 2**30
    assert alarm["threshold"] == pytest.approx(0.1 * capacity)


def test_nodes_report_their_volumes_and_may_report_nothing_else(clicks: Run) -> None:
    script = script_of(clicks, "brokers")
    assert "for store in log; do" in script
    assert "put-metric-data --region us-east-1 --namespace windtunnel/kafka-clickstream" in script
    assert "fullness" not in script_of(clicks, "workers")
    said = [
        one
        for policy in clicks.of("iam/rolePolicy:RolePolicy")
        for one in json.loads(policy.inputs["policy"])["Statement"]
        if one["Action"] == ["cloudwatch:PutMetricData"]
    ]
    [namespace] = {one["Condition"]["StringEquals"]["cloudwatch:namespace"] for one in said}
    assert len(said) == 1
    assert alarms(clicks)["log-full"]["namespace"] == namespace
    assert f"--namespace {namespace} " in script


def test_a_broken_accelerator_is_told_before_its_node_goes(shop: Run) -> None:
    alarm = alarms(shop)["models-accelerators"]
    assert (alarm["metricName"], alarm["threshold"]) == ("BrokenAccelerators", 0)
    assert alarm["evaluationPeriods"] == 1
    script = script_of(shop, "models")
    told = "put-metric-data --region us-east-1 --namespace"
    assert script.index(told) < script.index("systemctl poweroff")
    assert "--metric-name BrokenAccelerators --dimensions Group=models --value 1" in script
    assert "BrokenAccelerators" not in script_of(shop, "web")


def test_latency_is_that_of_the_objective_in_the_unit_of_the_gateway(
    classify: Run, shop: Run
) -> None:
    """HTTP APIs measure milliseconds, load balancers seconds, says the documentation of both."""
    api, balancer = alarms(classify)["classify-latency"], alarms(shop)["shop-latency"]
    assert (api["namespace"], api["metricName"]) == ("AWS/ApiGateway", "Latency")
    assert (api["extendedStatistic"], api["threshold"]) == ("p95", 1000)
    assert (balancer["metricName"], balancer["extendedStatistic"]) == ("TargetResponseTime", "p95")
    assert balancer["threshold"] == pytest.approx(0.6)


def test_errors_are_a_share_of_the_requests_as_the_objective_has_it(
    classify: Run, shop: Run
) -> None:
    api, balancer = alarms(classify)["classify-errors"], alarms(shop)["shop-errors"]
    assert (api["metricName"], api["statistic"], api["threshold"]) == ("5xx", "Average", 0.01)
    *measured, sought = balancer["metricQueries"]
    assert [one["metric"]["metricName"] for one in measured] == [
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "RequestCount",
    ]
    assert sought["expression"] == "(FILL(m0, 0) + FILL(m1, 0)) / all"
    assert sought["returnData"] is True
    assert balancer["threshold"] == pytest.approx(0.001)


def test_one_address_hears_of_all_by_a_topic_that_cloudwatch_may_write_to(clicks: Run) -> None:
    told = clicks.one("sns/topicSubscription:TopicSubscription", "alerts").inputs
    assert (told["protocol"], told["endpoint"]) == ("email", "operations@example.com")
    assert {tuple(one["alarmActions"]) for one in alarms(clicks).values()} == {(told["topic"],)}
    # Amazon SNS developer guide, "Enable compatibility between event sources and encrypted topics".
    key = clicks.one("kms/key:Key", "alerts")
    [lets] = [
        one
        for one in json.loads(key.inputs["policy"])["Statement"]
        if one["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    ]
    assert lets["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    topic = clicks.one("sns/topic:Topic", "alerts").inputs
    assert topic["kmsMasterKeyId"].endswith(f"key/{key.name}{SUFFIX}")


def test_the_budget_is_the_predicted_month_of_this_pulumi_stack(clicks: Run) -> None:
    budget = clicks.one("budgets/budget:Budget", "alerts").inputs
    file = read_stack(ROOT / "stacks" / "kafka-clickstream.yaml", CATALOG)
    month = 730 * math.fsum(one.least_hourly for one in file.solved.cost_lines)
    assert float(budget["limitAmount"]) == pytest.approx(month, abs=0.005)
    tags = {one["tags"]["key"]: one["tags"]["values"] for one in budget["filterExpression"]["ands"]}
    assert tags == {
        "project": ["windtunnel"],
        "stack": ["kafka-clickstream"],
        "environment": ["test"],
    }
    kinds = {one["notificationType"] for one in budget["notifications"]}
    assert kinds == {"FORECASTED", "ACTUAL"}


def test_the_dashboard_has_a_chart_for_each_alarm(shop: Run) -> None:
    body = shop.one("cloudwatch/dashboard:Dashboard", "alerts").inputs["dashboardBody"]
    charts = json.loads(body)["widgets"]
    assert len(charts) == len(alarms(shop))
    places = {(one["x"], one["y"]) for one in charts}
    assert len(places) == len(charts)
    assert all(one["properties"]["metrics"] for one in charts)
    assert shop.outputs["dashboards"].keys() == {"flask-endpoint"}


def metrics_read(run: Run) -> int:
    """CloudWatch bills an alarm for each metric that it reads."""
    return sum(
        sum("metric" in query for query in one.get("metricQueries", [])) or 1
        for one in alarms(run).values()
    )


@pytest.mark.parametrize("example", ["kafka-clickstream", "sagemaker-endpoint", "flask-endpoint"])
def test_alarms_are_billed_as_they_are_built(example: str, shop: Run) -> None:
    path = ROOT / "stacks" / f"{example}.yaml"
    run = shop if example == "flask-endpoint" else graph_of(path)
    file = read_stack(path, CATALOG)
    lines = {one.item: one for one in cost_lines(file.stack, Facts(CATALOG))}
    assert lines["alarms"].quantity == metrics_read(run)
    assert lines["alarms"].least_hourly * 730 == pytest.approx(0.1 * metrics_read(run))
    assert lines["dashboard"].least_hourly * 730 == pytest.approx(3)
    assert lines["key of the topic"].least_hourly * 730 == pytest.approx(1)


def test_nothing_is_watched_that_a_service_runs_itself() -> None:
    path = ROOT / "stacks" / "emr-spark.yaml"
    stack = read_stack(path, CATALOG).stack
    parts = watched(stack, Facts(CATALOG))
    assert parts.groups == ("notebook",)
    assert not {*parts.volumes.values()} - {"notebook"}
    assert parts.metrics(cloud("aws")) == 1 + len(parts.stores)


@pytest.mark.parametrize("name", ["resnet50-imagenet-gcp", "on-premises"])
def test_where_nothing_gives_them_they_are_refused(name: str, tmp_path: Path) -> None:
    text = (ROOT / "stacks" / f"{name}.yaml").read_text()
    path = tmp_path / "stack.yaml"
    path.write_text(text + "\nalerts:\n  email: operations@example.com\n")
    with pytest.raises(InvalidDescription) as refusal:
        read_stack(path, CATALOG)
    assert [one.message for one in refusal.value.faults] == [
        f"can't be given on {yaml.safe_load(text)['cloud']}"
    ]


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    text = (ROOT / "stacks" / "kafka-clickstream.yaml").read_text()
    path = tmp_path / "stack.yaml"
    path.write_text(text.replace("operations@example.com", "operations"))
    with pytest.raises(InvalidDescription, match=r"alerts\.email"):
        read_stack(path, CATALOG)
