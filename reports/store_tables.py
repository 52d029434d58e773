"""What the stores of a stack are made of, as a table."""

from models.description.quantities import format_scaled
from models.prediction import Prediction, StoreDescription
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, duration


def storage(prediction: Prediction) -> Table:
    """The stores.

    Arguments:
        prediction: of a stack.
    """
    rows = tuple(
        row(
            store.name,
            store.kind,
            Cell(store.made_of, note=store.limit),
            _bandwidth(store.read),
            _bandwidth(store.write),
            _burst(store),
            format_scaled(store.capacity, "B"),
        )
        for store in prediction.stores
    )
    heads = columns(
        "Store", "Kind", "Made of", "Reads>", "Writes>", "Burst of reads>", "Usable size>"
    )
    note = (
        "Reads and writes: what all nodes that use a store get of it together, for as long as they "
        "want; beneath what it is made of: what sets the reads. Burst: more than that, from full "
        "credits, until they are spent."
    )
    return Table("Storage", heads, rows, note=note)


def _bandwidth(value: float | None) -> str:
    return NONE if value is None else format_scaled(value, "B/s")


def _burst(store: StoreDescription) -> Cell:
    if not store.burst_time:
        return Cell(NONE)
    return Cell(_bandwidth(store.burst_read), note=f"for {duration(store.burst_time)}")
