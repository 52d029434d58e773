"""Parameters of Systems Manager."""

from provider.kinds import Call, Change, Kind, words


def _retag(change: Change) -> None:
    which = {"ResourceType": "Parameter", "ResourceId": change.state["name"]}
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("remove_tags_from_resource", **which, TagKeys=gone)
    pairs = [{"Key": key, "Value": value} for key, value in new.items()]
    change.call("add_tags_to_resource", **which, Tags=pairs)


def _set(change: Change) -> None:
    change.call(
        "put_parameter",
        Name=change.state["name"],
        Value=change.new["insecureValue"],
        Overwrite=True,
    )


KINDS = {
    "ssm/parameter:Parameter": Kind(
        "ssm",
        create=Call("put_parameter", with_inputs=True),
        id="$name",
        read=Call("get_parameter", {"Name": "$name"}, "Parameter"),
        delete=Call("delete_parameter", {"Name": "$name"}),
        rename={"insecureValue": "Value"},
        update={"tags": _retag, "insecureValue": _set},
        outputs={"arn": "ARN", "version": "Version"},
        replaces=words("type description"),
        name="name",
        tag_type="parameter",
    ),
}
