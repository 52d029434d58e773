"""Sizes and throughputs in which FSx sells Lustre."""

import math

from models.catalog.records import StorageService

# Throughput of persistent FSx for Lustre on SSD that can be had, MB/s for each TiB.
LUSTRE_THROUGHPUTS = (125, 250, 500, 1000)


def lustre_capacity(size: float) -> int:
    """The least capacity that FSx for Lustre sells and that holds a size, GiB.

    It sells 1,200 and 2,400 GiB and multiples of the latter, and calls 1,200 GiB "1.2 TiB"
    (FSx for Lustre user guide, "Managing storage capacity").

    Arguments:
        size: wanted capacity, bytes.
    """
    units = math.ceil(size / (1200 * 2**30) - 1e-9)
    return 1200 if units <= 1 else 2400 * math.ceil(units / 2)


def lustre_throughput(service: StorageService) -> int:
    """The throughput that a persistent file system is bought with, MB/s for each TiB.

    Arguments:
        service: the storage service of the catalog; its bandwidth is the one that was predicted.
    """
    wanted = service.bandwidth_per_byte * 1000 * 2**30 / 1e6  # a TiB of AWS is 1,000 GiB
    return min(LUSTRE_THROUGHPUTS, key=lambda throughput: abs(throughput - wanted))
