"""What the file of a kind of store answers, as one record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from models.catalog.records import Catalog
from models.description.quantities import PricePerSize
from models.description.stack import Stack, Store
from models.parts.billing import own_price_line, unpriced_line
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.place import provider_of
from models.parts.stores.store_speed import StoreSpeed, StoreState
from models.parts.use import Use
from models.prediction import CostLine, StoreDurability
from models.reading.faults import Fault, PathInFile


class Reach(Enum):
    """How nodes come to a store."""

    ROLE = auto()  # a role lets them
    MOUNT = auto()  # they mount it, and a role may let them
    ATTACHED = auto()  # each has its own
    NETWORK = auto()  # the network alone is between them


def _no_states(
    store: Any, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> tuple[StoreState, ...]:
    return ()


def _no_cost(name: str, store: Any, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    return ()


def _no_use_cost(name: str, store: Any, use: Use, stack: Stack, facts: Facts) -> tuple[()]:
    return ()


def _as_described(store: Any) -> Any:
    return store


def _no_power(store: Any, stack: Stack, facts: Facts) -> float:
    return 0.0


@dataclass(frozen=True)
class StoreKind:
    """A kind of store: what users write, and what such a store answers.

    The functions take the description of the store, the stack that it belongs to and the facts;
    those with a name take that of the store first.

    Arguments:
        description: the part of the file; its `kind` is the name of the kind.
        title: what people call such a store.
        reach: how nodes come to it.
        made_of: what one is made of, in words.
        faults: what is wrong with one beyond its shape, at a path of the file.
        usable_size: capacity that each node sees, bytes.
        speed: for some nodes at once, each with a bandwidth, bytes/s.
        components: how one fails, blocks in series, the first of which has its name.
        durability: how safe its bytes are with what workloads put there; None where nothing is
            published.
        states: its speed when whole and with a disk or machine away; none for a service.
        billed_size: capacity that a price by size is of, all nodes together, bytes; None for what
            each node sees.
        in_nodes: it is a part of the nodes, whose price it is in.
        cost_lines: what it costs by the hour, where a cloud bills it by its price list.
        beside_cost_lines: what of that is for its speed or its backups, and not for its size.
        use_cost_lines: what a cloud bills for one use of it.
        as_read: its description as those see it who only read, who need less of it up.
        power: that its own hardware draws, W; 0 where that is not described.
        size_key: key of the description that says how much it holds.
    """

    description: type[Store]
    title: str
    reach: Reach
    made_of: Callable[[Any], str]
    faults: Callable[[PathInFile, Any, Stack, Catalog], Iterator[Fault]]
    usable_size: Callable[[Any, Stack, Facts], float]
    speed: Callable[[Any, Stack, Facts, int, float], StoreSpeed]
    components: Callable[[str, Any, Stack, Facts], tuple[Component, ...]]
    durability: Callable[[str, Any, tuple[Use, ...], Stack, Facts], StoreDurability | None]
    states: Callable[[Any, Stack, Facts, int, float], tuple[StoreState, ...]] = _no_states
    billed_size: Callable[[Any, Stack, Facts], float] | None = None
    in_nodes: bool = False
    cost_lines: Callable[[str, Any, Stack, Facts], tuple[CostLine, ...]] = _no_cost
    beside_cost_lines: Callable[[str, Any, Stack, Facts], tuple[CostLine, ...]] = _no_cost
    use_cost_lines: Callable[[str, Any, Use, Stack, Facts], tuple[CostLine, ...]] = _no_use_cost
    as_read: Callable[[Any], Any] = _as_described
    power: Callable[[Any, Stack, Facts], float] = _no_power
    size_key: str = "size"

    def bill(self, name: str, store: Store, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
        """What a store costs by the hour: by its own price, by the price list, or not known.

        Arguments:
            name: of the store.
            store: its description.
            stack: that it belongs to.
            facts: the catalog.
        """
        size = (self.billed_size or self.usable_size)(store, stack, facts)
        if store.price is not None:
            own = own_price_line(name, store.price, size)
            if isinstance(store.price, PricePerSize):  # what is paid for the size buys nothing else
                return (own, *self.beside_cost_lines(name, store, stack, facts))
            return (own,)
        if not provider_of(stack).owned:
            return self.cost_lines(name, store, stack, facts)
        if self.in_nodes:
            return ()
        why = f"give storage.{name}.price"
        return (unpriced_line(name, self.title, size / 1e9, "GB", why),)
