"""One try: nodes of one shape, in one zone, bought in one way."""

from dataclasses import dataclass

from models.description.fields import Purchase


@dataclass(frozen=True, order=True)
class Place:
    """Where nodes could be had, as what.

    Arguments:
        region: of a cloud.
        zone: of it, by its full name.
        shape: an instance of the catalog.
        purchase: how it is bought.
        bucket: the quota that its nodes count against; empty where none is known.
    """

    region: str
    zone: str
    shape: str
    purchase: Purchase = "on_demand"
    bucket: str = ""
