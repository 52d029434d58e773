"""The stores of a stack in a cloud: planned before the first resource, then built."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

import pulumi

from infra.access import WRITE, granted, granted_by, rights_of
from infra.builders import Admitted, Builders, BuiltStore, Place, Plan
from infra.measures import Filling
from infra.startup import Mount
from models.description.identities import Permission
from models.description.stack import Stack
from models.laws.access.wildcards import matches

NetworkT = TypeVar("NetworkT")
GrantT = TypeVar("GrantT")
VolumeT = TypeVar("VolumeT")


class BuiltStores(Generic[GrantT]):
    """Stores that stand for themselves, and what identities need to use them.

    Arguments:
        stack: the description.
        stores: by name.
    """

    def __init__(self, stack: Stack, stores: Mapping[str, BuiltStore[GrantT]]) -> None:
        self._stack = stack
        self._stores = stores

    def addresses(self, builders: Builders) -> dict[str, dict[str, pulumi.Output[str]]]:
        """Where each is found, by the output of its kind and by name.

        Arguments:
            builders: of the provider.
        """
        found: dict[str, dict[str, pulumi.Output[str]]] = {
            one.output: {} for one in builders.values() if one.output
        }
        for name, store in self._stores.items():
            output = builders[type(self._stack.storage[name])].output
            if output:
                found[output][name] = store.address
        return found

    def address(self, store: str) -> pulumi.Output[str]:
        """Where one is found.

        Arguments:
            store: its name.
        """
        return self._stores[store].address

    def grants(self, permissions: Iterable[Permission]) -> list[GrantT]:
        """What the policy of an identity says.

        Arguments:
            permissions: of the identity.
        """
        said = granted_by(permissions, self._stack)
        # Who may do nothing with a file system but list it may do nothing at all, and a policy
        # without a statement is none.
        found = (
            self._stores[name].grant(terms)
            for name, terms in said.items()
            if name in self._stores and terms
        )
        return [one for one in found if one is not None]

    def filling(self) -> dict[str, Filling]:
        """How the growth of each is measured of which it is, by name."""
        found = ((name, store.filling()) for name, store in self._stores.items())
        return {name: one for name, one in found if one is not None}

    def mounts(self, group: str) -> tuple[list[pulumi.Output[Mount]], list[pulumi.Resource]]:
        """What the nodes of a group mount, and the stores that must be there before.

        Arguments:
            group: its name.
        """
        mounts: list[pulumi.Output[Mount]] = []
        stores: list[pulumi.Resource] = []
        for name, rights in rights_of(self._stack, group).items():
            store = self._stores.get(name)
            mount = None if store is None else store.mount(read_only=WRITE not in rights)
            if store is not None and mount is not None:
                mounts.append(mount)
                stores.append(store)
        return mounts, stores


class PlannedStores(Generic[NetworkT, GrantT, VolumeT]):
    """Stores that can be had, of which nothing is registered yet.

    Arguments:
        place: where they are built.
        builders: of the provider, one for each of their kinds.

    Raises:
        pulumi.RunError: one can't be had.
    """

    def __init__(self, place: Place, builders: Builders) -> None:
        self._stack = place.stack
        self._plans: dict[str, Plan[NetworkT, BuiltStore[GrantT], VolumeT]] = {
            name: builders[type(store)].plan(name, store, place)
            for name, store in place.stack.storage.items()
        }

    def volumes(self, group: str) -> list[VolumeT]:
        """What each node of a group gets.

        Arguments:
            group: its name.
        """
        return [plan.volumes[group] for plan in self._plans.values() if group in plan.volumes]

    def build(
        self, network: NetworkT, principals: Mapping[str, pulumi.Output[str]]
    ) -> BuiltStores[GrantT]:
        """Build those that stand for themselves, and tell each whom it lets in itself.

        Arguments:
            network: of the stack.
            principals: what the policy of a store calls users and roles, by name.
        """
        built = {
            name: plan.build(network)
            for name, plan in self._plans.items()
            if plan.build is not None
        }
        for name, store in built.items():
            store.admit(self._admitted(name, principals))
        return BuiltStores(self._stack, built)

    def _admitted(self, store: str, principals: Mapping[str, pulumi.Output[str]]) -> list[Admitted]:
        return [
            Admitted([arn for name, arn in principals.items() if matches(one.identity, name)], said)
            for one in self._stack.storage[store].permissions
            for said in granted([one], self._stack.storage[store])
        ]
