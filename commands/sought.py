"""What `windtunnel find` looks for: a node group of a stack file, and the shapes that would do."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commands.leaving import BAD_INPUT, leave

if TYPE_CHECKING:
    from infra.capacity.answer import Missed
    from models.catalog.records import Catalog, Instance
    from models.description.fields import Purchase
    from models.parts.read_stack import StackFile
    from models.reading.document import Document

_ANY = "any"  # in a stack file: whatever is best
_YEARS = 200  # simulated of each shape
_SEED = 1


@dataclass(frozen=True)
class Sought:
    """What nodes are looked for.

    Arguments:
        document: of the stack.
        cloud: of the stack.
        stack: its name.
        group: of nodes.
        nodes: with spares.
        purchase: how they are bought.
        shapes: instances that would do, by name.
        misses: objectives that the stack misses, by shape and region.
        refused: shapes that it can't work on, and why.
    """

    document: Document
    cloud: str
    stack: str
    group: str
    nodes: int
    purchase: Purchase
    shapes: Mapping[str, Instance]
    misses: Missed
    refused: Mapping[str, str]

    @property
    def path(self) -> str:
        """Of the group's instance in the file."""
        return _path(self.group)


def _path(group: str) -> str:
    return f"nodes.{group}.instance"


def cloud_of(document: Document) -> str:
    """The cloud of a stack file, by name."""
    from models.catalog.providers import CLOUDS

    cloud = document.tree.get("cloud")
    if cloud not in CLOUDS:
        known = ", ".join(CLOUDS)
        leave(f"{document.name}: 'cloud' is none of {known}, so nothing is to be found", BAD_INPUT)
    return str(cloud)


def sought(
    document: Document,
    catalog: Catalog,
    group: str | None,
    instances: list[str],
    any_gpu: bool,
    regions: tuple[str, ...],
    show: Callable[[int, int], None] | None,
) -> Sought:
    """What is looked for; whatever is wrong with it is said before a cloud is asked."""
    from infra.capacity.answer import Missed

    cloud = cloud_of(document)
    name, described = _group(document, catalog, cloud, group)
    shapes, judged_alone = _shapes(document, catalog, cloud, described, instances, any_gpu)
    read, refused = _readable(document, catalog, _path(name), shapes)
    in_region: dict[tuple[str, str], tuple[str, ...]] = {}
    at_home: dict[str, tuple[str, ...]] = {}
    known = [one for at, one in catalog.regions if at == cloud and (not regions or one in regions)]
    for done, (shape, stack_file) in enumerate(read.items(), 1):
        own, others = _misses(stack_file, document, catalog, {_path(name): shape}, known)
        at_home[shape] = own
        in_region |= {(shape, region): missed for region, missed in others.items()}
        if show:
            show(done, len(read))
    if judged_alone:  # the file leaves the shape open, so its objectives choose
        fine = {shape for (shape, _), missed in in_region.items() if not missed}
        fine |= {shape for shape, missed in at_home.items() if not missed}
        if fine:
            refused |= {
                shape: f"misses {', '.join(missed)}"
                for shape, missed in at_home.items()
                if shape not in fine
            }
            at_home = {shape: missed for shape, missed in at_home.items() if shape in fine}
    nodes = next(iter(read.values())).stack.nodes[name]
    return Sought(
        document=document,
        cloud=cloud,
        stack=next(iter(read.values())).stack.name,
        group=name,
        nodes=nodes.count + nodes.spares,
        purchase=nodes.purchase,
        shapes={one: catalog.instances[cloud, one] for one in at_home},
        misses=Missed(in_region, at_home),
        refused=refused,
    )


def _readable(
    document: Document, catalog: Catalog, path: str, shapes: list[str]
) -> tuple[dict[str, StackFile], dict[str, str]]:
    """The stack on each shape that it can work on, and why it can't on others."""
    from models.parts.read_stack import read_stack
    from models.reading.document import changed_document
    from models.reading.faults import InvalidDescription

    read: dict[str, StackFile] = {}
    refused: dict[str, str] = {}
    for shape in shapes:
        try:
            changed = changed_document(document, {path: shape}, "--instance")
            read[shape] = read_stack(changed, catalog)
        except InvalidDescription as error:
            if len(shapes) == 1:
                raise
            refused[shape] = error.lines()[0]
    if not read:
        leave(
            f"{document.name}: the stack can work on none of {len(shapes)} shapes;"
            f" {next(iter(refused.items()))[1]}",
            BAD_INPUT,
        )
    return read, refused


