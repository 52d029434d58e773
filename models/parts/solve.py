"""A stack solved once: its parts looked up, what the laws say of it, and where figures are from."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog
from models.description.quantities import format_scaled
from models.description.stack import Stack, Workload
from models.laws.reliability import blocks
from models.parts import (
    alarms,
    building,
    encryption,
    energy,
    kinds,
    kubernetes,
    network_block,
    node_failures,
    node_group,
    notebooks,
    shared_network,
)
from models.parts.capacity_wait import capacity_wait
from models.parts.check_reservations import reservation_findings
from models.parts.degraded_stores import degraded
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.node_power import UnknownPower
from models.parts.place import provider_of
from models.parts.site import Site, SolvedGroup, SolvedStore
from models.parts.use import Use, held
from models.parts.workloads.places_needed import InZones, Needed
from models.parts.workloads.workload_kind import Impossible, SolvedWorkload, WorkloadKind
from models.prediction import (
    CostLine,
    DegradedStore,
    Finding,
    GroupDescription,
    Source,
    StoreDescription,
    StoreDurability,
)
from models.reading.check_names import unknown
from models.reading.faults import Fault, PathInFile

# Where a building describes units that may be too few.
_UNITS = {"UPS": ("power", "ups"), "generators": ("power", "generators"), "cooling": ("cooling",)}


class Unsolvable(Exception):
    """A stack that can't work as described.

    Arguments:
        faults: everything that is wrong with it.
    """

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


@dataclass(frozen=True)
class SolvedStack:
    """What the laws say of a stack, every part of it asked once.

    Arguments:
        site: the stack, its node groups and its stores.
        components: everything that can fail, in series.
        workloads: by name, in the order of the description.
        uses: what workloads do with stores.
        cost_lines: everything that costs.
        durability: of every store whose loss is known.
        degraded: stores of disks, whole and with something away.
        stores: what they are, for people.
        draw: of electricity; None where the building or the power of its hardware is not known.
        findings: what a reader must know.
        sources: the catalog figures that were used, in the order of their first use.
    """

    site: Site
    components: tuple[Component, ...]
    workloads: Mapping[str, SolvedWorkload]
    uses: tuple[Use, ...]
    cost_lines: tuple[CostLine, ...]
    durability: tuple[StoreDurability, ...]
    degraded: tuple[DegradedStore, ...]
    stores: tuple[StoreDescription, ...]
    draw: energy.Draw | None
    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]

    @property
    def stack(self) -> Stack:
        """The description."""
        return self.site.stack

    def groups(self, bare: bool = False) -> tuple[GroupDescription, ...]:
        """What the node groups are, for people.

        Arguments:
            bare: without how long their nodes are waited for, which takes its time.
        """
        return tuple(
            GroupDescription(
                name,
                group.hardware.name,
                group.described.count,
                group.hardware.vcpus,
                group.hardware.accelerators * group.described.count,
                group.hardware.accelerator.name if group.hardware.accelerator else "",
                group.hardware.accelerator_memory,
                None if bare else capacity_wait(group.component),
            )
            for name, group in self.site.groups.items()
        )

    def interruption_rate(self, workload: str) -> float:
        """How often a workload is interrupted, 1/s.

        Arguments:
            workload: its name.
        """
        return _interruption_rate(self.components, self.workloads[workload].needs)

    def unavailability(self, needs: frozenset[str] | None = None) -> float:
        """Share of time in which some component has too few units.

        Arguments:
            needs: names of the components that count; all of them by default.
        """
        return blocks.series(
            (one if needs is None else one.among(needs)).result().unavailability
            for one in self.components
            if needs is None or one.name in needs
        )


def solve(
    stack: Stack,
    catalog: Catalog,
    files: Mapping[str, Any] = MappingProxyType({}),
    instead: Mapping[str, Any] = MappingProxyType({}),
    bare: bool = False,
) -> SolvedStack:
    """Apply the laws to a stack whose names all exist.

    Arguments:
        stack: the description.
        catalog: the facts.
        files: what workloads read beside the stack file, by name of the workload.
        instead: rows of the catalog that take the place of those, by the figure of their source.
        bare: without what is only told to people of one that can work.

    Raises:
        Unsolvable: the laws find it impossible; with every fault that they find.
    """
    return _Solver(stack, catalog, files, instead, bare).solve()


@dataclass
class _Solver:
    stack: Stack
    catalog: Catalog
    files: Mapping[str, Any]
    instead: Mapping[str, Any]
    bare: bool
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.facts = Facts(self.catalog, self.stack.failure_rates, self.instead)

    def solve(self) -> SolvedStack:
        stack, facts = self.stack, self.facts
        with self._building():
            power_and_cooling = building.components(stack, facts)
        groups = {name: one for name in stack.nodes for one in self._group(name)}
        stores = {name: one for name in stack.storage for one in self._store(name)}
        self._leave_if_faulty()
        uses_of = self._uses()
        used = frozenset(use.store for uses in uses_of.values() for use in uses)
        placed = {
            name: kinds.workload_kind(one).replicas(one) for name, one in stack.workloads.items()
        }
        self.site = Site(stack, facts, groups, stores, self.files, used, placed)
        answers = self._answers(uses_of)
        self._leave_if_faulty()
        groups = {name: self._as_needed(group, answers) for name, group in groups.items()}
        stores = {name: self._as_used(store, uses_of) for name, store in stores.items()}
        with self._building():
            components_of = {name: one.component for name, one in groups.items()}
            racks = (
                *building.racks(stack, components_of, facts),
                *building.hosts(stack, components_of),
            )
        self._leave_if_faulty()
        components = (
            *power_and_cooling,
            *self._zones(answers),
            *(group.component for group in groups.values()),
            *racks,
            *(component for store in stores.values() for component in store.components),
            *kubernetes.components(stack, facts),
            *self._of_workloads(),
        )
        self.site = replace(self.site, groups=groups, stores=stores)
        workloads = {}
        for name, one, kind in self._kinds():
            needs = self._needs(name, kind.groups(one), uses_of[name], components)
            rate = _interruption_rate(components, needs)
            traffic = kind.traffic(answers[name], uses_of[name], rate, self.site)
            workloads[name] = SolvedWorkload(name, one, kind, traffic, answers[name], needs)
        uses = tuple(use for workload in workloads.values() for use in workload.uses)
        lines = self._cost_lines(workloads, uses)
        self._room(uses)
        durability = self._durability(uses)
        self._leave_if_faulty()
        draw = self._draw(workloads)
        self._unused_rates()
        self._leave_if_faulty()
        known = self.site, components, workloads, uses, lines, durability
        if self.bare:
            return SolvedStack(*known, (), (), draw, (), ())
        findings = tuple(
            finding
            for one in workloads.values()
            for finding in one.kind.findings(one.answer, self.site)
        )
        return SolvedStack(
            *known,
            degraded(self.site, tuple(workloads.values())),
            self._descriptions(uses),
            draw,
            (
                *self._of_nodes(),
                *kubernetes.findings(stack),
                *findings,
                *_borrowed(facts),
                *_unpriced(lines),
            ),
            facts.sources(),
        )

    def _leave_if_faulty(self) -> None:
        if self.faults:
            raise Unsolvable(self.faults)

    @contextmanager
    def _part(self, *path: str) -> Iterator[None]:
        """What a part raises is a fault at its place."""
        try:
            yield
        except Impossible as error:
            self.faults += [Fault((*path, *place), text) for place, text in error.reasons]
        except (UnknownName, ValueError) as error:
            self.faults.append(Fault(path, str(error)))

    @contextmanager
    def _building(self) -> Iterator[None]:
        """Power and cooling carry the nodes; its grid is known."""
        try:
            yield
        except UnknownName as error:
            self.faults.append(unknown(("facility", "electricity", "grid"), error))
            self._leave_if_faulty()
        except energy.TooSmall as error:
            path: PathInFile = ("facility", *_UNITS[error.what], "units")
            self.faults.append(Fault(path, error.message))
            self._leave_if_faulty()
        except ValueError as error:
            self.faults.append(Fault(("facility",), str(error)))
            self._leave_if_faulty()

    def _group(self, name: str) -> Iterator[SolvedGroup]:
        described = self.stack.nodes[name]
        with self._part("nodes", name):
            component = node_failures.component(name, described, self.stack, self.facts)
            hardware = node_group.hardware(described, self.stack.cloud, self.facts)
            yield SolvedGroup(name, described, hardware, component)

    def _uses(self) -> dict[str, tuple[Use, ...]]:
        """What each workload does with stores; nothing of one whose uses can't be told."""
        uses = {}
        for name, workload, kind in self._kinds():
            with self._part("workloads", name):
                uses[name] = kind.uses(name, workload, self.stack, self.facts)
        return uses

    def _answers(self, known: Collection[str]) -> dict[str, Any]:
        """What the laws of its kind say of each workload whose uses are known."""
        answers = {}
        for name, workload, kind in self._kinds():
            with self._part("workloads", name):
                if name in known:
                    answers[name] = kind.solve(name, workload, self.site)
        return answers

    def _as_needed(self, group: SolvedGroup, answers: Mapping[str, Any]) -> SolvedGroup:
        """A group of which as many nodes must be up as its workloads need."""
        needs = [
            kind.nodes_needed(answers[name], group.name, self.site)
            for name, workload, kind in self._kinds()
            if group.name in kind.groups(workload)
        ]
        count = group.described.count
        needed = Needed.by_all(needs or [Needed(count, count)], count)
        if needed == Needed(count, count):
            return group
        component = node_failures.component(
            group.name, group.described, self.stack, self.facts, needed.up, needed.of
        )
        return replace(group, component=component)

    def _as_used(self, store: SolvedStore, uses_of: Mapping[str, tuple[Use, ...]]) -> SolvedStore:
        """A store of which as much must be up as reads need, where nothing writes to it.

        Of disks of the nodes, as many as all who use them need.
        """
        uses = [use for uses in uses_of.values() for use in uses if use.store == store.name]
        if borne := min((use.borne for use in uses), default=0):
            disks, *others = store.components
            disks = replace(disks, required=max(1, disks.required - borne))
            return replace(store, components=(disks, *others))
        if not uses or any(use.access != "read" for use in uses):
            return store
        read = store.kind.as_read(store.described)
        components = store.kind.components(store.name, read, self.stack, self.facts)
        return replace(store, components=components)

    def _kinds(self) -> list[tuple[str, Workload, WorkloadKind]]:
        return [(name, one, kinds.workload_kind(one)) for name, one in self.stack.workloads.items()]

    def _zones(self, answers: Mapping[str, Any]) -> tuple[Component, ...]:
        """The zones over which all workloads are spread; one where some stand together."""
        solved = ((kind, one, answers[name]) for name, one, kind in self._kinds())
        spread = zones_of(solved, self.site)
        together = (network_block.component(self.stack, self.facts),)
        return together if spread is None else spread

    def _of_workloads(self) -> list[Component]:
        return [
            component
            for name, workload, kind in self._kinds()
            for component in kind.components(name, workload, self.stack, self.facts)
        ]

    def _store(self, name: str) -> Iterator[SolvedStore]:
        described, stack, facts = self.stack.storage[name], self.stack, self.facts
        kind = kinds.store_kind(described)
        with self._part("storage", name):
            components = kind.components(name, described, stack, facts)
            size = kind.usable_size(described, stack, facts)
            yield SolvedStore(name, described, kind, components, size)

    def _needs(
        self,
        name: str,
        groups: tuple[str, ...],
        uses: tuple[Use, ...],
        components: tuple[Component, ...],
    ) -> frozenset[str]:
        """Components that must be up: all but groups, stores and services that are not used."""
        described = self.stack.workloads[name]
        kind = kinds.workload_kind(described)
        if kind.outside(described):
            mine = kind.components(name, described, self.stack, self.facts)
            return frozenset(one.name for one in mine)
        own = {*groups, *(use.store for use in uses)}
        others = {group for group in self.stack.nodes if group not in own} | {
            component.name
            for stored, store in self.site.stores.items()
            if stored not in own
            for component in store.components
        }
        others |= {
            component.name
            for other, workload, kind in self._kinds()
            if other != name
            for component in kind.components(other, workload, self.stack, self.facts)
        }
        return frozenset(one.name for one in components if one.name not in others)

    def _cost_lines(
        self, workloads: Mapping[str, SolvedWorkload], uses: tuple[Use, ...]
    ) -> tuple[CostLine, ...]:
        stack, facts = self.stack, self.facts
        lines: list[CostLine] = []
        for name, group in stack.nodes.items():
            with self._part("nodes", name):
                own = node_group.cost_lines(name, group, stack, facts)
                most = self._come_and_go(name)
                lines += (
                    replace(line, at_most=most and line.node_group is not None) for line in own
                )
        for name, store in self.site.stores.items():
            with self._part("storage", name):
                lines += store.kind.bill(name, store.described, stack, facts)
        lines += shared_network.cost_lines(stack, facts)
        lines += kubernetes.cost_lines(stack, facts)
        lines += alarms.cost_lines(stack, facts)
        lines += notebooks.cost_lines(stack, facts)
        lines += encryption.cost_lines(stack, facts)
        with self._building():
            lines += energy.cost_lines(stack, facts)
        for use in uses if not provider_of(stack).owned else ():
            store = self.site.stores[use.store]
            of_use = store.kind.use_cost_lines(use.store, store.described, use, stack, facts)
            service = getattr(store.described, "service", None)
            of_key = encryption.use_cost_lines(service, use, stack, facts)
            lines += (replace(line, workload=use.workload) for line in (*of_use, *of_key))
        for one in workloads.values():
            with self._part("workloads", one.name):
                own = one.kind.cost_lines(one.answer, self.site)
                lines += (replace(line, workload=one.name) for line in own)
        return tuple(lines)

    def _come_and_go(self, group: str) -> bool:
        """Nodes that a cloud starts and stops with the load of the only workload on them."""
        stack = self.stack
        if provider_of(stack).owned or stack.nodes[group].always_paid:
            return False
        users = [(one, kind) for _, one, kind in self._kinds() if group in kind.groups(one)]
        return len(users) == 1 and users[0][1].scales(users[0][0], group)

    def _room(self, uses: tuple[Use, ...]) -> None:
        """A store holds what workloads put there."""
        for name, store in self.site.stores.items():
            wanted = held(uses, name)
            if wanted > store.usable_size:
                sizes = format_scaled(store.usable_size, "B"), format_scaled(wanted, "B")
                message = f"holds {sizes[0]}, but {sizes[1]} are put there"
                self.faults.append(Fault(("storage", name, store.kind.size_key), message))

    def _durability(self, uses: tuple[Use, ...]) -> tuple[StoreDurability, ...]:
        found = []
        for name, store in self.site.stores.items():
            with self._part("storage", name):
                found.append(
                    store.kind.durability(name, store.described, uses, self.stack, self.facts)
                )
        return tuple(one for one in found if one is not None)

    def _descriptions(self, uses: tuple[Use, ...]) -> tuple[StoreDescription, ...]:
        return tuple(
            self._description(name, store, [use.nodes for use in uses if use.store == name])
            for name, store in self.site.stores.items()
        )

    def _description(self, name: str, store: SolvedStore, users: list[str]) -> StoreDescription:
        """A store, with what the largest of the groups that use it gets of it."""
        known = StoreDescription(
            name, store.kind.title, store.kind.made_of(store.described), store.usable_size
        )
        # Volumes belong to their own nodes; without users, any group may come to use it.
        own = getattr(store.described, "nodes", None)
        groups = users or ([own] if own else list(self.site.groups))
        if not groups:
            return known
        most = max(groups, key=lambda group: self.site.groups[group].described.count)
        speed = self.site.speed(name, most)
        return replace(
            known,
            read=speed.read,
            write=speed.write,
            limit=speed.limit,
            burst_read=speed.reading(0.0),
            burst_time=speed.burst_time(),
        )

    def _draw(self, workloads: Mapping[str, SolvedWorkload]) -> energy.Draw | None:
        """Of electricity; its faults are told where the building has them described."""
        facility = self.stack.facility
        if provider_of(self.stack).owned and (facility is None or facility.pue is None):
            return None
        if not provider_of(self.stack).owned and not self.stack.nodes:
            return energy.outside(workloads.values())  # managed services draw what nobody tells
        try:
            return energy.draw(self.stack, self.facts)
        except UnknownPower as error:
            if facility is not None and facility.electricity is not None:
                self.faults.append(Fault(("facility",), str(error)))
        except UnknownName as error:
            self.faults.append(unknown(("facility", "electricity", "grid"), error))
        return None

    def _of_nodes(self) -> Iterator[Finding]:
        for name, group in self.stack.nodes.items():
            yield from node_group.findings(name, group, self.stack, self.facts)
            yield from node_failures.findings(name, group, self.stack, self.facts)
            yield from reservation_findings(name, group, self.stack)

    def _unused_rates(self) -> None:
        """Failure rates of its own are of something that the stack has."""
        used = self.facts.failing_components()
        for name in self.stack.failure_rates:
            if name not in used:
                message = f"is of nothing in this stack, which uses {', '.join(used)}"
                self.faults.append(Fault(("failure_rates", name), message))


