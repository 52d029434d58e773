"""From a description to the diagram of the laws, with what its common causes add."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from models.laws.reliability import diagram as laws
from models.laws.reliability.common_cause import beta_factor, multiple_greek_letters
from models.reading.faults import Fault, PathInFile
from models.reliability.block_diagram import Arrangement, BlockDiagram, Graph, Piece
from models.reliability.unit_figures import UnitFigures, figures_of


@dataclass(frozen=True)
class DescribedSystem:
    """A system as the laws and the simulation take it.

    Arguments:
        diagram: of its components and of what fails several of them at once.
        units: figures of one unit of each, by name.
        crews: repairs at the same time; None where each unit has its own.
    """

    diagram: laws.Diagram
    units: Mapping[str, UnitFigures]
    crews: int | None

    @property
    def counts(self) -> dict[str, int]:
        """How many units each component has, in the order of the diagram."""
        return {
            leaf.name: leaf.units if isinstance(leaf, laws.Identical) else 1
            for leaf in laws.leaves(self.diagram)
        }


class Impossible(Exception):
    """A description of which no system can be made.

    Arguments:
        path: in the file.
        message: what is wrong, as the end of a sentence that starts with the path.
    """

    def __init__(self, path: PathInFile, message: str) -> None:
        self.fault = Fault(path, message)
        super().__init__(message)


def system_of(description: BlockDiagram) -> DescribedSystem:
    """The system that a description describes; its names are known to be right.

    Arguments:
        description: as read and checked.

    Raises:
        Impossible: what makes no diagram, such as three of two units, or no lifetime.
    """
    units: dict[str, UnitFigures] = {}
    for name, component in description.components.items():
        try:
            units[name] = figures_of(component)
        except ValueError as error:
            raise Impossible(("components", name), _within(error)) from None
    causes = _Causes(description, units)
    diagram = _Builder(causes).piece(("diagram",), description.diagram)
    needed = {leaf.name for leaf in laws.leaves(diagram)}
    kept = {name: unit for name, unit in causes.units.items() if name in needed}
    system = DescribedSystem(diagram, kept, description.crews)
    if description.crews is not None and description.crews >= sum(system.counts.values()):
        return DescribedSystem(diagram, kept, None)
    return system


def _within(error: ValueError) -> str:
    return f"can't be: {error}"


class _Causes:
    """Components beside what fails them together.

    Arguments:
        description: of the system.
        units: figures of the components, of all their causes.
    """

    def __init__(self, description: BlockDiagram, units: dict[str, UnitFigures]) -> None:
        self.units = dict(units)
        self._by_member: dict[str, list[str]] = {}  # what fails it beside itself
        self._members: dict[str, tuple[str, ...]] = {}  # of a group that is written out
        groups = dict(_groups(description.diagram))
        for cause, common in description.common_causes.items():
            path = ("common_causes", cause)
            first = common.components[0]
            size = groups.get(first, len(common.components))
            if common.letters is not None:
                if len(common.letters) != size - 1:
                    message = f"must be {size - 1} for {size} components"
                    raise Impossible((*path, "letters"), f"{message}, not {len(common.letters)}")
                shares = multiple_greek_letters(1.0, common.letters)
            else:
                assert common.beta is not None  # one of both is given
                shares = beta_factor(1.0, common.beta, size)
            names = common.components
            if first in groups and common.letters is not None:
                names = tuple(f"{first} {k + 1}" for k in range(size))
                self._members[first] = names
            try:
                self._split(cause, names, shares, units[first], group=first in groups)
            except ValueError as error:
                raise Impossible(path, f"is of {first}, which {error}") from None

    def _split(
        self,
        cause: str,
        names: tuple[str, ...],
        shares: list[float],
        figures: UnitFigures,
        group: bool,
    ) -> None:
        own = shares[0]
        for name in names:
            self.units[name] = figures.share(own)
        whole = group and len(names) == 1  # all units of a group, which keeps its name
        for size, share in enumerate(shares[1:], start=2):
            if not share:
                continue
            every = [names] if whole else list(combinations(names, size))
            for some in every:
                name = cause if len(every) == 1 else f"{cause} ({', '.join(some)})"
                self.units[name] = figures.share(share)
                for member in some:
                    self._by_member.setdefault(member, []).append(name)

    def block(self, name: str) -> laws.Diagram:
        """A component and what else fails it."""
        return self._beside(name, laws.Block(name))

    def group(self, name: str, required: int, units: int) -> laws.Diagram:
        """Units and what else fails them."""
        if name in self._members:
            return laws.KOfN(required, *(self.block(one) for one in self._members[name]))
        return self._beside(name, laws.Identical(required, units, name))

    def _beside(self, name: str, leaf: laws.Leaf) -> laws.Diagram:
        causes = self._by_member.get(name, ())
        return laws.Series(leaf, *causes) if causes else leaf


def _groups(piece: Piece) -> Iterator[tuple[str, int]]:
    """Components that stand in groups, and how many units they have there."""
    for one in arrangements(piece):
        if one.group is not None:
            yield one.group.component, one.group.units


def arrangements(piece: Piece) -> Iterator[Arrangement]:
    """Every arrangement of a part, itself among them.

    Arguments:
        piece: a part as described.
    """
    waiting: list[Piece] = [piece]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Arrangement):
            yield here
            waiting += [inside for _, inside in pieces_of(here)]


def pieces_of(arrangement: Arrangement) -> Iterator[tuple[PathInFile, Piece]]:
    """The parts directly in an arrangement, each with its path from there.

    Arguments:
        arrangement: as described.
    """
    for key in ("series", "parallel"):
        for k, piece in enumerate(getattr(arrangement, key) or ()):
            yield (key, k), piece
    if arrangement.k_of_n is not None:
        for k, piece in enumerate(arrangement.k_of_n.parts):
            yield ("k_of_n", "parts", k), piece
    if arrangement.graph is not None:
        for k, line in enumerate(arrangement.graph.lines):
            if line.part is not None:
                yield ("graph", "lines", k, "part"), line.part
        for node, piece in arrangement.graph.nodes.items():
            yield ("graph", "nodes", node), piece


class _Builder:
    """Diagrams of the laws from described parts.

    Arguments:
        causes: that fail components together.
    """

    def __init__(self, causes: _Causes) -> None:
        self._causes = causes

    def piece(self, path: PathInFile, piece: Piece) -> laws.Diagram:
        """The diagram of a part."""
        if isinstance(piece, str):
            return self._causes.block(piece)
        try:
            return self._arranged(path, piece)
        except ValueError as error:
            raise Impossible(path, _within(error)) from None

    def _arranged(self, path: PathInFile, one: Arrangement) -> laws.Diagram:
        if one.group is not None:
            return self._causes.group(one.group.component, one.group.required, one.group.units)
        inside = {step: self.piece((*path, *step), piece) for step, piece in pieces_of(one)}
        if one.graph is not None:
            return _graph(one.graph, inside)
        if one.k_of_n is not None:
            return laws.KOfN(one.k_of_n.required, *inside.values())
        return (laws.Series if one.series is not None else laws.Parallel)(*inside.values())


def _graph(graph: Graph, inside: Mapping[PathInFile, laws.Diagram]) -> laws.Graph:
    edges = [
        laws.Edge(line.between[0], line.between[1], inside.get(("graph", "lines", k, "part")))
        for k, line in enumerate(graph.lines)
    ]
    nodes = {node: inside["graph", "nodes", node] for node in graph.nodes}
    return laws.Graph(edges, graph.source, graph.target, graph.directed, nodes)