def _group(
    document: Document, catalog: Catalog, cloud: str, named: str | None
) -> tuple[str, Mapping[str, Any]]:
    tree = document.tree.get("nodes")
    groups = {
        str(name): one for name, one in (tree if isinstance(tree, dict) else {}).items()
        if isinstance(one, dict)
    }  # fmt: skip
    if named is not None:
        if named not in groups:
            from models.catalog.errors import UnknownName

            raise UnknownName("node group", named, tuple(groups))
        return named, groups[named]
    if len(groups) != 1:
        rare = [
            name for name, one in groups.items()
            if one.get("instance") == _ANY or _accelerated(catalog, cloud, one.get("instance"))
        ]  # fmt: skip
        if len(rare) != 1:
            names = ", ".join(groups) or "none"
            leave(f"{document.name}: which node group? --nodes names one of: {names}", BAD_INPUT)
        return rare[0], groups[rare[0]]
    return next(iter(groups.items()))


def _accelerated(catalog: Catalog, cloud: str, name: object) -> bool:
    found = catalog.instances.get((cloud, str(name)))
    return found is not None and found.accelerators > 0


def _shapes(
    document: Document,
    catalog: Catalog,
    cloud: str,
    group: Mapping[str, Any],
    instances: list[str],
    any_gpu: bool,
) -> tuple[list[str], bool]:
    """Names of instances, and whether only those that meet the objectives are meant."""
    known = {name: one for (where, name), one in catalog.instances.items() if where == cloud}
    gpus = [
        name for name, one in known.items()
        if one.accelerators and catalog.accelerators[one.accelerator].kind == "gpu"
    ]  # fmt: skip
    own = group.get("instance")
    if any_gpu or instances:
        wanted = [*instances, *(gpus if any_gpu else ())]
        if own in known and any_gpu:
            wanted.insert(0, str(own))
    elif own == _ANY:
        return gpus, True
    elif own is None:
        leave(
            f"{document.name}: the nodes are described by hand; say what to look for with"
            " --instance",
            BAD_INPUT,
        )
    else:
        wanted = [str(own)]
    for name in wanted:
        if name not in known:
            from models.catalog.errors import UnknownName

            raise UnknownName("instance", name, tuple(known), cloud)
    return list(dict.fromkeys(wanted)), False


def _misses(
    home: StackFile,
    document: Document,
    catalog: Catalog,
    changes: dict[str, object],
    regions: list[str],
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Objectives that a stack misses in its own region, and by region.

    Regions differ in prices; where no objective is one of money, all are as the own one.
    """
    from models.parts.read_stack import read_stack
    from models.reading.document import changed_document
    from models.reading.faults import InvalidDescription

    known: dict[Hashable, Any] = {}
    own = _missed(home, catalog, known)
    wanted = home.stack.objectives
    if wanted.budget is None and wanted.monthly_cost is None:
        return own, {}
    found: dict[str, tuple[str, ...]] = {}
    for region in regions:
        try:
            moved = changed_document(
                document, {**changes, "region": region, "zones": []}, "--region"
            )
            found[region] = _missed(read_stack(moved, catalog), catalog, known)
        except InvalidDescription as error:
            found[region] = (f"all: {error.lines()[0]}",)
    return own, found


def _missed(read: StackFile, catalog: Catalog, known: dict[Hashable, Any]) -> tuple[str, ...]:
    """Objectives that a stack does not meet, by name."""
    from models.prediction.stack_answer import Verdict
    from sim.predict import NoProgress, predict

    try:
        prediction = predict(
            read,
            catalog,
            seed=_SEED,
            replications=_YEARS,
            jobs=1,
            bare=True,
            remembered=known,
        )
    except NoProgress:
        return ("all: no run comes to its end",)
    overloaded = tuple(f"load of {one}" for one in prediction.overloaded)
    unknown = {one.name for one in prediction.objectives if one.verdict is Verdict.UNKNOWN}
    return (
        *overloaded,
        *(
            f"{one.name}: not known" if one.name in unknown else one.name
            for one in prediction.objectives
            if one.verdict is not Verdict.MET
        ),
    )
