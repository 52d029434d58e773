"""The actions of AWS that a type of resource needs, and what they are on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actions:
    """What a type of resource needs.

    Arguments:
        actions: with the prefix of the service.
        on: ARN of what they are on, with `{name}` for the name in the cloud or its beginning,
            `{region}` and `{account}`; "*" where AWS knows the ARN only after it is made.
    """

    actions: frozenset[str]
    on: tuple[str, ...] = ("*",)


def of(service: str, words: str) -> frozenset[str]:
    """Actions of a service.

    Arguments:
        service: as policies call it.
        words: what they are called, parted by spaces.
    """
    return frozenset(f"{service}:{word}" for word in words.split())
