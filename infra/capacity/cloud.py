"""What a hunt asks of a cloud; each cloud is one module that answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from infra.capacity.journal import Creation
from models.capacity.refusal import Refusal

LABEL = "windtunnel-find"  # of all that a hunt creates; its value is the name of the creation


class Refused(Exception):
    """The cloud did not give what was asked for.

    Attributes:
        refusal: what it said.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.words}" if refusal.code else refusal.words)
        self.refusal = refusal


class NoClient(Exception):
    """The cloud can't be asked at all: no library, no credentials, no project, no connection."""


@dataclass(frozen=True)
class Existing:
    """What exists of a creation.

    Arguments:
        identifier: of the cloud.
        reservation: capacity alone; else a node.
    """

    identifier: str
    reservation: bool


class Provisioner(Protocol):
    """A cloud that creates and deletes."""

    def owner(self) -> str:
        """Whose account or project it is.

        Raises:
            Refused: with the reason.
            NoClient: the cloud can't be asked.
        """

    def overrun(self, reservation: bool) -> float:
        """How long after its end something may still be billed, s.

        Arguments:
            reservation: capacity alone; else nodes.
        """

    def create(self, creation: Creation) -> Sequence[Existing]:
        """All nodes of it or none, labelled with its name, deleted by the cloud at its end.

        Raises:
            Refused: with the reason.
            NoClient: the cloud can't be asked.
        """

    def find(self, creation: Creation) -> Sequence[Existing]:
        """What exists of it, by its label.

        Raises:
            Refused: with the reason.
            NoClient: the cloud can't be asked.
        """

    def delete(self, creation: Creation, found: Sequence[Existing]) -> None:
        """Delete it; what is no longer there is deleted.

        Raises:
            Refused: with the reason.
            NoClient: the cloud can't be asked.
        """
