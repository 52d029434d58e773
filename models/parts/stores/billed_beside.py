"""What a storage service bills beside its capacity: requests, traffic, old versions, speed."""

import math
from collections.abc import Iterator
from itertools import pairwise

from models.catalog.provider_record import Billed
from models.catalog.records import BilledBeside, StorageService
from models.description.quantities import DAY, HOUR, MONTH
from models.description.stack import Stack
from models.parts.billing import billed_line
from models.parts.facts import Facts
from models.parts.use import Use
from models.prediction import CostLine

VERSIONS_KEPT = 30 * DAY  # for which buckets are built to keep what was overwritten
_GB = 1e9


def of_use(
    name: str, service: StorageService, use: Use, stack: Stack, facts: Facts
) -> tuple[CostLine, ...]:
    """What a service bills for one use of a store: of the whole run, or by the hour.

    Arguments:
        name: of the store.
        service: that holds it.
        use: of the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    return tuple(
        billed_line(
            name,
            what,
            quantity,
            unit + ("/h" if use.endless and by_time else ""),
            Billed(service.billed_as, item, price_unit),
            stack,
            facts,
            per_run=not use.endless,
        )
        for what, quantity, unit, item, price_unit, by_time in _of_use(service, use)
        if quantity > 0
    )


def _of_use(service: StorageService, use: Use) -> Iterator[tuple[str, float, str, str, str, bool]]:
    if BilledBeside.REQUESTS in service.bills:
        unit, price = "thousand requests", "USD/1k requests"
        yield "read requests", use.reads / 1000, unit, f"{service.name}-get", price, True
        yield "write requests", use.writes / 1000, unit, f"{service.name}-put", price, True
    if BilledBeside.TRAFFIC in service.bills:
        yield "bytes read", use.read_size / _GB, "GB", f"{service.name}-read", "USD/GB", True
        written = use.written_size / _GB
        yield "bytes written", written, "GB", f"{service.name}-write", "USD/GB", True
    if BilledBeside.VERSIONS in service.bills and use.overwrites:
        what, price = "old versions, kept 30 days", "USD/GB-month"
        # Of a run: each byte for 30 days after it; of what never ends: as many as always lie there.
        months = VERSIONS_KEPT / (HOUR if use.endless else MONTH)
        unit = "GB" if use.endless else "GB-months"
        yield what, use.written_size / _GB * months, unit, service.name, price, False


def of_speed(
    name: str, service: StorageService, volumes: int, stack: Stack, facts: Facts
) -> tuple[CostLine, ...]:
    """What a service bills for the speed that its volumes are provisioned with.

    Arguments:
        name: of the store.
        service: as it is bought for a volume.
        volumes: how many.
        stack: that it belongs to.
        facts: the catalog.
    """
    found = []
    if BilledBeside.IOPS in service.bills:
        billed = max(0.0, service.get_rate_limit - service.included_iops)
        for above, up_to in pairwise((0.0, *service.iops_tiers, math.inf)):
            item = f"iops-above-{above:.0f}" if above else "iops"
            each = min(billed, up_to) - above
            found.append(("provisioned IOPS", each, "IOPS", item, "USD/IOPS-month"))
    if BilledBeside.THROUGHPUT in service.bills:
        more = max(0.0, service.base_bandwidth - service.included_bandwidth) / 2.0**20
        found.append(("provisioned throughput", more, "MiB/s", "throughput", "USD/MBps-month"))
    return tuple(
        billed_line(
            name,
            what,
            each * volumes,
            unit,
            Billed(service.billed_as, f"{service.name}-{item}", price),
            stack,
            facts,
        )
        for what, each, unit, item, price in found
        if each > 0
    )
