"""Processes that end with the one that started them."""

import os
import threading
import time

_LOOK = 0.5  # s between two looks at whether the parent lives


def end_with(parent: int) -> None:
    """End this process, which would hold pipes of others, soon after its parent has ended.

    A parent that is killed can't tell its children. Systems that could tell them, such as Linux,
    speak of the thread that started a child, which may end before its process does.

    Arguments:
        parent: number of the process that started this one.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:  # another process becomes the parent of an orphan
        time.sleep(_LOOK)
    os._exit(1)
