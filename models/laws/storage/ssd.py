"""Solid-state disks: requests a second by block size, queue depth and share of reads."""

import math
from dataclasses import dataclass

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.storage.flash_wear import amplified


@dataclass(frozen=True)
class Flash:
    """The flash of a disk: dies that each read, program or erase one thing at a time.

    Arguments:
        dies: that work at the same time.
        page_size: bytes.
        pages_per_block: pages that are erased together.
        read_time: of a page, s.
        program_time: of a page, s.
        erase_time: of a block, s.
        interface_bandwidth: between disk and host, bytes/s.
        overhead: of the controller and the interface for each request, s.

    Raises:
        ValueError: an argument out of range.

    Source: Agrawal et al. (2008), Design tradeoffs for SSD performance, USENIX ATC, section 2.
    """

    dies: int
    page_size: float
    pages_per_block: int
    read_time: float
    program_time: float
    erase_time: float
    interface_bandwidth: float
    overhead: float = 0.0

    def __post_init__(self) -> None:
        whole("dies", self.dies, 1)
        whole("pages_per_block", self.pages_per_block, 2)
        for name in ("page_size", "read_time", "program_time", "interface_bandwidth"):
            positive(name, getattr(self, name))
        non_negative("erase_time", self.erase_time)
        non_negative("overhead", self.overhead)

    def page_time(self, read_share: float, write_amplification: float = 1.0) -> float:
        """Work of the dies for one page of the host, s.

        Arguments:
            read_share: of the pages, 0 to 1; the others are written.
            write_amplification: programs for each page that is written; each beyond the first
                copies a valid page that must be read before, and a block's pages are erased once
                for that many programs.

        Raises:
            ValueError: an argument out of range.
        """
        writes = 1 - probability("read_share", read_share)
        amplified(write_amplification)
        copies = write_amplification - 1
        erases = write_amplification / self.pages_per_block
        written = (
            write_amplification * self.program_time
            + copies * self.read_time
            + erases * self.erase_time
        )
        return (1 - writes) * self.read_time + writes * written

    def rate(
        self,
        size: float,
        queue_depth: int,
        read_share: float = 1.0,
        write_amplification: float = 1.0,
    ) -> float:
        """Requests of a size that the disk serves with so many outstanding, /s.

        A request is split into its pages, which lie on dies at random, so that some dies idle by
        chance: a closed network of equal stations with the overhead as think time. An
        approximation: exact for exponential times without overhead, a lower bound with it. A
        page that is needed in part is read whole.

        Arguments:
            size: of a request, bytes.
            queue_depth: requests outstanding, 1 or more.
            read_share: of the requests, 0 to 1.
            write_amplification: of those written.

        Raises:
            ValueError: an argument out of range.

        Source: Lazowska et al. (1984), Quantitative System Performance, section 5.4, balanced
            job bounds: N jobs on K stations keep N/(N + K - 1) of each busy.
        """
        pages = math.ceil(positive("size", size) / self.page_size)
        jobs = whole("queue_depth", queue_depth, 1) * pages
        time = self.page_time(read_share, write_amplification)
        waiting = (jobs - 1) * time / self.dies / (1 + self.overhead / (jobs * time))
        of_dies = jobs / (time + waiting + self.overhead) / pages
        return min(of_dies, self.interface_bandwidth / size)

    def bandwidth(
        self,
        size: float,
        queue_depth: int,
        read_share: float = 1.0,
        write_amplification: float = 1.0,
    ) -> float:
        """Bytes of requests of a size that the disk serves with so many outstanding, bytes/s.

        Arguments:
            size: of a request, bytes.
            queue_depth: requests outstanding, 1 or more.
            read_share: of the requests, 0 to 1.
            write_amplification: of those written.

        Raises:
            ValueError: an argument out of range.

        Source: that of `rate`.
        """
        return size * self.rate(size, queue_depth, read_share, write_amplification)


def mixed_rate(read_rate: float, write_rate: float, read_share: float) -> float:
    """Requests of a mix, from what a data sheet says of reads alone and writes alone, /s.

    An approximation: each request takes its share of the disk's time, and none disturbs another.

    Arguments:
        read_rate: of reads alone, /s.
        write_rate: of writes alone, /s.
        read_share: of the requests, 0 to 1.

    Raises:
        ValueError: an argument out of range.

    Source: the utilization law, Lazowska et al. (1984), chapter 3.
    """
    reads = probability("read_share", read_share)
    return 1 / (
        reads / positive("read_rate", read_rate) + (1 - reads) / positive("write_rate", write_rate)
    )


def size_limited_rate(rate: float, bandwidth: float, size: float, page_size: float) -> float:
    """Requests of a size, from a data sheet's rate of single pages and its bandwidth, /s.

    Arguments:
        rate: of requests of one page or less, /s.
        bandwidth: of large requests, bytes/s.
        size: of the requests, bytes; the disk moves whole pages.
        page_size: that the rate was stated for, bytes, most often 4 KiB.

    Raises:
        ValueError: an argument out of range.

    Source: the smaller of two capacities, Lazowska et al. (1984), section 5.2.
    """
    whole_pages = math.ceil(positive("size", size) / positive("page_size", page_size)) * page_size
    return min(positive("rate", rate), positive("bandwidth", bandwidth) / whole_pages)
