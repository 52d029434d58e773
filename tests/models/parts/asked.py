"""What tests ask of stores by their kind, and of a whole stack."""

from types import SimpleNamespace
from typing import Any

from models.description.stack import Stack, Store
from models.parts import kinds
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.solve import SolvedStack, solve
from models.parts.stores.store_speed import StoreSpeed, StoreState
from models.prediction import CostLine, StoreDurability


def _speed(
    described: Store, stack: Stack, facts: Facts, clients: int, bandwidth: float
) -> StoreSpeed:
    return kinds.store_kind(described).speed(described, stack, facts, clients, bandwidth)


def _states(
    described: Store, stack: Stack, facts: Facts, clients: int, bandwidth: float
) -> tuple[StoreState, ...]:
    return kinds.store_kind(described).states(described, stack, facts, clients, bandwidth)


def _usable_size(described: Store, stack: Stack, facts: Facts) -> float:
    return kinds.store_kind(described).usable_size(described, stack, facts)


def _components(name: str, described: Store, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    return kinds.store_kind(described).components(name, described, stack, facts)


def _cost_lines(name: str, described: Store, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    return kinds.store_kind(described).cost_lines(name, described, stack, facts)


def _durability(name: str, described: Store, stack: Stack, facts: Facts) -> StoreDurability | None:
    uses = tuple(
        use
        for owner, workload in stack.workloads.items()
        for use in kinds.workload_kind(workload).uses(owner, workload, stack, facts)
    )
    return kinds.store_kind(described).durability(name, described, uses, stack, facts)


store: Any = SimpleNamespace(
    speed=_speed,
    states=_states,
    usable_size=_usable_size,
    components=_components,
    cost_lines=_cost_lines,
    durability=_durability,
)


def solved(stack: Stack, catalog: Any) -> SolvedStack:
    """A stack, solved."""
    return solve(stack, catalog)