def _borrowed(facts: Facts) -> Iterator[Finding]:
    """Prices of other regions, which a reader must know before believing a bill."""
    for region, other, items in facts.borrowed():
        text = (
            f"no price is known there of {', '.join(items)}: those of {other}, the nearest region"
            " with one, are taken, with an interval as wide as prices of neighbours differ"
        )
        yield Finding("warning", region, text)


def _unpriced(lines: tuple[CostLine, ...]) -> tuple[Finding, ...]:
    """What is not known is not zero."""
    return tuple(
        Finding(
            "warning",
            line.resource,
            f"{line.item}: no price is known, so the bill is at least what it says: {line.source}",
        )
        for line in lines
        if not line.priced
    )


def zones_of(
    workloads: Iterable[tuple[WorkloadKind, Workload, Any]], site: Site
) -> tuple[Component, ...] | None:
    """The zones over which all workloads are spread; None where some stand together.

    Arguments:
        workloads: their kinds and descriptions, and the answers that were solved of them.
        site: what they run on.
    """
    needs: list[InZones] = []
    for kind, described, answer in workloads:
        if kind.zones_needed is None or not kind.spreads(described):
            return None
        needs += kind.zones_needed(answer, site)
    return shared_network.spread_out(site.stack, site.facts, needs)


def _interruption_rate(components: tuple[Component, ...], needs: frozenset[str]) -> float:
    """How often work is interrupted that needs some of the components, 1/s."""
    return sum(one.among(needs).interruption_rate() for one in components if one.name in needs)
