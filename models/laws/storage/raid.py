"""RAID and erasure codes: how equal disks are laid out, what they hold and how fast they are."""

from dataclasses import dataclass

from models.laws.arguments import whole

FEWEST_DISKS = {"0": 1, "1": 2, "10": 4, "01": 4, "4": 3, "5": 3, "6": 4, "50": 6, "60": 8}
MIRRORED = ("1", "10", "01")
GROUPED = ("50", "60")
DEDICATED = ("4",)  # one disk holds all parity
MIRRORED_STRIPES = ("01",)
_PARITY = {"0": 0, "4": 1, "5": 1, "6": 2, "50": 1, "60": 2}


class Layout:
    """Equal disks in sets of which each survives some failures by itself."""

    @property
    def sets(self) -> int:
        """How many independent sets."""
        raise NotImplementedError

    @property
    def set_data(self) -> int:
        """Disks' worth of data in one set."""
        raise NotImplementedError

    @property
    def tolerated(self) -> int:
        """Disk failures that lose nothing, whichever disks fail."""
        raise NotImplementedError

    @property
    def set_disks(self) -> int:
        """Disks of one set."""
        return self.set_data + self.tolerated

    @property
    def data_disks(self) -> int:
        """Disks' worth of usable capacity (Patterson, Gibson and Katz 1988, tables II to VI)."""
        return self.sets * self.set_data

    @property
    def write_accesses(self) -> int:
        """Accesses of disks for one small write, the write penalty.

        A copy is written; parity is read and written, as the data are.

        Source: Patterson, Gibson and Katz (1988), sections 7 to 11; more parities by the same
            argument.
        """
        if self.set_data == 1 or not self.tolerated:
            return self.set_disks if self.tolerated else 1
        return 2 + 2 * self.tolerated

    @property
    def dedicated_parity(self) -> bool:
        """Whether one disk holds all parity of its set."""
        return False

    @property
    def mirrored_stripes(self) -> bool:
        """Whether a failed disk takes the whole stripe on its side out."""
        return False

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

        Source: Operating Systems: Three Easy Pieces, chapter 38; a parity disk serves none.
        """
        reading = self.set_disks - self.dedicated_parity
        return self.sets * reading * rate

    def random_writes(self, rate: float) -> float:
        """Small random writes of the array, 1/s: each costs reads and writes of parity.

        Arguments:
            rate: of one disk, 1/s.

        Source: Operating Systems: Three Easy Pieces, chapter 38: a parity disk is read and
            written for each; RAID 6 and erasure codes by the same argument.
        """
        if self.dedicated_parity:
            return self.sets * rate / 2
        return self.sets * self.set_disks * rate / self.write_accesses


@dataclass(frozen=True)
class Raid(Layout):
    """An array of equal disks.

    Level 1 of more than two disks is striped over its pairs, as level 10 is.

    Arguments:
        level: "0", "1", "10", "01", "4", "5", "6", "50" or "60".
        disks: how many.
        groups: sets of RAID 5 or 6 that levels 50 and 60 are striped over.

    Raises:
        ValueError: an unknown level, or a number of disks or groups that it can't have.
    """

    level: str
    disks: int
    groups: int = 1

    def __post_init__(self) -> None:
        if self.level not in FEWEST_DISKS:
            raise ValueError(
                f"RAID level {self.level} is not known; one of {', '.join(FEWEST_DISKS)}"
            )
        disks, groups = whole("disks", self.disks, 0), whole("groups", self.groups, 1)
        grouped = self.level in GROUPED
        if not grouped and groups > 1:
            raise ValueError(f"RAID {self.level} has no groups, but {self.groups} are given")
        if grouped and groups == 1:
            raise ValueError(f"RAID {self.level} needs 2 groups or more, not 1")
        fewest = FEWEST_DISKS[self.level] // 2 * groups if grouped else FEWEST_DISKS[self.level]
        if disks < fewest:
            split = f" in {groups} groups" if grouped else ""
            raise ValueError(
                f"RAID {self.level}{split} needs {fewest} disks or more, not {self.disks}"
            )
        if disks % groups:
            raise ValueError(
                f"RAID {self.level} needs groups of equal size; {self.disks} disks can't be split"
                f" into {groups}"
            )
        if self.level in MIRRORED and disks % 2:
            raise ValueError(f"RAID {self.level} needs an even number of disks, not {self.disks}")
        object.__setattr__(self, "disks", disks)  # 8.0 is 8
        object.__setattr__(self, "groups", groups)

    @property
    def sets(self) -> int:
        """Sets that survive failures by themselves: pairs of a mirror, groups of 50 and 60."""
        return self.disks // 2 if self.level in MIRRORED else self.groups

    @property
    def set_data(self) -> int:
        """Disks' worth of data in one set."""
        return self.disks // self.sets - self.tolerated

    @property
    def tolerated(self) -> int:
        """Disk failures that lose nothing, whichever disks fail."""
        return 1 if self.level in MIRRORED else _PARITY[self.level]

    @property
    def dedicated_parity(self) -> bool:
        """Whether one disk holds all parity: level 4."""
        return self.level in DEDICATED

    @property
    def mirrored_stripes(self) -> bool:
        """Whether a failed disk takes the whole stripe on its side out: level 01."""
        return self.level in MIRRORED_STRIPES


@dataclass(frozen=True)
class ErasureCode(Layout):
    """Data in k pieces and m of parity, any k of which give them back (an MDS code).

    Arguments:
        data: pieces of data, k.
        parity: pieces of parity, m.
        groups: sets of k + m disks.

    Raises:
        ValueError: an argument out of range.
    """

    data: int
    parity: int
    groups: int = 1

    def __post_init__(self) -> None:
        for name in ("data", "parity", "groups"):
            object.__setattr__(self, name, whole(name, getattr(self, name), 1))

    @property
    def disks(self) -> int:
        """How many, in all groups."""
        return self.groups * (self.data + self.parity)

    @property
    def sets(self) -> int:
        """Groups of k + m disks."""
        return self.groups

    @property
    def set_data(self) -> int:
        """Pieces of data, k."""
        return self.data

    @property
    def tolerated(self) -> int:
        """Disk failures that lose nothing, whichever disks fail: m."""
        return self.parity
