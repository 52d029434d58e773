"""Coefficients of training steps, fitted to measured ones and tried on those left out."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from models.calibration.measured_steps import MeasuredStep
from models.laws.transformers.machine import Calibration

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Prior:
    """What is known of a coefficient before any step of a software was measured.

    Arguments:
        start: most likely value.
        spread: factor either way that it is off in two of three cases.
        low: least that physics allows.
        high: most.
    """

    start: float
    spread: float
    low: float
    high: float


# Matrix products and links are measured on their own, so that a step can be little off them; the
# traffic of memory follows from the kernels of a software; hosts and rings differ most.
PRIORS = {
    "matrices": Prior(1.07, 1.05, 0.9, 1.8),
    "unaligned": Prior(1.2, 1.3, 1.0, 2.5),
    "memory": Prior(1.6, 1.25, 0.7, 5.0),
    "scores": Prior(34.0, 1.3, 5.0, 100.0),
    "attention": Prior(0.5, 1.2, 0.1, 0.95),
    "loss": Prior(80.0, 1.7, 4.0, 250.0),
    "host": Prior(2e-3, 2.0, 1e-5, 8e-3),
    "host_forward": Prior(0.4, 1.2, 0.2, 0.8),
    "host_sharing": Prior(0.3e-3, 2.0, 1e-5, 3e-3),
    "host_crossing": Prior(1e-3, 2.0, 1e-5, 5e-3),
    "blend": Prior(4.0, 2.0, 1.2, 60.0),
    "tensor_links": Prior(1.0, 1.3, 0.5, 5.0),
    "data_links": Prior(1.0, 1.3, 0.3, 5.0),
    "network": Prior(0.85, 1.3, 0.1, 1.0),
    "ring": Prior(1e-5, 3.0, 1e-8, 1e-3),
    "boundary": Prior(0.2e-3, 3.0, 1e-6, 5e-3),
    "optimizer": Prior(30.0, 1.4, 8.0, 100.0),
    "accumulation": Prior(6.0, 2.0, 0.5, 60.0),
    "overlap": Prior(3.0, 2.0, 1.0, 60.0),
    "step": Prior(3e-3, 4.0, 1e-5, 0.05),
}
_NOISE = 0.1  # relative error of one step that no coefficient explains, against which priors weigh
_FULL_WEIGHT = 60  # rows of one set that count in full; more share that weight
_NEVER_WRITES_SCORES = {"scores"}


def fitted(
    steps: Sequence[MeasuredStep],
    fused: bool,
    base: Calibration | None = None,
    begin: Calibration | None = None,
) -> Calibration:
    """The coefficients under which measured steps are most likely.

    Least squares of the logarithms of predicted over measured, robust against rows that nothing
    explains, inside physical bounds, with what is known before as a prior.

    Arguments:
        steps: of one software on one generation of accelerators.
        fused: whether attention never writes its scores to memory.
        base: calibration that takes the place of the priors' start: of another generation, say.
        begin: where the search begins, which does not change where it ends but how soon.

    Source: Gelman et al. (2013), Bayesian Data Analysis, 3rd edition, section 4.1, for the mode of
        a posterior.
    """
    from scipy.optimize import least_squares

    names = tuple(name for name in PRIORS if not (fused and name in _NEVER_WRITES_SCORES))
    priors = [PRIORS[name] for name in names]
    known = base or replace(Calibration(), **{name: PRIORS[name].start for name in names})
    centre = np.log([_within(getattr(known, name), PRIORS[name]) for name in names])
    first = begin or known
    start = np.log([_within(getattr(first, name), PRIORS[name]) for name in names])
    spread = np.log([prior.spread for prior in priors])
    bounds = np.log([prior.low for prior in priors]), np.log([prior.high for prior in priors])
    weights = _weights(steps)
    blank = Calibration(scores=0.0)

    def residuals(logarithms: Floats) -> Floats:
        tried = _calibration(blank, names, logarithms)
        errors = [math.log(step.predicted(tried) / step.seconds) for step in steps]
        return np.concatenate([errors * weights, (logarithms - centre) / spread * _NOISE])

    found = least_squares(
        residuals,
        start,
        bounds=bounds,
        loss="soft_l1",
        f_scale=_NOISE,
        diff_step=1e-3,
        max_nfev=12 if begin else 30,
    )
    return _rounded(_calibration(blank, names, found.x))


def _rounded(calibration: Calibration) -> Calibration:
    values = ((each.name, getattr(calibration, each.name)) for each in fields(calibration))
    return Calibration(**{name: float(f"{value:.4g}") for name, value in values})


def _within(value: float, prior: Prior) -> float:
    """A start inside the bounds, as the method needs it."""
    return min(max(value, prior.low * 1.001), prior.high / 1.001)


def _calibration(blank: Calibration, names: Iterable[str], logarithms: Floats) -> Calibration:
    values = dict(zip(names, np.exp(logarithms).tolist(), strict=True))
    return replace(blank, **values)


def _weights(steps: Sequence[MeasuredStep]) -> Floats:
    sizes: dict[str, int] = {}
    for step in steps:
        sizes[step.group] = sizes.get(step.group, 0) + 1
    return np.array([min(1.0, math.sqrt(_FULL_WEIGHT / sizes[step.group])) for step in steps])


def left_out(
    steps: Sequence[MeasuredStep],
    group_of: Callable[[MeasuredStep], object],
    fused: bool,
    base: Calibration | None = None,
    begin: Calibration | None = None,
) -> list[tuple[MeasuredStep, float]]:
    """Every step with what is predicted of it by a calibration that saw nothing of its group, s.

    Arguments:
        steps: of one software on one generation of accelerators.
        group_of: a step: what is left out as a whole.
        fused: whether attention never writes its scores to memory.
        base: as for `fitted`.
        begin: as for `fitted`.

    Source: Roberts et al. (2017), Cross-validation strategies for data with temporal, spatial,
        hierarchical, or phylogenetic structure, for groups instead of random rows.
    """
    found = []
    for group in sorted({group_of(step) for step in steps}, key=str):
        seen = [step for step in steps if group_of(step) != group]
        calibration = fitted(seen, fused, base, begin) if seen else base or Calibration()
        found += [(step, step.predicted(calibration)) for step in steps if group_of(step) == group]
    return found
