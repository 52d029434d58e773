"""Effects told from chance in as few parts as that takes, on figures made up for it."""

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.prediction.explanation_answer import LONGEST
from sim.backends import Backend
from sim.explaining import effects
from sim.explaining.effects import PARTS, Effects, End, Tried
from sim.explaining.moved_stacks import Asked, Moved

KEY = "train.time_p95"
FIGURE = 100.0


class Made:
    """A stack whose figure is known but for chance, that of all stacks and its own."""

    def __init__(self, effect: float, noise: float = 0.0, refused: str = "") -> None:
        self.effect, self.noise = effect, noise
        self.workloads: dict[str, Any] = {}
        self.components: tuple[str, ...] = ()
        self.read: Any = Moved({}, refused) if refused else SimpleNamespace(solved=self)

    def tried(self, *_: object) -> object:
        return self.read

    def at(self, seed: int) -> float:
        own = np.random.default_rng((seed, round(1e6 * abs(self.effect)))).normal()
        return FIGURE + chance(seed) + self.effect + self.noise * float(own)


def chance(seed: int) -> float:
    """What all stacks share in a part."""
    return 20 * float(np.random.default_rng(seed).normal())


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Counter[float]:
    """How many parts each effect was simulated in."""
    seen: Counter[float] = Counter()

    def evaluated(asked: Asked, stacks: Sequence[Made]) -> list[Moved]:
        seen.update(one.effect for one in stacks)
        return [Moved({KEY: one.at(asked.seed)}) for one in stacks]

    as_it_is = {"figures_of": lambda asked, *_: {KEY: FIGURE + chance(asked.seed)}}
    alone = {"alike": lambda *_: None, "moved_keys": lambda solved, was, keys: frozenset(keys)}
    for name, made in {**as_it_is, **alone, "evaluated": evaluated}.items():
        monkeypatch.setattr(effects, name, made)
    return seen


def simulated(*tried: Tried, years: int = 250) -> Effects:
    file: Any = SimpleNamespace(solved=SimpleNamespace(components=()))
    document: Any = None
    catalog: Any = None
    found = Effects(
        Asked(document, "", 1, years, (KEY,)),
        file,
        catalog,
        {KEY: FIGURE},
        (KEY,),
        frozenset(),
        Backend("threads", workers=1),
        lambda done: None,
    )
    found.simulate(tried)
    return found


def one(*ends: Any, **more: Any) -> Tried:
    return Tried(ends, **more)


def test_what_all_share_of_chance_is_not_in_an_effect(parts: Counter[float]) -> None:
    low, high = Made(-8.0), Made(10.0)
    found = simulated(one(low, high))
    for made in (low, high):
        end = found.end(made, KEY)  # type: ignore[arg-type]
        assert end.at == pytest.approx(FIGURE + made.effect)
        assert end.error == pytest.approx(0.0, abs=1e-9)
    assert parts == {-8.0: 2, 10.0: 2}  # two parts show that there is no chance in it


def test_an_effect_is_simulated_until_it_is_known_to_a_quarter(parts: Counter[float]) -> None:
    clear, noisy = Made(10.0), Made(9.0, noise=1.5)
    found = simulated(one(clear), one(noisy))
    assert parts[10.0] == 2
    assert 2 < parts[9.0] < PARTS
    end = found.end(noisy, KEY)  # type: ignore[arg-type]
    assert end.at is not None
    assert end.error is not None
    assert end.error <= 0.25 * (end.at - FIGURE)
    assert abs(end.at - FIGURE - 9.0) < end.error


def test_what_is_lost_in_chance_takes_all_parts_and_says_so(parts: Counter[float]) -> None:
    noisy = Made(1.0, noise=10.0)
    end = simulated(one(noisy)).end(noisy, KEY)  # type: ignore[arg-type]
    assert parts[1.0] == PARTS
    assert end.at is not None
    assert end.error is not None
    assert end.error > abs(end.at - FIGURE)


def test_of_what_matters_little_two_parts_say_how_far_it_is_chance(parts: Counter[float]) -> None:
    little = Made(0.1, noise=0.02)
    found = simulated(one(Made(10.0)), one(little))
    assert parts == {10.0: 2, 0.1: 2}
    assert found.end(little, KEY).error is not None  # type: ignore[arg-type]


def test_what_is_chosen_and_matters_little_is_not_tried_again(parts: Counter[float]) -> None:
    simulated(one(Made(10.0)), one(Made(0.1), uncertain=False), one(Made(0.3), uncertain=False))
    assert parts == {10.0: 2, 0.1: 1, 0.3: 2}


@pytest.mark.parametrize("stops", [True, False])
def test_other_failures_of_a_run_that_they_stop_are_looked_for_in_all_parts(
    parts: Counter[float], stops: bool
) -> None:
    made = Made(0.1)
    made.components = ("fails more often",)
    work = (lambda answer: 1.0) if stops else None
    made.workloads = {"run": SimpleNamespace(kind=SimpleNamespace(work=work))}
    simulated(one(Made(10.0)), one(made))
    assert parts == {10.0: 2, 0.1: PARTS if stops else 2}


def test_only_the_first_are_looked_at_twice(parts: Counter[float]) -> None:
    unsure = [one(Made(10.0 + k)) for k in range(LONGEST + 5)]
    chosen = [one(Made(40.0 + k, noise=30.0), uncertain=False) for k in range(LONGEST + 5)]
    simulated(*unsure, *chosen)
    assert sum(parts[10.0 + k] == 2 for k in range(LONGEST + 5)) == LONGEST
    assert max(parts.values()) == 2  # what is chosen is in no tornado
    factor = Made(0.5)
    simulated(*unsure, one(factor, ranked=False))
    assert parts[0.5] == 2  # all factors are told of


def test_too_few_years_for_two_parts_say_nothing_of_chance(parts: Counter[float]) -> None:
    made = Made(10.0)
    assert simulated(one(made), years=2).end(made, KEY).error is None  # type: ignore[arg-type]


def test_what_can_not_be_says_why(parts: Counter[float]) -> None:
    made = Made(10.0, refused="has no room")
    found = simulated(one(made, None))
    assert found.end(made, KEY) == End(None, 0.0, "has no room")  # type: ignore[arg-type]
    assert found.end(None, KEY).at is None
    assert not parts
