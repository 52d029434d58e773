"""What the descriptions of all services share: a size that is chosen, a service of the catalog."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog
from models.description.fields import Positive
from models.description.quantities import Size
from models.description.stack import Stack, Store
from models.parts.place import provider_of
from models.reading.check_names import unknown
from models.reading.faults import Fault, PathInFile


class SizedStore(Store):
    """What every store has whose size is chosen."""

    size: Annotated[Size, Positive] = Field(description="usable capacity")


def service_faults(
    path: PathInFile, name: str, kind: str, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    """Faults of the name of a service.

    Arguments:
        path: of the store.
        name: of the service, as written.
        kind: of services of the catalog that such a store may have.
        stack: that the store belongs to.
        catalog: the facts that the name refers to.
    """
    path = (*path, "service")
    service = catalog.storage_services.get((stack.cloud, name))
    if service is None:
        choices = tuple(
            key
            for (provider, key), row in catalog.storage_services.items()
            if provider == stack.cloud and row.kind == kind
        )
        if provider_of(stack).owned:
            hint = "on premises use kind: nas with a bandwidth, or kind: raid"
            yield Fault(path, "is only for a cloud", hint)
        else:
            yield unknown(path, UnknownName(f"{stack.cloud} storage service", name, choices))
    elif service.kind != kind:
        yield Fault(path, f"'{name}' is of kind {service.kind}, not {kind}")
