"""Groups of logs."""

from provider.kinds import Call, Kind
from provider.tag_maps import retag_map

_GROUP = {"logGroupName": "$name"}

KINDS = {
    "cloudwatch/logGroup:LogGroup": Kind(
        "logs",
        create=Call("create_log_group", with_inputs=True),
        id="$name",
        read=Call(
            "describe_log_groups",
            {"logGroupNamePrefix": "$name"},
            "logGroups[?logGroupName=='$name'] | [0]",
        ),
        delete=Call("delete_log_group", _GROUP),
        rename={"name": "logGroupName"},
        apply={
            "retentionInDays": Call(
                "put_retention_policy", {**_GROUP, "retentionInDays": "$retentionInDays"}
            ),
        },
        update={"tags": retag_map("resourceArn", "tags", "tagKeys")},
        outputs={"arn": "arn:aws:logs:$region:$account:log-group:$name"},
        name="name",
        tag_type="log-group",
    ),
}
