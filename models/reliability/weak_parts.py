"""What a system fails by: importances, minimal cut sets and single points of failure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from models.laws.reliability.cut_sets import minimal_cut_sets
from models.laws.reliability.importance import given, importances, single_points_of_failure
from models.laws.reliability.structure import Structure
from models.reliability.diagram_answer import ComponentImportance, CutSet

_MOST_SETS = 20_000  # found; more take long, and nobody reads them
LISTED = 100  # cut sets in an answer


@dataclass(frozen=True)
class WeakParts:
    """What a system fails by.

    Arguments:
        importances: the most critical first.
        cut_sets: the likeliest first, a hundred at most.
        all_cut_sets: none was left out.
        single_points: components that fail it alone.
        notes: on what was left out.
    """

    importances: tuple[ComponentImportance, ...]
    cut_sets: tuple[CutSet, ...]
    all_cut_sets: bool
    single_points: tuple[str, ...]
    notes: tuple[str, ...]


def weak_parts(structure: Structure, unavailabilities: Mapping[str, float]) -> WeakParts:
    """What a system fails by, at the unavailabilities of its components.

    Arguments:
        structure: of the system.
        unavailabilities: of a unit of each component, 0 to 1.
    """
    notes = []
    try:
        found = minimal_cut_sets(structure, most=_MOST_SETS).sets
        complete = len(found) <= LISTED
    except ValueError:
        notes.append(f"There are more than {_MOST_SETS:,} minimal cut sets, which are not listed.")
        found, complete = (), False
    sets = sorted(
        (CutSet(str(one), one.ways, one.probability(unavailabilities)) for one in found),
        key=lambda one: -one.probability,
    )
    return WeakParts(
        _importances(structure, unavailabilities),
        tuple(sets[:LISTED]),
        complete,
        tuple(single_points_of_failure(structure)),
        tuple(notes),
    )


def _importances(
    structure: Structure, unavailabilities: Mapping[str, float]
) -> tuple[ComponentImportance, ...]:
    lost = float(structure.unavailability(unavailabilities))
    if lost == 0:
        return ()  # nothing matters to a failure that never comes
    try:
        every = importances(structure, unavailabilities)
    except ValueError:  # too many cut sets for Fussell and Vesely
        return _without_sets(structure, unavailabilities, lost)
    return tuple(
        ComponentImportance(
            one.component,
            one.birnbaum,
            one.criticality,
            one.fussell_vesely,
            one.risk_achievement_worth,
            one.risk_reduction_worth,
        )
        for one in every
    )


def _without_sets(
    structure: Structure, unavailabilities: Mapping[str, float], lost: float
) -> tuple[ComponentImportance, ...]:
    found = []
    for name, slope in structure.birnbaum(unavailabilities).items():
        own, matters = unavailabilities[name], float(slope)
        rest = float(given(structure, unavailabilities, name, works=True))
        found.append(
            ComponentImportance(
                name,
                matters,
                own * matters / lost,
                None,
                1 + (1 - own) * matters / lost,
                lost / rest if rest > 0 else math.inf,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.criticality, -one.birnbaum)))
