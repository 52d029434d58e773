"""What the stores of a stack are made of, as a table."""

from models.description.quantities import format_scaled
from models.prediction import Prediction
from reports.table import Table, columns, row


def storage(prediction: Prediction) -> Table:
    """The stores.

    Arguments:
        prediction: of a stack.
    """
    rows = tuple(
        row(store.name, store.kind, store.made_of, format_scaled(store.capacity, "B"))
        for store in prediction.stores
    )
    return Table("Storage", columns("Store", "Kind", "Made of", "Usable size>"), rows)
