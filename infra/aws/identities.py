"""All identities of a stack on AWS, by name."""

from collections.abc import Mapping

import pulumi

from infra.aws.identity import INSTANCES, Identity, User, UserGroup
from infra.aws.policies import Grant
from infra.stores import BuiltStores
from models.description.stack import Stack


class Identities:
    """Roles, users and groups, of which none may do anything yet.

    Arguments:
        stack: the description.
        roles: name of the role of each node group.
        services: of AWS that take roles of node groups, where their nodes don't, by group.

    Attributes:
        principals: what the policies of stores call users and roles, by name.
        roles: by node group.
    """

    def __init__(self, stack: Stack, roles: Mapping[str, str], services: Mapping[str, str]) -> None:
        self._stack = stack
        self.roles = {
            group: Identity(name, stack.name, services.get(group, INSTANCES))
            for group, name in roles.items()
        }
        self._groups = {
            name: UserGroup(name) for name, one in stack.identities.items() if one.kind == "group"
        }
        self._users = {
            name: User(name, stack.name, [self._groups[group] for group in one.groups])
            for name, one in stack.identities.items()
            if one.kind == "user"
        }
        named: dict[str, Identity | User] = {
            **{roles[group]: role for group, role in self.roles.items()},
            **self._users,
        }
        self.principals: dict[str, pulumi.Output[str]] = {
            name: one.arn for name, one in named.items() if name in stack.identities
        }

    def may(self, stores: BuiltStores[Grant]) -> None:
        """Give users and groups the policies that they have.

        Arguments:
            stores: all that are built.
        """
        named: dict[str, UserGroup | User] = {**self._groups, **self._users}
        for name, one in named.items():
            one.may(stores.grants(self._stack.identities[name].permissions))
