"""Queues of SQS."""

from provider.kinds import Call, Change, Kind, Properties, words


def _attributes(inputs: Properties) -> Properties:
    """All but name and tags are attributes, written as texts."""
    kept = {key: value for key, value in inputs.items() if key in ("name", "tags")}
    rest = {key: value for key, value in inputs.items() if key not in kept}
    written = {
        NAMES[key]: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in rest.items()
    }
    return {**kept, "attributes": written}


NAMES = {
    "kmsMasterKeyId": "KmsMasterKeyId",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def _retag(change: Change) -> None:
    url = change.state["id"]
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("untag_queue", QueueUrl=url, TagKeys=gone)
    change.call("tag_queue", QueueUrl=url, Tags=new)


KINDS = {
    "sqs/queue:Queue": Kind(
        "sqs",
        create=Call("create_queue", with_inputs=True),
        id="QueueUrl",
        read=Call(
            "get_queue_attributes", {"QueueUrl": "$id", "AttributeNames": ["All"]}, "Attributes"
        ),
        delete=Call("delete_queue", {"QueueUrl": "$id"}),
        prepare=_attributes,
        rename={"name": "QueueName"},
        update={"tags": _retag},
        outputs={"arn": "QueueArn", "url": "$id"},
        replaces=words(
            "kmsMasterKeyId messageRetentionSeconds redrivePolicy sqsManagedSseEnabled"
            " visibilityTimeoutSeconds"
        ),
        name="name",
        tag_type="queue",
    ),
}
