"""The building of a stack on premises, as rows of its network table."""

from models.description.facility import Facility, PowerSupply, Redundant
from models.description.quantities import format_scaled
from reports.table import Cell, row
from reports.wording import count, duration, many

Row = tuple[Cell, ...]


def building_rows(facility: Facility) -> list[Row]:
    """Power, cooling, racks and electricity, as far as they are described.

    Arguments:
        facility: the building.
    """
    if facility.power is None:
        rows = [row("Power feeds, one suffices", count(facility.power_feeds))]
    else:
        rows = _power(facility.power)
    if facility.cooling is not None:
        rows.append(row("Cooling", _redundant(facility.cooling)))
    if facility.racks and facility.nodes_per_rack:
        slots = f"{count(facility.racks)} of {many(facility.nodes_per_rack, 'nodes')}"
        rows.append(row("Racks", slots))
    if facility.rack_switches:
        rows.append(row("Switches of a rack, one suffices", count(facility.rack_switches)))
    if facility.rack_power:
        rows.append(row("Power strips of a rack, one suffices", count(facility.rack_power)))
    if facility.pue is not None:
        rows.append(row("Power usage effectiveness", f"{facility.pue:g}"))
    return rows


def _power(power: PowerSupply) -> list[Row]:
    rows = [row("Power feeds, one suffices", count(power.feeds))]
    if power.ups is not None:
        batteries = f"batteries for {duration(power.ups.autonomy)}"
        rows.append(row("UPS", f"{_redundant(power.ups)}, {batteries}"))
    if power.generators is not None:
        fuel = f"fuel for {duration(power.generators.fuel)}"
        rows.append(row("Generators", f"{_redundant(power.generators)}, {fuel}"))
    return rows


def _redundant(units: Redundant) -> str:
    said = [units.redundancy]
    if units.units is not None:
        said.append(many(units.units, "units"))
    if units.capacity is not None:
        said.append(f"{format_scaled(units.capacity, 'W')} each")
    return ", ".join(said)
