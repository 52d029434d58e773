"""A stack whose values move: what may be moved, and what it does then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, read_stack
from models.prediction import Prediction
from models.prediction.comparison_answer import Variant
from models.reading.document import Document, changed_document
from models.reading.faults import InvalidDescription
from sim.choosing.dominance import dominated
from sim.choosing.open_choices import choices
from sim.choosing.other_counts import Counted, counted
from sim.choosing.variants import variant_of
from sim.predict import NoProgress, predict

YEARS = 200  # of the stack as it stands
_YEARS_OF_POINT = 50  # of each other number of nodes or replicas
# What is asked of a workload of any kind, by the last key of its path.
_DEMAND = ("rate", "epochs", "samples", "count", "run_time")
_BY_HOUR = "by_hour"
_COPIES = ("replicas", "concurrency", "maximum")


@dataclass(frozen=True)
class Knob:
    """A value that may be moved.

    Arguments:
        path: of the value.
        value: as it is; None where the file gives none.
        values: that may stand there; empty for any that people write.
        hours: where the value is how many times each of a list of rates by the hour, that list.
    """

    path: str
    value: Any
    values: tuple[Any, ...]
    hours: tuple[Any, ...] = ()

    @property
    def counted(self) -> bool:
        """Its values are whole numbers in order."""
        return bool(self.values) and all(type(one) is int for one in self.values)


@dataclass(frozen=True)
class WhatIf:
    """A stack as it stands after some moves.

    Arguments:
        stack_file: the description, with the moves.
        prediction: of it.
        counted: what it may have other numbers of; None where it has nothing of the kind.
    """

    stack_file: StackFile
    prediction: Prediction
    counted: Counted | None


def knobs(document: Document, catalog: Catalog) -> tuple[Knob, ...]:
    """What may be moved: instances, counts, purchase, stores, levels, spares, and demand.

    Arguments:
        document: of the stack.
        catalog: the facts.
    """
    found = [
        Knob(one.axis.path, _at(document.tree, one.axis.path), _with(document.tree, one.axis))
        for one in choices(document, (), (), catalog)
        if not isinstance(one.axis.values[0], list)
    ]
    moved = (*found, *_replicas(document.tree), *_demands(document.tree))
    return tuple({one.path: one for one in reversed(moved)}.values())[::-1]


def what_if(document: Document, catalog: Catalog, changes: Mapping[str, Any], seed: int) -> WhatIf:
    """What the stack does after some moves.

    Arguments:
        document: of the stack.
        catalog: the facts.
        changes: new values by path.
        seed: of the simulation.

    Raises:
        InvalidDescription: the stack can't be so.
        NoProgress: failures never let it come to its end.
    """
    stack_file = _moved(document, catalog, changes)
    prediction = predict(stack_file, catalog, seed=seed, replications=YEARS, jobs=1)
    return WhatIf(stack_file, prediction, counted(stack_file))


def others(
    shown: WhatIf, document: Document, catalog: Catalog, changes: Mapping[str, Any], seed: int
) -> Iterator[Variant]:
    """The same with other numbers of nodes or replicas, the nearest first; each takes a while.

    Arguments:
        shown: the stack as it stands.
        document: of the stack.
        catalog: the facts.
        changes: new values by path, as of what is shown.
        seed: of the simulation.
    """
    if shown.counted is None:
        return
    now, other_counts = shown.counted.now, shown.counted.changes
    for count in sorted(other_counts, key=lambda one: (abs(one - now), one)):
        other = other_counts[count]
        try:
            stack_file = _moved(document, catalog, {**changes, **other})
            answer = predict(stack_file, catalog, seed=seed, replications=_YEARS_OF_POINT, jobs=1)
        except (InvalidDescription, NoProgress):
            continue
        yield variant_of(str(count), other, answer)


def beaten(found: Sequence[Variant]) -> frozenset[str]:
    """Names of those that another beats.

    Arguments:
        found: the same stack with other numbers.
    """
    return frozenset(one.name for one in dominated(found))


def _moved(document: Document, catalog: Catalog, changes: Mapping[str, Any]) -> StackFile:
    return read_stack(changed_document(document, changes), catalog)


def _at(tree: Any, path: str) -> Any:
    for step in path.split("."):
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _with(tree: Any, axis: Any) -> tuple[Any, ...]:
    """What may stand there, what stands there among it."""
    value = _at(tree, axis.path)
    return axis.values if value is None or value in axis.values else (value, *axis.values)


def _replicas(tree: Mapping[str, Any]) -> Iterator[Knob]:
    """Of endpoints, the copies of each stage, or what a managed one serves at once."""
    for name, workload in (tree.get("workloads") or {}).items():
        for path, value in _leaves(workload, ("workloads", name)):
            if "stages" in path and path[-1] in _COPIES and type(value) is int:
                yield Knob(".".join(path), value, (1, value))


def _demands(tree: Mapping[str, Any]) -> Iterator[Knob]:
    for name, workload in (tree.get("workloads") or {}).items():
        for path, value in _leaves(workload, ("workloads", name)):
            if path[-1] == _BY_HOUR and isinstance(value, list):
                yield Knob(".".join(path), 1.0, (), tuple(value))
            elif path[-1] in _DEMAND and "stages" not in path and not isinstance(value, list):
                yield Knob(".".join(path), value, ())


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, (*path, str(key)))
    elif isinstance(value, str | int | float | list):
        yield path, value
