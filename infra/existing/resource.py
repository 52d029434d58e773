"""What a preview, an export or a plan says of the resources of a program, whatever its language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any


class Missing(Enum):
    """Why a value is not in a file."""

    UNKNOWN = "known once it is created"
    SECRET = "a secret"


@dataclass(frozen=True)
class Resource:
    """One resource of a program.

    Arguments:
        key: that no other has: a URN or an address.
        type: as the classes of Pulumi are called, such as "aws:ec2/instance:Instance"; as the file
            has it where no such class is known.
        name: that the program gave it.
        values: its properties, camelCase; what is not in the file is a `Missing`.
        given: properties that the program set itself.
        refers: keys of the resources that each property takes something of.
        ids: texts by which other resources call it.
        parent: key of what it is a part of; empty for none.
        region: of its provider; empty where the file does not say it.
    """

    key: str
    type: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    refers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    parent: str = ""
    region: str = ""

    def get(self, *path: str) -> Any:
        """A value below keys; None where there is none, a `Missing` where it is not in the file.

        A list of one stands for what is in it, as Terraform writes a block that is there once.

        Arguments:
            path: keys, from the outermost.
        """
        found: Any = self.values
        for key in path:
            found = single(found)
            if isinstance(found, Missing):
                return found
            if not isinstance(found, Mapping):
                return None
            found = found.get(key)
        return found

    def text(self, *path: str) -> str:
        """A text below keys; empty where there is none.

        Arguments:
            path: keys, from the outermost.
        """
        found = self.get(*path)
        return found if isinstance(found, str) else ""

    def number(self, *path: str) -> float | None:
        """A number below keys, which some write as a text; None where there is none.

        Arguments:
            path: keys, from the outermost.
        """
        return number(self.get(*path))

    def blocks(self, *path: str) -> list[Mapping[str, Any]]:
        """The blocks of a list, or the one that stands alone.

        Arguments:
            path: keys, from the outermost.
        """
        found = self.get(*path)
        listed = found if isinstance(found, list) else [found]
        return [one for one in listed if isinstance(one, Mapping)]


@dataclass(frozen=True)
class Program:
    """The resources of one program.

    Arguments:
        name: of the program or of its Pulumi stack.
        resources: in the order of the file.
        region: that is configured for all of them; empty where the file does not say it.
        left_out: resources that the file counts and does not hold.
    """

    name: str
    resources: Sequence[Resource]
    region: str = ""
    left_out: int = 0

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[Resource]]:
        found: dict[str, list[Resource]] = {}
        for one in self.resources:
            found.setdefault(one.type, []).append(one)
        return found

    @cached_property
    def _by_text(self) -> Mapping[str, Sequence[Resource]]:
        """The resources that a key or an id means."""
        found: dict[str, list[Resource]] = {}
        for one in self.resources:
            for each in {one.key, *one.ids}:
                found.setdefault(each, []).append(one)
        return found

    def of(self, *types: str) -> Iterator[Resource]:
        """Those of some types.

        Arguments:
            types: as the classes of Pulumi are called.
        """
        for kind in types:
            yield from self._by_type.get(kind, ())

    def referred(self, resource: Resource, *path: str) -> list[Resource]:
        """What a property takes something of: by what the file says of it, or by an id.

        Arguments:
            resource: whose property.
            path: keys of the property.
        """
        meant = [*resource.refers.get(path[0], ()), *texts_in(resource.get(*path))]
        found = {
            one.key: one
            for each in meant
            for one in self._by_text.get(each, ())
            if one.key != resource.key
        }
        return list(found.values())


def single(value: Any) -> Any:
    """What a list of one holds; anything else as it is.

    Arguments:
        value: any.
    """
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def number(value: Any) -> float | None:
    """A finite number, which some files write as a text; None for anything else.

    Arguments:
        value: any.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < float("inf") else None


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a value.

    Arguments:
        value: any.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
