"""A store of any cloud in a stack that is read from what exists."""

from infra.existing.found import Fate, Found, free_name
from infra.existing.resource import Resource
from models.catalog.records import Catalog


def add(found: Found, resource: Resource, tree: dict[str, str], catalog: Catalog) -> None:
    """Put a store into the stack, and say what of it is open.

    Arguments:
        found: the stack.
        resource: that it is.
        tree: as a stack file has it.
        catalog: that has its service, or hasn't.
    """
    cloud = resource.type.split(":")[0]
    if (cloud, tree["service"]) not in catalog.storage_services:
        found.tell(resource, Fate.LEFT_OUT, f"the catalog has no service '{tree['service']}'")
        return
    name = free_name(resource.name, found.storage, "store")
    found.storage[name] = tree
    found.stores[resource.key] = name
    found.tell(resource, Fate.PART, f"storage.{name}")
    if "size" not in tree:
        found.open[f"storage.{name}.size"] = "how much it holds is not in the file"
