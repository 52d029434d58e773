"""What a row of the catalog becomes: facts in SI base units, each with a date and a source."""

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from models.catalog.errors import CatalogError as CatalogError
from models.catalog.errors import UnknownName as UnknownName
from models.catalog.failures import FailureRate as FailureRate
from models.catalog.failures import FailureReport as FailureReport
from models.catalog.failures import Place as Place
from models.catalog.hardware import PRECISIONS as PRECISIONS
from models.catalog.hardware import Accelerator as Accelerator
from models.catalog.hardware import Architecture as Architecture
from models.catalog.hardware import Disk as Disk
from models.catalog.hardware import Driver as Driver
from models.catalog.hardware import Instance as Instance
from models.catalog.hardware import InstanceStorage as InstanceStorage
from models.catalog.hardware import Link as Link
from models.catalog.hardware import PowerDraw as PowerDraw
from models.catalog.history import StorageCost as StorageCost
from models.catalog.lookup import distinct, narrow
from models.catalog.operators import CollectiveTable as CollectiveTable
from models.catalog.operators import MatrixTable as MatrixTable
from models.catalog.operators import Regime as Regime
from models.catalog.operators import StepCalibration as StepCalibration
from models.catalog.operators import StepError as StepError
from models.catalog.places import Grid as Grid
from models.catalog.places import Region as Region
from models.catalog.providers import service_of
from models.catalog.units import Bytes, BytesPerSecond, Flop, PerSecond, Seconds, Usd


class BilledBeside(StrEnum):
    """What a storage service bills beside the capacity."""

    REQUESTS = "requests"  # each that reads and each that writes
    TRAFFIC = "traffic"  # each byte read and each byte written
    VERSIONS = "versions"  # what was overwritten, as long as it is kept
    IOPS = "iops"  # provisioned, beyond what is included
    THROUGHPUT = "throughput"  # likewise
    BACKUPS = "backups"  # copies of what lies there, as long as they are kept


EVERYWHERE = "all"  # region of a price that a provider sets for all of its regions


@dataclass(frozen=True)
class StorageService:
    """Storage that a provider runs: its bandwidth, its limits and what it promises.

    `implementation` is what of the provider holds the data, `type` what the provider calls that
    kind of it where it is made, and `billed_as` the service of the price list that its capacity is
    billed by.
    Aggregate bandwidth is the smaller of `base_bandwidth` (infinite where no cap is published)
    and, where `bandwidth_per_byte` is not 0, capacity times that and `flat_bandwidth`, no less than
    `least_bandwidth`.
    `client_bandwidth` caps one node, `write_bandwidth` all writes together; writes are
    `write_share` of what reads are, with their bursts.
    Rates are requests/s a prefix, infinite where unlimited; where `rate_per_byte` is not 0, reads
    are sustained at capacity times that and `flat_rate`, no less than `least_rate`, within that
    limit, and reach
    `burst_rate` while `credit_requests` last. `durability` is the fraction of objects that
    outlive a year; None where none is published. Where `burst_per_byte` is not 0, capacity times
    that, no less than `least_burst`, is reached, within the base, while credits last:
    `credit_per_byte` of the capacity at most, no less than `least_credit`, which the aggregate
    fills. A volume's bandwidth may be chosen up to `client_bandwidth`, and its requests up to
    `most_rate`, where that is not 0; `request_size` is the most that one request of it moves, 0
    where not limited.
    `bills` is what is billed beside the capacity, by items of the price list that carry the name of
    the service in front: "-get" and "-put" of requests, "-read" and "-write" of traffic, "-iops"
    and "-throughput", of which `included_iops` and `included_bandwidth` cost nothing. What can be
    provisioned of a size is from `least_iops`, and `least_iops_per_byte` times the capacity, to the
    included or `iops_per_byte` times the capacity; what is above each of `iops_tiers`, up to the
    next, costs "-iops-above-" and that number.
    """

    provider: str
    name: str
    kind: str
    implementation: StrEnum
    type: str
    billed_as: str
    base_bandwidth: BytesPerSecond
    bandwidth_per_byte: PerSecond
    client_bandwidth: BytesPerSecond
    write_bandwidth: BytesPerSecond
    latency: Seconds
    get_rate_limit: PerSecond
    put_rate_limit: PerSecond
    minimum_capacity: Bytes
    capacity_step: Bytes
    availability: float
    durability: float | None
    date: datetime.date
    source: str
    note: str = ""
    burst_per_byte: PerSecond = 0.0
    credit_per_byte: float = 0.0
    write_share: float = 1.0
    least_bandwidth: BytesPerSecond = 0.0
    least_burst: BytesPerSecond = 0.0
    least_credit: Bytes = 0.0
    rate_per_byte: float = 0.0
    least_rate: PerSecond = 0.0
    burst_rate: PerSecond = 0.0
    credit_requests: float = 0.0
    most_rate: PerSecond = 0.0
    request_size: Bytes = 0.0
    bills: tuple[BilledBeside, ...] = ()
    included_iops: float = 0.0
    included_bandwidth: BytesPerSecond = 0.0
    iops_per_byte: float = 0.0
    iops_tiers: tuple[float, ...] = ()
    least_iops: float = 0.0
    least_iops_per_byte: float = 0.0
    flat_bandwidth: BytesPerSecond = 0.0
    flat_rate: PerSecond = 0.0


