"""Intervals of what was seen seldom or never: exact, so that none seen is not taken for none."""

import math

import numpy as np
from numpy.typing import ArrayLike

from models.prediction import Estimate
from sim.experiment import CONFIDENCE

_MANY = 100  # events from which on their mean is normal


def share_estimate(hits: int, trials: int) -> Estimate:
    """Probability of what happened in some of independent trials.

    Arguments:
        hits: trials in which it happened.
        trials: 1 or more.

    Raises:
        ValueError: more hits than trials, or no trial.

    Source: Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the
        case of the binomial.
    """
    from scipy.special import betaincinv

    if not 0 <= hits <= trials or trials < 1:
        raise ValueError(f"hits is {hits}; it must lie between 0 and trials, which is {trials}")
    outside = (1 - CONFIDENCE) / 2
    low = float(betaincinv(hits, trials - hits + 1, outside)) if hits else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1 - outside)) if hits < trials else 1.0
    return Estimate(hits / trials, low, high, CONFIDENCE, "simulation")


def count_estimate(counts: ArrayLike) -> Estimate:
    """Mean number of events of independent trials.

    With few events the interval is Poisson's, exact and wide; wider, in proportion, where events
    come in clusters. With many it is Student's.

    Arguments:
        counts: of each trial, whole numbers; shape (trials,).

    Source: Garwood (1936), Fiducial limits for the Poisson distribution; the dispersion:
        McCullagh and Nelder (1989), Generalized Linear Models, section 6.2.
    """
    from scipy.special import gammaincinv

    values = np.asarray(counts, dtype=float)
    trials, total, mean = len(values), float(values.sum()), float(values.mean())
    variance = float(values.var(ddof=1)) if trials > 1 else mean
    if total >= _MANY and trials > 1 and variance > 0:
        half = _student_factor(trials) * math.sqrt(variance / trials)
        return Estimate(mean, max(0.0, mean - half), mean + half, CONFIDENCE, "simulation")
    outside = (1 - CONFIDENCE) / 2
    low = float(gammaincinv(total, outside)) if total else 0.0
    high = float(gammaincinv(total + 1, 1 - outside))
    wider = math.sqrt(max(1.0, variance / mean)) if total else 1.0
    return Estimate(
        mean,
        max(0.0, mean - wider * (total - low) / trials),
        mean + wider * (high - total) / trials,
        CONFIDENCE,
        "simulation",
    )


def time_share_estimates(shares: ArrayLike) -> list[Estimate]:
    """Means of shares of time; of one never seen, at most the probability of seeing any.

    Arguments:
        shares: 0 to 1; shape (trials, quantities), 2 trials or more.

    Source: Law (2015), Simulation Modeling and Analysis, 5th edition, equation 4.12.
    """
    values = np.asarray(shares, dtype=float)
    trials = len(values)
    means = values.mean(axis=0)
    halves = values.std(axis=0, ddof=1) / math.sqrt(trials)
    halves *= _student_factor(trials)
    never_seen = share_estimate(0, trials)
    return [
        Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), CONFIDENCE, "simulation")
        if mean > 0
        else never_seen
        for mean, half in zip(means.tolist(), halves.tolist(), strict=True)
    ]


def _student_factor(trials: int) -> float:
    """Half-width of the interval of a mean in standard errors."""
    from scipy.special import stdtrit

    return float(stdtrit(trials - 1, (1 + CONFIDENCE) / 2))
