"""How far steps were off that a calibration had not seen, and the standard errors that follow."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from models.calibration.calibrate import Refitted
from models.calibration.measured_steps import MeasuredStep
from models.catalog.operators import HOST_BOUND, Regime, measured_regime
from models.catalog.records import Catalog
from models.laws.transformers.machine import Calibration

_TWO_SIDED = 1.96  # standard errors of an interval of 95 %
ENOUGH = 19  # rows of which the worst bounds 95 of 100 others
# What left-out steps usually miss by where nothing is known of others of their regime, and how
# many rows it counts for that a regime is like others.
USUAL_MISS, _USUAL_ROWS = 0.085, 4
_NORMAL_MEDIAN = 0.6745  # of the absolute value of a standard normal variable


@dataclass(frozen=True)
class StepMiss:
    """How far one step was off that the calibration had not seen.

    Arguments:
        software: whose calibration it was predicted by.
        regime: how it lies to the steps that it was fitted to.
        group: set of measurements that it belongs to.
        miss: absolute logarithm of measured over predicted time.
        run: what it shares with steps that differ from it in replicas alone, which miss alike and
            speak for one another; empty where it stands for itself.
    """

    software: str
    regime: Regime
    group: str
    miss: float
    run: str = ""


def run_of(step: MeasuredStep) -> str:
    """What a step shares with others of its set that have more or fewer replicas or layers.

    Arguments:
        step: that was measured.
    """
    model, layout = step.model, step.layouts[0]
    shared = (layout.tensor, layout.pipeline, layout.context, layout.micro_batch, layout.recompute)
    return f"{step.group} {step.precision} {replace(model, layers=1)} {shared}"


def host_share(step: MeasuredStep, calibration: Calibration) -> float:
    """Share of a measured step in which its accelerators wait for their hosts, by the law.

    Arguments:
        step: that was measured.
        calibration: of its software.
    """
    found = step.step(calibration)
    return found.host / found.total


def regime_of(step: MeasuredStep, calibration: Calibration, sizes: Iterable[str]) -> Regime:
    """How a step lies to those that a calibration was fitted to, where accelerators are the same.

    Arguments:
        step: that was measured.
        calibration: of its software.
        sizes: of the transformers that it was fitted to.
    """
    waiting = host_share(step, calibration)
    if step.model.size in sizes:
        inside = step.accelerators <= step.cluster.node
        return measured_regime(inside, step.layouts[0].tensor, waiting)
    return Regime.HOST_BOUND if waiting > HOST_BOUND else Regime.INTERPOLATED


def step_misses(refitted: Iterable[Refitted], catalog: Catalog) -> list[StepMiss]:
    """Every step that was left out, in each way that it was.

    Arguments:
        refitted: all of them.
        catalog: the facts.
    """
    found = []
    for each in refitted:
        for pairs, sizes in ((each.kept, each.sizes), (each.unseen, ())):
            for step, seconds in pairs:
                regime = regime_of(step, each.calibration, sizes)
                miss = _miss(step, seconds)
                found.append(StepMiss(each.software, regime, step.group, miss, run_of(step)))
        for regime, pairs in (
            (Regime.MORE_ACCELERATORS, each.far),
            (Regime.OTHER_SOFTWARE, each.foreign),
            (Regime.OTHER_ACCELERATOR, each.elsewhere),
        ):
            name = catalog.software[each.software].steps_of
            owner = name if regime is Regime.OTHER_SOFTWARE else each.software
            found += [
                StepMiss(owner, regime, step.group, _miss(step, seconds), run_of(step))
                for step, seconds in pairs
            ]
    return found


def _miss(step: MeasuredStep, seconds: float) -> float:
    return abs(math.log(step.seconds / seconds))


def errors(misses: Sequence[StepMiss]) -> list[tuple[str, Regime, float, int]]:
    """Standard errors by software and regime, and of how many rows each is.

    Arguments:
        misses: of steps that were left out.
    """
    return [
        (software, regime, left_out_error(software, regime, misses),
         sum((one.software, one.regime) == (software, regime) for one in misses))
        for software, regime in sorted({(one.software, one.regime) for one in misses})
    ]  # fmt: skip


def left_out_error(
    software: str, regime: Regime, misses: Iterable[StepMiss], judged: str = ""
) -> float:
    """The standard error of a regime of a software.

    Few rows are weighed against what steps of other softwares miss by in that regime.

    Arguments:
        software: whose calibration predicts.
        regime: how the step lies to those that it was fitted to.
        misses: of steps that were left out.
        judged: set of measurements that must not speak for itself.

    Source: Efron and Morris (1975), Data analysis using Stein's estimator and its generalizations,
        JASA 70, section 2: the spread of other groups as the prior of one.
    """
    alike = [one for one in misses if one.regime is regime and one.group != judged]
    mine = [one for one in alike if one.software == software]
    others = sorted(one.miss for one in alike if one.software != software)
    usual = USUAL_MISS
    if len(others) >= ENOUGH:  # few of which are far off and would speak for all
        usual = others[len(others) // 2] / _NORMAL_MEDIAN
    runs = {one.run or str(place) for place, one in enumerate(mine)}
    return standard_error([one.miss for one in mine], usual, len(runs))


def standard_error(
    misses: Sequence[float], usual: float = USUAL_MISS, runs: int | None = None
) -> float:
    """The standard error whose 95 % interval holds 95 of 100 of such rows.

    The worst of fewer than 19 runs does not say that: those are weighed against what is usual.

    Arguments:
        misses: absolute logarithms of measured over predicted times.
        usual: standard deviation of such misses elsewhere.
        runs: that the rows are of, where some differ in replicas alone; as many as rows if None.

    Source: Harrell and Davis (1982), A new distribution-free quantile estimator, Biometrika 69,
        for many, of which one that nothing explains does not decide alone; Gelman et al. (2013),
        Bayesian Data Analysis, 3rd edition, section 2.6, for few: the variance of a normal
        distribution around 0 with its conjugate prior, of which a new row follows Student's
        distribution.
    """
    from scipy.special import betainc, stdtrit

    rows = len(misses)
    count = rows if runs is None else runs
    if count >= ENOUGH:
        below, above = 0.95 * (rows + 1), 0.05 * (rows + 1)
        steps = [float(betainc(below, above, place / rows)) for place in range(rows + 1)]
        shares = (high - low for low, high in pairwise(steps))
        held = zip(shares, sorted(misses), strict=True)
        return sum(share * miss for share, miss in held) / _TWO_SIDED
    degrees = _USUAL_ROWS + count
    mean = sum(miss**2 for miss in misses) / rows if rows else 0.0
    square = _USUAL_ROWS * usual**2 + count * mean
    return float(math.sqrt(square / degrees) * stdtrit(degrees, 0.975) / _TWO_SIDED)
