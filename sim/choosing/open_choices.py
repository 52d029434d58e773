"""What a stack file leaves open, and what may stand there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from typing import Any, get_args

from models.catalog.hardware import BURSTABLE
from models.catalog.providers import CLOUDS, service_of
from models.catalog.records import Catalog
from models.laws.storage.raid import FEWEST_DISKS
from models.reading.document import Document
from models.reading.faults import Fault, InvalidDescription
from models.reading.variations import Axis

ANY = "any"  # in a file, or of --vary: whatever is best
_MOST_NODES = 16  # tried where the file says no more
_TIMES = 4  # what the file says is tried up to so many times
_SPARES = 2


class Slack(Enum):
    """What a choice can't do for the least time of a run, and for what its nodes cost at least."""

    NONE = auto()  # it may change both
    PURCHASE = auto()  # the price of a node, and how often it is reclaimed
    MORE = auto()  # it adds to them, or what it saves is not in the least


@dataclass(frozen=True)
class Choice:
    """A value that is open.

    Arguments:
        axis: its path, and what may stand there.
        slack: what it can't do.
        standard: where its values are not named, these are all that the catalog knows.
    """

    axis: Axis
    slack: Slack
    standard: bool

    @property
    def section(self) -> str:
        """Of the stack file: nodes, storage, workloads or another."""
        return self.axis.path.split(".")[0]


def choices(
    document: Document, varied: Sequence[Axis], fixed: Sequence[str], catalog: Catalog
) -> tuple[Choice, ...]:
    """What is chosen: what is varied and what the file leaves open; else all that is known.

    Arguments:
        document: of the stack.
        varied: paths with their values, of which "any" stands for all that may be there.
        fixed: paths that stay as they are.
        catalog: the facts.

    Raises:
        InvalidDescription: "any" where nothing is known that may stand there; a fixed path that
            leads nowhere.
    """
    known = {one.axis.path: one for one in _standard(document.tree, catalog)}
    nowhere = [path for path in fixed if path not in known and not _is_there(document.tree, path)]
    if nowhere:
        raise InvalidDescription("--keep", [_never_there(path, known) for path in nowhere])
    named = [_named(axis, known) for axis in varied]
    open_paths = [path for path in _open(document.tree) if path not in {a.path for a in varied}]
    for path in open_paths:
        if path not in known:
            raise InvalidDescription(document.name, [_unknown(path, known)])
    left = [known[path] for path in open_paths]
    chosen = [*named, *left] or list(known.values())
    found = [one for one in chosen if one.axis.path not in fixed and len(one.axis.values) > 0]
    order = [*known, *(axis.path for axis in varied)]
    return tuple(sorted(found, key=lambda one: order.index(one.axis.path)))


def _named(axis: Axis, known: Mapping[str, Choice]) -> Choice:
    slack = known[axis.path].slack if axis.path in known else Slack.NONE
    if axis.values != (ANY,):
        return Choice(axis, slack, standard=False)
    if axis.path not in known:
        fault = _unknown(axis.path, known)
        raise InvalidDescription("--vary", [fault])
    return known[axis.path]


def _unknown(path: str, known: Mapping[str, Choice]) -> Fault:
    hint = f"name the values with --vary {path}=V1,V2,...; known are those of {', '.join(known)}"
    return Fault(tuple(path.split(".")), "is left open, and nothing says what may be there", hint)


