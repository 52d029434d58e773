"""How safe the bytes of the stores are, and what a failed disk slows down, as tables."""

from models.description.quantities import format_scaled
from models.description.stack import Stack
from models.prediction import DegradedStore, Prediction, StoreDurability
from reports.table import Cell, Table, columns, row
from reports.wording import (
    NONE,
    chance,
    duration,
    percent,
    power_of_ten,
    rate,
    share_of,
    size,
)

NOT_PUBLISHED = "not published"
NOT_DESCRIBED = "not described"
UNREAD = "holds no samples"
_HAD = {
    "exact": "exact for what is assumed",
    "approximation": "an approximation",
    "simulation": "simulated",
    "measured": "as published",
}


def losses(stack: Stack, prediction: Prediction) -> tuple[tuple[str, str], ...]:
    """How likely each store loses anything within a year, and how much is expected, in words.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    return tuple(
        (name, _unknown(stack, name) if one is None else _loss(one))
        for name, one in _by_store(stack, prediction)
    )


def _loss(one: StoreDurability) -> str:
    return f"any loss in a year {chance(one.loss_probability)}, expected {size(one.expected_loss)}"


def _by_store(
    stack: Stack, prediction: Prediction
) -> tuple[tuple[str, StoreDurability | None], ...]:
    known = {one.name: one for one in prediction.durability}
    return tuple((name, known.get(name)) for name in stack.storage)


def durability(stack: Stack, prediction: Prediction) -> Table | None:
    """Chance and size of a loss within a year, store by store.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    if not prediction.durability:
        return None
    rows = tuple(
        _durability(name, one, _unknown(stack, name)) for name, one in _by_store(stack, prediction)
    )
    heads = columns(
        "Store",
        "Usable>",
        "Any loss in a year>",
        "Expected loss a year>",
        "NOMDL>",
        "MTTDL>",
        "How it was had",
    )
    note = (
        "Any loss in a year: probability that at least one byte is lost for good within a year. "
        "NOMDL (normalized magnitude of data loss): expected share of the usable bytes that a year "
        "loses. MTTDL (mean time to data loss) is often far beyond the life of any disk: compare "
        "designs by it, but decide by the loss of a year."
    )
    return Table("Durability of the stores", heads, rows, note=note)


def _unknown(stack: Stack, name: str) -> str:
    """Why nothing is known of a store: its provider is silent, or the description is."""
    # What is not a service of the catalog is the user's own.
    by_hand = getattr(stack.storage[name], "service", None) is None
    return NOT_DESCRIBED if by_hand else NOT_PUBLISHED


def _durability(name: str, one: StoreDurability | None, unknown: str) -> tuple[Cell, ...]:
    if one is None:
        return row(name, NONE, unknown, NONE, NONE, NONE, NONE)
    return row(
        name,
        format_scaled(one.capacity, "B"),
        chance(one.loss_probability),
        size(one.expected_loss),
        power_of_ten(one.normalized_loss),
        NOT_PUBLISHED if one.mttdl is None else duration(one.mttdl),
        Cell(one.law, note=_HAD[one.method]),
    )


def degraded(prediction: Prediction) -> Table | None:
    """What the stores of disks do while whole, with a disk away and while rebuilding.

    Arguments:
        prediction: of the stack.
    """
    if not prediction.degraded:
        return None
    rows = tuple(_state(one, _whole(prediction, one)) for one in prediction.degraded)
    heads = columns(
        "Store", "State", "Reads>", "Writes>", "Lasts>", "Share of time>", "Workloads then"
    )
    note = "Percentages beneath and behind a rate: of what the whole store does."
    return Table("When a disk fails", heads, rows, note=note)


def slowdowns(prediction: Prediction) -> tuple[str, ...]:
    """What a failed disk and its rebuild leave of the throughput of each workload, in words.

    Arguments:
        prediction: of the stack.
    """
    states = ((one, _whole(prediction, one)) for one in prediction.degraded)
    return tuple(
        f"{one.name}, {one.state} for {duration(one.duration)}: {_left(one, whole)}"
        for one, whole in states
        if one is not whole
    )


def _left(one: DegradedStore, whole: DegradedStore) -> str:
    best = dict(whole.throughput)
    shares = [f"{name} {share_of(value, best[name])}" for name, value in one.throughput]
    return ", ".join(shares) or UNREAD


def _whole(prediction: Prediction, one: DegradedStore) -> DegradedStore:
    """The same store while none of its disks is away: the first of its states."""
    return next(state for state in prediction.degraded if state.name == one.name)


def _state(one: DegradedStore, whole: DegradedStore) -> tuple[Cell, ...]:
    is_whole, best = one is whole, dict(whole.throughput)

    def bandwidth(value: float, at_best: float) -> Cell:
        note = "" if is_whole else share_of(value, at_best)
        return Cell(format_scaled(value, "B/s"), note=note)

    workloads = [
        f"{name}: {rate(value)}" + ("" if is_whole else f", {share_of(value, best[name])}")
        for name, value in one.throughput
    ]
    return row(
        one.name,
        one.state,
        bandwidth(one.read, whole.read),
        bandwidth(one.write, whole.write),
        NONE if is_whole else duration(one.duration),
        percent(one.share),
        "\n".join(workloads) or UNREAD,
    )
