"""What is bought of a volume beside its size: the one rule of the prediction, bill and program."""

import math
from collections.abc import Iterator
from dataclasses import replace

from models.catalog.records import BilledBeside, StorageService
from models.description.quantities import format_scaled
from models.parts.billing import whole_gib
from models.reading.faults import Fault, PathInFile

_MIB = 2.0**20


def sold_rates(service: StorageService, size: float) -> tuple[float, float]:
    """The fewest and the most requests/s that can be provisioned with a size.

    Arguments:
        service: of the catalog, of which requests are provisioned.
        size: of the volume, bytes.
    """
    whole = whole_gib(size)
    least = max(service.least_iops, service.least_iops_per_byte * whole)
    by_size = max(service.included_iops, service.iops_per_byte * whole)
    return math.ceil(least), math.floor(min(service.most_rate, by_size))


def sold_bandwidths(service: StorageService) -> tuple[float, float]:
    """The least and the most bandwidth that can be provisioned, bytes/s.

    Arguments:
        service: of the catalog, of which throughput is provisioned.
    """
    return service.included_bandwidth, service.client_bandwidth


def as_bought(
    service: StorageService, size: float, bandwidth: float | None, iops: int | None
) -> StorageService:
    """The service with the bandwidth and the requests that a volume is built and billed with.

    Arguments:
        service: of the catalog.
        size: of the volume, bytes.
        bandwidth: that is asked for, bytes/s; None for what comes with it.
        iops: requests/s that are asked for; None for what comes with it.
    """
    rate, speed = service.get_rate_limit, service.base_bandwidth
    if BilledBeside.IOPS in service.bills:
        least, most = sold_rates(service, size)
        rate = min(max(rate if iops is None else float(iops), least), most)
    if BilledBeside.THROUGHPUT in service.bills:
        least, most = sold_bandwidths(service)
        speed = min(max(speed if bandwidth is None else bandwidth, least), most)
        speed = math.floor(speed / _MIB) * _MIB  # as providers sell it
    if service.request_size:
        speed = min(speed, rate * service.request_size)
    return replace(service, base_bandwidth=speed, get_rate_limit=rate)


def not_sold(
    path: PathInFile,
    service: StorageService,
    size: float,
    share: int,
    bandwidth: float | None,
    iops: int | None,
) -> Iterator[Fault]:
    """Faults of a bandwidth or a rate that can't be bought, or not with that size.

    Arguments:
        path: of the store.
        service: of the catalog.
        size: of a volume, bytes.
        share: volumes that the size of the store is divided by.
        bandwidth: asked for of a volume, bytes/s; None for what is included.
        iops: asked for of a volume, 1/s; likewise.
    """
    least, most = sold_rates(service, size)
    if iops is not None and BilledBeside.IOPS not in service.bills:
        yield Fault((*path, "iops"), f"can't be chosen for {service.name}")
        return
    if iops is not None and not least <= iops <= most:
        with_size = ""
        if most < iops <= service.most_rate:
            needed = math.ceil(iops / (service.iops_per_byte * 2.0**30))
            with_size = f"; {iops:,} need {needed:,} GiB"
        of_size = f"{service.name} of {math.ceil(size / 2.0**30):,} GiB"
        yield Fault((*path, "iops"), f"must be {least:,} to {most:,} for {of_size}{with_size}")
        return
    if bandwidth is None:
        return
    if BilledBeside.THROUGHPUT not in service.bills:
        yield Fault((*path, "bandwidth"), f"can't be chosen for {service.name}")
        return
    least_of_it, most_of_it = sold_bandwidths(service)
    rate = as_bought(service, size, bandwidth, iops).get_rate_limit
    if not least_of_it <= bandwidth <= most_of_it:
        sold = f"{format_scaled(least_of_it, 'B/s')} to {format_scaled(most_of_it, 'B/s')}"
        yield Fault((*path, "bandwidth"), f"must be {sold} for {service.name}")
    elif service.request_size and bandwidth > rate * service.request_size:
        requests = math.ceil(bandwidth / service.request_size)
        message = f"needs {requests:,} requests/s, but {rate:,.0f} are bought"
        hint = f"say 'iops: {requests}'"
        if requests > most:
            gib = share * math.ceil(requests / (service.iops_per_byte * 2.0**30))
            hint = f"say 'size: {gib} GiB' or more, and 'iops: {requests}'"
        yield Fault((*path, "bandwidth"), message, hint)