def _is_there(tree: Any, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(tree, dict) or key not in tree:
            return False
        tree = tree[key]
    return True


def _never_there(path: str, known: Mapping[str, Choice]) -> Fault:
    near = get_close_matches(path, known, n=1)
    of = f"did you mean '{near[0]}'?" if near else f"open are {', '.join(known) or 'none'}"
    return Fault(tuple(path.split(".")), "leads nowhere in the stack", of)


def _open(tree: Mapping[str, Any]) -> Iterator[str]:
    """Paths where the file says "any", and required ones of nodes that it does not say."""
    yield from _any(tree, ())
    nodes = tree.get("nodes")
    for name, group in nodes.items() if isinstance(nodes, dict) else ():
        if isinstance(group, dict):
            missing = ["count"] if group.get("count") is None else []
            if group.get("machine") is None and group.get("instance") is None:
                missing.append("instance")
            yield from (f"nodes.{name}.{key}" for key in missing)


def _any(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _any(one, (*path, str(key)))
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from _any(one, (*path, str(position)))
    elif value == ANY and path[:1] not in (("name",), ("description",)):
        yield ".".join(path)


def _standard(tree: Mapping[str, Any], catalog: Catalog) -> Iterator[Choice]:
    """All that may be chosen: instances, counts, purchases, stores, spares, intervals, replicas."""
    cloud = tree.get("cloud")
    nodes, storage = _parts(tree, "nodes"), _parts(tree, "storage")
    for name, group in nodes.items():
        if group.get("machine") is None and cloud in CLOUDS:
            instances = _instances(str(cloud), group, catalog)
            yield _choice(f"nodes.{name}.instance", instances, Slack.NONE)
    for name, group in nodes.items():
        counted = group.get("count")
        most = _TIMES * counted if isinstance(counted, int) and counted > 0 else 0
        counts = tuple(range(1, max(_MOST_NODES, most) + 1))
        yield _choice(f"nodes.{name}.count", _thinned(counts), Slack.NONE)
    for name, group in nodes.items():
        if cloud in CLOUDS and group.get("price") is None and not _hired(cloud, group):
            sold = {one.purchase for one in catalog.prices if one.provider == cloud}
            ways = tuple(way for way in ("on_demand", "spot", "reserved") if way in sold)
            yield _choice(f"nodes.{name}.purchase", ways, Slack.PURCHASE)
    for name, store in storage.items():
        path = f"storage.{name}"
        slack = Slack.NONE if _read_by_a_run(tree, name) else Slack.MORE
        if _other_service(store, cloud, catalog):
            services = tuple(
                key
                for (provider, key), row in catalog.storage_services.items()
                if provider == cloud and row.kind == store.get("kind")
            )
            yield _choice(f"{path}.service", services, slack)
        if store.get("level") is not None:
            yield _choice(f"{path}.level", tuple(FEWEST_DISKS), slack)
    for name in (each for each, group in nodes.items() if not _hired(cloud, group)):
        yield _choice(f"nodes.{name}.spares", tuple(range(_SPARES + 1)), Slack.MORE)
    region = catalog.regions.get((str(cloud), str(tree.get("region"))))
    if region is not None and _spread(tree):
        zones = [list(region.zones[:count]) for count in range(1, len(region.zones) + 1)]
        yield _choice("zones", tuple(zones), Slack.MORE)
    for name, workload in _parts(tree, "workloads").items():
        interval = _interval(workload)
        if interval not in (None, "optimal") and _has_an_optimum(workload):
            path = f"workloads.{name}.checkpoint.interval"
            values = ("optimal",) if interval == ANY else ("optimal", interval)
            yield _choice(path, values, Slack.MORE)
        yield from _copies(f"workloads.{name}", _parts(workload, "stages"))


def _instances(cloud: str, group: Mapping[str, Any], catalog: Catalog) -> tuple[str, ...]:
    """Those of the cloud; of nodes that a service runs, those of the service that have a price."""
    service = service_of(cloud, str(group.get("instance")))
    if service is not None:
        priced = [one.item for one in catalog.prices if one.provider == cloud]
        return tuple(dict.fromkeys(item for item in priced if service.has(item)))
    # What is slower once its credits are spent is not what its price and vCPUs promise.
    return tuple(
        key
        for (provider, key), one in catalog.instances.items()
        if provider == cloud and one.instance_class != BURSTABLE
    )


def _hired(cloud: Any, group: Mapping[str, Any]) -> bool:
    """A service starts and ends its nodes: they are bought in one way, and have no spares."""
    return service_of(str(cloud), str(group.get("instance"))) is not None


def _copies(path: str, stages: Mapping[str, Any]) -> Iterator[Choice]:
    """Replicas of the stages of an endpoint, or what a function serves at once."""
    for name, stage in stages.items():
        function = stage.get("function")
        where, key = (function, "function.concurrency") if function else (stage, "replicas")
        if function is None and (stage.get("nodes") is None or stage.get("scaling") is not None):
            continue
        now = where.get(key.rpartition(".")[2]) if isinstance(where, dict) else None
        most = max(_MOST_NODES, _TIMES * now) if isinstance(now, int) and now > 0 else _MOST_NODES
        axis = Axis(f"{path}.stages.{name}.{key}", _thinned(tuple(range(1, most + 1))))
        yield Choice(axis, Slack.NONE, standard=True)


def _choice(path: str, values: tuple[Any, ...], slack: Slack) -> Choice:
    return Choice(Axis(path, values), slack, standard=True)


def _thinned(counts: tuple[int, ...]) -> tuple[int, ...]:
    """Every count up to sixteen, and beyond it steps of a sixteenth."""
    return tuple(c for c in counts if c <= _MOST_NODES or c % max(1, len(counts) // 16) == 0)


def _parts(tree: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    parts = tree.get(key) if key else None
    if not isinstance(parts, dict):
        return {}
    return {str(name): one for name, one in parts.items() if isinstance(one, dict)}


def _interval(workload: Mapping[str, Any]) -> Any:
    checkpoint = workload.get("checkpoint")
    return checkpoint.get("interval") if isinstance(checkpoint, dict) else None


def _has_an_optimum(workload: Mapping[str, Any]) -> bool:
    """Whether the kind of a workload knows the best interval of its checkpoints."""
    from models.parts.kinds import WORKLOADS

    for kind in WORKLOADS:
        fields = kind.description.model_fields
        if workload.get("kind") in get_args(fields["kind"].annotation) and "checkpoint" in fields:
            return "optimal" in _words(fields["checkpoint"].annotation)
    return False


def _words(annotation: Any) -> Iterator[str]:
    """Words that may stand in an interval, of the description of checkpoints."""
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and hasattr(one, "model_fields"):
            yield from _literals(one.model_fields["interval"].annotation)


def _literals(annotation: Any) -> Iterator[str]:
    for one in get_args(annotation):
        if isinstance(one, str):
            yield one
        yield from _literals(one)


def _other_service(store: Mapping[str, Any], cloud: Any, catalog: Catalog) -> bool:
    """Whether another service may take the place of a store's: it has one, or leaves it open."""
    service = store.get("service")
    return service == ANY or (str(cloud), str(service)) in catalog.storage_services


def _read_by_a_run(tree: Mapping[str, Any], store: str) -> bool:
    """Whether a workload names the store for anything but its checkpoints."""
    for workload in _parts(tree, "workloads").values():
        for key, value in workload.items():
            if key != "checkpoint" and mentions(value, store):
                return True
    return False


def mentions(value: Any, name: str) -> bool:
    """Whether a name stands anywhere in plain values.

    Arguments:
        value: of a file.
        name: that is looked for.
    """
    if isinstance(value, dict):
        return any(mentions(one, name) for one in value.values())
    if isinstance(value, list):
        return any(mentions(one, name) for one in value)
    return bool(value == name)


def _spread(tree: Mapping[str, Any]) -> bool:
    """Whether a workload stands in several zones; others stand in the first."""
    from models.parts.kinds import WORKLOADS

    spread = {
        name
        for kind in WORKLOADS
        if kind.zones_needed is not None
        for name in get_args(kind.description.model_fields["kind"].annotation)
    }
    return any(one.get("kind") in spread for one in _parts(tree, "workloads").values())
