"""What a block diagram must satisfy beyond its shape: names that exist, figures that fit."""

from collections import Counter
from collections.abc import Iterator

from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile
from models.reliability.block_diagram import BlockDiagram, Piece
from models.reliability.described_system import Impossible, pieces_of, system_of


def check(description: BlockDiagram) -> list[Fault]:
    """Every fault that the shape of a description does not show.

    Arguments:
        description: of the system.
    """
    faults = [*_places(description), *_figures(description), *_causes(description)]
    faults += _asked(description)
    if faults:
        return faults
    try:
        system_of(description)
    except Impossible as error:
        return [error.fault]
    return []


def _standing(
    path: PathInFile, piece: Piece
) -> Iterator[tuple[PathInFile, str, tuple[int, int] | None]]:
    """Every place of a component: its path, its name, and required and units of a group."""
    if isinstance(piece, str):
        yield path, piece, None
        return
    if piece.group is not None:
        group = piece.group
        yield (*path, "group", "component"), group.component, (group.required, group.units)
    for steps, inside in pieces_of(piece):
        yield from _standing((*path, *steps), inside)


def _places(description: BlockDiagram) -> Iterator[Fault]:
    known: dict[str, tuple[int, int] | None] = {}
    for path, name, group in _standing(("diagram",), description.diagram):
        if name not in description.components:
            yield from reference(path, name, description.components, "component")
        elif known.setdefault(name, group) != group:
            what = "units of one group that stand in different places must be components"
            yield Fault(
                path, f"is '{name}', which stands elsewhere, and not in the same group", what
            )
    for name, component in description.components.items():
        if name not in known:
            yield Fault(("components", name), "stands nowhere in the diagram", "leave it out")
        elif component.standby is not None and known[name] is None:
            hint = "only units of a group wait: group: {component: ..., required: 1, units: 2}"
            yield Fault(("components", name, "standby"), "is of a component without a group", hint)


def _figures(description: BlockDiagram) -> Iterator[Fault]:
    components = description.components
    fixed = [name for name, one in components.items() if one.fixed]
    timed = [name for name, one in components.items() if not one.fixed]
    if fixed and timed:
        message = f"has a probability for all time, and {timed[0]} a time to failure"
        yield Fault(("components", fixed[0]), message, "give all of one sort")
    if description.crews is not None and not any(one.repaired for one in components.values()):
        yield Fault(("crews",), "are given, but nothing is repaired", "give an mttr")
    for name, one in components.items():
        if one.maintenance is not None and not one.repaired:
            message = "is of a unit that is not repaired"
            yield Fault(("components", name, "maintenance"), message, "give an mttr")


def _causes(description: BlockDiagram) -> Iterator[Fault]:
    groups = {
        name: group
        for _, name, group in _standing(("diagram",), description.diagram)
        if group is not None
    }
    taken = Counter[str]()
    for cause, common in description.common_causes.items():
        path: PathInFile = ("common_causes", cause)
        if cause in description.components:
            yield Fault(path, f"'{cause}' is the name of a component", "choose another name")
        known = [name for name in common.components if name in description.components]
        for k, name in enumerate(common.components):
            here = (*path, "components", k)
            yield from reference(here, name, description.components, "component")
            taken[name] += 1
            if taken[name] == 2:
                yield Fault(here, f"is '{name}', which another common cause names")
            if name in groups and len(common.components) > 1:
                yield Fault(here, f"is '{name}', a group", "name the component of a group alone")
        if len(known) == 1 == len(common.components) and known[0] not in groups:
            message = "has one component, which fails by itself anyway"
            yield Fault((*path, "components"), message, "name two or more, or one of a group")
        if len(known) == 1 == len(common.components) and groups.get(known[0], (1, 2))[1] == 1:
            yield Fault((*path, "components"), "has a group of one unit")
        if any(description.components[n] != description.components[known[0]] for n in known[1:]):
            yield Fault((*path, "components"), "have different figures; they must be equal")


def _asked(description: BlockDiagram) -> Iterator[Fault]:
    wanted = description.objectives
    components = description.components.values()
    if any(one.fixed for one in components):
        for key in ("reliability", "mttf"):
            if getattr(wanted, key) is not None:
                message = "goes with times to failure; of probabilities, ask for the availability"
                yield Fault(("objectives", key), message)
    elif wanted.availability is not None and not any(one.repaired for one in components):
        message = "is of a system of which nothing is repaired"
        yield Fault(("objectives", "availability"), message, "ask for the reliability")
