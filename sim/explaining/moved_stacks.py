"""A stack with inputs moved, and its figures: by laws, or in a part of what is simulated."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, files_of, read_stack
from models.parts.solve import SolvedStack, Unsolvable, solve
from models.parts.workloads.workload_kind import Unreadable
from models.prediction.figures import all_figures
from models.reading.document import Document, changed_document
from models.reading.faults import InvalidDescription
from sim.choosing.variants import BY, catalog_of
from sim.cluster.cluster_contract import NoProgress
from sim.explaining.inputs import Move
from sim.predict import predict

_OF_THE_HEAD = ("cost", "completion", "unavailability", "available", "hourly", "monthly", "per_")


@dataclass(frozen=True)
class Asked:
    """What every worker must know.

    Arguments:
        document: of the stack.
        catalog_digest: SHA-256 of the facts.
        seed: of the simulation.
        years: that are simulated.
        keys: of the figures.
        length: share of the usual length of runs of requests, frames and events.
    """

    document: Document
    catalog_digest: str
    seed: int
    years: int
    keys: tuple[str, ...]
    length: float = 1.0


@dataclass(frozen=True)
class Moved:
    """What becomes of the figures as an input moves.

    Arguments:
        figures: by key; none where the stack can't be so.
        refused: why it can't; empty where it can.
    """

    figures: Mapping[str, float]
    refused: str = ""


class MovedStack:
    """A stack with some inputs moved, which is read and solved once, wherever it is asked for."""

    def __init__(self, moves: Sequence[Move]) -> None:
        """One that nobody has read yet.

        Arguments:
            moves: of its inputs.
        """
        self.moves = tuple(moves)
        self._tried: StackFile | Moved | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.moves,)  # a worker elsewhere reads it itself

    def tried(self, document: Document, catalog: Catalog) -> "StackFile | Moved":
        """The stack as it is then, or why it can't be.

        Arguments:
            document: of the stack as it is.
            catalog: the facts.
        """
        if self._tried is None:
            try:
                self._tried = _moved(_as_it_is(document, catalog), catalog, self.moves)
            except _REFUSALS as error:
                self._tried = _refused(error)
        return self._tried


_REFUSALS = (InvalidDescription, Unsolvable, Unreadable, LookupError, ValueError, NoProgress)


def _refused(error: Exception) -> Moved:
    if isinstance(error, InvalidDescription):
        return Moved({}, str(replace(error.faults[0], hint="")))
    return Moved({}, str(error))


def evaluated(asked: Asked, stacks: Sequence[MovedStack]) -> list[Moved]:
    """The figures of stacks, one after the other: what one simulates another may need.

    Arguments:
        asked: of each.
        stacks: with inputs moved.
    """
    catalog, found = catalog_of(asked.catalog_digest), []
    for one in stacks:
        tried = one.tried(asked.document, catalog)
        try:
            found.append(
                tried if isinstance(tried, Moved) else Moved(figures_of(asked, tried, catalog))
            )
        except _REFUSALS as error:
            found.append(_refused(error))
    return found


def figures_of(asked: Asked, stack_file: StackFile, catalog: Catalog) -> dict[str, float]:
    """The figures of a stack that are asked for, by prediction.

    Arguments:
        asked: which, and how long they are simulated.
        stack_file: the description as read.
        catalog: the facts.
    """
    found = all_figures(
        predict(
            stack_file,
            catalog,
            seed=asked.seed,
            replications=asked.years,
            jobs=1,
            bare=not any(key.endswith(".highest_load") for key in asked.keys),
            remembered=_simulated(asked),
            length=asked.length,
            lived=any(map(_is_of_years, asked.keys)),
            unasked=_unasked(stack_file.solved, asked.keys),
        )
    )
    return {key: found[key].value for key in asked.keys if key in found}


def _is_of_years(key: str) -> bool:
    """A figure may come from how often the stack, or a workload, is up in each year."""
    of, _, name = key.rpartition(".")
    return of == "availability" or name.startswith("available")


def _unasked(solved: SolvedStack, keys: Iterable[str]) -> frozenset[str]:
    """Workloads that serve, and of which no figure is asked for."""
    of = {key.partition(".")[0] for key in keys}
    return frozenset(n for n, one in solved.workloads.items() if one.kind.serves and n not in of)


def moved_keys(solved: SolvedStack, was: SolvedStack, keys: Iterable[str]) -> frozenset[str]:
    """Figures that may be others, since something is that they can come from.

    Arguments:
        solved: the stack with an input moved.
        was: as it is.
        keys: of the figures.
    """
    other = {n for n, one in solved.workloads.items() if one.answer != was.workloads[n].answer}
    changed = bool(other) or _beside(solved) != _beside(was)

    def may(key: str) -> bool:
        of, _, name = key.rpartition(".")
        one = was.workloads.get(of.partition(".")[0])
        if one is not None and one.kind.serves and not name.startswith(_OF_THE_HEAD):
            return one.name in other  # requests know nothing of failures and prices
        return changed

    return frozenset(filter(may, keys))


def alike(solved: SolvedStack, keys: Iterable[str]) -> Hashable:
    """What the requests, frames and events of a stack follow from; None where it has none.

    Arguments:
        solved: the stack.
        keys: of the figures that are asked for.
    """
    unasked = _unasked(solved, keys)
    found = [
        one.kind.alike(one.kind.bare(one.answer))
        for name, one in solved.workloads.items()
        if name not in unasked
    ]
    return tuple(found) if any(one is not None for one in found) else None


def _beside(solved: SolvedStack) -> tuple[Any, ...]:
    """What a figure can come from beside the answers of workloads."""
    prices = {k: row for k, row in solved.site.facts.rows().items() if hasattr(row, "usd")}
    rest = (solved.components, solved.cost_lines, solved.uses, solved.durability, solved.draw)
    return (*rest, prices)


_read_ones: dict[tuple[str, str], StackFile] = {}  # of this process, which asks it again and again


def _as_it_is(document: Document, catalog: Catalog) -> StackFile:
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


# Of this process: what was simulated of a stack by seed, of what an input changes nothing.
_remembered: dict[tuple[str, str], dict[int, dict[Hashable, Any]]] = {}


def _simulated(asked: Asked) -> dict[Hashable, Any]:
    key = (asked.document.digest, asked.catalog_digest)
    if key not in _remembered:
        _remembered.clear()
    return _remembered.setdefault(key, {}).setdefault(asked.seed, {})
