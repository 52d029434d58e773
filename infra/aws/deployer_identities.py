"""What whoever deploys needs for roles, users and groups."""

from infra.aws.allowed_actions import Actions, of


def _iam(kind: str, words: str) -> Actions:
    return Actions(of("iam", words), (f"arn:aws:iam::{{account}}:{kind}/{{name}}*",))


IDENTITIES: dict[str, Actions] = {
    "aws:iam/group:Group": _iam("group", "CreateGroup DeleteGroup GetGroup UpdateGroup"),
    "aws:iam/groupPolicy:GroupPolicy": _iam(
        "group", "DeleteGroupPolicy GetGroupPolicy PutGroupPolicy"
    ),
    "aws:iam/instanceProfile:InstanceProfile": _iam(
        "instance-profile",
        "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile"
        " RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile",
    ),
    "aws:iam/role:Role": _iam(
        "role",
        "CreateRole DeleteRole GetRole ListAttachedRolePolicies ListInstanceProfilesForRole"
        " ListRolePolicies PassRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole",
    ),
    "aws:iam/rolePolicy:RolePolicy": _iam("role", "DeleteRolePolicy GetRolePolicy PutRolePolicy"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _iam(
        "role", "AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies"
    ),
    "aws:iam/user:User": _iam(
        "user", "CreateUser DeleteUser GetUser ListGroupsForUser TagUser UntagUser UpdateUser"
    ),
    "aws:iam/userGroupMembership:UserGroupMembership": Actions(
        of("iam", "AddUserToGroup ListGroupsForUser RemoveUserFromGroup"),
        ("arn:aws:iam::{account}:user/{name}*", "arn:aws:iam::{account}:group/*"),
    ),
    "aws:iam/userPolicy:UserPolicy": _iam("user", "DeleteUserPolicy GetUserPolicy PutUserPolicy"),
}
