"""What is answered of where nodes can be had."""

from dataclasses import dataclass, field
from enum import StrEnum

from models.prediction.estimates import UNIT


class Outcome(StrEnum):
    """What became of a zone and shape."""

    SUCCESSFUL = "successful"
    NO_RESOURCE_TYPE = "no resource type"
    NO_CAPACITY = "no capacity"
    NO_QUOTA = "no quota"


@dataclass(frozen=True)
class CapacityRow:
    """One shape in one zone.

    Arguments:
        zone: of the cloud.
        region: that it belongs to.
        instance: the shape.
        rank: 1 for the best; None where nodes can't be had there.
        offered: the zone offers the shape; None where the cloud did not say.
        allocated: nodes were had there.
        kept: they still are.
        outcome: None where it was not tried, or nothing came of it that says anything of the zone.
        code: of the cloud, where it refused.
        words: of the cloud, likewise.
        next: what to do about it.
        price: of all nodes, None where none is known.
        price_elsewhere: the price is that of another region.
        chance: of having spot nodes there, as the cloud publishes it; None where it does not.
        pre_empted: share of spot nodes that were taken back of late; None where not known.
        quota_free: of the account, in the unit of the quota; None where not known.
        quota_needed: in the same unit.
        reserved: nodes for which there is unused reserved capacity.
        misses: objectives that the stack would miss on the shape.
    """

    zone: str
    region: str
    instance: str
    rank: int | None
    offered: bool | None
    allocated: bool
    kept: bool
    outcome: Outcome | None
    code: str
    words: str
    next: str
    price: float | None = field(metadata={UNIT: "USD/h"})
    price_elsewhere: bool
    chance: float | None
    pre_empted: float | None
    quota_free: float | None
    quota_needed: float
    reserved: int
    misses: tuple[str, ...]


@dataclass(frozen=True)
class Capacity:
    """Where the nodes of a group can be had.

    Arguments:
        stack: its name.
        cloud: what people call it.
        group: of nodes.
        nodes: wanted in one zone.
        purchase: how they are bought.
        attempted: it was tried; else the cloud was only asked.
        tested: zones that were tried.
        rows: every zone that the cloud names, with every shape, the best first.
        best: place in which they were had, or are most likely to be; None for none.
        kept: what was created and stays, by its name; empty for nothing.
        reservation: what the cloud calls it, if it is one; empty otherwise.
        ends: when the cloud deletes it, ISO 8601; empty where there is nothing.
        refused_shapes: shapes that the stack can't work on, and why.
        warnings: what the cloud did not say, and what was left out.
    """

    stack: str
    cloud: str
    group: str
    nodes: int
    purchase: str
    attempted: bool
    tested: int
    rows: tuple[CapacityRow, ...]
    best: CapacityRow | None
    kept: str
    reservation: str
    ends: str
    refused_shapes: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
