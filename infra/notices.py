"""What the user should know and need not stop for."""

from collections.abc import Iterable, Mapping

import pulumi


def warn(sentences: Iterable[str]) -> None:
    """Show each sentence as a warning of the engine.

    Arguments:
        sentences: what to say; empty ones are left out.
    """
    for sentence in sentences:
        if sentence:
            pulumi.log.warn(sentence)


def unpriced(store: str, billed: Mapping[str, int]) -> str:
    """What to say of a volume whose speed costs more than its capacity; empty if it does not.

    Arguments:
        store: name of the store.
        billed: what is billed on top, by name.
    """
    if not billed:
        return ""
    chosen = " and ".join(f"{key} {value:,}" for key, value in billed.items())
    return (
        f"storage.{store}: each volume is provisioned as fast as it was predicted, {chosen}; "
        "that is billed on top of the predicted cost"
    )
