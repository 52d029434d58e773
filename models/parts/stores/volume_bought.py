"""What is bought of a volume beside its size: the one rule of the prediction, bill and program."""

import math
from dataclasses import replace

from models.catalog.records import BilledBeside, StorageService
from models.parts.billing import whole_gib

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
