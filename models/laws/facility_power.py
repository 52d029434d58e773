"""Electricity of a building: power usage effectiveness, energy, its cost and its carbon."""

from dataclasses import dataclass

from models.laws.arguments import non_negative, positive

JOULES_PER_KWH = 3.6e6


@dataclass(frozen=True)
class BuildingPower:
    """Where the power of a building goes, W.

    Arguments:
        computing: servers, storage and network.
        conversion: lost in the UPS and in distribution.
        lighting: lighting, offices and whatever else the building needs.
        cooling: to carry all that away as heat.
    """

    computing: float
    conversion: float
    lighting: float
    cooling: float

    @property
    def total(self) -> float:
        """What the utility delivers, W."""
        return self.computing + self.conversion + self.lighting + self.cooling

    @property
    def pue(self) -> float:
        """Power usage effectiveness: total over computing, 1 or more."""
        return self.total / self.computing


def building_power(
    computing: float, *, ups_efficiency: float, cooling_performance: float, lighting: float = 0.0
) -> BuildingPower:
    """Power of a building from its parts.

    Arguments:
        computing: of servers, storage and network, W.
        ups_efficiency: power out of the UPS and distribution over power into them, 0 to 1.
        cooling_performance: heat carried away over the power that this takes (COP), more than 0.
        lighting: and whatever else the building needs, W.

    Raises:
        ValueError: an argument out of range.

    Source: The Green Grid (2012), white paper 49, PUE: a comprehensive examination of the metric;
        in steady state every watt but that of the cooling itself leaves the rooms as heat.
    """
    positive("computing", computing)
    non_negative("lighting", lighting)
    if not 0 < ups_efficiency <= 1:
        raise ValueError(f"ups_efficiency is {ups_efficiency}; it must be more than 0, at most 1")
    positive("cooling_performance", cooling_performance)
    conversion = computing * (1 - ups_efficiency) / ups_efficiency
    cooling = (computing + conversion + lighting) / cooling_performance
    return BuildingPower(computing, conversion, lighting, cooling)


def facility_power(computing: float, pue: float) -> float:
    """Power of a building, W.

    Arguments:
        computing: of servers, storage and network, W.
        pue: power usage effectiveness, 1 or more.

    Raises:
        ValueError: an argument out of range.

    Source: The Green Grid (2012), white paper 49: PUE = total energy / energy of the computers.
    """
    non_negative("computing", computing)
    if not 1 <= pue <= 100:
        raise ValueError(f"pue is {pue}; it must be 1 or more, at most 100")
    return computing * pue


@dataclass(frozen=True)
class Footprint:
    """What some time of computing takes from the grid; making the hardware is not in it.

    Arguments:
        energy: J.
        cost: USD.
        carbon: of its generation, kg of CO2 equivalent.
    """

    energy: float
    cost: float
    carbon: float


def footprint(
    power: float, duration: float, price: float = 0.0, carbon_intensity: float = 0.0
) -> Footprint:
    """Energy of constant power over a time, what it costs and what its generation emits.

    Arguments:
        power: of the whole building, W.
        duration: s.
        price: USD/J.
        carbon_intensity: of the grid, kg of CO2 equivalent per J.

    Raises:
        ValueError: an argument out of range.

    Source: GHG Protocol, Scope 2 Guidance (2015), location-based method, chapter 6: energy times
        the grid's mean emission factor. Embodied emissions (scope 3) are left out.
    """
    energy = non_negative("power", power) * non_negative("duration", duration)
    return Footprint(
        energy,
        energy * non_negative("price", price),
        energy * non_negative("carbon_intensity", carbon_intensity),
    )
