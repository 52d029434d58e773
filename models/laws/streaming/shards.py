"""What a shard of Kinesis takes and gives, and how many are needed."""

import math
from dataclasses import dataclass

WRITTEN = 1e6  # bytes/s of a shard
RECORDS = 1000.0  # of a shard, 1/s
READ = 2e6  # bytes/s of a shard, of all consumers or of each with enhanced fan-out
READS = 5.0  # calls of a shard, 1/s, of all consumers
# Of one record, with its key: what a stream takes by default, and at the most (Amazon Kinesis Data
# Streams Developer Guide, Quotas and limits, and "Large records", 2026-11-27).
LARGEST_BY_DEFAULT = 2.0**20
LARGEST = 10 * 2.0**20
PAYLOAD_UNIT = 25_000.0  # bytes that a PUT is billed by
_LITTLE = 1e-9  # of a shard, for sums that are not exact


@dataclass(frozen=True)
class ShardsNeeded:
    """The fewest shards for each of the limits.

    Arguments:
        written: by bytes that are written.
        records: by their number.
        read: by bytes that are read.
        reads: by calls that read.
    """

    written: int
    records: int
    read: int
    reads: int

    @property
    def most(self) -> int:
        """The fewest that keep all limits."""
        return max(self.written, self.records, self.read, self.reads, 1)

    @property
    def limit(self) -> str:
        """The limit that asks for most of them, for people."""
        named = {
            "bytes written": self.written,
            "records written": self.records,
            "bytes read": self.read,
            "reads": self.reads,
        }
        return max(named, key=lambda name: named[name])


def shards_needed(written: float, records: float, read: float, reads: float = 0.0) -> ShardsNeeded:
    """The fewest shards that take and give so much, if keys spread evenly over them.

    Arguments:
        written: bytes/s of all producers.
        records: 1/s of all producers.
        read: bytes/s of all consumers together.
        reads: calls of all consumers together, 1/s.

    Source: Amazon Kinesis Data Streams Developer Guide, Quotas and limits: in 1 MB/s or 1,000
        records/s, out 2 MB/s and 5 reads/s a shard.
    """
    figures = ((written, WRITTEN), (records, RECORDS), (read, READ), (reads, READS))
    return ShardsNeeded(*(math.ceil(figure / limit - _LITTLE) for figure, limit in figures))


def payload_units(size: float) -> int:
    """Units of 25 kB that a record is billed as.

    Arguments:
        size: of the record, bytes.

    Source: Amazon Kinesis Data Streams pricing: PUT payload units of 25 KB.
    """
    return max(1, math.ceil(size / PAYLOAD_UNIT - _LITTLE))


def links(producers: int, consumers: int) -> int:
    """Connections where every producer sends to every consumer.

    Arguments:
        producers: how many there are.
        consumers: how many there are.

    Source: Kreps, Narkhede and Rao (2011), Kafka: a distributed messaging system for log
        processing.
    """
    return producers * consumers


def links_through_log(producers: int, consumers: int) -> int:
    """Connections where each has one to a log between them.

    Arguments:
        producers: how many there are.
        consumers: how many there are.

    Source: Kreps, Narkhede and Rao (2011), as above.
    """
    return producers + consumers
