"""The kinds of workloads and stores: the only list of them, from which all else follows."""

import functools
import operator
from collections.abc import Iterable
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from models.catalog.providers import PROVIDERS
from models.description.fields import Name, Part
from models.description.stack import Stack, Store, Workload
from models.parts.stores import (
    block_volume,
    file_system,
    hdfs_store,
    local_disks,
    object_store,
    parallel_file_system,
    raid_volume,
    san_volume,
)
from models.parts.stores.store_kind import StoreKind
from models.parts.workloads import (
    batch_kind,
    edge_kind,
    endpoint_kind,
    jobs_kind,
    stream_kind,
    training_kind,
)
from models.parts.workloads.workload_kind import WorkloadKind

WORKLOADS: tuple[WorkloadKind, ...] = (
    training_kind.KIND,
    endpoint_kind.KIND,
    jobs_kind.KIND,
    batch_kind.KIND,
    stream_kind.KIND,
    edge_kind.KIND,
)
STORES: tuple[StoreKind, ...] = (
    object_store.KIND,
    file_system.KIND,
    block_volume.KIND,
    raid_volume.KIND,
    san_volume.KIND,
    local_disks.KIND,
    parallel_file_system.KIND,
    hdfs_store.KIND,
)


def described(
    workloads: tuple[WorkloadKind, ...] = WORKLOADS, stores: tuple[StoreKind, ...] = STORES
) -> type[Stack]:
    """What a stack file may hold: a stack of these kinds.

    Arguments:
        workloads: kinds of workloads.
        stores: kinds of stores.
    """
    fields = Stack.model_fields
    # The fields are those of the base, whose values are now told apart by their kind.
    changed: dict[str, Any] = {
        "cloud": (Literal[tuple(PROVIDERS)], fields["cloud"]),
        "storage": (_by_name(kind.description for kind in stores), fields["storage"]),
        "workloads": (_by_name(kind.description for kind in workloads), fields["workloads"]),
    }
    return create_model("Stack", __base__=Stack, __doc__=Stack.__doc__, **changed)


def _by_name(descriptions: Iterable[type[Part]]) -> Any:
    """The type of a mapping of names to any of some descriptions, told apart by their kind."""
    union = functools.reduce(operator.or_, descriptions)
    return GenericAlias(dict, (Name, Annotated[union, Field(discriminator="kind")]))


STACK = described()


def workload_kind(workload: Workload) -> WorkloadKind:
    """The kind of a workload.

    Arguments:
        workload: as described.
    """
    return _WORKLOADS[type(workload)]


def store_kind(store: Store) -> StoreKind:
    """The kind of a store.

    Arguments:
        store: as described.
    """
    return _STORES[type(store)]


_WORKLOADS = {kind.description: kind for kind in WORKLOADS}
_STORES = {kind.description: kind for kind in STORES}
