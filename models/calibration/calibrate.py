"""All coefficients of training steps from measured ones, and how far they are off elsewhere."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

from models.calibration.fit_steps import fitted, left_out
from models.calibration.measured_steps import MeasuredStep
from models.catalog.operator_tables import serving_calibration, transferred, with_own_kernels
from models.catalog.operators import Regime
from models.catalog.records import Catalog
from models.laws.transformers.machine import Calibration

Progress = Callable[[int, int], None]

FEW = 256  # accelerators: more are left out to see how far a calibration reaches
_NEVER_FITTED = (
    Regime.OTHER_KIND, Regime.OTHER_PRECISION, Regime.OTHER_SOFTWARE, Regime.CONTEXT,
    Regime.ADAPTED, Regime.EXPERTS, Regime.SMALL_EXPERTS,
)  # fmt: skip
_FOLDS = 5  # in which steps are left out though others of their hidden size are not


@dataclass(frozen=True)
class Refitted:
    """A calibration of a software on a generation, and its steps with what is predicted of them.

    Arguments:
        software: of the catalog.
        generation: of the accelerators.
        calibration: fitted to all of the steps.
        seen: every step, and s predicted by it.
        kept: every step, and s predicted by one that saw others of its hidden size, but not it.
        unseen: every step, and s predicted by one that saw nothing of its hidden size.
        far: steps on more than `FEW` accelerators, and s predicted by one that saw none of them.
        foreign: every step, and s predicted by the software that stands for it where it has none.
        elsewhere: every step, and s predicted by its calibration on another generation.
    """

    software: str
    generation: str
    calibration: Calibration
    seen: tuple[tuple[MeasuredStep, float], ...]
    kept: tuple[tuple[MeasuredStep, float], ...]
    unseen: tuple[tuple[MeasuredStep, float], ...]
    far: tuple[tuple[MeasuredStep, float], ...]
    foreign: tuple[tuple[MeasuredStep, float], ...]
    elsewhere: tuple[tuple[MeasuredStep, float], ...]

    @property
    def sizes(self) -> tuple[str, ...]:
        """Of the transformers that it was fitted to, growing."""
        models = sorted({(step.model.hidden, step.model.size) for step, _ in self.seen})
        return tuple(size for _, size in models)


def refit(
    steps: Sequence[MeasuredStep],
    catalog: Catalog,
    tell: Progress | None = None,
    known: bool = False,
) -> list[Refitted]:
    """Fit every software on every generation that was measured.

    A software starts from its own fit on another generation, else from that of the software that
    stands for it, else from what is known of all.

    Arguments:
        steps: measured.
        catalog: the facts; its calibrations stand in where nothing of a software was measured.
        tell: told how many are fitted, of how many.
        known: whether a software starts from what the catalog makes of it on these accelerators,
            and not from what was known before any step was measured.
    """
    found: dict[tuple[str, str], Refitted] = {}
    pairs = {(step.software, step.generation) for step in steps}
    stands = {name for software, _ in pairs if (name := catalog.software[software].steps_of)}

    def order(pair: tuple[str, str]) -> tuple[bool, int, tuple[str, str]]:
        mine = sum((step.software, step.generation) == pair for step in steps)
        return (pair[0] not in stands, -mine, pair)

    for done, pair in enumerate(sorted(pairs, key=order)):
        if tell is not None:
            tell(done, len(pairs))
        software, generation = pair
        mine = [step for step in steps if (step.software, step.generation) == pair]
        fused = catalog.software[software].fused_attention
        other = next((row for row in found.values() if row.software == software), None)
        stand_in = _standing_in(catalog, software, generation, found)
        mine_there = catalog.accelerators[mine[0].accelerator]
        moved = (
            transferred(catalog, other.calibration, other.generation, mine_there) if other else None
        )
        base = moved
        if base is None and stand_in is not None and not known:
            base = with_own_kernels(stand_in, catalog.software[software])
        if known and base is None and (row := serving_calibration(catalog, software, mine_there)):
            base = row.calibration
        calibration = fitted(mine, fused, base)
        fold_of = _folds(mine)
        few = [step for step in mine if step.accelerators <= FEW]
        many = [step for step in mine if step.accelerators > FEW]
        near = fitted(few, fused, base, calibration) if few and many else None
        found[pair] = Refitted(
            software,
            generation,
            calibration,
            tuple((step, step.predicted(calibration)) for step in mine),
            tuple(left_out(mine, fold_of, fused, base, calibration)),
            tuple(left_out(mine, lambda step: step.model.hidden, fused, base, calibration)),
            tuple((step, step.predicted(near)) for step in many) if near else (),
            tuple((step, step.predicted(stand_in)) for step in mine) if stand_in else (),
            tuple((step, step.predicted(moved)) for step in mine) if moved else (),
        )
    return list(found.values())


def _folds(steps: Sequence[MeasuredStep]) -> Callable[[MeasuredStep], int]:
    """To which of a few parts a step belongs, in turn, so that sizes are in all of them."""
    places = {id(step): place % _FOLDS for place, step in enumerate(steps)}
    return lambda step: places[id(step)]


def _standing_in(
    catalog: Catalog, software: str, generation: str, found: dict[tuple[str, str], Refitted]
) -> Calibration | None:
    name = catalog.software[software].steps_of
    if not name:
        return None
    for pair, refitted in found.items():
        if pair == (name, generation):
            return refitted.calibration
    row = catalog.step_calibrations.get((name, generation))
    return row.calibration if row else None


def tables(
    refitted: Sequence[Refitted],
    missed: Iterable[tuple[str, Regime, float, int]],
    catalog: Catalog,
    date: str,
    source: str,
) -> dict[str, str]:
    """The catalog's tables of calibrations and their errors, as comma-separated values.

    Arguments:
        refitted: all of them.
        missed: standard errors by software and regime, and of how many rows each is.
        catalog: the facts.
        date: of the measurements, ISO.
        source: of them, for people.
    """
    names = [each.name for each in fields(Calibration)]
    rows = [
        [
            "software",
            "generation",
            *names,
            "most_accelerators",
            "most_context",
            "longest",
            "sizes",
            "date",
            "source",
            "note",
        ]
    ]
    for each in sorted(refitted, key=lambda row: (row.software, row.generation)):
        values = [f"{getattr(each.calibration, name):g}" for name in names]
        groups = ", ".join(sorted({step.group for step, _ in each.seen}))
        note = f"fitted to {len(each.seen)} steps: {groups}"
        most = str(max(step.accelerators for step, _ in each.seen))
        context = str(max(step.layouts[0].context for step, _ in each.seen))
        longest = str(max(step.model.sequence for step, _ in each.seen))
        sizes = " ".join(each.sizes)
        rows.append(
            [
                each.software,
                each.generation,
                *values,
                most,
                context,
                longest,
                sizes,
                date,
                source,
                note,
            ]
        )
    told = [["software", "regime", "error", "rows", "date", "source", "note"]]
    told += [
        [software, str(regime), f"{error:.3g}", str(count), date, source, ""]
        for software, regime, error, count in missed
    ]
    # Of what no file of steps can speak of, since nothing is fitted to it.
    known = {(row[0], row[1]) for row in told}
    told += [
        [row.software, str(row.regime), f"{row.error:.3g}", str(row.rows), row.date.isoformat(),
         row.source, row.note]
        for row in catalog.step_errors.values()
        if row.regime in _NEVER_FITTED and (row.software, str(row.regime)) not in known
    ]  # fmt: skip
    return {"step_calibrations": _written(rows), "step_errors": _written(told)}


def _written(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
