"""What the user should know and need not stop for."""

from collections.abc import Iterable

import pulumi


def warn(sentences: Iterable[str]) -> None:
    """Show each sentence as a warning of the engine.

    Arguments:
        sentences: what to say; empty ones are left out.
    """
    for sentence in sentences:
        if sentence:
            pulumi.log.warn(sentence)
