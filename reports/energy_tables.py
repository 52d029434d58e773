"""Energy and carbon as a table."""

from models.description.quantities import format_scaled
from models.prediction import EnergyPrediction, Prediction
from reports.table import Table, columns, row
from reports.wording import number

_KWH = 3.6e6  # J


def energy(prediction: Prediction) -> Table | None:
    """What the stack takes from the grid, in a run and in a year; None where it is not known.

    Arguments:
        prediction: of the stack.
    """
    known = prediction.energy
    if known is None:
        return None
    run, year = known.run.mean.mean, known.yearly
    rows = [
        row("Power of nodes, switches and disks", format_scaled(known.computing, "W"), ""),
        row("Power of the building with them", format_scaled(known.building, "W"), ""),
        row("Energy", _kwh(run), _kwh(year)),
    ]
    if known.run_carbon is not None and known.yearly_carbon is not None:
        rows.append(row("CO2 equivalent", _kg(known.run_carbon), _kg(known.yearly_carbon)))
    note = "All hardware is taken to draw full power. Making it is not in the emissions."
    if prediction.cost.at_most:
        note += " Nodes that come and go with their replicas draw while they are there."
    first = "A run, mean>" if prediction.cost.ends else "A month>"
    heads = columns("What", first, "A year of work>")
    return Table("Energy and carbon", heads, tuple(rows), note=note)


def line(known: EnergyPrediction | None, of: str) -> str:
    """Energy and carbon of a run, or of a month, in a few words.

    Arguments:
        known: of the stack; None where nobody knows it.
        of: what a run is: the run of all workloads, or a month.
    """
    if known is None:
        return "not known"
    words = f"{_kwh(known.run.mean.mean)} {of.replace('the run', 'a run')}"
    return words if known.run_carbon is None else f"{words}, {_kg(known.run_carbon)} of CO2e"


def _kwh(energy: float) -> str:
    return f"{number(energy / _KWH)} kWh"


def _kg(mass: float) -> str:
    return f"{number(mass)} kg"
