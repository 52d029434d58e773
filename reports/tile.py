"""One of the big figures at the top of a report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """One of the big figures at the top.

    Arguments:
        label: what it is.
        value: the figure and its unit.
        note: what belongs to it.
    """

    label: str
    value: str
    note: str

    @property
    def figure(self) -> str:
        """The value without its unit."""
        return self.value.partition(" ")[0]

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return self.value.partition(" ")[2]
