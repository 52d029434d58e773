"""From a stack to where its figures come from: each input is moved, and nothing else is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog, Instance, name_of
from models.description.plain_values import said
from models.parts.read_stack import StackFile
from models.prediction import Prediction
from models.prediction.explanation_answer import (
    LONGEST,
    Basis,
    ChoosingLine,
    Effect,
    Explained,
    Explanation,
    FactorEffect,
)
from models.prediction.figures import Figure, all_figures, headline, named
from sim.backends import LOCAL, Backend
from sim.choosing.variants import know_catalog
from sim.explaining.effects import LITTLE, PARTS, Effects, End, Tried
from sim.explaining.factors import Together, factors
from sim.explaining.inputs import Input, inputs, leaves, place_of
from sim.explaining.laws import by_law, laws_of
from sim.explaining.moved_stacks import Asked, MovedStack, figures_of

YEARS = 250  # of each effect at the most, unless somebody says how many
_FEWEST = 2  # years, where chance moves nothing
_SAME = 1e-12  # relative; two engines and two orders of a sum differ by less


class UnknownFigure(ValueError):
    """No figure of the prediction is called so; the message names those that are near."""


def explain(
    stack_file: StackFile,
    catalog: Catalog,
    prediction: Prediction,
    figure: str = "",
    *,
    years: int = YEARS,
    backend: Backend = LOCAL,
    progress: Callable[[int, int], None] | None = None,
) -> Explained:
    """Where figures come from, and what they are sensitive to.

    Arguments:
        stack_file: the description as read.
        catalog: the facts.
        prediction: of it.
        figure: as people call it; empty for those that people ask first.
        years: simulated for each effect, with the same chance, where no law gives a figure.
        backend: where they are simulated.
        progress: told how many inputs of how many were moved.

    Raises:
        UnknownFigure: nothing is called so.
        BackendUnavailable: a cluster that can't be used.
    """
    known = all_figures(prediction)
    keys = named(prediction, figure, known) if figure else headline(prediction, known)
    if not keys:
        raise UnknownFigure(_unknown(figure, prediction, known))
    know_catalog(catalog)
    found, together = inputs(stack_file, catalog), factors(stack_file)
    lawful = {key: value for key, value in by_law(stack_file.solved).items() if key in keys}
    simulated = tuple(key for key in keys if key not in lawful)
    few = Asked(stack_file.document, catalog.digest, prediction.seed, _FEWEST, simulated, 1 / PARTS)
    chance = _moved_by_chance(few, stack_file, catalog, known)
    moved = [
        Tried(tuple(MovedStack((move,)) if move else None for move in one.moves), one.uncertain)
        for one in found
    ]
    of_factors = [
        Tried((MovedStack(one.moves) if one.moves else None,), ranked=False) for one in together
    ]
    effects = Effects(
        replace(few, years=years, length=1.0) if chance else few,
        stack_file,
        catalog,
        {key: lawful.get(key, known[key].value) for key in keys},
        chance,
        frozenset(key for key in keys if known[key].money),
        Backend("threads", workers=backend.workers) if backend.kind == "local" else backend,
        _told(progress, len(found)),
    )
    effects.simulate([*moved, *of_factors])
    of = {key: _effects(found, moved, effects, key) for key in keys}
    explanations = tuple(
        Explanation(
            figure=known[key],
            at_least=known[key].money and prediction.cost.at_least,
            moved=effects.bases[key],
            by_law=key not in chance,
            replications=years if key in chance else 0,
            tried=len(found),
            moving=len(of[key]),
            effects=_strongest(of[key]) if key in chance else of[key],
            choices=_choices(stack_file, found, of[key]),
            laws=laws_of(stack_file.solved, known[key]),
            factors=tuple(
                _factor(one, tried, effects, key)
                for one, tried in zip(together, of_factors, strict=True)
            ),
        )
        for key in keys
    )
    return Explained(
        prediction.stack,
        version("windtunnel"),
        prediction.stack_hash,
        prediction.catalog_hash,
        prediction.seed,
        prediction.replications,
        explanations,
        tuple(known),
    )


def _unknown(text: str, prediction: Prediction, known: Mapping[str, Figure]) -> str:
    words = ("time", "latency", "cost", "availability", "energy", "durability", "throughput")
    asked = [word for word in words if named(prediction, word, dict(known))]
    names = dict.fromkeys(one.name for one in known.values())
    error = UnknownName("figure", text, tuple(dict.fromkeys((*asked, *known, *names))))
    near = f"did you mean {' or '.join(map(repr, error.nearest))}? " if error.nearest else ""
    over = [one.name for one in prediction.workloads if one.overloaded]
    if over:
        has = "has" if len(over) == 1 else "have"
        near += f"{' and '.join(over)} {has} no steady state, and so no times; "
    return f"no figure is called '{text}'; {near}known are {', '.join(asked)}, and {_few(known)}"


def _few(known: Mapping[str, Figure]) -> str:
    keys = list(known)
    return ", ".join(keys) if len(keys) <= 8 else f"{', '.join(keys[:8])} and {len(keys) - 8} more"


def _told(progress: Callable[[int, int], None] | None, inputs: int) -> Callable[[int], None]:
    return lambda done: progress(done, max(inputs, done)) if progress else None


def _moved_by_chance(
    asked: Asked, stack_file: StackFile, catalog: Catalog, known: Mapping[str, Figure]
) -> tuple[str, ...]:
    """Figures that need simulated years: their method says so, or another seed moves them."""
    left = tuple(key for key in asked.keys if not known[key].simulated)
    found = set(asked.keys) - set(left)
    if left:
        one, other = (
            figures_of(replace(asked, seed=asked.seed + more, keys=left), stack_file, catalog)
            for more in (0, 1)
        )
        found |= {key for key in left if not _alike(one.get(key), other.get(key))}
    return tuple(key for key in asked.keys if key in found)


def _alike(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _SAME * max(abs(one), abs(other))


def _effects(
    found: Sequence[Input], tried: Sequence[Tried], effects: Effects, key: str
) -> tuple[Effect, ...]:
    """What moves a figure, the farthest first."""
    base, moving = effects.bases[key], []
    for one, its in zip(found, tried, strict=True):
        ends = [
            (text, effects.end(end, key)) for text, end in zip(one.texts, its.ends, strict=True)
        ]
        if all(end.at is None or _alike(end.at, base) for _, end in ends):
            continue
        refused = next(((text, end.refused) for text, end in ends if end.refused), ("", ""))
        if one.basis is Basis.WORD:  # of many words, those that move it farthest
            known = [(end.at, text, end) for text, end in ends if end.at is not None]
            known.sort(key=lambda one: one[:2])
            ends = [(text, end) for _, text, end in (known[0], known[-1])]
            ends = ends[:1] if ends[0] == ends[1] else ends
        (low, at_low), (high, at_high) = (*ends, ("", End(None)))[:2]
        errors = [end.error for end in (at_low, at_high)]
        moving.append(
            Effect(
                name=one.name,
                origin=one.origin,
                place=one.place,
                value=one.value,
                low=low,
                high=high,
                basis=one.basis,
                at_low=at_low.at,
                at_high=at_high.at,
                base=base,
                uncertain=one.uncertain,
                date=one.date,
                source=one.source,
                refused=refused[1],
                refused_at=refused[0],
                error=None if None in errors else max(filter(None, errors), default=0.0),
            )
        )
    return tuple(sorted(moving, key=lambda effect: (-effect.swing, effect.name)))


def _strongest(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """The first of what is uncertain, and of the rest; of what is little no more than chance."""
    first = max((one.swing for one in effects if one.uncertain), default=0.0)
    known = [one for one in effects if one.error is not None] or effects
    far = [one for one in known if (one.error or 0) < one.swing or one.swing >= LITTLE * first]
    some = [
        one
        for uncertain in (True, False)
        for one in [one for one in far if one.uncertain is uncertain][:LONGEST]
    ]
    return tuple(one for one in far if one in some)


def _factor(one: Together, tried: Tried, effects: Effects, key: str) -> FactorEffect:
    (stack,) = tried.ends
    end = effects.end(stack, key)
    return FactorEffect(one.factor, one.inputs, end.at, end.refused)


def _choices(
    stack_file: StackFile, found: Sequence[Input], effects: Sequence[Effect]
) -> tuple[ChoosingLine, ...]:
    """Lines whose word is one by which a row is found that moves the figure."""
    moving = {(one.name, one.place) for one in effects}
    rows = stack_file.solved.site.facts.rows()
    texts = dict.fromkeys(one.row for one in found if one.row and (one.name, one.place) in moving)
    # An instance also counts where what it has does: its accelerators, its links.
    names = {name_of(rows[text]) for text in texts}
    instances = [text for text, row in rows.items() if isinstance(row, Instance)]
    texts |= {text: None for text in instances if names & set(map(str, vars(rows[text]).values()))}
    lines = []
    for path, value in leaves(stack_file.document.tree):
        chosen = tuple(text for text in texts if _chooses(path[-1], value, rows[text]))
        if chosen:
            place = place_of(stack_file.document, path)
            lines.append(ChoosingLine(".".join(map(str, path)), place, said(value), chosen))
    return tuple(lines)


def _chooses(key: str | int, value: Any, row: Any) -> bool:
    """Whether a word of the file is the name of a row, or one of the columns it is found by."""
    if not isinstance(value, str):
        return False
    column = {"cloud": "provider"}.get(str(key), str(key))
    return value == name_of(row) or getattr(row, column, None) == value
