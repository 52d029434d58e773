"""RAID: capacity, rates and mean time to data loss of arrays of equal disks."""

from dataclasses import dataclass

FEWEST_DISKS = {"0": 1, "1": 2, "10": 4, "5": 3, "6": 4}
_PARITY = {"0": 0, "5": 1, "6": 2}
_WRITE_PENALTY = {"0": 1, "1": 2, "10": 2, "5": 4, "6": 6}


@dataclass(frozen=True)
class Raid:
    """An array of equal disks.

    Arguments:
        level: "0", "1", "10", "5" or "6".
        disks: how many.

    Raises:
        ValueError: an unknown level, or too few or an odd number of disks for it.
    """

    level: str
    disks: int

    def __post_init__(self) -> None:
        if self.level not in FEWEST_DISKS:
            raise ValueError(
                f"RAID level {self.level} is not known; one of {', '.join(FEWEST_DISKS)}"
            )
        if self.disks < FEWEST_DISKS[self.level]:
            raise ValueError(
                f"RAID {self.level} needs {FEWEST_DISKS[self.level]} disks or more,"
                f" not {self.disks}"
            )
        if self.level in ("1", "10") and self.disks % 2:
            raise ValueError(f"RAID {self.level} needs an even number of disks, not {self.disks}")

    @property
    def data_disks(self) -> int:
        """Disks' worth of usable capacity (Patterson, Gibson and Katz 1988, tables II to VI)."""
        return self.disks // 2 if self.level in ("1", "10") else self.disks - _PARITY[self.level]

    @property
    def tolerated(self) -> int:
        """Disk failures that lose nothing, whichever disks fail."""
        return 1 if self.level in ("1", "10") else _PARITY[self.level]

    def sequential(self, rate: float) -> float:
        """Sequential rate of the array, bytes/s.

        Arguments:
            rate: of one disk, bytes/s.

        Source: Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapter 38.
        """
        return self.data_disks * rate

    def random_reads(self, rate: float) -> float:
        """Small random reads of the array, 1/s.

        Arguments:
            rate: of one disk, 1/s.

        Source: Operating Systems: Three Easy Pieces, chapter 38.
        """
        return self.disks * rate

    def random_writes(self, rate: float) -> float:
        """Small random writes of the array, 1/s: each costs reads and writes of parity.

        Arguments:
            rate: of one disk, 1/s.

        Source: Operating Systems: Three Easy Pieces, chapter 38; RAID 6 by the same argument.
        """
        return self.disks * rate / _WRITE_PENALTY[self.level]

    def mttdl(self, mttf: float, mttr: float) -> float:
        """Mean time to data loss, s, where repairs are far quicker than failures.

        Arguments:
            mttf: of one disk, s.
            mttr: of one disk, s, one repair at a time.

        Source: Patterson, Gibson and Katz (1988), section 6; Chen et al. (1994), section 4.1.
        """
        n = self.disks
        if self.level == "0":
            return mttf / n
        if self.level in ("1", "10"):
            return mttf**2 / (n * mttr)
        if self.level == "5":
            return mttf**2 / (n * (n - 1) * mttr)
        return mttf**3 / (n * (n - 1) * (n - 2) * mttr**2)
