"""Identities: roles, policies and instance profiles."""

from provider.kinds import Call, Change, Kind, retagger

_ROLE = {"RoleName": "$name"}
_INLINE = {"RoleName": "$role", "PolicyName": "$name"}
_ATTACHED = {"RoleName": "$role", "PolicyArn": "$policyArn"}


def _set_role(change: Change) -> None:
    profile = change.state["name"]
    for verb, inputs in (("remove", change.old), ("add", change.new)):
        if role := inputs.get("role"):
            name = "add_role_to" if verb == "add" else "remove_role_from"
            change.call(f"{name}_instance_profile", InstanceProfileName=profile, RoleName=role)


def _delete_profile(change: Change) -> None:
    profile = change.state["name"]
    if role := change.state.get("role"):
        change.call("remove_role_from_instance_profile", InstanceProfileName=profile, RoleName=role)
    change.call("delete_instance_profile", InstanceProfileName=profile)


def _delete_policy(change: Change) -> None:
    policy = change.state["id"]
    for version in change.call("list_policy_versions", PolicyArn=policy)["Versions"]:
        if not version["IsDefaultVersion"]:
            change.call("delete_policy_version", PolicyArn=policy, VersionId=version["VersionId"])
    change.call("delete_policy", PolicyArn=policy)


_UPDATE_ROLE = Call(
    "update_role",
    {**_ROLE, "Description": "$description", "MaxSessionDuration": "$maxSessionDuration"},
)

KINDS = {
    "iam/role:Role": Kind(
        "iam",
        create=Call("create_role", with_inputs=True),
        id="$name",
        read=Call("get_role", _ROLE, "Role"),
        delete=Call("delete_role", _ROLE),
        rename={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
        update={
            "assumeRolePolicy": Call(
                "update_assume_role_policy", {**_ROLE, "PolicyDocument": "$assumeRolePolicy"}
            ),
            "description": _UPDATE_ROLE,
            "maxSessionDuration": _UPDATE_ROLE,
            "tags": retagger("role", RoleName="name"),
        },
        outputs={"arn": "Arn", "uniqueId": "RoleId"},
        replaces=frozenset({"path"}),
        local=frozenset({"forceDetachPolicies"}),
        name="name",
        tag_type="role",
    ),
    "iam/policy:Policy": Kind(
        "iam",
        create=Call("create_policy", with_inputs=True),
        id="Policy.Arn",
        read=Call("get_policy", {"PolicyArn": "$id"}, "Policy"),
        delete=_delete_policy,
        rename={"name": "PolicyName", "policy": "PolicyDocument"},
        update={
            "policy": Call(
                "create_policy_version",
                {"PolicyArn": "$id", "PolicyDocument": "$policy", "SetAsDefault": True},
            ),
            "tags": retagger("policy", PolicyArn="id"),
        },
        outputs={"arn": "Arn", "policyId": "PolicyId"},
        replaces=frozenset({"path", "description"}),
        name="name",
        tag_type="policy",
    ),
    "iam/rolePolicy:RolePolicy": Kind(
        "iam",
        create=Call("put_role_policy", with_inputs=True),
        id="$role:$name",
        read=Call("get_role_policy", _INLINE),
        delete=Call("delete_role_policy", _INLINE),
        revise=Call("put_role_policy", _INLINE, with_inputs=True),
        rename={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        replaces=frozenset({"role"}),
        name="name",
    ),
    "iam/rolePolicyAttachment:RolePolicyAttachment": Kind(
        "iam",
        create=Call("attach_role_policy", with_inputs=True),
        id="$role/$policyArn",
        read=Call(
            "list_attached_role_policies",
            {"RoleName": "$role"},
            "AttachedPolicies[?PolicyArn=='$policyArn'] | [0]",
        ),
        delete=Call("detach_role_policy", _ATTACHED),
        rename={"role": "RoleName"},
        replaces=frozenset({"role", "policyArn"}),
    ),
    "iam/instanceProfile:InstanceProfile": Kind(
        "iam",
        create=Call("create_instance_profile", with_inputs=True),
        id="$name",
        read=Call("get_instance_profile", {"InstanceProfileName": "$name"}, "InstanceProfile"),
        delete=_delete_profile,
        rename={"name": "InstanceProfileName"},
        apply={"role": _set_role},
        update={"tags": retagger("instance_profile", InstanceProfileName="name")},
        outputs={"arn": "Arn", "uniqueId": "InstanceProfileId"},
        replaces=frozenset({"path"}),
        name="name",
        tag_type="instance-profile",
    ),
}
