"""Energy and carbon of a run in every replication, and of a year."""

import numpy as np

from models.description.quantities import YEAR
from models.laws.facility_power import footprint
from models.parts.solve import SolvedStack
from models.prediction import EnergyPrediction
from sim.experiment import distribution
from sim.simulated_workload import Floats


def energy_prediction(solved: SolvedStack, held: Floats) -> EnergyPrediction | None:
    """What a stack takes from the grid; None where its building or its hardware is not known.

    Arguments:
        solved: the stack.
        held: how long it is held, s, in every replication.
    """
    drawn = solved.draw
    if drawn is None:
        return None
    intensity = drawn.carbon_intensity
    run = footprint(drawn.building, float(np.mean(held)), carbon_intensity=intensity or 0.0)
    year = footprint(drawn.building, YEAR, carbon_intensity=intensity or 0.0)
    return EnergyPrediction(
        computing=drawn.computing,
        building=drawn.building,
        run=distribution((drawn.building * held).tolist()),
        yearly=year.energy,
        run_carbon=None if intensity is None else run.carbon,
        yearly_carbon=None if intensity is None else year.carbon,
        source=drawn.source,
    )
