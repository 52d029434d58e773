"""A cloud in memory, whose zones refuse as they are told to, and a clock that nobody waits for."""

from collections.abc import Callable, Sequence

from infra.capacity.cloud import Existing, Refused
from infra.capacity.journal import Creation
from models.capacity.place import Place
from models.capacity.refusal import Kind, Refusal


class Time:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 1_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


Answer = Callable[[Creation], Kind | None]


class Cloud:
    """Gives nodes unless the answer is a refusal."""

    def __init__(self, answer: Answer = lambda creation: None) -> None:
        self.answer = answer
        self.living: dict[str, list[Existing]] = {}
        self.asked: list[tuple[str, str]] = []
        self.partly = 0  # nodes that stay of a refused creation
        self.behind = 0  # looks after a creation that do not show it yet
        self._unseen: dict[str, int] = {}

    def owner(self) -> str:
        return "account 1"

    def overrun(self, reservation: bool) -> float:
        return 3600.0 if reservation else 0.0

    def create(self, creation: Creation) -> Sequence[Existing]:
        self.asked.append(("create", creation.place.zone))
        kind = self.answer(creation)
        nodes = creation.nodes if kind is None else self.partly
        made = [Existing(f"{creation.name}-{k}", False) for k in range(nodes)]
        if made:
            self.living[creation.name] = made
            self._unseen[creation.name] = self.behind
        if kind is not None:
            raise Refused(Refusal(kind, kind.name, "no", creation.place))
        return made

    def find(self, creation: Creation) -> Sequence[Existing]:
        self.asked.append(("find", creation.place.zone))
        if self._unseen.get(creation.name, 0):
            self._unseen[creation.name] -= 1
            return []
        return self.living.get(creation.name, [])

    def delete(self, creation: Creation, found: Sequence[Existing]) -> None:
        self.asked.append(("delete", creation.place.zone))
        self.living.pop(creation.name, None)


def places(count: int, shape: str = "p4d.24xlarge") -> list[Place]:
    """Zones of as many regions as needed, three each."""
    return [
        Place(f"region-{k // 3}", f"region-{k // 3}{'abc'[k % 3]}", shape, "on_demand", "P")
        for k in range(count)
    ]
