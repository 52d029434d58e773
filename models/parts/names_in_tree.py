"""Names that nothing has, in a description whose shape is wrong somewhere: told all the same."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.catalog.errors import UnknownName
from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile

_HOLDERS = {  # keys that refer to a part of the file: where those parts are, and what they are
    "nodes": ("nodes", "node group"),
    "store": ("storage", "store"),
    "identity": ("identities", "user or role"),
    "workload": ("workloads", "workload"),
    "after": ("workloads", "workload"),
}


def unknown_names(tree: Mapping[str, Any], catalog: Catalog) -> list[Fault]:
    """Names of the catalog and of the file that can be looked up without the shape of the rest.

    Arguments:
        tree: the plain values that were read, of whatever shape.
        catalog: the facts that its names refer to.
    """
    cloud = tree.get("cloud")
    faults: list[Fault] = []
    if isinstance(cloud, str) and cloud in CLOUDS:
        faults += [*_region(cloud, tree.get("region"), catalog)]
        faults += [*_instances(cloud, _mapping(tree.get("nodes")), catalog)]
    for key in ("storage", "identities", "workloads", "objectives"):
        faults += [*_references((key,), tree.get(key), tree)]
    return faults


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _region(cloud: str, region: object, catalog: Catalog) -> Iterator[Fault]:
    known = tuple(name for provider, name in catalog.regions if provider == cloud)
    if isinstance(region, str) and region not in known:
        yield unknown(("region",), UnknownName(f"{cloud} region", region, known))


def _instances(cloud: str, nodes: Mapping[str, Any], catalog: Catalog) -> Iterator[Fault]:
    for name, group in nodes.items():
        instance = _mapping(group).get("instance")
        if isinstance(instance, str):
            try:
                catalog.instance(cloud, instance)
            except UnknownName as error:
                yield unknown(("nodes", name, "instance"), error)


def _holder(path: PathInFile) -> tuple[str, str]:
    key = str(path[-1])
    if key == "after" and path[:-2] != ("workloads",):
        return "", ""  # the stages of a batch wait for each other, not for workloads
    return _HOLDERS.get(key, ("", ""))


def _references(path: PathInFile, value: object, tree: Mapping[str, Any]) -> Iterator[Fault]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _references((*path, index), one, tree)
    for key, inner in _mapping(value).items():
        holder, kind = _holder((*path, key))
        names = inner if isinstance(inner, list) else [inner]
        known = _mapping(tree.get(holder))
        for index, name in enumerate(names):
            if holder and isinstance(name, str) and not {"*", "?"} & set(name):
                at = (*path, key, index) if isinstance(inner, list) else (*path, key)
                yield from reference(at, name, known, kind)
        yield from _references((*path, key), inner, tree)
