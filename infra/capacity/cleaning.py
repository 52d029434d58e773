"""Removing, or adopting, what a hunt has left in the cloud."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from infra.capacity.cloud import Existing, Provisioner, Refused
from infra.capacity.journal import Creation, Journal, State
from models.capacity.refusal import Step

Answer = TypeVar("Answer")
# What a cloud was told to create appears in its lists after some seconds (Amazon EC2 API reference,
# "Eventual consistency").
SETTLED = 30.0
_TRIES, _FIRST_PAUSE, _LONGEST_PAUSE = 8, 1.0, 30.0


class Time(Protocol):
    """A clock, and waiting."""

    def now(self) -> float:
        """Time since 1970, s."""

    def sleep(self, seconds: float) -> None:
        """Let time go by, s."""


@dataclass(frozen=True)
class Remover:
    """Deletes what belongs to creations, and writes it down.

    Arguments:
        cloud: that has them.
        journal: that knows of them.
        time: a clock.
        settled: a look that finds nothing counts so long after the request, s.
    """

    cloud: Provisioner
    journal: Journal
    time: Time
    settled: float = 0.0

    def remove(self, creation: Creation) -> bool:
        """Delete all of it.

        Arguments:
            creation: of the journal.

        Returns:
            Whether something was there.

        Raises:
            Refused: the cloud does not let it be found or deleted.
            NoClient: the cloud can't be asked.
            OSError: it was deleted, and the journal could not be written.
        """
        unwritten = None
        if creation.state is not State.CREATING:
            unwritten = self._written(creation, State.DELETING)
        found = self.look(creation)
        if found:
            unwritten = self._written(creation, State.DELETING) or unwritten
            self._patiently(lambda: self.cloud.delete(creation, found))
        if unwritten is not None:  # what costs money goes first
            raise unwritten
        self.journal.now(creation.name, State.GONE)
        return bool(found)

    def look(self, creation: Creation) -> tuple[Existing, ...]:
        """What exists of it; where less is found of what is new than there should be, again later.

        Arguments:
            creation: of the journal.
        """
        found, pause = self._found(creation), _FIRST_PAUSE
        while creation.state is not State.DELETING and len(found) < creation.expected:
            left = creation.began + self.settled - self.time.now()
            if left <= 0.0:
                break
            self.time.sleep(min(pause, left))
            found, pause = self._found(creation), 2.0 * pause
        return found

    def _written(self, creation: Creation, state: State) -> OSError | None:
        try:
            self.journal.now(creation.name, state)
        except OSError as error:
            return error
        return None

    def _found(self, creation: Creation) -> tuple[Existing, ...]:
        return self._patiently(lambda: tuple(self.cloud.find(creation)))

    def _patiently(self, call: Callable[[], Answer]) -> Answer:
        """The answer, asked for again and again while the cloud is busy."""
        pause = _FIRST_PAUSE
        for _ in range(_TRIES - 1):
            try:
                return call()
            except Refused as refused:
                if refused.refusal.kind.value.step is not Step.BACK_OFF:
                    raise
            self.time.sleep(pause)
            pause = min(2.0 * pause, _LONGEST_PAUSE)
        return call()


def resume(remover: Remover) -> tuple[str, ...]:
    """Adopt what a hunt that was cut off left whole, if nothing is kept yet, and delete the rest.

    Arguments:
        remover: of the cloud and the journal.

    Returns:
        The names of what is kept.

    Raises:
        Refused: the cloud does not let something be found or deleted.
        NoClient: the cloud can't be asked.
    """
    journal = remover.journal
    for creation in journal.kept():
        if not remover.look(creation):  # the cloud has deleted it at its end
            journal.now(creation.name, State.GONE)
    for creation in list(journal.unresolved()):
        found = remover.look(creation)
        wanted = creation.state in (State.CREATING, State.EXISTS)
        if wanted and len(found) == creation.expected and not any(journal.kept()):
            journal.now(creation.name, State.KEPT)
        else:
            remover.remove(creation)
    return tuple(one.name for one in journal.kept())


def clean(remover: Remover) -> tuple[str, ...]:
    """Delete all that hunts have left, kept or not.

    Arguments:
        remover: of the cloud and the journal.

    Returns:
        The names of what was there.

    Raises:
        Refused: the cloud does not let something be found or deleted.
        NoClient: the cloud can't be asked.
    """
    left = [one for one in remover.journal.creations.values() if one.may_exist]
    return tuple(one.name for one in left if remover.remove(one))