@dataclass(frozen=True)
class Price:
    """What one unit of one item cost in one region on one day, without tax or discount.

    `low` and `high` bound the price over the region's zones; both equal `usd` where it is certain.
    """

    provider: str
    service: str
    item: str
    region: str
    unit: str
    purchase: str
    usd: Usd
    low: Usd
    high: Usd
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class NeuralNetwork:
    """The arithmetic of a network: one multiply-add is two FLOP; activations are fp32, training."""

    name: str
    parameters: float
    forward_flops_per_sample: Flop
    activation_bytes_per_sample: Bytes
    sample_unit: str
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class MeasuredRate:
    """Training throughput that someone measured: samples/s of all accelerators together."""

    accelerator: str
    network: str
    precision: str
    software: str
    local_batch: int
    accelerators: int
    samples_per_second: PerSecond
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class Software:
    """A training software: whether it sends gradients while it still computes others.

    `jitter` is the standard deviation of one accelerator's step; `rates_of` names the software
    whose measured rates stand for its own, `steps_of` the one whose calibrated steps of
    transformers do where it has none, empty where none is known; `fused_attention` says whether
    its attention never writes scores to memory. Gradients go out in buckets of `bucket`, layer by
    layer where that is 0; `trees` says whether its collectives know trees (NCCL since 2.4).
    `attention_share` is what its kernel of attention reaches of the peak where it was measured
    alone, `loss_bytes` what its loss moves for a score of a token and `memory_traffic` what its
    other kernels move over the least where those are known; all None where they are not.
    `score_bytes` is what the score of a token for one word takes with its copies and its
    gradient; `sums_fp32` says whether gradients of bf16 are added up in fp32, in memory of
    their own; `gathers_layers` whether sharded parameters are gathered a layer at a time, not a
    matrix. `hides_sums` says whether gradients of what enters shared matrices are summed while
    those of weights are computed; `adds_up` whether the product that makes a gradient adds it
    to those before; `skips_last` whether the last product of a layer is left out where the layer
    is computed again. `model_parallel` says whether it spreads a model over accelerators by its
    matrices, stages, sequences or experts; `most_zero` is the highest stage of ZeRO that it
    has, and `copies` says whether it shards parameters in several copies, too.
    """

    name: str
    overlap: bool
    bucket: Bytes
    trees: bool
    jitter: Seconds
    rates_of: str
    steps_of: str
    fused_attention: bool
    attention_share: float | None
    loss_bytes: float | None
    memory_traffic: float | None
    score_bytes: float
    sums_fp32: bool
    gathers_layers: bool
    hides_sums: bool
    adds_up: bool
    skips_last: bool
    model_parallel: bool
    most_zero: int
    copies: bool
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class DataPreparation:
    """How fast one vCPU decodes and augments samples of a kind."""

    sample_unit: str
    samples_per_second: PerSecond
    date: datetime.date
    source: str
    note: str = ""


Record = (
    Accelerator
    | Instance
    | Link
    | Disk
    | StorageService
    | Price
    | FailureRate
    | FailureReport
    | NeuralNetwork
    | MeasuredRate
    | Software
    | DataPreparation
    | Region
    | StorageCost
    | Grid
    | PowerDraw
    | InstanceStorage
    | MatrixTable
    | CollectiveTable
    | StepCalibration
    | StepError
)

TABLES = (
    "accelerators",
    "instances",
    "links",
    "disks",
    "storage_services",
    "prices",
    "failure_rates",
    "failure_reports",
    "neural_networks",
    "measured_rates",
    "software",
    "data_preparation",
    "regions",
    "storage_cost_by_year",
    "grids",
    "power_draws",
    "instance_storage",
    "matrix_rates",
    "collective_times",
    "step_calibrations",
    "step_errors",
)


