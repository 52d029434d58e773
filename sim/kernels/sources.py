"""Which files the machine code of a room is made of."""

from pathlib import Path

_SHARED = Path(__file__).parent  # compiled into the code of every room
_FOLDERS = ("arrays", "kernel")  # of a room


def sources(*rooms: Path) -> list[Path]:
    """Every file that compiled code of rooms can be made of, in a fixed order.

    Arguments:
        rooms: folders with `arrays` and `kernel`, such as sim/queueing.
    """
    own = [file for room in rooms for folder in _FOLDERS for file in (room / folder).glob("*.py")]
    return sorted({*_SHARED.glob("*.py"), *own})
