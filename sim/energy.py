"""Energy and carbon of a run in every replication, and of a year."""

import numpy as np

from models.description.quantities import YEAR
from models.description.stack import Stack
from models.laws.facility_power import footprint
from models.parts import energy
from models.parts.facts import Facts
from models.prediction import EnergyPrediction
from sim.experiment import distribution


def energy_prediction(stack: Stack, end: np.ndarray, facts: Facts) -> EnergyPrediction | None:
    """What a stack takes from the grid; None where its building or its hardware is not known.

    Arguments:
        stack: the description.
        end: when the last workload is complete, s, in every replication.
        facts: the catalog.
    """
    on_premises = stack.cloud == "on-premises"
    if on_premises and (stack.facility is None or stack.facility.pue is None):
        return None
    try:
        drawn = energy.draw(stack, facts)
    except energy.UnknownPower:
        return None
    intensity = drawn.carbon_intensity
    run = footprint(drawn.building, float(np.mean(end)), carbon_intensity=intensity or 0.0)
    year = footprint(drawn.building, YEAR, carbon_intensity=intensity or 0.0)
    return EnergyPrediction(
        computing=drawn.computing,
        building=drawn.building,
        run=distribution((drawn.building * end).tolist()),
        yearly=year.energy,
        run_carbon=None if intensity is None else run.carbon,
        yearly_carbon=None if intensity is None else year.carbon,
        source=drawn.source,
    )
