"""How much of a year the stack works, what weighs most in that, and what stops it, as tables."""

import math
from collections.abc import Iterator

from models.description.quantities import YEAR, format_availability
from models.prediction import (
    AvailabilityPrediction,
    Block,
    BlockResult,
    CutSets,
    Importance,
    Prediction,
)
from reports.diagram import needed
from reports.table import Cell, Table, columns, row
from reports.wording import (
    NONE,
    chance,
    count,
    duration,
    interval,
    number,
    percent,
    power_of_ten,
    worth,
)

_UNCERTAIN = (
    "MTTF: the typical time to a failure of one unit, and beneath it the 95 % interval where the "
    "rate is uncertain. Unavailability is the mean over all rates that are possible."
)
_SETS = 10  # kinds of cut sets that a reader can take in


def availability(prediction: Prediction) -> Table:
    """Availability by the laws and in the simulated years.

    Arguments:
        prediction: of the stack.
    """
    law, simulated = prediction.availability, prediction.availability.simulated
    away = 1 - simulated.mean
    rows = (
        row(
            "By the laws",
            up(law.unavailability),
            _nines(law.unavailability),
            duration(law.downtime),
            power_of_ten(law.failures),
            duration(law.mean_down_time),
            "closed form, no sampling",
        ),
        row(
            f"In {count(prediction.replications)} simulated years",
            up(away),
            _nines(away),
            duration(away * YEAR),
            NONE,
            NONE,
            interval(simulated, lambda value: up(1 - value)),
        ),
        *_building(law),
    )
    heads = columns(
        "How it was had",
        "Availability>",
        "Nines>",
        "Down a year>",
        "Failures a year>",
        "Each lasts>",
        "Error bars",
    )
    return Table("Availability of the stack", heads, rows)


def _building(predicted: AvailabilityPrediction) -> Iterator[tuple[Cell, ...]]:
    """Power and cooling alone, where more than feeds is described of them."""
    away, tier = predicted.building_unavailability, predicted.tier
    if away is None:
        return
    words = f"reaches the availability of tier {tier}" if tier else "below tier I"
    down = duration(away * YEAR)
    yield row("Power and cooling alone", up(away), _nines(away), down, NONE, NONE, words)


def up(unavailability: float) -> str:
    """Write an availability.

    Arguments:
        unavailability: fraction of time down; what rounding has put outside 0 to 1 is put right.
    """
    return format_availability(max(0.0, min(1.0, unavailability)))


def _nines(away: float) -> str:
    return f"{math.floor(-100 * math.log10(away)) / 100:.2f}" if away > 0 else NONE


def blocks(prediction: Prediction) -> Table:
    """The blocks of the availability diagram.

    Arguments:
        prediction: of the stack.
    """
    availability = prediction.availability
    rows = tuple(_block(result) for result in availability.blocks)
    whole = row(
        "The whole stack",
        "",
        "",
        "",
        power_of_ten(availability.unavailability),
        duration(availability.downtime),
        "",
    )
    heads = columns("Block", "Units", "MTTF>", "MTTR>", "Unavailability>", "Down a year>", "Source")
    uncertain = any(result.block.mttf_low is not None for result in availability.blocks)
    return Table("Blocks in series", heads, rows, whole, _UNCERTAIN if uncertain else "")


def _block(result: BlockResult) -> tuple[Cell, ...]:
    block = result.block
    name = (
        Cell(block.name, "bad", "▲ single point of failure")
        if result.single_point
        else Cell(block.name)
    )
    return row(
        name,
        needed(block),
        _mttf(block),
        duration(block.mttr),
        power_of_ten(result.unavailability),
        duration(result.unavailability * YEAR),
        block.source,
    )


def _mttf(block: Block) -> Cell:
    """The typical time, and the 95 % interval of it where the rate is uncertain."""
    if math.isinf(block.mttf):
        return Cell("never fails")
    if block.mttf_low is None or block.mttf_high is None:
        return Cell(duration(block.mttf))
    ends = f"{duration(block.mttf_low)} to {duration(block.mttf_high)}"
    return Cell(duration(block.mttf), note=ends)


