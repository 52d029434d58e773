"""Alarms, dashboards, topics and budgets."""

from provider.kinds import Call, Change, Kind, Properties, words

_ALARM = {"AlarmNames": ["$name"]}
_TOPIC = {"TopicArn": "$id"}


def _dimensions(of: Properties) -> list[dict[str, str]]:
    """Dimensions are a list of names and values there."""
    return [{"Name": key, "Value": value} for key, value in of.get("dimensions", {}).items()]


def _alarm(inputs: Properties) -> Properties:
    """One of a metric, or one of an expression whose metrics are told in another form."""
    if "metricQueries" not in inputs:
        return {**inputs, "dimensions": _dimensions(inputs)}
    sent = dict(inputs)
    queries = [_query(one) for one in sent.pop("metricQueries")]
    return {**sent, "metrics": queries}


def _query(query: Properties) -> Properties:
    told = {name: one for name, one in query.items() if name != "metric"}
    if "metric" not in query:
        return told
    metric = query["metric"]
    measured = {
        "namespace": metric["namespace"],
        "metricName": metric["metricName"],
        "dimensions": _dimensions(metric),
    }
    stat = {"metric": measured, "period": metric["period"], "stat": metric["stat"]}
    return {**told, "metricStat": stat, "returnData": query.get("returnData", False)}


def _retag_alarm(change: Change) -> None:
    _retag(change, "ResourceARN", change.state["arn"])


def _retag_topic(change: Change) -> None:
    _retag(change, "ResourceArn", change.state["id"])


def _retag(change: Change, key: str, arn: str) -> None:
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("untag_resource", **{key: arn}, TagKeys=gone)
    pairs = [{"Key": name, "Value": value} for name, value in new.items()]
    change.call("tag_resource", **{key: arn}, Tags=pairs)


def _budget(inputs: Properties) -> Properties:
    """Amount, filters and subscribers stand elsewhere in the request."""
    told = [
        {
            "Notification": {
                name: one for name, one in each.items() if not name.startswith("subscriber")
            },
            "Subscribers": [
                {"SubscriptionType": "EMAIL", "Address": address}
                for address in each.get("subscriberEmailAddresses", [])
            ],
        }
        for each in inputs.get("notifications", [])
    ]
    whole = {"Budget": _amount(inputs), "NotificationsWithSubscribers": told}
    return {**whole, "AccountId": _ACCOUNT}


def _amount(inputs: Properties) -> Properties:
    every = [
        {"Tags": {"Key": one["tags"]["key"], "Values": one["tags"]["values"]}}
        for one in inputs["filterExpression"]["ands"]
    ]
    return {
        "BudgetName": inputs["name"],
        "BudgetType": inputs["budgetType"],
        "TimeUnit": inputs["timeUnit"],
        "BudgetLimit": {"Amount": inputs["limitAmount"], "Unit": inputs["limitUnit"]},
        "FilterExpression": {"And": every},
        "Metrics": [inputs["metrics"]],
    }


def _revise_budget(change: Change) -> None:
    change.call("update_budget", AccountId=_ACCOUNT, NewBudget=_amount(change.new))


def _retag_budget(change: Change) -> None:
    arn = f"arn:aws:budgets::{_ACCOUNT}:budget/{change.state['name']}"
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("untag_resource", ResourceARN=arn, ResourceTagKeys=gone)
    pairs = [{"Key": name, "Value": value} for name, value in new.items()]
    change.call("tag_resource", ResourceARN=arn, ResourceTags=pairs)


_ACCOUNT = "123456789012"
_BUDGET = {"AccountId": _ACCOUNT, "BudgetName": "$name"}

KINDS = {
    "cloudwatch/metricAlarm:MetricAlarm": Kind(
        "cloudwatch",
        create=Call("put_metric_alarm", with_inputs=True),
        id="$name",
        read=Call("describe_alarms", _ALARM, "MetricAlarms[0]"),
        delete=Call("delete_alarms", _ALARM),
        prepare=_alarm,
        rename={"name": "AlarmName"},
        revise=Call("put_metric_alarm", {"AlarmName": "$name"}, with_inputs=True),
        update={"tags": _retag_alarm},
        outputs={"arn": "AlarmArn"},
        name="name",
        tag_type="alarm",
    ),
    "cloudwatch/dashboard:Dashboard": Kind(
        "cloudwatch",
        create=Call("put_dashboard", with_inputs=True),
        id="$dashboardName",
        read=Call("get_dashboard", {"DashboardName": "$dashboardName"}),
        delete=Call("delete_dashboards", {"DashboardNames": ["$dashboardName"]}),
        revise=Call("put_dashboard", {"DashboardName": "$dashboardName"}, with_inputs=True),
        outputs={"dashboardArn": "DashboardArn"},
        replaces=frozenset({"dashboardName"}),
    ),
    "sns/topic:Topic": Kind(
        "sns",
        create=Call("create_topic", with_inputs=True),
        id="TopicArn",
        read=Call("get_topic_attributes", _TOPIC, "Attributes"),
        delete=Call("delete_topic", _TOPIC),
        rename={"kmsMasterKeyId": "Attributes.KmsMasterKeyId"},
        update={"tags": _retag_topic},
        outputs={"arn": "TopicArn"},
        replaces=frozenset({"kmsMasterKeyId"}),
        name="name",
        tag_type="topic",
    ),
    "sns/topicSubscription:TopicSubscription": Kind(
        "sns",
        create=Call("subscribe", {"ReturnSubscriptionArn": True}, with_inputs=True),
        id="SubscriptionArn",
        read=Call("get_subscription_attributes", {"SubscriptionArn": "$id"}, "Attributes"),
        delete=Call("unsubscribe", {"SubscriptionArn": "$id"}),
        rename={"topic": "TopicArn"},
        replaces=words("topic protocol endpoint"),
    ),
    "budgets/budget:Budget": Kind(
        "budgets",
        create=Call("create_budget", with_inputs=True),
        id="$name",
        read=Call("describe_budget", _BUDGET, "Budget"),
        delete=Call("delete_budget", _BUDGET),
        prepare=_budget,
        revise=_revise_budget,
        update={"tags": _retag_budget},
        replaces=words("budgetType timeUnit notifications"),
        name="name",
        tag_type="budget",
    ),
}