@dataclass(frozen=True)
class Catalog:
    """Every table of the catalog, by key; a lookup that fails says what is near."""

    accelerators: Mapping[str, Accelerator]
    instances: Mapping[tuple[str, str], Instance]
    links: Mapping[str, Link]
    disks: Mapping[str, Disk]
    storage_services: Mapping[tuple[str, str], StorageService]
    prices: tuple[Price, ...]
    failure_rates: Mapping[str, FailureRate]
    failure_reports: Mapping[str, FailureReport]
    neural_networks: Mapping[str, NeuralNetwork]
    measured_rates: tuple[MeasuredRate, ...]
    software: Mapping[str, Software]
    data_preparation: Mapping[str, DataPreparation]
    regions: Mapping[tuple[str, str], Region]
    storage_cost_by_year: tuple[StorageCost, ...]
    grids: Mapping[str, Grid]
    power_draws: Mapping[str, PowerDraw]
    instance_storage: Mapping[tuple[str, str], InstanceStorage]
    matrix_rates: Mapping[tuple[str, str], MatrixTable]
    collective_times: Mapping[tuple[str, str, str], CollectiveTable]
    step_calibrations: Mapping[tuple[str, str], StepCalibration]
    step_errors: Mapping[tuple[str, str], StepError]
    digest: str  # SHA-256 of the tables, hexadecimal

    def instance(self, provider: str, name: str) -> Instance:
        """Find an instance by provider and name; raises `UnknownName` with the nearest names.

        An instance that a service rents out, such as ml.g5.xlarge, is the machine in its name.
        """
        found = self.instances.get((provider, name))
        if found is None and (service := service_of(provider, name)) is not None:
            machine = self.instances.get((provider, service.machine(name)))
            found = None if machine is None else replace(machine, name=name)
        if found is None:
            known = narrow(list(self.instances.values()), {"provider": provider}, "an instance")
            raise UnknownName("instance", name, distinct(row.name for row in known), provider)
        return found

    def price(
        self,
        provider: str,
        service: str,
        item: str,
        region: str,
        purchase: str,
        unit: str | None = None,
    ) -> Price:
        """Find the one price of an item in a region; never that of another region.

        Raises `UnknownName` for the first of the arguments that no price matches, with the values
        that would match, or for the unit when the item is sold in several and none was given.
        """
        asked = (provider, service, item, region, purchase, unit)
        if asked not in self._asked:
            try:
                self._asked[asked] = self._price(*asked)
            except UnknownName as error:  # to find what is near takes long
                self._asked[asked] = error
        found = self._asked[asked]
        if isinstance(found, UnknownName):
            raise found.with_traceback(None)
        return found

    @functools.cached_property
    def _asked(self) -> dict[tuple[str | None, ...], "Price | UnknownName"]:
        """Prices that were asked for: many stacks ask for the same ones."""
        return {}

    def _price(
        self,
        provider: str,
        service: str,
        item: str,
        region: str,
        purchase: str,
        unit: str | None,
    ) -> Price:
        sold = self.sold.get((provider, service, item, purchase), ())
        here = [row for row in sold if row.region == region and unit in (None, row.unit)]
        if len(here) == 1 and not any(row.region == EVERYWHERE for row in sold):
            return here[0]
        wanted = {"provider": provider, "service": service, "item": item}
        wanted |= {"region": region, "purchase": purchase}
        if unit is not None:
            wanted["unit"] = unit
        rows = [row for row in self.prices if row.item == item and row.region == EVERYWHERE]
        everywhere = (replace(row, region=region) for row in rows)
        found = narrow([*self.prices, *everywhere], wanted, "a price of")
        if len(found) > 1:
            units = distinct(price.unit for price in found)
            raise UnknownName("unit", "(none given)", units, f"a price of {provider} {item}")
        return found[0]

    @functools.cached_property
    def sold(self) -> dict[tuple[str, str, str, str], list[Price]]:
        """Prices by provider, service, item and purchase: a stack asks for one after the other."""
        found: dict[tuple[str, str, str, str], list[Price]] = {}
        for row in self.prices:
            found.setdefault((row.provider, row.service, row.item, row.purchase), []).append(row)
        return found

    def nearest(self, kind: str, name: str) -> tuple[str, ...]:
        """Name the entries of a table whose spelling is closest to `name`, best first."""
        names = {table: table for table in TABLES} | {table[:-1]: table for table in TABLES}
        if kind not in names:
            raise UnknownName("table", kind, TABLES)
        table = getattr(self, names[kind])
        rows = table.values() if isinstance(table, Mapping) else table
        return UnknownName(kind, name, distinct(name_of(row) for row in rows)).nearest


def name_of(record: Record) -> str:
    """Say what a record is called within its table."""
    match record:
        case Price():
            return record.item
        case FailureRate() | PowerDraw():
            return record.component
        case MeasuredRate():
            return record.network
        case DataPreparation():
            return record.sample_unit
        case StorageCost():
            return record.medium
        case MatrixTable() | CollectiveTable():
            return record.accelerator
        case StepCalibration() | StepError():
            return record.software
        case FailureReport():
            return record.fleet
        case _:
            return record.name
