"""Energy and carbon of a run in every replication, and of a year."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from models.description.quantities import HOUR, YEAR
from models.laws.facility_power import footprint
from models.parts.energy import Draw
from models.parts.solve import SolvedStack
from models.prediction import EnergyPrediction
from sim.experiment import distribution
from sim.simulated_workload import Floats


def energy_prediction(
    solved: SolvedStack, held: Floats, node_hours: Mapping[str, Floats] = MappingProxyType({})
) -> EnergyPrediction | None:
    """What a stack takes from the grid; None where its building or its hardware is not known.

    Nodes that come and go with the load draw while they are there, all others as long as the stack
    is held.

    Arguments:
        solved: the stack.
        held: how long it is held, s, in every replication.
        node_hours: that nodes of each group are there, h, likewise.
    """
    drawn = solved.draw
    if drawn is None:
        return None
    intensity = drawn.carbon_intensity
    there = np.maximum(0.0, held - _away(solved, drawn, held, node_hours))
    run = footprint(drawn.building, float(np.mean(there)), carbon_intensity=intensity or 0.0)
    share = float(np.mean(there)) / float(np.mean(held)) if held.any() else 1.0
    year = footprint(drawn.building, share * YEAR, carbon_intensity=intensity or 0.0)
    return EnergyPrediction(
        computing=drawn.computing,
        building=drawn.building,
        run=distribution((drawn.building * there).tolist()),
        yearly=year.energy,
        run_carbon=None if intensity is None else run.carbon,
        yearly_carbon=None if intensity is None else year.carbon,
        source=drawn.source,
    )


def _away(
    solved: SolvedStack, drawn: Draw, held: Floats, node_hours: Mapping[str, Floats]
) -> Floats:
    """How much longer all of it draws than is drawn, for nodes that are not there all the time, s.

    The building adds to each node in proportion.
    """
    away = np.zeros(len(held))
    for name in {line.node_group for line in solved.cost_lines if line.at_most} & set(node_hours):
        group = solved.stack.nodes[str(name)]
        missing = (group.count + group.spares) * held - node_hours[str(name)] * HOUR
        away = away + drawn.of_node[str(name)] / drawn.computing * np.maximum(0.0, missing)
    return away
