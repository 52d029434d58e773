"""Where an answer is to be written, seen before the long work that it comes of."""

from __future__ import annotations

from pathlib import Path

from commands.leaving import WORLD_REFUSED, leave


def check_file(path: Path) -> None:
    """Refuse a file that could not be written, and make its folder.

    Arguments:
        path: of the file.

    Raises:
        OSError: its folder can't be made or written.
    """
    if path.is_dir():
        leave(f"{path}: is a folder; give the name of a file", WORLD_REFUSED)
    check_folder(path.parent)


def check_folder(path: Path) -> None:
    """Refuse a folder that could not be written in, and make it.

    Arguments:
        path: of the folder.

    Raises:
        OSError: it can't be made or written.
    """
    from reports import files

    for one in (path, *path.parents):
        if one.exists() and not one.is_dir():
            leave(f"{one}: is a file, where a folder is needed", WORLD_REFUSED)
    files.check_folder(path)
