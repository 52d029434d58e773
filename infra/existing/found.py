"""What was made of the resources of a program: parts of a stack, and what each resource became."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from infra.existing.resource import Resource

_OUTSIDE = re.compile(r"[^a-z0-9]+")
LONGEST = 40  # characters of a name in a stack file


class Fate(Enum):
    """What became of a resource."""

    PART = "is a part of the stack"
    WITHIN = "belongs to a part of the stack"
    ASIDE = "changes no figure"
    WORKLOAD = "belongs to a workload, which an overlay says"
    LEFT_OUT = "is left out"


@dataclass(frozen=True)
class Told:
    """What became of a resource.

    Arguments:
        resource: which one.
        fate: what became of it.
        why: in words; may be empty.
    """

    resource: Resource
    fate: Fate
    why: str = ""


@dataclass
class Found:
    """A stack in the making.

    Arguments:
        name: of the program.
        nodes: node groups as a stack file has them, by name.
        storage: stores, likewise.
        identities: likewise.
        zones: where nodes are.
        region: of the cloud.
        cidr: of the network; empty where the file does not say it.
        told: what became of the resources, by key.
        open: what a stack needs and the file does not say: path, and why.
        kubernetes: its cluster, as a stack file has it; empty for none.
        groups: names of the node groups that a resource is in, by its key.
        stores: name of the store that a resource is, by its key.
    """

    name: str
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    storage: dict[str, dict[str, Any]] = field(default_factory=dict)
    identities: dict[str, dict[str, Any]] = field(default_factory=dict)
    zones: list[str] = field(default_factory=list)
    region: str = ""
    cidr: str = ""
    told: dict[str, Told] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    kubernetes: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    stores: dict[str, str] = field(default_factory=dict)

    def tell(self, resource: Resource, fate: Fate, why: str = "") -> None:
        """Say what became of a resource.

        Arguments:
            resource: which one.
            fate: what became of it.
            why: in words.
        """
        self.told[resource.key] = Told(resource, fate, why)


def free_name(wanted: str, taken: Iterable[str], otherwise: str) -> str:
    """A name as a stack file takes it, that nothing else has.

    Arguments:
        wanted: what the program called it.
        taken: names that are there already.
        otherwise: what it is called where nothing is left of the name.
    """
    plain = _OUTSIDE.sub("-", wanted.lower()).strip("-").lstrip("0123456789-")
    plain = plain[:LONGEST].rstrip("-") or otherwise
    held, name, position = set(taken), plain, 2
    while name in held:
        name = f"{plain[: LONGEST - len(str(position)) - 1]}-{position}"
        position += 1
    return name


def common_name(names: list[str]) -> str:
    """What the names of equal things have in common: web-0 and web-1 are web.

    Arguments:
        names: of them, one at the least.
    """
    if len(names) == 1:
        return names[0]
    first, last = min(names), max(names)
    length = next(
        (at for at, (one, two) in enumerate(zip(first, last, strict=False)) if one != two),
        min(len(first), len(last)),
    )
    return first[:length].rstrip("-_.[0123456789") or first
