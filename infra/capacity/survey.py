"""What a cloud says it has, before anything is tried."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from infra.capacity.cloud import Refused
from models.capacity.place import Place
from models.capacity.refusal import Refusal
from models.catalog.records import Instance
from models.description.fields import Purchase

Task = TypeVar("Task")
Answer = TypeVar("Answer")
AT_ONCE = 10  # requests under way


@dataclass(frozen=True)
class Wanted:
    """What is looked for.

    Arguments:
        shapes: instances of the catalog, by name.
        nodes: how many in one place.
        purchase: how they are bought.
        regions: that are looked at; empty for all that the account may use.
        zones: that are looked at; empty for all of these regions.
    """

    shapes: dict[str, Instance]
    nodes: int
    purchase: Purchase
    regions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Zone:
    """A zone that the cloud names.

    Arguments:
        region: that it belongs to.
        name: of it.
        up: the cloud says that it works.
    """

    region: str
    name: str
    up: bool = True


@dataclass(frozen=True)
class Seen:
    """What a cloud says of a shape in a zone.

    Arguments:
        place: the shape and zone.
        offered: it is to be had there at all; None where the cloud did not say.
        quota: what the account may have at once, in the unit of the quota; None where not known.
        quota_used: of it, as far as the cloud says.
        quota_needed: by the nodes, in the same unit.
        spot_price: of a node, USD/h; None where not known.
        chance: of having spot nodes, as the cloud publishes it; None where it does not.
        pre_empted: share of spot nodes that it took back of late; None where not known.
        reserved: nodes for which there is unused reserved capacity.
    """

    place: Place
    offered: bool | None = None
    quota: float | None = None
    quota_used: float = 0.0
    quota_needed: float = 0.0
    spot_price: float | None = None
    chance: float | None = None
    pre_empted: float | None = None
    reserved: int = 0

    @property
    def enough_quota(self) -> bool | None:
        if self.quota is None:
            return None
        return self.quota - self.quota_used >= self.quota_needed


@dataclass(frozen=True)
class Survey:
    """All that a cloud said.

    Arguments:
        zones: every one that it names, as far as it was asked for.
        seen: of each shape in each.
        unanswered: what it did not say, as it put it.
    """

    zones: tuple[Zone, ...]
    seen: tuple[Seen, ...]
    unanswered: tuple[Refusal, ...]


class Surveyor(Protocol):
    """A cloud that tells what it has; nothing is created."""

    def survey(self, wanted: Wanted, show: Callable[[int, int], None] | None = None) -> Survey:
        """What it says.

        Raises:
            Refused: it does not even name its regions and zones.
            NoClient: it can't be asked.
        """


def at_once(
    tasks: Sequence[Callable[[], Answer]], show: Callable[[int, int], None] | None = None
) -> tuple[list[Answer | None], list[Refusal]]:
    """The answers to questions, few of them under way at a time, and what was refused.

    Arguments:
        tasks: each asks one thing after another.
        show: told how many of how many are done.
    """
    refusals: list[Refusal] = []

    def asked(task: Callable[[], Answer]) -> Answer | None:
        try:
            return task()
        except Refused as refused:
            refusals.append(refused.refusal)
            return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = []
        try:
            for done, answer in enumerate(pool.map(asked, tasks), 1):
                answers.append(answer)
                if show:
                    show(done, len(tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return answers, refusals


def each_once(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """The same refusal of the same code once, in an order that does not depend on who was first.

    Arguments:
        refusals: as they came.
    """
    found = {(one.code, one.words): one for one in refusals}
    return tuple(found[key] for key in sorted(found))
