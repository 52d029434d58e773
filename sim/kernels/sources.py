"""Which files the machine code of a room is made of."""

from pathlib import Path

_SHARED = Path(__file__).parent  # compiled into the code of every room
_FOLDERS = ("arrays", "kernel")  # of a room


def sources(room: Path) -> list[Path]:
    """Every file that compiled code of a room can be made of, in a fixed order.

    Arguments:
        room: folder with `arrays` and `kernel`, such as sim/queueing.
    """
    own = [file for folder in _FOLDERS for file in (room / folder).glob("*.py")]
    return sorted({*_SHARED.glob("*.py"), *own})
