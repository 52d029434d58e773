"""Streams of Kinesis."""

from provider.kinds import Call, Change, Kind, words

_STREAM = {"StreamName": "$name"}


def _encrypt(change: Change) -> None:
    stream = change.state["name"]
    for verb, inputs in (("stop", change.old), ("start", change.new)):
        if kind := inputs.get("encryptionType"):
            change.call(
                f"{verb}_stream_encryption",
                StreamName=stream,
                EncryptionType=kind,
                KeyId=inputs["kmsKeyId"],
            )


def _retag(change: Change) -> None:
    stream = change.state["name"]
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("remove_tags_from_stream", StreamName=stream, TagKeys=gone)
    if new:
        change.call("add_tags_to_stream", StreamName=stream, Tags=new)


KINDS = {
    "kinesis/stream:Stream": Kind(
        "kinesis",
        create=Call("create_stream", with_inputs=True),
        id="arn:aws:kinesis:$region:$account:stream/$name",
        read=Call("describe_stream_summary", _STREAM, "StreamDescriptionSummary"),
        delete=Call("delete_stream", {**_STREAM, "EnforceConsumerDeletion": True}),
        rename={"name": "StreamName"},
        apply={"encryptionType": _encrypt, "kmsKeyId": _encrypt, "tags": _retag},
        update={
            "shardCount": Call(
                "update_shard_count",
                {**_STREAM, "TargetShardCount": "$shardCount", "ScalingType": "UNIFORM_SCALING"},
            ),
        },
        outputs={"arn": "StreamARN"},
        local=words("enforceConsumerDeletion"),
        name="name",
        tag_type="stream",
    ),
}
