"""Topics of a log: partitions to which records are appended, and from which they are read."""

from dataclasses import dataclass, field

from models.laws.streaming.keys import Integers


@dataclass
class Topic:
    """A topic, whose partitions keep their records in the order in which these were appended.

    Arguments:
        partitions: how many.
        placed: partition of each key.
    """

    partitions: int
    placed: Integers
    records: list[list[object]] = field(init=False)
    _turn: int = 0

    def __post_init__(self) -> None:
        self.records = [[] for _ in range(self.partitions)]

    def append(
        self, record: object, key: int | None = None, partition: int | None = None
    ) -> tuple[int, int]:
        """Append a record; gives its partition and its offset there.

        The partition that is named, or else that of its key, or else the next in turn.

        Arguments:
            record: any.
            key: of it; None for one without.
            partition: that the producer names; None where it names none.
        """
        if partition is None and key is not None:
            partition = int(self.placed[key])
        if partition is None:
            partition = self._turn
            self._turn = (self._turn + 1) % self.partitions
        self.records[partition].append(record)
        return partition, len(self.records[partition]) - 1

    def read(self, partition: int, offset: int) -> list[object]:
        """The records of a partition from an offset on.

        Arguments:
            partition: which.
            offset: of the first.
        """
        return self.records[partition][offset:]
