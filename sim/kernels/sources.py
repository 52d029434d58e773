"""Which files the machine code of a room is made of."""

from pathlib import Path

from models.machine_code.kept_code import KeptCode

_SHARED = Path(__file__).parent  # compiled into the code of every room
_FOLDERS = ("arrays", "kernel")  # of a room


def sources(*rooms: Path) -> list[Path]:
    """Every file that compiled code of rooms can be made of, in a fixed order.

    Arguments:
        rooms: folders with `arrays` and `kernel`, such as sim/queueing.
    """
    own = [file for room in rooms for folder in _FOLDERS for file in (room / folder).glob("*.py")]
    return sorted({*_SHARED.glob("*.py"), *own})


def kept_code(room: Path, *others: Path) -> KeptCode:
    """Where the compiled code of a room is kept.

    Arguments:
        room: folder with `arrays` and `kernel`.
        others: rooms whose sources are compiled into it too.
    """
    return KeptCode(room, sources(room, *others))
