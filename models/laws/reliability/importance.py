"""How much each component matters to a system; of identical units, how much one of them does."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.laws.arguments import probability
from models.laws.reliability.diagram_modules import AlikeUnits, AllOf, Module, Value
from models.laws.reliability.structure import Structure

_CANCELS = 1e-3  # of the unavailability; where less is left, it is worked out anew


@dataclass(frozen=True)
class Importance:
    """How much one unit of a component matters.

    Arguments:
        component: its name.
        birnbaum: probability that the system works with the unit and fails without it.
        criticality: probability that the unit has failed and the system with it, which would work
            if it did, given that the system has failed.
        fussell_vesely: probability that a minimal cut set with the unit has failed, given that
            the system has.
        risk_achievement_worth: unavailability with the unit failed, to what it is.
        risk_reduction_worth: unavailability, to what it is with the unit always working; infinite
            where the system could not fail then.
    """

    component: str
    birnbaum: float
    criticality: float
    fussell_vesely: float
    risk_achievement_worth: float
    risk_reduction_worth: float


def importances(
    structure: Structure, unavailabilities: Mapping[str, float]
) -> tuple[Importance, ...]:
    """All measures of all components, the most critical first.

    Arguments:
        structure: of the system.
        unavailabilities: of a unit of each component, 0 to 1.

    Raises:
        ValueError: a component is unknown or missing, a value is no probability, or the system
            never fails.

    Source: Rausand and Høyland (2004), System Reliability Theory, 2nd edition, chapter 5;
        Cheok, Parry and Sherry (1998), Use of importance measures in risk-informed regulatory
        applications, for the worths.
    """
    lost = _lost(structure, unavailabilities)
    slopes = _numbers(structure.birnbaum(unavailabilities))
    vesely = fussell_vesely(structure, unavailabilities)
    found = [
        Importance(
            name,
            slope,
            slope * unavailabilities[name] / lost,
            vesely[name],
            1 + (1 - unavailabilities[name]) * slope / lost,
            _reduction(structure, unavailabilities, name, slope, lost),
        )
        for name, slope in slopes.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.criticality, -one.birnbaum)))


def fussell_vesely(structure: Structure, unavailabilities: Mapping[str, float]) -> dict[str, float]:
    """Probability that a minimal cut set with the unit has failed, given that the system has.

    It is exact, not the sum over the cut sets; the diagnostic importance, the probability that the
    unit has failed given that the system has, is another measure.

    Arguments:
        structure: of the system.
        unavailabilities: of a unit of each component, 0 to 1.

    Raises:
        ValueError: a component is unknown or missing, a value is no probability, the system never
            fails, or there are too many minimal cut sets.

    Source: Fussell (1975), How to hand-calculate system reliability and safety characteristics;
        by minimal cut sets as Rausand and Høyland (2004), section 5.6.
    """
    lost = _lost(structure, unavailabilities)
    rests = _numbers(structure.passed_back(structure.parts(unavailabilities), "closures"))
    return {name: rest * unavailabilities[name] / lost for name, rest in rests.items()}


def single_points_of_failure(structure: Structure) -> tuple[str, ...]:
    """Components of which one unit's failure alone fails the system.

    Arguments:
        structure: of the system.
    """
    # With all else working, the failure matters just where it is enough.
    slopes = structure.birnbaum(dict.fromkeys(structure.components, 0.0))
    return tuple(name for name, slope in slopes.items() if slope == 1)


def given(
    structure: Structure, unavailabilities: Mapping[str, Value], name: str, works: bool
) -> Value:
    """Unavailability of the system, given the state of a unit of a component.

    Arguments:
        structure: of the system.
        unavailabilities: of a unit of each component, 0 to 1.
        name: of the component.
        works: the unit's state.

    Raises:
        ValueError: a component is unknown or missing, or a value is no probability.
    """
    structure.parts({**dict.fromkeys(structure.components, 0.0), name: 0.0})
    number = structure.components.index(name)
    if structure.units[number] == 1:
        unavailabilities = {**unavailabilities, name: 0.0 if works else 1.0}
    modules = tuple(_with_unit(module, number, works) for module in structure.modules)
    return replace(structure, modules=modules).unavailability(unavailabilities)


def _with_unit(module: Module, number: int, works: bool) -> Module:
    """The group of a component's units without one whose state is known; others as they are."""
    if not isinstance(module, AlikeUnits) or module.children != (number,) or module.units == 1:
        return module
    if works and module.required == 1:
        return AllOf(())
    return AlikeUnits(module.required - works, module.units - 1, module.children)


def _reduction(
    structure: Structure,
    unavailabilities: Mapping[str, float],
    name: str,
    slope: float,
    lost: float,
) -> float:
    left = lost - unavailabilities[name] * slope
    if left < _CANCELS * lost:
        [left] = _numbers({name: given(structure, unavailabilities, name, True)}).values()
    return lost / left if left > 0 else math.inf


def _lost(structure: Structure, unavailabilities: Mapping[str, float]) -> float:
    for name, value in unavailabilities.items():
        probability(f"unavailability of {name!r}", value)
    lost = float(structure.unavailability(unavailabilities))
    if lost == 0:
        raise ValueError("the system's unavailability is 0; nothing is important to its failure")
    return lost


def _numbers(values: Mapping[str, Value]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}
