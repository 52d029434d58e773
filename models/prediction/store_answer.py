"""What is predicted of the stores of a stack."""

from dataclasses import dataclass, field
from typing import ClassVar

from models.prediction.estimates import UNIT, Method


@dataclass(frozen=True)
class StoreDescription:
    """What a store is, for people.

    Arguments:
        name: of the store.
        kind: what people call such a store.
        made_of: what it is made of.
        capacity: usable, bytes; of the volume of one node where each has its own.
        read: that the nodes which use it can go on with, together, bytes/s; None without nodes.
        write: likewise, bytes/s.
        limit: what sets the reads, in words.
        burst_read: what full credits allow them to read, bytes/s; no more than `read` without.
        burst_time: for which that lasts, s; 0 without credits.
    """

    name: str
    kind: str
    made_of: str
    capacity: float = field(metadata={UNIT: "bytes"})
    read: float | None = field(metadata={UNIT: "bytes/s"}, default=None)
    write: float | None = field(metadata={UNIT: "bytes/s"}, default=None)
    limit: str = ""
    burst_read: float | None = field(metadata={UNIT: "bytes/s"}, default=None)
    burst_time: float = field(metadata={UNIT: "s"}, default=0.0)


@dataclass(frozen=True)
class StoreDurability:
    """How safe the bytes of a store are.

    Arguments:
        name: of the store.
        capacity: usable, bytes.
        loss_probability: that anything is lost within a year.
        expected_loss: bytes a year.
        mttdl: mean time to data loss, s; None where a service publishes its durability alone.
        law: how it was had, with what is assumed of repairs.
        method: exact or approximation; measured where a service publishes it.
        overhead: bytes kept, and written, for each that is stored, of a code over hosts.
        repair_traffic: bytes that remaking one lost host reads of the others, of such a code.
    """

    name: str
    capacity: float = field(metadata={UNIT: "bytes"})
    loss_probability: float = field(metadata={UNIT: "within a year"})
    expected_loss: float = field(metadata={UNIT: "bytes/year"})
    mttdl: float | None = field(metadata={UNIT: "s"})
    law: str
    method: Method
    overhead: float | None = None
    repair_traffic: float | None = field(metadata={UNIT: "bytes"}, default=None)

    DERIVED: ClassVar[dict[str, str]] = {"normalized_loss": "1/year"}  # properties with units

    @property
    def normalized_loss(self) -> float:
        """Expected share of the usable bytes that is lost within a year (NOMDL).

        Source: Greenan, Plank and Wylie (2010), Mean time to meaningless.
        """
        return self.expected_loss / self.capacity


@dataclass(frozen=True)
class DegradedStore:
    """What a store does while one of its disks is away.

    Arguments:
        name: of the store.
        state: whole, one disk failed, or rebuilding.
        read: bytes/s, for all nodes together.
        write: bytes/s.
        duration: of one such time, s; 0 for the whole store.
        share: of the time that the store spends in it.
        throughput: samples/s of each workload that reads it then, by name.
    """

    name: str
    state: str
    read: float = field(metadata={UNIT: "bytes/s"})
    write: float = field(metadata={UNIT: "bytes/s"})
    duration: float = field(metadata={UNIT: "s"})
    share: float
    throughput: tuple[tuple[str, float], ...] = field(metadata={UNIT: "samples/s"})

    BY_NAME: ClassVar[tuple[str, ...]] = ("throughput",)  # pairs that are an object in JSON
