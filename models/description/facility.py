"""The building that users describe, on premises: power, cooling, racks, electricity."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from models.description.fields import CatalogName, Count, Part, Positive
from models.description.quantities import CarbonIntensity, Duration, EnergyPrice, Fraction, Power
from models.laws.redundancy import redundancy

Few = Annotated[int, Field(strict=True, ge=1, le=8)]


def _notation(text: str) -> str:
    return str(redundancy(text))


Notation = Annotated[str, AfterValidator(_notation)]


class Redundant(Part):
    """Units of one kind, some of them beyond what the load needs."""

    redundancy: Notation = Field(
        "N", description="N, N+1, 2N or 2(N+1), where N units carry the whole load"
    )
    units: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = Field(
        None, description="units in all, from which N follows"
    )
    capacity: Annotated[Power, Positive] | None = Field(
        None, description="load of one unit, from which N follows; N is 1 if neither is given"
    )

    @model_validator(mode="after")
    def _units_fit(self) -> "Redundant":
        if self.units is not None:
            redundancy(self.redundancy).needed(self.units)
        return self


class Ups(Redundant):
    """Uninterruptible power supplies with batteries; the load is that of the computers."""

    autonomy: Duration = Field(600.0, description="time that the batteries carry the load")


class Generators(Redundant):
    """Generators that start when the utility fails; the load is that of the whole building."""

    start: Duration = Field(15.0, description="time until they carry the load")
    fuel: Annotated[Duration, Positive] = Field(
        86_400.0, description="time that they run without a delivery"
    )
    start_failure: Fraction | None = Field(
        None, description="share of starts that fail, over the catalog's"
    )
    common_cause: Fraction = Field(
        0.05, description="share of those that all generators have in common; an assumption"
    )


class Cooling(Redundant):
    """Cooling units; the load is the heat of the computers."""


def _by_redundancy(value: Any) -> Any:
    return {"redundancy": value} if isinstance(value, str) else value


def _or_notation(model: type[Redundant]) -> BeforeValidator:
    """Lets `ups: 2N` stand for `ups: {redundancy: 2N}`."""
    return BeforeValidator(_by_redundancy, json_schema_input_type=model | str | None)


class PowerSupply(Part):
    """How power reaches the racks."""

    feeds: Few = Field(description="feeds of the utility, of which one suffices")
    ups: Annotated[Ups | None, _or_notation(Ups)] = Field(
        None, description="what bridges an outage; short for {redundancy: ...}"
    )
    generators: Annotated[Generators | None, _or_notation(Generators)] = Field(
        None, description="what carries a long outage; short for {redundancy: ...}"
    )
    paths: Few | None = Field(
        None,
        description="switchgear and wiring to the racks, of which one suffices; by default one"
        " for each system of the UPS",
    )


class Electricity(Part):
    """What a kilowatt-hour costs and emits."""

    price: EnergyPrice | None = Field(None, description="price of energy; not billed if not given")
    grid: CatalogName | None = Field(None, description="a grid of the catalog, for its emissions")
    carbon: CarbonIntensity | None = Field(
        None, description="emissions by hand, instead of those of a grid"
    )

    @model_validator(mode="after")
    def _one_intensity(self) -> "Electricity":
        if self.grid is not None and self.carbon is not None:
            raise ValueError("needs either a grid of the catalog or its carbon by hand, not both")
        return self


class Facility(Part):
    """The building, on premises: site, racks, nodes; in a cloud it is the provider's."""

    power_feeds: Few = Field(2, description="power feeds of which one suffices")
    power: PowerSupply | None = Field(
        None, description="feeds with UPS and generators, instead of power_feeds alone"
    )
    cooling: Annotated[Cooling | None, _or_notation(Cooling)] = Field(
        None, description="cooling units; short for {redundancy: ...}"
    )
    racks: Count | None = Field(None, description="racks of the site; no bound if not given")
    nodes_per_rack: Count | None = Field(None, description="slots for nodes in each rack")
    rack_switches: Few | None = Field(
        None, description="top-of-rack switches of each rack, of which one suffices"
    )
    rack_power: Few | None = Field(
        None, description="power strips of each rack, of which one suffices"
    )
    pue: Annotated[float, Field(ge=1, le=10)] | None = Field(
        None, description="power usage effectiveness: power of the building over the computers'"
    )
    electricity: Electricity | None = Field(None, description="its price and its emissions")

    @model_validator(mode="after")
    def _slots_are_counted(self) -> "Facility":
        if (self.racks is None) != (self.nodes_per_rack is None):
            raise ValueError("needs both racks and nodes_per_rack, or neither")
        return self

    @model_validator(mode="after")
    def _racks_are_described(self) -> "Facility":
        if self.racks is None and (self.rack_switches or self.rack_power):
            raise ValueError(
                "names rack_switches or rack_power; say with racks and nodes_per_rack where the"
                " nodes are"
            )
        return self

    @model_validator(mode="after")
    def _feeds_are_given_once(self) -> "Facility":
        if self.power is not None and "power_feeds" in self.model_fields_set:
            raise ValueError("needs either power_feeds or power with its feeds, not both")
        return self

    @model_validator(mode="after")
    def _building_is_measured(self) -> "Facility":
        whole_building = self.electricity is not None or (
            self.power is not None
            and self.power.generators is not None
            and self.power.generators.capacity is not None
        )
        if whole_building and self.pue is None:
            raise ValueError(
                "needs a pue, such as 1.4: electricity and generators are for the whole building"
            )
        return self
