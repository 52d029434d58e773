"""All coefficients of training steps from measured ones, and how far they are off elsewhere."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace

from models.calibration.fit_steps import fitted, left_out
from models.calibration.measured_steps import MeasuredStep
from models.catalog.operator_tables import transferred
from models.catalog.operators import HOST_BOUND, Regime
from models.catalog.records import Catalog
from models.laws.transformers.machine import Calibration

Progress = Callable[[int, int], None]

FEW = 256  # accelerators: more are left out to see how far a calibration reaches
_TWO_SIDED = 1.96  # standard errors of an interval of 95 %
_ENOUGH = 19  # rows of which the worst bounds 95 of 100 others
# What left-out steps usually miss by, as the 188 of megatron-lm that no host binds, and how many
# rows that counts for where a software has few.
_USUAL_MISS, _USUAL_ROWS = 0.085, 4


@dataclass(frozen=True)
class Refitted:
    """A calibration of a software on a generation, and its steps with what is predicted of them.

    Arguments:
        software: of the catalog.
        generation: of the accelerators.
        calibration: fitted to all of the steps.
        seen: every step, and s predicted by it.
        unseen: every step, and s predicted by one that saw nothing of its hidden size.
        far: steps on more than `FEW` accelerators, and s predicted by one that saw none of them.
        foreign: every step, and s predicted by the software that stands for it where it has none.
        elsewhere: every step, and s predicted by its calibration on another generation.
    """

    software: str
    generation: str
    calibration: Calibration
    seen: tuple[tuple[MeasuredStep, float], ...]
    unseen: tuple[tuple[MeasuredStep, float], ...]
    far: tuple[tuple[MeasuredStep, float], ...]
    foreign: tuple[tuple[MeasuredStep, float], ...]
    elsewhere: tuple[tuple[MeasuredStep, float], ...]


def refit(
    steps: Sequence[MeasuredStep], catalog: Catalog, tell: Progress | None = None
) -> list[Refitted]:
    """Fit every software on every generation that was measured.

    A software starts from its own fit on another generation, else from that of the software that
    stands for it, else from what is known of all.

    Arguments:
        steps: measured.
        catalog: the facts; its calibrations stand in where nothing of a software was measured.
        tell: told how many are fitted, of how many.
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
        base = moved or _with_own_kernel(stand_in, catalog.software[software].attention_share)
        calibration = fitted(mine, fused, base)
        few = [step for step in mine if step.accelerators <= FEW]
        many = [step for step in mine if step.accelerators > FEW]
        near = fitted(few, fused, base, calibration) if few and many else None
        found[pair] = Refitted(
            software,
            generation,
            calibration,
            tuple((step, step.predicted(calibration)) for step in mine),
            tuple(left_out(mine, lambda step: step.model.hidden, fused, base, calibration)),
            tuple((step, step.predicted(near)) for step in many) if near else (),
            tuple((step, step.predicted(stand_in)) for step in mine) if stand_in else (),
            tuple((step, step.predicted(moved)) for step in mine) if moved else (),
        )
    return list(found.values())


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


def _with_own_kernel(stand_in: Calibration | None, share: float | None) -> Calibration | None:
    """What is known of another software, but for attention, whose kernel was measured alone."""
    if stand_in is None or share is None:
        return stand_in
    return replace(stand_in, attention=share)


def errors(refitted: Iterable[Refitted], catalog: Catalog) -> list[tuple[str, Regime, float, int]]:
    """Standard errors by software and regime, and of how many rows each is.

    Arguments:
        refitted: all of them.
        catalog: the facts.
    """
    kept: dict[tuple[str, Regime], list[float]] = {}
    for each in refitted:
        for step, seconds in each.unseen:
            bound = host_share(step, each.calibration) > HOST_BOUND
            regime = Regime.HOST_BOUND if bound else Regime.INTERPOLATED
            kept.setdefault((each.software, regime), []).append(_miss(step, seconds))
        for regime, pairs in (
            (Regime.MORE_ACCELERATORS, each.far),
            (Regime.OTHER_SOFTWARE, each.foreign),
            (Regime.OTHER_ACCELERATOR, each.elsewhere),
        ):
            name = catalog.software[each.software].steps_of
            owner = name if regime is Regime.OTHER_SOFTWARE else each.software
            for step, seconds in pairs:
                kept.setdefault((owner, regime), []).append(_miss(step, seconds))
    return [
        (software, regime, standard_error(misses), len(misses))
        for (software, regime), misses in sorted(kept.items())
    ]


def _miss(step: MeasuredStep, seconds: float) -> float:
    return abs(math.log(step.seconds / seconds))


def standard_error(misses: Sequence[float]) -> float:
    """The standard error whose 95 % interval holds 95 of 100 of such rows, no fewer.

    The worst of fewer than 19 rows does not say that: those are weighed against what steps of all
    softwares miss by.

    Arguments:
        misses: absolute logarithms of measured over predicted times.

    Source: David and Nagaraja (2003), Order Statistics, 3rd edition, section 7.1, for many; Gelman
        et al. (2013), Bayesian Data Analysis, 3rd edition, section 2.6, for few: the variance of
        a normal distribution around 0 with its conjugate prior, of which a new row follows
        Student's distribution.
    """
    ordered, rows = sorted(misses), len(misses)
    if rows >= _ENOUGH:
        return ordered[math.ceil(0.95 * (rows + 1)) - 1] / _TWO_SIDED
    from scipy.special import stdtrit

    degrees = _USUAL_ROWS + rows
    square = _USUAL_ROWS * _USUAL_MISS**2 + sum(miss**2 for miss in misses)
    return float(math.sqrt(square / degrees) * stdtrit(degrees, 0.975) / _TWO_SIDED)


def host_share(step: MeasuredStep, calibration: Calibration) -> float:
    """Share of a measured step in which its accelerators wait for their hosts, by the law.

    Arguments:
        step: that was measured.
        calibration: of its software.
    """
    found = step.step(calibration)
    return found.host / found.total


def tables(
    refitted: Sequence[Refitted], catalog: Catalog, date: str, source: str
) -> dict[str, str]:
    """The catalog's tables of calibrations and their errors, as comma-separated values.

    Arguments:
        refitted: all of them.
        catalog: the facts.
        date: of the measurements, ISO.
        source: of them, for people.
    """
    names = [each.name for each in fields(Calibration)]
    rows = [["software", "generation", *names, "most_accelerators", "date", "source", "note"]]
    for each in sorted(refitted, key=lambda row: (row.software, row.generation)):
        values = [f"{getattr(each.calibration, name):g}" for name in names]
        groups = ", ".join(sorted({step.group for step, _ in each.seen}))
        note = f"fitted to {len(each.seen)} steps: {groups}"
        most = str(max(step.accelerators for step, _ in each.seen))
        rows.append([each.software, each.generation, *values, most, date, source, note])
    missed = [["software", "regime", "error", "rows", "date", "source", "note"]]
    found = errors(refitted, catalog)
    missed += [
        [software, str(regime), f"{error:.3g}", str(count), date, source, ""]
        for software, regime, error, count in found
    ]
    # Of what no file of steps can speak of, since nothing is fitted to it.
    missed += [
        [row.software, str(row.regime), f"{row.error:.3g}", str(row.rows), row.date.isoformat(),
         row.source, row.note]
        for row in catalog.step_errors.values()
        if row.regime in (Regime.OTHER_FAMILY, Regime.OTHER_KIND, Regime.OTHER_PRECISION)
    ]  # fmt: skip
    return {"step_calibrations": _written(rows), "step_errors": _written(missed)}


def _written(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
