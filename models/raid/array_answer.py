"""What is known about a disk or an array of disks: by laws, and of losses by simulation."""

from dataclasses import dataclass, field
from typing import Literal

from models.prediction import UNIT, Estimate, Method


@dataclass(frozen=True)
class ArraySpace:
    """What an array is and holds.

    Arguments:
        words: the layout, such as "RAID 6 of 8 disks".
        disks: how many.
        sets: of them that survive failures by themselves.
        tolerated: failed disks of a set that lose nothing.
        usable: what can be stored.
        raw: what all disks hold.
    """

    words: str
    disks: int
    sets: int
    tolerated: int
    usable: float = field(metadata={UNIT: "bytes"})
    raw: float = field(metadata={UNIT: "bytes"})


@dataclass(frozen=True)
class ArraySpeed:
    """How fast an array is in one of its states.

    Arguments:
        state: whole, with failed disks, or rebuilding.
        read: large reads.
        write: large writes.
        random_reads: small reads.
        random_writes: small writes.
        mixed: small requests of the described mix.
    """

    state: str
    read: float = field(metadata={UNIT: "bytes/s"})
    write: float = field(metadata={UNIT: "bytes/s"})
    random_reads: float = field(metadata={UNIT: "1/s"})
    random_writes: float = field(metadata={UNIT: "1/s"})
    mixed: float = field(metadata={UNIT: "1/s"})


@dataclass(frozen=True)
class DiskTimes:
    """How long one disk takes for one request, by parts, and with its queue.

    Arguments:
        controller: overhead.
        seek: of the arm, over all requests.
        rotation: until the sector comes by.
        transfer: of the data.
        service: of the whole.
        shortest: of a request that needs neither seek nor turn.
        longest: over all tracks and after a whole turn; None where the seek is known by its mean.
        rate: requests that a disk which never idles serves.
        bandwidth: bytes of them.
        arrival_rate: of requests at one disk; None where it is not asked.
        utilization: share of the time that the disk is busy; None where it is not asked.
        response: mean of waiting and service; None where it is not asked or never settles.
        law: how the times are known.
        method: whether the response time is exact.
    """

    controller: float = field(metadata={UNIT: "s"})
    seek: float = field(metadata={UNIT: "s"})
    rotation: float = field(metadata={UNIT: "s"})
    transfer: float = field(metadata={UNIT: "s"})
    service: float = field(metadata={UNIT: "s"})
    shortest: float = field(metadata={UNIT: "s"})
    longest: float | None = field(metadata={UNIT: "s"})
    rate: float = field(metadata={UNIT: "1/s"})
    bandwidth: float = field(metadata={UNIT: "bytes/s"})
    arrival_rate: float | None = field(metadata={UNIT: "1/s"})
    utilization: float | None
    response: float | None = field(metadata={UNIT: "s"})
    law: str
    method: Method

    @property
    def unstable(self) -> bool:
        """More requests arrive than the disk can serve."""
        return self.utilization is not None and self.utilization >= 1


@dataclass(frozen=True)
class DiskRuns:
    """How long one disk takes for one request, by simulation.

    Arguments:
        law: the engine, in words.
        service: of the whole.
        response: mean of waiting and service; None where it is not asked or never settles.
        response_p95: its 95th percentile; likewise.
    """

    law: str
    service: Estimate = field(metadata={UNIT: "s"})
    response: Estimate | None = field(metadata={UNIT: "s"})
    response_p95: Estimate | None = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class FlashWear:
    """What garbage collection costs flash, and how long it lasts.

    Arguments:
        write_amplification: pages programmed for one that the host writes.
        bytes_written: that the host can write in its life; None without its endurance.
        drive_writes_per_day: that this is over the warranty; None without its endurance.
        life: until it is worn at what is written; None where that is not said.
    """

    write_amplification: float
    bytes_written: float | None = field(metadata={UNIT: "bytes"})
    drive_writes_per_day: float | None
    life: float | None = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class Losses:
    """What an array loses in its mission, by a law or by simulation.

    Arguments:
        method: exact or approximation of the mean time, or simulation.
        law: in words.
        mttdl: mean time to the first loss; None by simulation.
        loss_probability: of one loss or more in the mission.
        expected_losses: in the mission.
        bytes_lost: expected in the mission; None by simulation.
        nomdl: expected bytes lost a usable byte; None by simulation.
        from_failures: expected losses by too many failed disks; None by law.
        from_defects: by a failed disk beside a hidden defect; None by law.
        from_reading: by a rebuild that can't read; None by law.
        textbook: approximations of the mean time by name, s.
    """

    method: Method
    law: str
    mttdl: Estimate | None = field(metadata={UNIT: "s"})
    loss_probability: Estimate
    expected_losses: Estimate
    bytes_lost: Estimate | None = field(default=None, metadata={UNIT: "bytes"})
    nomdl: Estimate | None = None
    from_failures: Estimate | None = None
    from_defects: Estimate | None = None
    from_reading: Estimate | None = None
    textbook: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class ArrayVerdict:
    """Whether an objective is met.

    Arguments:
        name: durability, capacity or response_time.
        target: that must be reached; bytes or s where it is one.
        reached: the answer that was judged, as the target is given; None where nothing is known.
        met: whether it is enough.
    """

    name: Literal["durability", "capacity", "response_time"]
    target: float
    reached: float | None
    met: bool


@dataclass(frozen=True)
class ArrayAnswer:
    """A disk or an array by laws.

    Arguments:
        array: its name.
        mission: for which losses are counted, s.
        space: what it is and holds; None where no capacity is known.
        repair_time: mean from a failure until the data are whole again, s; None without repair.
        speeds: of its states; empty where no rate is known.
        times: of a request at one disk; None where it is not asked.
        flash: None of what has none.
        losses: None where no law is known or nothing is asked.
        notes: what a reader must know.
    """

    array: str
    mission: float = field(metadata={UNIT: "s"})
    space: ArraySpace | None
    repair_time: float | None = field(metadata={UNIT: "s"})
    speeds: tuple[ArraySpeed, ...]
    times: DiskTimes | None
    flash: FlashWear | None
    losses: Losses | None
    notes: tuple[str, ...] = ()

    @property
    def unstable(self) -> bool:
        """More requests arrive than the disks can serve."""
        return self.times is not None and self.times.unstable
