"""What is predicted of the energy of a stack."""

from dataclasses import dataclass, field

from models.prediction.estimates import UNIT, Distribution


@dataclass(frozen=True)
class EnergyPrediction:
    """What the stack takes from the grid while it works; making the hardware is not in it.

    Arguments:
        computing: power of nodes, switches and disks, W.
        building: the same with what the building adds, W.
        run: energy of all workloads once, J.
        yearly: energy of a year of work without a pause, J.
        run_carbon: mean emissions of a run, kg of CO2 equivalent; None if no grid is known.
        yearly_carbon: emissions of such a year, kg of CO2 equivalent; None if no grid is known.
        source: of the emissions of a kWh.
    """

    computing: float = field(metadata={UNIT: "W"})
    building: float = field(metadata={UNIT: "W"})
    run: Distribution = field(metadata={UNIT: "J"})
    yearly: float = field(metadata={UNIT: "J"})
    run_carbon: float | None = field(metadata={UNIT: "kg"})
    yearly_carbon: float | None = field(metadata={UNIT: "kg"})
    source: str
