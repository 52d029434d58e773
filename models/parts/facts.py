"""The catalog as a prediction sees it: every figure that is looked up is remembered as a source."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import wraps
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from models.catalog.borrowing import borrowed_price
from models.catalog.errors import UnknownName
from models.catalog.operator_tables import (
    ServingMatrices,
    serving_calibration,
    serving_collectives,
    serving_matrices,
)
from models.catalog.operators import MEASURED, Regime, StepCalibration
from models.catalog.records import (
    EVERYWHERE,
    Accelerator,
    Catalog,
    DataPreparation,
    Disk,
    FailureRate,
    Grid,
    Instance,
    InstanceStorage,
    Link,
    MeasuredRate,
    NeuralNetwork,
    PowerDraw,
    Price,
    Region,
    Software,
    StorageService,
)
from models.description.quantities import format_duration, format_percent, format_scaled
from models.description.stack import OwnFailureRate
from models.laws.facility_power import JOULES_PER_KWH
from models.laws.transformers.machine import Collectives
from models.prediction import Source

OF_THE_STACK = "failure_rates of the stack"  # source of a rate


class _Dated(Protocol):
    @property
    def date(self) -> datetime.date: ...
    @property
    def source(self) -> str: ...


Row = TypeVar("Row")
DatedRow = TypeVar("DatedRow", bound=_Dated)
P = ParamSpec("P")


def _once(
    lookup: Callable[Concatenate["Facts", P], Row],
) -> Callable[Concatenate["Facts", P], Row]:
    """Look up a row once a prediction: the words of its figure take longer than finding it."""

    @wraps(lookup)
    def found(facts: "Facts", /, *names: P.args, **more: P.kwargs) -> Row:
        key = (lookup.__name__, names, tuple(more.items()))
        if key not in facts.found:
            facts.found[key] = lookup(facts, *names, **more)
        row: Row = facts.found[key]
        return row

    return found


class Facts:
    """Lookups in the catalog for one prediction, and what was looked up.

    Arguments:
        catalog: the tables.
        failure_rates: of the stack, which take the place of the catalog's.
        instead: rows that take the place of what is looked up, by the figure of its source.
    """

    def __init__(
        self,
        catalog: Catalog,
        failure_rates: Mapping[str, OwnFailureRate] = MappingProxyType({}),
        instead: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._catalog = catalog
        self._failure_rates = failure_rates
        self._instead = instead
        self.found: dict[tuple[Any, ...], Any] = {}  # rows by what was asked
        self._rows: dict[str, Any] = {}
        self._failing: dict[str, None] = {}  # components in order of first use
        self._used: dict[str, Source] = {}
        self._borrowed: dict[tuple[str, str], dict[str, None]] = {}

    def sources(self) -> tuple[Source, ...]:
        """Every figure that was used, in order of first use."""
        return tuple(self._used.values())

    def rows(self) -> Mapping[str, Any]:
        """The rows that were used, by the figures of their sources, in order of first use."""
        return self._rows

    @_once
    def instance(self, provider: str, name: str) -> Instance:
        """An instance; raises UnknownName."""
        found = self._catalog.instance(provider, name)
        network = format_scaled(found.network_bandwidth, "B/s")
        devices = f"{found.accelerators} x {found.accelerator}, " if found.accelerator else ""
        return self._use(f"{name}: {devices}{found.vcpus} vCPU, {network}", found)

    @_once
    def instance_storage(self, provider: str, name: str) -> InstanceStorage | None:
        """What is published of an instance's storage; None where nothing is."""
        found = self._catalog.instance_storage.get((provider, name))
        if found is None:
            return None
        burst = f"bursts to {format_scaled(found.block_burst, 'B/s')}" if found.block_burst else ""
        rate = f"{found.block_iops:,.0f} requests/s" if found.block_iops else ""
        disks = f"{found.local_disks} local disks" if found.local_disks else ""
        text = ", ".join(part for part in (rate, burst, disks) if part)
        return self._use(f"{name}, storage: {text}", found)

    @_once
    def accelerator(self, name: str) -> Accelerator:
        """An accelerator; raises UnknownName."""
        found = _get(self._catalog.accelerators, "accelerator", name)
        return self._use(f"{name}: {format_scaled(found.memory, 'B')} of memory", found)

    @_once
    def link(self, name: str) -> Link:
        """A link; raises UnknownName."""
        found = _get(self._catalog.links, "link", name)
        text = f"{format_scaled(found.bandwidth, 'B/s')}, {format_duration(found.latency)} a hop"
        return self._use(f"{name}: {text}", found)

    @_once
    def disk(self, name: str) -> Disk:
        """A disk; raises UnknownName."""
        found = _get(self._catalog.disks, "disk", name)
        return self._use(f"{name}: {format_scaled(found.capacity, 'B')}", found)

    @_once
    def storage_service(self, provider: str, name: str) -> StorageService:
        """A storage service; raises UnknownName."""
        table = {
            key[1]: row for key, row in self._catalog.storage_services.items() if key[0] == provider
        }
        found = _get(table, "storage service", name)
        return self._use(f"{name}: available {100 * found.availability:.4g} % of the time", found)

    def failing_components(self) -> tuple[str, ...]:
        """Components whose failure rates were used, in order of first use."""
        return tuple(self._failing)

    @_once
    def failure_rate(self, component: str, *others: str) -> FailureRate:
        """How often a component fails; raises UnknownName.

        Arguments:
            component: of which the catalog may say nothing, if others follow.
            others: that stand in for it, the nearest first; a rate of the stack for any is one of
                the component.
        """
        table = self._catalog.failure_rates
        names = [name for name in (component, *others) if name in table]
        found = _get(table, "component", names[0] if names else component)
        self._failing |= dict.fromkeys(names)
        own = [self._failure_rates[name] for name in names if name in self._failure_rates]
        if own:
            found = _with_own(found, own[0])
        text = f"fails every {format_duration(found.mttf)}"
        if found.mttf_low is not None and found.mttf_high is not None:
            ends = format_duration(found.mttf_low), format_duration(found.mttf_high)
            text += f" (95 % interval {ends[0]} to {ends[1]})"
        text += f", away for {format_duration(found.mttr)}"
        if found.failures_per_demand is not None:
            text += f", {format_percent(found.failures_per_demand)} of starts fail"
        return self._use(f"{found.component}: {text}", found)

    @_once
    def region(self, provider: str, name: str) -> Region:
        """A provider's region; raises UnknownName."""
        table = {key[1]: row for key, row in self._catalog.regions.items() if key[0] == provider}
        found = _get(table, f"{provider} region", name)
        return self._use(f"{name}: power usage effectiveness {found.pue:g}", found)

    @_once
    def grid(self, name: str) -> Grid:
        """What electricity of a grid emits; raises UnknownName."""
        found = _get(self._catalog.grids, "grid", name)
        grams = found.carbon_intensity * 1e3 * JOULES_PER_KWH
        return self._use(f"{name}: {grams:.4g} g of CO2 equivalent for a kWh", found)

    @_once
    def power_draw(self, component: str) -> PowerDraw:
        """What a piece of hardware draws; raises UnknownName."""
        found = _get(self._catalog.power_draws, "component", component)
        return self._use(f"{component}: draws {format_scaled(found.power, 'W')}", found)

    def neural_network(self, name: str) -> NeuralNetwork:
        """A neural network; raises UnknownName."""
        found = _get(self._catalog.neural_networks, "network", name)
        flops = format_scaled(found.forward_flops_per_sample, "FLOP")
        return self._use(f"{name}: {found.parameters:,.0f} parameters, {flops} forward", found)

    def software(self, name: str) -> Software:
        """A training software; raises UnknownName."""
        found = _get(self._catalog.software, "software", name)
        overlap = "overlaps communication" if found.overlap else "does not overlap communication"
        return self._use(f"{name}: {overlap}, jitter {format_duration(found.jitter)}", found)

    def data_preparation(self, unit: str) -> DataPreparation:
        """How fast a vCPU prepares samples of a kind; raises UnknownName."""
        found = _get(self._catalog.data_preparation, "kind of sample", unit)
        return self._use(
            f"preparation of one {unit}: {found.samples_per_second:.0f}/s a vCPU", found
        )

    def measured_rates(self) -> tuple[MeasuredRate, ...]:
        """All measured rates; the one that is chosen is named to `use_rate`."""
        return self._catalog.measured_rates

    def use_rate(self, rate: MeasuredRate) -> MeasuredRate:
        """Remember a measured rate as a source."""
        workers = f" on {rate.accelerators} accelerators" if rate.accelerators > 1 else ""
        figure = (
            f"{rate.network} on {rate.accelerator}, {rate.precision}, batch {rate.local_batch},"
            f" {rate.software}: {rate.samples_per_second:,.1f} samples/s{workers}"
        )
        return self._use(figure, rate)

    def matrices(self, accelerator: Accelerator, precision: str) -> ServingMatrices | None:
        """Rates of matrix products that serve an accelerator; None where no peak is known."""
        found = serving_matrices(self._catalog, accelerator, precision)
        if found is not None:
            table = found.table
            used = self._use(f"matrix products on {table.accelerator} in {table.precision}", table)
            if used is not table:
                scale = found.rates.scale * used.rates.scale / table.rates.scale
                found = replace(
                    found, table=used, rates=replace(used.rates, scale=scale, _known={})
                )
        return found

    def collectives(self, accelerator: str, link: Link | None) -> Collectives:
        """Times of collective operations that serve an accelerator in its node."""
        return serving_collectives(self._catalog, accelerator, link)

    def step_calibration(self, software: str, accelerator: Accelerator) -> StepCalibration | None:
        """What a software, or what stands for it, makes of one; None where nothing is known."""
        found = serving_calibration(self._catalog, software, accelerator)
        if found is None:
            return None
        figure = f"steps of transformers with {found.software} on {found.generation}"
        return self._use(figure, found)

    def calibrated_software(self) -> tuple[str, ...]:
        """Softwares that have calibrated steps of transformers, of their own or of another."""
        own = {row.software for row in self._catalog.step_calibrations.values()}
        table = self._catalog.software
        return tuple(name for name, row in table.items() if name in own or row.steps_of in own)

    def step_error(self, software: str, regime: Regime) -> float:
        """How far steps of a regime were off: of the software, of its kin, or at worst of any.

        A layout in which no size was measured is no surer than another size is.
        """
        rows, table = self._catalog.step_errors, self._catalog.software
        if regime in MEASURED and (software, regime) not in rows:
            regime = Regime.INTERPOLATED
        kin = {name for name, row in table.items() if row.steps_of == software}
        kin |= {table[software].steps_of}
        for names in ({software}, kin):
            known = [row.error for name in names if (row := rows.get((name, regime)))]
            if known:
                return max(known)
        return max(
            row.error for row in rows.values() if row.regime in (regime, Regime.INTERPOLATED)
        )

    @_once
    def price(
        self,
        provider: str,
        service: str,
        item: str,
        region: str,
        purchase: str = "on_demand",
        unit: str | None = None,
    ) -> Price:
        """A price, of the nearest region with one where its own has none; raises UnknownName."""
        asked = (provider, service, item, region, purchase, unit)
        try:
            found = self._catalog.price(*asked)
        except UnknownName:
            near = borrowed_price(self._catalog, *asked)
            if near is None:
                raise
            found = near
            self._borrowed.setdefault((region, near.region), {})[item] = None
        where = found.region if found.region != EVERYWHERE else region
        return self._use(f"{item} in {where}, {purchase}: {found.usd:g} {found.unit}", found)

    def borrowed(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Prices of another region: the region that has none, the one that has, and the items."""
        for (region, other), items in self._borrowed.items():
            yield region, other, tuple(items)

    def accelerators_of_kind(self, kind: str) -> dict[str, Accelerator]:
        """The accelerators of a kind, by name, without remembering them."""
        return {name: row for name, row in self._catalog.accelerators.items() if row.kind == kind}

    def _use(self, figure: str, row: DatedRow) -> DatedRow:
        row = self._instead.get(figure, row)
        self._rows.setdefault(figure, row)
        self._used.setdefault(figure, Source(figure, row.date.isoformat(), row.source))
        return row


def _get(table: Mapping[str, Row], kind: str, name: str) -> Row:
    if name not in table:
        raise UnknownName(kind, name, tuple(table))
    return table[name]


def _with_own(rate: FailureRate, own: OwnFailureRate) -> FailureRate:
    """A rate with what the stack says of it, which is taken as certain."""
    found = replace(rate, mttr=own.mttr or rate.mttr, source=OF_THE_STACK)
    if own.mttf is None:
        return found
    return replace(found, mttf=own.mttf, mttf_low=None, mttf_high=None)
