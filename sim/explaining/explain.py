"""From a stack to where its figures come from: each input is moved, and nothing else is."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from typing import Any

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog, Instance, name_of
from models.description.plain_values import said
from models.parts.read_stack import StackFile, files_of, read_stack
from models.parts.solve import SolvedStack, Unsolvable, solve
from models.parts.workloads.workload_kind import Unreadable
from models.prediction import Prediction
from models.prediction.explanation_answer import (
    Basis,
    ChoosingLine,
    Effect,
    Explained,
    Explanation,
    FactorEffect,
)
from models.prediction.figures import Figure, all_figures, headline, named
from models.reading.document import Document, changed_document
from models.reading.faults import InvalidDescription
from sim.backends import LOCAL, Backend, run_all
from sim.choosing.variants import BY, catalog_of, know_catalog
from sim.cluster.cluster_contract import NoProgress
from sim.explaining.factors import Together, factors
from sim.explaining.inputs import Input, Move, inputs, leaves, place_of
from sim.explaining.laws import by_law, laws_of
from sim.predict import predict

YEARS = 250  # of each effect, unless somebody says how many
_SCREENED = 20  # years that say which inputs move a figure most
_MOST = 20  # inputs whose effects on a figure are simulated in all years
_FEWEST = 2  # years, where chance moves nothing
_SAME = 1e-12  # relative; two engines and two orders of a sum differ by less


class UnknownFigure(ValueError):
    """No figure of the prediction is called so; the message names those that are near."""


@dataclass(frozen=True)
class _Asked:
    """What every worker must know.

    Arguments:
        document: of the stack.
        catalog_digest: SHA-256 of the facts.
        seed: of the simulation.
        years: of each effect.
        keys: of the figures.
    """

    document: Document
    catalog_digest: str
    seed: int
    years: int
    keys: tuple[str, ...]


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
    lawful = by_law(stack_file.solved)
    chance = _moved_by_chance(stack_file, catalog, prediction, known, keys, lawful)
    found = inputs(stack_file, catalog)
    work = _Work(
        _Asked(stack_file.document, catalog.digest, prediction.seed, years, ()),
        stack_file,
        catalog,
        backend,
        progress,
        len(found),
    )
    effects: dict[str, tuple[int, list[Effect]]] = {}
    bases: dict[str, float] = {}
    of_factors: dict[str, tuple[FactorEffect, ...]] = {}
    together = factors(stack_file)
    counts = (_SCREENED, years) if years > _SCREENED else (years,)
    groups = (
        ([key for key in keys if key in lawful], (0,)),
        ([key for key in keys if key not in lawful and key not in chance], (_FEWEST,)),
        ([key for key in keys if key in chance], counts),
    )
    for group, passes in groups:
        left = found
        for position, count in enumerate(passes if group else ()):
            base, of = work.effects(tuple(group), left, count)
            for key in group:
                moving = len(of[key]) if position == 0 else effects[key][0]
                effects[key], bases[key] = (moving, of[key]), base.get(key, known[key].value)
            if group and position == len(passes) - 1:
                of_factors |= work.factors(tuple(group), together, count)
            kept = {one.name for key in group for one in of[key][:_MOST]}
            left = tuple(one for one in found if one.name in kept)
    explanations = tuple(
        Explanation(
            figure=known[key],
            at_least=known[key].money and prediction.cost.at_least,
            moved=bases[key],
            by_law=key not in chance,
            replications=years if key in chance else 0,
            tried=len(found),
            moving=effects[key][0],
            effects=tuple(effects[key][1]),
            choices=_choices(stack_file, found, effects[key][1]),
            laws=laws_of(stack_file.solved, known[key]),
            factors=of_factors[key],
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


@dataclass
class _Work:
    """Inputs moved one by one, wherever that is done.

    Arguments:
        asked: what every worker must know, but for the figures and the years.
        stack_file: the description as read.
        catalog: the facts.
        backend: where years are simulated.
        progress: told how many inputs of how many were moved.
        total: how many there are about.
        done: so far.
    """

    asked: _Asked
    stack_file: StackFile
    catalog: Catalog
    backend: Backend
    progress: Callable[[int, int], None] | None
    total: int
    done: int = 0

    def effects(
        self, keys: tuple[str, ...], found: Sequence[Input], years: int
    ) -> tuple[dict[str, float], dict[str, list[Effect]]]:
        """The figures as they are, and what moves each of them, the farthest first."""
        asked = replace(self.asked, keys=keys, years=years)
        base = _figures(asked, self.stack_file, self.catalog, None)
        moves = [move for one in found for move in one.moves if move is not None]
        values = self._values(asked, base, [(move,) for move in moves])
        of_move = {id(move): value for move, value in zip(moves, values, strict=True)}
        return base, {key: _effects(found, of_move, key, base[key]) for key in keys if key in base}

    def factors(
        self, keys: tuple[str, ...], found: Sequence[Together], years: int
    ) -> dict[str, tuple[FactorEffect, ...]]:
        """What becomes of the figures as all inputs of a factor move together."""
        asked = replace(self.asked, keys=keys, years=years)
        base = _figures(asked, self.stack_file, self.catalog, None)
        moving = [one for one in found if one.moves]
        moves = [one.moves for one in moving]
        values = self._values(asked, base, moves)
        of = {one.factor: value for one, value in zip(moving, values, strict=True)}
        return {
            key: tuple(
                FactorEffect(
                    one.factor,
                    one.inputs,
                    of[one.factor].figures.get(key) if one.moves else None,
                    of[one.factor].refused if one.moves else "",
                )
                for one in found
            )
            for key in keys
        }

    def _values(
        self, asked: _Asked, base: Mapping[str, float], moves: Sequence[Sequence[Move]]
    ) -> "list[_Moved]":
        values = run_all(partial(_evaluate, asked, base), moves, self.backend, self._told)
        self.done += len(moves)
        return list(values)

    def _told(self, new: int) -> None:
        if self.progress is not None:
            done = self.done + new
            self.progress(done, max(self.total, done))


def _unknown(text: str, prediction: Prediction, known: Mapping[str, Figure]) -> str:
    words = ("time", "latency", "cost", "availability", "energy", "durability", "throughput")
    asked = [word for word in words if named(prediction, word, dict(known))]
    names = dict.fromkeys(one.name for one in known.values())
    error = UnknownName("figure", text, tuple(dict.fromkeys((*asked, *known, *names))))
    near = f"did you mean {' or '.join(map(repr, error.nearest))}? " if error.nearest else ""
    return f"no figure is called '{text}'; {near}known are {', '.join(asked)}, and {_few(known)}"


def _few(known: Mapping[str, Figure]) -> str:
    keys = list(known)
    return ", ".join(keys) if len(keys) <= 8 else f"{', '.join(keys[:8])} and {len(keys) - 8} more"


def _moved_by_chance(
    stack_file: StackFile,
    catalog: Catalog,
    prediction: Prediction,
    known: Mapping[str, Figure],
    keys: Sequence[str],
    lawful: Mapping[str, float],
) -> set[str]:
    """Figures that need simulated years: their method says so, or another seed moves them."""
    found = {key for key in keys if key not in lawful and known[key].simulated}
    open_ones = [key for key in keys if key not in lawful and key not in found]
    if open_ones:
        asked = _Asked(stack_file.document, catalog.digest, 0, _FEWEST, tuple(open_ones))
        one, other = (
            _figures(replace(asked, seed=prediction.seed + more), stack_file, catalog, None)
            for more in (0, 1)
        )
        found |= {key for key in open_ones if not _alike(one.get(key), other.get(key))}
    return found


def _alike(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _SAME * max(abs(one), abs(other))


@dataclass(frozen=True)
class _Moved:
    """What becomes of the figures as an input moves.

    Arguments:
        figures: by key; none where the stack can't be so.
        refused: why it can't; empty where it can.
    """

    figures: Mapping[str, float]
    refused: str = ""


def _evaluate(asked: _Asked, base: Mapping[str, float], moves: Sequence[Move]) -> _Moved:
    """The figures with one input moved, or some together."""
    catalog = catalog_of(asked.catalog_digest)
    before = _read(asked.document, catalog)
    try:
        moved = _moved(before, catalog, moves)
        return _Moved(_figures(asked, moved, catalog, (before.solved, base)))
    except InvalidDescription as error:
        return _Moved({}, str(replace(error.faults[0], hint="")))
    except (Unsolvable, Unreadable, LookupError, ValueError, NoProgress) as error:
        return _Moved({}, str(error))


_read_ones: dict[tuple[str, str], StackFile] = {}  # of this process, which asks it again and again


def _read(document: Document, catalog: Catalog) -> StackFile:
    key = (document.digest, catalog.digest)
    if key not in _read_ones:
        _read_ones.clear()
        _read_ones[key] = read_stack(document, catalog)
    return _read_ones[key]


def _moved(stack_file: StackFile, catalog: Catalog, moves: Sequence[Move]) -> StackFile:
    paths = {move.path: move.value for move in moves if move.path}
    if paths:
        changed = changed_document(stack_file.document, paths, BY, makes_parts=False)
        stack_file = read_stack(changed, catalog)
    rows = {move.row: move.value for move in moves if move.row}
    if rows:
        stack = stack_file.solved.stack
        files, _ = files_of(stack, stack_file.document)
        stack_file = replace(stack_file, solved=solve(stack, catalog, files, rows))
    for move in moves:
        if not move.path and not move.row:
            stack_file = _at(stack_file, move)
    return stack_file


def _at(stack_file: StackFile, move: Move) -> StackFile:
    solved = stack_file.solved
    if move.workload:
        one = solved.workloads[move.workload]
        one = replace(one, answer=one.kind.at(one.answer, move.value))
        solved = replace(solved, workloads={**solved.workloads, move.workload: one})
    else:
        lines = list(solved.cost_lines)
        line = lines[move.cost_line]
        # What is 0 of something can't be said to lie between two others.
        amount = replace(line, quantity=line.quantity * move.value, low=1.0, high=1.0)
        lines[move.cost_line] = amount
        solved = replace(solved, cost_lines=tuple(lines))
    return replace(stack_file, solved=solved)


def _figures(
    asked: _Asked,
    stack_file: StackFile,
    catalog: Catalog,
    before: tuple[SolvedStack, Mapping[str, float]] | None,
) -> dict[str, float]:
    """The figures of a stack that are asked for, by law or by prediction."""
    solved = stack_file.solved
    if asked.years == 0:
        lawful = by_law(solved)
        return {key: lawful[key] for key in asked.keys if key in lawful}
    if before is not None:
        was, base = before
        same = {key for key in asked.keys if _hangs_on(solved, key) == _hangs_on(was, key)}
        if len(same) == len(asked.keys):
            return dict(base)
    bare = not any(key.endswith(".highest_load") for key in asked.keys)
    years, seed = asked.years, asked.seed
    found = all_figures(
        predict(
            stack_file,
            catalog,
            seed=seed,
            replications=years,
            jobs=1,
            bare=bare,
            remembered=_simulated(asked),
        )
    )
    return {key: found[key].value for key in asked.keys if key in found}


# Of this process: what was simulated with a seed of a stack, of what an input changes nothing.
_remembered: dict[tuple[str, str, int], dict[Hashable, Any]] = {}


def _simulated(asked: _Asked) -> dict[Hashable, Any]:
    key = (asked.document.digest, asked.catalog_digest, asked.seed)
    if key not in _remembered:
        _remembered.clear()
    return _remembered.setdefault(key, {})


_OF_THE_HEAD = ("cost", "completion", "unavailability", "available", "hourly", "monthly", "per_")


def _hangs_on(solved: SolvedStack, key: str) -> tuple[Any, ...]:
    """All of a solved stack that a figure can come from."""
    answers = tuple(one.answer for one in solved.workloads.values())
    of, _, name = key.rpartition(".")
    one = solved.workloads.get(of.partition(".")[0])
    if one is not None and one.kind.serves and not name.startswith(_OF_THE_HEAD):
        return (one.answer,)  # requests know nothing of failures and prices
    rest = (solved.components, solved.cost_lines, solved.uses, solved.durability, solved.draw)
    prices = {k: row for k, row in solved.site.facts.rows().items() if hasattr(row, "usd")}
    return (answers, *rest, prices)


def _effects(
    found: Sequence[Input], of_move: Mapping[int, _Moved], key: str, base: float
) -> list[Effect]:
    effects = []
    for one in found:
        moved = [None if move is None else of_move[id(move)] for move in one.moves]
        at = [None if each is None else each.figures.get(key) for each in moved]
        if all(value is None or _alike(value, base) for value in at):
            continue
        ends = list(zip(one.texts, at, strict=True))
        if one.basis is Basis.WORD:  # of many words, those that move it farthest
            known = sorted((value, text) for text, value in ends if value is not None)
            ends = [(text, value) for value, text in (known[0], known[-1])]
            ends = ends[:1] if ends[0] == ends[1] else ends
        (low, at_low), (high, at_high) = (*ends, ("", None))[:2]
        effects.append(
            Effect(
                name=one.name,
                origin=one.origin,
                place=one.place,
                value=one.value,
                low=low,
                high=high,
                basis=one.basis,
                at_low=at_low,
                at_high=at_high,
                base=base,
                uncertain=one.uncertain,
                date=one.date,
                source=one.source,
                refused=next((each.refused for each in moved if each and each.refused), ""),
            )
        )
    return sorted(effects, key=lambda effect: (-effect.swing, effect.name))


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
