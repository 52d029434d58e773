"""Keys and their names."""

from provider.kinds import Call, Change, Kind, retagger


def _set_rotation(change: Change) -> None:
    verb = "enable" if change.new.get("enableKeyRotation") else "disable"
    change.call(f"{verb}_key_rotation", KeyId=change.state["id"])


KINDS = {
    "kms/key:Key": Kind(
        "kms",
        create=Call("create_key", with_inputs=True),
        id="KeyMetadata.KeyId",
        read=Call("describe_key", {"KeyId": "$id"}, "[KeyMetadata][?!DeletionDate] | [0]"),
        delete=Call(
            "schedule_key_deletion",
            {"KeyId": "$id", "PendingWindowInDays": "$deletionWindowInDays"},
        ),
        apply={"enableKeyRotation": _set_rotation},
        update={
            "policy": Call(
                "put_key_policy", {"KeyId": "$id", "PolicyName": "default", "Policy": "$policy"}
            ),
            "description": Call(
                "update_key_description", {"KeyId": "$id", "Description": "$description"}
            ),
            "tags": retagger("resource", key="TagKey", value="TagValue", KeyId="id"),
        },
        outputs={"arn": "Arn", "keyId": "KeyId"},
        replaces=frozenset({"keyUsage", "customerMasterKeySpec", "multiRegion"}),
        local=frozenset({"deletionWindowInDays"}),
        tag_type="key",
    ),
    "kms/alias:Alias": Kind(
        "kms",
        create=Call("create_alias", with_inputs=True),
        id="$name",
        read=Call("list_aliases", {}, "Aliases[?AliasName=='$name'] | [0]"),
        delete=Call("delete_alias", {"AliasName": "$name"}),
        revise=Call("update_alias", {"AliasName": "$name"}, with_inputs=True),
        rename={"name": "AliasName"},
        outputs={"arn": "AliasArn"},
        name="name",
    ),
}
