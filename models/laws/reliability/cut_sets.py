"""Minimal cut sets, whose failure is enough to fail, and path sets, whose work is enough."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.laws.arguments import whole
from models.laws.reliability.diagram_modules import AlikeUnits
from models.laws.reliability.structure import Structure


@dataclass(frozen=True)
class MinimalSet:
    """Units that are enough together, none of which is too many.

    Arguments:
        members: (component, how many of its units), by name.
        ways: how many sets of single units this stands for.
    """

    members: tuple[tuple[str, int], ...]
    ways: int

    @property
    def order(self) -> int:
        """How many units there are in it."""
        return sum(count for _, count in self.members)

    def probability(self, values: Mapping[str, float]) -> float:
        """Sum over the ways of the probability that all their units are so.

        Arguments:
            values: of a unit of each component, its unavailability for a cut set, its
                availability for a path set.
        """
        return self.ways * math.prod(values[name] ** count for name, count in self.members)

    def __str__(self) -> str:
        return ", ".join(
            name if count == 1 else f"{count} x {name}" for name, count in self.members
        )


@dataclass(frozen=True)
class MinimalSets:
    """Minimal sets of a system, the smallest first.

    Arguments:
        sets: in order of size, then of name.
        complete: none was left out for its size.
    """

    sets: tuple[MinimalSet, ...]
    complete: bool


def minimal_cut_sets(
    structure: Structure, max_order: int | None = None, most: int = 100_000
) -> MinimalSets:
    """Smallest sets of units whose failure fails the system, whatever else works.

    Arguments:
        structure: of the system.
        max_order: units in a set; larger sets are left out.
        most: sets, alike units in one.

    Raises:
        ValueError: there are more sets, or an argument is out of range.

    Source: Rauzy (1993), New algorithms for fault trees analysis.
    """
    return _minimal(structure, True, max_order, most)


def minimal_path_sets(
    structure: Structure, max_order: int | None = None, most: int = 100_000
) -> MinimalSets:
    """Smallest sets of units whose work keeps the system working, whatever else has failed.

    Arguments:
        structure: of the system.
        max_order: units in a set; larger sets are left out.
        most: sets, alike units in one.

    Raises:
        ValueError: there are more sets, or an argument is out of range.

    Source: Rauzy (1993), of the dual system.
    """
    return _minimal(structure, False, max_order, most)


_Found = tuple[tuple[tuple[int, int], ...], int, int]  # (component, units) each; ways; order


def _minimal(structure: Structure, cuts: bool, max_order: int | None, most: int) -> MinimalSets:
    largest = sum(structure.units) if max_order is None else whole("max_order", max_order, 1)
    whole("most", most, 1)
    found: list[list[_Found]] = [[(((k, 1),), 1, 1)] for k in range(len(structure.components))]
    complete = True
    for module in structure.modules:
        choices, all_there = module.minimal_sets(cuts, largest)
        complete = complete and all_there
        sets: list[_Found] = []
        for choice in choices:
            if isinstance(module, AlikeUnits):
                units = len(choice)
                sets.append((((module.children[0], units),), math.comb(module.units, units), units))
                continue
            children = [found[module.children[position]] for position in choice]
            for one in _products(children, largest):
                if one is None:
                    complete = False
                else:
                    sets.append(one)
                if len(sets) > most:
                    _refuse(cuts, most)
        found.append(sets)
    names = structure.components
    listed = [
        MinimalSet(tuple(sorted((names[k], units) for k, units in members)), ways)
        for members, ways, _ in found[structure.root]
    ]
    listed.sort(key=lambda one: (one.order, one.members))
    return MinimalSets(tuple(listed), complete)


def _products(children: Sequence[Sequence[_Found]], largest: int) -> Iterator[_Found | None]:
    """One set of each child together; None in place of those that are too large."""
    if not children:
        yield (), 1, 0
        return
    for before in _products(children[:-1], largest - 1):
        if before is None:
            yield None
            continue
        members, ways, order = before
        for more, more_ways, more_order in children[-1]:
            if order + more_order > largest:
                yield None
            else:
                yield members + more, ways * more_ways, order + more_order


def _refuse(cuts: bool, most: int) -> None:
    kind = "cut" if cuts else "path"
    raise ValueError(
        f"there are more than {most:,} minimal {kind} sets; ask for those of a smaller max_order"
    )