def gains(prediction: Prediction, least: float = 0.0) -> tuple[str, ...]:
    """What each of the blocks that weigh most has of the downtime, and what one more would buy.

    Arguments:
        prediction: of the stack.
        least: criticality of those to name.
    """
    return tuple(
        f"{one.name}: {percent(one.criticality)} of downtime{reclaimed(prediction, one.name)}"
        f"{_advice(one)}"
        for one in prediction.availability.importances
        if one.criticality >= least
    )


def reclaimed(prediction: Prediction, name: str) -> str:
    """How much of the time that units of a block are away is on spot, in brackets; or nothing.

    Arguments:
        prediction: of the stack.
        name: of the block.
    """
    for one in prediction.availability.blocks:
        if one.block.name == name and one.block.reclaimed > 0:
            share = one.block.reclaimed
            return f" ({'nearly all' if share > 0.99 else percent(share)} of it reclaims of spot)"
    return ""


def _advice(importance: Importance) -> str:
    """What the stack can have more of, and the price of an hour that it saves."""
    if importance.downtime is None:
        return ""
    text = f"; {importance.remedy} saves {_saved(importance)} a year"
    price = importance.price_of_an_hour
    return text if price is None else f"{text}, about {number(price)} USD for each hour"


def _saved(importance: Importance) -> str:
    return NONE if importance.downtime is None else duration(max(0.0, importance.downtime))


def importances(prediction: Prediction) -> Table | None:
    """The blocks that weigh most in the downtime, and what one more unit of each would buy.

    Arguments:
        prediction: of the stack.
    """
    most = prediction.availability.importances
    if not most:
        return None
    rows = tuple(
        row(
            one.name,
            chance(one.birnbaum),
            percent(one.criticality),
            percent(one.fussell_vesely),
            worth(one.risk_achievement_worth),
            worth(one.risk_reduction_worth),
            Cell(_saved(one), note=one.remedy),
        )
        for one in most
    )
    heads = columns(
        "Block", "Birnbaum>", "Criticality>", "F\N{EN DASH}V>", "RAW>", "RRW>", "One more saves>"
    )
    note = (
        "Birnbaum: how much the unavailability of the stack rises with that of the block. "
        "Criticality: share of the downtime that the block decides. F\N{EN DASH}V "
        "(Fussell\N{EN DASH}Vesely): share of the downtime in which a minimal cut set of the "
        "block is down. RAW (risk achievement worth): how many times the downtime if the block "
        "were always down. RRW (risk reduction worth): how many times less if it never were; "
        "\N{INFINITY} means that all downtime is the block's. One more saves: downtime a year "
        "that goes away with one more of what is named below; a dash where the stack can't have "
        "more of it."
    )
    return Table("Importance of the blocks", heads, rows, note=note)


def cut_sets(prediction: Prediction) -> Table | None:
    """What stops the stack when all of it is down together, the likeliest first.

    Arguments:
        prediction: of the stack.
    """
    sets = prediction.availability.cut_sets
    if not sets:
        return None
    heads = columns("Down together", "Order>", "Such sets>", "Probability of each>")
    note = (
        "A minimal cut set stops the stack when all its units are down at once, and no part of it "
        "does. Order: units in the set; order 1 is a single point of failure, unless the unit is "
        "itself redundant within, as a pair of servers is. Probability: that all units of one such "
        "set are down at a given moment. Rows are in the order of such sets "
        "\N{MULTIPLICATION SIGN} probability of each."
    )
    if len(sets) > _SETS:
        note += f" The {count(len(sets) - _SETS)} least likely kinds of sets are left out."
    rows = tuple(_cut_set(one) for one in sets[:_SETS])
    return Table("Minimal cut sets, the likeliest first", heads, rows, note=note)


def _cut_set(one: CutSets) -> tuple[Cell, ...]:
    # A set of hundreds of units is less likely than the smallest number of the machine.
    likely = chance(one.unavailability) if one.unavailability > 0 else "< 10⁻³⁰⁷"
    how_many = count(one.number) if one.number < 1e6 else power_of_ten(one.number)
    return row(one.units, count(one.order), how_many, likely)
