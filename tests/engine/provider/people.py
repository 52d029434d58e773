"""Users, their groups, and what each may do."""

from provider.kinds import Call, Change, Kind, retagger


def _inline(noun: str) -> Kind:
    """A policy that a user or a group has as its own."""
    owner = {f"{noun.title()}Name": f"${noun}", "PolicyName": "$name"}
    return Kind(
        "iam",
        create=Call(f"put_{noun}_policy", with_inputs=True),
        id=f"${noun}:$name",
        read=Call(f"get_{noun}_policy", owner),
        delete=Call(f"delete_{noun}_policy", owner),
        revise=Call(f"put_{noun}_policy", owner, with_inputs=True),
        rename={noun: f"{noun.title()}Name", "name": "PolicyName", "policy": "PolicyDocument"},
        replaces=frozenset({noun}),
        name="name",
    )


def _set_groups(change: Change) -> None:
    user = change.state["user"]
    old, new = set(change.old.get("groups", [])), set(change.new.get("groups", []))
    for name in sorted(old - new):
        change.call("remove_user_from_group", UserName=user, GroupName=name)
    for name in sorted(new - old):
        change.call("add_user_to_group", UserName=user, GroupName=name)


def _leave_groups(change: Change) -> None:
    for name in change.state["groups"]:
        change.call("remove_user_from_group", UserName=change.state["user"], GroupName=name)


_USER, _GROUP = {"UserName": "$name"}, {"GroupName": "$name"}

KINDS = {
    "iam/user:User": Kind(
        "iam",
        create=Call("create_user", with_inputs=True),
        id="$name",
        read=Call("get_user", _USER, "User"),
        delete=Call("delete_user", _USER),
        rename={"name": "UserName"},
        update={"tags": retagger("user", UserName="name")},
        outputs={"arn": "Arn", "uniqueId": "UserId"},
        replaces=frozenset({"path"}),
        local=frozenset({"forceDestroy"}),
        name="name",
        tag_type="user",
    ),
    "iam/group:Group": Kind(
        "iam",
        create=Call("create_group", with_inputs=True),
        id="$name",
        read=Call("get_group", _GROUP, "Group"),
        delete=Call("delete_group", _GROUP),
        rename={"name": "GroupName"},
        outputs={"arn": "Arn", "uniqueId": "GroupId"},
        replaces=frozenset({"path"}),
        name="name",
    ),
    "iam/userPolicy:UserPolicy": _inline("user"),
    "iam/groupPolicy:GroupPolicy": _inline("group"),
    "iam/userGroupMembership:UserGroupMembership": Kind(
        "iam",
        # Nothing is made but what its groups say.
        create=Call("get_user", {"UserName": "$user"}, "User"),
        id="$user-groups",
        read=Call("list_groups_for_user", {"UserName": "$user"}, "{groups: Groups[].GroupName}"),
        delete=_leave_groups,
        apply={"groups": _set_groups},
        replaces=frozenset({"user"}),
        local=frozenset({"user"}),
    ),
}
