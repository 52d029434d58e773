"""Alarms, a dashboard and a budget on AWS, of what was predicted."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import budgets, cloudwatch, sns

from infra.aws.alarms import Alarm
from infra.aws.customer_key import customer_key
from infra.measures import Metric
from infra.names import plain_name, tags, unique_name

LONGEST_NAME = 100  # characters of a budget; alarms and dashboards may have more
IN_A_ROW = 5  # periods
WIDE, HIGH = 12, 6  # of a chart; a dashboard has 24 columns
_PERCENTILE = re.compile(r"p[\d.]+")


@dataclass(frozen=True)
class AlertsArguments:
    """What is watched.

    Arguments:
        stack: name of the stack.
        email: who hears of it.
        account: that it is in.
        region: that it is in.
        monthly: what it is predicted to cost to keep for a month, USD.
        alarms: that are given.
    """

    stack: str
    email: str
    account: str
    region: str
    monthly: float
    alarms: Sequence[Alarm]


class Alerts(pulumi.ComponentResource):
    """Tells an address what is not as it was predicted: nodes, stores, answers, and the bill.

    Attributes:
        dashboard: its name.
    """

    def __init__(
        self, name: str, arguments: AlertsArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it.

        Arguments:
            name: of the part of the stack.
            arguments: what is watched.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:Alerts", name, None, opts)
        self._name, self._arguments = name, arguments
        self._inside = pulumi.ResourceOptions(parent=self)
        self._topic = self._told()
        for alarm in arguments.alarms:
            self._alarm(alarm)
        self.dashboard = self._charts()
        self._budget()
        self.register_outputs({"dashboard": self.dashboard})

    def _told(self) -> pulumi.Output[str]:
        """A topic of which the address hears; alarms can't write to one that AWS's key encrypts."""
        name, stack = self._name, self._arguments.stack
        key = customer_key(name, stack, self._arguments.account, self, ["cloudwatch.amazonaws.com"])
        topic = sns.Topic(
            name,
            name=plain_name(stack, name, longest=LONGEST_NAME),
            kms_master_key_id=key.arn,
            tags=tags(stack, name),
            opts=self._inside,
        )
        sns.TopicSubscription(
            name,
            topic=topic.arn,
            protocol="email",
            endpoint=self._arguments.email,
            opts=self._inside,
        )
        arn: pulumi.Output[str] = topic.arn
        return arn

    def _alarm(self, alarm: Alarm) -> None:
        """One that is told, and told again when it is over."""
        name, stack = f"{self._name}-{alarm.part}", self._arguments.stack
        cloudwatch.MetricAlarm(
            name,
            name=unique_name(stack, alarm.part, longest=LONGEST_NAME),
            alarm_description=alarm.why,
            comparison_operator="LessThanThreshold" if alarm.below else "GreaterThanThreshold",
            threshold=alarm.threshold,
            evaluation_periods=1 if alarm.at_once else IN_A_ROW,
            treat_missing_data="breaching" if alarm.below else "notBreaching",
            alarm_actions=[self._topic],
            ok_actions=[self._topic],
            **_measured(alarm),
            tags=tags(stack, name),
            opts=self._inside,
        )

    def _charts(self) -> pulumi.Output[str]:
        """A chart for each alarm, with the line that it must not pass."""
        alarms, region = self._arguments.alarms, self._arguments.region
        known = [
            pulumi.Output.all(*(pulumi.Output.all(**one.dimensions) for one in alarm.metrics))
            for alarm in alarms
        ]

        def body(dimensions: Sequence[Sequence[Mapping[str, str]]]) -> str:
            charts = [
                {
                    "type": "metric",
                    "x": number % 2 * WIDE,
                    "y": number // 2 * HIGH,
                    "width": WIDE,
                    "height": HIGH,
                    "properties": _chart(alarm, found, region),
                }
                for number, (alarm, found) in enumerate(zip(alarms, dimensions, strict=True))
            ]
            return json.dumps({"widgets": charts})

        dashboard = cloudwatch.Dashboard(
            self._name,
            dashboard_name=plain_name(self._arguments.stack, self._name, longest=LONGEST_NAME),
            dashboard_body=pulumi.Output.all(*known).apply(body),
            opts=self._inside,
        )
        name: pulumi.Output[str] = dashboard.dashboard_name
        return name

    def _budget(self) -> None:
        """Of what carries the tags of the Pulumi stack, once the account counts costs by them."""
        stack, told = self._arguments.stack, [self._arguments.email]
        ours = tags(stack, self._name)
        budgets.Budget(
            self._name,
            name=unique_name(stack, self._name, longest=LONGEST_NAME),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{self._arguments.monthly:.2f}",
            limit_unit="USD",
            metrics="UnblendedCost",
            filter_expression={
                "ands": [
                    {"tags": {"key": key, "values": [ours[key]]}}
                    for key in ("project", "stack", "environment")
                ]
            },
            notifications=[
                {
                    "comparison_operator": "GREATER_THAN",
                    "notification_type": kind,
                    "threshold": 100,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_email_addresses": told,
                }
                for kind in ("FORECASTED", "ACTUAL")
            ],
            tags=ours,
            opts=self._inside,
        )


def _measured(alarm: Alarm) -> dict[str, Any]:
    """The metric of an alarm, or an expression of several."""
    first = alarm.metrics[0]
    if alarm.of is None and len(alarm.metrics) == 1:
        percentile = _PERCENTILE.fullmatch(first.statistic) is not None
        return {
            "namespace": first.namespace,
            "metric_name": first.name,
            "dimensions": dict(first.dimensions),
            "period": first.period,
            "extended_statistic" if percentile else "statistic": first.statistic,
        }
    names = [f"m{number}" for number in range(len(alarm.metrics))]
    read = dict(zip(names, alarm.metrics, strict=True))
    # What failed is not reported where nothing did.
    total = " + ".join(f"FILL({name}, 0)" for name in names)
    if alarm.of is not None:
        read["all"], total = alarm.of, f"({total}) / all"
    queries = [{"id": name, "metric": _query(one)} for name, one in read.items()]
    sought = {"id": "sought", "expression": total, "label": alarm.why, "return_data": True}
    return {"metric_queries": [*queries, sought]}


def _query(metric: Metric) -> dict[str, Any]:
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": dict(metric.dimensions),
        "period": metric.period,
        "stat": metric.statistic,
    }


def _chart(alarm: Alarm, dimensions: Sequence[Mapping[str, str]], region: str) -> dict[str, Any]:
    """What is charted of an alarm, as CloudWatch reads it."""
    rows = [
        [
            one.namespace,
            one.name,
            *(word for pair in of.items() for word in pair),
            {"stat": one.statistic, "period": one.period},
        ]
        for one, of in zip(alarm.metrics, dimensions, strict=True)
    ]
    chart: dict[str, Any] = {"region": region, "title": alarm.why, "metrics": rows}
    if alarm.of is None:
        line = {"label": "alarm", "value": alarm.threshold}
        chart["annotations"] = {"horizontal": [line]}
    return chart
